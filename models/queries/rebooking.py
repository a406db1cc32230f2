"""Work whose kind, chargeability or customer changes: which it is, and which of it still can."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from models.database import Session
from models.queries.assignee_rows import ASSIGNEE_ROWS, IS_CHARGEABLE
from models.queries.work_locks import HOLDS_ENTRY, keep_work_locks


async def lock_hours_of_task(session: Session, organisation_id: int, task_id: int) -> None:
    """The task and then its hours, in the order in which rating locks them: nobody rates or bills them meanwhile."""
    wanted = {"organisation": organisation_id, "task": task_id}
    await session.execute(
        text("SELECT id FROM task WHERE organisation_id = :organisation AND id = :task FOR NO KEY UPDATE"), wanted
    )
    await session.execute(
        text("""
            SELECT id FROM time_entry WHERE organisation_id = :organisation AND task_id = :task AND deleted_at IS NULL
            ORDER BY work_date, id FOR UPDATE
        """),
        wanted,
    )


async def hours_billed_otherwise(session: Session, organisation_id: int, task_ids: Sequence[int]) -> list[int]:
    """Ids of the hours on these tasks that are booked as chargeable and are not any more, or the other way round.

    Whether they are, the row of the assignments that speaks for them says: the person's own, or one of an open role.
    """
    rows = await session.execute(
        text(f"""
            SELECT e.id FROM time_entry e
            JOIN hour_type h ON h.id = e.hour_type_id
            JOIN task t ON t.id = e.task_id
            {ASSIGNEE_ROWS}
            WHERE e.organisation_id = :organisation AND e.task_id = ANY(:tasks) AND e.deleted_at IS NULL
              AND EXISTS (
                  SELECT FROM actual a WHERE a.time_entry_id = e.id AND a.adjustment_status = 'STANDS'
                    AND a.transaction_type IN ('COST', 'UNBILLED_SALES')
                    AND a.billing_type = CASE WHEN {IS_CHARGEABLE} THEN 'NON_CHARGEABLE' ELSE 'CHARGEABLE' END
              )
            ORDER BY e.id
        """),
        {"organisation": organisation_id, "tasks": list(task_ids)},
    )
    return [row.id for row in rows]


async def project_hours_of_type(session: Session, organisation_id: int, hour_type_id: int) -> list[int]:
    """Ids of the hours of this kind on projects; general time is not among them."""
    rows = await session.execute(
        text("""
            SELECT id FROM time_entry WHERE organisation_id = :organisation AND hour_type_id = :type
              AND project_id IS NOT NULL AND deleted_at IS NULL ORDER BY id
        """),
        {"organisation": organisation_id, "type": hour_type_id},
    )
    return [row.id for row in rows]


async def lock_movable(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> list[int]:
    """Of these entries, those on no billing record and in no locked period; locked, in the order in which rating does.

    Two statements: who waited for a lock would look at the claims of before.
    """
    await keep_work_locks(session, organisation_id)
    values = {"organisation": organisation_id, "ids": list(entry_ids)}
    await session.execute(
        text("""
            SELECT id FROM time_entry WHERE organisation_id = :organisation AND id = ANY(:ids) AND deleted_at IS NULL
            ORDER BY work_date, id FOR UPDATE
        """),
        values,
    )
    rows = await session.execute(
        text(f"""
            SELECT e.id FROM time_entry e
            WHERE e.organisation_id = :organisation AND e.id = ANY(:ids) AND e.deleted_at IS NULL AND NOT e.is_locked
              AND NOT EXISTS (SELECT FROM work_lock l WHERE l.kind = 'PERIOD_LOCK' AND {HOLDS_ENTRY})
              AND NOT EXISTS (
                  SELECT FROM actual a JOIN billing_claim c ON c.actual_id = a.id AND c.released_at IS NULL
                  WHERE a.time_entry_id = e.id
              )
            ORDER BY e.id
        """),
        values,
    )
    return [row.id for row in rows]


async def lock_movable_expenses(session: Session, organisation_id: int, project_id: int) -> list[int]:
    """The expenses of a project on no billing record; locked. Two statements, as for hours."""
    values = {"organisation": organisation_id, "project": project_id}
    await session.execute(
        text("""
            SELECT id FROM expense WHERE organisation_id = :organisation AND project_id = :project
              AND deleted_at IS NULL ORDER BY id FOR UPDATE
        """),
        values,
    )
    rows = await session.execute(
        text("""
            SELECT x.id FROM expense x
            WHERE x.organisation_id = :organisation AND x.project_id = :project AND x.deleted_at IS NULL
              AND NOT x.is_locked
              AND NOT EXISTS (
                  SELECT FROM actual a JOIN billing_claim c ON c.actual_id = a.id AND c.released_at IS NULL
                  WHERE a.expense_id = x.id
              )
            ORDER BY x.id
        """),
        values,
    )
    return [row.id for row in rows]


async def projects_of_entries(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> list[int]:
    """The projects that these entries are on."""
    rows = await session.execute(
        text("""
            SELECT DISTINCT project_id FROM time_entry
            WHERE organisation_id = :organisation AND id = ANY(:ids) AND project_id IS NOT NULL ORDER BY project_id
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )
    return [row.project_id for row in rows]


_BUILT_IN = """CASE WHEN old.project_id IS NULL THEN 'General Overhead' WHEN t.id IS NULL THEN 'Project Time'
    WHEN t.is_issue THEN 'Issue Time' ELSE 'Task Time' END"""


async def fit_hour_types(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> None:
    """The kind of these entries follows what they are on now: a built-in one, and any kind for projects that is on none
    any more. Other kinds stay (§1.10)."""
    await session.execute(
        text(f"""
            UPDATE time_entry e SET hour_type_id = h.id
            FROM time_entry old JOIN hour_type k ON k.id = old.hour_type_id LEFT JOIN task t ON t.id = old.task_id,
                 hour_type h
            WHERE old.id = e.id AND e.id = ANY(:ids) AND h.organisation_id = :organisation AND h.is_built_in
              AND h.name = {_BUILT_IN} AND h.id <> old.hour_type_id
              AND CASE WHEN old.project_id IS NULL THEN k.scope <> 'GENERAL'
                       ELSE k.is_built_in AND k.name IN ('Task Time', 'Issue Time', 'Project Time') END
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )


async def move_to_built_in_types(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> None:
    """Give these entries the built-in kind of what they are on: task, issue or project (§1.10)."""
    await session.execute(
        text(f"""
            UPDATE time_entry e SET hour_type_id = h.id, row_version = e.row_version + 1
            FROM time_entry old LEFT JOIN task t ON t.id = old.task_id, hour_type h
            WHERE old.id = e.id AND e.id = ANY(:ids) AND h.organisation_id = :organisation AND h.is_built_in
              AND h.name = {_BUILT_IN}
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )
