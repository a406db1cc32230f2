"""How exchange rates follow each other: no day has two, none is lost, the same input changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import (
    ExchangeRate,
    ExchangeRates,
    ReferenceRates,
    fixed_amount_day,
    insert_rate,
    rebase,
    require_exchange_rate,
    splice_rates,
)
from hourledger.core.periods import Period
from tests.core.tables import table

NEW_YEAR = date(2026, 1, 1)


def day(text: str) -> date | None:
    """``05-01`` of 2026; ``-``: none."""
    return None if text == "-" else date.fromisoformat(f"2026-{text}")


def history(text: str, currency: str = "USD") -> list[ExchangeRate]:
    """``1.5: - to 04-30, 2: 05-01 to -`` as dated rates, last days inclusive; ``none``: of nothing."""
    found = []
    for one in text.split(", ") if text != "none" else ():
        rate, _, days = one.partition(": ")
        first, _, last = days.partition(" to ")
        found.append(ExchangeRate(currency, Decimal(rate), Period.inclusive(day(first), day(last))))
    return found


def told(rates: Sequence[ExchangeRate]) -> str:
    def short(one: date | None) -> str:
        return "-" if one is None else f"{one:%m-%d}"

    return ", ".join(f"{one.rate}: {short(one.period.valid_from)} to {short(one.period.last_day)}" for one in rates)


# What is in force, the new rate 9 with its days, and what is in force then.
INSERTED = """
    before                                  first  last   after
    none                                    -      -      9: - to -
    none                                    03-01  03-31  9: 03-01 to 03-31
    1: - to -                               12-01  -      1: - to 11-30, 9: 12-01 to -                      # CT-36
    1: 01-01 to -                           05-01  -      1: 01-01 to 04-30, 9: 05-01 to -
    1: 01-01 to 05-31, 2: 06-01 to -        03-01  -      1: 01-01 to 02-28, 9: 03-01 to 05-31, 2: 06-01 to -
    1: 01-01 to -                           03-01  03-31  1: 01-01 to 02-28, 9: 03-01 to 03-31, 1: 04-01 to -
    1: 03-01 to -                           -      -      9: - to 02-28, 1: 03-01 to -
    1: 01-01 to 01-31                       03-01  -      1: 01-01 to 01-31, 9: 03-01 to -               # a hole stays
    1: 01-01 to 01-31, 2: 03-01 to -        02-01  -      1: 01-01 to 01-31, 9: 02-01 to 02-28, 2: 03-01 to -
    9: 01-01 to -                           01-01  -      9: 01-01 to -                                     # again
"""


@pytest.mark.parametrize("row", table(INSERTED), ids=lambda row: f"{row[0]} + {row[1]} to {row[2]}")
def test_ct_36_a_rate_ends_the_one_before_it_and_lasts_until_the_next(row: tuple[str, ...]) -> None:
    before, first, last, after = row
    added = ExchangeRate("USD", Decimal(9), Period(day(first), None))
    assert told(insert_rate(history(before), added, day(last))) == after


# Another rate begins on one of the days: refused, unless it is to be replaced.
REPLACED = """
    before                                  first  last   after
    1: 01-01 to -                           01-01  -      9: 01-01 to -
    1: - to -                               -      -      9: - to -
    1: 01-01 to 05-31, 2: 06-01 to -        01-01  -      9: 01-01 to 05-31, 2: 06-01 to -
    1: 01-01 to 05-31, 2: 06-01 to -        03-01  06-30  1: 01-01 to 02-28, 9: 03-01 to 06-30, 2: 07-01 to -
    1: 01-01 to 01-31, 2: 02-01 to 02-28    -      12-31  9: - to 12-31
    1: 03-01 to -                           01-01  03-01  9: 01-01 to 03-01, 1: 03-02 to -
