"""A rate over all time: found once for each stretch in which nothing changes that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise

from hourledger.core.periods import ONE_DAY, Period
from hourledger.core.rates.table import RateLine


def stretches(bounds: Iterable[date]) -> list[Period]:
    """All time, cut on each of these days."""
    cuts: list[date | None] = [None, *sorted(set(bounds)), None]
    return [Period(first, until) for first, until in pairwise(cuts)]


def day_in(stretch: Period) -> date:
    """A day of the stretch that stands for all of it."""
    if stretch.valid_from is not None:
        return stretch.valid_from
    return stretch.valid_until - ONE_DAY if stretch.valid_until and stretch.valid_until > date.min else date.min


def timeline(bounds: Iterable[date], rate_on: Callable[[date], RateLine | None]) -> list[tuple[Period, RateLine]]:
    """The rate of every stretch that has one, neighbours with the same rate joined.

    ``bounds`` must hold every day on which ``rate_on`` may give something else than the day before.
    """
    found: list[tuple[Period, RateLine]] = []
    for stretch in stretches(bounds):
        line = rate_on(day_in(stretch))
        if line is None:
            continue
        last = found[-1] if found else None
        if last and last[0].valid_until == stretch.valid_from and _same(last[1], line):
            found[-1] = (Period(last[0].valid_from, stretch.valid_until), last[1])
        else:
            found.append((stretch, line))
    return found


def _same(one: RateLine, other: RateLine) -> bool:
    return (one.rate, one.basis) == (other.rate, other.basis)
