"""Projects, tasks and assignments as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hourledger.core.work import CostType, ProjectStatus, RevenueType, TaskStatus
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class ProjectView:
    id: int
    code: str
    name: str
    currency: str
    status: ProjectStatus
    company_id: int | None
    require_time_approval: bool
    filters_hour_types: bool
    fixed_cost_minor: int
    fixed_revenue_minor: int
    created_at: datetime


PROJECTS = Listing(
    name="projects",
    row=ProjectView,
    alias="p",
    columns="p.id, p.code, p.name, p.currency, p.status, p.company_id, p.require_time_approval, "
    "p.filters_hour_types, p.fixed_cost_minor, "
    "p.fixed_revenue_minor, p.created_at",
    source="project p",
    order=(("p.code", "text"),),
    casts={"status": ProjectStatus},
)

NAMED_LIKE = "(p.code ILIKE :text OR p.name ILIKE :text)"
OF_COMPANY = "p.company_id = :company"


@dataclass(frozen=True, slots=True)
class TaskView:
    """``currency`` is the project's."""

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
    percent_complete: Decimal


TASKS = Listing(
    name="tasks",
    row=TaskView,
    alias="t",
    columns="t.id, t.project_id, t.parent_id, t.name, t.status, p.currency, t.cost_type, t.cost_rate_scaled, "
    "t.revenue_type, t.billing_rate_scaled, t.billing_amount_minor, t.overtime_ratio, t.planned_seconds, "
    "t.planned_start, "
    "t.planned_completion, t.percent_complete",
    source="task t JOIN project p ON p.id = t.project_id",
    order=(("t.id", "bigint"),),
    where="NOT t.is_issue",
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


ASSIGNMENTS = Listing(
    name="assignments",
    row=AssignmentView,
    alias="a",
    columns="a.id, a.task_id, a.person_id, a.role_id, a.is_primary, a.is_billable, a.billing_role_id, "
    "a.planned_seconds",
    source="assignment a",
    order=(("a.id", "bigint"),),
)
