"""Two at once: who is second sees what the first has done (project-finances §4.6, §8.12)."""

from __future__ import annotations

import asyncio
from datetime import date

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.work import ProjectStatus, TaskStatus
from hourledger.services.baselines import take_baseline
from hourledger.services.edit_project import edit_project
from hourledger.services.role_budgets import set_role_budget
from hourledger.services.task_status import set_task_status
from hourledger.transactions import Transactions
from models.selecting import find_all, select_one
from models.tables import BaselineRow, ProjectRow, RoleBudgetRow, TaskRow
from tests.support.world import create_world


async def test_of_two_first_baselines_one_is_the_default(transactions: Transactions, admin: Principal) -> None:
    world = await create_world(transactions, admin)

    async def take(name: str) -> None:
        async with transactions.begin(admin) as unit:
            await take_baseline(unit, world.portal, name)

    await asyncio.gather(*(take(name) for name in ("One", "Two", "Three")))
    async with transactions.begin(admin) as unit:
        kept = await find_all(unit.session, BaselineRow, unit.organisation_id)
    assert sorted(row.is_default for row in kept) == [False, False, True]


async def test_a_project_is_not_completed_while_one_of_its_tasks_is_reopened(
    transactions: Transactions, admin: Principal
) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        await set_task_status(unit, world.build, TaskStatus.COMPLETE)

    async def complete() -> None:
        async with transactions.begin(admin) as unit:
            await edit_project(unit, world.portal, {"status": ProjectStatus.COMPLETE})

    async def reopen() -> None:
        async with transactions.begin(admin) as unit:
            await set_task_status(unit, world.build, TaskStatus.IN_PROGRESS)

    outcomes = await asyncio.gather(complete(), reopen(), return_exceptions=True)
    refused = [one for one in outcomes if one is not None]
    assert [isinstance(one, HourledgerError) for one in refused] == [True]
    async with transactions.begin(admin) as unit:
        project = await select_one(unit.session, ProjectRow, unit.organisation_id, world.portal)
        task = await select_one(unit.session, TaskRow, unit.organisation_id, world.build)
        assert project is not None
        assert task is not None
        assert (project.status is ProjectStatus.COMPLETE) == (task.status is TaskStatus.COMPLETE)


async def test_a_role_has_one_budget_a_day(transactions: Transactions, admin: Principal) -> None:
    world = await create_world(transactions, admin)

    async def budget(seconds: int) -> None:
        async with transactions.begin(admin) as unit:
            await set_role_budget(unit, world.portal, world.role, date(2026, 6, 1), seconds)

    await asyncio.gather(budget(3600), budget(7200))
    async with transactions.begin(admin) as unit:
        (row,) = await find_all(unit.session, RoleBudgetRow, unit.organisation_id)
    assert row.seconds in {3600, 7200}
