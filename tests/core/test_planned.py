"""From a task's hours to assignments and days, and from days to weeks and months (project-finances §1.18, §2.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import (
    FinancialFigures,
    FinancialPeriod,
    PlannedDay,
    WorkSchedule,
    allocation_date,
    assigned_seconds,
    financial_rows,
    planned_days,
    require_contour,
    require_plan,
    settled_task_seconds,
    task_days,
)
from hourledger.core.finances.planned import equal_shares
from hourledger.core.money import allocate, parse_hours
from tests.core.tables import table

HOUR = 3600
WEEK = (8 * HOUR,) * 5 + (0, 0)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def hours_of(days: dict[date, int]) -> str:
    """The days of one month with their hours: ``15 8, 16 7.5``."""
    return ", ".join(f"{day.day} {seconds / HOUR:g}" for day, seconds in days.items())


# --- days ----------------------------------------------------------------------------------------------------------


def test_ct_32_a_partial_first_day_gets_what_is_left_of_it_and_the_others_share_the_rest() -> None:
    # Monday 15 June 2026; the last hour of its schedule is left when the task starts at 16:00.
    for hours, start, completion, left, days in table("""
        hours  start  completion  left  days
        9      15     19          1     15 1, 16 2, 17 2, 18 2, 19 2
        4      15     19          1     15 0.8, 16 0.8, 17 0.8, 18 0.8, 19 0.8   # at most an hour, not exactly one
        9      15     16          0     15 0, 16 9
        3      15     15          1     15 3                                     # no other day to put it on
        10     15     16          9     15 5, 16 5
        30     15     16          9     15 8, 16 22                              # a day has no more than its schedule
        8      20     22          1     22 8                                     # nobody works on that Saturday anyway
    """):
        first, last = date(2026, 6, int(start)), date(2026, 6, int(completion))
        spread = planned_days(parse_hours(hours), first, last, first_day_seconds=parse_hours(left))
        assert hours_of(spread) == days, (hours, start, completion, left)


def test_2_2_hours_fall_on_the_days_that_the_schedule_has() -> None:
    sundays = WorkSchedule((8 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR, 0, 0, 4 * HOUR))
    with_holiday = WorkSchedule(WEEK, {date(2026, 6, 16): 0, date(2026, 6, 17): 4 * HOUR, date(2026, 6, 20): HOUR})
    for schedule, days in ((sundays, "15 2, 16 2, 17 2, 18 2, 21 2"), (with_holiday, "15 2, 17 2, 18 2, 19 2, 20 2")):
        assert hours_of(planned_days(10 * HOUR, date(2026, 6, 15), date(2026, 6, 21), schedule)) == days


def test_2_2_without_duration_all_hours_are_on_the_start() -> None:
    for start in (date(2026, 6, 15), date(2026, 6, 20)):  # a Saturday, too
        assert planned_days(HOUR, start, start) == {start: HOUR}


@pytest.mark.parametrize(
    "weekdays", [(), (HOUR,) * 6, (HOUR,) * 8, (0,) * 7, (-1, *WEEK[1:]), (24 * HOUR + 1, *WEEK[1:])]
)
def test_a_schedule_that_cannot_be_is_refused(weekdays: tuple[int, ...]) -> None:
    with pytest.raises(Invalid) as caught:
        WorkSchedule(weekdays)
    assert caught.value.code == "SCHEDULE_INVALID"


@given(
    st.integers(0, 10**9),
    DAYS,
    st.integers(0, 300),
    st.lists(st.integers(0, 86400), min_size=7, max_size=7).filter(any),
    st.none() | st.integers(0, 86400),
    st.dictionaries(DAYS, st.integers(0, 86400), max_size=5),
)
def test_i6_the_days_of_an_assignment_sum_to_its_hours(
    seconds: int, start: date, length: int, weekdays: list[int], left: int | None, exceptions: dict[date, int]
) -> None:
    schedule = WorkSchedule(tuple(weekdays), exceptions)
    completion = start + timedelta(days=length)
    days = planned_days(seconds, start, completion, schedule, left)
    assert sum(days.values()) == seconds
    assert min(days.values()) >= 0
    assert all(start <= day <= completion for day in days)
    assert len(days) == 1 or all(schedule.seconds_on(day) for day in days)


@given(st.integers(0, 10**9), st.integers(1, 400))
def test_equal_shares_are_those_of_allocate(total: int, count: int) -> None:
    assert equal_shares(total, count) == allocate(total, [1] * count)


def test_a_plan_that_cannot_be_is_refused() -> None:
    june = date(2026, 6, 15)
    for seconds, start, completion, code in (
        (-1, None, None, "HOURS_INVALID"),
        (2**31 + 1, None, None, "HOURS_INVALID"),
        (0, june, june - timedelta(days=1), "PLAN_REVERSED"),
        (0, june, june + timedelta(days=3653), "PLAN_TOO_LONG"),
    ):
        with pytest.raises(Invalid) as caught:
            require_plan(seconds, start, completion)
        assert caught.value.code == code
    require_plan(2**31, june, june + timedelta(days=3652))


# --- assignments ---------------------------------------------------------------------------------------------------


def test_2_2_what_hands_leave_is_shared_equally() -> None:
    for task, by_hand, each in table("""
        task  by hand     each
        10    - -         5 5        # CT-35
        10    4 -         4 6
        10    4 6         4 6
        10    - - -       4 3 3      # seconds left over go to the first
        10    12 -        12 0       # nothing is left to share
        10    3 - 2 -     3 3 2 2
    """):
        given_by_hand = [None if one == "-" else int(one) for one in by_hand.split()]
        assert assigned_seconds(int(task), given_by_hand) == [int(one) for one in each.split()]


HANDS = st.lists(st.none() | st.integers(0, 10**6), max_size=20)


@given(st.integers(0, 10**7), HANDS)
def test_i6_the_assignments_sum_to_the_task(task: int, by_hand: list[int | None]) -> None:
    settled = settled_task_seconds(task, by_hand)
    parts = assigned_seconds(settled, by_hand)
    assert not by_hand or sum(parts) == settled
    assert settled_task_seconds(settled, by_hand) == settled
    assert all(part == given for part, given in zip(parts, by_hand, strict=True) if given is not None)


def test_a_contour_fits_its_assignment() -> None:
    monday, friday = date(2026, 6, 15), date(2026, 6, 19)
    require_contour({monday: HOUR, friday: HOUR}, 2 * HOUR, monday, friday)
    require_contour({monday: HOUR}, HOUR, None, None)
    for days, code in (
        ({monday: 3 * HOUR, friday: -HOUR}, "CONTOUR_HOURS"),
        ({monday: HOUR}, "CONTOUR_SUM"),
        ({monday - timedelta(days=1): 2 * HOUR}, "CONTOUR_OUTSIDE_PLAN"),
        ({monday: HOUR, friday + timedelta(days=1): HOUR}, "CONTOUR_OUTSIDE_PLAN"),
    ):
        with pytest.raises(Invalid) as caught:
            require_contour(days, 2 * HOUR, monday, friday)
        assert caught.value.code == code


# --- figures of days -----------------------------------------------------------------------------------------------


def day(number: int, cost: int | None, revenue: int | None) -> PlannedDay:
    return PlannedDay(date(2026, 6, number), HOUR, cost, revenue)


def by_day(*days: PlannedDay) -> dict[date, PlannedDay]:
    return {one.day: one for one in days}


def test_c_05_a_cap_goes_to_the_earliest_planned_days() -> None:
    ann, bob = by_day(day(15, 10, 40), day(17, 10, 40)), by_day(day(15, 20, 40), day(16, 20, 40))
    days = task_days([ann, bob], cap_minor=100)
    assert [(one.day.day, one.seconds // HOUR, one.cost_minor, one.revenue_minor) for one in days] == [
        (15, 2, 30, 80),
        (16, 1, 20, 20),
        (17, 1, 10, 0),
    ]
    assert [one.revenue_minor for one in task_days([ann, bob], None)] == [80, 40, 40]


def test_an_unknown_amount_is_never_taken_for_nothing() -> None:
    days = [by_day(day(15, None, None)), by_day(day(15, 10, 40), day(16, 10, 40))]
    assert [(one.cost_minor, one.revenue_minor) for one in task_days(days, None)] == [(None, None), (10, 40)]
    assert [one.revenue_minor for one in task_days(days, 50)] == [None, None]


# --- weeks and months ----------------------------------------------------------------------------------------------

WEEKLY, MONTHLY = FinancialPeriod.WEEK, FinancialPeriod.MONTH
NOTHING = FinancialFigures("EUR")


def dates_of(days: dict[date, int], by: FinancialPeriod = WEEKLY) -> list[tuple[str, float]]:
    planned = {one: FinancialFigures("EUR", seconds) for one, seconds in days.items()}
    rows = financial_rows(planned, {}, by, NOTHING)
    return [(f"{row.allocation_date:%a %b %d}", row.planned.labor_seconds / HOUR) for row in rows]


def test_ct_33_ninety_hours_over_three_weeks_have_three_allocation_dates() -> None:
    days = planned_days(90 * HOUR, date(2026, 6, 8), date(2026, 6, 26))
    assert set(days.values()) == {6 * HOUR}
    assert dates_of(days) == [("Sun Jun 07", 30), ("Sun Jun 14", 30), ("Sun Jun 21", 30)]


def test_ct_33_crossing_a_month_adds_one() -> None:
    days = planned_days(90 * HOUR, date(2026, 6, 15), date(2026, 7, 3))
    assert dates_of(days) == [("Sun Jun 14", 30), ("Sun Jun 21", 30), ("Sun Jun 28", 12), ("Wed Jul 01", 18)]


def test_ct_34_a_week_in_two_months_has_two_rows() -> None:
    days = planned_days(8 * HOUR, date(2024, 6, 30), date(2024, 7, 6))  # Sunday to Saturday, worked from Monday
    assert dates_of(days) == [("Sun Jun 30", 0), ("Mon Jul 01", 8)]
    rows = financial_rows({date(2024, 7, 2): NOTHING}, {}, WEEKLY, NOTHING)
    assert [row.is_split for row in rows] == [True, True]


def test_1_18_a_month_has_one_row() -> None:
    days = planned_days(90 * HOUR, date(2026, 6, 15), date(2026, 7, 3))
    assert dates_of(days, MONTHLY) == [("Mon Jun 01", 72), ("Wed Jul 01", 18)]


@given(DAYS)
def test_1_18_an_allocation_date_is_in_the_week_and_the_month_of_its_days(one: date) -> None:
    allocated = allocation_date(one, WEEKLY)
    assert allocated <= one < allocated + timedelta(days=7)
    assert (allocated.year, allocated.month) == (one.year, one.month)
    assert allocated.weekday() == 6 or allocated.day == 1
    assert allocation_date(allocated, WEEKLY) == allocated


def test_8_13_a_variance_above_zero_is_good() -> None:
    june = date(2026, 6, 15)
    planned = {june: FinancialFigures("EUR", 8, 100, 200, 10, 20, 30, 40)}
    actual = {june: FinancialFigures("EUR", 9, 110, 230, 4, 5, 30, 0)}
    [row] = financial_rows(planned, actual, MONTHLY, NOTHING)
    assert (row.planned.total_cost_minor, row.actual.total_cost_minor, row.variance.total_cost_minor) == (160, 149, 11)
    assert (row.planned.total_revenue_minor, row.actual.total_revenue_minor) == (240, 230)
    assert row.variance.total_revenue_minor == -10
    assert (row.variance.labor_seconds, row.variance.labor_cost_minor, row.variance.labor_revenue_minor) == (
        -1,
        -10,
        30,
    )


def test_a_row_with_an_unknown_amount_has_no_total() -> None:
    june = date(2026, 6, 15)
    problem = Missing("No exchange rate.", code="EXCHANGE_RATE_MISSING")
    planned = {june: FinancialFigures("EUR", 8, None, None, 10, plan_problem=problem)}
    [row] = financial_rows(planned, {june: FinancialFigures("EUR", 8, 100, 200)}, WEEKLY, NOTHING)
    assert (row.planned.total_cost_minor, row.variance.total_cost_minor) == (None, None)
    assert row.variance.plan_problem is problem
    assert (row.planned.expense_minor, row.actual.total_cost_minor, row.actual.plan_problem) == (10, 100, None)
