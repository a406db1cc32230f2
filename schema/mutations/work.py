"""Logging work and expenses, their kinds, and the terms they are logged on."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    expenses,
    work,
    work_locks,
    work_terms,
    work_types,
)
from schema.inputs import expenses as expense_inputs
from schema.inputs import work as work_inputs
from schema.inputs import work_locks as work_lock_inputs
from schema.inputs import work_terms as terms_inputs
from schema.inputs import work_types as work_type_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads
from schema.payloads import people as people_payloads
from schema.types.work_locks import WorkLockPayload


@strawberry.type
class WorkMutations:
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
    add_expense = mutates(
        expenses.add_expense,
        expense_inputs.AddExpenseInput,
        payloads.AddExpensePayload,
        "Add a cost that is not labour.",
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
    set_person_hour_types = mutates(
        work_terms.set_person_hour_types,
        terms_inputs.SetPersonHourTypesInput,
        people_payloads.PersonPayload,
        "Say which kinds of hours somebody logs. What is logged stays.",
    )
    set_preferences = mutates(
        work_terms.set_preferences,
        terms_inputs.SetPreferencesInput,
        people_payloads.SetPreferencesPayload,
        "Say what is allowed when time is logged.",
    )
    freeze_rates = mutates(
        work_locks.freeze_rates,
        work_lock_inputs.FreezeRatesInput,
        WorkLockPayload,
        "Keep what hours of these days are worth, billed or not: no recalculation changes it. Needs EDIT_COST_RATES, "
        "EDIT_BILLING_RATES and EDIT_GENERAL_FINANCE.",
    )
    lock_period = mutates(
        work_locks.lock_period,
        work_lock_inputs.LockPeriodInput,
        WorkLockPayload,
        "Close days that are over: no hour or expense is added to them, changed, moved or deleted, and all keep what "
        "they are worth. They may still be billed. Needs CLOSE_PERIODS.",
    )
    release_work_lock = mutates(
        work_locks.release_work_lock,
        work_lock_inputs.ReleaseWorkLockInput,
        WorkLockPayload,
        "Lift a rate freeze or a period lock. Needs what setting it needs.",
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
