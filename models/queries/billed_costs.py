"""What follows another cost of billed hours: their cost actuals, and who did it and why in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import text

from models.database import Session
from models.queries.settling import SETTLED


async def book_billed_costs(
    session: Session,
    organisation_id: int,
    entry_ids: Sequence[int],
    *,
    run_id: int | None,
    by: str,
    at: datetime,
    on: date,
) -> None:
    """Of billed entries that have just got another cost: bring the cost actual up to date, note old and new cost.

    ``by``: who, where no run says who asked for it, and why. Minor units. Nothing else of the record is touched.
    """
    if not entry_ids:
        return
    values = {"organisation": organisation_id, "entries": list(entry_ids), "run": run_id, "by": by, "at": at, "on": on}
    await session.execute(
        text(f"""
            WITH moved AS (
                SELECT a.*, e.cost_minor AS live_minor, e.valuation_id AS live_valuation, NULL::bigint AS claim_id
                FROM time_entry e
                JOIN actual a ON a.time_entry_id = e.id AND a.adjustment_status = 'STANDS'
                 AND a.transaction_type = 'COST'
                WHERE e.id = ANY(:entries) AND e.is_locked AND a.amount_minor <> e.cost_minor
            ),
            {SETTLED}
        """),
        values,
    )
    await session.execute(
        text("""
            INSERT INTO audit (organisation_id, actor, action, entity, entity_id, reason, before, after, recorded_at)
            SELECT :organisation, coalesce(r.requested_by, :by), 'change_billed_cost', 'time_entry', e.id,
                   coalesce(r.reason, ''), jsonb_build_object('cost_minor', o.cost_minor, 'valuation', o.id),
                   jsonb_build_object('cost_minor', e.cost_minor, 'valuation', e.valuation_id, 'currency', v.currency,
                                      'run', r.id, 'cause', v.cause),
                   :at
            FROM time_entry e
            JOIN valuation v ON v.id = e.valuation_id
            CROSS JOIN LATERAL (
                SELECT id, cost_minor FROM valuation b
                WHERE b.time_entry_id = e.id AND b.id < v.id ORDER BY b.id DESC LIMIT 1
            ) o
            LEFT JOIN recalculation_run r ON r.id = cast(:run AS bigint)
            WHERE e.id = ANY(:entries) AND e.is_locked
            ORDER BY e.id
        """),
        values,
    )
