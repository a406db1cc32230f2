"""Expenses as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hourledger.core.work import EntryStatus
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class ExpenseView:
    """Amounts in minor units of the project's currency."""

    id: int
    project_id: int
    task_id: int | None
    expense_type: str
    expense_type_id: int
    description: str
    currency: str
    planned_minor: int
    actual_minor: int
    planned_units: Decimal | None
    actual_units: Decimal | None
    planned_on: date | None
    paid_on: date | None
    is_billable: bool
    is_reimbursable: bool
    is_reimbursed: bool
    is_locked: bool
    status: EntryStatus
    entered_at: datetime
    entered_by: str


EXPENSES = Listing(
    name="expenses",
    row=ExpenseView,
    alias="x",
    columns="x.id, x.project_id, x.task_id, k.name AS expense_type, x.expense_type_id, x.description, p.currency, "
    "x.planned_minor, x.actual_minor, x.planned_units, x.actual_units, x.planned_on, x.paid_on, x.is_billable, "
    "x.is_reimbursable, x.is_reimbursed, x.is_locked, x.status, x.entered_at, x.entered_by",
    source="""expense x JOIN project p ON p.id = x.project_id JOIN expense_type k ON k.id = x.expense_type_id
        JOIN organisation o ON o.id = x.organisation_id""",
    order=(("x.id", "bigint"),),
    descending=True,
    where="x.deleted_at IS NULL",
    casts={"status": EntryStatus},
)

# When it was paid, else when it is planned, else when it was entered (§6).
_DAY = "coalesce(x.paid_on, x.planned_on, cast(x.entered_at AT TIME ZONE o.time_zone AS date))"

OF_PROJECT = "x.project_id = :project"
OF_TASK = "x.task_id = :task"
OF_TYPE = "x.expense_type_id = :type"
BILLABLE = "x.is_billable = :billable"
FROM_DAY = f"{_DAY} >= cast(:first_day AS date)"
TO_DAY = f"{_DAY} <= cast(:last_day AS date)"
