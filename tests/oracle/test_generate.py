"""The generated worlds reach everything the oracle can answer, are valid, and keep the specification's invariants."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from hourledger.core.work import CostType, RevenueType
from tests.core.tables import table
from tests.oracle import choices
from tests.oracle.generate import random_world
from tests.oracle.oracle import solve
from tests.oracle.people import Assigned, column, task_of
from tests.oracle.results import Level, Solution
from tests.oracle.world import AttributeSet, JobRoleForBilling, Rate, RoleSet, World

SEEDS = range(800)
Dated = Rate | RoleSet | AttributeSet | JobRoleForBilling


@pytest.fixture(scope="module")
def solved() -> list[tuple[World, Solution]]:
    return [(world, solve(world)) for world in map(random_world, SEEDS)]


LEVELS = """
    figure           levels
    actual cost      FIXED_HOURLY ASSIGNMENT PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING TYPE
    planned cost     FIXED_HOURLY ASSIGNMENT PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING TYPE
    actual revenue   all
    planned revenue  all_but_HOUR_TYPE
"""


@pytest.mark.parametrize(("figure", "levels"), table(LEVELS))
def test_every_level_occurs(figure: str, levels: str, solved: list[tuple[World, Solution]]) -> None:
    seen: set[Level] = set()
    for _, it in solved:
        rated = it.entries.values() if figure.startswith("actual") else it.planned_days
        seen |= {(one.cost_rate if figure.endswith("cost") else one.billing_rate).level for one in rated}
    expected = set(Level) if levels.startswith("all") else {Level(one) for one in levels.split()}
    assert seen == expected - ({Level.HOUR_TYPE} if levels == "all_but_HOUR_TYPE" else set())


def test_every_pair_of_types_occurs(solved: list[tuple[World, Solution]]) -> None:
    seen = {(task.cost_type, task.revenue_type) for world, _ in solved for task in world.tasks}
    assert seen == {(cost, revenue) for cost in CostType for revenue in RevenueType}


def test_every_column_of_the_matrices_occurs_with_hours_for_every_type(solved: list[tuple[World, Solution]]) -> None:
    costs, revenues = set(), set()
    for world, _ in solved:
        for entry in world.entries:
            if entry.task is not None:
                task = task_of(world, entry.task)
                costs.add((task.cost_type, column(task, entry.owner)))
                revenues.add((task.revenue_type, column(task, entry.owner)))
    assert costs == {(one, where) for one in CostType for where in Assigned}
    assert revenues == {(one, where) for one in RevenueType for where in Assigned}


def test_caps_cut_entries_and_negative_hours_give_back(solved: list[tuple[World, Solution]]) -> None:
    entries = [one for _, it in solved for one in it.entries.values()]
    assert any(0 < one.revenue < one.revenue_before_cap for one in entries)
    assert any(one.revenue == 0 < one.revenue_before_cap for one in entries)
    assert any(one.revenue_before_cap < one.revenue <= 0 for one in entries)
    assert any(one.revenue == one.revenue_before_cap < 0 for one in entries)


def test_worlds_are_valid(solved: list[tuple[World, Solution]]) -> None:
    """Ranges of one holder and one set of attributes do not overlap; planned seconds add up (I6)."""
    for world, it in solved:
        for rows in _histories(world):
            spans = sorted((one.first_day or date.min, one.last_day or date.max) for one in rows)
            assert all(first <= last for first, last in spans)
            assert all(before[1] < after[0] for before, after in pairwise(spans))
        for task in world.tasks:
            if task.assignments:
                assert task.planned_seconds == sum(one.planned_seconds for one in task.assignments)
                assert [one.is_primary for one in task.assignments].count(True) == 1
            if not any(one.parent == task.id for one in world.tasks):
                assert task.planned_seconds == sum(day.seconds for day in it.planned_days if day.task == task.id)
        assert all(entry.seconds != 0 for entry in world.entries)


def test_totals_are_the_sums_of_their_parts(solved: list[tuple[World, Solution]]) -> None:
    """I1, I2, I8, over the whole project."""
    for world, it in solved:
        project, entries = world.project, it.entries.values()
        fixed = [
            task.billing_amount or Decimal(0)
            for task in world.tasks
            if task.revenue_type.has_fixed_part and task.is_complete
        ]
        spent = sum(one.actual for one in world.expenses)
        assert it.project.actual_labour_cost == sum(one.cost for one in entries)
        assert it.project.actual_cost == it.project.actual_labour_cost + spent + project.fixed_cost
        assert it.project.actual_expense_cost == spent + project.fixed_cost
        realised = project.fixed_revenue if project.is_complete else 0
        assert it.project.actual_revenue == sum(one.revenue for one in entries) + sum(fixed) + realised
        assert it.project.planned_labour_cost == sum(day.cost for day in it.planned_days)
        billable = it.project.actual_billable_expenses + it.project.actual_non_billable_expenses
        assert billable + project.fixed_cost == it.project.actual_expense_cost
        for task in world.tasks:
            if task.revenue_type.is_capped:
                assert it.tasks[task.id].own_actual_hourly <= (task.billing_amount or 0)


def test_a_seed_gives_the_same_world_in_every_process() -> None:
    """Sets and hashes differ from process to process; worlds must not."""
    program = (
        "import hashlib\nfrom tests.oracle.generate import random_world\n"
        "print(hashlib.sha256(repr([random_world(seed) for seed in range(30)]).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


CHOICES = [name for name in vars(choices) if name.isupper()]


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_shows_in_some_world(
    choice: str, solved: list[tuple[World, Solution]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the worlds could not tell which way another engine took."""
    monkeypatch.setattr(choices, choice, not getattr(choices, choice))
    assert any(solve(world) != it for world, it in solved)


def _histories(world: World) -> Iterator[Iterable[Dated]]:
    """Everything dated, one holder and variant at a time."""
    project = world.project
    for person in world.persons:
        yield person.role_sets
        yield person.attribute_sets
        yield [one for one in project.job_roles_for_billing if one.person == person.id]
    holders = [one for role in world.roles for one in (role.cost_rates, role.billing_rates)]
    holders += [one for person in world.persons for one in (person.cost_rates, person.billing_rates)]
    for by in (
        project.company_rates,
        project.card_rates,
        project.role_billing,
        project.user_billing,
        project.user_cost,
        project.role_cost,
        project.card_costs,
    ):
        holders += (by or {}).values()
    for task in world.tasks:
        holders += [one for row in task.assignments for one in (row.billing_overrides, row.cost_overrides)]
    subjects = {(one.task, one.person, one.role) for one in world.preserved_rates}
    for subject in subjects:
        frozen = [one for one in world.preserved_rates if (one.task, one.person, one.role) == subject]
        holders.append(tuple(one.rate for one in frozen))
    for rates in holders:
        for attributes in {one.attributes for one in rates}:
            yield [one for one in rates if one.attributes == attributes]
