"""An assignment's money by date (§1.19, tick 44): its rates, and what is planned and worked at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest

from hourledger.core.access import Principal
from hourledger.core.finances import DatedMoney, stretches_of_money
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.assignment_money import assignment_money
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.plan_figures import plan_figures
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from tests.services.plan_house import FRIDAY, HOUR, MONDAY, House, open_house

WEDNESDAY, SUNDAY = date(2026, 6, 17), date(2026, 6, 21)


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    async with open_house(transactions, admin) as opened:
        yield opened


async def days(house: House, assignment: int) -> list[DatedMoney]:
    await house.unit.session.flush()
    return (await assignment_money(house.unit, [house.world.portal]))[house.world.portal].days.get(assignment, [])


async def shown(house: House, assignment: int) -> list[str]:
    """First and last day; rates; planned hours, cost, revenue; actual ones."""
    return [
        f"{one.first_day.day}-{one.last_day.day} {one.cost_rate}, {one.billing_rate}: {one.planned_seconds // HOUR} "
        f"{(one.planned_cost_minor or 0) // 100} {(one.planned_revenue_minor or 0) // 100} | "
        f"{one.actual_seconds // HOUR} {one.actual_cost_minor // 100} {one.actual_revenue_minor // 100}"
        for one in stretches_of_money(await days(house, assignment))
    ]


async def work(house: House, person: int, task: int, day: date, hours: int = 1) -> None:
    await log_time(house.unit, [TimeDraft(person, house.world.portal, day, hours * HOUR, task_id=task)])


async def test_44_stretches_end_where_a_rate_changes(house: House) -> None:
    task = await house.task(10)
    scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=house.world.person)
    await set_rate(house.unit, scope, HourlyRate.of("110.5", "EUR"), Period(WEDNESDAY, None))
    bob = await house.bob(task)
    await work(house, house.world.person, task, MONDAY, 3)
    await work(house, house.world.person, task, SUNDAY, 2)  # after the plan
    await work(house, house.ann, task, MONDAY, 5)  # is not assigned
    assert await shown(house, bob) == [
        "15-16 50.00 EUR/h, 100.00 EUR/h: 4 200 400 | 3 150 300",
        "17-21 50.00 EUR/h, 110.50 EUR/h: 6 300 663 | 2 100 221",
    ]


async def test_44_an_open_role_has_the_hours_it_speaks_for(house: House) -> None:
    task = await house.task(10, cost_type=CostType.ROLE_HOURLY, revenue_type=RevenueType.ROLE_HOURLY)
    open_row = await assign(house.unit, task, person_id=None, role_id=house.designer)
    await work(house, house.ann, task, FRIDAY, 4)
    assert await shown(house, open_row) == ["15-19 20.00 EUR/h, 70.00 EUR/h: 10 200 700 | 4 80 280"]


async def test_44_without_a_plan_there_is_what_was_worked_and_without_a_rate_none_is_shown(house: House) -> None:
    task = await house.task(10, revenue_type=RevenueType.NOT_BILLABLE)
    bob = await house.bob(task)
    await create_task(house.unit, house.world.portal, TaskPlan("Below", parent_id=task))
    await work(house, house.world.person, task, MONDAY)
    assert await shown(house, bob) == ["15-15 None, None: 0 0 0 | 1 50 0"]


async def test_p18_the_assignments_of_a_task_sum_to_it_under_its_cap(house: House) -> None:
    task = await house.task(37, revenue_type=RevenueType.USER_HOURLY_CAP, billing_amount=Decimal("777.77"))
    each = [await house.bob(task), await house.also_ann(task)]
    found = [day for assignment in each for day in await days(house, assignment)]
    figures = (await plan_figures(house.unit, [house.world.portal]))[house.world.portal].tasks[task]
    assert figures.revenue_minor == 77777 == sum(day.planned_revenue_minor or 0 for day in found)
    assert sum(day.planned_cost_minor or 0 for day in found) == figures.cost_minor
    by_day = [one for assignment in each for one in (await house.plan()).assignments[assignment]]
    assert sum(one.revenue_minor for one in by_day) == figures.revenue_minor
