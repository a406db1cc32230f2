"""Money: exact, one currency, rounded once; splitting loses nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import iso4217
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import (
    ExchangeRate,
    ExchangeRates,
    HourlyRate,
    Money,
    allocate,
    amount_for,
    currency_exponent,
    decimal_hours,
    parse_hours,
    require_currency,
    round_half_up,
)
from hourledger.core.money.iso4217_table import EXPONENTS
from hourledger.core.periods import Period
from tests.core.tables import table

EUR_MINOR = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.fractions(0, 1000, max_denominator=1000), min_size=1, max_size=20).filter(any)


def test_money_prints_with_exactly_the_digits_of_its_currency() -> None:
    for minor, currency, shown in table("""
        minor   currency  shown
        1234    EUR       12.34 EUR
        1230    EUR       12.30 EUR
        -1      EUR       -0.01 EUR
        0       EUR       0.00 EUR
        1234    JPY       1,234 JPY
        1234    KWD       1.234 KWD
        1234    CLF       0.1234 CLF
    """):
        money = Money(int(minor), currency)
        assert str(money) == shown
        assert Money.of(money.amount, currency) == money


def test_money_of_takes_what_is_exact_and_refuses_the_rest() -> None:
    for amount, currency, minor in table("""
        amount      currency  minor
        12.34       EUR       1234
        12.3        EUR       1230
        12.340000   EUR       1234      # zeros say nothing
        -0.01       EUR       -1
        1e3         EUR       100000
        12          JPY       12
        1.234       KWD       1234
        12.345      EUR       refused   # never rounded
        0.5         JPY       refused
        12,34       EUR       refused
        NaN         EUR       refused
        sNaN        EUR       refused
        Infinity    EUR       refused
        1.00000000000000000000000000000000001  EUR  refused  # more digits than Decimal keeps by default
        1e5000      EUR       refused
        1e999999    EUR       refused
        1e-999999   EUR       refused
    """):
        if minor == "refused":
            with pytest.raises(Invalid) as caught:
                Money.of(amount, currency)
            assert caught.value.code == "TOO_MANY_DIGITS"
        else:
            assert Money.of(amount, currency) == Money(int(minor), currency)


def test_an_amount_beyond_the_column_is_refused() -> None:
    assert Money(2**63 - 1, "EUR")
    with pytest.raises(Invalid) as caught:
        Money(2**63, "EUR")
    assert caught.value.code == "AMOUNT_TOO_LARGE"


def test_minor_units_are_whole_numbers() -> None:
    with pytest.raises(TypeError):
        Money(12.5, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["eur", "XXX", "EURO", "", "XAU"])
def test_a_currency_is_an_active_code_in_capitals(code: str) -> None:
    with pytest.raises(Invalid) as caught:
        require_currency(code)
    assert caught.value.code == "UNKNOWN_CURRENCY"


def test_the_currency_table_equals_the_iso4217_package() -> None:
    ours = {code: exponent for exponent, codes in EXPONENTS.items() for code in codes}
    theirs = {one.code: one.exponent for one in iso4217.Currency if one.exponent is not None}
    assert ours == theirs
    assert sum(map(len, EXPONENTS.values())) == len(ours), "a currency is listed twice"
    assert [currency_exponent(code) for code in ("JPY", "EUR", "KWD", "CLF")] == [0, 2, 3, 4]


def test_two_currencies_never_mix() -> None:
    with pytest.raises(Invalid) as caught:
        Money(1, "EUR") + Money(1, "USD")
    assert caught.value.code == "CURRENCY_MISMATCH"
    with pytest.raises(Invalid):
        Money.total([Money(1, "EUR"), Money(1, "USD")], "EUR")


def test_the_total_of_nothing_is_zero() -> None:
    assert Money.total([], "EUR") == Money.zero("EUR")
    assert not Money.zero("EUR")


@given(EUR_MINOR, EUR_MINOR)
def test_money_adds_like_integers(left: int, right: int) -> None:
    a, b = Money(left, "EUR"), Money(right, "EUR")
    assert a + b == b + a == Money(left + right, "EUR")
    assert a - b == -(b - a)
    assert a + -a == Money.zero("EUR")


def test_half_goes_away_from_zero() -> None:
    for value, rounded in table("""
        value    rounded
        5/2      3
        -5/2     -3
        1/2      1
        -1/2     -1
        7/3      2
        -7/3     -2
        8/3      3
        0        0
        499/1000    0
        -499/1000   0
    """):
        assert round_half_up(Fraction(value)) == int(rounded)


@given(st.fractions())
def test_rounding_a_reversal_is_the_reversal_of_the_rounding(value: Fraction) -> None:
    assert round_half_up(-value) == -round_half_up(value)
    assert abs(round_half_up(value) - value) <= Fraction(1, 2)


def test_allocate_hands_out_every_unit() -> None:
    for total, weights, parts in table("""
        total  weights      parts
        100    1 1 1        34 33 33      # the first of equals gets what is left
        -100   1 1 1        -34 -33 -33   # mirrors the positive one
        10     0 1 0        0 10 0        # no weight, no part
        1      1 1 1 1      1 0 0 0
        0      1 2          0 0
        100    1/3 2/3      33 67
        7      1 2 4        1 2 4
        5      1 2          2 3           # remainders 2/3 and 1/3
    """):
        assert allocate(int(total), [Fraction(one) for one in weights.split()]) == [int(one) for one in parts.split()]


@given(EUR_MINOR, WEIGHTS)
def test_allocate_loses_nothing_and_is_fair(total: int, weights: list[Fraction]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert [-part for part in parts] == allocate(-total, weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1


@given(EUR_MINOR, WEIGHTS)
def test_split_money_sums_to_the_whole(minor: int, weights: list[Fraction]) -> None:
    whole = Money(minor, "EUR")
    assert Money.total(whole.split(weights), "EUR") == whole


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_allocate_needs_a_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(100, weights)


def test_hours_times_rate_is_rounded_once() -> None:
    for hours, rate, currency, amount in table("""
        hours    rate      currency  amount
        8        100       EUR       800.00
        1.5      95.50     EUR       143.25
        0.25     0.02      EUR       0.01       # half a cent goes up
        -0.25    0.02      EUR       -0.01      # and a correction takes the same cent away
        0.1      0.04      EUR       0.00
        8        0.00      EUR       0.00
        1        0.0001    EUR       0.00
        100      0.0001    EUR       0.01
        1        1234.5    JPY       1235
        1        0.0005    KWD       0.001
    """):
        result = amount_for(parse_hours(hours), HourlyRate.of(rate, currency), currency)
        assert result == Money.of(amount, currency)


def test_conversion_does_not_round_on_the_way() -> None:
    # 1/3 of a cent an hour at 3 to 1: rounding the rate or the hour first would give nothing.
    assert amount_for(3600, HourlyRate.of("0.0033", "EUR"), "USD", Fraction(4)) == Money.of("0.01", "USD")


def test_7_4_an_amount_in_another_currency_is_rounded_once_half_away_from_zero() -> None:
    for amount, source, factor, target, told in table("""
        amount   source  factor   target  told
        100.01   USD     1/2      EUR     50.01 EUR     # 50.005
        -100.01  USD     1/2      EUR     -50.01 EUR
        100.01   USD     1/4      EUR     25.00 EUR     # 25.0025
        10       GBP     5/4      EUR     12.50 EUR
        0.07     EUR     1        EUR     0.07 EUR
        1        EUR     163.37   JPY     163 JPY
        3        JPY     1/7      KWD     0.429 KWD
        0        EUR     1/3      USD     0.00 USD
    """):
        assert str(Money.of(amount, source).converted(Fraction(factor), target)) == told
    with pytest.raises(Invalid) as caught:
        Money(2**62, "EUR").converted(Fraction(3), "USD")
    assert caught.value.code == "AMOUNT_TOO_LARGE"


@given(EUR_MINOR, st.sampled_from(["EUR", "USD", "JPY", "KWD"]), st.fractions(Fraction(1, 1000), 1000))
def test_what_is_converted_is_off_by_half_a_unit_at_most_and_a_reversal_stays_one(
    minor: int, currency: str, factor: Fraction
) -> None:
    amount = Money(minor, "EUR")
    told = amount.converted(factor, currency)
    assert abs(Fraction(told.amount) - Fraction(amount.amount) * factor) * 10 ** currency_exponent(currency) * 2 <= 1
    assert (-amount).converted(factor, currency) == -told
    assert amount.converted(Fraction(1), "EUR") == amount


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**8), st.fractions(0, 100, max_denominator=10**6))
def test_negative_hours_give_the_negative_amount(seconds: int, scaled: int, conversion: Fraction) -> None:
    rate = HourlyRate(scaled, "EUR")
    assert amount_for(-seconds, rate, "USD", conversion) == -amount_for(seconds, rate, "USD", conversion)


def test_a_rate_has_at_most_four_decimals_and_is_never_negative() -> None:
    for typed, shown in table("""
        typed     shown
        100       100.00 EUR/h
        0         0.00 EUR/h        # a rate, unlike no rate at all
        95.5      95.50 EUR/h
        0.0001    0.0001 EUR/h
        95.125    95.125 EUR/h
        0.00005   refused
        -1        refused
        NaN       refused
        1e999999  refused
        1e20      refused
        1.0000000000000000000000000000000001  refused
    """):
        if shown == "refused":
            with pytest.raises(Invalid) as caught:
                HourlyRate.of(typed, "EUR")
            assert caught.value.code == "RATE_INVALID"
        else:
            assert str(HourlyRate.of(typed, "EUR")) == shown


def test_hours_become_whole_seconds() -> None:
    for typed, seconds in table("""
        typed      seconds
        1.5        5400
        0.25       900
        -2         -7200
        0.333333   1200      # a third of an hour as sources print it
        0.00125    5         # 4.5 seconds: half goes away from zero
        -0.00125   -5
        NaN        refused
        eight      refused
        1e999999   refused
        1e9        refused
    """):
        if seconds == "refused":
            with pytest.raises(Invalid) as caught:
                parse_hours(typed)
            assert caught.value.code == "HOURS_INVALID"
        else:
            assert parse_hours(typed) == int(seconds)


def test_seconds_are_shown_as_decimal_hours() -> None:
    for seconds, hours in table("""
        seconds  hours
        5400     1.50
        3600     1.00
        1        0.000278
        450      0.125
        1200     0.333333
        -900     -0.25
    """):
        assert str(decimal_hours(int(seconds))) == hours


@given(st.integers(-(10**8), 10**8))
def test_shown_hours_read_back_as_the_same_seconds(seconds: int) -> None:
    assert parse_hours(decimal_hours(seconds)) == seconds


EXCHANGE = ExchangeRates(
    "EUR",
    [
        ExchangeRate("USD", Decimal(2), Period(date(2026, 1, 1), date(2026, 7, 1)), 1),
        ExchangeRate("USD", Decimal("1.25"), Period(date(2026, 7, 1), None), 2),
        ExchangeRate("GBP", Decimal("0.5"), Period(None, None), 3),
    ],
)


def test_c_23_a_rate_is_foreign_units_per_base_unit() -> None:
    for from_, to, day, factor in table("""
        from  to   day         factor
        EUR   EUR  2020-01-01  1
        USD   USD  2020-01-01  1        # needs no rate
        EUR   USD  2026-06-30  2
        EUR   USD  2026-07-01  5/4      # the new rate holds from its own day
        USD   EUR  2026-06-30  1/2
        GBP   USD  2026-06-30  4        # through the base, never rounded
        USD   GBP  2026-06-30  1/4
        GBP   EUR  2026-06-30  2
    """):
        assert EXCHANGE.factor(from_, to, date.fromisoformat(day)) == Fraction(factor)


@pytest.mark.parametrize("currency", ["USD", "CHF"])
def test_a_day_without_an_exchange_rate_is_missing_and_says_which(currency: str) -> None:
    with pytest.raises(Missing) as caught:
        EXCHANGE.on(currency, date(2025, 12, 31))
    assert caught.value.code == "EXCHANGE_RATE_MISSING"
    assert caught.value.facts == {"currency": currency, "on": "2025-12-31"}
