"""Workbooks of rate cards: read back they are the same, and every wrong cell is named (§10 P11)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.pricing.card_book import BookCard, CardBook, read_book, write_book
from hourledger.core.pricing.card_line import CardAlias, CardLine
from hourledger.core.sheets import Sheet, SheetRow, Unreadable
from hourledger.core.work import RateKind
from tests.core.tables import table
from tests.core.test_card_text import LINES, NAMES


def sheet(name: str, text: str) -> Sheet:
    """Rows of cells between bars; ? is a cell that cannot be read."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return Sheet(
        name,
        [
            SheetRow(number, [Unreadable("It holds a formula.") if cell == "?" else cell for cell in row])
            for number, row in enumerate(rows, start=1)
        ],
    )


CARDS = sheet("Cards", """
    Card | Description | Kind    | Customer | First day  | Last day
    Soda | For all     | BILLING |          | 2026-01-01 | General
    Cola |             | COST    | Museum   |            |
""")  # fmt: skip
RATES = sheet("Rates", """
    card | role       | attribute:Place | first day  | last day   | rate   | currency | locked
    Soda | Copywriter | USA > New York  | 2026-06-01 | 2026-06-30 | 10.125 | USD      | yes
    Soda | Copywriter | USA > New York  | 2026-07-01 | general    | 20     | USD      |
         |            |                 |            |            |        |          |
    Cola | Accountant |                 |            | GENERAL    | 50     | EUR      |
""")  # fmt: skip
ALIASES = sheet("aliases", """
    card | role       | alias
    Soda | Copywriter | Writer
""")  # fmt: skip


def test_tick_30_cards_rates_and_aliases_are_read() -> None:
    book = read_book([CARDS, Sheet("Notes", [SheetRow(1, ["whatever"])]), RATES, ALIASES])
    assert book.errors == []
    soda, cola = book.cards["Soda"], book.cards["Cola"]
    assert soda.said == {
        "description": "For all",
        "kind": RateKind.BILLING,
        "customer": "",
        "first_day": date(2026, 1, 1),
        "last_day": None,
    }
    assert [(one.role, dict(one.attributes), str(one.ranged.price), str(one.ranged.period)) for one in soda.lines] == [
        ("Copywriter", {"Place": "USA > New York"}, "10.125 USD/h", "2026-06-01 to 2026-06-30"),
        ("Copywriter", {"Place": "USA > New York"}, "20.00 USD/h", "2026-07-01 to open end"),
    ]
    assert [(one.role, one.alias) for one in soda.aliases] == [("Copywriter", "Writer")]
    assert [str(one.ranged.period) for one in cola.lines] == ["always to open end"]
    assert str(cola.lines[0].place) == "Rates row 5"


WRONG = """
    role | rate   | currency | first_day  | last_day   | basis   | unit_hours | locked || where     | code
    A    | 10.1301300000001 | EUR  |      |            |         |            |        || Rates!B2  | RATE_INVALID
    A    | ten    | EUR      |            |            |         |            |        || Rates!B2  | CARD_LINE_INVALID
    A    |        | EUR      |            |            |         |            |        || Rates!B2  | CARD_LINE_INVALID
    A    | -1     | EUR      |            |            |         |            |        || Rates!B2  | RATE_INVALID
    A    | ?      | EUR      |            |            |         |            |        || Rates!B2  | CARD_LINE_INVALID
         | 1      | EUR      |            |            |         |            |        || Rates!A2  | CARD_LINE_INVALID
    A    | 1      | EURO     |            |            |         |            |        || Rates!C2  | UNKNOWN_CURRENCY
    A    | 1      |          |            |            |         |            |        || Rates!C2  | CURRENCY_MISSING
    A    | 1      | EUR      | 46174      |            |         |            |        || Rates!D2  | CARD_LINE_INVALID
    A    | 1      | EUR      | 01/06/2026 |            |         |            |        || Rates!D2  | CARD_LINE_INVALID
    A    | 1      | EUR      | 2026-02-02 | 2026-02-01 |         |            |        || Rates!E2  | PERIOD_REVERSED
    A    | 1      | EUR      | 2026-02-30 |            |         |            |        || Rates!D2  | CARD_LINE_INVALID
    A    | 1      | EUR      |            |            | DAY     |            |        || Rates!F2  | CARD_LINE_INVALID
    A    | 1      | EUR      |            |            |         | day        |        || Rates!G2  | HOURS_INVALID
    A    | 1      | EUR      |            |            |         |            | maybe  || Rates!H2  | CARD_LINE_INVALID
    A    | 1      | EUR      |            |            | PERCENT |            |        || Rates!C2  | PERCENT_HAS_NO_CURRENCY
"""  # noqa: E501  (one case a line)
HEADER, *CASES = WRONG.strip().splitlines()


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case.split()))
def test_p11_what_is_wrong_with_a_cell_names_sheet_row_and_column(case: str) -> None:
    row, told = case.split("||")
    where, code = (one.strip() for one in told.split("|"))
    cards = sheet("Cards", "card\nSoda")
    book = read_book([cards, sheet("Rates", HEADER.split("||", maxsplit=1)[0] + "\n" + row)])
    assert [(one.field, one.code) for one in book.errors] == [(where, code)]
    assert book.errors[0].message.startswith(f"Rates row 2, column {where[6]}: ")
    assert book.cards["Soda"].lines == []


