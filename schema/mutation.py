"""Where changing starts. Each mutation is one transaction, idempotent by key, and can be rehearsed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from resolvers.changes import billing, connections, expenses, people, projects, work, work_terms, work_types
from schema import payloads
from schema import payloads_people as people_payloads
from schema.fields import Info, arguments
from schema.inputs import billing as billing_inputs
from schema.inputs import connections as connection_inputs
from schema.inputs import expenses as expense_inputs
from schema.inputs import people as people_inputs
from schema.inputs import projects as project_inputs
from schema.inputs import work as work_inputs
from schema.inputs import work_terms as terms_inputs
from schema.inputs import work_types as work_type_inputs


def mutates(change: Callable[..., Awaitable[Any]], input_type: type, payload_type: type, description: str) -> Any:
    """A field that hands the input to a resolver and shows its outcome."""

    async def resolve(info: Info, input: Any) -> Any:
        return await change(info.context, **arguments(input))

    resolve.__annotations__["input"] = Annotated[input_type, strawberry.argument(description="What is to be done.")]
    return strawberry.mutation(resolver=resolve, graphql_type=payload_type, description=description)


@strawberry.type(description="Changing. Expected failures are data: look at userErrors.")
class Mutation:
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
    add_expense = mutates(
        expenses.add_expense,
        expense_inputs.AddExpenseInput,
        payloads.AddExpensePayload,
        "Add a cost that is not labour.",
    )
    create_company = mutates(
        people.create_company,
        project_inputs.CreateCompanyInput,
        payloads.CreateCompanyPayload,
        "Make a customer.",
    )
    create_person = mutates(
        people.create_person,
        project_inputs.CreatePersonInput,
        payloads.CreatePersonPayload,
        "Make a person who can work.",
    )
    create_role = mutates(
        people.create_role,
        project_inputs.CreateRoleInput,
        payloads.CreateRolePayload,
        "Make a job role.",
    )
    create_hour_type = mutates(
        work_types.create_hour_type,
        work_type_inputs.CreateHourTypeInput,
        payloads.CreateHourTypePayload,
        "Make a kind of hours.",
    )
    create_expense_type = mutates(
        work_types.create_expense_type,
        work_type_inputs.CreateExpenseTypeInput,
        payloads.CreateExpenseTypePayload,
        "Make a kind of expense.",
    )
    log_time = mutates(
        work.log_time,
        work_inputs.LogTimeInput,
        payloads.LogTimePayload,
        "Log work; it is rated at once by the rates of its days.",
    )
    edit_time = mutates(
        work.edit_time,
        work_inputs.EditTimeInput,
        payloads.EditTimePayload,
        "Change an entry that is on no billing record; it is rated anew.",
    )
    delete_time = mutates(
        work.delete_time,
        work_inputs.DeleteTimeInput,
        payloads.DeleteTimePayload,
        "Take an entry that is on no billing record out of all figures.",
    )
    set_rate = mutates(
        work.set_rate,
        work_inputs.SetRateInput,
        payloads.SetRatePayload,
        "Set a dated rate. Work that is logged already keeps its value until it is recalculated.",
    )
    recalculate_projects = mutates(
        work.recalculate_projects,
        work_inputs.RecalculateProjectsInput,
        payloads.RecalculateProjectsPayload,
        "Rate unbilled work again by the rates in force on its days. Runs in the background; a dry run answers now.",
    )
    create_billing_record = mutates(
        billing.create_billing_record,
        billing_inputs.CreateBillingRecordInput,
        payloads.BillingRecordPayload,
        "Draft a billing record; it claims the work, so that nothing is billed twice.",
    )
    confirm_billing_record = mutates(
        billing.confirm_billing_record,
        billing_inputs.BillingRecordInput,
        payloads.BillingRecordPayload,
        "Make a billing record final.",
    )
    post_billing_record = mutates(
        billing.post_billing_record,
        billing_inputs.BillingRecordInput,
        payloads.BillingRecordPayload,
        "Book a confirmed billing record and send it to every connected accounting system.",
    )
    delete_billing_record = mutates(
        billing.delete_billing_record,
        billing_inputs.BillingRecordInput,
        payloads.BillingRecordPayload,
        "Delete a draft; its work may be billed again.",
    )
    create_connection = mutates(
        connections.create_connection,
        connection_inputs.CreateConnectionInput,
        payloads.ConnectionPayload,
        "Connect another system.",
    )
    pull_connection = mutates(
        connections.pull_connection,
        connection_inputs.PullConnectionInput,
        payloads.ConnectionPayload,
        "Pull from a time source now, in the background.",
    )
    link_external_name = mutates(
        connections.link_external_name,
        connection_inputs.LinkExternalNameInput,
        payloads.LinkExternalNamePayload,
        "Say what a name of a source is here; rows that waited for it become time entries.",
    )
    map_account = mutates(
        connections.map_account,
        connection_inputs.MapAccountInput,
        payloads.ConnectionPayload,
        "Say which code an account has in the other system.",
    )
    map_party = mutates(
        connections.map_party,
        connection_inputs.MapPartyInput,
        payloads.ConnectionPayload,
        "Say which name a customer has in the other system.",
    )
    retry_delivery = mutates(
        connections.retry_delivery,
        connection_inputs.RetryDeliveryInput,
        payloads.RetryDeliveryPayload,
        "Send a delivery again that was rejected, parked or in conflict.",
    )
    set_person_roles = mutates(
        people.set_person_roles,
        people_inputs.SetPersonRolesInput,
        people_payloads.PersonPayload,
        "Say which roles somebody has from a day on. Work that is rated already keeps its value.",
    )
    edit_person = mutates(
        people.edit_person,
        people_inputs.EditPersonInput,
        people_payloads.PersonPayload,
        "Change what is known about a person.",
    )
    edit_role = mutates(
        people.edit_role,
        people_inputs.EditRoleInput,
        people_payloads.EditRolePayload,
        "Change a job role, or take it out of use.",
    )
    delete_role = mutates(
        people.delete_role,
        people_inputs.DeleteRoleInput,
        people_payloads.DeleteRolePayload,
        "Delete a job role; one that is used goes out of use, and another takes its place on open tasks.",
    )
    set_project_billing_role = mutates(
        work_terms.set_project_billing_role,
        terms_inputs.SetProjectBillingRoleInput,
        people_payloads.SetProjectBillingRolePayload,
        "Say as which job role somebody is billed on a project, and when.",
    )
    remove_project_billing_role = mutates(
        work_terms.remove_project_billing_role,
        terms_inputs.RemoveProjectBillingRoleInput,
        people_payloads.RemoveProjectBillingRolePayload,
        "Bill somebody as themselves again on these days.",
    )
    set_assignment_billing = mutates(
        work_terms.set_assignment_billing_terms,
        terms_inputs.SetAssignmentBillingInput,
        people_payloads.SetAssignmentBillingPayload,
        "Say whether an assignment is billed, and as which job role.",
    )
    set_overtime_ratio = mutates(
        work_terms.set_overtime_ratio,
        terms_inputs.SetOvertimeRatioInput,
        people_payloads.SetOvertimeRatioPayload,
        "Set the factor on a task's planned revenue.",
    )
    create_issue = mutates(
        work_terms.create_issue,
        terms_inputs.CreateIssueInput,
        people_payloads.CreateIssuePayload,
        "Note work that turned up on a project.",
    )
    set_project_hour_types = mutates(
        work_terms.set_project_hour_types,
        terms_inputs.SetProjectHourTypesInput,
        people_payloads.SetProjectHourTypesPayload,
        "Say which kinds of hours a project takes.",
    )
    set_preferences = mutates(
        work_terms.set_preferences,
        terms_inputs.SetPreferencesInput,
        people_payloads.SetPreferencesPayload,
        "Say what is allowed when time is logged.",
    )
    edit_hour_type = mutates(
        work_types.edit_hour_type,
        work_type_inputs.EditHourTypeInput,
        people_payloads.EditHourTypePayload,
        "Change a kind of hours, or take it out of use.",
    )
    edit_expense_type = mutates(
        work_types.edit_expense_type,
        work_type_inputs.EditExpenseTypeInput,
        people_payloads.EditExpenseTypePayload,
        "Change a kind of expense.",
    )
    delete_expense_type = mutates(
        work_types.delete_expense_type,
        work_type_inputs.DeleteExpenseTypeInput,
        people_payloads.DeleteExpenseTypePayload,
        "Delete a kind of expense; one that expenses have goes out of use.",
    )
    edit_expense = mutates(
        expenses.edit_expense,
        expense_inputs.EditExpenseInput,
        people_payloads.EditExpensePayload,
        "Change an expense that is on no billing record.",
    )
    delete_expense = mutates(
        expenses.delete_expense,
        expense_inputs.DeleteExpenseInput,
        people_payloads.DeleteExpensePayload,
        "Take an expense that is on no billing record out of all figures.",
    )
