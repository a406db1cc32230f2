"""A work lock is set while somebody writes or rates work: whoever was first is seen by the other (§10 P4)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import psycopg
import pytest
from psycopg import AsyncConnection

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.periods import Period
from hourledger.core.work_locks import FrozenSide
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.lock_work import freeze_rates, lock_period
from hourledger.services.log_time import delete_time, edit_time
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.queries import work_locks
from tests.services.test_races import WAITING, rows
from tests.services.test_rate_freezes import raise_rates
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

AUGUST = date(2026, 8, 15)
IN_AUGUST = Period(date(2026, 8, 1), date(2026, 9, 1))
Work = Callable[[UnitOfWork], Awaitable[object]]


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def somebody_waits(database: Database) -> None:
    async with asyncio.timeout(20):
        while not await rows(database, WAITING):  # noqa: ASYNC110  (the database tells nobody that somebody waits)
            await asyncio.sleep(0)


@pytest.fixture
def works(world: World) -> dict[str, Callable[[int], Work]]:
    """Everything that writes work, by name, given an hour of August."""
    spending = ExpenseDraft(world.portal, "Travel", "Train", actual_minor=100, paid_on=AUGUST)
    return {
        "log": lambda _: lambda unit: log(unit, world, "1", AUGUST),
        "edit": lambda hour: lambda unit: edit_time(unit, hour, seconds=60, work_date=AUGUST, note=""),
        "delete": lambda hour: lambda unit: delete_time(unit, hour),
        "spend": lambda _: lambda unit: add_expense(unit, spending),
    }


WORKS = ["log", "edit", "delete", "spend"]


@pytest.mark.parametrize("name", WORKS)
async def test_p4_who_works_while_the_lock_is_being_set_waits_and_is_refused(
    transactions: Transactions,
    admin: Principal,
    world: World,
    database: Database,
    works: dict[str, Callable[[int], Work]],
    name: str,
) -> None:
    async with transactions.begin(admin) as unit:
        hour = await log(unit, world, "8", AUGUST)

    async def work() -> None:
        async with transactions.begin(admin) as unit:
            await works[name](hour)(unit)

    async with transactions.begin(admin) as unit:
        await lock_period(unit, world.portal, IN_AUGUST, reason="August is reported")
        later = asyncio.create_task(work())
        await somebody_waits(database)
    with pytest.raises(HourledgerError) as caught:
        await later
    assert caught.value.code == "PERIOD_LOCKED"
    assert await rows(database, "SELECT seconds, deleted_at FROM time_entry") == [(8 * 3600, None)]
    assert await rows(database, "SELECT count(*) FROM expense") == [(0,)]


@pytest.mark.parametrize("name", WORKS)
async def test_p4_who_sets_the_lock_waits_for_work_that_is_being_written(
    transactions: Transactions,
    admin: Principal,
    world: World,
    database: Database,
    works: dict[str, Callable[[int], Work]],
    name: str,
) -> None:
    async with transactions.begin(admin) as unit:
        hour = await log(unit, world, "8", AUGUST)
    committed = False

    async def lock() -> bool:
        async with transactions.begin(admin) as unit:
            await lock_period(unit, world.portal, IN_AUGUST, reason="August is reported")
        return committed

    async with transactions.begin(admin) as unit:
        await works[name](hour)(unit)
        later = asyncio.create_task(lock())
        await somebody_waits(database)
        committed = True
    assert await later


async def test_p4_a_recalculation_that_is_under_way_is_done_before_the_rates_are_frozen(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    """Or else what was reported right after the freeze would move when the recalculation commits."""
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", AUGUST)
        await raise_rates(unit, world)
    worth = "SELECT cost_minor, revenue_minor FROM time_entry"

    async def freeze() -> list[tuple[object, ...]]:
        async with transactions.begin(admin) as unit:
            await freeze_rates(unit, world.portal, IN_AUGUST, FrozenSide.BOTH, reason="August is told")
        return await rows(database, worth)

    async with transactions.begin(admin) as unit:
        await recalculate_project(unit, world.portal)
        later = asyncio.create_task(freeze())
        await somebody_waits(database)
    assert await later == [(7000, 13000)]


@pytest.mark.parametrize("what", [recalculate_project, preserve_billing_rates])
async def test_p4_who_rates_while_rates_are_being_frozen_waits_and_keeps_them(
    transactions: Transactions,
    admin: Principal,
    world: World,
    database: Database,
    what: Callable[..., Awaitable[object]],
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", AUGUST)
        await raise_rates(unit, world)

    async def rate() -> None:
        async with transactions.begin(admin) as unit:
            await what(unit, world.portal, **({"is_on": True} if what is preserve_billing_rates else {}))

    async with transactions.begin(admin) as unit:
        await freeze_rates(unit, world.portal, IN_AUGUST, FrozenSide.BOTH, reason="August is told")
        later = asyncio.create_task(rate())
        await somebody_waits(database)
    await later
    assert await rows(database, "SELECT cost_minor, revenue_minor FROM time_entry") == [(5000, 10000)]


async def test_p4_of_two_who_lock_the_same_at_once_one_does(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async def lock() -> None:
        async with transactions.begin(admin) as unit:
            await lock_period(unit, None, IN_AUGUST, reason="August is reported")

    outcomes = await asyncio.gather(lock(), lock(), lock(), return_exceptions=True)
    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["ALREADY_LOCKED", "ALREADY_LOCKED", "done"]
    assert await rows(database, "SELECT count(*) FROM work_lock") == [(1,)]


async def test_p4_many_at_once_leave_nothing_in_the_period_that_was_not_there_before_the_lock(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        ids = [await log(unit, world, "1", AUGUST) for _ in range(6)]

    async def one(work: Work) -> None:
        async with transactions.begin(admin) as unit:
            await work(unit)

    def edit(hour: int) -> Work:
        return lambda unit: edit_time(unit, hour, seconds=60, work_date=AUGUST, note="")

    works: list[Work] = [lambda unit: log(unit, world, "1", AUGUST) for _ in range(6)]
    works += [edit(hour) for hour in ids]
    works.insert(5, lambda unit: lock_period(unit, world.portal, IN_AUGUST, reason="August is reported"))
    works.insert(7, lambda unit: recalculate_project(unit, world.portal))
    outcomes = await asyncio.gather(*map(one, works), return_exceptions=True)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert {getattr(outcome, "code", outcome) for outcome in refused} <= {"PERIOD_LOCKED"}
    written = "SELECT count(*) FROM time_entry WHERE seconds = 60 OR id > :last".replace(":last", str(ids[-1]))
    assert await rows(database, written) == [(12 - len(refused),)]


async def test_p4_who_cannot_set_a_lock_for_long_gives_way(
    transactions: Transactions, admin: Principal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody who logs would wait behind it until a long recalculation ends."""
    monkeypatch.setattr(work_locks, "_WAIT_MAX", "50ms")
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", AUGUST)
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(admin) as other:
                await lock_period(other, None, IN_AUGUST, reason="August is reported")
    assert caught.value.code == "WORK_IS_WRITTEN"


