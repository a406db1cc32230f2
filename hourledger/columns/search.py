"""The search for rates, for many hours at once: the steps of a policy, in order, as core's ``resolve`` reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from hourledger.columns.lookup import NONE, Dated, Int, Row
from hourledger.core.rates import AttributeValues, Level, RateKey, RateLine, RateTable, Step, Subject
from hourledger.core.work import RateKind

Lookup = tuple[RateKind, Level, bool]


class RateColumns:
    """The lines of a rate table by kind and level. ``lines``: all of them, named by their place from here on.

    Rates that are narrowed by attributes are asked of core, once for each case that occurs.
    """

    def __init__(self, table: RateTable) -> None:
        self.lines: list[RateLine] = []
        self._table = table
        self._narrowed: dict[tuple[RateKind, Level], set[tuple[int, int]]] = defaultdict(set)
        self._bounds: dict[tuple[RateKind, Level], set[int]] = defaultdict(set)
        self._places: dict[int, int] = {}
        rows: dict[Lookup, list[Row]] = defaultdict(list)
        for key, dated in table.items():
            places = [self.place(line) for line in dated]
            if any(line.attributes for line in dated):
                self._narrowed[key.kind, key.level].add((key.scope_id or 0, key.subject_id))
                ends = (day for line in dated for day in (line.period.valid_from, line.period.valid_until))
                self._bounds[key.kind, key.level] |= {day.toordinal() for day in ends if day}
                continue
            for at, line in zip(places, dated, strict=True):
                row = ((key.scope_id or 0, key.subject_id), line.period.valid_from, line.period.valid_until, at)
                rows[key.kind, key.level, False].append(row)
                if line.is_locked:
                    rows[key.kind, key.level, True].append(row)
        self._dated = {lookup: Dated(found) for lookup, found in rows.items()}

    def place(self, line: RateLine) -> int:
        """Where the line stands in ``lines``; it is added if it is not there."""
        at = self._places.get(id(line))
        if at is None:
            at = self._places[id(line)] = len(self.lines)
            self.lines.append(line)
        return at

    def find(
        self,
        kind: RateKind,
        step: Step,
        scope: Int,
        subject: Int,
        days: Int,
        attributes: Int,
        known: Sequence[AttributeValues],
    ) -> Int:
        """The line of each subject on each day, NONE where there is none. ``attributes``: places in ``known``."""
        assert step.level is not None
        dated = self._dated.get((kind, step.level, step.locked))
        result = np.full(len(days), NONE, dtype=np.int64) if dated is None else dated.find([scope, subject], days)
        narrowed = self._narrowed.get((kind, step.level))
        if not narrowed:
            return result
        scopes, subjects = (np.array(column, dtype=np.int64) for column in zip(*narrowed, strict=True))
        asked = np.flatnonzero(np.isin(subject, subjects) & np.isin(scope, scopes))
        bounds = np.array(sorted(self._bounds[kind, step.level]), dtype=np.int64)
        stretch = np.searchsorted(bounds, days[asked], side="right")
        cases, first, which = np.unique(
            np.stack([scope[asked], subject[asked], attributes[asked], stretch], axis=1),
            axis=0,
            return_index=True,
            return_inverse=True,
        )
        answers = np.full(len(cases), NONE, dtype=np.int64)
        for number, (scope_id, subject_id, attribute, _) in enumerate(cases.tolist()):
            if (scope_id, subject_id) not in narrowed:
                continue
            key = RateKey(kind, step.level, scope_id or None, subject_id)
            day = date.fromordinal(int(days[asked[first[number]]]))
            line = self._table.on(key, day, known[attribute], locked=step.locked)
            if line is not None:
                answers[number] = self.place(line)
        in_narrowed = np.array([(one[0], one[1]) in narrowed for one in cases.tolist()], dtype=bool)
        replaced = in_narrowed[which.reshape(-1)]
        result[asked[replaced]] = answers[which.reshape(-1)][replaced]
        return result


def search(
    kind: RateKind,
    steps: Sequence[Step],
    subjects: Mapping[Subject, Int],
    rates: RateColumns,
    days: Int,
    attributes: Int,
    known: Sequence[AttributeValues],
) -> tuple[Int, Int]:
    """For each hour the place of the line found (NONE: no rate) and the number of the step that found it, from 1."""
    lines = np.full(len(days), NONE, dtype=np.int64)
    numbers = np.zeros(len(days), dtype=np.int64)
    waiting = np.arange(len(days))
    for number, step in enumerate(steps, start=1):
        if not len(waiting):
            break
        applies = np.ones(len(waiting), dtype=bool)
        for one in step.when:
            applies &= subjects[one][waiting] != NONE
        for one in step.unless:
            applies &= subjects[one][waiting] == NONE
        if step.level is None or step.subject is None:
            waiting = waiting[~applies]
            continue
        scope = step.level.scope
        subject = subjects[step.subject][waiting]
        within = np.zeros(len(waiting), dtype=np.int64) if scope is None else subjects[scope][waiting]
        applies &= (subject != NONE) & (within != NONE)
        asked = np.flatnonzero(applies)
        if not len(asked):
            continue
        at = waiting[asked]
        found = rates.find(kind, step, within[asked], subject[asked], days[at], attributes[at], known)
        hit = found != NONE
        lines[at[hit]] = found[hit]
        numbers[at[hit]] = number
        keep = np.ones(len(waiting), dtype=bool)
        keep[asked[hit]] = False
        waiting = waiting[keep]
    return lines, numbers
