"""What the product stores and shows for a world in the database is what the oracle gives, from the rows up."""

from __future__ import annotations

from decimal import Decimal
from itertools import count, islice
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.money import Money
from hourledger.services.plan_figures import plan_figures
from hourledger.services.project_finances import project_finances
from hourledger.services.set_up import create_organisation
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from tests.oracle import oracle
from tests.oracle.agreement import Difference, report
from tests.oracle.engine import LEVELS
from tests.oracle.generate import random_world
from tests.oracle.generate_rates import CURRENCIES
from tests.oracle.results import Found, Level, PlannedDay, Solution
from tests.oracle.world import World
from tests.support.stored_world import StoredWorld, store

SEEDS, SEEDS_SLOW, CHUNKS = 25, 500, 20
ENTRIES_MIN = 10
"""Of the worlds in the sample: to store a world takes longer than to log hours in it."""

FIGURES = {
    "planned_labor_cost": "planned_labour_cost",
    "planned_expense_cost": "planned_expense_cost",
    "planned_cost": "planned_cost",
    "planned_revenue": "planned_revenue",
    "actual_labor_cost": "actual_labour_cost",
    "actual_expense_cost": "actual_expense_cost",
    "actual_cost": "actual_cost",
    "actual_revenue": "actual_revenue",
}
"""Of a project: what the product calls them, what the oracle does."""


@pytest.fixture
async def books(database: Database) -> dict[str, Principal]:
    """An organisation for each base currency."""
    async with database.session() as session:
        found = {
            one.code: await create_organisation(session, one.code, base_currency=one.code, time_zone="Europe/Amsterdam")
            for one in CURRENCIES
        }
        await session.commit()
    return {code: Principal(one.id, "oracle@brightwater.example", EVERYTHING) for code, one in found.items()}


async def agree_on(seed: int, transactions: Transactions, books: dict[str, Principal]) -> None:
    """One world, stored and taken back."""
    world = random_world(seed)
    expected = oracle.solve(world)
    async with transactions.begin(books[world.base_currency], dry_run=True) as unit:
        stored = await store(unit, world)
        found = [
            *await entries_that_differ(unit, stored, expected),
            *await plans_that_differ(unit, stored, expected),
            *await project_that_differs(unit, stored, expected),
        ]
    assert not found, report(seed, world, found)


async def test_stored_worlds_agree(transactions: Transactions, books: dict[str, Principal]) -> None:
    busy = (seed for seed in count() if len(random_world(seed).entries) >= ENTRIES_MIN)
    for seed in islice(busy, SEEDS):
        await agree_on(seed, transactions, books)


@pytest.mark.oracle
@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_many_stored_worlds_agree(chunk: int, transactions: Transactions, books: dict[str, Principal]) -> None:
    share = SEEDS_SLOW // CHUNKS
    for seed in range(chunk * share, (chunk + 1) * share):
        await agree_on(seed, transactions, books)


async def entries_that_differ(unit: UnitOfWork, stored: StoredWorld, expected: Solution) -> list[Difference]:
    """Amounts as stored on the entry; uncapped revenue and provenance by its latest valuation."""
    found: list[Difference] = []
    rows = await unit.session.execute(
        text("""
            SELECT e.id, e.cost_minor, e.revenue_minor, e.uncapped_revenue_minor, w.provenance
            FROM time_entry e JOIN rating_reason w ON w.id = e.reason_id WHERE e.project_id = :project
        """),
        {"project": stored.project},
    )
    by_row = {row.id: row for row in rows}
    for id, entry in expected.entries.items():
        row = by_row[stored.entries[id]]
        provenance = row.provenance
        answers = {
            "cost": (entry.cost, _amount(stored.world, row.cost_minor)),
            "revenue_before_cap": (entry.revenue_before_cap, _amount(stored.world, row.uncapped_revenue_minor)),
            "revenue": (entry.revenue, _amount(stored.world, row.revenue_minor)),
            "cost_rate": (_told(entry.cost_rate), _kept(provenance["cost"])),
            "billing_rate": (_told(entry.billing_rate), _kept(provenance["revenue"])),
        }
        found += [(f"entry {id}", name, ours, theirs) for name, (ours, theirs) in answers.items() if ours != theirs]
    return found


async def plans_that_differ(unit: UnitOfWork, stored: StoredWorld, expected: Solution) -> list[Difference]:
    """Of every leaf: its planned hours, cost, and hourly revenue after the cap."""
    found: list[Difference] = []
    plans = (await plan_figures(unit, [stored.project]))[stored.project].tasks
    names = {stored.tasks[id]: id for id in expected.tasks}
    assert {names[id] for id in plans} == {task.id for task in stored.world.tasks if stored.is_leaf(task)}
    for row_id, plan in plans.items():
        days = [day for day in expected.planned_days if day.task == names[row_id]]
        answers = {
            "planned seconds": (sum(day.seconds for day in days), plan.seconds),
            "planned cost": (_sum(days), _amount(stored.world, plan.cost_minor)),
            "planned revenue": (
                expected.tasks[names[row_id]].own_planned_hourly,
                _amount(stored.world, plan.revenue_minor),
            ),
        }
        found += [
            (f"task {names[row_id]}", name, ours, theirs) for name, (ours, theirs) in answers.items() if ours != theirs
        ]
    return found


async def project_that_differs(unit: UnitOfWork, stored: StoredWorld, expected: Solution) -> list[Difference]:
    shown = (await project_finances(unit, [stored.project]))[stored.project]
    answers = {name: (getattr(expected.project, ours), getattr(shown, name).amount) for name, ours in FIGURES.items()}
    return [("project", name, ours, theirs) for name, (ours, theirs) in answers.items() if ours != theirs]


def _kept(provenance: dict[str, Any]) -> tuple[Level | None, Decimal | None, str | None]:
    """Level, price and currency of a rate that was found."""
    if provenance["level"] is None:
        return None, None, None
    return LEVELS[provenance["level"]], Decimal(provenance["rate"]), provenance["currency"]


def _told(found: Found) -> tuple[Level | None, Decimal | None, str | None]:
    """The same of the oracle's; a locked line of a card is a line of a card."""
    if found.per_hour is None:
        return None, None, None
    return Level.CARD if found.level is Level.LOCKED_CARD else found.level, found.per_hour, found.currency


def _sum(days: list[PlannedDay]) -> Decimal:
    return sum((day.cost for day in days), Decimal(0))


def _amount(world: World, minor: int) -> Decimal:
    return Money(minor, world.project.currency).amount
