"""Where changing starts. Each mutation is one transaction, idempotent by key, and can be rehearsed."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    billing,
    connections,
    exchange,
    expenses,
    finances,
    people,
    planning,
    projects,
    rating,
    value,
    work,
    work_terms,
    work_types,
)
from schema import finance_payloads, payloads
from schema import payloads_people as people_payloads
from schema.inputs import billing as billing_inputs
from schema.inputs import connections as connection_inputs
from schema.inputs import exchange as exchange_inputs
from schema.inputs import expenses as expense_inputs
from schema.inputs import finances as finance_inputs
from schema.inputs import people as people_inputs
from schema.inputs import planning as planning_inputs
from schema.inputs import projects as project_inputs
from schema.inputs import rating as rating_inputs
from schema.inputs import value as value_inputs
from schema.inputs import work as work_inputs
from schema.inputs import work_terms as terms_inputs
from schema.inputs import work_types as work_type_inputs
from schema.mutates import mutates
from schema.rate_mutations import RateMutations
from schema.types import rate_policies as rate_policy_types


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
    add_rate_policy = mutates(
        rating.add_rate_policy,
        rating_inputs.AddRatePolicyInput,
        rate_policy_types.RatePolicyPayload,
        "Keep a rate policy of your own. It is not used before useRatePolicy.",
    )
    use_rate_policy = mutates(
        rating.use_rate_policy,
        rating_inputs.UseRatePolicyInput,
        rate_policy_types.RatePolicyPayload,
        "Rate by this policy from now on. Work that is logged already keeps its value until it is recalculated.",
    )
    preserve_billing_rates = mutates(
        rating.preserve_billing_rates,
        rating_inputs.PreserveBillingRatesInput,
        rate_policy_types.PreserveBillingRatesPayload,
        "Keep what a project bills: later changes of roles, rates and cards do not reach it. For good.",
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
    edit_project = mutates(
        finances.edit_project,
        finance_inputs.EditProjectInput,
        finance_payloads.EditProjectPayload,
        "Change the name or the status of a project.",
    )
    edit_project_finances = mutates(
        finances.edit_project_finances,
        finance_inputs.EditProjectFinancesInput,
        finance_payloads.EditProjectPayload,
        "Change budget, benefit, fixed amounts and methods of a project.",
    )
    edit_projects = mutates(
        finances.edit_projects,
        finance_inputs.EditProjectsInput,
        finance_payloads.EditProjectsPayload,
        "Make the same changes to several projects, with an outcome for each.",
    )
    set_finance_preferences = mutates(
        finances.set_finance_preferences,
        finance_inputs.SetFinancePreferencesInput,
        finance_payloads.FinancePreferencesPayload,
        "Say how projects are measured that do not say otherwise.",
    )
    set_task_status = mutates(
        finances.set_task_status,
        finance_inputs.SetTaskStatusInput,
        finance_payloads.EditTaskPayload,
        "Say how far a task is; fixed revenue is earned when it is complete.",
    )
    edit_task_types = mutates(
        finances.edit_task_types,
        finance_inputs.EditTaskTypesInput,
        finance_payloads.EditTaskPayload,
        "Change how a task costs and earns.",
    )
    add_risk = mutates(
        value.add_risk,
        value_inputs.AddRiskInput,
        finance_payloads.RiskPayload,
        "Add a risk to a project.",
    )
    edit_risk = mutates(
        value.edit_risk,
        value_inputs.EditRiskInput,
        finance_payloads.RiskPayload,
        "Change a risk.",
    )
    delete_risk = mutates(
        value.delete_risk,
        value_inputs.DeleteRiskInput,
        finance_payloads.DeleteRiskPayload,
        "Take a risk away.",
    )
    set_role_budget = mutates(
        value.set_role_budget,
        value_inputs.SetRoleBudgetInput,
        finance_payloads.RoleBudgetPayload,
        "Budget hours of a role for a week or month.",
    )
    take_baseline = mutates(
        value.take_baseline,
        value_inputs.TakeBaselineInput,
        finance_payloads.BaselinePayload,
        "Keep the numbers of this moment.",
    )
    choose_default_baseline = mutates(
        value.choose_default_baseline,
        value_inputs.ChooseDefaultBaselineInput,
        finance_payloads.BaselinePayload,
        "Choose the baseline to compare with.",
    )
    delete_baseline = mutates(
        value.delete_baseline,
        value_inputs.DeleteBaselineInput,
        finance_payloads.DeleteBaselinePayload,
        "Take a baseline away.",
    )
    set_exchange_rate = mutates(
        exchange.set_exchange_rate,
        exchange_inputs.SetExchangeRateInput,
        payloads.SetExchangeRatePayload,
        "Set one dated exchange rate. Work that is logged already keeps its value until it is recalculated.",
    )
    remove_exchange_rates = mutates(
        exchange.remove_exchange_rates,
        exchange_inputs.RemoveExchangeRatesInput,
        payloads.RemoveExchangeRatesPayload,
        "Remove a currency that nothing is in any more, or the exchange rates that a project has of its own.",
    )
    import_exchange_rates = mutates(
        exchange.import_exchange_rates,
        exchange_inputs.ImportExchangeRatesInput,
        payloads.ImportExchangeRatesPayload,
        "Import the reference rates of the European Central Bank, in the background.",
    )
    set_base_currency = mutates(
        exchange.set_base_currency,
        exchange_inputs.SetBaseCurrencyInput,
        payloads.SetBaseCurrencyPayload,
        "Choose the currency of the books, while they are empty.",
    )
    set_project_currency = mutates(
        exchange.set_project_currency,
        exchange_inputs.SetProjectCurrencyInput,
        payloads.ProjectCurrencyPayload,
        "Give a project another currency, as long as it has no financial information.",
    )
    set_project_exchange_rate_date = mutates(
        exchange.set_project_exchange_rate_date,
        exchange_inputs.SetProjectExchangeRateDateInput,
        payloads.ProjectCurrencyPayload,
        "Say that only the organisation's dated exchange rates hold for a project, or that it may have its own.",
    )
    edit_task = mutates(
        planning.edit_task,
        planning_inputs.EditTaskInput,
        finance_payloads.EditTaskPayload,
        "Change what is planned for a task, and how far it is.",
    )
    edit_assignment = mutates(
        planning.edit_assignment,
        planning_inputs.EditAssignmentInput,
        payloads.AssignmentPayload,
        "Change how many of a task's hours an assignment has.",
    )
    remove_assignment = mutates(
        planning.remove_assignment,
        planning_inputs.RemoveAssignmentInput,
        payloads.RemoveAssignmentPayload,
        "Take a person or a role off a task; hours given by hand leave with it.",
    )
    set_contour = mutates(
        planning.set_contour,
        planning_inputs.SetContourInput,
        payloads.AssignmentPayload,
        "Say on which days an assignment's hours fall.",
    )
    create_work_schedule = mutates(
        planning.create_work_schedule,
        planning_inputs.CreateWorkScheduleInput,
        payloads.WorkSchedulePayload,
        "Make a work schedule.",
    )
    edit_work_schedule = mutates(
        planning.edit_work_schedule,
        planning_inputs.EditWorkScheduleInput,
        payloads.WorkSchedulePayload,
        "Change a work schedule; plans follow at once.",
    )
    set_work_schedule_days = mutates(
        planning.set_work_schedule_days,
        planning_inputs.SetWorkScheduleDaysInput,
        payloads.WorkSchedulePayload,
        "Set holidays and days of another length.",
    )
    choose_work_schedule = mutates(
        planning.choose_work_schedule,
        planning_inputs.ChooseWorkScheduleInput,
        payloads.ChooseWorkSchedulePayload,
        "Say by which work schedule a project is planned.",
    )
    add_expense = mutates(
        expenses.add_expense,
        expense_inputs.AddExpenseInput,
        payloads.AddExpensePayload,
        "Add a cost that is not labour.",
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
