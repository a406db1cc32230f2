"""Making projects, tasks and assignments."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    projects,
)
from schema.inputs import projects as project_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads


@strawberry.type
class ProjectsMutations:
    create_project = mutates(
        projects.create_project,
        project_inputs.CreateProjectInput,
        payloads.CreateProjectPayload,
        "Make a project; with a customer it can be billed by the hour at once.",
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
