"""An organisation whose rates change while its hours are there: what recalculations are tried on."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.periods import Period
from hourledger.core.work import CostType, RevenueType
from hourledger.core.work_locks import FrozenSide
from hourledger.runtime import Runtime
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.lock_work import freeze_rates, lock_period
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.set_up import create_person
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from tests.conftest import MovableClock
from tests.support.runs import Runs, rows, set_rates_of
from tests.support.world import World, create_world, log

JUNE, JULY = date(2026, 6, 15), date(2026, 7, 15)


@dataclass(frozen=True)
class RunHouse:
    """Bob costs 50 and bills 100 an hour. Nothing is logged yet."""

    transactions: Transactions
    admin: Principal
    world: World
    runs: Runs
    database: Database
    clock: MovableClock

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.transactions.begin(self.admin)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        return await rows(self.database, query)

    async def sql(self, *statements: str) -> None:
        """By hand of an operator."""
        async with self.database.session() as session:
            for one in statements:
                await session.execute(text(one))
            await session.commit()

    async def worth(self) -> dict[int, tuple[int, int]]:
        """By live hour its cost and revenue."""
        found = await self.rows("SELECT id, cost_minor, revenue_minor FROM time_entry WHERE deleted_at IS NULL")
        return {one: (cost, revenue) for one, cost, revenue in found}

    async def revenue(self) -> dict[int, int]:
        return {one: revenue for one, (_, revenue) in (await self.worth()).items()}

    async def valued_by(self, run_id: int) -> set[int]:
        return {one for (one,) in await self.rows(f"SELECT time_entry_id FROM valuation WHERE run_id = {run_id}")}

    async def bob_costs_more(self, by: int) -> None:
        """So much an hour, and bills so much more, on all days."""
        async with self.begin() as unit:
            await set_rates_of(unit, self.world.person, cost=str(50 + by), billing=str(100 + by))

    async def capped_task(self, cap: str) -> int:
        async with self.begin() as unit:
            plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(cap))
            return await create_task(unit, self.world.portal, plan)

    async def on_task(self, task: int, *work: tuple[date, int]) -> list[int]:
        """Bob works on a task of the portal: days and hours."""
        async with self.begin() as unit:
            drafts = [
                TimeDraft(self.world.person, self.world.portal, day, hours * 3600, task_id=task) for day, hours in work
            ]
            return await log_time(unit, drafts)

    async def bill(self, until: date) -> None:
        """What was worked on the portal up to a day is final."""
        async with self.begin() as unit:
            request = BillingRequest([self.world.portal], until=until)
            await confirm_billing_record(unit, await create_billing_record(unit, request))

    async def logs_under_caps_locks_and_bills(self) -> None:
        """On the portal: under a cap, billed, in a period whose cost is frozen, and in one that is locked."""
        task = await self.capped_task("450")
        days = [date(2026, month, 20) for month in (1, 2, 3, 4, 5, 6)]
        await self.on_task(task, *((day, 1) for day in days))
        async with self.begin() as unit:
            for day in days:
                await log(unit, self.world, "1", day)
        await self.bill(date(2026, 1, 31))
        async with self.begin() as unit:
            await lock_period(unit, None, Period.inclusive(None, date(2026, 2, 28)), reason="closed")
            march = Period.inclusive(date(2026, 3, 1), date(2026, 3, 31))
            await freeze_rates(unit, None, march, FrozenSide.COST, reason="told")

    async def lose_exchange_rates(self, *, from_day: str | None = None) -> None:
        """Of the dollar: all of them, or those from a day on."""
        if from_day is None:
            await self.sql("UPDATE exchange_rate SET retired_at = now()")
        else:
            await self.sql(f"UPDATE exchange_rate SET valid_until = '{from_day}'")


@dataclass(frozen=True)
class Hours:
    """Hours of Bob and Eve; she costs 60 and bills 120 an hour, and has no role."""

    house: RunHouse
    eve: int
    june: int
    july: int
    of_eve: int
    in_dollars: int
    general: int

    @property
    def all(self) -> set[int]:
        return {self.june, self.july, self.of_eve, self.in_dollars, self.general}

    @property
    def on_portal(self) -> set[int]:
        return {self.june, self.july, self.of_eve}

    async def cost_more(self, by: int = 10) -> None:
        """Everybody's, so much an hour more than at first, on all days."""
        await self.house.bob_costs_more(by)
        async with self.house.begin() as unit:
            await set_rates_of(unit, self.eve, cost=str(60 + by), billing=str(120 + by))


@pytest.fixture
async def house(
    transactions: Transactions, admin: Principal, runtime: Runtime, database: Database, clock: MovableClock
) -> RunHouse:
    world = await create_world(transactions, admin)
    return RunHouse(transactions, admin, world, Runs(transactions, admin, runtime), database, clock)


@pytest.fixture
async def hours(house: RunHouse) -> Hours:
    world = house.world
    async with house.begin() as unit:
        eve = await create_person(unit, "Eve Early", "eve@brightwater.example", primary_role_id=None)
        await set_rates_of(unit, eve, cost="60", billing="120")
        june = await log(unit, world, "1", JUNE)
        july = await log(unit, world, "2", JULY)
        (of_eve,) = await log_time(unit, [TimeDraft(eve, world.portal, JUNE, 3 * 3600)])
        in_dollars = await log(unit, world, "4", JUNE, project="dashboard")
        (general,) = await log_time(unit, [TimeDraft(world.person, None, JUNE, 5 * 3600)])
    return Hours(house, eve, june, july, of_eve, in_dollars, general)