"""


@pytest.mark.parametrize("row", table(REPLACED), ids=lambda row: f"{row[0]} + {row[1]} to {row[2]}")
def test_an_overlap_is_refused_unless_it_replaces(row: tuple[str, ...]) -> None:
    before, first, last, after = row
    added = ExchangeRate("USD", Decimal(9), Period(day(first), None))
    with pytest.raises(Invalid) as caught:
        insert_rate(history(before), added, day(last))
    assert caught.value.code == "EXCHANGE_RATE_OVERLAP"
    assert told(insert_rate(history(before), added, day(last), replace_overlapping=True)) == after


def test_a_rate_cannot_end_before_it_begins() -> None:
    with pytest.raises(Invalid) as caught:
        insert_rate([], ExchangeRate("USD", Decimal(9), Period(day("05-02"), None)), day("05-01"))
    assert caught.value.code == "PERIOD_REVERSED"


RATES = st.decimals("0.0001", "9999", places=4)
DAYS = st.integers(0, 60).map(lambda number: NEW_YEAR + timedelta(days=number))


@given(st.lists(st.tuples(DAYS, RATES), min_size=1, max_size=20, unique_by=lambda pair: pair[0]))
def test_rates_set_one_by_one_leave_no_gap_and_no_overlap_in_whatever_order(pairs: list[tuple[date, Decimal]]) -> None:
    known: list[ExchangeRate] = []
    for first, rate in pairs:
        known = insert_rate(known, ExchangeRate("USD", rate, Period(first, None)), None)
    ordered = sorted(pairs)
    untils = [*(first for first, _ in ordered[1:]), None]
    expected = [(rate, Period(first, until)) for (first, rate), until in zip(ordered, untils, strict=True)]
    assert [(one.rate, one.period) for one in known] == expected


@given(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 20), RATES), max_size=20))
def test_whatever_is_set_no_day_has_two_rates_and_the_last_one_set_holds(
    changes: list[tuple[date, int | None, Decimal]],
) -> None:
    known: list[ExchangeRate] = []
    for first, length, rate in changes:
        last = None if length is None else first + timedelta(days=length)
        known = insert_rate(known, ExchangeRate("USD", rate, Period(first, None)), last, replace_overlapping=True)
        assert [one.rate for one in known if first in one.period] == [rate]
        for at, one in enumerate(known):
            assert not any(one.period.overlaps(other.period) for other in known[at + 1 :])


@given(st.lists(st.tuples(DAYS, RATES), min_size=1, max_size=20, unique_by=lambda pair: pair[0]), DAYS, RATES)
def test_there_and_back_is_one(pairs: list[tuple[date, Decimal]], on: date, sterling: Decimal) -> None:
    known: list[ExchangeRate] = [ExchangeRate("GBP", sterling, Period())]
    known += [ExchangeRate("USD", rate, Period.inclusive(first, first)) for first, rate in pairs]
    exchange = ExchangeRates("EUR", known)
    covered = on in {first for first, _ in pairs}
    if not covered:
        with pytest.raises(Missing):
            exchange.factor("USD", "GBP", on)
        return
    for one, other in (("USD", "GBP"), ("EUR", "USD"), ("GBP", "EUR")):
        assert exchange.factor(one, other, on) * exchange.factor(other, one, on) == Fraction(1)


def test_a_projects_own_rates_win_currency_by_currency() -> None:
    """§7.2: an agreed rate and that of the market are not mixed, not even on days that the agreed one leaves out."""
    system = [*history("2: - to -"), *history("4: - to -", "GBP")]
    exchange = ExchangeRates("EUR", system, history("3: 05-01 to -"))
    assert exchange.factor("EUR", "USD", date(2026, 5, 1)) == 3
    assert exchange.factor("EUR", "GBP", date(2026, 4, 30)) == 4
    with pytest.raises(Missing) as caught:
        exchange.factor("EUR", "USD", date(2026, 4, 30))
    assert caught.value.facts == {"currency": "USD", "on": "2026-04-30"}
    assert "of the project" in caught.value.message


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "1e10", "0.12345678901", "1e-11"])
def test_what_is_no_exchange_rate_is_refused_and_not_rounded(rate: str) -> None:
    with pytest.raises(Invalid) as caught:
        require_exchange_rate(Decimal(rate))
    assert caught.value.code == "EXCHANGE_RATE_INVALID"
    assert require_exchange_rate(Decimal("0.1234567890000")) == Decimal("0.123456789")


# --- what a bank publishes ------------------------------------------------------------------------------------------


def published(text: str) -> ReferenceRates:
    """Lines of day and the rates of USD, JPY and DKK; ``-``: not published."""
    rows = [(date.fromisoformat(on), cells) for on, *cells in table(text)]
    quotes = {
        currency: {on: Decimal(cells[at]) for on, cells in rows if cells[at] != "-"}
        for at, currency in enumerate(("USD", "JPY", "DKK"))
    }
    return ReferenceRates("EUR", tuple(on for on, _ in rows), quotes)


JANUARY = published("""
    day         usd    jpy    dkk
    2026-01-02  1.10   180    7.46     # Friday
    2026-01-05  1.20   -      7.46     # Monday; no yen
    2026-01-06  1.25   181    7.47
    2026-01-07  1.30   -      7.47     # the yen has ended
    2026-01-08  1.35   -      7.47
