"""Where a job role stands on work that is still to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from models.database import Session


@dataclass(frozen=True, slots=True)
class OpenAssignment:
    """``other_role_ids``: the roles that the same person (or nobody) fills on the same task by other assignments."""

    id: int
    project_id: int
    task_id: int
    task_name: str
    other_role_ids: list[int]


async def lock_open_assignments(session: Session, organisation_id: int, role_id: int) -> list[OpenAssignment]:
    """Assignments with the role, or billed as it, on open tasks of open projects; their rows locked."""
    values = {"organisation": organisation_id, "role": role_id}
    await session.execute(
        text("""
            SELECT id FROM assignment
            WHERE organisation_id = :organisation AND (role_id = :role OR billing_role_id = :role)
            ORDER BY id FOR UPDATE
        """),
        values,
    )
    rows = await session.execute(
        text("""
            SELECT a.id, t.project_id, t.id AS task_id, t.name AS task_name, CASE WHEN a.role_id = :role THEN array(
                       SELECT o.role_id FROM assignment o
                       WHERE o.task_id = a.task_id AND o.person_id IS NOT DISTINCT FROM a.person_id
                         AND o.id <> a.id AND o.role_id IS NOT NULL
                   ) ELSE '{}' END AS other_role_ids
            FROM assignment a
            JOIN task t ON t.id = a.task_id AND t.status <> 'COMPLETE' AND t.deleted_at IS NULL
            JOIN project p ON p.id = t.project_id AND p.status NOT IN ('COMPLETE', 'DEAD')
            WHERE a.organisation_id = :organisation AND (a.role_id = :role OR a.billing_role_id = :role)
            ORDER BY a.id
        """),
        values,
    )
    return [OpenAssignment(**row) for row in rows.mappings()]


async def replace_role(session: Session, assignment_ids: Sequence[int], role_id: int, replacement_id: int) -> None:
    """Another role on these assignments, wherever they name the old one."""
    await session.execute(
        text("""
            UPDATE assignment
            SET role_id = CASE WHEN role_id = :role THEN :replacement ELSE role_id END,
                billing_role_id = CASE WHEN billing_role_id = :role THEN :replacement ELSE billing_role_id END
            WHERE id = ANY(:ids)
        """),
        {"ids": list(assignment_ids), "role": role_id, "replacement": replacement_id},
    )
