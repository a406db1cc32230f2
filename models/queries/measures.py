"""What the measures of projects are computed from, for any number of projects in one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hourledger.core.finances import EacMethod, ExpenseAmounts, IndexMethod, PercentBasis
from hourledger.core.work import ProjectStatus, RevenueType, TaskStatus
from models.database import Session


@dataclass(frozen=True, slots=True)
class WeighedRisk:
    """Minor units of the project's currency."""

    probability_percent: Decimal
    potential_minor: int
    actual_minor: int


@dataclass(frozen=True, slots=True)
class PricedBudget:
    """Budgeted seconds with the role's own cost rate on the first day; both None where the role has none then."""

    role_id: int
    first_day: date
    seconds: int
    rate_scaled: int | None
    rate_currency: str | None


@dataclass(frozen=True, slots=True)
class MeasuredProject:
    """Minor units of ``currency``; methods None: the organisation's."""

    id: int
    company_id: int | None
    currency: str
    status: ProjectStatus
    fixed_revenue_minor: int
    budget_minor: int | None
    planned_benefit_minor: int
    actual_benefit_minor: int
    index_method: IndexMethod | None
    eac_method: EacMethod | None
    percent_basis: PercentBasis | None
    risks: tuple[WeighedRisk, ...]
    role_budgets: tuple[PricedBudget, ...]


