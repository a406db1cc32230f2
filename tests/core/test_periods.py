"""Periods are half-open inside and shown with both days outside."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.periods import Period
from tests.core.tables import table

ORIGIN = date(2026, 1, 1)


def day(number: str) -> date | None:
    """Day 1 is 1 January; ``..`` is no bound."""
    return None if number == ".." else ORIGIN + timedelta(days=int(number) - 1)


def period(text: str) -> Period:
    """``3-7``: days 3 up to, not including, 7."""
    first, until = text.split("-")
    return Period(day(first), day(until))


BOUNDS = st.none() | st.integers(1, 30)
DAYS = [ORIGIN + timedelta(days=offset) for offset in range(-2, 34)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, until = draw(BOUNDS), draw(BOUNDS)
    if first is not None and until is not None:
        first, until = min(first, until), max(first, until) + 1
    return Period(day(str(first or "..")), day(str(until or "..")))


def test_both_days_of_an_inclusive_period_belong_to_it() -> None:
    june = Period.inclusive(date(2026, 6, 1), date(2026, 6, 30))
    assert june == Period(date(2026, 6, 1), date(2026, 7, 1))
    assert june.last_day == date(2026, 6, 30)
    assert date(2026, 6, 1) in june
    assert date(2026, 6, 30) in june
    assert date(2026, 5, 31) not in june
    assert date(2026, 7, 1) not in june
    assert str(june) == "2026-06-01 to 2026-06-30"


def test_without_bounds_a_period_holds_every_day() -> None:
    assert date.min in Period()
    assert date.max in Period()
    assert str(Period()) == "always to open end"


def test_a_period_of_one_day_is_one() -> None:
    assert Period.inclusive(ORIGIN, ORIGIN).last_day == ORIGIN


def test_the_last_day_there_is_means_no_end() -> None:
    assert Period.inclusive(ORIGIN, date.max) == Period(ORIGIN, None)


@pytest.mark.parametrize("until", [1, 2, 3])
def test_a_period_ends_after_it_starts(until: int) -> None:
    with pytest.raises(Invalid) as caught:
        Period(day("3"), day(str(until)))
    assert caught.value.code == "PERIOD_REVERSED"


OVERLAPS = """
    self   other   overlap  left
    3-7    7-9     no       3-7           # they touch, they share no day
    3-7    1-3     no       3-7
    3-7    4-6     yes      3-4 6-7       # cut in two
    3-7    1-5     yes      5-7
    3-7    5-9     yes      3-5
    3-7    3-7     yes      nothing
    3-7    1-9     yes      nothing
    3-7    ..-..   yes      nothing
    ..-..  3-7     yes      ..-3 7-..
    ..-7   3-..    yes      ..-3
    3-..   ..-7    yes      7-..
    ..-3   3-..    no       ..-3
    3-..   5-6     yes      3-5 6-..
"""


def test_overlaps_and_what_is_left() -> None:
    for one, other, overlap, left in table(OVERLAPS):
        assert period(one).overlaps(period(other)) == (overlap == "yes")
        assert period(one).without(period(other)) == ([] if left == "nothing" else [*map(period, left.split())])


@given(periods(), periods())
def test_overlapping_is_mutual_and_means_a_common_day(one: Period, other: Period) -> None:
    assert one.overlaps(other) == other.overlaps(one) == any(day in one and day in other for day in DAYS)


@given(periods(), periods())
def test_a_day_is_left_when_it_was_in_one_and_not_in_the_other(one: Period, other: Period) -> None:
    left = one.without(other)
    for each in DAYS:
        assert sum(each in piece for piece in left) == (each in one and each not in other)
    assert not any(piece.overlaps(other) for piece in left)
