"""What happened to hours, in order: added, edited, deleted. Read from what is appended anyway; deletions stay in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from models.database import Session
from models.queries.listing.keyset import Cut, Key, Listing, Slice


class TimeChange(StrEnum):
    """What happened to the hours of an entry."""

    ADDED = "ADDED"
    EDITED = "EDITED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class TimeChangeView:
    """Hours and day before are None when added, after when deleted. ``by``: None when nobody noted it."""

    change: TimeChange
    time_entry_id: int
    at: datetime
    by: str | None
    seconds_before: int | None
    seconds_after: int | None
    work_date_before: date | None
    work_date_after: date | None


_WRITTEN = """
    SELECT v.id AS mark, CASE WHEN earlier.id IS NULL THEN 'ADDED' ELSE 'EDITED' END AS change,
           v.time_entry_id, v.recorded_at AS at, v.recorded_at AS settles,
           CASE WHEN earlier.id IS NULL THEN e.logged_by ELSE edit.actor END AS by, earlier.seconds AS seconds_before,
           v.seconds AS seconds_after, earlier.work_date AS work_date_before, v.work_date AS work_date_after
    FROM valuation v JOIN time_entry e ON e.id = v.time_entry_id
    LEFT JOIN LATERAL (
        SELECT o.id, o.seconds, o.work_date FROM valuation o
        WHERE o.time_entry_id = v.time_entry_id AND o.id < v.id ORDER BY o.id DESC LIMIT 1
    ) earlier ON true
    LEFT JOIN LATERAL (
        SELECT a.actor FROM audit a
        WHERE a.organisation_id = v.organisation_id AND a.entity = 'time_entry' AND a.entity_id = v.time_entry_id
          AND a.action = 'edit' AND a.recorded_at = v.recorded_at
        ORDER BY a.id DESC LIMIT 1
    ) edit ON true
    WHERE v.organisation_id = :organisation AND v.id > :after_0 AND v.id <= :written_up_to
      AND v.cause IN ('LOGGED', 'EDITED')
      AND (earlier.id IS NULL OR (earlier.seconds, earlier.work_date) <> (v.seconds, v.work_date)) AND {wanted}
    ORDER BY v.id LIMIT :limit
"""

# An entry stays as it was when it was deleted.
_GONE = """
    SELECT a.id AS mark, 'DELETED' AS change, e.id AS time_entry_id, a.recorded_at AS at, a.actor AS by,
           e.seconds AS seconds_before, NULL::bigint AS seconds_after, e.work_date AS work_date_before,
           NULL::date AS work_date_after, e.valuation_id, greatest(a.recorded_at, last.recorded_at) AS settles
    FROM audit a JOIN time_entry e ON e.id = a.entity_id LEFT JOIN valuation last ON last.id = e.valuation_id
    WHERE a.organisation_id = :organisation AND e.organisation_id = :organisation
      AND a.id > :after_1 AND a.id <= :gone_up_to AND a.entity = 'time_entry' AND a.action = 'delete' AND {wanted}
    ORDER BY a.id LIMIT :limit
"""

_SLACK = timedelta(minutes=1)
"""Longer than a transaction that logs, edits or deletes hours takes."""


class TimeJournal(Listing[TimeChangeView]):
    """Oldest first. A cursor says how far its reader is in each of two sequences: valuations, which carry additions and
    edits, and the audit, which carries deletions. Both are read behind it by primary key (or, where few entries are
    asked for, by these), and merged by time; so no page reads what came before it, and nothing is sorted but a page.
    """

    async def page(
        self,
        session: Session,
        organisation_id: int,
        cut: Cut,
        conditions: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
    ) -> Slice[TimeChangeView]:
        """``parameters`` also has ``now``. What is still uncertain is left for a later page: see ``_horizon``.

        The session must see what was committed before each statement (READ COMMITTED).
        """
        given = dict(parameters or {})
        horizon = await _horizon(session, given.pop("now"))
        wanted = " AND ".join(conditions) or "true"
        given |= {"organisation": organisation_id, "limit": cut.limit + 1}
        start: tuple[int, int] = cut.after or (0, 0)
        written = {**given, "after_0": start[0], "written_up_to": horizon.written_up_to}
        gone = {**given, "after_1": start[1], "gone_up_to": horizon.gone_up_to}
        streams = []
        for statement, values in ((_WRITTEN, written), (_GONE, gone)):
            rows = (await session.execute(text(statement.format(wanted=wanted)), values)).mappings()
            streams.append(list(_settled(rows, horizon.before)))
        merged = list(_merged(streams[0], streams[1], start))
        shown = merged[: cut.limit]
        return Slice(tuple(self._row(row) for row, _ in shown), tuple(key for _, key in shown), len(merged) > cut.limit)


TIME_JOURNAL = TimeJournal(
    name="time_journal",
    row=TimeChangeView,
    alias="e",
    columns="",
    source="",
    order=(("valuation.id", "bigint"), ("audit.id", "bigint")),
    casts={"change": TimeChange},
)


@dataclass(frozen=True, slots=True)
class _Horizon:
    """Up to which ids, and before which instant (None: any), nothing can come to light any more."""

    written_up_to: int
    gone_up_to: int
    before: datetime | None


async def _horizon(session: Session, now: datetime) -> _Horizon:
    """Ids are given before the commit: a reader who has passed those of a transaction that still runs, would never see
    what it wrote. So what was recorded since it began has to wait for it.

    The statement sees the ids of before it asks who is writing: whoever has a lower one is still at it, or done when
    the rows are read. Ages are compared, not the clocks of two machines.
    """
    rows = await session.execute(
        text("""
            SELECT coalesce((SELECT max(id) FROM valuation), 0) AS written_up_to,
                   coalesce((SELECT max(id) FROM audit), 0) AS gone_up_to,
                   (SELECT max(clock_timestamp() - coalesce(s.xact_start, clock_timestamp() - interval '1 hour'))
                    FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid
                    WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.granted
                      AND l.pid <> pg_backend_pid()
                      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                      AND l.relation IN ('valuation'::regclass, 'audit'::regclass)) AS age
        """)
    )
    found = rows.one()
    before = None if found.age is None else now - found.age - _SLACK
    return _Horizon(found.written_up_to, found.gone_up_to, before)


def _settled(rows: Any, before: datetime | None) -> Iterator[Mapping[str, Any]]:
    """Up to the first that has to wait; those behind it wait too, as a cursor passes no gaps."""
    for row in rows:
        if before is not None and row["settles"] >= before:
            return
        yield row


def _merged(
    written: Sequence[Mapping[str, Any]], gone: Sequence[Mapping[str, Any]], start: tuple[int, int]
) -> Iterator[tuple[Mapping[str, Any], Key]]:
    """By time, each with the cursor behind it; a deletion never before the last change of its entry."""
    mark, tomb = start
    at = 0
    for row in written:
        while at < len(gone) and gone[at]["settles"] < row["settles"] and (gone[at]["valuation_id"] or 0) < row["mark"]:
            tomb = gone[at]["mark"]
            yield gone[at], (mark, tomb)
            at += 1
        mark = row["mark"]
        yield row, (mark, tomb)
    for row in gone[at:]:
        yield row, (mark, row["mark"])
