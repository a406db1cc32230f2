"""What confirming a billing record writes: frozen lines, settled actuals, billed sales, locked work."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text

from models.database import Session
from models.queries.settling import SETTLED


async def lock_work_of(session: Session, record_id: int) -> None:
    """Keep others from rating the entries of a record while its amounts are being frozen.

    In the order in which rating locks them (models.queries.rating), so that neither waits for the other for ever.
    """
    await session.execute(
        text("""
            SELECT e.id FROM billing_record_line l
            JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
            JOIN actual a ON a.id = c.actual_id
            JOIN time_entry e ON e.id = a.time_entry_id
            WHERE l.billing_record_id = :record ORDER BY e.work_date, e.id FOR UPDATE OF e
        """),
        {"record": record_id},
    )


async def freeze_lines(session: Session, record_id: int) -> None:
    """Write the present value of worked time into the lines of a record that is being confirmed."""
    await session.execute(
        text("""
            UPDATE billing_record_line l SET amount_minor = e.revenue_minor
            FROM billing_claim c JOIN actual a ON a.id = c.actual_id JOIN time_entry e ON e.id = a.time_entry_id
            WHERE l.billing_record_id = :record AND c.billing_record_line_id = l.id AND c.released_at IS NULL
              AND l.amount_minor <> e.revenue_minor
        """),
        {"record": record_id},
    )


async def settle_work(session: Session, record_id: int, *, at: datetime, on: date) -> int:
    """Bring the actuals behind a record whose value has moved up to date: reversal, replacement, claim passed on.

    Cost as well as sales: both are frozen from here on. Returns how many had moved.
    See docs/decisions/0003-valuations-and-actuals.md.
    """
    result = await session.execute(
        text(f"""
            WITH work AS (
                SELECT a.id AS sale_id, a.time_entry_id, c.id AS claim_id
                FROM billing_record_line l
                JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
                JOIN actual a ON a.id = c.actual_id
                WHERE l.billing_record_id = :record AND a.time_entry_id IS NOT NULL
            ),
            moved AS (
                SELECT a.*, live.minor AS live_minor, e.valuation_id AS live_valuation,
                       CASE WHEN a.id = w.sale_id THEN w.claim_id END AS claim_id
                FROM work w
                JOIN time_entry e ON e.id = w.time_entry_id
                JOIN actual a ON a.time_entry_id = e.id AND a.adjustment_status = 'STANDS'
                  AND (a.id = w.sale_id OR a.transaction_type = 'COST')
                CROSS JOIN LATERAL (
                    SELECT CASE a.transaction_type WHEN 'COST' THEN e.cost_minor ELSE e.revenue_minor END AS minor
                ) live
                WHERE a.amount_minor <> live.minor
            ),
            {SETTLED}
        """),
        {"record": record_id, "at": at, "on": on},
    )
    return int(result.rowcount)


async def bill_sales(
    session: Session, record_id: int, *, at: datetime, confirmed_on: date, accounting_date: date
) -> None:
    """What confirming writes for unchanged lines (project-invoicing §3.5, §6.5): reversal of unbilled, billed sales.

    The unbilled original stays unadjusted and becomes POSTED; document date is the day of confirming, accounting date
    that of the record. Lines without an actual (additional amount, fixed revenue) give billed sales only.
    """
    await session.execute(
        text("""
            WITH claimed AS (
                SELECT a.*, l.id AS the_line_id FROM billing_record_line l
                JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
                JOIN actual a ON a.id = c.actual_id
                WHERE l.billing_record_id = :record
            ),
            reversed AS (
                INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
                    contract_line_id, company_id, person_id, role_id, time_entry_id, expense_id, quantity, currency,
                    amount_minor, billing_type, billing_status, adjustment_status, transaction_date, document_date,
                    accounting_date, description, reverses_id, valuation_id, billing_record_id, billing_line_id,
                    recorded_at)
                SELECT organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id,
                       company_id, person_id, role_id, time_entry_id, expense_id, -quantity, currency, -amount_minor,
                       billing_type, 'POSTED', 'UNADJUSTABLE', transaction_date, :confirmed_on, :accounting_date,
                       description, id, valuation_id, :record, the_line_id, :at
                FROM claimed
                RETURNING reverses_id
            ),
            billed AS (
                INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
                    contract_line_id, company_id, person_id, role_id, time_entry_id, expense_id, quantity, currency,
                    amount_minor, billing_type, billing_status, adjustment_status, transaction_date, document_date,
                    accounting_date, description, valuation_id, billing_record_id, billing_line_id, recorded_at)
                SELECT organisation_id, 'BILLED_SALES', transaction_class, project_id, task_id, contract_line_id,
                       company_id, person_id, role_id, time_entry_id, expense_id, quantity, currency, amount_minor,
                       billing_type, 'POSTED', 'STANDS', transaction_date, :confirmed_on, :accounting_date,
                       description, valuation_id, :record, the_line_id, :at
                FROM claimed JOIN reversed ON reversed.reverses_id = claimed.id
                UNION ALL
                SELECT l.organisation_id, 'BILLED_SALES', l.transaction_class, l.project_id, l.task_id,
                       l.contract_line_id, r.company_id, NULL, NULL, NULL, NULL, l.quantity, r.currency,
                       l.amount_minor, l.billing_type, 'POSTED', 'STANDS', coalesce(l.transaction_date, r.billing_date),
                       :confirmed_on, :accounting_date, l.description, NULL, :record, l.id, :at
                FROM billing_record_line l JOIN billing_record r ON r.id = l.billing_record_id
                WHERE l.billing_record_id = :record AND l.project_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM claimed WHERE claimed.the_line_id = l.id)
            )
            UPDATE actual a SET billing_status = 'POSTED' FROM claimed WHERE a.id = claimed.id
        """),
        {"record": record_id, "at": at, "confirmed_on": confirmed_on, "accounting_date": accounting_date},
    )


async def lock_billed_work(session: Session, record_id: int) -> None:
    """Freeze the entries and expenses behind a record: the database refuses any change of them from now on (C-01)."""
    for table, column in (("time_entry", "time_entry_id"), ("expense", "expense_id")):
        await session.execute(
            text(f"""
                UPDATE {table} w SET is_locked = true
                FROM billing_record_line l
                JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
                JOIN actual a ON a.id = c.actual_id
                WHERE l.billing_record_id = :record AND a.{column} = w.id AND NOT w.is_locked
            """),
            {"record": record_id},
        )
