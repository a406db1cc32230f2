"""Finding projects by what people call them, and what a project was billed and whose it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, select

from hourledger.core.billing import BillingRecordStatus
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


async def records_for_customer(
    session: Session, organisation_id: int, project_id: int, company_id: int
) -> list[tuple[str, BillingRecordStatus]]:
    """Number and status of the billing records of this customer with anything of the project on them, none deleted."""
    rows = await session.execute(
        text("""
            SELECT r.number, r.status FROM billing_record r
            WHERE r.organisation_id = :organisation AND r.company_id = :company AND r.status <> 'DELETED'
              AND r.id IN (SELECT l.billing_record_id FROM billing_record_line l WHERE l.project_id = :project)
            ORDER BY r.id
        """),
        {"organisation": organisation_id, "project": project_id, "company": company_id},
    )
    return [(row.number, BillingRecordStatus(row.status)) for row in rows]


async def company_at(
    session: Session, organisation_id: int, project_id: int, company_id: int | None, at: datetime
) -> int | None:
    """The project's customer at an instant: whose rates it had then. ``company_id``: the one of now, for a project of
    which no other is known."""
    rows = await session.execute(
        text("""
            SELECT a.company_id, a.recorded_at <= :at AND (a.retired_at IS NULL OR a.retired_at > :at) AS was_there
            FROM rate_attachment a
            WHERE a.organisation_id = :organisation AND a.project_id = :project AND a.company_id IS NOT NULL
        """),
        {"organisation": organisation_id, "project": project_id, "at": at},
    )
    found = rows.all()
    if not found:
        return company_id
    return next((int(row.company_id) for row in found if row.was_there), None)


async def codes_of_projects(session: Session, organisation_id: int, ids: Sequence[int]) -> dict[int, str]:
    """By id; those that are not there are absent."""
    rows = await session.execute(
        text("SELECT id, code FROM project WHERE organisation_id = :organisation AND id = ANY(:ids)"),
        {"organisation": organisation_id, "ids": list(ids)},
    )
    return {row.id: row.code for row in rows}
