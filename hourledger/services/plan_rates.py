"""Rating the days of a plan: one search for rates per stretch of days on which nothing about the rates changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction

from hourledger.core.errors import Missing
from hourledger.core.finances import PlannedDay
from hourledger.core.money import ExchangeRates
from hourledger.core.periods import Period
from hourledger.core.rates import NO_CURRENCY, Rated, RatingInput, rate_hours
from hourledger.services.rater import Rater

MakeInput = Callable[[date, int], RatingInput]
"""The facts that decide the rates of so many seconds on a day."""


class PlanRates:
    """Cost and revenue of planned days, each rounded by itself as ``rate_hours`` does.

    Rates of a subject (a person, a role, a task) change on the days on which one of its lines begins or ends; between
    them the search finds the same line. So days of one stretch with as many seconds, and the same exchange rates where
    a rate is in another currency, have the same figures: they are searched for once.
    """

    def __init__(self, rater: Rater) -> None:
        self.rater = rater
        self._attribute_days = rater.attributes.bounds()
        self._change_days = rater.rates.bounds_by_subject()
        self._factors: dict[tuple[int, str, str, date], Fraction] = {}

    def figures(
        self,
        project_id: int,
        seconds_by_day: Mapping[date, int],
        make_input: MakeInput,
        other_changes: Iterable[Period] = (),
    ) -> tuple[dict[date, PlannedDay], Missing | None]:
        """By day, days without hours left out; with the reason when some amounts cannot be known.

        ``other_changes``: periods of anything else that the input depends on, such as somebody's primary role.
        """
        one_assignment = _Searches(
            self, project_id, make_input, self._stretches(seconds_by_day, make_input, other_changes)
        )
        found: dict[date, PlannedDay] = {}
        problem: Missing | None = None
        for day, seconds in seconds_by_day.items():
            if not seconds:
                continue
            try:
                cost, revenue = one_assignment.amounts(day, seconds)
                found[day] = PlannedDay(day, seconds, cost, revenue)
            except Missing as missing:
                if missing.code != "EXCHANGE_RATE_MISSING":
                    raise
                problem = problem or missing
                found[day] = PlannedDay(day, seconds, None, None)
        return found, problem

    def search(self, project_id: int, entry: RatingInput) -> Rated:
        return rate_hours(entry, self.rater.policy, self.rater.rates, self.rater.exchange[project_id])

    def factor(self, project_id: int, from_currency: str, to_currency: str, day: date) -> Fraction:
        """As ``ExchangeRates.factor``, looked for once. Raises Missing EXCHANGE_RATE_MISSING."""
        key = (project_id, from_currency, to_currency, day)
        if key not in self._factors:
            exchange: ExchangeRates = self.rater.exchange[project_id]
            self._factors[key] = exchange.factor(from_currency, to_currency, day)
        return self._factors[key]

    def _stretches(self, days: Iterable[date], make_input: MakeInput, other_changes: Iterable[Period]) -> list[date]:
        """The days on which something about the rates may change, in order."""
        changes = {day for period in other_changes for day in _bounds(period)} | self._attribute_days
        # A subject is the same all the time or changes with ``other_changes``: look at all that it is.
        for day in {min(days, default=date.min), *changes}:
            for subject_id in make_input(day, 1).subjects.values():
                changes |= self._change_days.get(subject_id, set())
        return sorted(changes)


class _Searches:
    """What was found for one assignment."""

    def __init__(self, rates: PlanRates, project_id: int, make_input: MakeInput, stretches: list[date]) -> None:
        self._rates = rates
        self._project_id = project_id
        self._make_input = make_input
        self._stretches = stretches
        self._converted: dict[int, tuple[tuple[str, str], ...]] = {}
        self._amounts: dict[tuple[int, int, tuple[Fraction, ...]], tuple[int, int]] = {}

    def amounts(self, day: date, seconds: int) -> tuple[int, int]:
        """Cost and revenue in minor units. Raises Missing EXCHANGE_RATE_MISSING."""
        stretch = bisect_right(self._stretches, day)
        if stretch in self._converted:
            key = self._key(stretch, day, seconds)
            if key in self._amounts:
                return self._amounts[key]
        rated = self._rates.search(self._project_id, self._make_input(day, seconds))
        self._converted.setdefault(stretch, _conversions(rated))
        found = rated.cost.amount.minor, rated.revenue.amount.minor
        self._amounts[self._key(stretch, day, seconds)] = found
        return found

    def _key(self, stretch: int, day: date, seconds: int) -> tuple[int, int, tuple[Fraction, ...]]:
        factors = tuple(self._rates.factor(self._project_id, *pair, day) for pair in self._converted[stretch])
        return stretch, seconds, factors


def _conversions(rated: Rated) -> tuple[tuple[str, str], ...]:
    """From which currency into which the rates that were found are converted."""
    return tuple(
        (one.resolution.line.rate.currency, one.amount.currency)
        for one in (rated.cost, rated.revenue)
        if one.resolution.line is not None
        and one.resolution.line.rate.currency not in (one.amount.currency, NO_CURRENCY)
    )


def _bounds(period: Period) -> set[date]:
    return {day for day in (period.valid_from, period.valid_until) if day is not None}
