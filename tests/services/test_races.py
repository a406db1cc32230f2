"""At the same time: who is second sees what the first has done, and no order of events breaks a total."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.database import Database
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


async def capped_task(transactions: Transactions, admin: Principal, world: World, cap: str) -> int:
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(cap))
        return await create_task(unit, world.portal, plan)


async def test_ct_r4_a_cap_is_handed_out_in_date_order_and_negative_entries_give_back(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    task = await capped_task(transactions, admin, world, "250")
    for day, hours in ((1, 2), (2, 1), (3, 1), (4, -1), (5, -1)):  # at 100 an hour
        async with transactions.begin(admin) as unit:
            draft = TimeDraft(world.person, world.portal, date(2026, 6, day), hours * 3600, task_id=task)
            await log_time(unit, [draft])
    found = await rows(database, "SELECT revenue_minor FROM time_entry ORDER BY work_date")
    assert found == [(20000,), (5000,), (0,), (0,), (-5000,)]


async def test_deleting_an_entry_of_a_capped_task_hands_its_share_to_later_ones(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    task = await capped_task(transactions, admin, world, "250")
    async with transactions.begin(admin) as unit:
        drafts = [TimeDraft(world.person, world.portal, date(2026, 6, day), 7200, task_id=task) for day in (1, 2, 3)]
        first, *_ = await log_time(unit, drafts)
    earned = "SELECT revenue_minor FROM time_entry WHERE deleted_at IS NULL ORDER BY work_date"
    assert await rows(database, earned) == [(20000,), (5000,), (0,)]  # 2 h at 100 an hour, 250 in all
    async with transactions.begin(admin) as unit:
        await delete_time(unit, first)
    assert await rows(database, earned) == [(20000,), (5000,)]
    async with transactions.begin(admin) as unit:
        await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([world.portal])))
    billed = "SELECT amount_minor FROM actual WHERE transaction_type = 'BILLED_SALES' ORDER BY transaction_date"
    assert await rows(database, billed) == [(20000,), (5000,)]


async def test_entries_logged_at_once_never_earn_more_than_the_cap(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    task = await capped_task(transactions, admin, world, "250")

    async def work(day: int) -> None:
        async with transactions.begin(admin) as unit:
            await log_time(unit, [TimeDraft(world.person, world.portal, date(2026, 6, day), 3600, task_id=task)])

    await asyncio.gather(*(work(day) for day in range(1, 9)))
    assert await rows(database, "SELECT sum(revenue_minor)::bigint FROM time_entry") == [(25000,)]


async def test_confirming_while_the_project_is_recalculated_ends_with_equal_amounts_everywhere(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        for day in range(1, 21):
            await log(unit, world, "8", date(2026, 6, day))
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of("130", "EUR"), Period(), replace_overlapping=True)

    async def confirm() -> None:
        async with transactions.begin(admin) as unit:
            await confirm_billing_record(unit, record)

    async def recalculate() -> None:
        async with transactions.begin(admin) as unit:
            await recalculate_project(unit, world.portal)

    await asyncio.gather(confirm(), recalculate())
    differing = """
        SELECT count(*) FROM billing_record_line l JOIN actual a ON a.billing_line_id = l.id
        JOIN time_entry e ON e.id = a.time_entry_id
        WHERE a.transaction_type = 'BILLED_SALES'
          AND (a.amount_minor <> l.amount_minor OR e.revenue_minor <> l.amount_minor)
    """
    assert await rows(database, differing) == [(0,)]
    assert await rows(database, "SELECT count(*) FROM actual WHERE transaction_type = 'BILLED_SALES'") == [(20,)]
    unbalanced = """
        SELECT count(*) FROM (SELECT time_entry_id FROM actual WHERE transaction_type = 'UNBILLED_SALES'
        GROUP BY time_entry_id HAVING sum(amount_minor) <> 0 OR sum(quantity) <> 0) open
    """
    assert await rows(database, unbalanced) == [(0,)]


async def test_an_hour_that_is_edited_while_it_is_put_on_a_record_is_either_edited_or_billed(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    for _ in range(5):
        async with transactions.begin(admin) as unit:
            entry = await log(unit, world, "8", JUNE)

        async def edit(entry: int = entry) -> None:
            async with transactions.begin(admin) as unit:
                await edit_time(unit, entry, seconds=3600, work_date=JUNE, note="")

        async def bill() -> None:
            async with transactions.begin(admin) as unit:
                await create_billing_record(unit, BillingRequest([world.portal]))

        outcomes = await asyncio.gather(edit(), bill(), return_exceptions=True)
        assert all(one is None or isinstance(one, HourledgerError) for one in outcomes), outcomes
        claimed_but_reversed = """
            SELECT count(*) FROM billing_claim c JOIN actual a ON a.id = c.actual_id
            WHERE c.released_at IS NULL AND a.adjustment_status <> 'STANDS'
        """
        assert await rows(database, claimed_but_reversed) == [(0,)]


async def test_confirming_and_recalculating_never_lock_each_other_out(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        for day in range(28, 0, -1):  # logged in another order than worked
            await log(unit, world, "8", date(2026, 6, day))
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of("130", "EUR"), Period(), replace_overlapping=True)

    async def confirm() -> None:
        async with transactions.begin(admin, dry_run=True) as unit:
            await confirm_billing_record(unit, record)

    async def recalculate() -> None:
        async with transactions.begin(admin, dry_run=True) as unit:
            await recalculate_project(unit, world.portal)

    for _ in range(8):
        await asyncio.gather(confirm(), recalculate(), confirm(), recalculate())


async def test_nobody_who_works_on_a_capped_task_locks_another_one_out(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    task = await capped_task(transactions, admin, world, "1000")
    async with transactions.begin(admin) as unit:
        drafts = [
            TimeDraft(world.person, world.portal, date(2026, 6, day), 3600, task_id=task) for day in range(20, 0, -1)
        ]
        ids = await log_time(unit, drafts)

    async def work() -> None:
        async with transactions.begin(admin) as unit:
            await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])

    async def edit(entry: int) -> None:
        async with transactions.begin(admin) as unit:
            await edit_time(unit, entry, seconds=7200, work_date=JUNE, note="")

    async def delete(entry: int) -> None:
        async with transactions.begin(admin) as unit:
            await delete_time(unit, entry)

    async def recalculate() -> None:
        async with transactions.begin(admin) as unit:
            await recalculate_project(unit, world.portal)

    for number in range(4):
        await asyncio.gather(recalculate(), work(), edit(ids[number]), work(), delete(ids[-number - 1]), recalculate())
    earned = "SELECT sum(revenue_minor)::bigint FROM time_entry WHERE deleted_at IS NULL"
    assert await rows(database, earned) == [(100_000,)]


@pytest.mark.parametrize("first", ["edit", "recalculate"])
async def test_who_waited_for_an_entry_rates_it_by_what_it_is_now(
    transactions: Transactions, admin: Principal, world: World, database: Database, first: str
) -> None:
    """CT-R10 at the same time: the second recalculation finds nothing to do."""
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "8", JUNE)
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of("130", "EUR"), Period(), replace_overlapping=True)

    async def recalculate() -> int:
        async with transactions.begin(admin) as unit:
            return (await recalculate_project(unit, world.portal)).changed

    async with transactions.begin(admin) as unit:
        if first == "edit":
            await edit_time(unit, entry, seconds=3600, work_date=date(2026, 7, 1), note="")
        else:
            assert (await recalculate_project(unit, world.portal)).changed == 1
        second = asyncio.create_task(recalculate())
        while not await rows(database, WAITING):  # noqa: ASYNC110  (the database tells nobody that somebody waits)
            await asyncio.sleep(0)
    assert await second == 0


async def test_a_record_that_is_confirmed_and_deleted_at_once_is_one_of_the_two(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    for _ in range(4):
        async with transactions.begin(admin) as unit:
            await log(unit, world, "8", JUNE)
            record = await create_billing_record(unit, BillingRequest([world.portal]))

        async def confirm(record: int = record) -> None:
            async with transactions.begin(admin) as unit:
                await confirm_billing_record(unit, record)

        async def delete(record: int = record) -> None:
            async with transactions.begin(admin) as unit:
                await delete_billing_record(unit, record)

        outcomes = await asyncio.gather(confirm(), delete(), return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NotAllowed"]
    wrong = """
        SELECT r.id FROM billing_record r JOIN billing_record_line l ON l.billing_record_id = r.id
        JOIN billing_claim c ON c.billing_record_line_id = l.id
        WHERE (r.status = 'DELETED') <> (c.released_at IS NOT NULL)
    """
    assert await rows(database, wrong) == []
