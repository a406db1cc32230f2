"""The chain from a logged hour to a posted journal entry, on a real database."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError, Invalid, Missing, NotAllowed
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.log_time import delete_time, edit_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.database import Database
from models.selecting import select_one
from models.tables import TimeEntryRow
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def rows(database: Database, query: str, **values: object) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query), values)).all()]


ACTUALS = """
    SELECT transaction_type, quantity / 3600.0, amount_minor, adjustment_status, billing_status FROM actual ORDER BY id
"""


async def actual_table(database: Database) -> list[str]:
    """Actuals as text, one a line: type, hours, amount, adjustment, billing."""
    found = await rows(database, ACTUALS)
    return [f"{kind} {float(str(hours)):g} {' '.join(map(str, others))}" for kind, hours, *others in found]


async def test_pi_01_eight_hours_become_cost_and_unbilled_sales(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
    assert await actual_table(database) == [
        "COST 8 40000 STANDS CREATED",
        "UNBILLED_SALES 8 80000 STANDS CREATED",
    ]


async def test_pi_08_confirming_unchanged_work_reverses_unbilled_and_writes_billed_sales(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
    async with transactions.begin(admin) as unit:
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        await confirm_billing_record(unit, record)
    assert await actual_table(database) == [
        "COST 8 40000 STANDS CREATED",
        "UNBILLED_SALES 8 80000 STANDS POSTED",
        "UNBILLED_SALES -8 -80000 UNADJUSTABLE POSTED",
        "BILLED_SALES 8 80000 STANDS POSTED",
    ]


async def test_posting_books_a_balanced_entry_in_both_currencies(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1.5", JUNE, project="dashboard")
        record = await create_billing_record(unit, BillingRequest([world.dashboard]))
        await confirm_billing_record(unit, record)
        await post_billing_record(unit, record)
    postings = await rows(
        database,
        "SELECT posting_type, currency, amount_minor, base_currency, base_minor FROM journal_posting "
        "ORDER BY line_number",
    )
    assert postings == [
        ("CUSTOMER_BALANCE", "USD", 30000, "EUR", 15000),
        ("INVOICED_REVENUE", "USD", -30000, "EUR", -15000),
    ]


async def test_finances_follow_work_through_draft_and_posting(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        one = (await project_finances(unit, [world.portal]))[world.portal]
        assert (one.actual_cost, one.actual_revenue) == (Money.of("400", "EUR"), Money.of("800", "EUR"))
        assert (one.unbilled_revenue, one.draft_revenue, one.billed_revenue) == (
            Money.of("800", "EUR"), Money.zero("EUR"), Money.zero("EUR"),
        )  # fmt: skip
        record = await create_billing_record(unit, BillingRequest([world.portal], additional_minor=5000))
        one = (await project_finances(unit, [world.portal]))[world.portal]
        assert (str(one.unbilled_revenue), str(one.draft_revenue)) == ("0.00 EUR", "850.00 EUR")
        await confirm_billing_record(unit, record)
        await post_billing_record(unit, record)
        one = (await project_finances(unit, [world.portal]))[world.portal]
        assert (str(one.draft_revenue), str(one.billed_revenue)) == ("0.00 EUR", "850.00 EUR")


async def raise_rate(transactions: Transactions, admin: Principal, world: World, cost: str, billing: str) -> None:
    async with transactions.begin(admin) as unit:
        for kind, rate in ((RateKind.COST, cost), (RateKind.BILLING, billing)):
            scope = RateScope(kind, Level.PERSON, person_id=world.person)
            await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period(), replace_overlapping=True)


async def test_ct_39_recalculation_rates_unbilled_hours_anew_and_billed_ones_never(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "2", date(2026, 6, 1))
        billed = await create_billing_record(unit, BillingRequest([world.portal]))
        await confirm_billing_record(unit, billed)
        await post_billing_record(unit, billed)
        await log(unit, world, "3", date(2026, 6, 2))
    await raise_rate(transactions, admin, world, "60", "120")
    amounts = "SELECT cost_minor, revenue_minor FROM time_entry ORDER BY id"
    assert await rows(database, amounts) == [(10000, 20000), (15000, 30000)]  # a changed rate alone moves nothing
    async with transactions.begin(admin) as unit:
        done = await recalculate_project(unit, world.portal)
    assert (done.changed, done.frozen, done.cost_delta_minor, done.revenue_delta_minor) == (1, 1, 3000, 6000)
    assert await rows(database, amounts) == [(10000, 20000), (18000, 36000)]


async def test_ct_r3_a_draft_record_follows_the_new_amounts_and_is_settled_when_confirmed(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "2", JUNE)
        record = await create_billing_record(unit, BillingRequest([world.portal]))
    await raise_rate(transactions, admin, world, "25", "40")
    async with transactions.begin(admin) as unit:
        await recalculate_project(unit, world.portal)
        one = (await project_finances(unit, [world.portal]))[world.portal]
        assert (str(one.draft_revenue), str(one.actual_cost)) == ("80.00 EUR", "50.00 EUR")
        await confirm_billing_record(unit, record)
    assert await actual_table(database) == [
        "COST 2 10000 ADJUSTED CANCELED",
        "UNBILLED_SALES 2 20000 ADJUSTED CANCELED",
        "COST -2 -10000 UNADJUSTABLE CANCELED",
        "UNBILLED_SALES -2 -20000 UNADJUSTABLE CANCELED",
        "COST 2 5000 STANDS CREATED",
        "UNBILLED_SALES 2 8000 STANDS POSTED",
        "UNBILLED_SALES -2 -8000 UNADJUSTABLE POSTED",
        "BILLED_SALES 2 8000 STANDS POSTED",
    ]


async def test_ct_r10_recalculating_twice_changes_nothing_the_second_time(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "2", JUNE)
    await raise_rate(transactions, admin, world, "60", "120")
    async with transactions.begin(admin) as unit:
        assert (await recalculate_project(unit, world.portal)).changed == 1
    async with transactions.begin(admin) as unit:
        assert (await recalculate_project(unit, world.portal)).changed == 0
    assert await rows(database, "SELECT count(*) FROM valuation") == [(2,)]


async def test_ct_r7_of_two_who_bill_the_same_hour_at_once_exactly_one_wins(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)

    async def bill() -> int:
        async with transactions.begin(admin) as unit:
            return await create_billing_record(unit, BillingRequest([world.portal]))

    outcomes = await asyncio.gather(*(bill() for _ in range(6)), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, HourledgerError)]
    assert len(refused) == 5
    assert {one.code for one in refused} <= {"NOTHING_TO_BILL", "ALREADY_BILLED"}
    assert await rows(database, "SELECT count(*) FROM billing_claim WHERE released_at IS NULL") == [(1,)]


async def test_posting_twice_at_once_books_one_entry(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        await confirm_billing_record(unit, record)

    async def post() -> int:
        async with transactions.begin(admin) as unit:
            return await post_billing_record(unit, record)

    outcomes = await asyncio.gather(*(post() for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["NotAllowed", "NotAllowed", "NotAllowed", "int"]
    assert await rows(database, "SELECT count(*) FROM journal_entry") == [(1,)]


async def test_a_deleted_draft_gives_its_work_back(transactions: Transactions, admin: Principal, world: World) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        first = await create_billing_record(unit, BillingRequest([world.portal]))
        await delete_billing_record(unit, first)
        second = await create_billing_record(unit, BillingRequest([world.portal]))
        assert second != first


async def test_editing_hours_reverses_their_actuals_and_writes_new_ones(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "8", JUNE)
    async with transactions.begin(admin) as unit:
        await edit_time(unit, entry, seconds=6 * 3600, work_date=JUNE, note="less")
    assert await actual_table(database) == [
        "COST 8 40000 ADJUSTED CANCELED",
        "UNBILLED_SALES 8 80000 ADJUSTED CANCELED",
        "COST -8 -40000 UNADJUSTABLE CANCELED",
        "UNBILLED_SALES -8 -80000 UNADJUSTABLE CANCELED",
        "COST 6 30000 STANDS CREATED",
        "UNBILLED_SALES 6 60000 STANDS CREATED",
    ]


BILLED_WORK = ("draft", "posted")


@pytest.mark.parametrize("state", BILLED_WORK)
async def test_work_on_a_billing_record_can_be_neither_edited_nor_deleted(
    transactions: Transactions, admin: Principal, world: World, state: str
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "8", JUNE)
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        if state == "posted":
            await confirm_billing_record(unit, record)
            await post_billing_record(unit, record)
    with pytest.raises(NotAllowed):
        async with transactions.begin(admin) as unit:
            await edit_time(unit, entry, seconds=3600, work_date=JUNE, note="")
    with pytest.raises(NotAllowed):
        async with transactions.begin(admin) as unit:
            await delete_time(unit, entry)


async def test_ct_r6_the_database_itself_refuses_to_change_what_is_billed(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        await confirm_billing_record(unit, record)
        await post_billing_record(unit, record)
    for statement in (
        "UPDATE time_entry SET revenue_minor = 1",
        "UPDATE time_entry SET seconds = 60",
        "DELETE FROM time_entry",
        "UPDATE billing_record SET description = 'other'",
        "UPDATE billing_record_line SET amount_minor = 1",
        "DELETE FROM billing_record_line",
        "UPDATE actual SET amount_minor = 1",
        "DELETE FROM actual",
        "UPDATE valuation SET cost_minor = 1",
        "UPDATE journal_posting SET amount_minor = 1",
        "DELETE FROM journal_entry",
    ):
        with pytest.raises(NotAllowed):
            async with transactions.begin(admin) as unit:
                await unit.session.execute(text(statement))


async def test_an_unbalanced_entry_is_refused_at_commit(transactions: Transactions, admin: Principal) -> None:
    with pytest.raises(Invalid, match="does not balance") as caught:
        async with transactions.begin(admin) as unit:
            await unit.session.execute(
                text(
                    "WITH e AS (INSERT INTO journal_entry (organisation_id, reference, accounting_date, description, "
                    "posted_by) VALUES (:organisation, 'X', '2026-01-01', '', 'me') RETURNING id) "
                    "INSERT INTO journal_posting (organisation_id, journal_entry_id, line_number, posting_type, "
                    "account_id, currency, amount_minor, base_currency, base_minor, description) "
                    "SELECT :organisation, e.id, n, 'INVOICED_REVENUE', (SELECT min(id) FROM account), 'EUR', "
                    "n * 100, 'EUR', n * 100, '' FROM e, generate_series(1, 2) n"
                ),
                {"organisation": admin.organisation_id},
            )
    assert caught.value.code == "ENTRY_UNBALANCED"


async def test_a_rate_that_overlaps_names_the_one_in_the_way(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=world.role)
    async with transactions.begin(admin) as unit:
        await set_rate(unit, scope, HourlyRate.of("90", "EUR"), Period(date(2026, 1, 1), date(2026, 7, 1)))
    with pytest.raises(Invalid, match=r"90.00 EUR/h is in force 2026-01-01 to 2026-06-30") as caught:
        async with transactions.begin(admin) as unit:
            await set_rate(unit, scope, HourlyRate.of("95", "EUR"), Period(date(2026, 6, 1), None))
    assert caught.value.code == "RATE_OVERLAP"


async def test_ct_37_a_later_rate_ends_the_open_one_the_day_before(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=world.role)
    async with transactions.begin(admin) as unit:
        await set_rate(unit, scope, HourlyRate.of("20", "EUR"), Period())
        await set_rate(unit, scope, HourlyRate.of("25", "EUR"), Period(date(2023, 5, 1), None))
    in_force = await rows(
        database,
        "SELECT l.rate_scaled, valid_from, valid_until FROM rate_line l JOIN rate_scope s ON s.id = l.scope_id "
        "WHERE s.role_id IS NOT NULL AND retired_at IS NULL ORDER BY valid_from NULLS FIRST",
    )
    assert in_force == [(200000, None, date(2023, 5, 1)), (250000, date(2023, 5, 1), None)]


async def test_work_in_a_currency_without_exchange_rate_is_refused_whole(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    with pytest.raises(Missing) as caught:
        async with transactions.begin(admin) as unit:
            await log(unit, world, "8", JUNE)
            await log(unit, world, "8", date(2024, 12, 31), project="dashboard")  # the USD rate starts in 2025
    assert caught.value.code == "EXCHANGE_RATE_MISSING"
    assert await rows(database, "SELECT count(*) FROM time_entry") == [(0,)]


async def test_events_get_numbers_after_the_commit_without_gaps(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    await asyncio.gather(*(raise_rate(transactions, admin, world, "60", "120") for _ in range(1)))
    found = await rows(database, "SELECT array_agg(seq ORDER BY seq), count(*) FROM event")
    numbers, count = found[0]
    assert numbers == list(range(1, int(str(count)) + 1))


async def test_a_record_that_would_bill_nothing_is_refused_when_confirmed_and_can_be_deleted(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    await raise_rate(transactions, admin, world, "50", "0")
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        record = await create_billing_record(unit, BillingRequest([world.portal]))
    with pytest.raises(Invalid) as caught:
        async with transactions.begin(admin) as unit:
            await confirm_billing_record(unit, record)
    assert caught.value.code == "NOTHING_TO_POST"
    async with transactions.begin(admin) as unit:
        await delete_billing_record(unit, record)


async def test_a_row_that_is_locked_is_read_anew(transactions: Transactions, admin: Principal, world: World) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "8", JUNE)
    async with transactions.begin(admin) as first:
        before = await select_one(first.session, TimeEntryRow, first.organisation_id, entry)
        assert before is not None
        async with transactions.begin(admin) as second:
            await edit_time(second, entry, seconds=3600, work_date=JUNE, note="")
        locked = await select_one(first.session, TimeEntryRow, first.organisation_id, entry, lock=True)
        assert locked is not None
        assert locked.seconds == 3600
