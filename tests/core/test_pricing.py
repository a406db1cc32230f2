"""Dated prices: cut, joined, adjusted and locked without touching other days (project-finances §1.14, §3.1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.periods import Period
from hourledger.core.pricing import (
    Price,
    PricedDays,
    adjust,
    broken_lock,
    changes,
    gaps,
    lock,
    price_of,
    put,
    remove,
    says_already,
)
from hourledger.core.rates import RateBasis
from tests.core.tables import table

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=number) for number in range(40)]


def day(number: str) -> date | None:
    return None if number == "-" else date(2026, 1, int(number))


def ranges(text: str) -> list[PricedDays]:
    """``100 1..9, 120 10..-``: prices and their days of January, both included."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        if part == "nothing":
            continue
        amount, days = part.split(" ")
        first, last = days.split("..")
        is_locked = amount.endswith("L")
        price = price_of(Decimal(amount.rstrip("L")), "EUR", is_locked=is_locked)
        found.append(PricedDays(Period.inclusive(day(first), day(last)), price))
    return found


def words(found: list[PricedDays]) -> str:
    parts = []
    for period, price in found:
        first = period.valid_from.day if period.valid_from else "-"
        last = period.last_day.day if period.last_day else "-"
        parts.append(f"{price.amount.normalize():f}{'L' if price.is_locked else ''} {first}..{last}")
    return ", ".join(parts) or "nothing"


OPERATIONS = """
    was                   do               is
    nothing               put 100 1..9     100 1..9
    100 -..-              put 120 5..-     100 -..4, 120 5..-               # CT-37: ends the day before
    100 -..-              put 120 5..9     100 -..4, 120 5..9, 100 10..-
    100 1..9              put 120 1..9     120 1..9
    100 1..9, 120 10..-   put 130 8..12    100 1..7, 130 8..12, 120 13..-
    20 -..23              put 30 24..30    20 -..23, 30 24..30               # CT-38
    100 1..9              put 120 20..-    100 1..9, 120 20..-              # a gap is legal
    100 -..-              remove 5..9      100 -..4, 100 10..-
    100 1..9              remove -..-      nothing
    100 1..9              remove 20..25    100 1..9
    100 1..9              adjust 10 -..-   110 1..9                         # CT-42
    100 1..9              adjust 10 5..7   100 1..4, 110 5..7, 100 8..9
    100 -..-              adjust -5 5..-   100 -..4, 95 5..-
    0 1..9                adjust 10 -..-   0 1..9                           # 0.00 is a rate
    100 1..9              adjust -100 -..-   0 1..9
    33.3333 1..9          adjust 10 -..-   36.6666 1..9                     # 36.66663
    0.0005 1..9           adjust 10 -..-   0.0006 1..9                      # 0.00055, half up
    100 1..9              lock -..-        100L 1..9
    100 1..9              lock 5..-        100 1..4, 100L 5..9
    100L 1..9             unlock -..-      100 1..9
    100L 1..9             put 120 5..9     100L 1..4, 120 5..9
"""


@pytest.mark.parametrize("row", table(OPERATIONS), ids=" | ".join)
def test_an_operation_changes_the_days_it_names_and_no_others(row: tuple[str, ...]) -> None:
    was, operation, expected = row
    verb, *rest = operation.split(" ")
    first, last = rest[-1].split("..")
    period = Period.inclusive(day(first), day(last))
    done = {
        "put": lambda: put(ranges(was), period, price_of(Decimal(rest[0]), "EUR")),
        "remove": lambda: remove(ranges(was), period),
        "adjust": lambda: adjust(ranges(was), period, Decimal(rest[0])),
        "lock": lambda: lock(ranges(was), period, is_locked=True),
        "unlock": lambda: lock(ranges(was), period, is_locked=False),
    }[verb]()
    assert words(done) == expected


@pytest.mark.parametrize(
    "row",
    table("""
        ranges                       gaps
        nothing                      -
        100 1..9                     -
        100 -..9, 120 10..-          -
        100 -..9, 120 15..-          10..14
        120 20..25, 100 -..9, 1 27..27   10..19 26..26
    """),
    ids=" | ".join,
)
def test_3_1_gaps_between_ranges_are_told_and_outer_days_are_none(row: tuple[str, ...]) -> None:
    told = [f"{one.valid_from:%-d}..{one.last_day:%-d}" for one in gaps(one.period for one in ranges(row[0]))]
    assert " ".join(told) == row[1].replace("-", "", 1 if row[1] == "-" else 0)


def test_what_is_said_already_is_recognised_over_several_ranges() -> None:
    was = ranges("100 1..9, 100 10..20, 120 21..-")
    assert says_already(was, Period.inclusive(day("5"), day("15")), was[0].price)
    assert not says_already(was, Period.inclusive(day("5"), day("21")), was[0].price)
    assert not says_already(was, Period.inclusive(None, day("5")), was[0].price)