""")


def test_a_published_rate_holds_over_weekends_and_holes_until_the_next() -> None:
    assert told(JANUARY.in_force("USD", since=None, source="b")).startswith(
        "1.10: 01-02 to 01-04, 1.20: 01-05 to 01-05"
    )
    assert told(JANUARY.in_force("DKK", since=None, source="b")) == "7.46: 01-02 to 01-05, 7.47: 01-06 to -"
    assert JANUARY.in_force("GBP", since=None, source="b") == []


def test_a_currency_that_is_no_longer_published_ends_before_the_first_day_without_it() -> None:
    assert told(JANUARY.in_force("JPY", since=None, source="b")) == "180: 01-02 to 01-05, 181: 01-06 to 01-06"


def test_a_currency_that_is_silent_for_more_than_a_month_has_a_hole_there() -> None:
    rates = published("""
        day         usd   jpy  dkk
        2026-01-05  1     1    1
        2026-01-06  1     -    1
        2026-02-05  1     -    2     # 31 days after the fifth: bridged
        2026-02-06  1     2    2     # 32 days: the yen was suspended
    """)
    assert told(rates.in_force("JPY", since=None, source="b")) == "1: 01-05 to 01-05, 2: 02-06 to -"


SINCE = """
    since       in force
    2026-01-01  1.10: 01-02 to 01-04, 1.20: 01-05 to 01-05, 1.25: 01-06 to 01-06, 1.30: 01-07 to 01-07, 1.35: 01-08 to -
    2026-01-04  1.10: 01-04 to 01-04, 1.20: 01-05 to 01-05, 1.25: 01-06 to 01-06, 1.30: 01-07 to 01-07, 1.35: 01-08 to -
    2026-01-07  1.30: 01-07 to 01-07, 1.35: 01-08 to -
    2026-03-01  1.35: 03-01 to -
"""


@pytest.mark.parametrize(("since", "expected"), table(SINCE))
def test_rates_are_wanted_since_a_day_on_which_one_was_in_force(since: str, expected: str) -> None:
    assert told(JANUARY.in_force("USD", since=date.fromisoformat(since), source="b")) == expected


# A history, the published days 05-04 (2) and 05-05 (3), and what is in force then.
SPLICED = """
    before                              after
    none                                2: 05-04 to 05-04, 3: 05-05 to -
    1: - to -                           1: - to 05-03, 2: 05-04 to 05-04, 3: 05-05 to -
    1: 01-01 to 01-31                   1: 01-01 to 01-31, 2: 05-04 to 05-04, 3: 05-05 to -
    2: 05-04 to 05-04, 3: 05-05 to -    2: 05-04 to 05-04, 3: 05-05 to -                      # again
    2: 01-01 to -                       2: 01-01 to 05-04, 3: 05-05 to -                      # equal neighbours join
    8: 05-04 to -                       2: 05-04 to 05-04, 3: 05-05 to -
    8: 05-05 to 06-30, 9: 07-01 to -    2: 05-04 to 05-04, 3: 05-05 to 06-30, 9: 07-01 to -   # newer ones stay
    8: 05-06 to -                       2: 05-04 to 05-04, 3: 05-05 to 05-05, 8: 05-06 to -
