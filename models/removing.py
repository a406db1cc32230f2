"""Deleting rows that nothing refers to."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from models.database import Session

_REFERRED_TO = "23503"


async def delete_if_unused(session: Session, row: SQLModel) -> bool:
    """Delete the row; False, and nothing happened, when another row refers to it."""
    try:
        async with session.begin_nested():
            await session.delete(row)
            await session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != _REFERRED_TO:
            raise
        await session.refresh(row)
        return False
    return True
