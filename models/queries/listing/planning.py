"""Work schedules and contours as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class WorkScheduleView:
    """``weekday_seconds``: Monday first."""

    id: int
    name: str
    is_default: bool
    weekday_seconds: list[int]


WORK_SCHEDULES = Listing(
    name="work_schedules",
    row=WorkScheduleView,
    alias="s",
    columns="s.id, s.name, s.is_default, s.weekday_seconds",
    source="work_schedule s",
    order=(("s.name", "text"), ("s.id", "bigint")),
)

IS_DEFAULT = "s.is_default"


@dataclass(frozen=True, slots=True)
class WorkScheduleDayView:
    schedule_id: int
    day: date
    seconds: int
    name: str


WORK_SCHEDULE_DAYS = Listing(
    name="work_schedule_days",
    row=WorkScheduleDayView,
    alias="d",
    columns="d.schedule_id, d.day, d.seconds, d.name",
    source="work_schedule_day d",
    order=(("d.day", "date"), ("d.id", "bigint")),
)


@dataclass(frozen=True, slots=True)
class AssignmentDayView:
    assignment_id: int
    day: date
    seconds: int


ASSIGNMENT_DAYS = Listing(
    name="assignment_days",
    row=AssignmentDayView,
    alias="d",
    columns="d.assignment_id, d.day, d.seconds",
    source="assignment_day d",
    order=(("d.day", "date"), ("d.id", "bigint")),
)

ASSIGNED_SECONDS = """coalesce(a.planned_seconds, (
    SELECT open.seconds / open.sharers + CASE WHEN open.place <= open.seconds % open.sharers THEN 1 ELSE 0 END
    FROM (
        SELECT o.id, row_number() OVER (ORDER BY o.id) AS place, count(*) OVER () AS sharers,
               greatest(t.planned_seconds - coalesce((
                   SELECT sum(m.planned_seconds)::bigint FROM assignment m WHERE m.task_id = t.id
               ), 0), 0) AS seconds
        FROM assignment o JOIN task t ON t.id = o.task_id
        WHERE o.task_id = a.task_id AND o.planned_seconds IS NULL
    ) open WHERE open.id = a.id
))::bigint"""
"""What assignment ``a`` has: by hand, or its equal share. The same as core's ``assigned_seconds``."""

LEAVES_BELOW = """LEFT JOIN LATERAL (
    WITH RECURSIVE below AS (
        SELECT child.id, child.planned_seconds, child.planned_start, child.planned_completion
        FROM task child WHERE child.parent_id = t.id
        UNION ALL
        SELECT child.id, child.planned_seconds, child.planned_start, child.planned_completion
        FROM below JOIN task child ON child.parent_id = below.id
    )
    SELECT sum(b.planned_seconds)::bigint AS planned_seconds, min(b.planned_start) AS planned_start,
           max(b.planned_completion) AS planned_completion, count(*) AS tasks
    FROM below b WHERE NOT EXISTS (SELECT FROM task child WHERE child.parent_id = b.id)
) below ON true"""
"""The plan of a parent task ``t``: of the tasks below it that have none below themselves (§2.6)."""