"""


@pytest.mark.parametrize(("before", "after"), table(SPLICED))
def test_what_is_published_is_spliced_in_and_takes_nothing_older_or_newer_away(before: str, after: str) -> None:
    news = history("2: 05-04 to 05-04, 3: 05-05 to -")
    last = date(2026, 5, 5)
    once = splice_rates(history(before), news, last)
    assert told(once) == after
    assert told(splice_rates(once, news, last)) == after


def test_a_currency_that_has_ended_ends_the_open_rate_that_was_known() -> None:
    news = history("2: 05-04 to 05-06")
    assert (
        told(splice_rates(history("1: 01-01 to -"), news, date(2026, 5, 29))) == "1: 01-01 to 05-03, 2: 05-04 to 05-06"
    )


QUOTES = st.dictionaries(DAYS, RATES, min_size=1, max_size=12)


@given(QUOTES, QUOTES, st.none() | DAYS)
def test_importing_twice_changes_nothing_and_an_older_publication_neither(
    early: dict[date, Decimal], late: dict[date, Decimal], since: date | None
) -> None:
    def imported(before: list[ExchangeRate], quotes: dict[date, Decimal]) -> list[ExchangeRate]:
        bank = ReferenceRates("EUR", tuple(sorted(quotes)), {"USD": quotes})
        return splice_rates(before, bank.in_force("USD", since=since, source="b"), bank.last_day)

    newer = {one + timedelta(days=100): rate for one, rate in late.items()}
    both = imported(imported([], early), newer)
    assert told(imported(both, newer)) == told(both)
    assert told(imported(both, early)) == told(both)


def test_crossed_rates_are_exact_and_rounded_once_to_ten_digits() -> None:
    """Half away from zero: 1/64 of something with ten digits, and 10/3, 5/3."""
    rates = {"USD": history("3: - to 05-31, 4: 06-01 to -"), "GBP": history("5: 05-15 to -", "GBP")}
    crossed = rebase(rates, "EUR", "USD")
    assert told(crossed["EUR"]) == "0.3333333333: - to 05-31, 0.25: 06-01 to -"
    assert told(crossed["GBP"]) == "1.6666666667: 05-15 to 05-31, 1.25: 06-01 to -"
    tie = rebase({"USD": history("64: - to -"), "GBP": history("0.0000000032: - to -", "GBP")}, "EUR", "USD")
    assert tie["GBP"][0].rate == Decimal("0.0000000001")  # 0.00000000005


def test_a_new_base_without_any_rate_is_missing() -> None:
    with pytest.raises(Missing) as caught:
        rebase({"USD": history("2: - to -")}, "EUR", "GBP")
    assert caught.value.code == "EXCHANGE_RATE_MISSING"


@given(QUOTES, QUOTES, DAYS)
def test_crossing_keeps_what_things_are_worth(usd: dict[date, Decimal], gbp: dict[date, Decimal], on: date) -> None:
    days = tuple(sorted({*usd, *gbp}))
    bank = ReferenceRates("EUR", days, {"USD": usd, "GBP": gbp})
    rates = {one: bank.in_force(one, since=None, source="b") for one in ("USD", "GBP")}
    # The smallest rate here divided by the largest still has six digits that say something.
    crossed = ExchangeRates("USD", [one for dated in rebase(rates, "EUR", "USD").values() for one in dated])
    direct = ExchangeRates("EUR", [one for dated in rates.values() for one in dated])
    try:
        expected = direct.factor("USD", "GBP", on)
    except Missing:
        with pytest.raises(Missing):
            crossed.factor("USD", "GBP", on)
        return
    assert abs(crossed.factor("USD", "GBP", on) - expected) <= Fraction(1, 2 * 10**10)


# --- fixed amounts ----------------------------------------------------------------------------------------------------


FIXED_AMOUNTS = """
    says   plan         made   day
    05-01  04-01        03-01  05-01      # it says so, though work begins before
    -      06-01,04-01  03-01  04-01      # the first planned day
    -      02-01        03-01  02-01      # even before the project was there
    -      -            03-01  03-01
"""


@pytest.mark.parametrize(("says", "plan", "made", "expected"), table(FIXED_AMOUNTS))
def test_7_4_the_day_of_fixed_amounts(says: str, plan: str, made: str, expected: str) -> None:
    planned = [on for one in plan.split(",") if (on := day(one)) is not None]
    created = day(made)
    assert created is not None
    assert fixed_amount_day(day(says), planned, created) == day(expected)
