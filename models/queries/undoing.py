"""Giving hours back the valuation they had before a recalculation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from models.database import Session
from models.queries.work_locks import FROZEN, has_work_locks

_NONE_HELD = "CROSS JOIN (SELECT false AS cost, false AS revenue) frozen"
_CAPPED = "NOT e.is_locked AND EXISTS (SELECT FROM task t WHERE t.id = e.task_id AND t.revenue_type LIKE '%\\_CAP')"
"""What is billed keeps its share of the cap."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the hours of a project that a run has valued.

    ``superseded``: rated again or edited since, or valued for the first time by that run. ``kept``: billed since, or
    held by a work lock that would not let them change. ``billed_ids``: billed ones that have their former cost again.
    """

    restored: int = 0
    superseded: int = 0
    kept: int = 0
    cost_delta_minor: int = 0
    revenue_delta_minor: int = 0
    billed_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FormerValue:
    """What an hour was worth before a run: by which rates, found when, and with which share of its task's cap."""

    entry_id: int
    project_id: int
    work_date: date
    seconds: int
    currency: str
    cost_minor: int
    revenue_minor: int
    uncapped_revenue_minor: int
    reason_id: int
    rated_at: datetime


async def projects_of_run(session: Session, run_id: int) -> list[int | None]:
    """Those of which the run has changed something; None: general time."""
    rows = await session.execute(
        text(
            "SELECT project_id FROM recalculation_project WHERE run_id = :run AND outcome = 'DONE' AND changed > 0 "
            "ORDER BY project_id NULLS LAST"
        ),
        {"run": run_id},
    )
    return [row.project_id for row in rows]


async def lock_valued(
    session: Session, organisation_id: int, project_ids: Sequence[int | None], of_run_id: int
) -> None:
    """Lock the hours of these projects (None: general time) that a run has valued, in the order of rating."""
    which, values = _valued_by(organisation_id, project_ids, of_run_id)
    rows = await session.execute(
        text(f"SELECT e.id FROM time_entry e WHERE {which} ORDER BY e.work_date, e.id FOR NO KEY UPDATE"), values
    )
    rows.close()


async def restore_valuations(
    session: Session,
    organisation_id: int,
    project_ids: Sequence[int | None],
    of_run_id: int,
    *,
    run_id: int,
    at: datetime,
) -> dict[int | None, Undone]:
    """Append to each hour that is still worth what the run made of it the valuation it had before.

    Not on tasks with a cap, whose shares have to be handed out anew. Of billed hours only a cost comes back that the
    run gave them while they were billed. The caller holds the hours (lock_valued) and the work locks.
    """
    which, values = _valued_by(organisation_id, project_ids, of_run_id)
    frozen = FROZEN if await has_work_locks(session, organisation_id) else _NONE_HELD
    rows = await session.execute(
        text(f"""
            WITH valued AS MATERIALIZED ({_former(f"{which} AND NOT ({_CAPPED})", frozen)}),
            added AS (
                INSERT INTO valuation (organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                    revenue_minor, uncapped_revenue_minor, reason_id, cause, run_id, recorded_at, rated_at)
                SELECT :organisation, entry_id, work_date, seconds, currency, cost_minor, revenue_minor,
                       uncapped_revenue_minor, reason_id, 'UNDONE', :run, :at, rated_at
                FROM valued WHERE reason_id IS NOT NULL AND NOT is_kept
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
            SELECT v.project_id, count(r.id) AS restored, count(*) FILTER (WHERE v.is_kept) AS kept,
                   count(*) FILTER (WHERE r.id IS NULL AND NOT v.is_kept) AS superseded,
                   coalesce(sum(v.cost_minor - v.cost_now) FILTER (WHERE r.id IS NOT NULL), 0)::bigint AS cost,
                   coalesce(sum(v.revenue_minor - v.revenue_now) FILTER (WHERE r.id IS NOT NULL), 0)::bigint AS revenue,
                   coalesce(array_agg(r.id ORDER BY r.id) FILTER (WHERE v.is_locked AND r.id IS NOT NULL), '{{}}')
                       AS billed_ids
            FROM valued v LEFT JOIN restored r ON r.id = v.entry_id GROUP BY v.project_id
        """),
        {**values, "run": run_id, "at": at},
    )
    return {
        row.project_id: Undone(row.restored, row.superseded, row.kept, row.cost, row.revenue, tuple(row.billed_ids))
        for row in rows
    }


