"""Risks, role budgets and baselines as they are shown. Amounts in minor units of the project's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hourledger.core.finances import BaselineFigures, EacMethod, IndexMethod
from hourledger.core.work import CostType, RevenueType, RiskStatus
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class RiskView:
    id: int
    project_id: int
    currency: str
    description: str
    kind: str
    status: RiskStatus
    probability_percent: Decimal
    potential_minor: int
    actual_minor: int
    mitigation_plan: str
    mitigation_minor: int
    entered_at: datetime
    entered_by: str


RISKS = Listing(
    name="risks",
    row=RiskView,
    alias="r",
    columns="r.id, r.project_id, p.currency, r.description, r.kind, r.status, r.probability_percent, "
    "r.potential_minor, r.actual_minor, r.mitigation_plan, r.mitigation_minor, r.entered_at, r.entered_by",
    source="risk r JOIN project p ON p.id = r.project_id AND p.deleted_at IS NULL",
    order=(("r.id", "bigint"),),
    casts={"status": RiskStatus},
)


@dataclass(frozen=True, slots=True)
class RoleBudgetView:
    id: int
    project_id: int
    role_id: int
    first_day: date
    seconds: int


ROLE_BUDGETS = Listing(
    name="role_budgets",
    row=RoleBudgetView,
    alias="b",
    columns="b.id, b.project_id, b.role_id, b.first_day, b.seconds",
    source="role_budget b JOIN project p ON p.id = b.project_id AND p.deleted_at IS NULL",
    order=(("b.first_day", "date"), ("b.id", "bigint")),
)

_FIGURES = tuple(name for name in BaselineFigures.__dataclass_fields__ if name != "currency")
_OF_PROJECTS = (
    "planned_risk_minor",
    "budgeted_minor",
    "budgeted_labor_minor",
    "fixed_cost_minor",
    "fixed_revenue_minor",
    "planned_benefit_minor",
)


@dataclass(frozen=True, slots=True)
class BaselineView(BaselineFigures):
    """The baseline is its own figures."""

    id: int
    project_id: int
    name: str
    is_default: bool
    taken_on: date
    taken_at: datetime
    taken_by: str
    index_method: IndexMethod
    eac_method: EacMethod


BASELINES = Listing(
    name="baselines",
    row=BaselineView,
    alias="s",
    columns="s.id, s.project_id, s.name, s.is_default, s.taken_on, s.taken_at, s.taken_by, s.currency, "
    "s.index_method, s.eac_method, " + ", ".join(f"s.{name}" for name in _FIGURES),
    source="baseline s JOIN project p ON p.id = s.project_id AND p.deleted_at IS NULL",
    order=(("s.id", "bigint"),),
    descending=True,
    casts={"index_method": IndexMethod, "eac_method": EacMethod},
)


@dataclass(frozen=True, slots=True)
class BaselineTaskView(BaselineFigures):
    """Likewise; ``task_id`` and ``parent_id`` may name tasks that are gone."""

    id: int
    baseline_id: int
    project_id: int
    task_id: int
    parent_id: int | None
    name: str
    cost_type: CostType
    revenue_type: RevenueType


BASELINE_TASKS = Listing(
    name="baseline_tasks",
    row=BaselineTaskView,
    alias="k",
    columns="k.id, k.baseline_id, s.project_id, k.task_id, k.parent_id, k.name, k.cost_type, k.revenue_type, "
    "s.currency, " + ", ".join(f"{'NULL AS ' if name in _OF_PROJECTS else 'k.'}{name}" for name in _FIGURES),
    source="baseline_task k JOIN baseline s ON s.id = k.baseline_id",
    order=(("k.task_id", "bigint"), ("k.id", "bigint")),
    casts={"cost_type": CostType, "revenue_type": RevenueType},
)
