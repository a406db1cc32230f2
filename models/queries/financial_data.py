"""What a project's finances by week or month are made of, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from models.database import Session

ALL_BUT_HOURS = """
    wanted AS (
        SELECT p.id, p.status, p.fixed_cost_minor, p.fixed_revenue_minor,
               coalesce(min(t.planned_start), min(t.planned_completion),
                        (p.created_at AT TIME ZONE :zone)::date) AS first_day,
               coalesce(max(t.planned_completion), max(t.planned_start), :today) AS last_day
        FROM project p LEFT JOIN task t ON t.project_id = p.id AND t.deleted_at IS NULL
            AND NOT EXISTS (SELECT FROM task child WHERE child.parent_id = t.id AND child.deleted_at IS NULL)
        WHERE p.organisation_id = :organisation AND p.id = ANY(:projects) GROUP BY p.id
    ),
    fixed_tasks AS (
        SELECT t.id, t.project_id, t.status, t.billing_amount_minor AS minor,
               coalesce(t.planned_completion, t.planned_start, :today) AS day
        FROM task t JOIN wanted w ON w.id = t.project_id AND t.deleted_at IS NULL
        WHERE t.revenue_type = 'FIXED_REVENUE' OR t.revenue_type LIKE '%\\_PLUS\\_FIXED'
    ),
    spent AS (
        SELECT x.project_id, x.is_billable, x.planned_minor, x.actual_minor,
               coalesce(x.planned_on, x.paid_on, (x.entered_at AT TIME ZONE :zone)::date) AS planned_day,
               coalesce(x.paid_on, x.planned_on, (x.entered_at AT TIME ZONE :zone)::date) AS paid_day
        FROM expense x JOIN wanted w ON w.id = x.project_id WHERE x.deleted_at IS NULL
    ),
    all_but_hours AS (
        SELECT project_id, 'EXPENSE' AS part, NULL::bigint AS task_id, planned_day AS day, true AS is_planned,
               CASE WHEN is_billable THEN planned_minor ELSE 0 END AS billable,
               CASE WHEN is_billable THEN 0 ELSE planned_minor END AS other,
               0::bigint AS fixed_cost, 0::bigint AS fixed_revenue
        FROM spent WHERE planned_minor <> 0
        UNION ALL
        SELECT project_id, 'EXPENSE', NULL, paid_day, false, CASE WHEN is_billable THEN actual_minor ELSE 0 END,
               CASE WHEN is_billable THEN 0 ELSE actual_minor END, 0, 0
        FROM spent WHERE actual_minor <> 0
        UNION ALL
        SELECT project_id, 'TASK_FIXED_REVENUE', id, day, true, 0, 0, 0, minor FROM fixed_tasks WHERE minor <> 0
        UNION ALL
        SELECT project_id, 'TASK_FIXED_REVENUE', id, least(day, :today), false, 0, 0, 0, minor
        FROM fixed_tasks WHERE status = 'COMPLETE' AND minor <> 0
        UNION ALL
        SELECT id, 'PROJECT_FIXED_REVENUE', NULL, last_day, true, 0, 0, 0, fixed_revenue_minor
        FROM wanted WHERE fixed_revenue_minor <> 0
        UNION ALL
        SELECT id, 'PROJECT_FIXED_REVENUE', NULL, least(last_day, :today), false, 0, 0, 0, fixed_revenue_minor
        FROM wanted WHERE status = 'COMPLETE' AND fixed_revenue_minor <> 0
        UNION ALL
        SELECT id, 'FIXED_COST', NULL, first_day, is_planned, 0, 0, fixed_cost_minor, 0
        FROM wanted CROSS JOIN (VALUES (true), (false)) AS side(is_planned) WHERE fixed_cost_minor <> 0
    )
"""
"""An expense counts on its planned day (planned) and the day it was paid (actual), each the other's when it is missing.

Fixed amounts have no date of their own. Planned revenue of a task: its planned completion, else its start, else today;
actual: the same, not later than today. The project's fixed revenue: the last planned completion of its tasks likewise.
Its fixed cost, planned and actual: the first planned day of its tasks, else the day it was created. So the days sum to
what ``stored_sums`` gives.
"""


@dataclass(frozen=True, slots=True)
class DaySums:
    """Sums of one day and side. Seconds; minor units of the project's currency."""

    day: date
    is_planned: bool
    labor_seconds: int
    labor_cost_minor: int
    labor_revenue_minor: int
    billable_expense_minor: int
    non_billable_expense_minor: int
    fixed_cost_minor: int
    fixed_revenue_minor: int


async def day_sums(
    session: Session, organisation_id: int, project_id: int, *, first_day: date, last_day: date, today: date, zone: str
) -> list[DaySums]:
    """All but planned labour, of the days from ``first_day`` to ``last_day``, both included.

    Hours count on their work date; the others on the days that ``ALL_BUT_HOURS`` tells.
    """
    rows = await session.execute(
        text(f"""
            WITH {ALL_BUT_HOURS},
            facts AS (
                SELECT e.work_date AS day, false AS is_planned, e.seconds, e.cost_minor AS cost,
                       e.revenue_minor AS revenue, 0::bigint AS billable, 0::bigint AS other, 0::bigint AS fixed_cost,
                       0::bigint AS fixed_revenue
                FROM time_entry e JOIN wanted w ON w.id = e.project_id WHERE e.deleted_at IS NULL
                UNION ALL
                SELECT day, is_planned, 0, 0, 0, billable, other, fixed_cost, fixed_revenue FROM all_but_hours
            )
            SELECT day, is_planned, sum(seconds)::bigint AS labor_seconds, sum(cost)::bigint AS labor_cost_minor,
                   sum(revenue)::bigint AS labor_revenue_minor, sum(billable)::bigint AS billable_expense_minor,
                   sum(other)::bigint AS non_billable_expense_minor, sum(fixed_cost)::bigint AS fixed_cost_minor,
                   sum(fixed_revenue)::bigint AS fixed_revenue_minor
            FROM facts WHERE day BETWEEN :first_day AND :last_day
            GROUP BY day, is_planned ORDER BY day, is_planned
        """),
        {
            "organisation": organisation_id,
            "projects": [project_id],
            "first_day": first_day,
            "last_day": last_day,
            "today": today,
            "zone": zone,
        },
    )
    return [DaySums(**row) for row in rows.mappings()]
