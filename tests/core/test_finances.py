"""The roll-up of a project and the spreading of planned hours (project-finances §2.2, §2.7)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.finances import ProjectFigures, planned_days, roll_up
from hourledger.core.money import HourlyRate, Money, amount_for, parse_hours
from tests.core.tables import table

ZERO = Money.zero("EUR")
NOTHING = ProjectFigures(**{
    one.name: 0 if one.name.endswith("_seconds") else ZERO for one in fields(ProjectFigures)
})  # type: ignore[arg-type]  # fmt: skip


def euros(amount: str | int) -> Money:
    return Money.of(amount, "EUR")


def labor(hours: str, rate: str) -> Money:
    return amount_for(parse_hours(hours), HourlyRate.of(rate, "EUR"), "EUR")


def test_ct_01_planned_cost_is_labour_expenses_and_the_fixed_cost() -> None:
    finances = roll_up(
        replace(
            NOTHING,
            planned_labor_cost=labor("5", "15"),
            planned_expense_cost=euros(100 + 50) + euros(100),  # the task's and the project's
            fixed_cost=euros(200),
        )
    )
    assert finances.planned_cost == euros(525)


def test_ct_02_actual_cost_counts_the_fixed_cost_once() -> None:
    finances = roll_up(
        replace(
            NOTHING,
            actual_labor_cost=labor("6", "15") + labor("10", "20"),
            actual_expense_cost=euros(110 + 40) + euros(100),
            fixed_cost=euros(200),
        )
    )
    assert finances.actual_labor_cost == euros(290)
    assert finances.actual_expense_cost == euros(450)  # as reported: with the fixed cost
    assert finances.actual_cost == euros(740)


def test_ct_06_planned_revenue_is_hourly_and_fixed() -> None:
    finances = roll_up(
        replace(NOTHING, planned_hourly_revenue=labor("10", "20"), planned_fixed_revenue=euros(100)),
    )
    assert finances.planned_revenue == euros(300)


def test_r_2_7_fixed_revenue_is_actual_once_it_is_realised() -> None:
    figures = replace(NOTHING, planned_fixed_revenue=euros(100), actual_hourly_revenue=euros(200))
    assert roll_up(figures).actual_revenue == euros(200)
    realised = roll_up(replace(figures, realised_fixed_revenue=euros(100), actual_labor_cost=euros(120)))
    assert realised.actual_revenue == euros(300)
    assert realised.margin == euros(180)


AMOUNTS = st.integers(-(10**9), 10**9)


@given(st.lists(AMOUNTS, min_size=14, max_size=14))
def test_i2_the_totals_equal_their_parts(values: list[int]) -> None:
    figures = ProjectFigures(**{
        one.name: value if one.name.endswith("_seconds") else Money(value, "EUR")
        for one, value in zip(fields(ProjectFigures), values, strict=True)
    })  # type: ignore[arg-type]  # fmt: skip
    finances = roll_up(figures)
    assert figures.planned_labor_cost is not None
    assert finances.planned_cost == figures.planned_labor_cost + figures.planned_expense_cost + figures.fixed_cost
    assert finances.actual_cost == figures.actual_labor_cost + figures.actual_expense_cost + figures.fixed_cost
    assert finances.actual_cost == finances.actual_labor_cost + finances.actual_expense_cost
    assert finances.margin == finances.actual_revenue - finances.actual_cost
    assert (finances.planned_seconds, finances.actual_seconds) == (figures.planned_seconds, figures.actual_seconds)


# --- planned hours -------------------------------------------------------------------------------------------------


def test_planned_hours_fall_on_working_days_in_equal_parts() -> None:
    for hours, start, completion, days in table("""
        hours  start        completion   days
        40     2026-06-15   2026-06-19   15 8, 16 8, 17 8, 18 8, 19 8
        16     2026-06-19   2026-06-22   19 8, 22 8                     # not on Saturday and Sunday
        8      2026-06-15   2026-06-15   15 8
        8      2026-06-20   2026-06-21   20 8                           # a weekend alone: its first day
        0      2026-06-15   2026-06-16   15 0, 16 0
    """):
        spread = planned_days(parse_hours(hours), date.fromisoformat(start), date.fromisoformat(completion))
        expected = dict(one.split() for one in days.split(", "))
        assert {str(day.day): seconds / 3600 for day, seconds in spread.items()} == {
            day: float(share) for day, share in expected.items()
        }


def test_ct_33_ninety_hours_over_three_weeks_are_six_a_day() -> None:
    spread = planned_days(parse_hours("90"), date(2026, 6, 1), date(2026, 6, 21))
    assert len(spread) == 15
    assert set(spread.values()) == {parse_hours("6")}


def test_ct_28_each_planned_day_has_the_rate_of_its_day() -> None:
    days = planned_days(parse_hours("20"), date(2026, 2, 2), date(2026, 3, 27))
    by_month = {month: sum(seconds for day, seconds in days.items() if day.month == month) for month in (2, 3)}
    assert by_month == {2: parse_hours("10"), 3: parse_hours("10")}
    amounts = [amount_for(by_month[2], HourlyRate.of("12", "EUR"), "EUR")]
    amounts.append(amount_for(by_month[3], HourlyRate.of("20", "EUR"), "EUR"))
    assert amounts == [euros(120), euros(200)]


def test_a_plan_does_not_end_before_it_starts() -> None:
    with pytest.raises(Invalid) as caught:
        planned_days(3600, date(2026, 6, 16), date(2026, 6, 15))
    assert caught.value.code == "PLAN_REVERSED"


@given(st.integers(0, 10**8), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_i6_the_days_of_a_plan_sum_to_its_hours(seconds: int, start: date, length: int) -> None:
    spread = planned_days(seconds, start, start + timedelta(days=length))
    assert sum(spread.values()) == seconds
    assert max(spread.values()) - min(spread.values()) <= 1
    assert len(spread) == 1 or all(day.weekday() < 5 for day in spread)
