"""Baselines, and two moments of a project side by side."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from hourledger.core.finances import EacMethod, IndexMethod, displayed
from hourledger.core.finances.baseline import SEEN_WITH
from hourledger.core.work import CostType, RevenueType
from models.queries.listing.value import BaselineView
from resolvers import projects, value
from resolvers.told_money import OfProject, of_project
from schema.fields import guarded, is_value, pages, reads, resolves
from schema.node import Connection, Node
from schema.references import BASELINE, MONEY, PROJECT, TASK


def kept(description: str, name: str) -> Any:
    """A figure of a baseline as Money."""
    return guarded(MONEY, description, lambda it: it.amount(name), *SEEN_WITH[name])


def kept_ratio(description: str, name: str) -> Any:
    """With two decimals."""
    return guarded(Decimal, description, lambda it: displayed(getattr(it, name)), *SEEN_WITH[name])


def _eac_hours(it: Any) -> Decimal | None:
    return None if it.eac_seconds is None else displayed(it.eac_seconds, 3600)


@strawberry.type(
    description="The figures of a project or task at one moment, or by how much they differ between two. Null are also "
    "those that only projects have, and those that one of the two moments does not have."
)
class BaselineFigures:
    planned_labor_cost = kept("Planned hours at their cost rates.", "planned_labor")
    planned_expense_cost = kept("Planned expenses.", "planned_expense")
    planned_billable_expense_cost = kept("Those a customer pays for.", "planned_billable_expense")
    planned_non_billable_expense_cost = kept("Those nobody pays for.", "planned_non_billable_expense")
    planned_cost = kept("Planned labour, expenses and fixed cost.", "planned_cost")
    actual_labor_cost = kept("What the logged hours cost.", "actual_labor")
    actual_expense_cost = kept("Actual expenses, of a project with the fixed cost.", "actual_expense")
    actual_billable_expense_cost = kept("Those a customer pays for.", "actual_billable_expense")
    actual_non_billable_expense_cost = kept("Those nobody pays for.", "actual_non_billable_expense")
    actual_cost = kept("Labour and expenses.", "actual_cost")
    planned_revenue = kept("Planned revenue.", "planned_revenue")
    actual_revenue = kept("Actual revenue.", "actual_revenue")
    planned_risk_cost = kept("What risks may cost x how likely they are.", "planned_risk")
    budgeted_cost = kept("Budgeted labour, planned expenses and fixed cost.", "budgeted")
    budgeted_labor_cost = kept("Budgeted hours of roles at their cost rates.", "budgeted_labor")
    fixed_cost = kept("The fixed cost of the project.", "fixed_cost")
    fixed_revenue = kept("The fixed revenue of the project.", "fixed_revenue")
    planned_benefit = kept("What the project is to bring.", "planned_benefit")
    eac_cost = kept("Estimate at completion, when it was cost based.", "eac")
    eac_hours = guarded(Decimal, "Estimate at completion, when it was hour based.", _eac_hours, *SEEN_WITH["eac_hours"])
    cpi = kept_ratio("Cost performance index.", "cpi")
    spi = kept_ratio("Schedule performance index.", "spi")
    csi = kept_ratio("CPI x SPI.", "csi")


@strawberry.type(description="A task as it was when a baseline was taken, or as it is.")
class BaselineTask:
    name: str = strawberry.field(description="Its name.")
    cost_type: CostType = strawberry.field(description="Which cost rate applied.")
    revenue_type: RevenueType = strawberry.field(description="Which billing rate applied.")
    figures = reads(BaselineFigures, "Its figures.", lambda it: OfProject(getattr(it, "figures", it), it.project_id))


@strawberry.type(description="The numbers of a project and its tasks at one moment; nothing changes them.")
class Baseline(Node):
    is_type_of = is_value(BaselineView)
    name: str = strawberry.field(description="Unique in the project.")
    is_default: bool = strawberry.field(description="Whether it is the one to compare with.")
    taken_on: date = strawberry.field(description="The day it was taken.")
    taken_at: datetime = strawberry.field(description="The moment it was taken.")
    taken_by: str = strawberry.field(description="Who took it.")
    performance_index_method: IndexMethod = reads(
        IndexMethod, "What CPI and EAC were made of.", lambda it: it.index_method
    )
    eac_method: EacMethod = strawberry.field(description="Where the EAC came from.")
    figures = reads(BaselineFigures, "The project's figures.", lambda it: it)
    tasks = pages(
        Connection[BaselineTask],
        "Its tasks, oldest first.",
        lambda context, it, page: value.baseline_tasks(context, it.id, page),
    )
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )


@strawberry.type(description="A task at two moments.")
class BaselineTaskComparison:
    task = resolves(
        TASK | None, "The task; null: it is gone.", lambda context, it: projects.task_by_id(context, it.task_id)
    )
    before: BaselineTask | None = strawberry.field(description="As it was at the first; null: it was not there.")
    after: BaselineTask | None = strawberry.field(description="As it was at the second; null: it was not there.")
    difference = reads(
        BaselineFigures | None,
        "After less before; null unless it was there both times.",
        lambda it: it.before and of_project(it.difference, it.before.project_id),
    )


@strawberry.type(description="Two baselines of a project side by side, or one and now.")
class BaselineComparison:
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    a = resolves(BASELINE | None, "The first.", lambda context, it: value.baseline_by_id(context, it.before_id))
    b = resolves(
        BASELINE | None, "The second; null: now.", lambda context, it: value.baseline_by_id(context, it.after_id)
    )
    before = reads(
        BaselineFigures, "The project's figures at the first.", lambda it: OfProject(it.before, it.project_id)
    )
    after = reads(
        BaselineFigures, "The project's figures at the second.", lambda it: OfProject(it.after, it.project_id)
    )
    difference = reads(BaselineFigures, "After less before.", lambda it: OfProject(it.difference, it.project_id))
    tasks: list[BaselineTaskComparison] = strawberry.field(description="Every task of either.")
