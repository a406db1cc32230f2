"""The finances of projects, and telling subscribers when they have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hourledger.core.finances import ProjectFigures, ProjectFinances, roll_up
from hourledger.core.money import Money
from hourledger.services.plan_figures import plan_figures
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.finances import stored_sums


async def project_finances(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, ProjectFinances]:
    """By project id, for all at once; exact at this moment. Unknown projects are absent.

    Where a planned day has no exchange rate, the planned labour is None and ``plan_problem`` says so; the rest stands.
    """
    sums = await stored_sums(unit.session, unit.organisation_id, project_ids)
    plans = await plan_figures(unit, list(sums))
    found = {}
    for project_id, one in sums.items():
        plan = plans[project_id]
        known = plan.total if plan.problem is None else None

        def money(minor: int, currency: str = one.currency) -> Money:
            return Money(minor, currency)

        totals = roll_up(
            ProjectFigures(
                planned_seconds=plan.seconds,
                planned_labor_cost=None if known is None else money(known.cost_minor),
                planned_expense_cost=money(one.planned_expense),
                planned_hourly_revenue=None if known is None else money(known.revenue_minor),
                planned_fixed_revenue=money(one.planned_fixed_revenue),
                actual_seconds=one.actual_seconds,
                actual_labor_cost=money(one.labor_cost),
                actual_expense_cost=money(one.actual_expense),
                actual_hourly_revenue=money(one.hourly_revenue),
                realised_fixed_revenue=money(one.realised_fixed_revenue),
                fixed_cost=money(one.fixed_cost),
                billed=money(one.billed),
                on_draft=money(one.on_draft),
                unbilled=money(one.unbilled),
            )
        )
        found[project_id] = replace(totals, plan_problem=plan.problem)
    return found


async def emit_finances_changed(
    unit: UnitOfWork,
    project_ids: Sequence[int],
    *,
    cause: str,
    of_project: Mapping[int, Mapping[str, Any]] | None = None,
    **more: Any,
) -> None:
    """One event per project with the new totals, so that a page updates without asking again.

    ``more`` is told with every project, ``of_project`` with the one it is about.
    """
    await unit.session.flush()
    for project_id, totals in (await stored_sums(unit.session, unit.organisation_id, project_ids)).items():
        unit.emit(
            "PROJECT_FINANCES_CHANGED",
            project_id=project_id,
            entity_id=project_id,
            cause=cause,
            currency=totals.currency,
            actual_seconds=totals.actual_seconds,
            labor_cost_minor=totals.labor_cost,
            revenue_minor=totals.hourly_revenue + totals.realised_fixed_revenue,
            billed_minor=totals.billed,
            on_draft_minor=totals.on_draft,
            unbilled_minor=totals.unbilled,
            **more,
            **((of_project or {}).get(project_id, {})),
        )
