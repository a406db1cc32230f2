"""Appending valuations, and the reasons that they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import text

from hourledger.core.rates import Reason
from models.database import Session
from models.tables import ValuationCause


@dataclass(frozen=True, slots=True)
class NewValuation:
    """A valuation to append. ``reason``: as found, or the id of one that is stored.

    ``rated_at``: when the rates were looked up; None: with this valuation.
    """

    time_entry_id: int
    work_date: date
    seconds: int
    currency: str
    cost_minor: int
    revenue_minor: int
    uncapped_revenue_minor: int
    reason: Reason | int
    cause: ValuationCause
    rated_at: datetime | None = None


async def store_reasons(session: Session, organisation_id: int, reasons: Iterable[Reason]) -> dict[Reason, int]:
    """The ids of these reasons, storing those that are new."""
    by_digest = {one.digest: one for one in reasons}
    if not by_digest:
        return {}
    rows = await session.execute(
        text("""
            SELECT DISTINCT ON (digest) digest, id FROM rating_reason
            WHERE organisation_id = :organisation AND digest = ANY(cast(:digests AS text[])) ORDER BY digest, id
        """),
        {"organisation": organisation_id, "digests": list(by_digest)},
    )
    known = {row.digest: row.id for row in rows}
    if missing := [one for digest, one in by_digest.items() if digest not in known]:
        # As one document: an array of documents would be quoted one by one on the way.
        rows = await session.execute(
            text("""
                INSERT INTO rating_reason (organisation_id, digest, cost_rate_line_id, revenue_rate_line_id, provenance)
                SELECT :organisation, n.digest, n.cost_line, n.revenue_line, n.provenance
                FROM jsonb_to_recordset(cast(:reasons AS jsonb))
                     AS n(digest text, cost_line bigint, revenue_line bigint, provenance jsonb)
                RETURNING digest, id
            """),
            {
                "organisation": organisation_id,
                "reasons": orjson.dumps(
                    [
                        {
                            "digest": one.digest,
                            "cost_line": one.cost.line_id,
                            "revenue_line": one.revenue.line_id,
                            "provenance": one.provenance,
                        }
                        for one in missing
                    ]
                ).decode(),
            },
        )
        known |= {row.digest: row.id for row in rows}
    return {one: known[digest] for digest, one in by_digest.items()}


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
    found = {one.reason for one in valuations if isinstance(one.reason, Reason)}
    reasons = await store_reasons(session, organisation_id, found)
    await session.execute(
        text("""
            WITH added AS (
                INSERT INTO valuation (organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                    revenue_minor, uncapped_revenue_minor, reason_id, cause, moved_from_id, run_id, recorded_at,
                    rated_at)
                SELECT :organisation, n.entry, n.work_date, n.seconds, n.currency, n.cost, n.revenue, n.uncapped,
                       n.reason, n.cause, CASE n.cause WHEN 'MOVED' THEN cast(:moved_from AS bigint) END, :run, :at,
                       coalesce(n.rated_at, :at)
                FROM unnest(cast(:entries AS bigint[]), cast(:dates AS date[]), cast(:seconds AS bigint[]),
                            cast(:currencies AS text[]), cast(:costs AS bigint[]), cast(:revenues AS bigint[]),
                            cast(:uncapped AS bigint[]), cast(:reasons AS bigint[]), cast(:causes AS text[]),
                            cast(:rated AS timestamptz[]))
                     AS n(entry, work_date, seconds, currency, cost, revenue, uncapped, reason, cause, rated_at)
                RETURNING id, time_entry_id, cost_minor, revenue_minor, uncapped_revenue_minor, reason_id
            )
            UPDATE time_entry e
            SET valuation_id = added.id, cost_minor = added.cost_minor, revenue_minor = added.revenue_minor,
                uncapped_revenue_minor = added.uncapped_revenue_minor, reason_id = added.reason_id,
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
            "reasons": [one.reason if isinstance(one.reason, int) else reasons[one.reason] for one in valuations],
            "causes": [one.cause.value for one in valuations],
            "rated": [one.rated_at for one in valuations],
        },
    )


async def provenances_of(session: Session, reason_ids: Iterable[int]) -> dict[int, dict[str, object]]:
    """By reason: policy, steps, rates and exchange rows, as they were stored with it."""
    rows = await session.execute(
        text("SELECT id, provenance FROM rating_reason WHERE id = ANY(:ids)"), {"ids": sorted(set(reason_ids))}
    )
    return {row.id: dict(row.provenance) for row in rows}
