"""Projects, tasks and assignments as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hourledger.core.work import CostType, ProjectStatus, RevenueType, TaskStatus
from models.queries.listing.keyset import Listing
from models.queries.listing.planning import ASSIGNED_SECONDS, LEAVES_BELOW


@dataclass(frozen=True, slots=True)
class ProjectView:
    id: int
    code: str
    name: str
    currency: str
    status: ProjectStatus
    company_id: int | None
    require_time_approval: bool
    preserve_billing_rates: bool
    exchange_rate_date: date | None
    company_rates_override: bool
    filters_hour_types: bool
    is_template: bool
    fixed_cost_minor: int
    fixed_revenue_minor: int
    alignment_percent: Decimal | None
    schedule_id: int | None
    created_at: datetime

    @property
    def project_id(self) -> int:
        """Its own id: its amounts are those of a project, like those of everything on it."""
        return self.id


PROJECTS = Listing(
    name="projects",
    row=ProjectView,
    alias="p",
    columns="p.id, p.code, p.name, p.currency, p.status, p.company_id, p.require_time_approval, "
    "p.company_rates_override, p.preserve_billing_rates, p.exchange_rate_date, p.filters_hour_types, p.is_template, "
    "p.fixed_cost_minor, p.fixed_revenue_minor, p.alignment_percent, p.schedule_id, p.created_at",
    source="project p",
    order=(("p.code", "text"),),
    where="p.deleted_at IS NULL",
    casts={"status": ProjectStatus},
)

NAMED_LIKE = "(p.code ILIKE :text OR p.name ILIKE :text)"
OF_COMPANY = "p.company_id = :company"
TEMPLATES = "p.is_template = :templates"


@dataclass(frozen=True, slots=True)
class TaskView:
    """``currency`` is the project's. Planned hours and dates of a parent are those of the tasks below it (§2.6)."""

    id: int
    project_id: int
    parent_id: int | None
    name: str
    status: TaskStatus
    currency: str
    cost_type: CostType
    cost_rate_scaled: int | None
    revenue_type: RevenueType
    billing_rate_scaled: int | None
    billing_amount_minor: int | None
    overtime_ratio: Decimal | None
    planned_seconds: int
    planned_start: date | None
    planned_completion: date | None
    first_day_seconds: int | None
    percent_complete: Decimal


TASKS = Listing(
    name="tasks",
    row=TaskView,
    alias="t",
    columns="t.id, t.project_id, t.parent_id, t.name, t.status, p.currency, t.cost_type, t.cost_rate_scaled, "
    "t.revenue_type, t.billing_rate_scaled, t.billing_amount_minor, t.overtime_ratio, "
    "CASE WHEN below.tasks = 0 THEN t.planned_seconds ELSE below.planned_seconds END AS planned_seconds, "
    "CASE WHEN below.tasks = 0 THEN t.planned_start ELSE below.planned_start END AS planned_start, "
    "CASE WHEN below.tasks = 0 THEN t.planned_completion ELSE below.planned_completion END AS planned_completion, "
    "CASE WHEN below.tasks = 0 THEN t.first_day_seconds END AS first_day_seconds, t.percent_complete",
    source=f"task t JOIN project p ON p.id = t.project_id {LEAVES_BELOW}",
    order=(("t.id", "bigint"),),
    where="NOT t.is_issue AND t.deleted_at IS NULL",
    casts={"status": TaskStatus, "cost_type": CostType, "revenue_type": RevenueType},
)


@dataclass(frozen=True, slots=True)
class AssignmentView:
    id: int
    task_id: int
    person_id: int | None
    role_id: int | None
    is_primary: bool
    is_billable: bool
    billing_role_id: int | None
    planned_seconds: int
    is_planned_by_hand: bool
    attributes: dict[str, int]


ASSIGNMENTS = Listing(
    name="assignments",
    row=AssignmentView,
    alias="a",
    columns="a.id, a.task_id, a.person_id, a.role_id, a.is_primary, a.is_billable, a.billing_role_id, "
    f"{ASSIGNED_SECONDS} AS planned_seconds, a.planned_seconds IS NOT NULL AS is_planned_by_hand, a.attributes",
    source="assignment a JOIN task ON task.id = a.task_id AND task.deleted_at IS NULL",
    order=(("a.id", "bigint"),),
)