def test_errors_do_not_hide_each_other() -> None:
    cards = sheet("Cards", "card | kind | first_day\nSoda | BLUE |\n | COST |\nCola | | General\nCola | | ")
    rates = sheet(
        "Rates", "card | role | rate | currency\n | A | 1 | EUR\nCola | ? | ? | EUR\nCola | B | 2 | EUR | stray"
    )
    aliases = sheet("Aliases", "card | role | alias\nCola | A |")
    book = read_book([cards, rates, aliases])
    assert [one.field for one in book.errors] == [
        "Cards!B2",
        "Cards!A3",
        "Cards!A5",
        "Rates!B3",
        "Rates!C3",
        "Rates!4",
        "Aliases!C2",
    ]
    assert list(book.cards) == ["Cola"]


UNREADABLE = """
    cards                    rates                          why
    -                        -                              no sheet of ours
    card                     -                              nothing in it
    name,kind                -                              an unknown column
    kind                     -                              without the names
    card,card                -                              twice
    card                     card,role                      without rates
    card                     card,role,rate,attribute:      an attribute without a name
    card                     card,role,rate,alias           an alias among rates
"""


@pytest.mark.parametrize("row", table(UNREADABLE), ids=lambda row: row[2])
def test_sheets_that_are_not_ours_are_refused_whole(row: tuple[str, ...]) -> None:
    sheets = [
        sheet(name, text.replace(",", "|")) for name, text in zip(("Cards", "Rates"), row, strict=False) if text != "-"
    ]
    with pytest.raises(Invalid) as caught:
        read_book(sheets or [Sheet("Sheet1", [])])
    assert caught.value.code == "CARD_UNREADABLE"


DAYS = st.none() | st.dates(min_value=date(1900, 3, 1), max_value=date(9000, 1, 1))
SAID = st.fixed_dictionaries(
    {
        "description": st.just("") | NAMES,
        "kind": st.sampled_from((RateKind.COST, RateKind.BILLING)),
        "customer": st.just("") | NAMES,
        "group": st.just("") | NAMES,
        "first_day": DAYS,
        "last_day": DAYS,
    }
)
OURS = LINES.filter(lambda line: line.alias is None)
CARDS_MADE = st.builds(
    lambda name, said, lines, aliases: BookCard(name, said=said, lines=lines, aliases=aliases),
    NAMES,
    SAID,
    st.lists(OURS, max_size=4),
    st.lists(st.builds(CardAlias, NAMES, st.dictionaries(NAMES, NAMES, max_size=2), NAMES), max_size=2),
)


def as_read(cards: list[BookCard]) -> list[Sheet]:
    """The tables as a file would give them back."""
    return [
        Sheet(one.name, [SheetRow(place, ["" if cell is None else str(cell) for cell in row])
                         for place, row in enumerate(one.rows, start=1)])
        for one in write_book(cards)
    ]  # fmt: skip


@given(st.lists(CARDS_MADE, min_size=1, max_size=3, unique_by=lambda card: card.name))
def test_what_is_written_is_read_back(cards: list[BookCard]) -> None:
    book: CardBook = read_book(as_read(cards))
    assert book.errors == []

    def plain(card: BookCard) -> tuple[Any, ...]:
        return card.name, dict(card.said), card.lines, card.aliases

    assert [plain(one) for one in book.cards.values()] == [plain(one) for one in cards]
    assert all(isinstance(one, CardLine) for card in book.cards.values() for one in card.lines)
