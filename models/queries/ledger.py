"""Reading the books."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from models.database import Session
from models.tables import FiscalPeriodRow


async def fiscal_period_of(session: Session, organisation_id: int, on: date) -> FiscalPeriodRow | None:
    """The period a day lies in; None when no period was set up for it, which means open."""
    query = select(FiscalPeriodRow).where(
        FiscalPeriodRow.organisation_id == organisation_id,
        col(FiscalPeriodRow.valid_from) <= on,
        col(FiscalPeriodRow.valid_until) > on,
    )
    return (await session.exec(query)).one_or_none()