@pytest.mark.parametrize("first", ["lock", "hour"])
async def test_p4_so_it_is_for_whatever_program_writes(
    transactions: Transactions, admin: Principal, world: World, database: Database, database_url: str, first: str
) -> None:
    """Two connections with SQL by hand."""
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", date(2026, 7, 15))
    lock = """
        INSERT INTO work_lock (organisation_id, kind, side, valid_from, valid_until, reason, locked_by)
        SELECT id, 'PERIOD_LOCK', 'BOTH', '2026-08-01', '2026-09-01', 'by hand', 'psql' FROM organisation
    """
    hour = """
        INSERT INTO time_entry (organisation_id, person_id, hour_type_id, work_date, seconds, note, status, row_version,
                                is_locked, logged_by, cost_minor, revenue_minor)
        SELECT organisation_id, person_id, hour_type_id, '2026-08-15', 60, '', 'APPROVED', 1, false, 'psql', 0, 0
        FROM time_entry LIMIT 1
    """
    async with (
        await AsyncConnection.connect(database_url) as one,
        await AsyncConnection.connect(database_url) as other,
    ):
        await one.execute(lock if first == "lock" else hour)
        second = asyncio.create_task(other.execute(hour if first == "lock" else lock))
        await somebody_waits(database)
        await one.commit()
        if first == "lock":
            with pytest.raises(psycopg.Error) as caught:
                await second
            assert caught.value.sqlstate == "HL005"
        else:
            await second
            await other.commit()