def test_changes_are_told_by_first_day() -> None:
    before, after = {"A": ranges("100 1..9, 120 10..-")}, {"A": ranges("100 1..9, 130 10..-"), "B": ranges("50 -..-")}
    told = [(one.whose, one.before and words([one.before]), one.after and words([one.after])) for one in
            changes(before, after)]  # fmt: skip
    assert told == [("A", "120 10..-", "130 10..-"), ("B", None, "50 -..-")]
    assert [(one.whose, one.after) for one in changes(after, {"A": after["A"]})] == [("B", None)]


PRICES = """
    rate      currency  basis      unit  says
    100       EUR       TIME       1     100.00 EUR/h
    1000      INR       TIME       10    1000.00 INR/10.00 h                # a day of ten hours
    0.0375    JPY       TIME       1     0.0375 JPY/h                       # four decimals in every currency
    80        EUR       ENTRY      1     80.00 EUR per entry
    -10       -         COST_PLUS  1     -10.00 % over cost                 # a markdown
    15.5      -         PERCENT    1     15.50 % on top
    1.00001   EUR       TIME       1     RATE_INVALID
    -1        EUR       TIME       1     RATE_INVALID
    -100.01   -         PERCENT    1     RATE_INVALID
    NaN       -         PERCENT    1     RATE_INVALID
    10        -         TIME       1     CURRENCY_MISSING
    10        EUR       PERCENT    1     PERCENT_HAS_NO_CURRENCY
    10        EUR       ENTRY      8     UNIT_INVALID
    10        EUR       TIME       0     RATE_INVALID
"""


@pytest.mark.parametrize("row", table(PRICES), ids=" | ".join)
def test_4_3_what_a_line_can_say(row: tuple[str, ...]) -> None:
    rate, currency, basis, unit, says = row
    try:
        said = str(
            price_of(
                Decimal(rate),
                None if currency == "-" else currency,
                RateBasis(basis),
                unit_seconds=int(unit) * 3600,
            )
        )
    except HourledgerError as error:
        said = error.code
    assert said == says


def test_ct_42_a_rate_never_falls_below_zero() -> None:
    with pytest.raises(Invalid) as caught:
        price_of(Decimal(10), "EUR").adjusted(Decimal("-100.01"))
    assert caught.value.code == "RATE_INVALID"


DAY_NUMBERS = st.one_of(st.none(), st.integers(0, 39))
OPERATION = st.tuples(
    st.sampled_from(("put", "remove", "adjust", "lock")), DAY_NUMBERS, DAY_NUMBERS, st.integers(-50, 50)
)


def by_day(found: list[PricedDays]) -> dict[date, Price]:
    return {one: ranged.price for one in DAYS for ranged in found if one in ranged.period}


@given(st.lists(OPERATION, max_size=12))
def test_i7_every_day_has_what_was_said_of_it_last(operations: list[tuple[str, int | None, int | None, int]]) -> None:
    kept: list[PricedDays] = []
    model: dict[date, Price] = {}
    for verb, first, last, number in operations:
        if first is not None and last is not None and last < first:
            continue
        period = Period.inclusive(None if first is None else DAYS[first], None if last is None else DAYS[last])
        named = [one for one in DAYS if one in period]
        if verb == "put":
            price = price_of(Decimal(100 + number), "EUR")
            kept = put(kept, period, price)
            model |= dict.fromkeys(named, price)
        elif verb == "remove":
            kept = remove(kept, period)
            model = {one: price for one, price in model.items() if one not in period}
        elif verb == "adjust":
            kept = adjust(kept, period, Decimal(number))
            model |= {one: model[one].adjusted(Decimal(number)) for one in named if one in model}
        else:
            kept = lock(kept, period, is_locked=number > 0)
            model |= {one: Price(model[one].rate, is_locked=number > 0) for one in named if one in model}
    assert by_day(kept) == model
    assert not [(a, b) for a in kept for b in kept if a is not b and a.period.overlaps(b.period)]


BROKEN_LOCKS = """
    before          after                     broken
    100L 10..19     100L 10..19               no
    100L 10..19     100 10..19                no       # unlocked
    100L 10..19     100L 10..14, 100 15..19   no       # cut
    100L 10..19     100 1..-                  no       # and more days
    100L 10..19     120L 10..19               yes
    100L 10..19     100L 10..18               yes      # a day less
    100L 10..19     100 10..14, 100 16..19    yes      # a day in between
    100L 10..19     nothing                   yes
    100 10..19      nothing                   no
    nothing         100L 10..19               no
"""


def test_tick_26_a_lock_is_kept_where_every_day_of_it_says_the_same() -> None:
    for before, after, broken in table(BROKEN_LOCKS):
        was, is_to_be = ([] if one == "nothing" else ranges(one) for one in (before, after))
        assert (broken_lock(was, is_to_be) is not None) == (broken == "yes"), (before, after)
