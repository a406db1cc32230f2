"""A rate over all time: cut where anything changes, joined where nothing does."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import RateLine, stretches, timeline

FIRST = date(2026, 1, 1)


def test_all_time_is_cut_on_the_days_of_change() -> None:
    june, july = date(2026, 6, 1), date(2026, 7, 1)
    assert stretches([july, june, june]) == [Period(None, june), Period(june, july), Period(july, None)]
    assert stretches([]) == [Period()]


@given(st.dictionaries(st.integers(0, 30), st.sampled_from([None, 0, 50, 60]), max_size=8))
def test_every_day_has_the_rate_that_was_found_on_it(changes: dict[int, int | None]) -> None:
    """``changes``: from that day on, this rate (None: none)."""

    def rate_on(day: date) -> RateLine | None:
        known = [changes[at] for at in sorted(changes) if FIRST + timedelta(days=at) <= day]
        rate = known[-1] if known else None
        return None if rate is None else RateLine(HourlyRate.of(rate, "EUR"), Period())

    found = timeline([FIRST + timedelta(days=at) for at in changes], rate_on)
    for offset in range(-2, 35):
        day = FIRST + timedelta(days=offset)
        lines = [line for period, line in found if day in period]
        assert lines == [one for one in [rate_on(day)] if one]
    neighbours = pairwise(found)
    assert all(one[1] != other[1] or one[0].valid_until != other[0].valid_from for one, other in neighbours)
