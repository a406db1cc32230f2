"""A small house to plan work in, for the tests of plans."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.plan_figures import plan_by_day, plan_figures
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_person, create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.listing.projects import ASSIGNMENTS, TASKS
from tests.support.world import World, create_world

HOUR = 3600
MONDAY, FRIDAY = date(2026, 6, 15), date(2026, 6, 19)
EIGHT = 8 * HOUR
NUMBERS = count(1)


@dataclass(frozen=True)
class House:
    """The world (Bob costs 50 and bills 100, a developer) with Ann (no rates of her own), a designer, and a task."""

    unit: UnitOfWork
    world: World
    ann: int
    designer: int

    async def task(self, hours: int = 10, **more: Any) -> int:
        """On the portal, from Monday to Friday."""
        plan: dict[str, Any] = {
            "planned_seconds": hours * HOUR,
            "planned_start": MONDAY,
            "planned_completion": FRIDAY,
        } | more
        return await create_task(self.unit, self.world.portal, TaskPlan(f"Plan {next(NUMBERS)}", **plan))

    async def bob(self, task: int, hours: int | None = None) -> int:
        seconds = None if hours is None else hours * HOUR
        return await assign(
            self.unit, task, person_id=self.world.person, role_id=self.world.role, planned_seconds=seconds
        )

    async def also_ann(self, task: int, hours: int | None = None) -> int:
        seconds = None if hours is None else hours * HOUR
        return await assign(self.unit, task, person_id=self.ann, role_id=self.designer, planned_seconds=seconds)

    async def hours(self, task: int) -> str:
        """The task's hours and those of its assignments, ``10: 5 5``, as every view of them has them."""
        shown = (await TASKS.by_ids(self.unit.session, self.unit.organisation_id, [task]))[task].planned_seconds
        each = await ASSIGNMENTS.where_in(self.unit.session, self.unit.organisation_id, "a.task_id", [task])
        planned = (await plan_figures(self.unit, [self.world.portal]))[self.world.portal].tasks[task].seconds
        by_day = sum(one.seconds for one in (await self.plan()).days(task))
        assert planned == by_day == sum(one.planned_seconds for one in each)
        return f"{shown / HOUR:g}: {' '.join(f'{one.planned_seconds / HOUR:g}' for one in each)}".strip()

    async def plan(self) -> Any:
        return (await plan_by_day(self.unit, [self.world.portal]))[self.world.portal]

    async def days(self, task: int) -> str:
        """Day of the month, hours, cost and revenue."""
        return ", ".join(
            f"{one.day.day} {one.seconds / HOUR:g} {one.cost_minor / 100:g} {one.revenue_minor / 100:g}"
            for one in (await self.plan()).days(task)
        )

    async def refusal(self, attempt: Awaitable[Any]) -> str:
        """The code; nothing is changed."""
        with pytest.raises(HourledgerError) as caught:
            async with self.unit.session.begin_nested():
                await attempt
        return caught.value.code


@asynccontextmanager
async def open_house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        designer = await create_role(unit, "designer")
        ann = await create_person(unit, "Ann", "ann@brightwater.example", primary_role_id=designer)
        for kind, rate in ((RateKind.COST, "20"), (RateKind.BILLING, "70")):
            await set_rate(unit, RateScope(kind, Level.ROLE, role_id=designer), HourlyRate.of(rate, "EUR"), Period())
        yield House(unit, world, ann, designer)
