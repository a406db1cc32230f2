"""Choosing projects by what they have in common."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hourledger.core.work import ProjectStatus
from models.database import Session


async def project_ids_where(
    session: Session,
    organisation_id: int,
    *,
    like: str | None,
    company_id: int | None,
    statuses: Sequence[ProjectStatus] | None,
    limit: int,
) -> list[int]:
    """By code, without templates; ``like`` is a pattern for code and name. What is None does not choose."""
    rows = await session.execute(
        text("""
            SELECT id FROM project
            WHERE organisation_id = :organisation AND NOT is_template AND deleted_at IS NULL
              AND (cast(:like AS text) IS NULL OR code ILIKE :like OR name ILIKE :like)
              AND (cast(:company AS bigint) IS NULL OR company_id = :company)
              AND (cast(:statuses AS text[]) IS NULL OR status = ANY(cast(:statuses AS text[])))
            ORDER BY code LIMIT :limit
        """),
        {
            "organisation": organisation_id,
            "like": like,
            "company": company_id,
            "statuses": None if statuses is None else [one.value for one in statuses],
            "limit": limit,
        },
    )
    return [row.id for row in rows]
