"""Storing what rating in columns found: staged by COPY, then one insert of valuations and one update of the entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import text

from hourledger.columns import Int
from hourledger.core.errors import Transient
from models.database import Session
from models.queries.packed import copy_in

_STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS rated_stage (
        valuation_id bigint NOT NULL DEFAULT nextval('public.valuation_id_seq'),
        entry_id bigint NOT NULL, row_version bigint NOT NULL, work_date date NOT NULL, seconds bigint NOT NULL,
        currency text NOT NULL, cost_minor bigint NOT NULL, revenue_minor bigint NOT NULL,
        uncapped_revenue_minor bigint NOT NULL, reason_id bigint NOT NULL, moved_from bigint NOT NULL,
        is_billed boolean NOT NULL
    ) ON COMMIT DELETE ROWS
"""


@dataclass(frozen=True)
class RatedColumns:
    """New values of entries, in the order of (day, id), in which entries are locked.

    ``moved_from``: where only the share of the task's cap is another, the valuation whose rates still hold; else -1.
    ``is_billed``: a billing record keeps it, and only the cost is another.
    """

    entry: Int
    row_version: Int
    day: Int
    seconds: Int
    currency: npt.NDArray[np.bytes_]
    cost: Int
    revenue: Int
    uncapped: Int
    reason: Int
    moved_from: Int
    is_billed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.entry)


async def store_rated(
    session: Session, organisation_id: int, rated: RatedColumns, *, at: datetime, run_id: int | None
) -> None:
    """Append a valuation to each entry and make it the present one.

    Entries are locked by their update alone: what has changed since it was read is found by its version.

    Raises:
        Transient ENTRIES_CHANGED: some entry was edited, billed or rated since it was read; roll back to before, and
        read again.
    """
    if not len(rated):
        return
    await session.execute(text(_STAGE))
    await session.execute(text("TRUNCATE rated_stage"))
    await copy_in(
        session,
        "rated_stage",
        [
            ("entry_id", "int8", rated.entry),
            ("row_version", "int8", rated.row_version),
            ("work_date", "date", rated.day),
            ("seconds", "int8", rated.seconds),
            ("currency", "text", rated.currency),
            ("cost_minor", "int8", rated.cost),
            ("revenue_minor", "int8", rated.revenue),
            ("uncapped_revenue_minor", "int8", rated.uncapped),
            ("reason_id", "int8", rated.reason),
            ("moved_from", "int8", rated.moved_from),
            ("is_billed", "bool", rated.is_billed),
        ],
    )
    # First, because billed hours take another cost only by a valuation that is there (trigger).
    await session.execute(
        text("""
            INSERT INTO valuation (id, organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                revenue_minor, uncapped_revenue_minor, reason_id, cause, run_id, recorded_at, rated_at)
            SELECT s.valuation_id, :organisation, s.entry_id, s.work_date, s.seconds, s.currency, s.cost_minor,
                   s.revenue_minor, s.uncapped_revenue_minor, s.reason_id,
                   CASE WHEN s.is_billed THEN 'BILLED_COST' WHEN s.moved_from < 0 THEN 'RECALCULATED'
                        ELSE 'CAP_MOVED' END, :run, :at,
                   CASE WHEN s.moved_from < 0 THEN :at
                        ELSE (SELECT v.rated_at FROM valuation v WHERE v.id = s.moved_from) END
            FROM rated_stage s
        """),
        {"organisation": organisation_id, "run": run_id, "at": at},
    )
    # By index, row after row as they are staged: entries are locked in the same order by everybody.
    await session.execute(text("SET LOCAL enable_hashjoin = off"))
    await session.execute(text("SET LOCAL enable_mergejoin = off"))
    updated = await session.execute(
        text("""
            UPDATE time_entry e
            SET valuation_id = s.valuation_id, cost_minor = s.cost_minor, revenue_minor = s.revenue_minor,
                uncapped_revenue_minor = s.uncapped_revenue_minor, reason_id = s.reason_id,
                row_version = e.row_version + 1
            FROM rated_stage s
            WHERE e.id = s.entry_id AND e.row_version = s.row_version AND e.is_locked = s.is_billed
              AND e.deleted_at IS NULL
        """)
    )
    await session.execute(text("SET LOCAL enable_hashjoin TO DEFAULT"))
    await session.execute(text("SET LOCAL enable_mergejoin TO DEFAULT"))
    if updated.rowcount != len(rated):
        raise Transient(
            f"{len(rated) - updated.rowcount} entries were changed or billed while they were being rated. Try again.",
            code="ENTRIES_CHANGED",
        )
