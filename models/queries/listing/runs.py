"""Recalculation runs as they are shown: how far they are, what came of each project, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hourledger.core.recalculation import RecalculationScope
from models.database import Session
from models.queries.listing.keyset import Listing
from models.tables import ProjectOutcome, RunKind, RunStatus


@dataclass(frozen=True, slots=True)
class RunView:
    """``of_run_id``: the preview it commits or the run it takes back."""

    id: int
    kind: RunKind
    status: RunStatus
    requested_by: str
    reason: str
    scope: dict[str, Any]
    of_run_id: int | None
    started_at: datetime
    finished_at: datetime | None
    cancel_requested_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunProjectView:
    """What came of one project of a run; deltas in minor units of ``currency``. No project: general time."""

    id: int
    run_id: int
    project_id: int | None
    outcome: ProjectOutcome
    currency: str | None
    entries: int
    changed: int
    unchanged: int
    frozen: int
    cost_delta_minor: int
    revenue_delta_minor: int
    code: str
    message: str
    digest: str


@dataclass(frozen=True, slots=True)
class RehearsedProjectView(RunProjectView):
    """What would come of a project; there is no run that says which hours it is about."""

    scope: RecalculationScope


@dataclass(frozen=True, slots=True)
class RunTotalView:
    """All projects of a run in one currency. ``failed``: those that could not be done."""

    run_id: int
    currency: str
    projects: int
    failed: int
    entries: int
    changed: int
    frozen: int
    cost_delta_minor: int
    revenue_delta_minor: int


@dataclass(frozen=True, slots=True)
class RunChangeView:
    """One hour before and after; ``provenance``: why (hourledger.core.rates.Reason), None before it was rated at all.

    ``is_cap_moved``: the rates are the same, only its share of the task's cap is another.
    """

    time_entry_id: int
    project_id: int | None
    work_date: date
    currency: str
    cost_before_minor: int
    cost_after_minor: int
    revenue_before_minor: int
    revenue_after_minor: int
    provenance_before: dict[str, Any] | None
    provenance_after: dict[str, Any]
    is_cap_moved: bool


RUNS = Listing(
    name="recalculation_runs",
    row=RunView,
    alias="r",
    columns="r.id, r.kind, r.status, r.requested_by, r.reason, r.scope, r.of_run_id, r.started_at, r.finished_at, "
    "r.cancel_requested_at",
    source="recalculation_run r",
    order=(("r.id", "bigint"),),
    descending=True,
    casts={"status": RunStatus, "kind": RunKind},
)
OF_KIND = "r.kind = ANY(cast(:kinds AS text[]))"
OF_STATUS = "r.status = ANY(cast(:statuses AS text[]))"

RUN_PROJECTS = Listing(
    name="recalculation_projects",
    row=RunProjectView,
    alias="p",
    columns="p.id, p.run_id, p.project_id, p.outcome, p.currency, p.entries, p.changed, p.unchanged, p.frozen, "
    "p.cost_delta_minor, p.revenue_delta_minor, p.code, p.message, p.digest",
    source="recalculation_project p",
    order=(("p.id", "bigint"),),
    casts={"outcome": ProjectOutcome},
)
OF_RUN = "p.run_id = :run"
OF_OUTCOME = "p.outcome = ANY(cast(:outcomes AS text[]))"

RUN_CHANGES = Listing(
    name="recalculation_changes",
    row=RunChangeView,
    alias="v",
    columns="v.time_entry_id, e.project_id, v.work_date, v.currency, coalesce(o.cost_minor, 0) AS cost_before_minor, "
    "v.cost_minor AS cost_after_minor, coalesce(o.revenue_minor, 0) AS revenue_before_minor, "
    "v.revenue_minor AS revenue_after_minor, b.provenance AS provenance_before, a.provenance AS provenance_after, "
    "v.cause = 'CAP_MOVED' AS is_cap_moved",
    source="""time_entry e JOIN valuation v ON v.time_entry_id = e.id
        JOIN rating_reason a ON a.id = v.reason_id
        LEFT JOIN LATERAL (
            SELECT * FROM valuation o WHERE o.time_entry_id = e.id AND o.id < v.id ORDER BY o.id DESC LIMIT 1
        ) o ON true
        LEFT JOIN rating_reason b ON b.id = o.reason_id""",
    order=(("v.time_entry_id", "bigint"), ("v.id", "bigint")),
)
BY_RUN = "v.run_id = :run"
ON_PROJECT = "e.project_id IS NOT DISTINCT FROM cast(:project AS bigint)"


async def run_totals(session: Session, run_ids: Sequence[int]) -> dict[int, list[RunTotalView]]:
    """By run, a row for each currency in it; without a currency (a project that is not there): XXX."""
    rows = await session.execute(
        text("""
            SELECT run_id, coalesce(currency, 'XXX') AS currency, count(*) AS projects,
                   count(*) FILTER (WHERE outcome NOT IN ('PENDING', 'DONE', 'SKIPPED')) AS failed,
                   coalesce(sum(entries) FILTER (WHERE outcome <> 'PENDING'), 0)::bigint AS entries,
                   sum(changed)::bigint AS changed, sum(frozen)::bigint AS frozen,
                   sum(cost_delta_minor)::bigint AS cost_delta_minor,
                   sum(revenue_delta_minor)::bigint AS revenue_delta_minor
            FROM recalculation_project WHERE run_id = ANY(:runs) GROUP BY run_id, coalesce(currency, 'XXX')
            ORDER BY run_id, 2
        """),
        {"runs": list(run_ids)},
    )
    found: dict[int, list[RunTotalView]] = {}
    for row in rows.mappings():
        found.setdefault(row["run_id"], []).append(RunTotalView(**row))
    return found
