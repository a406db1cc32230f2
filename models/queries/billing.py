"""Billing records while they are drafts: what may be claimed, the claims, and what the lines are worth."""

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
    """Work of these projects that may be billed now, dated up to and including ``until``; rows locked, hours first.

    Claiming moves an hour's worth from unbilled to draft, so nobody may rate it meanwhile; and whoever holds a sale and
    waits for its hour waits for ever for one who edits it.

    Projects that require approval are served too: their unapproved work has no unbilled-sales actual yet.
    """
    wanted = {"organisation": organisation_id, "ids": list(project_ids), "until": until}
    await session.execute(
        text("""
            SELECT e.id FROM time_entry e
            WHERE e.id IN (
                SELECT a.time_entry_id FROM actual a
                WHERE a.organisation_id = :organisation AND a.project_id = ANY(:ids)
                  AND a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
                  AND a.billing_status IN ('CREATED', 'READY')
                  AND (cast(:until AS date) IS NULL OR a.transaction_date <= :until)
            )
            ORDER BY e.work_date, e.id FOR NO KEY UPDATE
        """),
        wanted,
    )
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
        wanted,
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
