"""Issues as they are shown: what is logged on them, and what that costs. Their revenue shows on the project only."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.work import TaskStatus
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class IssueView:
    """``cost_minor`` in minor units of the project's currency."""

    id: int
    project_id: int
    name: str
    status: TaskStatus
    currency: str
    actual_seconds: int
    cost_minor: int


ISSUES = Listing(
    name="issues",
    row=IssueView,
    alias="t",
    columns="t.id, t.project_id, t.name, t.status, p.currency, spent.seconds AS actual_seconds, spent.cost_minor",
    source="""task t JOIN project p ON p.id = t.project_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(e.seconds), 0)::bigint AS seconds, coalesce(sum(e.cost_minor), 0)::bigint AS cost_minor
            FROM time_entry e WHERE e.task_id = t.id AND e.deleted_at IS NULL
        ) spent""",
    order=(("t.id", "bigint"),),
    where="t.is_issue AND t.deleted_at IS NULL",
    casts={"status": TaskStatus},
)