async def measured_projects(
    session: Session, organisation_id: int, project_ids: Sequence[int]
) -> dict[int, MeasuredProject]:
    """By id; projects of other organisations are absent."""
    rows = await session.execute(
        text("""
            SELECT p.id, p.company_id, p.currency, p.status, p.fixed_revenue_minor, p.budget_minor,
                   p.planned_benefit_minor, p.actual_benefit_minor, p.index_method, p.eac_method, p.percent_basis,
                   risk.percents, risk.potentials, risk.actuals,
                   budget.roles, budget.days, budget.seconds, budget.rates, budget.currencies
            FROM project p
            CROSS JOIN LATERAL (
                SELECT array_agg(r.probability_percent ORDER BY r.id) AS percents,
                       array_agg(r.potential_minor ORDER BY r.id) AS potentials,
                       array_agg(r.actual_minor ORDER BY r.id) AS actuals
                FROM risk r WHERE r.project_id = p.id
            ) risk
            CROSS JOIN LATERAL (
                SELECT array_agg(b.role_id ORDER BY b.id) AS roles, array_agg(b.first_day ORDER BY b.id) AS days,
                       array_agg(b.seconds ORDER BY b.id) AS seconds,
                       array_agg(rate.rate_scaled ORDER BY b.id) AS rates,
                       array_agg(rate.currency ORDER BY b.id) AS currencies
                FROM role_budget b
                LEFT JOIN LATERAL (
                    SELECT l.rate_scaled, l.currency
                    FROM rate_scope s JOIN rate_line l ON l.scope_id = s.id AND l.retired_at IS NULL
                    WHERE s.role_id = b.role_id AND s.organisation_id = b.organisation_id
                      AND s.kind = 'COST' AND s.level = 'ROLE'
                      AND daterange(l.valid_from, l.valid_until) @> b.first_day
                    ORDER BY s.id LIMIT 1
                ) rate ON true
                WHERE b.project_id = p.id
            ) budget
            WHERE p.organisation_id = :organisation AND p.id = ANY(:ids) AND p.deleted_at IS NULL ORDER BY p.id
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    return {row["id"]: _project(row) for row in rows.mappings()}


def _project(row: Any) -> MeasuredProject:
    casts = {
        "status": ProjectStatus,
        "index_method": IndexMethod,
        "eac_method": EacMethod,
        "percent_basis": PercentBasis,
    }
    values = _cast(row, casts)
    risks = [values.pop(name) or () for name in ("percents", "potentials", "actuals")]
    budgets = [values.pop(name) or () for name in ("roles", "days", "seconds", "rates", "currencies")]
    return MeasuredProject(
        **values,
        risks=tuple(WeighedRisk(*one) for one in zip(*risks, strict=True)),
        role_budgets=tuple(PricedBudget(*one) for one in zip(*budgets, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class MeasuredTask:
    """``fixed_minor``: the fixed amount of its revenue type, 0 without one."""

    id: int
    project_id: int
    parent_id: int | None
    status: TaskStatus
    revenue_type: RevenueType
    fixed_minor: int
    percent_complete: Decimal
    planned_start: date | None
    planned_completion: date | None


async def measured_tasks(session: Session, organisation_id: int, project_ids: Sequence[int]) -> list[MeasuredTask]:
    """All tasks of these projects, oldest first; issues are none."""
    rows = await session.execute(
        text("""
            SELECT id, project_id, parent_id, status, revenue_type,
                   CASE WHEN revenue_type = 'FIXED_REVENUE' OR revenue_type LIKE '%\\_PLUS\\_FIXED'
                        THEN coalesce(billing_amount_minor, 0) ELSE 0 END AS fixed_minor,
                   percent_complete, planned_start, planned_completion
            FROM task
            WHERE organisation_id = :organisation AND project_id = ANY(:ids) AND NOT is_issue AND deleted_at IS NULL
            ORDER BY id
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    casts = {"status": TaskStatus, "revenue_type": RevenueType}
    return [MeasuredTask(**_cast(row, casts)) for row in rows.mappings()]


ExpensesByTask = dict[tuple[int, int | None], list[ExpenseAmounts]]


async def expenses_by_task(session: Session, organisation_id: int, project_ids: Sequence[int]) -> ExpensesByTask:
    """By (project, task; None: on the project itself). Added up as far as ``ExpenseAmounts`` allows: six at most."""
    rows = await session.execute(
        text("""
            SELECT project_id, task_id, is_billable, sum(planned_minor)::bigint AS planned,
                   sum(actual_minor)::bigint AS actual
            FROM expense WHERE organisation_id = :organisation AND project_id = ANY(:ids) AND deleted_at IS NULL
            GROUP BY project_id, task_id, is_billable, sign(actual_minor)
            ORDER BY project_id, task_id, is_billable, sign(actual_minor)
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    found: ExpensesByTask = {}
    for row in rows:
        amounts = ExpenseAmounts(row.planned, row.actual, row.is_billable)
        found.setdefault((row.project_id, row.task_id), []).append(amounts)
    return found


@dataclass(frozen=True, slots=True)
class TaskBilling:
    """Of one task itself, minor units: on posted records, on records not posted yet, on none."""

    billed_minor: int = 0
    on_draft_minor: int = 0
    unbilled_minor: int = 0


async def billing_by_task(
    session: Session, organisation_id: int, project_ids: Sequence[int]
) -> dict[int, dict[int, TaskBilling]]:
    """By project and task, by the rules of ``finances.stored_sums``; tasks without any are absent."""
    rows = await session.execute(
        text("""
            WITH lines AS (
                SELECT l.project_id, l.task_id, r.status = 'POSTED' AS is_posted,
                       CASE WHEN r.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor
                            ELSE l.amount_minor END AS minor
                FROM billing_record_line l
                JOIN billing_record r ON r.id = l.billing_record_id AND r.status <> 'DELETED'
                LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
                LEFT JOIN actual a ON a.id = c.actual_id
                LEFT JOIN time_entry e ON e.id = a.time_entry_id
                WHERE l.organisation_id = :organisation AND l.project_id = ANY(:ids) AND l.billing_type = 'CHARGEABLE'
            ),
            pieces AS (
                SELECT project_id, task_id, CASE WHEN is_posted THEN minor ELSE 0 END AS billed,
                       CASE WHEN is_posted THEN 0 ELSE minor END AS on_draft, 0 AS unbilled
                FROM lines
                UNION ALL
                SELECT a.project_id, a.task_id, 0, 0, coalesce(e.revenue_minor, a.amount_minor)
                FROM actual a LEFT JOIN time_entry e ON e.id = a.time_entry_id
                WHERE a.organisation_id = :organisation AND a.project_id = ANY(:ids)
                  AND a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
                  AND a.billing_status IN ('CREATED', 'READY') AND a.billing_type = 'CHARGEABLE'
            )
            SELECT project_id, task_id, sum(billed)::bigint AS billed_minor, sum(on_draft)::bigint AS on_draft_minor,
                   sum(unbilled)::bigint AS unbilled_minor
            FROM pieces WHERE task_id IS NOT NULL GROUP BY project_id, task_id
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    found: dict[int, dict[int, TaskBilling]] = {project_id: {} for project_id in project_ids}
    for row in rows:
        found[row.project_id][row.task_id] = TaskBilling(row.billed_minor, row.on_draft_minor, row.unbilled_minor)
    return found


def _cast(row: Any, casts: dict[str, Any]) -> dict[str, Any]:
    values = dict(row)
    for name, cast in casts.items():
        values[name] = None if values[name] is None else cast(values[name])
    return values
