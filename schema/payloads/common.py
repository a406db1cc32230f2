"""What mutations answer: what they did or would do, or what is wrong with the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from resolvers.ids import global_id
from resolvers.mutations import Outcome
from schema.fields import reads
from schema.references import (
    ASSIGNMENT,
    BILLING_RECORD,
    COMPANY,
    DELIVERY,
    EXCHANGE_RATE,
    EXPENSE,
    EXPENSE_TYPE,
    EXTERNAL_SYSTEM,
    HOUR_TYPE,
    PERSON,
    PROJECT,
    ROLE,
    TASK,
    TIME_ENTRY,
    WORK_SCHEDULE,
)


@strawberry.type(description="Something that is wrong with the input or does not fit the state of things.")
class UserError:
    field: str | None = strawberry.field(description="The input's field; null: it is about no single one.")
    message: str = strawberry.field(description="What happened, why, and the way out; for people.")
    code: str = strawberry.field(description="Stable; for programs.")


@strawberry.type
class Payload:
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done; empty when it was done.")
    dry_run: bool = strawberry.field(description="Whether this shows what would be: then nothing was kept.")


def entity(graphql_type: Any, description: str, read: Callable[[Any], Any] = lambda it: it) -> Any:
    """What the mutation did; null when there are user errors."""

    def of(outcome: Outcome[Any]) -> Any:
        return None if outcome.entity is None else read(outcome.entity)

    return reads(graphql_type | None, description, of)


@strawberry.type(description="The answer to createProject.")
class CreateProjectPayload(Payload):
    project = entity(PROJECT, "The new project.")


@strawberry.type(description="The answer to setProjectCompany.")
class SetProjectCompanyPayload(Payload):
    project = entity(PROJECT, "The project as it is now.")


@strawberry.type(description="The answer to createTask.")
class CreateTaskPayload(Payload):
    task = entity(TASK, "The new task.")


@strawberry.type(description="The answer to assignToTask.")
class AssignToTaskPayload(Payload):
    assignment = entity(ASSIGNMENT, "The new assignment.")


@strawberry.type(description="The answer to createCompany.")
class CreateCompanyPayload(Payload):
    company = entity(COMPANY, "The new customer.")


@strawberry.type(description="The answer to createPerson.")
class CreatePersonPayload(Payload):
    person = entity(PERSON, "The new person.")


@strawberry.type(description="The answer to createRole.")
class CreateRolePayload(Payload):
    role = entity(ROLE, "The new role.")


@strawberry.type(description="The answer to createHourType.")
class CreateHourTypePayload(Payload):
    hour_type = entity(HOUR_TYPE, "The new kind of hours.")


@strawberry.type(description="The answer to createExpenseType.")
class CreateExpenseTypePayload(Payload):
    expense_type = entity(EXPENSE_TYPE, "The new kind of expense.")


@strawberry.type(description="The answer to addExpense.")
class AddExpensePayload(Payload):
    expense = entity(EXPENSE, "The new expense.")


@strawberry.type(description="The answer to logTime.")
class LogTimePayload(Payload):
    time_entries = entity(list[TIME_ENTRY], "The new entries, in the order given.")


@strawberry.type(description="The answer to editTime.")
class EditTimePayload(Payload):
    time_entry = entity(TIME_ENTRY, "The entry as it is now.")


@strawberry.type(description="The answer to deleteTime.")
class DeleteTimePayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("TimeEntry", number))


@strawberry.type(description="The answer to all steps in the life of a billing record.")
class BillingRecordPayload(Payload):
    billing_record = entity(BILLING_RECORD, "The billing record as it is now.")


@strawberry.type(description="The answer to mutations of a connection.")
class ConnectionPayload(Payload):
    connection = entity(EXTERNAL_SYSTEM, "The connection as it is now.")


@strawberry.type(description="The answer to linkExternalName.")
class LinkExternalNamePayload(Payload):
    posted = entity(int, "How many waiting rows became time entries.", lambda linked: linked.posted)
    connection = entity(EXTERNAL_SYSTEM, "The connection as it is now.", lambda linked: linked.connection)


@strawberry.type(description="The answer to retryDelivery.")
class RetryDeliveryPayload(Payload):
    delivery = entity(DELIVERY, "The delivery as it is now.")


@strawberry.type(description="The answer to setExchangeRate.")
class SetExchangeRatePayload(Payload):
    exchange_rate = entity(EXCHANGE_RATE, "The exchange rate that is in force now.")


@strawberry.type(description="The answer to removeExchangeRates.")
class RemoveExchangeRatesPayload(Payload):
    removed = entity(int, "How many exchange rates are not in force any more.")


@strawberry.type(description="The answer to importExchangeRates.")
class ImportExchangeRatesPayload(Payload):
    currencies = entity(list[str], "The currencies whose import was queued.")


@strawberry.type(description="The answer to setBaseCurrency.")
class SetBaseCurrencyPayload(Payload):
    base_currency = entity(str, "The currency of the books.")


@strawberry.type(description="The answer to setProjectCurrency and setProjectExchangeRateDate.")
class ProjectCurrencyPayload(Payload):
    project = entity(PROJECT, "The project as it is now.")


@strawberry.type(description="The answer to mutations of an assignment.")
class AssignmentPayload(Payload):
    assignment = entity(ASSIGNMENT, "The assignment as it is now.")


@strawberry.type(description="The answer to removeAssignment.")
class RemoveAssignmentPayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda gone: global_id("Assignment", gone.id))
    task = entity(TASK, "The task as it is now.", lambda gone: gone.task)


@strawberry.type(description="The answer to mutations of a work schedule.")
class WorkSchedulePayload(Payload):
    work_schedule = entity(WORK_SCHEDULE, "The work schedule as it is now.")


@strawberry.type(description="The answer to chooseWorkSchedule.")
class ChooseWorkSchedulePayload(Payload):
    project = entity(PROJECT, "The project as it is now.")
