"""Somebody moves or deletes a task while others log, edit and bill on it: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.work import CostType, RevenueType
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.delete_project import delete_project
from hourledger.services.delete_task import delete_task
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.move_task import Move, move_task
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.errors import translated
from models.queries.roll_ups import roll_up_differences
from tests.services.chain_rules import BROKEN_IF_FOUND
from tests.services.structure_house import JUNE
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world

EXPECTED = {
    "TASK_MOVED", "TASK_UNKNOWN", "PROJECT_UNKNOWN", "TASK_OF_OTHER_PROJECT", "TIME_ENTRY_UNKNOWN", "BILLED",
    "ON_BILLING_RECORD", "BILLED_MEANWHILE", "NOTHING_TO_BILL",
}  # fmt: skip
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


class Crowd:
    """Everybody does something in a transaction of their own, all at once."""

    def __init__(self, transactions: Transactions, admin: Principal) -> None:
        self.transactions, self.admin = transactions, admin
        self.codes: list[str] = []

    async def do(self, *doings: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        await asyncio.gather(*(self._one(doing) for doing in doings))
        assert set(self.codes) <= EXPECTED, self.codes

    async def _one(self, doing: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        try:
            async with translated(), self.transactions.begin(self.admin) as unit:
                await doing(unit)
        except HourledgerError as error:
            self.codes.append(error.code)

    async def require_sound(self, database: Database) -> None:
        async with database.session() as session:
            assert await roll_up_differences(session, self.admin.organisation_id) == []
            bound = {"organisation": self.admin.organisation_id}
            for rule, query in BROKEN_IF_FOUND.items():
                found = [tuple(row) for row in await session.execute(text(query), bound)]
                assert found == [], rule
            gone = await session.execute(
                text("""
                    SELECT e.id FROM time_entry e LEFT JOIN project p ON p.id = e.project_id
                    LEFT JOIN task t ON t.id = e.task_id
                    WHERE e.deleted_at IS NULL AND (p.deleted_at IS NOT NULL OR t.deleted_at IS NOT NULL)
                """)
            )
            assert gone.all() == []


@pytest.mark.parametrize("revenue_type", [RevenueType.USER_HOURLY, RevenueType.USER_HOURLY_CAP])
@pytest.mark.parametrize("ending", ["move", "delete"])
async def test_a_task_that_moves_or_goes_while_others_work_on_it_takes_all_its_hours_along(
    transactions: Transactions, admin: Principal, world: World, database: Database, ending: str,
    revenue_type: RevenueType,
) -> None:  # fmt: skip
    amount = Decimal(900) if revenue_type.is_capped else None
    async with transactions.begin(admin) as unit:
        target = await create_project(unit, code="B", name="B", company_id=world.museum)
    for number in range(4):
        async with transactions.begin(admin) as unit:
            plan = TaskPlan(f"Task {number}", CostType.USER_HOURLY, revenue_type, billing_amount=amount)
            task = await create_task(unit, world.portal, plan)
            drafts = [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task) for _ in range(6)]
            ids = await log_time(unit, drafts)
            expense = ExpenseDraft(world.portal, "Travel", "train", task_id=task, actual_minor=700, paid_on=JUNE)
            await add_expense(unit, expense)
        crowd = Crowd(transactions, admin)

        async def end(unit: UnitOfWork, task: int = task) -> None:
            await (move_task(unit, task, Move(target)) if ending == "move" else delete_task(unit, task))

        await crowd.do(
            partial(_log, drafts[0]),
            partial(_edit, ids[0]),
            end,
            partial(_delete, ids[1]),
            partial(_log, drafts[0]),
            partial(_edit, ids[2]),
            partial(_recalculate, world.portal),
            partial(_spend, expense),
        )
        await crowd.require_sound(database)


async def test_work_is_either_moved_or_put_on_a_record(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        target = await create_project(unit, code="B", name="B", company_id=world.museum)
    outcomes = set()
    for number in range(6):
        async with transactions.begin(admin) as unit:
            task = await create_task(unit, world.portal, TaskPlan(f"Task {number}"))
            await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])
        crowd = Crowd(transactions, admin)

        async def bill(unit: UnitOfWork) -> None:
            await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([world.portal])))

        async def move(unit: UnitOfWork, task: int = task) -> None:
            await move_task(unit, task, Move(target))

        await crowd.do(*((bill, move) if number % 2 else (move, bill)))
        assert len(crowd.codes) == 1, crowd.codes
        outcomes.add(crowd.codes[0])
        await crowd.require_sound(database)
    assert outcomes <= {"BILLED", "ON_BILLING_RECORD", "NOTHING_TO_BILL"}


@pytest.mark.parametrize("first", ["log", "delete"])
async def test_nobody_logs_on_a_project_that_is_being_deleted(
    transactions: Transactions, admin: Principal, world: World, database: Database, first: str
) -> None:
    """Who is second waits, and sees what the first has done: the hour is general time, or is refused."""
    draft = TimeDraft(world.person, world.portal, JUNE, 3600)

    async def log(unit: UnitOfWork) -> None:
        await log_time(unit, [draft])

    async def delete(unit: UnitOfWork) -> None:
        await delete_project(unit, world.portal)

    crowd = Crowd(transactions, admin)
    async with transactions.begin(admin) as unit:
        await (log(unit) if first == "log" else delete(unit))
        second = asyncio.create_task(crowd.do(delete if first == "log" else log))
        while not await _waiting(database):  # noqa: ASYNC110  (the database tells nobody that somebody waits)
            await asyncio.sleep(0)
    await second
    assert crowd.codes == ([] if first == "log" else ["PROJECT_UNKNOWN"])
    await crowd.require_sound(database)


async def _log(draft: TimeDraft, unit: UnitOfWork) -> None:
    await log_time(unit, [draft])


async def _edit(entry: int, unit: UnitOfWork) -> None:
    await edit_time(unit, entry, seconds=7200, work_date=JUNE, note="")


async def _delete(entry: int, unit: UnitOfWork) -> None:
    await delete_time(unit, entry)


async def _recalculate(project_id: int, unit: UnitOfWork) -> None:
    await recalculate_project(unit, project_id)


async def _spend(draft: ExpenseDraft, unit: UnitOfWork) -> None:
    await add_expense(unit, draft)


async def _waiting(database: Database) -> bool:
    async with database.session() as session:
        return bool((await session.execute(text(WAITING))).all())
