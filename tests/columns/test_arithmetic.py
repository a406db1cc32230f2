"""The parts of rating in columns, each against the obvious way of doing the same."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hourledger.columns import NONE, Dated, cap_shares
from hourledger.columns.lookup import Row, pick
from hourledger.columns.rating import _distinct
from hourledger.core.rates import cap_revenue

DAY = date(2026, 1, 1)
UNCAPPED = st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=8)
TASKS = st.lists(st.tuples(UNCAPPED, st.integers(0, 20_000), st.integers(0, 9_000)), max_size=5)


@given(TASKS)
def test_ct_r4_shares_of_caps_are_those_that_core_hands_out(tasks: list[tuple[list[int], int, int]]) -> None:
    expected = [share for uncapped, cap, billed in tasks for share in cap_revenue(uncapped, cap, billed)]
    of_task = np.repeat(np.arange(len(tasks)), [len(uncapped) for uncapped, _, _ in tasks]).astype(np.int64)
    uncapped = np.array([one for amounts, _, _ in tasks for one in amounts], dtype=np.int64)
    left = np.array([max(0, cap - billed) for amounts, cap, billed in tasks for _ in amounts], dtype=np.int64)
    assert cap_shares(of_task, uncapped, left).tolist() == expected


def test_ct_r4_cap_100_at_40_an_hour() -> None:
    """80, 20, 0; an hour less changes nothing, the next one gives 20 back."""
    uncapped = np.array([80, 40, 40, -40, -40], dtype=np.int64)
    found = cap_shares(np.ones(5, dtype=np.int64), uncapped, np.full(5, 100, dtype=np.int64))
    assert found.tolist() == [80, 20, 0, 0, -20]


@st.composite
def dated_rows(draw: st.DrawFn) -> list[Row]:
    """Ranges of a few keys that do not overlap, with gaps, some without bounds."""
    rows: list[Row] = []
    for ids in draw(st.sets(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=4)):
        cuts = sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=6)))
        for first, until in itertools.pairwise(cuts):
            if draw(st.booleans()):
                rows.append((ids, DAY + timedelta(first), DAY + timedelta(until), len(rows)))
        if draw(st.booleans()):
            rows.append((ids, None, DAY + timedelta(cuts[0]), len(rows)))
        if draw(st.booleans()):
            rows.append((ids, DAY + timedelta(cuts[-1]), None, len(rows)))
    return rows


@given(
    dated_rows(),
    st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4), st.integers(-5, 60)), min_size=1, max_size=30),
)
def test_what_is_found_is_the_range_that_has_the_day(rows: list[Row], sought: list[tuple[int, int, int]]) -> None:
    def obvious(first: int, second: int, day: date) -> int:
        for ids, begins, ends, found in rows:
            if ids == (first, second) and (begins is None or begins <= day) and (ends is None or day < ends):
                return found
        return NONE

    days = [DAY + timedelta(offset) for _, _, offset in sought]
    expected = [obvious(one, other, day) for (one, other, _), day in zip(sought, days, strict=True)]
    columns = [np.array([row[at] for row in sought], dtype=np.int64) for at in (0, 1)]
    found = Dated(rows).find(columns, np.array([day.toordinal() for day in days], dtype=np.int64))
    assert found.tolist() == expected


@given(
    st.lists(
        st.tuples(st.integers(-2, 3), st.integers(-(2**62), 2**62), st.integers(0, 2**61), st.just(7)),
        min_size=1,
        max_size=40,
    )
)
def test_distinct_rows_are_found_however_large_the_numbers(rows: list[tuple[int, ...]]) -> None:
    columns = [np.array([row[at] for row in rows], dtype=np.int64) for at in range(4)]
    cases, first, which = _distinct(*columns)
    assert sorted(cases) == sorted(set(rows))
    assert [cases[at] for at in which.tolist()] == rows
    assert [rows[at] for at in first.tolist()] == cases


def test_nothing_is_picked_where_there_is_nothing() -> None:
    assert pick([5, None], np.array([0, 1, NONE], dtype=np.int64)).tolist() == [5, NONE, NONE]
