"""An assignment's money by date: stretches of days with the same rates, and what is planned and worked in them.

Source: project-finances §1.19, tick 44.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from hourledger.core.finances.plan_days import plus
from hourledger.core.money import HourlyRate


@dataclass(frozen=True, slots=True)
class DatedMoney:
    """From ``first_day`` to ``last_day``, both with hours. Seconds; minor units of the project's currency.

    Rates as they are kept, in their own currency; None: none was found, or it is no price per unit of time. Planned
    amounts are None when they cannot be known (no exchange rate).
    """

    first_day: date
    last_day: date
    cost_rate: HourlyRate | None = None
    billing_rate: HourlyRate | None = None
    planned_seconds: int = 0
    planned_cost_minor: int | None = 0
    planned_revenue_minor: int | None = 0
    actual_seconds: int = 0
    actual_cost_minor: int = 0
    actual_revenue_minor: int = 0

    def __add__(self, later: DatedMoney) -> DatedMoney:
        return replace(
            self,
            last_day=later.last_day,
            planned_seconds=self.planned_seconds + later.planned_seconds,
            planned_cost_minor=plus(self.planned_cost_minor, later.planned_cost_minor),
            planned_revenue_minor=plus(self.planned_revenue_minor, later.planned_revenue_minor),
            actual_seconds=self.actual_seconds + later.actual_seconds,
            actual_cost_minor=self.actual_cost_minor + later.actual_cost_minor,
            actual_revenue_minor=self.actual_revenue_minor + later.actual_revenue_minor,
        )


def stretches_of_money(days: Iterable[DatedMoney]) -> list[DatedMoney]:
    """Days in order, those that follow each other at the same rates as one stretch."""
    found = []
    for _, same in groupby(days, key=lambda one: (one.cost_rate, one.billing_rate)):
        first, *others = same
        found.append(sum(others, first))
    return found
