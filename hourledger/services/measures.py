"""The measures of projects and their tasks: rows in a bounded number of statements, the rest is core's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from hourledger.core.finances import (
    Branch,
    Figures,
    Methods,
    ProjectFacts,
    ProjectMeasures,
    Risk,
    RoleBudget,
    TaskFacts,
    WorkMeasures,
    grow,
)
from hourledger.core.money import ExchangeRates, HourlyRate, Money
from hourledger.core.periods import spanned
from hourledger.core.work import TaskStatus
from hourledger.services.finance_preferences import finance_preferences
from hourledger.services.plan_figures import PlannedFigures, ProjectPlan, plan_figures
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import measures as rows
from models.queries.exchange_rates import load_exchange_of_projects
from models.queries.finances import StoredSums, TaskSums, stored_sums, task_sums
from models.queries.measures import ExpensesByTask, MeasuredProject, MeasuredTask, PricedBudget


async def project_measures(
    unit: UnitOfWork, project_ids: Sequence[int], *, on: date | None = None
) -> dict[int, ProjectMeasures]:
    """By project id, for all at once; exact at this moment. Unknown projects are absent.

    ``on``: the day up to which work counts as scheduled (BCWS, SPI, CSI); None: today.

    Where a planned day has no exchange rate, ``plan_problem`` says so and the rest stands.

    Raises:
        Missing EXCHANGE_RATE_MISSING: a budget is in a currency without a rate on its day.
    Source: project-finances §2.6, §2.7, §8.
    """
    session, owner = unit.session, unit.organisation_id
    projects = await rows.measured_projects(session, owner, project_ids)
    ids = list(projects)
    sums = await stored_sums(session, owner, ids)
    plans = await plan_figures(unit, ids)
    trees = await _trees(unit, ids, plans)
    budgets = await priced_budgets(unit, projects)
    defaults = finance_preferences(unit).methods
    found = {}
    for project_id, project in projects.items():
        branch, methods = trees[project_id], methods_of(project, defaults)
        day, currency = on or unit.today, project.currency
        problem = plans[project_id].problem
        tasks = {
            one.task_id: WorkMeasures(project_id, one, currency, methods, day, plan_problem=problem)
            for one in branch.all_below()
            if one.task_id is not None
        }
        facts = _facts(project, sums[project_id], budgets[project_id])
        found[project_id] = ProjectMeasures(
            project_id, branch, currency, methods, day, facts, tasks, plan_problem=problem
        )
    return found


def methods_of(project: MeasuredProject, defaults: Methods) -> Methods:
    """The project's own methods, where it has any."""
    return defaults.overridden(project.index_method, project.eac_method, project.percent_basis)


def _facts(project: MeasuredProject, sums: StoredSums, role_budgets: tuple[RoleBudget, ...]) -> ProjectFacts:
    def money(minor: int) -> Money:
        return Money(minor, project.currency)

    return ProjectFacts(
        status=project.status,
        fixed_cost=money(sums.fixed_cost),
        fixed_revenue=money(project.fixed_revenue_minor),
        budget=None if project.budget_minor is None else money(project.budget_minor),
        planned_benefit=money(project.planned_benefit_minor),
        actual_benefit=money(project.actual_benefit_minor),
        billed_revenue=money(sums.billed),
        draft_revenue=money(sums.on_draft),
        unbilled_revenue=money(sums.unbilled),
        risks=tuple(
            Risk(money(one.potential_minor), one.probability_percent, money(one.actual_minor)) for one in project.risks
        ),
        role_budgets=role_budgets,
    )


async def _trees(unit: UnitOfWork, project_ids: list[int], plans: dict[int, ProjectPlan]) -> dict[int, Branch]:
    """Hours of a task that is not the project's count as logged on the project itself: no figure is lost."""
    session, owner = unit.session, unit.organisation_id
    expenses = await rows.expenses_by_task(session, owner, project_ids)
    tasks: dict[int, dict[int, MeasuredTask]] = {project_id: {} for project_id in project_ids}
    for task in await rows.measured_tasks(session, owner, project_ids):
        tasks[task.project_id][task.id] = task
    worked: dict[tuple[int, int | None], Figures] = defaultdict(Figures)
    for one in await task_sums(session, owner, project_ids):
        task_id = one.task_id if one.task_id in tasks[one.project_id] else None
        worked[one.project_id, task_id] += _worked(one)
    return {
        project_id: grow(
            worked[project_id, None],
            expenses.get((project_id, None), ()),
            [_task_facts(task, plans[project_id], worked, expenses) for task in tasks[project_id].values()],
        )
        for project_id in project_ids
    }


def _worked(sums: TaskSums) -> Figures:
    return Figures(
        actual_seconds=sums.actual_seconds,
        actual_labor_minor=sums.labor_cost,
        actual_hourly_revenue_minor=sums.hourly_revenue,
    )


def _task_facts(
    task: MeasuredTask, plan: ProjectPlan, worked: dict[tuple[int, int | None], Figures], expenses: ExpensesByTask
) -> TaskFacts:
    planned = plan.known.get(task.id, PlannedFigures())
    own = worked[task.project_id, task.id] + Figures(
        planned_seconds=planned.seconds,
        planned_labor_minor=planned.cost_minor,
        planned_hourly_revenue_minor=planned.revenue_minor,
        planned_fixed_revenue_minor=task.fixed_minor,
        realised_fixed_revenue_minor=task.fixed_minor if task.status is TaskStatus.COMPLETE else 0,
    )
    return TaskFacts(
        task_id=task.id,
        parent_id=task.parent_id,
        percent_complete=task.percent_complete,
        planned_start=task.planned_start,
        planned_completion=task.planned_completion,
        own=own,
        expenses=tuple(expenses.get((task.project_id, task.id), ())),
    )


async def priced_budgets(
    unit: UnitOfWork, projects: Mapping[int, MeasuredProject]
) -> dict[int, tuple[RoleBudget, ...]]:
    """By project: its role budgets in their order, with what they cost. Raises Missing EXCHANGE_RATE_MISSING."""
    exchange, one_currency = await _exchange(unit, projects), ExchangeRates(unit.base_currency, [])
    return {
        project_id: tuple(
            _role_budget(one, project.currency, exchange.get(project_id, one_currency)) for one in project.role_budgets
        )
        for project_id, project in projects.items()
    }


async def _exchange(unit: UnitOfWork, projects: Mapping[int, MeasuredProject]) -> dict[int | None, ExchangeRates]:
    """By project, of those with a budget in another currency; mostly there is none, and nothing is read."""
    converted = {
        project_id: [one for one in project.role_budgets if one.rate_currency not in {None, project.currency}]
        for project_id, project in projects.items()
    }
    found = {project_id: budgets for project_id, budgets in converted.items() if budgets}
    if not found:
        return {}
    return await load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        found,
        currencies={
            *(projects[project_id].currency for project_id in found),
            *(one.rate_currency for budgets in found.values() for one in budgets if one.rate_currency),
        },
        days=spanned(one.first_day for budgets in found.values() for one in budgets),
    )


def _role_budget(one: PricedBudget, currency: str, exchange: ExchangeRates) -> RoleBudget:
    """Priced at the role's own cost rate on the first day, in the project's currency; no rate: hours without cost."""
    if one.rate_scaled is None or one.rate_currency is None:
        return RoleBudget(one.seconds, HourlyRate(0, currency), currency, Fraction(1))
    factor = exchange.factor(one.rate_currency, currency, one.first_day)
    return RoleBudget(one.seconds, HourlyRate(one.rate_scaled, one.rate_currency), currency, factor)
