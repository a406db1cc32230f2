"""Why: the steps of a rate search replay as they were known when the hour was rated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import Missing
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from tests.conftest import MovableClock
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def test_the_explanation_lists_every_step_tried_and_the_rate_that_was_found(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Roles", CostType.ROLE_HOURLY, RevenueType.ROLE_HOURLY))
        await assign(unit, task, person_id=world.person, role_id=world.role)
        for level, ids, rate in (
            (Level.ROLE, {}, "90"),
            (Level.COMPANY_ROLE, {"company_id": world.museum}, "95"),
        ):
            scope = RateScope(RateKind.BILLING, level, role_id=world.role, **ids)
            await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period())
        (entry,) = await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 7200, task_id=task)])
        why = await explain_entry(unit, entry)
    found = [(step.level, step.outcome) for step in why.revenue.steps if step.subject and "assignment" in step.subject]
    assert found == [
        (Level.PROJECT_ROLE, "no rates"),
        (Level.RATE_CARD, "no rates"),
        (Level.COMPANY_ROLE, "found 95.00 EUR/h"),
    ]
    assert str(why.revenue.amount) == "190.00 EUR"
    assert why.cost.rate is None  # ROLE_HOURLY cost: the role has none, and a person's own rate is not asked
    assert why.replays


async def test_it_shows_the_rates_of_then_and_not_those_of_now(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "2", JUNE)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of("120", "EUR"), Period(), replace_overlapping=True)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        why = await explain_entry(unit, entry)
        assert (str(why.revenue.rate), why.replays) == ("100.00 EUR/h", True)
        await recalculate_project(unit, world.portal)
        why = await explain_entry(unit, entry)
        assert (str(why.revenue.rate), why.replays) == ("120.00 EUR/h", True)


async def test_an_amount_that_a_cap_has_lowered_says_so(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(150))
        task = await create_task(unit, world.portal, plan)
        draft = TimeDraft(world.person, world.portal, JUNE, 7200, task_id=task)
        (entry,) = await log_time(unit, [draft])
        why = await explain_entry(unit, entry)
    assert (str(why.revenue.amount), why.is_capped, why.replays) == ("200.00 EUR", True, True)


async def test_what_does_not_exist_cannot_be_explained(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    with pytest.raises(Missing, match="no time entry"):
        async with transactions.begin(admin) as unit:
            await explain_entry(unit, 999_999)
