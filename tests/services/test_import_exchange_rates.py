"""What a bank publishes becomes the organisation's exchange rates, once."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from connectors.exchange_rates.ecb import shipped_rates
from connectors.exchange_rates.ecb_files import read_rates
from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.services.import_exchange_rates import CurrencyImported, import_exchange_rates
from hourledger.services.set_base_currency import set_base_currency
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_up import create_company
from hourledger.transactions import Transactions
from models.database import Database
from tests.support.world import create_world, log

BANK = """Date,USD,RUB,HRK,
2026-10-07,2.5,N/A,N/A,
2026-10-06,2,N/A,N/A,
2026-10-05,1.25,100,N/A,
2026-10-02,1.25,80,7.5,
"""
LATER = "Date,USD,\n2026-10-08,4,\n"
IN_FORCE = """
    SELECT currency, rate::float::text, valid_from::text, (valid_until - 1)::text, source FROM exchange_rate
    WHERE retired_at IS NULL ORDER BY currency, valid_from NULLS FIRST
"""
ALL = "SELECT id, retired_at IS NULL FROM exchange_rate ORDER BY id"


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


async def imported(
    transactions: Transactions, admin: Principal, content: str, *currencies: str, since: date | None = None
) -> list[CurrencyImported]:
    published = read_rates(content.encode())
    async with transactions.begin(admin) as unit:
        return await import_exchange_rates(unit, published, currencies=currencies, since=since, source="bank")


async def test_weekends_have_the_rate_of_the_day_before_and_a_currency_that_ended_an_end(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    results = await imported(transactions, admin, BANK, "USD", "RUB")
    assert results == [
        CurrencyImported("RUB", is_published=True, added=2, last_day=date(2026, 10, 5)),
        CurrencyImported("USD", is_published=True, added=3),
    ]
    assert await rows(database, IN_FORCE) == [
        ("RUB", "80", "2026-10-02", "2026-10-04", "bank"),
        ("RUB", "100", "2026-10-05", "2026-10-05", "bank"),
        ("USD", "1.25", "2026-10-02", "2026-10-05", "bank"),
        ("USD", "2", "2026-10-06", "2026-10-06", "bank"),
        ("USD", "2.5", "2026-10-07", None, "bank"),
    ]


async def test_importing_twice_changes_nothing_and_an_old_file_neither(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    await imported(transactions, admin, BANK, "USD")
    await imported(transactions, admin, LATER, "USD")
    before = await rows(database, ALL)
    for content in (BANK, LATER, BANK):
        (usd,) = await imported(transactions, admin, content, "USD")
        assert (usd.added, usd.retired, usd.kept) == (0, 0, 4)
    assert await rows(database, ALL) == before
    events = "SELECT count(*) FROM event WHERE topic = 'EXCHANGE_RATES_IMPORTED'"
    assert await rows(database, events) == [(2,)]


async def test_only_rows_that_differ_are_retired(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    await imported(transactions, admin, BANK, "USD")
    (usd,) = await imported(transactions, admin, BANK.replace("2026-10-06,2,", "2026-10-06,3,"), "USD")
    assert (usd.added, usd.retired, usd.kept) == (1, 1, 2)


async def test_what_was_set_by_hand_outside_the_days_of_the_file_stays(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal(7), source="hand")
        await set_exchange_rate(unit, "USD", Decimal(8), valid_from=date(2026, 12, 1), source="hand")
    await imported(transactions, admin, BANK, "USD", since=date(2026, 10, 4))
    assert await rows(database, IN_FORCE) == [
        ("USD", "7", None, "2026-10-03", "hand"),
        ("USD", "1.25", "2026-10-04", "2026-10-05", "bank"),
        ("USD", "2", "2026-10-06", "2026-10-06", "bank"),
        ("USD", "2.5", "2026-10-07", "2026-11-30", "bank"),
        ("USD", "8", "2026-12-01", None, "hand"),
    ]


async def test_books_in_another_currency_get_crossed_rates(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_base_currency(unit, "USD")
    await imported(transactions, admin, BANK, "EUR", "RUB")
    assert await rows(database, IN_FORCE) == [
        ("EUR", "0.8", "2026-10-02", "2026-10-05", "bank"),
        ("EUR", "0.5", "2026-10-06", "2026-10-06", "bank"),
        ("EUR", "0.4", "2026-10-07", None, "bank"),
        ("RUB", "64", "2026-10-02", "2026-10-04", "bank"),
        ("RUB", "80", "2026-10-05", "2026-10-05", "bank"),
    ]


async def test_without_names_it_takes_what_is_in_use(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    with pytest.raises(HourledgerError) as caught:
        await imported(transactions, admin, BANK)
    assert caught.value.code == "CURRENCIES_NEEDED"
    async with transactions.begin(admin) as unit:
        await create_company(unit, "Northwind", "USD")
        await create_company(unit, "Abroad", "ARS")
    results = await imported(transactions, admin, BANK)
    assert [(one.currency, one.is_published) for one in results] == [("ARS", False), ("USD", True)]


BAD = (
    ("the base",               ("EUR",),        "BASE_CURRENCY"),
    ("no currency",            ("XYZ",),        "UNKNOWN_CURRENCY"),
    ("one that is no more",    ("HRK",),        "UNKNOWN_CURRENCY"),
    ("one that is not there",  ("USD", "ARS"),  "CURRENCY_NOT_PUBLISHED"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "currencies", "code"), BAD, ids=[one[0] for one in BAD])
async def test_a_currency_that_cannot_be_imported_is_refused_with_all_the_others(
    transactions: Transactions, admin: Principal, database: Database, what: str, currencies: tuple[str, ...], code: str
) -> None:
    with pytest.raises(HourledgerError) as caught:
        await imported(transactions, admin, BANK, *currencies)
    assert caught.value.code == code
    assert await rows(database, ALL) == []


async def test_books_in_a_currency_that_is_not_published_are_told_so(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_base_currency(unit, "ARS")
    with pytest.raises(HourledgerError) as caught:
        await imported(transactions, admin, BANK, "USD")
    assert caught.value.code == "CURRENCY_NOT_PUBLISHED"
    assert caught.value.facts == {"currencies": ["ARS"]}


async def test_only_administrators_import(transactions: Transactions, admin: Principal, database: Database) -> None:
    manager = Principal(admin.organisation_id, "manager", EVERYTHING - {Permission.ADMINISTER})
    with pytest.raises(HourledgerError) as caught:
        await imported(transactions, manager, BANK, "USD")
    assert caught.value.code == "PERMISSION_DENIED"
    assert await rows(database, ALL) == []


async def test_two_imports_at_once_are_one(transactions: Transactions, admin: Principal, database: Database) -> None:
    await asyncio.gather(*(imported(transactions, admin, BANK, "USD") for _ in range(3)))
    assert await rows(database, "SELECT count(*) FROM exchange_rate") == [(3,)]


async def test_a_history_of_years_is_imported_and_rates_work_of_any_day(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    """1 November 2026 is a Sunday: 1 h at 100 EUR at Friday's 1.1172."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        results = await import_exchange_rates(
            unit, shipped_rates(), currencies=["USD", "GBP", "JPY"], since=None, source="bank"
        )
        entry = await log(unit, world, "1", date(2026, 11, 1), project="dashboard")
    assert all(one.added > 700 and one.is_published for one in results)
    assert await rows(database, f"SELECT revenue_minor FROM time_entry WHERE id = {entry}") == [(11172,)]
