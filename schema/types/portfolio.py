"""Any selection of projects in one currency, and what the organisation prefers."""

from __future__ import annotations

from datetime import date

import strawberry

from hourledger.core.finances import EacMethod, IndexMethod, PercentBasis
from hourledger.core.work import CostType, RevenueType
from resolvers import projects
from schema.fields import guarded, reads, resolves
from schema.measured import COST, GENERAL, guarded_ratio
from schema.references import PROJECT
from schema.types.portfolio_sums import PortfolioSums


@strawberry.type(description="One project of a selection, in the currency of the selection.")
class PortfolioProject:
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    is_on_budget = guarded(
        bool,
        "Whether its actual cost is not above its budget, or above its planned cost where it has no budget.",
        lambda it: it.is_on_budget,
        COST,
        GENERAL,
    )
    figures = reads(PortfolioSums, "Its figures.", lambda it: it.figures)


@strawberry.type(
    description="A selection of projects in one currency, by the exchange rates of one day: a project's own where it "
    "has some. Each project is converted by itself and rounded once: the projects sum to the total."
)
class PortfolioFinances:
    currency: str = reads(str, "ISO 4217 code of all its figures.", lambda it: it.portfolio.currency)
    on: date = strawberry.field(description="The day whose exchange rates were used.")
    figures = reads(PortfolioSums, "The sums; ratios are ratios of sums.", lambda it: it.portfolio.figures)
    on_budget_percent = guarded_ratio(
        "Projects on budget, in percent of those that are Current or Approved; null too when none is.",
        lambda it: it.portfolio.on_budget_percent,
        COST,
        GENERAL,
    )
    projects = reads(list[PortfolioProject], "Its projects.", lambda it: it.portfolio.rows)


@strawberry.type(description="How the organisation measures its projects and begins its tasks, where these do not say.")
class FinancePreferences:
    performance_index_method = reads(IndexMethod, "What CPI and EAC are made of.", lambda it: it.methods.index)
    eac_method = reads(EacMethod, "Where the EAC of a parent or project comes from.", lambda it: it.methods.eac)
    percent_complete_basis = reads(PercentBasis, "What weighs a percent complete.", lambda it: it.methods.basis)
    auto_baseline_on_current = reads(
        bool, "Whether a project gets a baseline whenever it becomes Current.", lambda it: it.auto_baseline
    )
    task_cost_type = reads(CostType, "How new tasks cost where nothing is said.", lambda it: it.task_cost_type)
    task_revenue_type = reads(RevenueType, "How new tasks earn where nothing is said.", lambda it: it.task_revenue_type)
