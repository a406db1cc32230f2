"""Looking many things up at once: by one or more ids, and by a day where what is found is dated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int: TypeAlias = npt.NDArray[np.int64]
"""A column: ids, days, amounts, places in a list. Ids are above zero."""

NONE = -1
"""In a column of ids or places: there is none."""

FOREVER = 1 << 22
"""A day after all others: as an end, no end."""

Row: TypeAlias = tuple[tuple[int, ...], date | None, date | None, int]
"""Ids, first day, day after the last one, what is found."""


def ordinal(day: date | None, otherwise: int) -> int:
    """A day as a number; ``otherwise`` where there is no bound."""
    return otherwise if day is None else day.toordinal()


class Dated:
    """What is found under some ids on a day. Ranges of the same ids do not overlap.

    ::

        ids       1        1        2          sought: (1, day 15) -> between the starts of 1: the second one
        from      0       10        0          found when the day is before its end
        until    10       20       30
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        listed = list(rows)
        width = len(listed[0][0]) if listed else 0
        ids = np.array([row[0] for row in listed], dtype=np.int64).reshape(len(listed), width)
        starts = np.array([ordinal(row[1], 0) for row in listed], dtype=np.int64)
        self._known = [np.unique(ids[:, at]) for at in range(width)]
        codes = self._codes([ids[:, at] for at in range(width)], len(listed))
        self._keys, numbers = np.unique(codes, return_inverse=True)
        marks = numbers.astype(np.int64) * FOREVER + starts
        order = np.argsort(marks, kind="stable")
        self._marks = marks[order]
        self._numbers = numbers.astype(np.int64)[order]
        self._ends = np.array([ordinal(row[2], FOREVER) for row in listed], dtype=np.int64)[order]
        self._found = np.array([row[3] for row in listed], dtype=np.int64)[order]

    def find(self, ids: Sequence[Int], days: Int) -> Int:
        """For each of the columns' rows what is found, NONE where nothing is; an id of NONE finds nothing."""
        result = np.full(len(days), NONE, dtype=np.int64)
        if not len(self._marks):
            return result
        codes = self._codes(ids, len(days))
        numbers = np.searchsorted(self._keys, codes)
        at_key = np.minimum(numbers, len(self._keys) - 1)
        sought = np.flatnonzero((codes != NONE) & (self._keys[at_key] == codes))
        places = np.searchsorted(self._marks, at_key[sought] * FOREVER + days[sought], side="right") - 1
        at = np.maximum(places, 0)
        hit = (places >= 0) & (self._numbers[at] == at_key[sought]) & (days[sought] < self._ends[at])
        result[sought[hit]] = self._found[at[hit]]
        return result

    def _codes(self, ids: Sequence[Int], length: int) -> Int:
        """One number for each combination of ids; NONE where one of them is unknown."""
        codes = np.zeros(length, dtype=np.int64)
        for column, known in zip(ids, self._known, strict=True):
            places = np.searchsorted(known, column)
            at = np.minimum(places, len(known) - 1)
            codes = np.where((codes != NONE) & (known[at] == column), codes * len(known) + at, NONE)
        return codes


def undated(rows: Iterable[tuple[tuple[int, ...], int]]) -> Dated:
    """The same, found on every day."""
    return Dated((ids, None, None, found) for ids, found in rows)


def pick(values: Sequence[int | None], places: Int) -> Int:
    """``values[place]`` for each place; NONE where the place or the value is missing."""
    column = np.array([NONE if one is None else one for one in values] + [NONE], dtype=np.int64)
    return column[places]
