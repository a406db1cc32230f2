"""When planned work falls: schedules, contours, and which leaf tasks are below which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import text

from hourledger.core.finances import STANDARD_SCHEDULE, WorkSchedule
from models.database import Session


async def load_schedules(
    session: Session, organisation_id: int, schedule_ids: Iterable[int | None]
) -> dict[int | None, WorkSchedule]:
    """By id; under None the organisation's default, Monday to Friday when it has none."""
    rows = await session.execute(
        text("""
            SELECT s.id, s.is_default, s.weekday_seconds,
                   coalesce(array_agg(d.day ORDER BY d.day) FILTER (WHERE d.id IS NOT NULL), '{}') AS days,
                   coalesce(array_agg(d.seconds ORDER BY d.day) FILTER (WHERE d.id IS NOT NULL), '{}') AS seconds
            FROM work_schedule s LEFT JOIN work_schedule_day d ON d.schedule_id = s.id
            WHERE s.organisation_id = :organisation AND (s.is_default OR s.id = ANY(:ids)) GROUP BY s.id
        """),
        {"organisation": organisation_id, "ids": sorted({one for one in schedule_ids if one is not None})},
    )
    found: dict[int | None, WorkSchedule] = {None: STANDARD_SCHEDULE}
    for row in rows:
        schedule = WorkSchedule(tuple(row.weekday_seconds), dict(zip(row.days, row.seconds, strict=True)))
        found[row.id] = schedule
        if row.is_default:
            found[None] = schedule
    return found


async def contours(
    session: Session, organisation_id: int, *, project_ids: Sequence[int] = (), task_ids: Sequence[int] = ()
) -> dict[int, dict[date, int]]:
    """By assignment id the seconds per day, of all assignments of these projects or tasks that have a contour."""
    rows = await session.execute(
        text("""
            SELECT d.assignment_id, d.day, d.seconds
            FROM assignment_day d JOIN assignment a ON a.id = d.assignment_id JOIN task t ON t.id = a.task_id
            WHERE d.organisation_id = :organisation AND (t.project_id = ANY(:projects) OR t.id = ANY(:tasks))
            ORDER BY d.assignment_id, d.day
        """),
        {"organisation": organisation_id, "projects": list(project_ids), "tasks": list(task_ids)},
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for row in rows:
        found[row.assignment_id][row.day] = row.seconds
    return dict(found)


async def leaves_below(session: Session, organisation_id: int, project_ids: Sequence[int]) -> dict[int, list[int]]:
    """By task id the tasks without children that are below it; a task without children is its own."""
    rows = await session.execute(
        text("""
            WITH RECURSIVE up AS (
                SELECT t.id AS leaf, t.id, t.parent_id FROM task t
                WHERE t.organisation_id = :organisation AND t.project_id = ANY(:projects) AND t.deleted_at IS NULL
                  AND NOT EXISTS (SELECT FROM task child WHERE child.parent_id = t.id)
                UNION
                SELECT up.leaf, t.id, t.parent_id FROM up JOIN task t ON t.id = up.parent_id
            )
            SELECT id, leaf FROM up ORDER BY id, leaf
        """),
        {"organisation": organisation_id, "projects": list(project_ids)},
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.id].append(row.leaf)
    return dict(found)


async def has_children(session: Session, organisation_id: int, task_id: int) -> bool:
    """Whether it is a parent task."""
    rows = await session.execute(
        text("SELECT EXISTS (SELECT FROM task WHERE organisation_id = :organisation AND parent_id = :task)"),
        {"organisation": organisation_id, "task": task_id},
    )
    return bool(rows.scalar())


async def has_logged(session: Session, organisation_id: int, task_id: int, person_id: int) -> bool:
    """Whether the person has hours on the task."""
    rows = await session.execute(
        text("""
            SELECT EXISTS (SELECT FROM time_entry WHERE organisation_id = :organisation AND task_id = :task
                             AND person_id = :person AND deleted_at IS NULL)
        """),
        {"organisation": organisation_id, "task": task_id, "person": person_id},
    )
    return bool(rows.scalar())


async def clear_contours(session: Session, assignment_ids: Sequence[int]) -> None:
    await session.execute(
        text("DELETE FROM assignment_day WHERE assignment_id = ANY(:ids)"), {"ids": list(assignment_ids)}
    )
