"""Inputs about the finances of projects and tasks. In an edit, what is left out stays as it is."""

from __future__ import annotations

from decimal import Decimal

import strawberry
from strawberry import UNSET

from hourledger.core.finances import EacMethod, IndexMethod, PercentBasis
from hourledger.core.work import CostType, ProjectStatus, RevenueType, TaskStatus
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of editProject; what is left out stays.")
class EditProjectInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    name: str | None = strawberry.field(default=UNSET, description="What people call it.")
    status: ProjectStatus | None = strawberry.field(
        default=UNSET, description="COMPLETE needs all tasks complete; then the fixed revenue is realised."
    )


@strawberry.input
class ProjectFinanceFields(MutationInput):
    budget: Decimal | None = strawberry.field(default=UNSET, description="What it may cost; null: no budget.")
    planned_benefit: Decimal | None = strawberry.field(default=UNSET, description="Zero or more; null: zero.")
    actual_benefit: Decimal | None = strawberry.field(default=UNSET, description="What it has brought; null: zero.")
    fixed_cost: Decimal | None = strawberry.field(
        default=UNSET, description="A cost of the project as a whole; null: zero."
    )
    fixed_revenue: Decimal | None = strawberry.field(
        default=UNSET, description="A revenue of the project as a whole; null: zero."
    )
    alignment_score: Decimal | None = strawberry.field(
        default=UNSET, description="How well it fits what you are after, 0 to 100; null: not scored."
    )
    performance_index_method: IndexMethod | None = strawberry.field(
        default=UNSET, description="What CPI and EAC are made of; null: as the organisation has it."
    )
    eac_method: EacMethod | None = strawberry.field(
        default=UNSET, description="Where the EAC comes from; null: as the organisation has it."
    )
    percent_complete_basis: PercentBasis | None = strawberry.field(
        default=UNSET, description="What weighs a percent complete; null: as the organisation has it."
    )


@strawberry.input(
    description="The input of editProjectFinances; amounts are in the project's currency; what is left out stays."
)
class EditProjectFinancesInput(ProjectFinanceFields):
    project_id: strawberry.ID = strawberry.field(description="The project.")


@strawberry.input(
    description="The input of editProjects: the same changes to each; amounts are in the currency of each project; "
    "what is left out stays."
)
class EditProjectsInput(ProjectFinanceFields):
    project_ids: list[strawberry.ID] = strawberry.field(description="1 to 500 projects.")
    status: ProjectStatus | None = strawberry.field(
        default=UNSET, description="COMPLETE needs all tasks complete; then the fixed revenue is realised."
    )


@strawberry.input(description="The input of setFinancePreferences.")
class SetFinancePreferencesInput(MutationInput):
    performance_index_method: IndexMethod = strawberry.field(
        default=IndexMethod.HOUR_BASED, description="What CPI and EAC are made of."
    )
    eac_method: EacMethod = strawberry.field(
        default=EacMethod.CALCULATE_AT_PROJECT, description="Where the EAC of a parent or project comes from."
    )
    percent_complete_basis: PercentBasis = strawberry.field(
        default=PercentBasis.PLANNED_HOURS, description="What weighs a percent complete."
    )
    auto_baseline_on_current: bool = strawberry.field(
        default=False, description="Whether a project gets a baseline whenever it becomes Current."
    )
    task_cost_type: CostType | None = strawberry.field(
        default=None, description="How new tasks cost where nothing is said; null: as it is now."
    )
    task_revenue_type: RevenueType | None = strawberry.field(
        default=None, description="How new tasks earn where nothing is said; null: as it is now."
    )


@strawberry.input(description="The input of setTaskStatus.")
class SetTaskStatusInput(MutationInput):
    task_id: strawberry.ID = strawberry.field(description="The task.")
    status: TaskStatus = strawberry.field(description="A complete task earns its fixed amount.")
    percent_complete: Decimal | None = strawberry.field(
        default=None,
        description="0 to 100, on a task without tasks below it; null: 100 when complete, else as it was.",
    )


@strawberry.input(description="The input of setIssueStatus.")
class SetIssueStatusInput(MutationInput):
    issue_id: strawberry.ID = strawberry.field(description="The issue.")
    status: TaskStatus = strawberry.field(description="A project is complete only when all of its issues are, too.")


@strawberry.input(
    description="The input of editTaskTypes; what is left out stays. What is logged is worth the same until it is "
    "recalculated."
)
class EditTaskTypesInput(MutationInput):
    task_id: strawberry.ID = strawberry.field(description="The task.")
    cost_type: CostType | None = strawberry.field(default=UNSET, description="Which cost rate applies.")
    cost_rate: Decimal | None = strawberry.field(default=UNSET, description="Per hour, for FIXED_HOURLY.")
    revenue_type: RevenueType | None = strawberry.field(default=UNSET, description="Which billing rate applies.")
    billing_rate: Decimal | None = strawberry.field(default=UNSET, description="Per hour, for FIXED_HOURLY.")
    billing_amount: Decimal | None = strawberry.field(default=UNSET, description="The cap or the fixed amount.")
