"""A billing rate that is frozen is a price, whatever it depended on (project-finances §3.8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.money import ExchangeRates, HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    NO_CURRENCY,
    Level,
    RateBasis,
    RateKey,
    RateLine,
    RateTable,
    RatingInput,
    Subject,
    frozen_rate,
    rate_hours,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from tests.core.tables import table

POLICY = shipped_policy("workfront-1")
ON = date(2026, 6, 1)
HOUR = 3600

# cost: what an hour costs; billing: what it is billed at; kept: the price that stays
FROZEN = """
    cost            billing    kept
    50 EUR          + 20 %     60.00 EUR/h
    50 USD          + 20 %     60.00 USD/h       # the currency that cost is in
    50 EUR          + 0 %      50.00 EUR/h       # at cost
    50 EUR          + -100 %   0.00 EUR/h        # a rate of nothing is a rate
    0 EUR           + 20 %     0.00 EUR/h
    33.3333 EUR     + 7.5 %    35.8333 EUR/h     # 35.83329..., to four decimals
    0.0001 EUR      + 50 %     0.0002 EUR/h      # half away from zero
    400 EUR/8 h     + 10 %     440.00 EUR/8.00 h # its unit stays
    30 EUR/entry    + 10 %     33.00 EUR per entry
    -               + 20 %     -                        # no price yet: nothing to keep
    50 EUR          70 EUR     70.00 EUR/h
    -               70 EUR     70.00 EUR/h
    50 EUR          -          -
"""


def line(text: str) -> RateLine | None:
    if text == "-":
        return None
    if text.startswith("+"):
        percent = int(Decimal(text[1:].rstrip("% ")) * 10_000)
        return RateLine(HourlyRate(percent, NO_CURRENCY), Period(), basis=RateBasis.COST_PLUS)
    amount, rest = text.split(" ", 1)
    currency, _, unit = rest.partition("/")
    basis = RateBasis.ENTRY if unit == "entry" else RateBasis.TIME
    seconds = int(unit.removesuffix(" h")) * HOUR if unit.endswith(" h") else HOUR
    return RateLine(HourlyRate.of(Decimal(amount), currency, seconds), Period(), basis=basis)


def rates(cost: RateLine | None, billing: RateLine | None) -> RateTable:
    kinds = ((RateKind.COST, cost), (RateKind.BILLING, billing))
    return RateTable([(RateKey(kind, Level.PERSON, None, 1), one) for kind, one in kinds if one is not None])


def hour(seconds: int = HOUR) -> RatingInput:
    return RatingInput(ON, seconds, "EUR", CostType.USER_HOURLY, RevenueType.USER_HOURLY, {Subject.OWNER: 1})


@pytest.mark.parametrize(("cost", "billing", "kept"), table(FROZEN))
def test_3_8_what_is_kept_is_a_price(cost: str, billing: str, kept: str) -> None:
    found = frozen_rate(hour(), POLICY, rates(line(cost), line(billing)))
    if kept == "-":
        assert found is None
        return
    assert found is not None
    assert found.basis in (RateBasis.TIME, RateBasis.ENTRY)
    assert str(found) == kept


@given(
    cost=st.integers(0, 10**8),
    percent=st.integers(-100, 1000),
    seconds=st.integers(-86_400, 86_400).filter(bool),
)
def test_3_8_what_is_kept_bills_as_before_to_what_four_decimals_can_say(cost: int, percent: int, seconds: int) -> None:
    """Percentages without decimals and costs in cents have no more than four: then to the cent."""
    over_cost = RateLine(HourlyRate(percent * 10_000, NO_CURRENCY), Period(), basis=RateBasis.COST_PLUS)
    costs = RateLine(HourlyRate(cost * 100, "EUR"), Period())
    before = rates(costs, over_cost)
    kept = frozen_rate(hour(seconds), POLICY, before)
    none: ExchangeRates = ExchangeRates("EUR", [])
    was = rate_hours(hour(seconds), POLICY, before, none).revenue.amount
    raised = RateLine(HourlyRate(cost * 100 + 70_000, "EUR"), Period())
    now = rate_hours(hour(seconds), POLICY, rates(raised, kept), none)
    assert now.revenue.amount == was
    assert abs(seconds) < HOUR or now.cost.amount != rate_hours(hour(seconds), POLICY, before, none).cost.amount
    assert kept is not None
    assert Fraction(kept.rate.per_unit) == Fraction(cost, 100) * (1 + Fraction(percent, 100))
