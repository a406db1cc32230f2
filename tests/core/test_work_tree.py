"""The tree of a project's tasks: everything adds up at every level (project-finances §2.6, §2.7, §8.11, §8.12)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.finances import (
    Branch,
    EacMethod,
    ExpenseAmounts,
    Figures,
    FinancePreferences,
    IndexMethod,
    Methods,
    PercentBasis,
    PortfolioFigures,
    ProjectFacts,
    ProjectMeasures,
    ProjectValue,
    Risk,
    TaskFacts,
    WorkMeasures,
    baseline_figures,
    expense_figures,
    grow,
    portfolio_of,
    rolled,
)
from hourledger.core.money import Money
from hourledger.core.work import ProjectStatus

AMOUNTS = st.integers(-(10**9), 10**9)
PLANS = st.integers(0, 10**9)
EXPENSES = st.lists(st.builds(ExpenseAmounts, AMOUNTS, AMOUNTS, st.booleans()), max_size=4).map(tuple)
OWN = st.builds(
    Figures,
    planned_seconds=PLANS,
    planned_labor_minor=PLANS,
    planned_hourly_revenue_minor=PLANS,
    planned_fixed_revenue_minor=AMOUNTS,
    actual_seconds=AMOUNTS,
    actual_labor_minor=AMOUNTS,
    actual_hourly_revenue_minor=AMOUNTS,
    realised_fixed_revenue_minor=AMOUNTS,
)
WORKED = OWN.map(lambda own: replace(own, planned_seconds=0, planned_labor_minor=0, planned_hourly_revenue_minor=0))
_PLANNED = {"planned_seconds", "planned_labor_minor", "planned_hourly_revenue_minor"}


@st.composite
def task_lists(draw: st.DrawFn) -> list[TaskFacts]:
    """Tasks in any order, each below an earlier one or none."""
    size = draw(st.integers(0, 8))
    tasks = [
        TaskFacts(
            task_id=number,
            parent_id=draw(st.one_of(st.none(), st.integers(1, number - 1))) if number > 1 else None,
            percent_complete=draw(st.integers(0, 100)),
            own=draw(OWN),
            expenses=draw(EXPENSES),
        )
        for number in range(1, size + 1)
    ]
    return draw(st.permutations(tasks))


@given(WORKED, EXPENSES, task_lists())
def test_i2_a_parent_is_its_own_figures_and_those_of_its_children(
    direct: Figures, expenses: tuple[ExpenseAmounts, ...], tasks: list[TaskFacts]
) -> None:
    tree = grow(direct, expenses, tasks)
    branches = list(tree.all_below())
    assert sorted(one.task_id for one in branches if one.task_id is not None) == list(range(1, len(tasks) + 1))
    for one in branches:
        assert one.figures == sum((child.figures for child in one.children), one.own)
        assert one.figures == sum((below.own for below in one.all_below()), Figures())


@given(WORKED, EXPENSES, task_lists())
def test_i2_the_project_is_the_sum_of_all_that_was_logged_and_spent(
    direct: Figures, expenses: tuple[ExpenseAmounts, ...], tasks: list[TaskFacts]
) -> None:
    tree = grow(direct, expenses, tasks)
    parents = {task.parent_id for task in tasks}
    for one in fields(Figures):
        counted = [task for task in tasks if one.name not in _PLANNED or task.task_id not in parents]
        whole = sum(getattr(task.own, one.name) for task in counted) + getattr(direct, one.name)
        spent = expense_figures([*expenses, *(row for task in tasks for row in task.expenses)])
        assert getattr(tree.figures, one.name) == whole + getattr(spent, one.name)


@given(WORKED, EXPENSES, task_lists())
def test_i8_billable_and_not_are_all_expenses_at_every_level(
    direct: Figures, expenses: tuple[ExpenseAmounts, ...], tasks: list[TaskFacts]
) -> None:
    for one in grow(direct, expenses, tasks).all_below():
        sums = rolled(one.work)
        assert one.figures.planned_expense_minor == sums.planned_expense_minor
        assert one.figures.actual_expense_minor == sums.actual_expense_minor
        assert (one.figures.planned_seconds, one.figures.actual_seconds) == (sums.planned_seconds, sums.actual_seconds)
        assert one.figures.actual_labor_minor == sums.actual_labor_minor  # I1: earned value has the same labour


@given(EXPENSES)
def test_expenses_may_be_added_up_first_if_signs_stay_apart(expenses: tuple[ExpenseAmounts, ...]) -> None:
    groups: dict[tuple[bool, int], ExpenseAmounts] = {}
    for row in expenses:
        key = (row.is_billable, (row.actual_minor > 0) - (row.actual_minor < 0))
        before = groups.get(key, ExpenseAmounts(0, 0))
        groups[key] = ExpenseAmounts(
            before.planned_minor + row.planned_minor, before.actual_minor + row.actual_minor, row.is_billable
        )
    one_by_one, added_up = grow(Figures(), expenses, []), grow(Figures(), tuple(groups.values()), [])
    assert one_by_one.figures == added_up.figures
    assert rolled(one_by_one.work) == rolled(added_up.work)


def test_a_task_whose_parent_is_elsewhere_stands_at_the_top() -> None:
    tree = grow(Figures(), (), [TaskFacts(task_id=2, parent_id=1, own=Figures(planned_seconds=5))])
    assert [child.task_id for child in tree.children] == [2]
    assert tree.figures.planned_seconds == 5


# --- projects, portfolios, baselines ---------------------------------------------------------------------------------


def measured(tree: Branch, amounts: list[int], currency: str = "EUR") -> ProjectMeasures:
    fixed_cost, fixed_revenue, benefit, potential, percent, billed = amounts
    facts = ProjectFacts(
        status=ProjectStatus.COMPLETE,
        fixed_cost=Money(fixed_cost, currency),
        fixed_revenue=Money(fixed_revenue, currency),
        budget=None,
        planned_benefit=Money(benefit, currency),
        actual_benefit=Money(0, currency),
        billed_revenue=Money(billed, currency),
        draft_revenue=Money(0, currency),
        unbilled_revenue=Money(0, currency),
        risks=(Risk(Money(potential, currency), percent % 101, Money(billed, currency)),),
    )
    return ProjectMeasures(1, tree, currency, Methods(), date(2026, 6, 1), facts, {})


PROJECTS = st.builds(
    measured,
    st.builds(grow, WORKED, EXPENSES, task_lists()),
    st.lists(st.integers(0, 10**9), min_size=6, max_size=6),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
FACTORS = st.fractions(Fraction(1, 1000), 1000)


@given(PROJECTS)
def test_i2_cost_is_labour_expenses_and_the_fixed_cost_once(project: ProjectMeasures) -> None:
    figures, fixed = project.figures, project.fixed_cost
    assert project.actual_cost.minor == figures.actual_labor_minor + figures.actual_expense_minor + fixed.minor
    assert project.planned_cost.minor == figures.planned_labor_minor + figures.planned_expense_minor + fixed.minor
    assert project.actual_cost == project.actual_labor_cost + project.actual_expense_cost
    split = project.actual_billable_expense_cost + project.actual_non_billable_expense_cost
    assert project.actual_expense_cost == split + fixed
    assert project.cost_variance == project.remaining_cost


@given(st.lists(st.tuples(PROJECTS, FACTORS), max_size=4))
def test_a_portfolio_is_the_sum_of_its_projects_and_its_totals_that_of_their_parts(
    projects: list[tuple[ProjectMeasures, Fraction]],
) -> None:
    found = portfolio_of(projects, "EUR")
    for one in fields(PortfolioFigures):
        parts = [getattr(row.figures, one.name) for row in found.rows]
        start = 0 if one.name.endswith("_seconds") else Money.zero("EUR")
        assert getattr(found.figures, one.name) == sum(parts, start)
    for figures in (found.figures, *(row.figures for row in found.rows)):
        parts = [figures.planned_labor_cost, figures.planned_expense_cost, figures.fixed_cost]
        assert figures.planned_cost == Money.total(parts, "EUR")
        assert figures.margin == figures.actual_revenue - figures.actual_labor_cost - figures.actual_expense_cost


def test_c_20_the_return_of_a_portfolio_is_a_ratio_of_sums() -> None:
    tree = grow(Figures(), (), [])
    # fixed cost, fixed revenue, benefit, potential risk, percent, billed
    pair = [measured(tree, [100, 0, 300, 10, 100, 0]), measured(tree, [900, 0, 900, 20, 100, 0])]
    assert [one.value.roi_percent for one in pair] == [200, 0]
    portfolio = portfolio_of([(one, Fraction(1)) for one in pair], "EUR").figures
    assert portfolio.value == ProjectValue(Money(1200, "EUR"), Money(1000, "EUR"), Money(30, "EUR"))
    assert portfolio.value.roi_percent == 20  # not 200 + 0
    assert portfolio.value.net_value == Money(170, "EUR")
    assert portfolio.value.risk_indicator == Fraction(30, 200)
    assert replace(portfolio, budget=Money(1500, "EUR")).remaining_budget == Money(500, "EUR")
    assert portfolio_of([], "EUR").figures.value.roi_percent is None


@given(st.lists(st.tuples(PROJECTS, FACTORS), max_size=4))
def test_8_11_the_value_of_a_portfolio_is_the_sum_of_its_projects(
    projects: list[tuple[ProjectMeasures, Fraction]],
) -> None:
    found = portfolio_of(projects, "EUR")
    for name in ("planned_benefit", "budgeted_cost", "potential_risk_cost", "net_value"):
        parts = [getattr(row.figures.value, name) for row in found.rows]
        assert getattr(found.figures.value, name) == Money.total(parts, "EUR"), name


@given(PROJECTS)
def test_in_its_own_currency_a_portfolio_of_one_is_the_project(project: ProjectMeasures) -> None:
    figures = portfolio_of([(project, Fraction(1))], project.currency).figures
    for name in ("planned_cost", "actual_cost", "margin", "margin_percent", "budgeted_cost", "risk_cost", "value"):
        assert getattr(figures, name) == getattr(project, name), name


@given(PROJECTS)
def test_a_baseline_compared_with_itself_differs_in_nothing(project: ProjectMeasures) -> None:
    for measures in (project, WorkMeasures(1, project.branch, project.currency, Methods(), project.on)):
        kept = baseline_figures(measures)
        difference = kept - kept
        assert {getattr(difference, one.name) for one in fields(kept) if one.name != "currency"} <= {0, None}
        assert (kept.fixed_cost_minor is None) == (measures is not project)


def test_an_eac_in_hours_and_one_in_money_have_no_difference() -> None:
    project = measured(grow(Figures(), (), []), [0] * 6)
    by_cost = replace(project, methods=Methods(index=IndexMethod.COST_BASED))
    difference = baseline_figures(by_cost) - baseline_figures(project)
    assert (difference.eac_minor, difference.eac_seconds) == (None, None)


def test_figures_in_two_currencies_have_no_difference() -> None:
    tree = grow(Figures(), (), [])
    with pytest.raises(Invalid) as caught:
        _ = baseline_figures(measured(tree, [0] * 6)) - baseline_figures(measured(tree, [0] * 6, "USD"))
    assert caught.value.code == "CURRENCY_MISMATCH"


def test_preferences_are_stored_and_read_back() -> None:
    chosen = FinancePreferences(
        Methods(IndexMethod.COST_BASED, EacMethod.ROLL_UP_FROM_TASKS, PercentBasis.DURATION), auto_baseline=True
    )
    assert FinancePreferences.from_settings(chosen.as_settings()) == chosen
    assert FinancePreferences.from_settings({}) == FinancePreferences()
