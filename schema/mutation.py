"""Where changing starts. Each mutation is one transaction, idempotent by key, and can be rehearsed."""

from __future__ import annotations

import strawberry

from resolvers.changes import billing, connections, people, projects, work, work_types
from schema import payloads
from schema.inputs import billing as billing_inputs
from schema.inputs import connections as connection_inputs
from schema.inputs import projects as project_inputs
from schema.inputs import work as work_inputs
from schema.inputs import work_types as work_type_inputs
from schema.mutates import mutates
from schema.rate_mutations import RateMutations


@strawberry.type(description="Changing. Expected failures are data: look at userErrors.")
class Mutation(RateMutations):
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
        projects.add_expense,
        project_inputs.AddExpenseInput,
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
