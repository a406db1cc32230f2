"""Appending valuations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from models.database import Session
from models.tables import ValuationCause


@dataclass(frozen=True, slots=True)
class NewValuation:
    """A valuation to append."""

    time_entry_id: int
    work_date: date
    seconds: int
    currency: str
    cost_minor: int
    revenue_minor: int
    uncapped_revenue_minor: int
    cost_rate_line_id: int | None
    revenue_rate_line_id: int | None
    provenance: dict[str, Any]
    cause: ValuationCause


async def append_valuations(
    session: Session,
    organisation_id: int,
    valuations: Sequence[NewValuation],
    *,
    at: datetime,
    run_id: int | None,
    moved_from: int | None = None,
) -> None:
    """Append valuations and make each the present value of its entry; one statement however many there are.

    ``moved_from``: the project that those with cause MOVED were on.
    """
    if not valuations:
        return
    await session.execute(
        text("""
            WITH added AS (
                INSERT INTO valuation (organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                    revenue_minor, uncapped_revenue_minor, cost_rate_line_id, revenue_rate_line_id, provenance, cause,
                    moved_from_id, run_id, recorded_at)
                SELECT :organisation, n.entry, n.work_date, n.seconds, n.currency, n.cost, n.revenue, n.uncapped,
                       n.cost_line, n.revenue_line, n.provenance::jsonb, n.cause,
                       CASE n.cause WHEN 'MOVED' THEN cast(:moved_from AS bigint) END, :run, :at
                FROM unnest(cast(:entries AS bigint[]), cast(:dates AS date[]), cast(:seconds AS bigint[]),
                            cast(:currencies AS text[]), cast(:costs AS bigint[]), cast(:revenues AS bigint[]),
                            cast(:uncapped AS bigint[]), cast(:cost_lines AS bigint[]),
                            cast(:revenue_lines AS bigint[]), cast(:provenances AS text[]), cast(:causes AS text[]))
                     AS n(entry, work_date, seconds, currency, cost, revenue, uncapped, cost_line, revenue_line,
                          provenance, cause)
                RETURNING id, time_entry_id, cost_minor, revenue_minor
            )
            UPDATE time_entry e
            SET valuation_id = added.id, cost_minor = added.cost_minor, revenue_minor = added.revenue_minor,
                row_version = e.row_version + 1
            FROM added WHERE e.id = added.time_entry_id
        """),
        {
            "organisation": organisation_id,
            "run": run_id,
            "moved_from": moved_from,
            "at": at,
            "entries": [one.time_entry_id for one in valuations],
            "dates": [one.work_date for one in valuations],
            "seconds": [one.seconds for one in valuations],
            "currencies": [one.currency for one in valuations],
            "costs": [one.cost_minor for one in valuations],
            "revenues": [one.revenue_minor for one in valuations],
            "uncapped": [one.uncapped_revenue_minor for one in valuations],
            "cost_lines": [one.cost_rate_line_id for one in valuations],
            "revenue_lines": [one.revenue_rate_line_id for one in valuations],
            "provenances": [json.dumps(one.provenance) for one in valuations],
            "causes": [one.cause.value for one in valuations],
        },
    )
