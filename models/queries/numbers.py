"""Number sequences."""

from __future__ import annotations

from sqlalchemy import text

from models.database import Session


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
