"""Which days a period lock holds, and when a period can be locked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid, NotAllowed
from hourledger.core.periods import Period
from hourledger.core.work_locks import PeriodLock, PeriodLocks, require_over

TODAY = date(2026, 11, 2)
AUGUST = Period(date(2026, 8, 1), date(2026, 9, 1))
PORTAL, FLEET = 1, 2

HELD = """
    lock on    period    work on   day           held     # why
    PORTAL     AUGUST    PORTAL    2026-08-01    yes      # the first day belongs to it
    PORTAL     AUGUST    PORTAL    2026-08-31    yes      # so does the last
    PORTAL     AUGUST    PORTAL    2026-07-31    no
    PORTAL     AUGUST    PORTAL    2026-09-01    no
    PORTAL     AUGUST    FLEET     2026-08-15    no       # another project
    PORTAL     AUGUST    general   2026-08-15    no       # general time is on no project
    all        AUGUST    FLEET     2026-08-15    yes
    all        AUGUST    general   2026-08-15    yes      # all work, general time too
    all        always    general   1999-01-01    yes
"""
PROJECTS = {"PORTAL": PORTAL, "FLEET": FLEET, "all": None, "general": None}


@pytest.mark.parametrize("row", [line.partition("#")[0].split() for line in HELD.strip().splitlines()[1:]])
def test_p4_a_period_lock_holds_the_days_of_its_projects(row: list[str]) -> None:
    locked, period, worked, day, held = row
    lock = PeriodLock(7, PROJECTS[locked], AUGUST if period == "AUGUST" else Period(), "August is closed")
    locks = PeriodLocks([lock])
    if held == "no":
        locks.require_open(PROJECTS[worked], date.fromisoformat(day), "workDate")
        return
    with pytest.raises(NotAllowed) as caught:
        locks.require_open(PROJECTS[worked], date.fromisoformat(day), "workDate")
    assert (caught.value.code, caught.value.field, caught.value.facts) == (
        "PERIOD_LOCKED",
        "workDate",
        {"work_lock": 7},
    )
    assert "August is closed" in caught.value.message


LAST_DAYS = (
    (TODAY - timedelta(days=1), True),
    (TODAY, True),  # on the last evening of the month
    (TODAY + timedelta(days=1), False),
    (None, False),
)


@pytest.mark.parametrize(("last_day", "is_over"), LAST_DAYS)
def test_p4_only_days_that_are_not_still_to_come_can_be_locked(last_day: date | None, is_over: bool) -> None:
    period = Period.inclusive(None, last_day)
    if is_over:
        require_over(period, TODAY)
        return
    with pytest.raises(Invalid) as caught:
        require_over(period, TODAY)
    assert caught.value.code == "PERIOD_NOT_OVER"


_DAYS = st.integers(0, 20).map(lambda number: AUGUST.valid_from + timedelta(days=number))  # type: ignore[operator]
_PLACES = st.sampled_from([None, PORTAL, FLEET])


@given(st.lists(st.tuples(_PLACES, _DAYS, _DAYS)), _PLACES, _DAYS)
def test_a_day_is_open_when_no_lock_names_it(
    given_locks: list[tuple[int | None, date, date]], project: int | None, on: date
) -> None:
    locks = [
        PeriodLock(number, where, Period.inclusive(min(days), max(days)), "closed")
        for number, (where, *days) in enumerate(given_locks)
    ]
    named = any(min(days) <= on <= max(days) and (where is None or where == project) for where, *days in given_locks)
    try:
        PeriodLocks(locks).require_open(project, on, "workDate")
        refused = False
    except NotAllowed:
        refused = True
    assert refused == named
