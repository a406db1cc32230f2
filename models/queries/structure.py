"""Trees of tasks and the work on them: which it is, on which billing records, and where it goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import col, select

from hourledger.core.billing import BillingRecordStatus
from models.database import Session
from models.tables import ProjectRow


async def task_ids_of_tree(session: Session, organisation_id: int, task_id: int) -> list[int]:
    """The task and everything below it."""
    rows = await session.execute(
        text("""
            WITH RECURSIVE tree AS (
                SELECT id FROM task WHERE organisation_id = :organisation AND id = :task AND deleted_at IS NULL
                UNION
                SELECT t.id FROM tree JOIN task t ON t.parent_id = tree.id WHERE t.deleted_at IS NULL
            )
            SELECT id FROM tree ORDER BY id
        """),
        {"organisation": organisation_id, "task": task_id},
    )
    return [row.id for row in rows]


@dataclass(frozen=True, slots=True)
class Work:
    """Ids of hours and expenses that are not deleted."""

    entries: Sequence[int] = ()
    expenses: Sequence[int] = ()


async def lock_work_of_tasks(session: Session, organisation_id: int, task_ids: Sequence[int]) -> Work:
    """The work on these tasks; locked, hours in the order in which rating locks them."""
    return await _lock_work(session, organisation_id, "task_id = ANY(:ids)", task_ids)


async def lock_work_of_project(session: Session, organisation_id: int, project_id: int) -> Work:
    """The work on the project and all of its tasks, likewise."""
    return await _lock_work(session, organisation_id, "project_id = ANY(:ids)", [project_id])


async def _lock_work(session: Session, organisation_id: int, which: str, ids: Sequence[int]) -> Work:
    found = []
    for table, order in (("time_entry", "work_date, id"), ("expense", "id")):
        rows = await session.execute(
            text(
                f"SELECT id FROM {table} WHERE organisation_id = :organisation AND deleted_at IS NULL AND {which} "
                f"ORDER BY {order} FOR UPDATE"
            ),
            {"organisation": organisation_id, "ids": list(ids)},
        )
        found.append([row.id for row in rows])
    return Work(*found)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Something that is on a billing record: ``what`` is hours, expense, fixed or, for a project, a line."""

    what: str
    number: str
    status: BillingRecordStatus


_ON_RECORD = {
    "hours": "JOIN actual a ON a.id = c.actual_id JOIN time_entry e ON e.id = a.time_entry_id WHERE e.task_id",
    "expense": "JOIN actual a ON a.id = c.actual_id JOIN expense x ON x.id = a.expense_id WHERE x.task_id",
    "fixed": "WHERE c.task_id",
}
ALL_WORK = frozenset(_ON_RECORD)


async def on_record_of_tasks(
    session: Session, organisation_id: int, task_ids: Sequence[int], what: Collection[str] = ALL_WORK
) -> OnRecord | None:
    """The first of these kinds of work on the tasks that is on a billing record, final ones first; None: none is.

    In a statement after that which locked the work: who waited for a lock would look at the claims of before.
    """
    parts = " UNION ALL ".join(
        f"""
            SELECT '{kind}' AS what, r.number, r.status FROM billing_claim c
            JOIN billing_record_line l ON l.id = c.billing_record_line_id
            JOIN billing_record r ON r.id = l.billing_record_id
            {_ON_RECORD[kind]} = ANY(:ids) AND c.released_at IS NULL AND c.organisation_id = :organisation
        """
        for kind in sorted(what)
    )
    return await _first(session, parts, organisation_id, task_ids)


async def on_record_of_project(session: Session, organisation_id: int, project_id: int) -> OnRecord | None:
    """Likewise, anything of the project, an additional amount too."""
    lines = """
        SELECT 'line' AS what, r.number, r.status FROM billing_record_line l
        JOIN billing_record r ON r.id = l.billing_record_id AND r.status <> 'DELETED'
        WHERE l.project_id = ANY(:ids) AND l.organisation_id = :organisation
    """
    return await _first(session, lines, organisation_id, [project_id])


async def _first(session: Session, lines: str, organisation_id: int, ids: Sequence[int]) -> OnRecord | None:
    rows = await session.execute(
        text(f"""
            SELECT what, number, status FROM ({lines}) found
            ORDER BY status IN ('CONFIRMED', 'POSTED') DESC, number LIMIT 1
        """),
        {"organisation": organisation_id, "ids": list(ids)},
    )
    row = rows.first()
    return OnRecord(row.what, row.number, BillingRecordStatus(row.status)) if row else None


