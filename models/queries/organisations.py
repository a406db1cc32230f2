"""Organisations, for the few who work for all of them."""

from __future__ import annotations

from sqlmodel import col, select

from models.database import Session
from models.tables import OrganisationRow


async def organisation_ids(session: Session) -> list[int]:
    """All of them, oldest first."""
    return list((await session.exec(select(OrganisationRow.id).order_by(col(OrganisationRow.id)))).all())


async def organisation_by_name(session: Session, name: str) -> OrganisationRow | None:
    """The organisation with this name, or None."""
    return (await session.exec(select(OrganisationRow).where(OrganisationRow.name == name))).one_or_none()
