"""A project's finances by week or month: planned, actual and their difference, from the same engine as its totals."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import FinancialFigures, FinancialPeriod, FinancialRow, financial_rows
from hourledger.services.plan_figures import PlanByDay
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.financial_data import DaySums, day_sums
from models.selecting import select_one
from models.tables import ProjectRow

DAYS_MAX = 1_100
"""How many days of a plan, or of a project's finances, one request gives: three years."""


async def financial_data(
    unit: UnitOfWork, project_id: int, plan: PlanByDay, by: FinancialPeriod, first_day: date, last_day: date
) -> list[FinancialRow]:
    """Rows under their allocation dates, of the days from ``first_day`` to ``last_day``, both included.

    Only these days count, so the first and the last row may hold a part of their week or month. Over all days of the
    project the rows sum to its finances exactly. ``plan`` is the project's own.

    Raises:
        Missing PROJECT_UNKNOWN; Invalid DAYS_INVALID.
    Source: project-finances §1.18, §2.7, CT-33, CT-34.
    """
    require_days(first_day, last_day)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    currency = project.currency
    sums = await day_sums(
        unit.session,
        unit.organisation_id,
        project_id,
        first_day=first_day,
        last_day=last_day,
        today=unit.today,
        zone=unit.organisation.time_zone,
    )
    planned = {one.day: _figures(one, currency) for one in sums if one.is_planned}
    actual = {one.day: _figures(one, currency) for one in sums if not one.is_planned}
    for one in plan.days():
        if first_day <= one.day <= last_day:
            labor = FinancialFigures(
                currency, one.seconds, one.cost_minor, one.revenue_minor, plan_problem=plan.problem
            )
            planned[one.day] = planned.get(one.day, FinancialFigures(currency)) + labor
    return financial_rows(planned, actual, by, FinancialFigures(currency))


def require_days(first_day: date, last_day: date) -> None:
    """Raises Invalid DAYS_INVALID: reversed, more than DAYS_MAX days, or outside the years 1000 to 9000."""
    count = (last_day - first_day).days + 1
    if not 1 <= count <= DAYS_MAX or not 1000 <= first_day.year <= last_day.year <= 9000:
        raise Invalid(
            f"Ask for 1 to {DAYS_MAX} days at once, the first before the last; {first_day} to {last_day} is not that.",
            code="DAYS_INVALID",
            field="lastDay",
        )


def _figures(sums: DaySums, currency: str) -> FinancialFigures:
    values = asdict(sums)
    del values["day"], values["is_planned"]
    return FinancialFigures(currency, **values)
