"""Fetching one row of an organisation: never another one's, whatever id was guessed."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlmodel import SQLModel, select

from models.database import Session

R = TypeVar("R", bound=SQLModel)


async def select_one(
    session: Session, table: type[R], organisation_id: int, row_id: int, *, lock: bool = False
) -> R | None:
    """The row with this id if it belongs to the organisation, locked for change on request; else None."""
    columns: Any = table
    query = select(table).where(columns.id == row_id, columns.organisation_id == organisation_id)
    if lock:
        query = query.with_for_update()
    return (await session.exec(query)).one_or_none()
