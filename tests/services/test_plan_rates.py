"""Stretches of days on which rates are equal: the same cents as a search per day, with far fewer searches."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hourledger.core.money import ExchangeRate, ExchangeRates, HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    Attributes,
    AttributeValues,
    Level,
    RateKey,
    RateLine,
    RateTable,
    RatingInput,
    Subject,
    rate_hours,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.plan_rates import PlanRates
from hourledger.services.rater import Rater

START = date(2026, 1, 1)
PERSON, FIRST_ROLE, SECOND_ROLE, ASSIGNMENT, PROJECT = 1, 2, 3, 4, 5
SECOND_ROLE_FROM = START + timedelta(days=50)
WHOSE = (
    (Level.PERSON, None, PERSON),
    (Level.PROJECT_PERSON, PROJECT, PERSON),
    (Level.ROLE, None, FIRST_ROLE),
    (Level.ROLE, None, SECOND_ROLE),
    (Level.PROJECT_ROLE, PROJECT, SECOND_ROLE),
    (Level.ASSIGNMENT, None, ASSIGNMENT),
)
NUMBER_OF_DAYS = 100
KINDS = (RateKind.COST, RateKind.BILLING)


def plan_input(day: date, seconds: int) -> RatingInput:
    return RatingInput(
        on=day,
        seconds=seconds,
        currency="EUR",
        cost_type=CostType.USER_AND_ROLE_HOURLY,
        revenue_type=RevenueType.USER_AND_ROLE_HOURLY,
        subjects={
            Subject.PROJECT: PROJECT,
            Subject.OWNER: PERSON,
            Subject.OWNER_PRIMARY_ROLE: SECOND_ROLE if day >= SECOND_ROLE_FROM else FIRST_ROLE,
            Subject.OWNER_ASSIGNMENT: ASSIGNMENT,
            Subject.OWNER_ASSIGNMENT_ROLE: FIRST_ROLE,
        },
        is_planned=True,
    )


ROLES = (Period(None, SECOND_ROLE_FROM), Period(SECOND_ROLE_FROM, None))


@st.composite
def lines(draw: Any) -> list[tuple[RateKey, RateLine]]:
    found = []
    for level, scope, subject in WHOSE:
        for kind in KINDS:
            cuts = sorted(draw(st.sets(st.integers(-5, NUMBER_OF_DAYS + 5), max_size=5)))
            for since, until in zip(cuts[::2], cuts[1::2], strict=False):
                rate = HourlyRate(draw(st.integers(0, 2_000_000)), draw(st.sampled_from(["EUR", "EUR", "USD"])))
                period = Period(START + timedelta(days=since), START + timedelta(days=until))
                found.append((RateKey(kind, level, scope, subject), RateLine(rate, period)))
    return found


def exchange(*rates: tuple[int, int, str]) -> ExchangeRates:
    return ExchangeRates(
        "EUR",
        [
            ExchangeRate("USD", Decimal(rate), Period(START + timedelta(days=since), START + timedelta(days=until)))
            for since, until, rate in rates
        ],
    )


def rater(table: list[tuple[RateKey, RateLine]], rates: ExchangeRates) -> Rater:
    policy = shipped_policy("workfront-1")
    return Rater(policy, RateTable(table, policy.stretched), Attributes(), {PROJECT: rates})


@settings(max_examples=150, deadline=None)
@given(lines(), st.lists(st.integers(0, 90_000), min_size=NUMBER_OF_DAYS, max_size=NUMBER_OF_DAYS))
def test_2_2_each_day_has_exactly_what_a_search_for_that_day_finds(
    table: list[tuple[RateKey, RateLine]], seconds: list[int]
) -> None:
    with_rates = rater(table, exchange((-9, 30, "1.1"), (30, 31, "1.17"), (31, 999, "0.97")))
    days = {START + timedelta(days=number): one for number, one in enumerate(seconds)}
    figures, problem = PlanRates(with_rates).figures(PROJECT, days, plan_input, ROLES)
    assert problem is None
    assert figures.keys() == {day for day, one in days.items() if one}
    for day, found in figures.items():
        entry = plan_input(day, days[day])
        alone = rate_hours(entry, with_rates.policy, with_rates.rates, with_rates.exchange[PROJECT])
        assert (found.seconds, found.cost_minor, found.revenue_minor) == (
            days[day],
            alone.cost.amount.minor,
            alone.revenue.amount.minor,
        )


def test_days_without_an_exchange_rate_are_unknown_and_the_others_are_not() -> None:
    dollars = RateLine(HourlyRate.of("100", "USD"), Period())
    table = [(RateKey(kind, Level.PERSON, None, PERSON), dollars) for kind in KINDS]
    days = {START + timedelta(days=number): 3600 for number in range(4)}
    found, problem = PlanRates(rater(table, exchange((1, 3, "2")))).figures(PROJECT, days, plan_input, ROLES)
    assert [one.cost_minor for one in found.values()] == [None, 5000, 5000, None]
    assert problem is not None
    assert (problem.code, problem.facts["on"]) == ("EXCHANGE_RATE_MISSING", "2026-01-01")


class AskedTable(RateTable):
    """Remembers on which days somebody asked it."""

    def __init__(self, table: list[tuple[RateKey, RateLine]]) -> None:
        super().__init__(table)
        self.asked: set[date] = set()

    def on(
        self,
        key: RateKey,
        day: date,
        attributes: AttributeValues = {},  # noqa: B006  (as it is there)
        *,
        locked: bool = False,
    ) -> RateLine | None:
        self.asked.add(day)
        return super().on(key, day, attributes, locked=locked)


def test_a_year_of_equal_days_takes_one_search_per_stretch() -> None:
    july = date(2026, 7, 1)
    key = RateKey(RateKind.COST, Level.PERSON, None, PERSON)
    table = [
        (key, RateLine(HourlyRate.of("50", "EUR"), Period(None, july))),
        (key, RateLine(HourlyRate.of("60", "EUR"), Period(july, None))),
    ]
    days = {START + timedelta(days=number): 3600 for number in range(365)}
    rates = AskedTable(table)
    with_rates = Rater(shipped_policy("workfront-1"), rates, Attributes(), {PROJECT: exchange()})
    found, _ = PlanRates(with_rates).figures(PROJECT, days, plan_input, ROLES)
    assert sum(one.cost_minor or 0 for one in found.values()) == 181 * 5000 + 184 * 6000
    assert rates.asked == {START, SECOND_ROLE_FROM, july}
