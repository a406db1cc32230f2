"""Workbooks make and update cards as the text import does, all or nothing (tick 30, §10 P11)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import pytest

from connectors.spreadsheets import read_sheets, write_workbook
from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied, Invalid
from hourledger.core.pricing.card_book import CardBook, read_book, write_book
from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.sheets import Table
from hourledger.core.work import RateKind
from hourledger.services.attribute_values import create_attribute_value
from hourledger.services.card_books import BookImported, export_card_book, import_card_book
from hourledger.services.export_rate_card import export_rate_card
from hourledger.services.import_rate_card import import_rate_card
from hourledger.services.rate_attributes import AttributeDraft, create_rate_attribute
from hourledger.transactions import Transactions
from models.selecting import find_all, find_one
from models.tables import AttributeSource, AuditRow, RateCardAliasRow, RateCardRow, RateLineRow
from tests.services.rate_world import Rates, without
from tests.support.world import create_world

Rows = Sequence[Sequence[Any]]
CARDS: Rows = [
    ["card", "description", "kind", "customer", "first_day"],
    ["Soda", "For all", "BILLING", "Meridian Museum", None],
]
RATES: Rows = [
    ["role", "first_day", "last_day", "rate", "currency"],
    ["Developer", date(2026, 6, 1), date(2026, 6, 30), 10.5, "EUR"],
    ["Developer", "2026-07-01", "General", "20", "EUR"],
]


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Rates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Rates(unit, world, {"Developer": world.role})


def book(cards: Rows, rates: Rows = (), aliases: Rows = ()) -> CardBook:
    """Through a real file."""
    tables = [Table(name, rows) for name, rows in (("Cards", cards), ("Rates", rates), ("Aliases", aliases)) if rows]
    return read_book(read_sheets(write_workbook(tables)))


async def card(rates: Rates, name: str) -> RateCardRow:
    row = await find_one(rates.unit.session, RateCardRow, rates.unit.organisation_id, name=name)
    assert row is not None
    return row


async def counts(rates: Rates) -> dict[str, int]:
    tables = (RateCardRow, RateCardAliasRow, RateLineRow, AuditRow)
    session, owner = rates.unit.session, rates.unit.organisation_id
    await session.flush()
    return {table.__name__: len(await find_all(session, table, owner)) for table in tables}


async def test_tick_30_a_new_card_comes_with_what_it_says_its_rates_and_aliases(rates: Rates) -> None:
    [done] = await import_card_book(rates.unit, book(CARDS, RATES, [["role", "alias"], ["Developer", "Maker"]]))
    assert (done.is_new, len(done.imported.changes), done.imported.aliases) == (True, 2, 1)
    row = await card(rates, "Soda")
    assert (row.description, row.kind, row.company_id) == ("For all", RateKind.BILLING, rates.world.museum)
    assert await rates.card_lines(row.id) == [
        "Developer 10.5 2026-06-01 to 2026-06-30",
        "Developer 20 2026-07-01 to open end",
    ]


async def test_a_workbook_and_a_text_of_the_same_lines_make_the_same_card(rates: Rates) -> None:
    await import_card_book(rates.unit, book(CARDS, RATES))
    typed = await rates.card("Typed")
    text = "role,first_day,last_day,rate,currency\nDeveloper,2026-06-01,2026-06-30,10.5,EUR\n"
    text += "Developer,2026-07-01,,20,EUR\n"
    await import_rate_card(rates.unit, typed, text, CardFormat.CSV)
    ours = (await card(rates, "Soda")).id
    assert await export_rate_card(rates.unit, ours, CardFormat.CSV) == await export_rate_card(
        rates.unit, typed, CardFormat.CSV
    )


async def test_p11_an_update_writes_only_what_differs_and_keeps_what_it_does_not_name(rates: Rates) -> None:
    await import_card_book(rates.unit, book(CARDS, RATES))
    rates.tick()
    [done] = await import_card_book(
        rates.unit,
        book(
            [["card", "description"], ["Soda", "For some"]],
            [["card", *RATES[0]], ["Soda", "Developer", date(2026, 7, 1), None, 22, "EUR"]],
        ),
    )
    assert (done.is_new, done.is_described_anew) == (False, True)
    assert [str(one.after.price) for one in done.imported.changes if one.after] == ["22.00 EUR/h"]
    row = await card(rates, "Soda")
    assert (row.description, row.company_id) == ("For some", rates.world.museum)  # a column left out says nothing
    assert await rates.card_lines(row.id) == [
        "Developer 10.5 2026-06-01 to 2026-06-30",
        "Developer 22 2026-07-01 to open end",
    ]
    rates.tick()
    [done] = await import_card_book(
        rates.unit,
        book([["card", "customer"], ["Soda", None]], [RATES[0], ["Developer", None, None, 5, "EUR"]]),
        replace=True,
    )
    assert (await card(rates, "Soda")).company_id is None  # an empty cell in one that is there says none
    assert await rates.card_lines(row.id) == ["Developer 5 always to open end"]


async def exported(rates: Rates, *names: str) -> bytes:
    ids = [(await card(rates, name)).id for name in names]
    return write_workbook(write_book(await export_card_book(rates.unit, ids)))


async def test_what_is_exported_is_imported_without_any_difference(rates: Rates) -> None:
    attribute = await create_rate_attribute(rates.unit, AttributeDraft("Place", AttributeSource.LOCATION))
    country = await create_attribute_value(rates.unit, AttributeSource.LOCATION, "USA")
    city = await create_attribute_value(rates.unit, AttributeSource.LOCATION, "New York", parent_id=country)
    soda = await rates.card("Soda", days="2026-01-01..2026-12-31")
    for number, (price, days) in enumerate((("10", "..2026-05-31"), ("0.0001L", "2026-06-01.."), ("0", ".."))):
        await rates.on_card(soda, ("Developer", "Developer", "=1+1")[number], price, days)
    await rates.on_card(soda, "Developer", "12.5", "2026-02-01..2026-02-28", attributes={attribute: city})
    costs = await rates.card("Wages", kind=RateKind.COST)
    await import_card_book(rates.unit, book([["card"], ["Soda"]], (), [["role", "alias"], ["Developer", "007"]]))
    before = await counts(rates)
    content = await exported(rates, "Soda", "Wages")
    for replace in (False, True):
        rates.tick()
        done = await import_card_book(rates.unit, read_book(read_sheets(content)), replace=replace)
        assert [one.card_id for one in done] == [soda, costs]
        assert not any(
            one.is_new or one.is_described_anew or one.imported.changes or one.imported.aliases for one in done
        )
    assert await counts(rates) == before


async def test_every_wrong_cell_is_told_and_nothing_is_changed(transactions: Transactions, admin: Principal) -> None:
    await create_world(transactions, admin)
    wrong = book(
        [
            ["card", "kind", "customer", "group", "first_day", "last_day"],
            ["New", "BILLING", None, None, None, None],
            ["Wages", "COST", "Nobody", None, None, None],
            ["Late", "COST", None, None, date(2026, 2, 2), date(2026, 1, 1)],
            ["Grouped", "COST", None, "Nowhere", None, None],
            ["Marked", "MARKUP", None, None, None, None],
        ],
        [
            ["card", "role", "attribute:Place", "first_day", "rate", "currency", "kind"],
            ["New", "Developer", None, None, 10.5, "EUR", None],
            ["New", "Nobody", None, None, 10.5, "EUR", None],
            ["New", "Developer", None, date(2026, 1, 1), 11, "EUR", None],
            ["New", "Developer", "Mars", None, 11, "EUR", None],
            ["New", "Developer", None, None, 10.12345, "EUR", None],
            ["Absent", "Developer", None, None, 1, "EUR", None],
        ],
        [["card", "role", "alias"], ["New", "Developer", "One"], ["New", "Developer", "Two"], ["New", "No", "Three"]],
    )
    with pytest.raises(Invalid) as caught:
        async with transactions.begin(admin) as unit:
            await import_card_book(unit, wrong)
    assert caught.value.code == "CARD_INVALID"
    assert [(one.field, one.code) for one in caught.value.facts["causes"]] == [
        ("Aliases!C3", "TWO_ALIASES"),
        ("Aliases!B4", "ROLE_UNKNOWN"),
        ("Cards!C3", "COMPANY_UNKNOWN"),
        ("Cards!F4", "PERIOD_REVERSED"),
        ("Cards!D5", "GROUP_UNKNOWN"),
        ("Cards!B6", "KIND_OF_CARD"),
        ("Rates!B3", "ROLE_UNKNOWN"),
        ("Rates!D4", "RATE_OVERLAP"),
        ("Rates!C5", "ATTRIBUTE_UNKNOWN"),
        ("Rates!E6", "RATE_INVALID"),
        ("Rates!A7", "RATE_CARD_UNKNOWN"),
    ]
    async with transactions.begin(admin) as unit:
        assert await find_all(unit.session, RateCardRow, unit.organisation_id) == []


async def test_a_card_stays_of_its_kind_and_takes_its_right(rates: Rates) -> None:
    await rates.card("Wages", kind=RateKind.COST)
    with pytest.raises(Invalid) as caught:
        await import_card_book(rates.unit, book([["card", "kind"], ["Wages", "BILLING"]]))
    assert [(one.field, one.code) for one in caught.value.facts["causes"]] == [("Cards!B2", "KIND_OF_CARD")]
    full = rates.unit.principal
    rates.unit.principal = without(full, Permission.EDIT_COST_RATES, Permission.VIEW_COST_RATES)
    with pytest.raises(Denied):
        await import_card_book(rates.unit, book([["card"], ["Wages"]]))
    with pytest.raises(Denied):
        await exported(rates, "Wages")
    rates.unit.principal = full
    done: list[BookImported] = await import_card_book(rates.unit, book([["card"], ["Wages"]]))
    assert not done[0].is_described_anew
