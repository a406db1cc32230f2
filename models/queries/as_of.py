"""The sums of a project as of a day and as known at an instant, from valuations, actuals, claims and records.

They are read from the rows, all of a project's: history is not rolled up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from models.database import Session


@dataclass(frozen=True, slots=True)
class HistoricSums:
    """Minor units of the project's currency; seconds.

    ``fixed_cost`` and ``realised_fixed_revenue`` are those of now; ``fixed_has_changed``: the audit log has a change of
    the project or of one of its tasks since the instant.
    """

    project_id: int
    currency: str
    actual_seconds: int
    labor_cost: int
    hourly_revenue: int
    actual_expense: int
    fixed_cost: int
    realised_fixed_revenue: int
    fixed_has_changed: bool
    billed: int
    on_draft: int
    unbilled: int


_KNOWN = """
    worked AS MATERIALIZED (
        SELECT id FROM time_entry WHERE project_id IN (SELECT id FROM wanted)
        UNION
        SELECT time_entry_id FROM valuation WHERE moved_from_id IN (SELECT id FROM wanted)
    ),
    -- What was known by then of each hour: its latest valuation, unless it was deleted; and the project it was on, the
    -- one that its next move took it from.
    known AS MATERIALIZED (
        SELECT DISTINCT ON (e.id) e.id, coalesce(next_move.moved_from_id, e.project_id) AS project_id,
               v.work_date, v.seconds, v.cost_minor, v.revenue_minor,
               coalesce(e.deleted_at <= given.instant, false) AS is_deleted
        FROM given CROSS JOIN worked JOIN time_entry e ON e.id = worked.id JOIN valuation v ON v.time_entry_id = e.id
        LEFT JOIN LATERAL (
            SELECT m.moved_from_id FROM valuation m
            WHERE m.time_entry_id = e.id AND m.moved_from_id IS NOT NULL AND m.recorded_at > given.instant
            ORDER BY m.id LIMIT 1
        ) next_move ON true
        WHERE v.recorded_at <= given.instant
        ORDER BY e.id, v.id DESC
    ),
    hours AS (
        SELECT project_id, sum(seconds) AS seconds, sum(cost_minor) AS cost, sum(revenue_minor) AS revenue
        FROM given, known WHERE NOT is_deleted AND work_date <= given.day GROUP BY project_id
    )
"""
_SPENT = """
    -- An expense counts by its cost actuals; before it has one (it waits for approval), as it was entered.
    expense_costs AS (
        SELECT a.project_id, a.amount_minor, a.transaction_date FROM given, actual a
        WHERE a.project_id IN (SELECT id FROM wanted) AND a.expense_id IS NOT NULL AND a.transaction_type = 'COST'
          AND a.recorded_at <= given.instant
    ),
    spent AS (
        SELECT project_id, sum(amount_minor) AS minor FROM (
            SELECT project_id, amount_minor FROM given, expense_costs WHERE transaction_date <= given.day
            UNION ALL
            SELECT x.project_id, x.actual_minor FROM given, expense x
            WHERE x.project_id IN (SELECT id FROM wanted) AND x.entered_at <= given.instant
              AND coalesce(x.deleted_at > given.instant, true) AND coalesce(x.paid_on, 'infinity') <= given.day
              AND NOT EXISTS (
                  SELECT FROM actual a
                  WHERE a.expense_id = x.id AND a.transaction_type = 'COST' AND a.recorded_at <= given.instant
              )
        ) costs GROUP BY project_id
    )
"""
_BILLED = """
    lines AS MATERIALIZED (
        SELECT l.project_id, l.transaction_date, l.billing_type, a.time_entry_id, a.expense_id,
               coalesce(r.confirmed_at <= given.instant, false) AS is_final,
               coalesce(r.posted_at <= given.instant, false) AS is_posted,
               CASE WHEN r.confirmed_at <= given.instant THEN l.amount_minor
                    ELSE coalesce(known.revenue_minor, l.amount_minor) END AS minor
        FROM given, billing_record_line l
        JOIN billing_record r ON r.id = l.billing_record_id
        LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id
        LEFT JOIN actual a ON a.id = c.actual_id
        LEFT JOIN known ON known.id = a.time_entry_id
        WHERE l.project_id IN (SELECT id FROM wanted) AND r.created_at <= given.instant
          AND coalesce(r.deleted_at > given.instant, true)
          AND coalesce(c.claimed_at <= given.instant, true) AND coalesce(c.released_at > given.instant, true)
    ),
    on_records AS (
        SELECT project_id, sum(minor) FILTER (WHERE is_posted) AS billed,
               sum(minor) FILTER (WHERE NOT is_posted) AS draft
        FROM given, lines
        WHERE billing_type = 'CHARGEABLE' AND coalesce(transaction_date, DATE '-infinity') <= given.day
        GROUP BY project_id
    )
