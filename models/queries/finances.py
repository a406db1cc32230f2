"""The sums that a project's finances are made of, for any number of projects in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hourledger.core.work import CostType, RevenueType
from models.database import Session
from models.queries.roll_ups import KEPT_OF_PROJECTS


@dataclass(frozen=True, slots=True)
class StoredSums:
    """Minor units of the project's currency; seconds. Planned labour is not stored: it is computed from rates."""

    project_id: int
    currency: str
    actual_seconds: int
    labor_cost: int
    hourly_revenue: int
    planned_expense: int
    actual_expense: int
    fixed_cost: int
    planned_fixed_revenue: int
    realised_fixed_revenue: int
    billed: int
    on_draft: int
    unbilled: int


async def stored_sums(session: Session, organisation_id: int, project_ids: Sequence[int]) -> dict[int, StoredSums]:
    """By project id; projects of other organisations are absent. From the roll-ups: hours and lines are not read.

    ``unbilled`` is open unbilled sales on no billing record; ``on_draft`` the chargeable lines of records that are not
    posted yet; ``billed`` those of posted ones. A fixed amount is realised when its task (or the project) is complete.
    """
    rows = await session.execute(
        text(f"""
            WITH wanted AS (
                SELECT id, currency, fixed_cost_minor, fixed_revenue_minor, status FROM project
                WHERE organisation_id = :organisation AND id = ANY(:ids) AND deleted_at IS NULL
            ),
            rolled AS (
                SELECT project_id, sum(seconds) AS seconds, sum(cost_minor) AS cost, sum(revenue_minor) AS revenue,
                       sum(planned_billable_minor + planned_non_billable_minor) AS planned,
                       sum(actual_billable_minor + actual_non_billable_minor) AS actual, sum(billed_minor) AS billed,
                       sum(draft_minor) AS on_draft, sum(unbilled_minor) AS unbilled
                FROM ({KEPT_OF_PROJECTS}) kept GROUP BY project_id
            ),
            fixed AS (
                SELECT project_id, sum(billing_amount_minor) AS planned,
                       sum(billing_amount_minor) FILTER (WHERE status = 'COMPLETE') AS realised
                FROM task WHERE project_id IN (SELECT id FROM wanted) AND deleted_at IS NULL
                  AND (revenue_type = 'FIXED_REVENUE' OR revenue_type LIKE '%\\_PLUS\\_FIXED') GROUP BY project_id
            )
            SELECT w.id AS project_id, w.currency,
                   coalesce(rolled.seconds, 0)::bigint AS actual_seconds,
                   coalesce(rolled.cost, 0)::bigint AS labor_cost,
                   coalesce(rolled.revenue, 0)::bigint AS hourly_revenue,
                   coalesce(rolled.planned, 0)::bigint AS planned_expense,
                   coalesce(rolled.actual, 0)::bigint AS actual_expense,
                   w.fixed_cost_minor AS fixed_cost,
                   (coalesce(fixed.planned, 0) + w.fixed_revenue_minor)::bigint AS planned_fixed_revenue,
                   (coalesce(fixed.realised, 0)
                    + CASE WHEN w.status = 'COMPLETE' THEN w.fixed_revenue_minor ELSE 0 END)::bigint
                       AS realised_fixed_revenue,
                   coalesce(rolled.billed, 0)::bigint AS billed,
                   coalesce(rolled.on_draft, 0)::bigint AS on_draft,
                   coalesce(rolled.unbilled, 0)::bigint AS unbilled
            FROM wanted w
            LEFT JOIN rolled ON rolled.project_id = w.id
            LEFT JOIN fixed ON fixed.project_id = w.id
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    return {row["project_id"]: StoredSums(**row) for row in rows.mappings()}


@dataclass(frozen=True, slots=True)
class TaskSums:
    """What was logged and spent on one task itself, or on none of the project's tasks (task_id None).

    Seconds; minor units of the project's currency. Without what is below it, without fixed amounts.
    """

    project_id: int
    task_id: int | None
    actual_seconds: int
    labor_cost: int
    hourly_revenue: int


async def task_sums(session: Session, organisation_id: int, project_ids: Sequence[int]) -> list[TaskSums]:
    """The sums of every task that has hours, and of the hours on no task."""
    rows = await session.execute(
        text(f"""
            SELECT project_id, task_id, sum(seconds)::bigint AS actual_seconds, sum(cost_minor)::bigint AS labor_cost,
                   sum(revenue_minor)::bigint AS hourly_revenue
            FROM ({KEPT_OF_PROJECTS}) kept
            WHERE organisation_id = :organisation
            GROUP BY project_id, task_id HAVING sum(entries) <> 0 ORDER BY project_id, task_id
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    return [TaskSums(**row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """The plan of one assignment (or of an unassigned task: both ids None), with what its rates depend on.

    ``assigned_seconds``: given by hand; None: an equal share. ``schedule_id`` is the project's, None: the default one.
    """

    organisation_id: int
    project_id: int
    company_id: int | None
    currency: str
    schedule_id: int | None
    task_id: int
    cost_type: CostType
    revenue_type: RevenueType
    cost_rate_scaled: int | None
    billing_rate_scaled: int | None
    cap_minor: int | None
    task_seconds: int
    planned_start: date | None
    planned_completion: date | None
    first_day_seconds: int | None
    assignment_id: int | None
    person_id: int | None
    cost_override_allowed: bool
    role_id: int | None
    assigned_seconds: int | None
    is_billable: bool
    billing_role_id: int | None
    attributes: dict[str, int] | None
    overtime_ratio: Decimal | None


async def planned_work(session: Session, organisation_id: int, project_ids: Sequence[int]) -> list[PlannedWork]:
    """Every assignment of the leaf tasks of these projects, and every leaf task that has none."""
    rows = await session.execute(
        text("""
            SELECT t.organisation_id, t.project_id, p.company_id, p.currency, p.schedule_id, t.id AS task_id,
                   t.cost_type, t.revenue_type, t.cost_rate_scaled, t.billing_rate_scaled,
                   CASE WHEN t.revenue_type LIKE '%\\_CAP' THEN t.billing_amount_minor END AS cap_minor,
                   t.planned_seconds AS task_seconds, t.planned_start, t.planned_completion,
                   t.first_day_seconds, a.id AS assignment_id, a.person_id,
                   coalesce(o.cost_rate_override_allowed, false) AS cost_override_allowed,
                   a.role_id, a.planned_seconds AS assigned_seconds,
                   coalesce(a.is_billable, true) AS is_billable, a.billing_role_id, a.attributes, t.overtime_ratio
            FROM task t JOIN project p ON p.id = t.project_id
            LEFT JOIN assignment a ON a.task_id = t.id
            LEFT JOIN person o ON o.id = a.person_id
            WHERE t.organisation_id = :organisation AND t.project_id = ANY(:ids) AND NOT t.is_issue
              AND t.deleted_at IS NULL
              AND NOT EXISTS (SELECT FROM task child WHERE child.parent_id = t.id)
            ORDER BY t.id, a.id
        """),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    return [_planned(row) for row in rows.mappings()]


def _planned(row: Any) -> PlannedWork:
    values = dict(row)
    values["cost_type"] = CostType(values["cost_type"])
    values["revenue_type"] = RevenueType(values["revenue_type"])
    return PlannedWork(**values)


@dataclass(frozen=True, slots=True)
class DatedRole:
    """A role of a person: the primary one (project_id None), or the one the person is billed as on a project."""

    person_id: int
    project_id: int | None
    role_id: int
    valid_from: date | None
    valid_until: date | None


async def planned_roles(
    session: Session, organisation_id: int, person_ids: Sequence[int], project_ids: Sequence[int]
) -> list[DatedRole]:
    """The primary roles of these people, and what people are billed as on these projects."""
    rows = await session.execute(
        text("""
            SELECT person_id, NULL::bigint AS project_id, role_id, valid_from, valid_until FROM person_role
            WHERE organisation_id = :organisation AND person_id = ANY(:people) AND is_primary
            UNION ALL
            SELECT person_id, project_id, role_id, valid_from, valid_until FROM project_billing_role
            WHERE organisation_id = :organisation AND project_id = ANY(:projects)
        """),
        {"organisation": organisation_id, "people": list(person_ids), "projects": list(project_ids)},
    )
    return [DatedRole(**row) for row in rows.mappings()]
