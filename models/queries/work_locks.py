"""Work locks: who waits for whom, which of them hold some work, and what holds a time entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hourledger.core.errors import Transient
from hourledger.core.periods import Period
from hourledger.core.work_locks import PeriodLock
from models.database import Session

_WAIT_MAX = "10s"
_WAITED_TOO_LONG = "55P03"

HOLDS_ENTRY = """l.organisation_id = e.organisation_id AND l.released_at IS NULL
          AND (l.project_id = e.project_id OR l.project_id IS NULL)
          AND daterange(l.valid_from, l.valid_until) @> e.work_date"""
"""Whether the work lock ``l`` is in force for the time entry ``e``."""

FROZEN = f"""LEFT JOIN LATERAL (
        SELECT coalesce(bool_or(l.side <> 'REVENUE'), false) AS cost,
               coalesce(bool_or(l.side <> 'COST'), false) AS revenue
        FROM work_lock l WHERE e.valuation_id IS NOT NULL AND {HOLDS_ENTRY}
    ) frozen ON true"""
"""Which amounts of the time entry ``e`` a work lock keeps. What was never rated has none to keep."""


IS_KEPT = f"""(e.is_locked OR (
        SELECT bool_or(l.side <> 'REVENUE') AND bool_or(l.side <> 'COST')
        FROM work_lock l WHERE e.valuation_id IS NOT NULL AND {HOLDS_ENTRY}))"""
"""Whether neither amount of the time entry ``e`` can change: it is billed, or held by work locks."""


async def has_work_locks(session: Session, organisation_id: int) -> bool:
    """Whether any is in force."""
    rows = await session.execute(
        text("SELECT EXISTS (SELECT FROM work_lock WHERE organisation_id = :organisation AND released_at IS NULL)"),
        {"organisation": organisation_id},
    )
    return bool(rows.scalar_one())


async def keep_work_locks(session: Session, organisation_id: int) -> None:
    """Nobody sets a work lock until this transaction ends. Read the locks afterwards, in another statement."""
    await session.execute(text("SELECT keep_work_locks(:organisation)"), {"organisation": organisation_id})


async def take_work_locks(session: Session, organisation_id: int) -> None:
    """Likewise, and nobody logs or rates work either: those who do are waited for, but not for long.

    Whoever comes later waits for us while we wait, so a long recalculation must not hold everybody up.

    Raises:
        Transient WORK_IS_WRITTEN: somebody has been at it for ten seconds.
    """
    await session.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": _WAIT_MAX})
    try:
        await session.execute(text("SELECT take_work_locks(:organisation)"), {"organisation": organisation_id})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _WAITED_TOO_LONG:
            raise
        raise Transient(
            "Work is being logged or recalculated right now, and it takes long. Try again when it is done.",
            code="WORK_IS_WRITTEN",
        ) from error


async def period_locks_of(
    session: Session, organisation_id: int, project_ids: Collection[int], days: Collection[date]
) -> list[PeriodLock]:
    """The period locks in force that hold these projects, or all, between the first and the last of ``days``."""
    if not days:
        return []
    rows = await session.execute(
        text("""
            SELECT id, project_id, valid_from, valid_until, reason FROM work_lock
            WHERE organisation_id = :organisation AND kind = 'PERIOD_LOCK' AND released_at IS NULL
              AND (project_id = ANY(:projects) OR project_id IS NULL)
              AND daterange(valid_from, valid_until) && daterange(:first_day, :last_day, '[]')
            ORDER BY id
        """),
        {
            "organisation": organisation_id,
            "projects": list(project_ids),
            "first_day": min(days),
            "last_day": max(days),
        },
    )
    return [PeriodLock(row.id, row.project_id, Period(row.valid_from, row.valid_until), row.reason) for row in rows]


class HoldKind(StrEnum):
    """What can hold a time entry."""

    BILLING_RECORD = "BILLING_RECORD"
    RATE_FREEZE = "RATE_FREEZE"
    PERIOD_LOCK = "PERIOD_LOCK"


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing that holds a time entry: a billing record or a work lock, and what about the entry stays.

    On a record that is not confirmed the work stays and the amounts move (§4.5).
    """

    kind: HoldKind
    billing_record_id: int | None
    billing_record_number: str | None
    work_lock_id: int | None
    keeps_cost: bool
    keeps_revenue: bool
    keeps_work: bool


async def holds_of_entries(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> dict[int, list[Hold]]:
    """By time entry, billing record first, then work locks, oldest first; an entry that nothing holds has none."""
    rows = await session.execute(
        text(f"""
            SELECT e.id AS time_entry_id, 'BILLING_RECORD' AS kind, r.id AS billing_record_id,
                   r.number AS billing_record_number, NULL::bigint AS work_lock_id, e.is_locked AS keeps_cost,
                   e.is_locked AS keeps_revenue, true AS keeps_work
            FROM time_entry e JOIN actual a ON a.time_entry_id = e.id
            JOIN billing_claim c ON c.actual_id = a.id AND c.released_at IS NULL
            JOIN billing_record_line b ON b.id = c.billing_record_line_id
            JOIN billing_record r ON r.id = b.billing_record_id
            WHERE e.organisation_id = :organisation AND e.id = ANY(:ids)
            UNION ALL
            SELECT e.id, l.kind, NULL, NULL, l.id, l.side <> 'REVENUE', l.side <> 'COST', l.kind = 'PERIOD_LOCK'
            FROM time_entry e JOIN work_lock l ON {HOLDS_ENTRY}
            WHERE e.organisation_id = :organisation AND e.id = ANY(:ids)
            ORDER BY time_entry_id, work_lock_id NULLS FIRST
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )
    found: dict[int, list[Hold]] = {entry_id: [] for entry_id in entry_ids}
    for row in rows.mappings():
        values = dict(row)
        kind = HoldKind(values.pop("kind"))
        found[values.pop("time_entry_id")].append(Hold(kind, **values))
    return found
