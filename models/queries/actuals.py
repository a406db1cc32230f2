"""Actuals: appended from approved work, reversed as exact pairs, brought up to date before anything final."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import text

from hourledger.core.errors import Conflict
from models.database import Session
from models.queries.assignee_rows import ASSIGNEE_ROWS, IS_CHARGEABLE


async def append_for_entries(session: Session, organisation_id: int, entry_ids: Sequence[int], *, at: datetime) -> int:
    """Cost and, under a time-and-material line, unbilled sales for approved entries that have none standing.

    Chargeable when task, hour type and assignment (the person's, or on an open task that of the role) all say so; no
    contract line for time means NOT_AVAILABLE and cost only (project-invoicing §2.3, §3.5, §3.6). Returns how many rows
    were appended.
    """
    result = await session.execute(
        text(f"""
            INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
                contract_line_id, company_id, person_id, role_id, time_entry_id, quantity, currency, amount_minor,
                billing_type, billing_status, adjustment_status, transaction_date, document_date, accounting_date,
                description, valuation_id, recorded_at)
            SELECT e.organisation_id, kind.transaction_type, 'TIME', e.project_id, e.task_id, line.id,
                   CASE kind.transaction_type WHEN 'UNBILLED_SALES' THEN line.company_id END,
                   e.person_id, e.role_id, e.id, e.seconds, p.currency,
                   CASE kind.transaction_type WHEN 'COST' THEN e.cost_minor ELSE e.revenue_minor END,
                   CASE WHEN line.id IS NULL THEN 'NOT_AVAILABLE'
                        WHEN {IS_CHARGEABLE} THEN 'CHARGEABLE'
                        ELSE 'NON_CHARGEABLE' END,
                   'CREATED', 'STANDS', e.work_date, e.work_date, e.work_date, e.note, e.valuation_id, :at
            FROM time_entry e
            JOIN project p ON p.id = e.project_id
            JOIN hour_type h ON h.id = e.hour_type_id
            LEFT JOIN task t ON t.id = e.task_id
            {ASSIGNEE_ROWS}
            LEFT JOIN LATERAL (
                SELECT l.id, l.billing_method, c.company_id FROM contract_line l
                JOIN contract k ON k.id = l.contract_id AND k.status = 'ACTIVE'
                JOIN contract_customer c ON c.contract_line_id = l.id AND c.is_primary
                WHERE l.project_id = e.project_id AND l.includes_time ORDER BY l.id LIMIT 1
            ) line ON true
            CROSS JOIN (VALUES ('COST'), ('UNBILLED_SALES')) AS kind(transaction_type)
            WHERE e.id = ANY(:ids) AND e.organisation_id = :organisation
              AND e.status = 'APPROVED' AND e.deleted_at IS NULL
              AND (kind.transaction_type = 'COST' OR line.billing_method = 'TIME_AND_MATERIAL')
              AND NOT EXISTS (
                  SELECT FROM actual s WHERE s.time_entry_id = e.id AND s.adjustment_status = 'STANDS'
                    AND s.transaction_type = kind.transaction_type
              )
            ORDER BY e.id, kind.transaction_type
        """),
        {"organisation": organisation_id, "ids": list(entry_ids), "at": at},
    )
    return int(result.rowcount)


async def append_for_expenses(
    session: Session, organisation_id: int, expense_ids: Sequence[int], *, at: datetime
) -> int:
    """Cost and, when billable under a time-and-material line, unbilled sales for approved expenses with an amount."""
    result = await session.execute(
        text("""
            INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
                contract_line_id, company_id, expense_id, quantity, currency, amount_minor, billing_type,
                billing_status, adjustment_status, transaction_date, document_date, accounting_date, description,
                recorded_at)
            SELECT x.organisation_id, kind.transaction_type, 'EXPENSE', x.project_id, x.task_id, line.id,
                   CASE kind.transaction_type WHEN 'UNBILLED_SALES' THEN line.company_id END,
                   x.id, 1, p.currency, x.actual_minor,
                   CASE WHEN line.id IS NULL THEN 'NOT_AVAILABLE' WHEN x.is_billable THEN 'CHARGEABLE'
                        ELSE 'NON_CHARGEABLE' END,
                   'CREATED', 'STANDS', x.paid_on, x.paid_on, x.paid_on, x.description, :at
            FROM expense x
            JOIN project p ON p.id = x.project_id
            LEFT JOIN LATERAL (
                SELECT l.id, l.billing_method, c.company_id FROM contract_line l
                JOIN contract k ON k.id = l.contract_id AND k.status = 'ACTIVE'
                JOIN contract_customer c ON c.contract_line_id = l.id AND c.is_primary
                WHERE l.project_id = x.project_id AND l.includes_expense ORDER BY l.id LIMIT 1
            ) line ON true
            CROSS JOIN (VALUES ('COST'), ('UNBILLED_SALES')) AS kind(transaction_type)
            WHERE x.id = ANY(:ids) AND x.organisation_id = :organisation AND x.status = 'APPROVED'
              AND x.actual_minor <> 0 AND x.paid_on IS NOT NULL
              AND (kind.transaction_type = 'COST' OR line.billing_method = 'TIME_AND_MATERIAL')
            ORDER BY x.id, kind.transaction_type
        """),
        {"organisation": organisation_id, "ids": list(expense_ids), "at": at},
    )
    return int(result.rowcount)


_REVERSE = """
    WITH originals AS (
        SELECT a.* FROM actual a WHERE a.id = ANY(:ids) AND a.adjustment_status = 'STANDS'
          AND a.billing_status IN ('CREATED', 'READY')
        ORDER BY a.id FOR UPDATE
    ),
    reversals AS (
        INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id,
            company_id, person_id, role_id, time_entry_id, expense_id, quantity, currency, amount_minor, billing_type,
            billing_status, adjustment_status, transaction_date, document_date, accounting_date, description,
            reverses_id, valuation_id, recorded_at)
        SELECT organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id, company_id,
               person_id, role_id, time_entry_id, expense_id, -quantity, currency, -amount_minor, billing_type,
               'CANCELED', 'UNADJUSTABLE', transaction_date, :document_date, :document_date, description,
               id, valuation_id, :at
        FROM originals
    )
    UPDATE actual a SET adjustment_status = 'ADJUSTED', billing_status = 'CANCELED'
    FROM originals o WHERE a.id = o.id
