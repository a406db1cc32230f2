"""Giving hours back the valuation they had before a recalculation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from models.database import Session
from models.queries.work_locks import FROZEN


@dataclass(frozen=True, slots=True)
class Restored:
    """Hours of a project that have their former value again, that have another one since, that are kept as they are.

    Kept: billed since, or by a work lock. ``billed_ids``: those that are billed and have their former cost again.
    """

    restored: int
    superseded: int
    kept: int
    cost_delta_minor: int
    revenue_delta_minor: int
    billed_ids: list[int] = field(default_factory=list)


async def projects_of_run(session: Session, run_id: int) -> list[int]:
    """Those of which the run has changed something."""
    rows = await session.execute(
        text(
            "SELECT project_id FROM recalculation_project WHERE run_id = :run AND outcome = 'DONE' AND changed > 0 "
            "AND project_id IS NOT NULL ORDER BY project_id"
        ),
        {"run": run_id},
    )
    return [row.project_id for row in rows]


async def restore_valuations(
    session: Session,
    organisation_id: int,
    project_ids: Sequence[int | None],
    of_run_id: int,
    *,
    run_id: int,
    at: datetime,
) -> dict[int | None, Restored]:
    """Append to each hour that still has the run's valuation the one it had before; by project what came of it.

    Hours that the run was the first to value keep it. Of billed hours only a cost comes back that the run gave them
    while they were billed. What a work lock keeps, stays. Locked in the order in which rating locks them.
    """
    values = {
        "organisation": organisation_id,
        "projects": [one or 0 for one in project_ids],
        "of_run": of_run_id,
        "run": run_id,
        "at": at,
    }
    valued = """
        time_entry e WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL
        AND coalesce(e.project_id, 0) = ANY(cast(:projects AS bigint[]))
        AND EXISTS (SELECT FROM valuation v WHERE v.time_entry_id = e.id AND v.run_id = :of_run)
    """
    await session.execute(text(f"SELECT e.id FROM {valued} ORDER BY e.work_date, e.id FOR NO KEY UPDATE"), values)
    rows = await session.execute(
        text(f"""
            WITH valued AS MATERIALIZED (SELECT e.* FROM {valued}),
            replaced AS MATERIALIZED (
                SELECT e.id AS entry_id, p.*, e.cost_minor AS cost_now, e.revenue_minor AS revenue_now,
                       e.is_locked AND v.cause <> 'BILLED_COST' OR frozen.cost AND p.cost_minor <> e.cost_minor
                           OR frozen.revenue AND p.uncapped_revenue_minor <> e.uncapped_revenue_minor AS is_kept
                FROM valued e
                JOIN valuation v ON v.id = e.valuation_id AND v.run_id = :of_run
                CROSS JOIN LATERAL (
                    SELECT * FROM valuation b WHERE b.time_entry_id = e.id AND b.id < v.id ORDER BY b.id DESC LIMIT 1
                ) p
                {FROZEN}
            ),
            former AS MATERIALIZED (SELECT * FROM replaced WHERE NOT is_kept),
            added AS (
                INSERT INTO valuation (organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                    revenue_minor, uncapped_revenue_minor, reason_id, cause, run_id, recorded_at, rated_at)
                SELECT organisation_id, entry_id, work_date, seconds, currency, cost_minor, revenue_minor,
                       uncapped_revenue_minor, reason_id, 'UNDONE', :run, :at, rated_at
                FROM former
                RETURNING id, time_entry_id, cost_minor, revenue_minor, uncapped_revenue_minor, reason_id
            ),
            restored AS (
                UPDATE time_entry e
                SET valuation_id = added.id, cost_minor = added.cost_minor, revenue_minor = added.revenue_minor,
                    uncapped_revenue_minor = added.uncapped_revenue_minor, reason_id = added.reason_id,
                    row_version = e.row_version + 1
                FROM added WHERE e.id = added.time_entry_id
                RETURNING e.id
            )
            SELECT valued.project_id, count(restored.id) AS restored,
                   count(*) FILTER (WHERE restored.id IS NULL AND NOT coalesce(is_kept, is_locked)) AS superseded,
                   count(*) FILTER (WHERE restored.id IS NULL AND coalesce(is_kept, is_locked)) AS kept,
                   coalesce(sum(replaced.cost_minor - cost_now) FILTER (WHERE NOT is_kept), 0)::bigint AS cost,
                   coalesce(sum(replaced.revenue_minor - revenue_now) FILTER (WHERE NOT is_kept), 0)::bigint AS revenue,
                   coalesce(array_agg(restored.id ORDER BY restored.id)
                            FILTER (WHERE restored.id IS NOT NULL AND valued.is_locked), '{{}}') AS billed_ids
            FROM valued
            LEFT JOIN replaced ON replaced.entry_id = valued.id LEFT JOIN restored ON restored.id = valued.id
            GROUP BY valued.project_id
        """),
        values,
    )
    return {
        row.project_id: Restored(row.restored, row.superseded, row.kept, row.cost, row.revenue, list(row.billed_ids))
        for row in rows
    }


async def capped_tasks_of(session: Session, run_id: int, project_ids: Sequence[int]) -> list[int]:
    """The tasks with a cap, on these projects, of whose hours the run has valued some."""
    rows = await session.execute(
        text("""
            SELECT t.id FROM task t
            WHERE t.project_id = ANY(cast(:projects AS bigint[])) AND t.revenue_type LIKE '%\\_CAP' AND EXISTS (
                SELECT FROM time_entry e JOIN valuation v ON v.id = e.valuation_id AND v.run_id = :run
                WHERE e.task_id = t.id)
            ORDER BY t.id
        """),
        {"projects": list(project_ids), "run": run_id},
    )
    return [row.id for row in rows]
