"""Plans changed by several at the same time: who is second sees what the first has done."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import NotAllowed
from hourledger.core.work import CostType
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.edit_assignment import edit_assignment
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.set_up import create_role
from hourledger.services.unassign import unassign
from hourledger.transactions import Transactions
from models.database import Database
from tests.services.test_races import JUNE, WAITING, rows
from tests.support.world import World, create_world


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def test_1_4_of_many_who_are_assigned_at_once_one_is_primary(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Crowd", planned_seconds=36000))
        roles = [await create_role(unit, f"Role {number}") for number in range(6)]

    async def take(role: int) -> int:
        async with transactions.begin(admin) as unit:
            return await assign(unit, task, person_id=None, role_id=role)

    ids = await asyncio.gather(*map(take, roles))
    async with database.session() as session:
        primary = await session.execute(
            text("SELECT count(*) FILTER (WHERE is_primary) FROM assignment WHERE task_id = :task"), {"task": task}
        )
        assert primary.scalar() == 1

    async def give(assignment: int) -> None:
        async with transactions.begin(admin) as unit:
            await edit_assignment(unit, assignment, 1000)

    await asyncio.gather(*map(give, ids))
    assert await rows(database, f"SELECT planned_seconds FROM task WHERE id = {task}") == [(6000,)]


async def test_3_4_who_is_logging_hours_at_that_moment_stays_assigned(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Both", CostType.USER_AND_ROLE_HOURLY))
        bob = await assign(unit, task, person_id=world.person, role_id=None)

    async def leave() -> None:
        async with transactions.begin(admin) as unit:
            await unassign(unit, bob)

    async with transactions.begin(admin) as unit:
        await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])
        leaving = asyncio.create_task(leave())
        while not await rows(database, WAITING):  # noqa: ASYNC110  (the database tells nobody that somebody waits)
            await asyncio.sleep(0.01)
    with pytest.raises(NotAllowed) as caught:
        await leaving
    assert caught.value.code == "HAS_LOGGED_HOURS"
