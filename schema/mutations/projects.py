"""Making projects, tasks and assignments."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    projects,
    structure,
    templates,
)
from schema.inputs import projects as project_inputs
from schema.inputs import structure as structure_inputs
from schema.inputs import templates as template_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads
from schema.payloads import structure as structure_payloads
from schema.payloads import templates as template_payloads


@strawberry.type
class ProjectsMutations:
    create_project = mutates(
        projects.create_project,
        project_inputs.CreateProjectInput,
        payloads.CreateProjectPayload,
        "Make a project; with a customer it can be billed by the hour at once.",
    )
    set_project_company = mutates(
        projects.set_project_company,
        project_inputs.SetProjectCompanyInput,
        payloads.SetProjectCompanyPayload,
        "Give a project another customer, or none. Work from now on is billed at the rates this one has now; what is "
        "logged keeps its value until it is recalculated. Refused once the old customer has a billing record.",
    )
    create_task = mutates(
        projects.create_task,
        project_inputs.CreateTaskInput,
        payloads.CreateTaskPayload,
        "Add a task to a project and say how it costs and earns.",
    )
    assign_to_task = mutates(
        projects.assign_to_task,
        project_inputs.AssignToTaskInput,
        payloads.AssignToTaskPayload,
        "Put a person or a role on a task.",
    )
    apply_template = mutates(
        templates.apply_template,
        template_inputs.ApplyTemplateInput,
        template_payloads.ApplyTemplatePayload,
        "Add the tasks, fixed amounts, planned expenses and rates of a template to a project, new or under way. "
        "Amounts in another currency become the project's: fixed ones on its exchange rate date, else its first "
        "planned day, expenses on their own.",
    )
    move_task = mutates(
        structure.move_task,
        structure_inputs.MoveTaskInput,
        structure_payloads.MoveTaskPayload,
        "Put a task or issue, with its hours and everything below it, under another task or on another project. There "
        "its unbilled hours are rated anew; what is on a billing record does not move.",
    )
    copy_task = mutates(
        structure.copy_task,
        structure_inputs.CopyTaskInput,
        structure_payloads.CopyTaskPayload,
        "Make a task, with everything below it, once more; its hours stay behind.",
    )
    delete_task = mutates(
        structure.delete_task,
        structure_inputs.DeleteTaskInput,
        structure_payloads.DeleteTaskPayload,
        "Delete a task or issue with everything below it. Its expenses become those of the project; the preference "
        "onTaskOrIssueDelete says what becomes of its hours. Refused while any of it is on a billing record.",
    )
    delete_project = mutates(
        structure.delete_project,
        structure_inputs.DeleteProjectInput,
        structure_payloads.DeleteProjectPayload,
        "Delete a project; the preference onProjectDelete says what becomes of its hours. Refused while any of it is "
        "on a billing record.",
    )
    restore_project = mutates(
        structure.restore_project,
        structure_inputs.RestoreProjectInput,
        structure_payloads.RestoreProjectPayload,
        "Bring a deleted project back with its tasks and expenses; its hours stay as deleting left them.",
    )
