"""Who is assigned on projects, for freezing their rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from models.database import Session


@dataclass(frozen=True, slots=True)
class AssignedTo:
    """A person (role_id None) or an open role (person_id None) on a task of a project."""

    project_id: int
    task_id: int
    person_id: int | None
    role_id: int | None


async def assigned_on(session: Session, organisation_id: int, project_ids: Sequence[int]) -> list[AssignedTo]:
    """Each person and each open role on each task of these projects, once; and everybody who has logged on a task."""
    rows = await session.execute(
        text("""
            SELECT t.project_id, t.id AS task_id, a.person_id,
                   CASE WHEN a.person_id IS NULL THEN a.role_id END AS role_id
            FROM assignment a JOIN task t ON t.id = a.task_id
            WHERE t.organisation_id = :organisation AND t.project_id = ANY(:projects) AND NOT t.is_issue
              AND t.deleted_at IS NULL
            UNION
            SELECT e.project_id, e.task_id, e.person_id, NULL FROM time_entry e JOIN task t ON t.id = e.task_id
            WHERE e.organisation_id = :organisation AND e.project_id = ANY(:projects) AND e.deleted_at IS NULL
              AND NOT t.is_issue
            ORDER BY 1, 2, 3, 4
        """),
        {"organisation": organisation_id, "projects": list(project_ids)},
    )
    return [AssignedTo(row.project_id, row.task_id, row.person_id, row.role_id) for row in rows]


async def has_assignments_or_hours(session: Session, organisation_id: int, project_id: int) -> bool:
    """Whether anybody is assigned or has logged on the project."""
    found = await session.execute(
        text("""
            SELECT EXISTS (SELECT FROM assignment a JOIN task t ON t.id = a.task_id
                           WHERE t.organisation_id = :organisation AND t.project_id = :project AND t.deleted_at IS NULL)
                OR EXISTS (SELECT FROM time_entry WHERE organisation_id = :organisation AND project_id = :project
                             AND deleted_at IS NULL)
        """),
        {"organisation": organisation_id, "project": project_id},
    )
    return bool(found.scalar_one())
