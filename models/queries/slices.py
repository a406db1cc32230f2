"""The hours of projects in slices that fit into memory, capped tasks whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from models.database import Session

Slice = tuple[str, dict[str, Any]]
"""A condition on ``time_entry e`` and its values."""

_CAPPED = "SELECT id FROM task WHERE project_id = ANY(cast(:projects AS bigint[])) AND revenue_type LIKE '%\\_CAP'"


async def count_entries(session: Session, project_ids: Sequence[int]) -> dict[int, int]:
    """How many live hours these projects have, from the roll-ups; a project without any is absent."""
    rows = await session.execute(
        text("""
            SELECT project_id, sum(entries)::bigint AS entries FROM (
                SELECT project_id, entries FROM roll_up WHERE project_id = ANY(cast(:projects AS bigint[]))
                UNION ALL
                SELECT project_id, entries FROM roll_up_delta WHERE project_id = ANY(cast(:projects AS bigint[]))
            ) kept GROUP BY project_id HAVING sum(entries) <> 0
        """),
        {"projects": list(project_ids)},
    )
    return {row.project_id: row.entries for row in rows}


async def slices(session: Session, project_ids: Sequence[int], entries_max: int) -> list[Slice]:
    """Conditions that together choose every hour of these projects once, each about ``entries_max`` of them.

    Hours of one day, and of one task with a cap, stay together however many there are.
    """
    values: dict[str, Any] = {"projects": list(project_ids)}
    total = sum((await count_entries(session, project_ids)).values())
    if total <= entries_max:
        return [("e.project_id = ANY(cast(:projects AS bigint[]))", values)] if total else []
    of_projects = "e.project_id = ANY(cast(:projects AS bigint[])) AND e.deleted_at IS NULL"
    free = f"coalesce(e.task_id NOT IN ({_CAPPED}), true)"
    days = await session.execute(
        text(
            f"SELECT e.work_date AS part, count(*) AS entries FROM time_entry e WHERE {of_projects} AND {free} "
            "GROUP BY e.work_date ORDER BY e.work_date"
        ),
        values,
    )
    tasks = await session.execute(
        text(
            f"SELECT e.task_id AS part, count(*) AS entries FROM time_entry e WHERE {of_projects} "
            f"AND e.task_id IN ({_CAPPED}) GROUP BY e.task_id ORDER BY e.task_id"
        ),
        values,
    )
    found: list[Slice] = [
        (
            f"e.project_id = ANY(cast(:projects AS bigint[])) AND {free} AND e.work_date BETWEEN :first AND :last",
            values | {"first": parts[0], "last": parts[-1]},
        )
        for parts in _runs(days.all(), entries_max)
    ]
    found += [
        ("e.task_id = ANY(cast(:tasks AS bigint[]))", {"tasks": parts}) for parts in _runs(tasks.all(), entries_max)
    ]
    return found


def _runs(counted: Sequence[Any], entries_max: int) -> list[list[Any]]:
    """Neighbouring parts, together up to so many entries."""
    runs: list[list[Any]] = []
    entries = 0
    for row in counted:
        if not runs or entries + row.entries > entries_max:
            runs.append([])
            entries = 0
        runs[-1].append(row.part)
        entries += row.entries
    return runs
