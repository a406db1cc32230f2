"""What mutations of people, their terms, kinds of work and expenses answer."""

from __future__ import annotations

import strawberry

from resolvers.ids import global_id
from schema.payloads.common import Payload, entity
from schema.references import (
    ASSIGNMENT,
    EXPENSE,
    EXPENSE_TYPE,
    HOUR_TYPE,
    ISSUE,
    PERSON,
    PREFERENCES,
    PROJECT,
    PROJECT_BILLING_ROLE,
    ROLE,
    TASK,
)


@strawberry.type(description="The answer to mutations of a person.")
class PersonPayload(Payload):
    person = entity(PERSON, "The person as they are now.")


@strawberry.type(description="The answer to editRole.")
class EditRolePayload(Payload):
    role = entity(ROLE, "The role as it is now.")


@strawberry.type(description="The answer to deleteRole.")
class DeleteRolePayload(Payload):
    deleted_id = entity(
        strawberry.ID | None,
        "The id of what is gone; null when it is used and only out of use now.",
        lambda it: global_id("Role", it.deleted_id) if it.deleted_id is not None else None,
    )
    role = entity(ROLE | None, "The role that is out of use now; null when it is gone.", lambda it: it.row)


@strawberry.type(description="The answer to setProjectBillingRole.")
class SetProjectBillingRolePayload(Payload):
    project_billing_role = entity(PROJECT_BILLING_ROLE, "The days that are in force now.")


@strawberry.type(description="The answer to removeProjectBillingRole.")
class RemoveProjectBillingRolePayload(Payload):
    deleted_id = entity(
        strawberry.ID, "The id of what is gone.", lambda number: global_id("ProjectBillingRole", number)
    )


@strawberry.type(description="The answer to setAssignmentBilling.")
class SetAssignmentBillingPayload(Payload):
    assignment = entity(ASSIGNMENT, "The assignment as it is now.")


@strawberry.type(description="The answer to setOvertimeRatio.")
class SetOvertimeRatioPayload(Payload):
    task = entity(TASK, "The task as it is now.")


@strawberry.type(description="The answer to createIssue.")
class CreateIssuePayload(Payload):
    issue = entity(ISSUE, "The new issue.")


@strawberry.type(description="The answer to setProjectHourTypes.")
class SetProjectHourTypesPayload(Payload):
    project = entity(PROJECT, "The project as it is now.")


@strawberry.type(description="The answer to setPreferences.")
class SetPreferencesPayload(Payload):
    preferences = entity(PREFERENCES, "All preferences as they are now.")


@strawberry.type(description="The answer to editHourType.")
class EditHourTypePayload(Payload):
    hour_type = entity(HOUR_TYPE, "The kind of hours as it is now.")


@strawberry.type(description="The answer to editExpenseType.")
class EditExpenseTypePayload(Payload):
    expense_type = entity(EXPENSE_TYPE, "The kind of expense as it is now.")


@strawberry.type(description="The answer to deleteExpenseType.")
class DeleteExpenseTypePayload(Payload):
    deleted_id = entity(
        strawberry.ID | None,
        "The id of what is gone; null when expenses have it and it is only out of use now.",
        lambda it: global_id("ExpenseType", it.deleted_id) if it.deleted_id is not None else None,
    )
    expense_type = entity(
        EXPENSE_TYPE | None, "The kind that is out of use now; null when it is gone.", lambda it: it.row
    )


@strawberry.type(description="The answer to editExpense.")
class EditExpensePayload(Payload):
    expense = entity(EXPENSE, "The expense as it is now.")


@strawberry.type(description="The answer to deleteExpense.")
class DeleteExpensePayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("Expense", number))
