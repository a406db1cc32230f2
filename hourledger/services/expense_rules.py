"""What every expense must be: for a project or a task of it, of a kind in use, with amounts typed or by the unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import RATE_SCALE, Money
from hourledger.core.periods import spanned
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange_rates import load_exchange_of_projects
from models.selecting import find_one, select_kept
from models.tables import ExpenseRow, ExpenseTypeRow, ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What a unit of a kind of expense costs, and for which project, in which currency the expense is to be."""

    kind: ExpenseTypeRow
    project_id: int
    currency: str

    async def amount(self, unit: UnitOfWork, units: Decimal, on: date, field: str) -> int:
        """Units x price x conversion of the day, in minor units, rounded once, half away from zero (§6).

        Raises:
            Invalid UNITS_INVALID, UNIT_PRICE_MISSING; Missing EXCHANGE_RATE_MISSING.
        """
        if not units.is_finite():
            raise Invalid(f"{units} is not a number of units.", code="UNITS_INVALID", field=field)
        if self.kind.unit_rate_scaled is None or self.kind.currency is None:
            raise Invalid(
                f"{self.kind.name} has no price per unit: give the amount.", code="UNIT_PRICE_MISSING", field=field
            )
        exchange = await load_exchange_of_projects(
            unit.session,
            unit.organisation_id,
            unit.base_currency,
            [self.project_id],
            currencies={self.kind.currency, self.currency},
            days=spanned([on]),
        )
        price = Fraction(self.kind.unit_rate_scaled, RATE_SCALE)
        exact = price * Fraction(units) * exchange[self.project_id].factor(self.kind.currency, self.currency, on)
        return Money.rounded(exact, self.currency).minor


def require_one_of(minor: int, units: Decimal | None, field: str) -> None:
    """Raises Invalid AMOUNT_AND_UNITS."""
    if minor and units is not None:
        raise Invalid("Give the amount or the units, not both.", code="AMOUNT_AND_UNITS", field=field)


def require_reimbursable(*, is_reimbursable: bool, is_reimbursed: bool) -> None:
    """Raises Invalid NOT_REIMBURSABLE: nobody is to get it back, and yet somebody got it."""
    if is_reimbursed and not is_reimbursable:
        raise Invalid(
            "Only what is reimbursable can have been reimbursed. Set both, or neither.",
            code="NOT_REIMBURSABLE",
            field="isReimbursed",
        )


async def require_project(unit: UnitOfWork, project_id: int) -> ProjectRow:
    """Whatever its status: expenses come late; its currency stays until the end. Raises Missing PROJECT_UNKNOWN."""
    project = await select_kept(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    return project


async def require_task(unit: UnitOfWork, project: ProjectRow, task_id: int | None) -> None:
    """Raises Missing TASK_UNKNOWN: not a task of this project. Invalid EXPENSE_ON_ISSUE (§6)."""
    if task_id is None:
        return
    task = await select_kept(unit.session, TaskRow, unit.organisation_id, task_id)
    if task is None or task.project_id != project.id:
        raise Missing(f"Project {project.code} has no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    if task.is_issue:
        raise Invalid(
            f"{task.name} is an issue, and issues have no expenses. Enter it on a task or on the project.",
            code="EXPENSE_ON_ISSUE",
            field="taskId",
        )


async def require_type(unit: UnitOfWork, name: str) -> ExpenseTypeRow:
    """Raises Missing EXPENSE_TYPE_UNKNOWN: there is none by this name that is in use."""
    found = await find_one(unit.session, ExpenseTypeRow, unit.organisation_id, name=name, is_active=True)
    if found is None:
        raise Missing(f"There is no expense type {name!r}.", code="EXPENSE_TYPE_UNKNOWN", field="expenseType")
    return found


def entry_day(unit: UnitOfWork, row: ExpenseRow) -> date:
    """The day on which an expense was entered: what is undated counts then (§6)."""
    return row.entered_at.astimezone(ZoneInfo(unit.organisation.time_zone)).date()
