"""Worked examples of project-finances §12 that need a project, its hours and its billing together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hourledger.core.access import Principal
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType, TaskStatus
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.task_status import set_task_status
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.selecting import select_one
from models.tables import TimeEntryRow
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE, JULY = date(2026, 6, 15), date(2026, 7, 15)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def worth(unit: UnitOfWork, entry: int) -> tuple[int, int]:
    """Cost and revenue in whole units of the currency."""
    row = await select_one(unit.session, TimeEntryRow, unit.organisation_id, entry)
    assert row is not None
    return row.cost_minor // 100, row.revenue_minor // 100


async def test_ct_r1_undated_new_rates_reach_what_is_free_and_nothing_that_is_billed(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    """Cost 20, billing 30; h1 (2 h) billed, h2 (3 h) free; then 25 and 40 without dates; recalculated."""

    async def rates(unit: UnitOfWork, cost: str, billing: str) -> None:
        for kind, rate in ((RateKind.COST, cost), (RateKind.BILLING, billing)):
            scope = RateScope(kind, Level.PERSON, person_id=world.person)
            await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period(), replace_overlapping=True)

    async with transactions.begin(admin) as unit:
        await rates(unit, "20", "30")
        billed, free = await log(unit, world, "2", JUNE), await log(unit, world, "3", JULY)
        record = await create_billing_record(unit, BillingRequest([world.portal], until=JUNE))
    async with transactions.begin(admin) as unit:
        await confirm_billing_record(unit, record)
    async with transactions.begin(admin) as unit:
        await rates(unit, "25", "40")
        done = await recalculate_project(unit, world.portal)
        assert (done.changed, done.frozen) == (1, 1)
        assert [await worth(unit, one) for one in (billed, free)] == [(40, 60), (75, 120)]


async def test_ct_29_a_fixed_revenue_is_its_amount_however_many_hours(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    """FIXED_REVENUE 200 with 4 planned and 4 logged hours: planned 200 at once, actual 200 on completion (§2.5)."""
    async with transactions.begin(admin) as unit:
        plan = TaskPlan(
            "Training",
            CostType.USER_HOURLY,
            RevenueType.FIXED_REVENUE,
            billing_amount=Decimal(200),
            planned_seconds=4 * 3600,
            planned_start=JUNE,
            planned_completion=JUNE,
        )
        task = await create_task(unit, world.portal, plan)
        await assign(unit, task, person_id=world.person, role_id=None)
        await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 4 * 3600, task_id=task)])
        running = (await project_finances(unit, [world.portal]))[world.portal]
        assert (str(running.planned_revenue), str(running.actual_revenue)) == ("200.00 EUR", "0.00 EUR")
        await set_task_status(unit, task, TaskStatus.COMPLETE)
        done = (await project_finances(unit, [world.portal]))[world.portal]
        assert (str(done.planned_revenue), str(done.actual_revenue)) == ("200.00 EUR", "200.00 EUR")


async def test_ct_53_twenty_five_hours_logged_are_twenty_five_actual_hours(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        for _ in range(5):
            await log(unit, world, "5", JUNE)
        finances = (await project_finances(unit, [world.portal]))[world.portal]
        assert finances.actual_seconds == 25 * 3600
