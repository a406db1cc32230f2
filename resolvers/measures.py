"""The measures of projects and tasks, and of selections of projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from hourledger.core.finances import FinancePreferences, Portfolio, ProjectMeasures, WorkMeasures
from hourledger.core.money import Money
from hourledger.core.work import ProjectStatus
from hourledger.services.finance_preferences import finance_preferences
from hourledger.services.portfolio_finances import portfolio_finances
from models.queries.measures import TaskBilling
from models.queries.portfolio import project_ids_where
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.projects import like_pattern

PROJECTS_MAX = 500


async def of_project(context: RequestContext, project_id: int, on: date | None) -> ProjectMeasures | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.measures(project_id, on)


async def of_task(context: RequestContext, project_id: int, task_id: int, on: date | None) -> WorkMeasures | None:
    measures = await of_project(context, project_id, on)
    return None if measures is None else measures.tasks.get(task_id)


async def billing_of_task(context: RequestContext, measures: WorkMeasures, name: str) -> Money:
    """``name`` of ``TaskBilling``, of the task and everything below it."""
    by_task = await context.loaders.task_billing(measures.project_id)
    nothing = TaskBilling()
    parts = [by_task.get(one.task_id or 0, nothing) for one in measures.branch.all_below()]
    return measures.money(sum(getattr(part, name) for part in parts))


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """A portfolio, and the day whose exchange rates it is converted by."""

    portfolio: Portfolio
    on: date


async def portfolio(
    context: RequestContext,
    *,
    project_ids: Sequence[str] | None,
    text: str | None,
    company_id: str | None,
    statuses: Sequence[ProjectStatus] | None,
    currency: str | None,
    on: date | None,
) -> PortfolioView:
    """These projects, or all that fit. Raises Invalid PROJECT_COUNT, ONE_OF_TWO; Missing PROJECT_UNKNOWN."""
    chosen = await chosen_projects(
        context, project_ids=project_ids, text=text, company_id=company_id, statuses=statuses
    )
    async with context.reading() as unit:
        day = on or unit.today
        return PortfolioView(await portfolio_finances(unit, chosen, currency=currency, on=day), day)


async def chosen_projects(
    context: RequestContext,
    *,
    project_ids: Sequence[str] | None,
    text: str | None,
    company_id: str | None,
    statuses: Sequence[ProjectStatus] | None,
) -> list[int]:
    """The ids of these projects, or of all that fit. Raises Denied; Invalid PROJECT_COUNT, ONE_OF_TWO."""
    context.principal.require(Permission.VIEW_PROJECTS)
    filtered = any(one is not None for one in (text, company_id, statuses))
    if project_ids is not None and filtered:
        raise Invalid("Name the projects or say what they have in common.", code="ONE_OF_TWO", field="projectIds")
    if project_ids is not None:
        chosen = [row_id(one, "Project", "projectIds") for one in project_ids]
    else:
        company = optional_row_id(company_id, "Company", "companyId")
        async with context.reading() as unit:
            chosen = await project_ids_where(
                unit.session,
                unit.organisation_id,
                like=f"%{like_pattern(text)}%" if text else None,
                company_id=company,
                statuses=statuses,
                limit=PROJECTS_MAX + 1,
            )
    if len(chosen) > PROJECTS_MAX:
        raise Invalid(
            f"A selection has at most {PROJECTS_MAX} projects: choose fewer.",
            code="PROJECT_COUNT",
            field="projectIds",
        )
    return chosen


async def preferences(context: RequestContext) -> FinancePreferences:
    context.principal.require(Permission.VIEW_PROJECTS)
    async with context.reading() as unit:
        return finance_preferences(unit)