async def put_hours_on_project(session: Session, entry_ids: Sequence[int]) -> None:
    """Take these hours off their task or issue; they stay on its project, as other work than they were."""
    await session.execute(
        text("""
            UPDATE time_entry SET task_id = NULL, valuation_id = NULL, row_version = row_version + 1
            WHERE id = ANY(:ids)
        """),
        {"ids": list(entry_ids)},
    )


async def make_hours_general(session: Session, entry_ids: Sequence[int]) -> None:
    """Take these hours off their project; general time is approved as it comes, and worth nothing yet."""
    await session.execute(
        text("""
            UPDATE time_entry SET project_id = NULL, task_id = NULL, status = 'APPROVED', valuation_id = NULL,
                row_version = row_version + 1
            WHERE id = ANY(:ids)
        """),
        {"ids": list(entry_ids)},
    )


async def forget_worth(session: Session, entry_ids: Sequence[int]) -> None:
    """These hours are on another project now: what they were worth on the old one is not theirs, nor its currency."""
    await session.execute(
        text("UPDATE time_entry SET valuation_id = NULL WHERE id = ANY(:ids)"), {"ids": list(entry_ids)}
    )


async def days_of_work(session: Session, work: Work) -> list[date]:
    """On which days this work lies: hours where they were done, expenses where they were paid; planned ones on none."""
    rows = await session.execute(
        text("""
            SELECT work_date AS day FROM time_entry WHERE id = ANY(:entries)
            UNION SELECT paid_on FROM expense WHERE id = ANY(:expenses) AND actual_minor <> 0 AND paid_on IS NOT NULL
            ORDER BY day
        """),
        {"entries": list(work.entries), "expenses": list(work.expenses)},
    )
    return [row.day for row in rows]


async def put_expenses_on_project(session: Session, expense_ids: Sequence[int]) -> None:
    """Take these expenses off their task; they stay on its project."""
    await session.execute(text("UPDATE expense SET task_id = NULL WHERE id = ANY(:ids)"), {"ids": list(expense_ids)})


async def mark_deleted(session: Session, work: Work, *, at: datetime) -> None:
    """Take work out of all figures. Its sales have been reversed before."""
    for table, ids in (("time_entry", work.entries), ("expense", work.expenses)):
        if ids:
            await session.execute(
                text(f"UPDATE {table} SET deleted_at = :at WHERE id = ANY(:ids)"), {"ids": list(ids), "at": at}
            )


async def lock_deleted_project(session: Session, organisation_id: int, project_id: int) -> ProjectRow | None:
    """None when there is no such project, or it is not deleted."""
    query = select(ProjectRow).where(
        ProjectRow.organisation_id == organisation_id,
        ProjectRow.id == project_id,
        col(ProjectRow.deleted_at).is_not(None),
    )
    locked = query.with_for_update().execution_options(populate_existing=True)
    found: ProjectRow | None = (await session.exec(locked)).one_or_none()
    return found


async def bring_back(session: Session, organisation_id: int, project_id: int, *, deleted_at: datetime) -> list[int]:
    """The tasks and expenses that were deleted with the project, at the same instant; returns ids of the expenses."""
    values = {"organisation": organisation_id, "project": project_id, "at": deleted_at}
    which = "WHERE organisation_id = :organisation AND project_id = :project AND deleted_at = :at"
    await session.execute(text(f"UPDATE task SET deleted_at = NULL {which}"), values)
    rows = await session.execute(text(f"UPDATE expense SET deleted_at = NULL {which} RETURNING id"), values)
    return sorted(row.id for row in rows)


async def first_gone(
    session: Session, project_ids: Collection[int], task_ids: Collection[int]
) -> tuple[str, int] | None:
    """'project' or 'task' with the id of one of these that is deleted; None when all are there."""
    rows = await session.execute(
        text("""
            SELECT 'project' AS what, id FROM project WHERE id = ANY(:projects) AND deleted_at IS NOT NULL
            UNION ALL SELECT 'task', id FROM task WHERE id = ANY(:tasks) AND deleted_at IS NOT NULL
            ORDER BY 1, 2 LIMIT 1
        """),
        {"projects": list(project_ids), "tasks": list(task_ids)},
    )
    row = rows.first()
    return (row.what, row.id) if row else None
