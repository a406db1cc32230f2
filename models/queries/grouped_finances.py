"""What the finances of projects by role, person, month and so on are added up from, in one statement each.

Planned labour is computed from rates, and not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hourledger.core.finances import FinancePart
from models.database import Session
from models.queries.assignee_rows import ASSIGNEE_ROWS
from models.queries.financial_data import ALL_BUT_HOURS


@dataclass(frozen=True, slots=True)
class OtherSums:
    """Expenses and fixed amounts of one day and side; ``task_id``: whose fixed amount. Minor units of the project."""

    project_id: int
    part: FinancePart
    task_id: int | None
    day: date
    is_planned: bool
    expense_minor: int
    fixed_cost_minor: int
    fixed_revenue_minor: int


async def other_sums(
    session: Session, organisation_id: int, project_ids: Sequence[int], *, today: date, zone: str
) -> list[OtherSums]:
    """All that is not hours, on the days that ``ALL_BUT_HOURS`` tells."""
    rows = await session.execute(
        text(f"""
            WITH {ALL_BUT_HOURS}
            SELECT project_id, part, task_id, day, is_planned, sum(billable + other)::bigint AS expense_minor,
                   sum(fixed_cost)::bigint AS fixed_cost_minor, sum(fixed_revenue)::bigint AS fixed_revenue_minor
            FROM all_but_hours GROUP BY project_id, part, task_id, day, is_planned
            ORDER BY project_id, part, task_id, day, is_planned
        """),
        {"organisation": organisation_id, "projects": list(project_ids), "today": today, "zone": zone},
    )
    return [OtherSums(**_with_part(row)) for row in rows.mappings()]


_ROLE = f"""
    {ASSIGNEE_ROWS}
    LEFT JOIN LATERAL (
        SELECT role_id FROM person_role r
        WHERE r.person_id = e.person_id AND r.is_primary AND daterange(r.valid_from, r.valid_until) @> e.work_date
        LIMIT 1
    ) main ON true
"""
_ROLE_ID = "coalesce(e.role_id, own.role_id, fitting.role_id, open_role.role_id, main.role_id)"
"""As what somebody worked: the role chosen for the hour, that of the assignment that speaks for it, the primary one."""
_PART_OF_HOURS = """CASE WHEN e.task_id IS NULL THEN 'PROJECT_HOURS' WHEN t.is_issue THEN 'ISSUE_HOURS'
    ELSE 'TASK_HOURS' END"""


@dataclass(frozen=True, slots=True)
class HourSums:
    """Hours of one role and person. ``hour_type_id``, ``day``: None where they were not asked for.

    ``task_id``: of a task whose fixed amount is realised, None otherwise; ``is_asked_for``: within the days.
    """

    project_id: int
    part: FinancePart
    task_id: int | None
    role_id: int | None
    person_id: int
    hour_type_id: int | None
    day: date | None
    is_asked_for: bool
    seconds: int
    cost_minor: int
    revenue_minor: int


async def hour_sums(
    session: Session,
    organisation_id: int,
    project_ids: Sequence[int],
    *,
    first_day: date,
    last_day: date,
    by_hour_type: bool,
    by_day: bool,
    limit: int,
) -> list[HourSums]:
    """What was logged from ``first_day`` to ``last_day``, at most ``limit`` rows in order.

    Of tasks whose fixed amount is realised all hours: it is spread over them, whichever days are asked for.
    """
    rows = await session.execute(
        text(f"""
            WITH hours AS (
                SELECT e.project_id, {_PART_OF_HOURS} AS part,
                       CASE WHEN t.status = 'COMPLETE' AND t.billing_amount_minor <> 0
                                 AND (t.revenue_type = 'FIXED_REVENUE' OR t.revenue_type LIKE '%\\_PLUS\\_FIXED')
                            THEN t.id END AS task_id,
                       {_ROLE_ID} AS role_id, e.person_id,
                       CASE WHEN cast(:by_hour_type AS boolean) THEN e.hour_type_id END AS hour_type_id,
                       CASE WHEN cast(:by_day AS boolean) THEN e.work_date END AS day,
                       e.work_date BETWEEN :first_day AND :last_day AS is_asked_for,
                       e.seconds, e.cost_minor, e.revenue_minor
                FROM time_entry e LEFT JOIN task t ON t.id = e.task_id {_ROLE}
                WHERE e.organisation_id = :organisation AND e.project_id = ANY(:projects) AND e.deleted_at IS NULL
            )
            SELECT project_id, part, task_id, role_id, person_id, hour_type_id, day, is_asked_for,
                   sum(seconds)::bigint AS seconds, sum(cost_minor)::bigint AS cost_minor,
                   sum(revenue_minor)::bigint AS revenue_minor
            FROM hours WHERE is_asked_for OR task_id IS NOT NULL
            GROUP BY project_id, part, task_id, role_id, person_id, hour_type_id, day, is_asked_for
            ORDER BY project_id, part, task_id, role_id, person_id, day, hour_type_id, is_asked_for LIMIT :limit
        """),
        {
            "organisation": organisation_id,
            "projects": list(project_ids),
            "first_day": first_day,
            "last_day": last_day,
            "by_hour_type": by_hour_type,
            "by_day": by_day,
            "limit": limit,
        },
    )
    return [HourSums(**_with_part(row)) for row in rows.mappings()]


@dataclass(frozen=True, slots=True)
class BilledSums:
    """What posted billing records of one day and customer bill, by what the lines are of; minor units."""

    project_id: int
    company_id: int
    part: FinancePart
    role_id: int | None
    person_id: int | None
    hour_type_id: int | None
    day: date
    billed_minor: int


async def billed_sums(
    session: Session,
    organisation_id: int,
    project_ids: Sequence[int],
    *,
    first_day: date,
    last_day: date,
    limit: int,
) -> list[BilledSums]:
    """Chargeable lines of posted records by their billing date, from ``first_day`` to ``last_day``; ``limit`` rows.

    They sum to what ``stored_sums`` calls billed. A line without an hour behind it is nobody's.
    """
    rows = await session.execute(
        text(f"""
            SELECT l.project_id, r.company_id, r.billing_date AS day,
                   CASE WHEN l.transaction_class = 'TIME' THEN
                            CASE WHEN e.id IS NOT NULL THEN {_PART_OF_HOURS}
                                 WHEN l.task_id IS NULL THEN 'PROJECT_HOURS' ELSE 'TASK_HOURS' END
                        WHEN l.transaction_class = 'EXPENSE' THEN 'EXPENSE'
                        WHEN l.transaction_class = 'MILESTONE' THEN 'TASK_FIXED_REVENUE'
                        ELSE 'ADDITIONAL_AMOUNT' END AS part,
                   {_ROLE_ID} AS role_id, e.person_id, e.hour_type_id, sum(l.amount_minor)::bigint AS billed_minor
            FROM billing_record_line l
            JOIN billing_record r ON r.id = l.billing_record_id AND r.status = 'POSTED'
            LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
            LEFT JOIN actual a ON a.id = c.actual_id
            LEFT JOIN time_entry e ON e.id = a.time_entry_id
            LEFT JOIN task t ON t.id = e.task_id
            {_ROLE}
            WHERE l.organisation_id = :organisation AND l.project_id = ANY(:projects) AND l.billing_type = 'CHARGEABLE'
              AND r.billing_date BETWEEN :first_day AND :last_day
            GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7 LIMIT :limit
        """),
        {
            "organisation": organisation_id,
            "projects": list(project_ids),
            "first_day": first_day,
            "last_day": last_day,
            "limit": limit,
        },
    )
    return [BilledSums(**_with_part(row)) for row in rows.mappings()]


def _with_part(row: Any) -> dict[str, Any]:
    return {**row, "part": FinancePart(row["part"])}
