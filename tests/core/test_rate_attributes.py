"""Rates narrowed to a group, a place or a kind of hours (project-finances §3.5)."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    Attributes,
    Level,
    RateAttribute,
    RateKey,
    RateLine,
    RateTable,
    attribute_score,
)
from hourledger.core.work import RateKind
from tests.core.tables import table

USA, CALIFORNIA, LOS_ANGELES, LONDON, DESIGN, SALES = range(1, 7)
NAMES = {"USA": USA, "California": CALIFORNIA, "Los Angeles": LOS_ANGELES, "London": LONDON, "Design": DESIGN}
ROLE = RateKey(RateKind.BILLING, Level.ROLE, None, 11)
BOB = 1
KNOWN = Attributes(
    (RateAttribute(21, 1), RateAttribute(22, 2, is_hierarchical=True), RateAttribute(23, 3, of_hours=True)),
    parents={LOS_ANGELES: CALIFORNIA, CALIFORNIA: USA},
    of_hour_type={5: 99},
    of_person={
        (BOB, 21): ((Period(), DESIGN),),
        (BOB, 22): ((Period(None, date(2026, 7, 1)), LOS_ANGELES), (Period(date(2026, 7, 1), None), LONDON)),
    },
)


def dated(rate: int, *attributes: tuple[int, int], period: Period | None = None) -> tuple[RateKey, RateLine]:
    return ROLE, RateLine(HourlyRate.of(rate, "USD"), period or Period(), rate, attributes=attributes)


def test_ct_43_a_city_matches_its_state_and_country_and_the_narrowest_wins() -> None:
    has = KNOWN.of(BOB, date(2026, 6, 15), None)
    for rates, found in table("""
        rates for                          the one that counts
        USA                                USA
        USA, California                    California
        USA, California, Los Angeles       Los Angeles
        everybody, USA                     USA
        everybody, London                  everybody
        London                             none
    """):
        places = {name: number for number, name in enumerate(rates.split(", "), start=10)}
        lines = [dated(rate, *([(2, NAMES[name])] if name != "everybody" else [])) for name, rate in places.items()]
        line = RateTable(lines).on(ROLE, date(2026, 6, 15), has)
        assert (line.row_id if line else None) == places.get(found), rates


def test_3_5_attributes_decide_in_their_order() -> None:
    has = KNOWN.of(BOB, date(2026, 6, 15), None)
    for wanted, score in (
        ((), (0, 0, 0, 0, 0)),
        (((2, USA),), (0, 1, 0, 0, 0)),
        (((2, LOS_ANGELES),), (0, 3, 0, 0, 0)),
        (((1, DESIGN),), (1, 0, 0, 0, 0)),  # before any place
        (((1, DESIGN), (2, USA)), (1, 1, 0, 0, 0)),
        (((1, SALES),), None),
        (((3, 99),), None),  # the kind of hours is not known
    ):
        assert attribute_score(wanted, has) == score


def test_3_5_values_are_those_of_the_day() -> None:
    assert KNOWN.of(BOB, date(2026, 6, 30), 5) == {1: (DESIGN,), 2: (LOS_ANGELES, CALIFORNIA, USA), 3: (99,)}
    assert KNOWN.of(BOB, date(2026, 7, 1), 6) == {1: (DESIGN,), 2: (LONDON,)}
    assert KNOWN.of(2, date(2026, 7, 1), None) == {}
    assert KNOWN.bounds() == {date(2026, 7, 1)}


def test_3_5_an_open_role_has_the_values_written_on_its_assignment() -> None:
    assert KNOWN.of_open_role({"22": CALIFORNIA}) == {2: (CALIFORNIA, USA)}


def test_ct_50_a_designer_without_london_has_no_rate() -> None:
    """Card Soda: Copywriter/New York 10 in June and 20 from July, Accountant 50, Designer/London 50."""
    lines = [dated(50, (2, LONDON))]
    for on, found in ((date(2026, 6, 15), None), (date(2026, 7, 15), 50)):
        line = RateTable(lines).on(ROLE, on, KNOWN.of(BOB, on, None))
        assert (line.row_id if line else None) == found


def test_c_10_a_gap_in_the_best_fitting_rate_falls_to_the_next_fitting_one() -> None:
    lines = [
        dated(90, (2, LOS_ANGELES), period=Period(date(2026, 1, 1), date(2026, 2, 1))),
        dated(70, (2, USA)),
        dated(50),
    ]
    has = KNOWN.of(BOB, date(2026, 6, 15), None)
    for on, rate in ((date(2026, 1, 31), 90), (date(2026, 2, 1), 70)):
        line = RateTable(lines).on(ROLE, on, has)
        assert line is not None
        assert line.row_id == rate


@given(st.permutations([dated(10), dated(20, (2, USA)), dated(30, (2, CALIFORNIA)), dated(40, (1, DESIGN))]))
def test_i7_the_order_in_which_rates_were_set_does_not_matter(lines: list[tuple[RateKey, RateLine]]) -> None:
    line = RateTable(lines).on(ROLE, date(2026, 6, 15), KNOWN.of(BOB, date(2026, 6, 15), None))
    assert line is not None
    assert line.row_id == 40