"""


async def reverse(session: Session, actual_ids: Sequence[int], *, at: datetime, on: date) -> None:
    """Append the exact opposite of each standing actual and mark the originals ADJUSTED (project-invoicing §3.4).

    Raises:
        Conflict BILLED_MEANWHILE: one of them was put on a billing record, or reversed, after the caller looked.
    """
    result = await session.execute(
        text(_REVERSE),
        {"ids": list(actual_ids), "at": at, "document_date": on},
    )
    if result.rowcount != len(actual_ids):
        raise Conflict(
            "Some of this work was billed or changed by somebody else just now. Read it again.", code="BILLED_MEANWHILE"
        )


async def standing_of_entries(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> list[int]:
    """Ids of the standing cost and unbilled-sales actuals of these entries."""
    rows = await session.execute(
        text("""
            SELECT id FROM actual WHERE organisation_id = :organisation AND time_entry_id = ANY(:ids)
              AND adjustment_status = 'STANDS' AND transaction_type IN ('COST', 'UNBILLED_SALES') ORDER BY id
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )
    return [row.id for row in rows]


async def standing_of_expenses(session: Session, organisation_id: int, expense_ids: Sequence[int]) -> list[int]:
    """Likewise, of these expenses."""
    rows = await session.execute(
        text("""
            SELECT id FROM actual WHERE organisation_id = :organisation AND expense_id = ANY(:ids)
              AND adjustment_status = 'STANDS' AND transaction_type IN ('COST', 'UNBILLED_SALES') ORDER BY id
        """),
        {"organisation": organisation_id, "ids": list(expense_ids)},
    )
    return [row.id for row in rows]


async def claimed_entries(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> dict[int, str]:
    """Of these entries, those on a billing record that is not deleted, with its number."""
    rows = await session.execute(
        text("""
            SELECT a.time_entry_id, r.number FROM billing_claim c
            JOIN actual a ON a.id = c.actual_id
            JOIN billing_record_line l ON l.id = c.billing_record_line_id
            JOIN billing_record r ON r.id = l.billing_record_id
            WHERE a.organisation_id = :organisation AND a.time_entry_id = ANY(:ids) AND c.released_at IS NULL
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )
    return {row.time_entry_id: row.number for row in rows}
