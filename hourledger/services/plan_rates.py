"""Rating the days of a plan: one search for rates per stretch of days on which nothing about the rates changes."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from hourledger.core.errors import Missing
from hourledger.core.finances import PlannedDay
from hourledger.core.periods import Period
from hourledger.core.rates import Rated, RateKey, RateLine, RatingInput, rate_hours
from hourledger.services.rate_entries import Rater

MakeInput = Callable[[date, int], RatingInput]
"""The facts that decide the rates of so many seconds on a day."""


class PlanRates:
    """Cost and revenue of planned days, each rounded by itself as ``rate_hours`` does.

    Rates of a subject (a person, a role, a task) change on the days on which one of its lines begins or ends; between
    them the search finds the same line. So one search per stretch and number of seconds gives the days' exact figures.
    Where a rate is in another currency the exchange rate of each day decides, and each day is searched.
    """

    def __init__(self, rater: Rater, lines: Iterable[tuple[RateKey, RateLine]]) -> None:
        self._rater = rater
        self._change_days: dict[int, set[date]] = defaultdict(set)
        for key, line in lines:
            self._change_days[key.subject_id] |= _bounds(line.period)

    def figures(
        self, seconds_by_day: Mapping[date, int], make_input: MakeInput, other_changes: Iterable[Period] = ()
    ) -> tuple[dict[date, PlannedDay], Missing | None]:
        """By day, days without hours left out; with the reason when some amounts cannot be known.

        ``other_changes``: periods of anything else that the input depends on, such as somebody's primary role.
        """
        changes = {day for period in other_changes for day in _bounds(period)}
        # A subject is the same all the time or changes with ``other_changes``: look at all that it is.
        for day in {min(seconds_by_day, default=date.min), *changes}:
            for subject_id in make_input(day, 1).subjects.values():
                changes |= self._change_days[subject_id]
        stretches = sorted(changes)
        searched: dict[tuple[int, int], Rated] = {}
        found: dict[date, PlannedDay] = {}
        problem: Missing | None = None
        for day, seconds in seconds_by_day.items():
            if not seconds:
                continue
            stretch = (bisect_right(stretches, day), seconds)
            rated = searched.get(stretch)
            if rated is None:
                try:
                    rated = self._search(make_input(day, seconds))
                except Missing as missing:
                    if missing.code != "EXCHANGE_RATE_MISSING":
                        raise
                    problem = problem or missing
                    found[day] = PlannedDay(day, seconds, None, None)
                    continue
                if not _is_converted(rated):
                    searched[stretch] = rated
            found[day] = PlannedDay(day, seconds, rated.cost.amount.minor, rated.revenue.amount.minor)
        return found, problem

    def _search(self, entry: RatingInput) -> Rated:
        return rate_hours(entry, self._rater.policy, self._rater.rates, self._rater.exchange)


def _is_converted(rated: Rated) -> bool:
    """Whether a rate of another currency is in it."""
    return any(
        one.resolution.line is not None and one.resolution.line.rate.currency != one.amount.currency
        for one in (rated.cost, rated.revenue)
    )


def _bounds(period: Period) -> set[date]:
    return {day for day in (period.valid_from, period.valid_until) if day is not None}
