"""The database keeps the sums of projects exact: whatever changes rows, in bulk, by hand, or two at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import create_project
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.database import Database, Session
from models.queries.finances import task_sums
from models.queries.roll_ups import FIGURES, fold_roll_ups, rebuild_roll_ups, roll_up_differences
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


@asynccontextmanager
async def committed(database: Database) -> AsyncIterator[Session]:
    async with database.session() as session:
        yield session
        await session.commit()


async def run(database: Database, *statements: str) -> None:
    async with committed(database) as session:
        for statement in statements:
            await session.execute(text(statement))


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


async def wrong(database: Database) -> list[tuple[str, int]]:
    async with database.session() as session:
        return [(one.figure, one.rows_less_roll_up) for one in await roll_up_differences(session)]


async def fold(database: Database, *, at_least: int = 1) -> None:
    async with committed(database) as session:
        await fold_roll_ups(session, at_least=at_least)


async def raise_rate(transactions: Transactions, admin: Principal, world: World, billing: str) -> None:
    async with transactions.begin(admin) as unit:
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of(billing, "EUR"), Period(), replace_overlapping=True)


@pytest.fixture
async def busy(transactions: Transactions, admin: Principal, world: World, database: Database) -> World:
    """Posted, confirmed, drafted and open work, and expenses, on two projects."""
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", date(2026, 6, 1))
        posted = await create_billing_record(unit, BillingRequest([world.portal], additional_minor=700))
        await confirm_billing_record(unit, posted)
        await post_billing_record(unit, posted)
        await log(unit, world, "4", date(2026, 6, 2))
        await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([world.portal])))
        await log(unit, world, "2", date(2026, 6, 3))
        for is_billable in (True, False):
            travel = ExpenseDraft(world.portal, "Travel", "Train", planned_minor=900, actual_minor=5000, paid_on=JUNE,
                                  is_billable=is_billable)  # fmt: skip
            await add_expense(unit, travel)
        await create_billing_record(unit, BillingRequest([world.portal]))
        await log(unit, world, "1", date(2026, 6, 4))
        await log(unit, world, "3", date(2026, 6, 5), project="dashboard")
    assert await wrong(database) == []
    return world


# Statements that no service runs; each must leave the sums exact, folded before or not.
BY_HAND = {
    "hours in bulk": "UPDATE time_entry SET seconds = seconds + 60, cost_minor = 7, revenue_minor = 11 "
    "WHERE NOT is_locked",
    "an hour moves to another project": "UPDATE time_entry SET project_id = (SELECT max(id) FROM project), "
    "task_id = NULL WHERE work_date = '2026-06-04'",
    "an hour on a draft moves": "UPDATE time_entry SET task_id = NULL, revenue_minor = 1 "
    "WHERE work_date = '2026-06-03'",
    "a deleted hour comes back": "UPDATE time_entry SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END "
    "WHERE NOT is_locked",
    "hours without actuals": "INSERT INTO time_entry (organisation_id, person_id, project_id, hour_type_id, work_date, "
    "seconds, note, status, row_version, is_locked, logged_by, cost_minor, revenue_minor) SELECT organisation_id, "
    "person_id, project_id, hour_type_id, work_date, 60, '', 'APPROVED', 1, false, 'test', 1, 2 FROM time_entry",
    "open sales are no longer open": "UPDATE actual SET billing_status = 'CANCELED' WHERE billing_status = 'CREATED'",
    "a draft in review": "UPDATE billing_record SET status = 'IN_REVIEW' WHERE status = 'DRAFT'",
    "a confirmed record posted": "UPDATE billing_record SET status = 'POSTED' WHERE status = 'CONFIRMED'",
    "a draft deleted with its claims": "UPDATE billing_record SET status = 'DELETED', deleted_at = now() "
    "WHERE status = 'DRAFT'",
    "claims released": "UPDATE billing_claim SET released_at = now() WHERE billing_record_line_id IN "
    "(SELECT l.id FROM billing_record_line l JOIN billing_record r ON r.id = l.billing_record_id "
    "WHERE r.status = 'DRAFT')",
    "claims gone": "DELETE FROM billing_claim",
    "lines of a draft edited": "UPDATE billing_record_line SET amount_minor = amount_minor + 5, task_id = NULL "
    "WHERE billing_record_id = (SELECT id FROM billing_record WHERE status = 'DRAFT')",
    "lines of a draft for nothing": "UPDATE billing_record_line SET billing_type = 'COMPLIMENTARY' "
    "WHERE billing_record_id = (SELECT id FROM billing_record WHERE status = 'DRAFT')",
    "a line more": "INSERT INTO billing_record_line (organisation_id, billing_record_id, project_id, "
    "transaction_class, billing_type, quantity, amount_minor, description) SELECT organisation_id, id, "
    "(SELECT min(id) FROM project), 'FEE', 'CHARGEABLE', 1, 12345, '' FROM billing_record WHERE status = 'DRAFT'",
    "an expense is billable after all": "UPDATE expense SET is_billable = true, planned_minor = 1 WHERE NOT is_locked",
    "an expense moves": "UPDATE expense SET project_id = (SELECT max(id) FROM project) WHERE NOT is_locked",
}


@pytest.mark.parametrize("folded", [False, True], ids=["appended", "folded"])
async def test_no_statement_gets_past_the_sums(busy: World, database: Database, folded: bool) -> None:
    if folded:
        await fold(database)
        assert await rows(database, "SELECT count(*) FROM roll_up_delta") == [(0,)]
    for name, statement in BY_HAND.items():
        async with database.session() as session:
            result = await session.execute(text(statement))
            assert result.rowcount > 0, name
            found = [(one.figure, one.rows_less_roll_up) for one in await roll_up_differences(session)]
            await session.rollback()
        assert found == [], name


async def test_all_of_it_one_after_the_other(busy: World, database: Database) -> None:
    await run(database, *(one for name, one in BY_HAND.items() if "posted" not in name))
    assert await wrong(database) == []
    await fold(database)
    assert await wrong(database) == []


async def test_the_comparison_finds_what_is_wrong_and_a_rebuild_mends_it(busy: World, database: Database) -> None:
    await fold(database)
    await run(database, *(f"UPDATE roll_up SET {figure} = {figure} + 3" for figure in FIGURES))
    assert {(figure, off) for figure, off in await wrong(database)} == {(figure, -3) for figure in FIGURES}
    async with committed(database) as session:
        assert await rebuild_roll_ups(session) == len(await rows(database, "SELECT id FROM roll_up"))
    assert await wrong(database) == []
    await run(database, "DELETE FROM roll_up", "DELETE FROM roll_up_delta")
    async with committed(database) as session:
        await rebuild_roll_ups(session)
    assert await wrong(database) == []


async def test_another_organisation_is_neither_compared_nor_mended(busy: World, database: Database) -> None:
    await run(database, "UPDATE roll_up_delta SET seconds = seconds + 1 WHERE id = (SELECT min(id) FROM roll_up_delta)")
    async with database.session() as session:
        assert await roll_up_differences(session, organisation_id=0) == []
        assert await rebuild_roll_ups(session, organisation_id=0) == 0
        assert len(await roll_up_differences(session)) == 1


async def test_a_task_without_hours_left_is_not_listed(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "8", JUNE)
        [one] = await task_sums(unit.session, unit.organisation_id, [world.portal])
        assert (one.task_id, one.actual_seconds, one.labor_cost) == (world.build, 28800, 40000)
        await delete_time(unit, entry)
        assert await task_sums(unit.session, unit.organisation_id, [world.portal]) == []


async def test_folding_waits_until_it_is_worth_it_and_never_for_another(busy: World, database: Database) -> None:
    [(waiting,)] = await rows(database, "SELECT count(*)::int FROM roll_up_delta")
    assert isinstance(waiting, int)
    await fold(database, at_least=waiting + 1)
    assert await rows(database, "SELECT count(*)::int FROM roll_up_delta") == [(waiting,)]
    async with database.session() as first:
        await fold_roll_ups(first)
        await fold(database)  # returns at once, with nothing done
        assert await rows(database, "SELECT count(*)::int FROM roll_up_delta") == [(waiting,)]
        await first.commit()
    assert await rows(database, "SELECT count(*)::int FROM roll_up_delta") == [(0,)]
    assert await wrong(database) == []


async def test_what_is_appended_while_it_is_folded_is_folded_next_time(
    busy: World, transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, busy, "1", JUNE)
        await fold(database)  # does not see the hour
        assert (await project_finances(unit, [busy.portal]))[busy.portal].actual_seconds == 16 * 3600
    assert await wrong(database) == []
    await fold(database)
    assert await wrong(database) == []


async def test_figures_are_not_changed_from_an_old_snapshot(busy: World, database: Database) -> None:
    async with database.session() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        with pytest.raises(DBAPIError) as caught:
            await session.execute(text("UPDATE expense SET planned_minor = 1 WHERE NOT is_locked"))
        await session.rollback()
    assert "READ COMMITTED" in str(caught.value)


# --- at the same time ---------------------------------------------------------------------------------------------


async def test_two_who_log_on_one_project_do_not_wait_for_each_other(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    """The second commits while the first has not: with sums in shared rows it would wait for ever here."""
    async with transactions.begin(admin) as first:
        await log(first, world, "8", JUNE)
        async with asyncio.timeout(20), transactions.begin(admin) as second:
            await log(second, world, "4", JUNE)
            assert (await project_finances(second, [world.portal]))[world.portal].actual_seconds == 4 * 3600
        assert (await project_finances(first, [world.portal]))[world.portal].actual_seconds == 12 * 3600
    assert await wrong(database) == []


async def test_crossing_projects_in_opposite_order_never_locks_anybody_out(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async def work(*projects: str) -> None:
        async with transactions.begin(admin) as unit:
            for project in projects:
                await log(unit, world, "1", JUNE, project=project)
                await asyncio.sleep(0)

    for _ in range(5):
        there = [work("portal", "dashboard") for _ in range(3)]
        back = [work("dashboard", "portal") for _ in range(3)]
        await asyncio.gather(*there, *back, fold(database), fold(database))
    assert await wrong(database) == []
    await fold(database)
    assert await rows(database, "SELECT sum(seconds)::int, sum(entries)::int FROM roll_up") == [(60 * 3600, 60)]


async def test_an_hour_is_rated_while_it_is_put_on_a_draft_or_taken_off(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    """Revenue times state: whoever came second must see what the first has made of the other factor."""
    async with transactions.begin(admin) as unit:
        for day in range(1, 11):
            await log(unit, world, "8", date(2026, 6, day))

    async def recalculate() -> None:
        async with transactions.begin(admin) as unit:
            await recalculate_project(unit, world.portal)

    async def draft() -> int:
        async with transactions.begin(admin) as unit:
            return await create_billing_record(unit, BillingRequest([world.portal]))

    async def delete(record: int) -> None:
        async with transactions.begin(admin) as unit:
            await delete_billing_record(unit, record)

    for number in range(6):
        await raise_rate(transactions, admin, world, str(100 + number))
        record, _ = await asyncio.gather(draft(), recalculate())
        assert await wrong(database) == []
        await raise_rate(transactions, admin, world, str(200 + number))
        await asyncio.gather(recalculate(), delete(record))
        assert await wrong(database) == []


async def test_one_who_holds_the_rated_hour_makes_the_draft_wait_and_then_agree(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
    await raise_rate(transactions, admin, world, "130")

    async def draft() -> None:
        async with transactions.begin(admin) as unit:
            await create_billing_record(unit, BillingRequest([world.portal]))

    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with transactions.begin(admin) as unit:
        assert (await recalculate_project(unit, world.portal)).changed == 1
        second = asyncio.create_task(draft())
        while not (second.done() or await rows(database, waiting)):  # noqa: ASYNC110  (the database tells nobody that somebody waits)
            await asyncio.sleep(0)
    await second
    async with transactions.begin(admin) as unit:
        one = (await project_finances(unit, [world.portal]))[world.portal]
    assert (str(one.draft_revenue), str(one.unbilled_revenue)) == ("1,040.00 EUR", "0.00 EUR")
    assert await wrong(database) == []


async def test_everything_at_once_ends_exact(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        drafts = [TimeDraft(world.person, world.portal, date(2026, 6, day), 3600, world.build) for day in range(1, 29)]
        ids = await log_time(unit, drafts)
        other = await create_project(unit, code="OTHER", name="Other", company_id=world.museum)
    refused: list[str] = []

    async def attempt(number: int) -> None:
        try:
            async with transactions.begin(admin) as unit:
                match number % 7:
                    case 0:
                        await recalculate_project(unit, world.portal)
                    case 1:
                        await create_billing_record(unit, BillingRequest([world.portal], until=date(2026, 6, number)))
                    case 2:
                        await edit_time(unit, ids[number], seconds=60 * number, work_date=JUNE, note="")
                    case 3:
                        await delete_time(unit, ids[number])
                    case 4:
                        drafted = await unit.session.execute(
                            text("SELECT min(id) FROM billing_record WHERE status = 'DRAFT'")
                        )
                        await confirm_billing_record(unit, drafted.scalar_one() or 0)
                    case 5:
                        await log_time(unit, [TimeDraft(world.person, other, JUNE, 60), drafts[0]])
                    case _:
                        await log_time(unit, [drafts[0], TimeDraft(world.person, other, JUNE, 60)])
        except HourledgerError as error:
            refused.append(error.code)

    for number in range(0, 28, 7):
        await raise_rate(transactions, admin, world, str(100 + number))
        await asyncio.gather(*(attempt(number + one) for one in range(7)), fold(database))
        assert await wrong(database) == []
    assert "DEADLOCK" not in refused