"""
_OPEN = """
    -- A claim is found by its work, not by its actual: settling passes it on to another one. What was confirmed is
    -- reversed.
    sales AS (
        SELECT a.* FROM worked JOIN actual a ON a.time_entry_id = worked.id
        UNION ALL
        SELECT a.* FROM actual a WHERE a.project_id IN (SELECT id FROM wanted) AND a.expense_id IS NOT NULL
    ),
    backlog AS (
        SELECT s.project_id, sum(coalesce(known.revenue_minor, s.amount_minor)) AS minor
        FROM given, sales s LEFT JOIN known ON known.id = s.time_entry_id
        WHERE s.transaction_type = 'UNBILLED_SALES' AND s.billing_type = 'CHARGEABLE' AND s.reverses_id IS NULL
          AND s.recorded_at <= given.instant AND s.transaction_date <= given.day
          AND NOT EXISTS (SELECT FROM actual r WHERE r.reverses_id = s.id AND r.recorded_at <= given.instant)
          AND NOT EXISTS (SELECT FROM lines WHERE lines.time_entry_id = s.time_entry_id AND NOT is_final)
          AND NOT EXISTS (SELECT FROM lines WHERE lines.expense_id = s.expense_id AND NOT is_final)
        GROUP BY s.project_id
    )
"""
_FIXED = """
    fixed AS (
        SELECT project_id, sum(billing_amount_minor) FILTER (WHERE status = 'COMPLETE') AS realised
        FROM task WHERE project_id IN (SELECT id FROM wanted) AND deleted_at IS NULL
          AND (revenue_type = 'FIXED_REVENUE' OR revenue_type LIKE '%\\_PLUS\\_FIXED') GROUP BY project_id
    ),
    -- What moves or deletes tasks with fixed amounts says so of the projects, too.
    changed AS (
        SELECT w.id AS project_id FROM given, wanted w WHERE EXISTS (
            SELECT FROM audit u
            WHERE u.organisation_id = :organisation AND u.recorded_at > given.instant AND u.entity = 'project'
              AND u.entity_id = w.id
        ) OR EXISTS (
            SELECT FROM task t JOIN audit u ON u.entity_id = t.id
            WHERE t.project_id = w.id AND u.organisation_id = :organisation AND u.entity = 'task'
              AND u.recorded_at > given.instant AND u.action NOT IN ('move', 'copy', 'delete')
        )
    )
"""


async def historic_sums(
    session: Session,
    organisation_id: int,
    project_ids: Sequence[int],
    *,
    as_of: date | None,
    known_at: datetime | None,
) -> dict[int, HistoricSums]:
    """By project id: work, expenses and lines dated up to and including ``as_of``, as known at ``known_at``.

    None: of any day; as known now. Projects that did not exist at the instant are absent. What was begun before the
    instant and committed after it counts as known at it. Work counts on the project it was on at the instant; an
    expense that waits for approval on the one it is on now.
    """
    rows = await session.execute(
        text(f"""
            WITH given AS (
                SELECT coalesce(cast(:as_of AS date), DATE 'infinity') AS day,
                       coalesce(cast(:known_at AS timestamptz), TIMESTAMPTZ 'infinity') AS instant
            ),
            wanted AS (
                SELECT p.id, p.currency, p.fixed_cost_minor, p.fixed_revenue_minor, p.status FROM given, project p
                WHERE p.organisation_id = :organisation AND p.id = ANY(:ids) AND p.created_at <= given.instant
                  AND p.deleted_at IS NULL
            ),
            {_KNOWN}, {_SPENT}, {_BILLED}, {_OPEN}, {_FIXED}
            SELECT w.id AS project_id, w.currency,
                   coalesce(hours.seconds, 0)::bigint AS actual_seconds,
                   coalesce(hours.cost, 0)::bigint AS labor_cost,
                   coalesce(hours.revenue, 0)::bigint AS hourly_revenue,
                   coalesce(spent.minor, 0)::bigint AS actual_expense,
                   w.fixed_cost_minor AS fixed_cost,
                   (coalesce(fixed.realised, 0)
                    + CASE WHEN w.status = 'COMPLETE' THEN w.fixed_revenue_minor ELSE 0 END)::bigint
                       AS realised_fixed_revenue,
                   changed.project_id IS NOT NULL AS fixed_has_changed,
                   coalesce(on_records.billed, 0)::bigint AS billed,
                   coalesce(on_records.draft, 0)::bigint AS on_draft,
                   coalesce(backlog.minor, 0)::bigint AS unbilled
            FROM wanted w
            LEFT JOIN hours ON hours.project_id = w.id
            LEFT JOIN spent ON spent.project_id = w.id
            LEFT JOIN on_records ON on_records.project_id = w.id
            LEFT JOIN backlog ON backlog.project_id = w.id
            LEFT JOIN fixed ON fixed.project_id = w.id
            LEFT JOIN changed ON changed.project_id = w.id
        """),
        {"organisation": organisation_id, "ids": list(project_ids), "as_of": as_of, "known_at": known_at},
    )
    return {row["project_id"]: HistoricSums(**row) for row in rows.mappings()}
