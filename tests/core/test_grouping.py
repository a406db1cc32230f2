"""Grouping loses no cent: scaling, spreading fixed amounts, handing a cap down to people."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.finances import (
    Cells,
    FactPlace,
    FinancePart,
    Grouping,
    Measure,
    PlannedDay,
    group_cells,
    spread_fixed,
    task_days,
    under_cap,
)
from hourledger.core.money import round_half_up, scale

MONDAY = date(2026, 6, 15)
amounts = st.integers(-(10**12), 10**12)
factors = st.fractions(Fraction(1, 10**6), 10**6)
days = st.integers(0, 400).map(lambda number: MONDAY + timedelta(days=number))
people = st.none() | st.integers(1, 3)
places = st.builds(
    FactPlace,
    st.sampled_from(FinancePart),
    st.just(1),
    st.none() | st.just(7),
    day=days,
    role_id=people,
    person_id=people,
    hour_type_id=people,
)


@given(st.lists(amounts), factors)
def test_scaled_parts_sum_to_the_rounded_product_and_are_each_at_most_one_off(
    parts: list[int], factor: Fraction
) -> None:
    found = scale(parts, factor)
    assert sum(found) == round_half_up(sum(parts) * factor)
    assert all(abs(one - part * factor) <= 1 for one, part in zip(found, parts, strict=True))


def test_scaling_by_one_changes_nothing() -> None:
    assert scale([3, -1, 0], Fraction(1)) == [3, -1, 0]
    assert scale([1, 1, 1], Fraction(1, 2)) == [1, 0, 1]


@given(st.integers(-(10**9), 10**9), st.lists(st.tuples(places, st.integers(-36_000, 36_000))))
def test_8_14_shares_of_a_fixed_amount_sum_to_it_unless_nobody_worked(
    amount: int, worked: list[tuple[FactPlace, int]]
) -> None:
    found = spread_fixed(amount, worked)
    by_whom: dict[tuple[int | None, int | None], int] = {}
    for place, seconds in worked:
        whom = (place.role_id, place.person_id)
        by_whom[whom] = by_whom.get(whom, 0) + seconds
    if any(seconds > 0 for seconds in by_whom.values()):
        assert sum(found) == amount
        idle = [part for (place, _), part in zip(worked, found, strict=True)
                if by_whom[place.role_id, place.person_id] <= 0]  # fmt: skip
        assert not any(idle)
    else:
        assert found == []


plans = st.lists(
    st.dictionaries(
        st.integers(0, 4).map(lambda number: MONDAY + timedelta(days=number)),
        st.tuples(st.integers(1, 36_000), st.integers(0, 10**6), st.none() | st.integers(0, 10**6)),
    ).map(lambda found: {day: PlannedDay(day, *figures) for day, figures in found.items()}),
    max_size=4,
)


@given(plans, st.none() | st.integers(0, 10**6))
def test_2_3_what_people_have_of_a_capped_plan_sums_to_it_day_by_day(
    assignments: list[dict[date, PlannedDay]], cap: int | None
) -> None:
    whole = task_days(assignments, cap)
    shares = under_cap(whole, assignments)
    assert task_days(shares, None) == whole
    for share, before in zip(shares, assignments, strict=True):
        assert share.keys() == before.keys()
        for day, one in share.items():
            assert (one.seconds, one.cost_minor) == (before[day].seconds, before[day].cost_minor)


groupings = st.lists(st.sampled_from([one for one in Grouping if one is not Grouping.WEEK]), min_size=1, max_size=4,
                     unique=True)  # fmt: skip


@given(
    st.lists(st.tuples(places, st.sampled_from(Measure), st.integers(-(10**9), 10**9))), groupings, groupings, factors
)
def test_p18_two_groupings_of_the_same_facts_have_the_same_sums_in_any_currency(
    facts: list[tuple[FactPlace, Measure, int]], first: list[Grouping], second: list[Grouping], factor: Fraction
) -> None:
    wholes = []
    for by in (first, second):
        cells = Cells(by)
        for place, measure, amount in facts:
            cells.add(place, {measure: amount})
        wholes.append(group_cells([cells.converted(factor)], by, "EUR").figures)
    one, other = wholes
    for name in ("planned", "budgeted", "actual"):
        left, right = getattr(one, name), getattr(other, name)
        # Hourly and fixed revenue are converted together: their sum is what every grouping has alike.
        for figure in ("seconds", "cost_minor", "revenue_minor", "fixed_revenue_share_minor"):
            assert getattr(left, figure) == getattr(right, figure)
    assert one.billed_minor == other.billed_minor
