"""The billing record that an expense is on."""

from __future__ import annotations

from sqlalchemy import text

from models.database import Session


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
