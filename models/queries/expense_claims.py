"""What has become of an expense: its standing actuals, and the billing record it is on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from models.database import Session


async def standing_of_expenses(session: Session, organisation_id: int, expense_ids: Sequence[int]) -> list[int]:
    """Ids of their standing cost and unbilled-sales actuals."""
    rows = await session.execute(
        text("""
            SELECT id FROM actual WHERE organisation_id = :organisation AND expense_id = ANY(:expenses)
              AND adjustment_status = 'STANDS' AND transaction_type IN ('COST', 'UNBILLED_SALES') ORDER BY id
        """),
        {"organisation": organisation_id, "expenses": list(expense_ids)},
    )
    return [row.id for row in rows]


async def record_of_expense(session: Session, organisation_id: int, expense_id: int) -> str | None:
    """The number of the billing record that it is on, unless that is deleted; None when it is on none."""
    rows = await session.execute(
        text("""
            SELECT r.number FROM billing_claim c
            JOIN actual a ON a.id = c.actual_id
            JOIN billing_record_line l ON l.id = c.billing_record_line_id
            JOIN billing_record r ON r.id = l.billing_record_id
            WHERE a.organisation_id = :organisation AND a.expense_id = :expense AND c.released_at IS NULL
        """),
        {"organisation": organisation_id, "expense": expense_id},
    )
    found = rows.first()
    return str(found.number) if found else None
