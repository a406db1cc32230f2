"""Periods of calendar days, half-open inside ``[valid_from, valid_until)``, shown inclusive outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hourledger.core.errors import Invalid

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``valid_from`` up to, not including, ``valid_until``; None means without bound on that side.

    ::

        Period(1 Jan, 1 Feb)    [1 Jan ........ 31 Jan] 1 Feb
        Period(None, 1 Feb)     ... .......... 31 Jan] 1 Feb
    """

    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise Invalid(
                f"A period must end after it starts: {self.valid_from} to {self.valid_until - ONE_DAY}.",
                code="PERIOD_REVERSED",
                field="lastDay",
            )

    @classmethod
    def inclusive(cls, first_day: date | None, last_day: date | None) -> Period:
        """As people write it: both days belong to it. Raises Invalid PERIOD_REVERSED.

        31 December 9999, which other systems write for "no end", has no day after it: it means no bound.
        """
        return cls(first_day, last_day + ONE_DAY if last_day and last_day < date.max else None)

    @property
    def last_day(self) -> date | None:
        return self.valid_until - ONE_DAY if self.valid_until else None

    def __contains__(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )

    def overlaps(self, other: Period) -> bool:
        return (self.valid_from is None or other.valid_until is None or self.valid_from < other.valid_until) and (
            other.valid_from is None or self.valid_until is None or other.valid_from < self.valid_until
        )

    def shared_with(self, other: Period) -> Period | None:
        """The days that are in both; None when there are none."""
        if not self.overlaps(other):
            return None
        starts = [day for day in (self.valid_from, other.valid_from) if day]
        ends = [day for day in (self.valid_until, other.valid_until) if day]
        return Period(max(starts, default=None), min(ends, default=None))

    def without(self, other: Period) -> list[Period]:
        """What is left of this period when ``other`` is cut out: nothing, one piece or two.

        ::

            self    [=================)
            other        [=====)
            left    [====)     [======)
        """
        if not self.overlaps(other):
            return [self]
        pieces = []
        if other.valid_from and (self.valid_from is None or self.valid_from < other.valid_from):
            pieces.append(Period(self.valid_from, other.valid_from))
        if other.valid_until and (self.valid_until is None or other.valid_until < self.valid_until):
            pieces.append(Period(other.valid_until, self.valid_until))
        return pieces

    def __str__(self) -> str:
        return f"{self.valid_from or 'always'} to {self.last_day or 'open end'}"


def spanned(days: Iterable[date]) -> Period:
    """The shortest period with all these days in it; without any it is unbounded."""
    listed = sorted(days)
    return Period.inclusive(listed[0], listed[-1]) if listed else Period()
