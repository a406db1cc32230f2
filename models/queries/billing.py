"""Billing records: what may be claimed, the claims, and the actuals that confirming and posting write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hourledger.core.work import BillingType, TransactionClass
from models.database import Session


@dataclass(frozen=True, slots=True)
class OpenSale:
    """An open unbilled-sales actual on no billing record, at its present value in minor units."""

    actual_id: int
    contract_id: int
    contract_line_id: int
    company_id: int
    project_id: int
    task_id: int | None
    transaction_class: TransactionClass
    billing_type: BillingType
    currency: str
    quantity: int
    amount_minor: int
    transaction_date: date
    description: str


async def lock_open_sales(
    session: Session, organisation_id: int, project_ids: Sequence[int], *, until: date | None
) -> list[OpenSale]:
    """Work of these projects that may be billed now, dated up to and including ``until``; rows locked.

    Projects that require approval are served too: their unapproved work has no unbilled-sales actual yet.
    """
    rows = await session.execute(
        text("""
            SELECT a.id AS actual_id, l.contract_id, a.contract_line_id, a.company_id, a.project_id, a.task_id,
                   a.transaction_class, a.billing_type, a.currency, a.quantity,
                   coalesce(e.revenue_minor, a.amount_minor) AS amount_minor, a.transaction_date, a.description
            FROM actual a
            JOIN contract_line l ON l.id = a.contract_line_id
            LEFT JOIN time_entry e ON e.id = a.time_entry_id
            WHERE a.organisation_id = :organisation AND a.project_id = ANY(:ids)
              AND a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
              AND a.billing_status IN ('CREATED', 'READY')
              AND (cast(:until AS date) IS NULL OR a.transaction_date <= :until)
              AND NOT EXISTS (SELECT FROM billing_claim c WHERE c.actual_id = a.id AND c.released_at IS NULL)
            ORDER BY a.transaction_date, a.id
            FOR UPDATE OF a
        """),
        {"organisation": organisation_id, "ids": list(project_ids), "until": until},
    )
    found = []
    for row in rows.mappings():
        values: dict[str, Any] = dict(row)
        values["transaction_class"] = TransactionClass(values["transaction_class"])
        values["billing_type"] = BillingType(values["billing_type"])
        found.append(OpenSale(**values))
    return found


async def claim_sales(
    session: Session, organisation_id: int, record_id: int, sales: Sequence[OpenSale], *, at: datetime
) -> None:
    """One line and one live claim per sale, and the sales marked as on a billing record.

    The unique index refuses a sale that is claimed already: of two who try at once, one fails (CT-R7).
    """
    await session.execute(
        text("""
            WITH chosen AS (
                SELECT a.*, coalesce(e.revenue_minor, a.amount_minor) AS live_minor
                FROM actual a LEFT JOIN time_entry e ON e.id = a.time_entry_id
                WHERE a.id = ANY(:ids)
            ),
            numbered AS (
                SELECT chosen.*, nextval(pg_get_serial_sequence('billing_record_line', 'id')) AS line_id FROM chosen
                ORDER BY transaction_date, id
            ),
            added AS (
                INSERT INTO billing_record_line (id, organisation_id, billing_record_id, contract_line_id, project_id,
                    task_id, transaction_class, billing_type, quantity, amount_minor, description, transaction_date)
                SELECT line_id, :organisation, :record, contract_line_id, project_id, task_id, transaction_class,
                       billing_type, quantity, live_minor, description, transaction_date FROM numbered
            ),
            claimed AS (
                INSERT INTO billing_claim (organisation_id, billing_record_line_id, actual_id, claimed_at)
                SELECT :organisation, line_id, id, :at FROM numbered
            )
            UPDATE actual a SET billing_status = 'ON_BILLING_RECORD' FROM numbered n WHERE a.id = n.id
        """),
        {"organisation": organisation_id, "record": record_id, "ids": [one.actual_id for one in sales], "at": at},
    )


@dataclass(frozen=True, slots=True)
class LineValue:
    """A line as it counts now: on a draft, worked time at its latest value; afterwards what was frozen."""

    line_id: int
    actual_id: int | None
    project_id: int | None
    task_id: int | None
    transaction_class: TransactionClass
    billing_type: BillingType
    quantity: int
    amount_minor: int
    description: str
    transaction_date: date | None


async def line_values(session: Session, organisation_id: int, record_ids: Sequence[int]) -> dict[int, list[LineValue]]:
    """The lines of each record, by date."""
    rows = await session.execute(
        text("""
            SELECT l.billing_record_id, l.id AS line_id, c.actual_id, l.project_id, l.task_id, l.transaction_class,
                   l.billing_type, l.quantity,
                   CASE WHEN r.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor
                        ELSE l.amount_minor END AS amount_minor,
                   l.description, l.transaction_date
            FROM billing_record_line l
            JOIN billing_record r ON r.id = l.billing_record_id
            LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
            LEFT JOIN actual a ON a.id = c.actual_id
            LEFT JOIN time_entry e ON e.id = a.time_entry_id
            WHERE r.organisation_id = :organisation AND r.id = ANY(:ids)
            ORDER BY l.transaction_date NULLS LAST, l.id
        """),
        {"organisation": organisation_id, "ids": list(record_ids)},
    )
    found: dict[int, list[LineValue]] = {record_id: [] for record_id in record_ids}
    for row in rows.mappings():
        values: dict[str, Any] = dict(row)
        record_id = values.pop("billing_record_id")
        values["transaction_class"] = TransactionClass(values["transaction_class"])
        values["billing_type"] = BillingType(values["billing_type"])
        found[record_id].append(LineValue(**values))
    return found


async def lock_work_of(session: Session, record_id: int) -> None:
    """Keep others from rating the entries of a record while its amounts are being frozen."""
    await session.execute(
        text("""
            SELECT e.id FROM billing_record_line l
            JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
            JOIN actual a ON a.id = c.actual_id
            JOIN time_entry e ON e.id = a.time_entry_id
            WHERE l.billing_record_id = :record ORDER BY e.id FOR UPDATE OF e
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
        text("""
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
            reversed AS (
                INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
                    contract_line_id, company_id, person_id, role_id, time_entry_id, quantity, currency, amount_minor,
                    billing_type, billing_status, adjustment_status, transaction_date, document_date, accounting_date,
                    description, reverses_id, valuation_id, recorded_at)
                SELECT organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id,
                       company_id, person_id, role_id, time_entry_id, -quantity, currency, -amount_minor, billing_type,
                       'CANCELED', 'UNADJUSTABLE', transaction_date, :on, :on, description, id, valuation_id, :at
                FROM moved ORDER BY id
                RETURNING reverses_id
            ),
            replaced AS (
                INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
                    contract_line_id, company_id, person_id, role_id, time_entry_id, quantity, currency, amount_minor,
                    billing_type, billing_status, adjustment_status, transaction_date, document_date, accounting_date,
                    description, replaces_id, valuation_id, recorded_at)
                SELECT organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id,
                       company_id, person_id, role_id, time_entry_id, quantity, currency, live_minor, billing_type,
                       billing_status, 'STANDS', transaction_date, :on, transaction_date, description, id,
                       live_valuation, :at
                -- Joined so that the reversals come first.
                FROM moved JOIN reversed ON reversed.reverses_id = moved.id ORDER BY moved.id
                RETURNING id, replaces_id
            ),
            passed_on AS (
                UPDATE billing_claim c SET actual_id = replaced.id
                FROM replaced JOIN moved ON moved.id = replaced.replaces_id WHERE c.id = moved.claim_id
            )
            UPDATE actual a SET adjustment_status = 'ADJUSTED', billing_status = 'CANCELED'
            FROM moved WHERE a.id = moved.id
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


async def release_claims(session: Session, record_id: int, *, at: datetime) -> None:
    """Give back what a draft held: its claims end and its sales may be billed again."""
    await session.execute(
        text("""
            WITH released AS (
                UPDATE billing_claim c SET released_at = :at FROM billing_record_line l
                WHERE l.id = c.billing_record_line_id AND l.billing_record_id = :record AND c.released_at IS NULL
                RETURNING c.actual_id
            )
            UPDATE actual a SET billing_status = 'READY' FROM released WHERE a.id = released.actual_id
        """),
        {"record": record_id, "at": at},
    )


async def next_number(session: Session, organisation_id: int, name: str, *, template: str) -> str:
    """The next number of a sequence, e.g. template "BR-{:05}"; its row stays locked until the transaction ends."""
    row = (
        await session.execute(
            text("""
                INSERT INTO number_sequence (organisation_id, name, template, next_number)
                VALUES (:organisation, :name, :template, 2)
                ON CONFLICT (organisation_id, name) DO UPDATE SET next_number = number_sequence.next_number + 1
                RETURNING next_number - 1 AS number, template
            """),
            {"organisation": organisation_id, "name": name, "template": template},
        )
    ).one()
    return str(row.template.format(row.number))
