"""What is kept of a billing rate that is to stay as it is: a price, never a percentage of something that moves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hourledger.core.money import round_half_up
from hourledger.core.rates.policy import Policy
from hourledger.core.rates.rating import RatingInput, search_rate
from hourledger.core.rates.table import RateBasis, RateLine, RateTable
from hourledger.core.work import RateKind


def frozen_rate(entry: RatingInput, policy: Policy, rates: RateTable) -> RateLine | None:
    """The billing rate of the hour on its day, as a price; None: there is none to keep.

    A percentage on top of cost becomes the price it makes of the cost rate of the same hour: in the cost rate's
    currency, per its unit of time or per entry, rounded once to four decimals, half away from zero. Without a cost rate
    it is no price yet. Every other rate is kept as it is, a rate of 0.00 too.
    Source: project-finances §3.8; docs/decisions/0012-where-the-rules-are-silent.md.
    """
    billing = search_rate(entry, RateKind.BILLING, policy, rates).line
    if billing is None or billing.basis is not RateBasis.COST_PLUS:
        return billing
    cost = search_rate(entry, RateKind.COST, policy, rates).line
    if cost is None:
        return None
    scaled = round_half_up(cost.rate.scaled * (1 + Fraction(billing.percent) / 100))
    return RateLine(replace(cost.rate, scaled=scaled), billing.period, basis=cost.basis)
