"""What was worked on assignments, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from models.database import Session
from models.queries.assignee_rows import ASSIGNEE_ROWS, SPEAKS


@dataclass(frozen=True, slots=True)
class AssignedWork:
    """Seconds; minor units of the project's currency."""

    project_id: int
    assignment_id: int
    day: date
    seconds: int
    cost_minor: int
    revenue_minor: int


async def work_of_assignments(session: Session, organisation_id: int, project_ids: Sequence[int]) -> list[AssignedWork]:
    """By the assignment that speaks for each hour; hours of people who are not assigned are of none."""
    rows = await session.execute(
        text(f"""
            SELECT e.project_id, {SPEAKS} AS assignment_id, e.work_date AS day, sum(e.seconds)::bigint AS seconds,
                   sum(e.cost_minor)::bigint AS cost_minor, sum(e.revenue_minor)::bigint AS revenue_minor
            FROM time_entry e {ASSIGNEE_ROWS}
            WHERE e.organisation_id = :organisation AND e.project_id = ANY(:projects) AND e.deleted_at IS NULL
              AND {SPEAKS} IS NOT NULL
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """),
        {"organisation": organisation_id, "projects": list(project_ids)},
    )
    return [AssignedWork(**row) for row in rows.mappings()]
