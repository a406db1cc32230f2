"""Finding projects by what people call them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from models.database import Session
from models.tables import ProjectRow


async def project_ids_by_code(session: Session, organisation_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Ids of the organisation's projects with these codes; unknown codes are absent."""
    query = select(ProjectRow.code, ProjectRow.id).where(
        ProjectRow.organisation_id == organisation_id,
        col(ProjectRow.code).in_(codes),
        col(ProjectRow.deleted_at).is_(None),
    )
    return dict((await session.exec(query)).all())