async def capped_values(
    session: Session, organisation_id: int, project_ids: Sequence[int | None], of_run_id: int
) -> tuple[list[FormerValue], dict[int | None, Undone]]:
    """Of the hours that restore_valuations leaves out: those to restore, by day and id; how many others by project."""
    which, values = _valued_by(organisation_id, project_ids, of_run_id)
    frozen = FROZEN if await has_work_locks(session, organisation_id) else _NONE_HELD
    rows = await session.execute(
        text(f"SELECT * FROM ({_former(f'{which} AND {_CAPPED}', frozen)}) valued ORDER BY work_date, entry_id"), values
    )
    found: list[FormerValue] = []
    others: dict[int | None, Undone] = {}
    for row in rows.mappings():
        if row["reason_id"] is not None and not row["is_kept"]:
            found.append(FormerValue(**{name: row[name] for name in FormerValue.__dataclass_fields__}))
        else:
            before = others.get(row["project_id"], Undone())
            others[row["project_id"]] = replace(
                before, superseded=before.superseded + (not row["is_kept"]), kept=before.kept + row["is_kept"]
            )
    return found, others


def _valued_by(organisation_id: int, project_ids: Sequence[int | None], of_run_id: int) -> tuple[str, dict[str, Any]]:
    """A condition on ``time_entry e``: live hours of these projects that the run has given a valuation."""
    of_projects = "e.project_id = ANY(cast(:projects AS bigint[]))"
    if None in project_ids:
        of_projects = f"({of_projects} OR e.project_id IS NULL)"
    return (
        f"""e.organisation_id = :organisation AND e.deleted_at IS NULL AND {of_projects}
            AND EXISTS (SELECT FROM valuation v WHERE v.time_entry_id = e.id AND v.run_id = :of_run)""",
        {
            "organisation": organisation_id,
            "projects": [one for one in project_ids if one is not None],
            "of_run": of_run_id,
        },
    )


def _former(which: str, frozen: str) -> str:
    """These hours with what they were worth before the run; no reason where the run's rating does not hold any more.

    It holds although the hour has got another share of its task's cap since, for that is no other rating.
    """
    return f"""
        SELECT e.id AS entry_id, e.project_id, e.is_locked, e.cost_minor AS cost_now, e.revenue_minor AS revenue_now,
               former.*,
               coalesce(e.is_locked AND former.run_cause IS DISTINCT FROM 'BILLED_COST'
                   OR frozen.cost AND frozen.revenue
                   OR frozen.cost AND former.cost_minor <> e.cost_minor
                   OR frozen.revenue AND (former.revenue_minor <> e.revenue_minor
                       OR former.uncapped_revenue_minor <> e.uncapped_revenue_minor), false) AS is_kept
        FROM time_entry e
        LEFT JOIN LATERAL (
            SELECT b.work_date, b.seconds, b.currency, b.cost_minor, b.revenue_minor, b.uncapped_revenue_minor,
                   b.reason_id, b.rated_at, v.cause AS run_cause
            FROM (
                SELECT l.id, l.run_id, l.cause FROM valuation l
                WHERE l.time_entry_id = e.id AND (l.cause <> 'CAP_MOVED' OR l.run_id = :of_run)
                ORDER BY l.id DESC LIMIT 1
            ) v
            JOIN valuation b ON b.time_entry_id = e.id AND b.id < v.id AND v.run_id = :of_run
            ORDER BY b.id DESC LIMIT 1
        ) former ON true
        {frozen}
        WHERE {which}
    """
