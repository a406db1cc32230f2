"""A rate card as text: read back it is the same, and every wrong line is named (project-finances §10 P11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.periods import Period
from hourledger.core.pricing import PricedDays, price_of
from hourledger.core.pricing.card_line import CardLine
from hourledger.core.pricing.card_text import CardFormat, read_card, write_card
from hourledger.core.rates import RateBasis
from hourledger.core.work import RateKind
from tests.core.tables import table

CT_50 = """role,attribute:Place,first_day,last_day,rate,currency,alias
Copywriter,USA > New York City,2026-06-01,2026-06-30,10,USD,Writer
Copywriter,USA > New York City,2026-07-01,,20,USD,
Accountant,,,,50,USD,
Designer,UK > London,,,50,GBP,
"""


def test_ct_50_the_card_soda_is_read() -> None:
    lines, errors = read_card(CT_50, CardFormat.CSV)
    assert errors == []
    assert [(one.role, dict(one.attributes), str(one.ranged.price), str(one.ranged.period)) for one in lines] == [
        ("Copywriter", {"Place": "USA > New York City"}, "10.00 USD/h", "2026-06-01 to 2026-06-30"),
        ("Copywriter", {"Place": "USA > New York City"}, "20.00 USD/h", "2026-07-01 to open end"),
        ("Accountant", {}, "50.00 USD/h", "always to open end"),
        ("Designer", {"Place": "UK > London"}, "50.00 GBP/h", "always to open end"),
    ]
    assert [one.alias for one in lines] == ["Writer", None, None, None]


WRONG = """
    line                                                                    where               code
    {"rate": 5, "currency": "EUR"}                                          lines.1.role        CARD_LINE_INVALID
    {"role": "A", "currency": "EUR"}                                        lines.1.rate        CARD_LINE_INVALID
    {"role": "A", "rate": "ten", "currency": "EUR"}                         lines.1.rate        CARD_LINE_INVALID
    {"role": "A", "rate": NaN, "currency": "EUR"}                           lines.1.rate        CARD_LINE_INVALID
    {"role": "A", "rate": 5, "currency": "EURO"}                            lines.1.currency    UNKNOWN_CURRENCY
    {"role": "A", "rate": 5}                                                lines.1.currency    CURRENCY_MISSING
    {"role": "A", "rate": 5, "currency": "EUR", "first_day": "01-06-2026"}  lines.1.first_day   CARD_LINE_INVALID
    {"role": "A", "rate": 5, "currency": "EUR", "first_day": "2026-02-02", "last_day": "2026-02-01"}  lines.1.lastDay     PERIOD_REVERSED
    {"role": "A", "rate": 5, "currency": "EUR", "basis": "DAY"}             lines.1.basis       CARD_LINE_INVALID
    {"role": "A", "rate": 5, "currency": "EUR", "locked": "maybe"}          lines.1.locked      CARD_LINE_INVALID
    {"role": "A", "rate": 5, "currency": "EUR", "unit_hours": "day"}        lines.1.hours       HOURS_INVALID
    {"role": "A", "rate": 5, "currency": "EUR", "attributes": ["Place"]}    lines.1.attributes  CARD_LINE_INVALID
    {"role": ["A"], "rate": 5, "currency": "EUR"}                           lines.1.role        CARD_LINE_INVALID
    {"role": "A", "price": 5}                                               lines.1             CARD_LINE_INVALID
    [1]                                                                     lines.1             CARD_LINE_INVALID
    {"role"                                                                 lines.1             CARD_LINE_INVALID
"""  # noqa: E501  (one case a line)


@pytest.mark.parametrize("row", table(WRONG), ids=lambda row: row[0])
def test_a_line_that_cannot_be_understood_is_named(row: tuple[str, ...]) -> None:
    line, where, code = row
    lines, [error] = read_card(line, CardFormat.JSONL)
    assert lines == []
    assert (error.field, error.code) == (where, code)


def test_errors_do_not_hide_each_other() -> None:
    lines, errors = read_card("role,rate,currency\nA,1,EUR\nB,x,EUR\nC,1\n\nD,1,XYZ\n", CardFormat.CSV)
    assert [one.role for one in lines] == ["A"]
    assert [one.field for one in errors] == ["lines.3.rate", "lines.4", "lines.6.currency"]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "role,rate\n", "role,price\nA,1\n", "role,role,rate\nA,A,1\n", 'role,rate\n"A,1\n']
)
def test_text_that_is_no_card_is_refused_whole(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_card(text, CardFormat.CSV)
    assert caught.value.code == "CARD_UNREADABLE"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip)
NAMES = NAMES.filter(bool)
MONEY = st.builds(
    lambda scaled, currency, basis, unit, lock: price_of(
        Decimal(scaled) / 10_000,
        currency,
        basis,
        unit_seconds=unit if basis is RateBasis.TIME else 3600,
        is_locked=lock,
    ),
    st.integers(0, 10**9),
    st.sampled_from(("EUR", "JPY", "KWD")),
    st.sampled_from((RateBasis.TIME, RateBasis.ENTRY)),
    st.integers(1, 10**6),
    st.booleans(),
)
PERCENTS = st.builds(
    lambda scaled, basis: price_of(Decimal(scaled) / 10_000, None, basis),
    st.integers(-1_000_000, 10**8),
    st.sampled_from((RateBasis.PERCENT, RateBasis.COST_PLUS)),
)
PERIODS = st.tuples(st.none() | st.dates(max_value=date(9000, 1, 1)), st.none() | st.dates(max_value=date(9000, 1, 1)))
LINES = st.builds(
    CardLine,
    NAMES,
    st.dictionaries(NAMES, NAMES, max_size=3),
    st.sampled_from(RateKind),
    st.builds(
        PricedDays,
        PERIODS.map(
            lambda days: Period.inclusive(*(sorted(days) if days[0] and days[1] else days))  # type: ignore[type-var]
        ),
        MONEY | PERCENTS,
    ),
    st.none() | NAMES,
)


@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from(CardFormat))
def test_what_is_written_is_read_back(lines: list[CardLine], form: CardFormat) -> None:
    read, errors = read_card(write_card(lines, form), form)
    assert errors == []
    assert read == lines
