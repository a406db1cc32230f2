"""Finding projects by what people call them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import col, select

from models.database import Session
from models.tables import ProjectRow


async def project_ids_by_code(session: Session, organisation_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Ids of the organisation's projects with these codes; unknown codes are absent."""
    query = select(ProjectRow.code, ProjectRow.id).where(
        ProjectRow.organisation_id == organisation_id, col(ProjectRow.code).in_(codes)
    )
    return dict((await session.exec(query)).all())


async def codes_of_projects(session: Session, organisation_id: int, ids: Sequence[int]) -> dict[int, str]:
    """By id; those that are not there are absent."""
    rows = await session.execute(
        text("SELECT id, code FROM project WHERE organisation_id = :organisation AND id = ANY(:ids)"),
        {"organisation": organisation_id, "ids": list(ids)},
    )
    return {row.id: row.code for row in rows}
