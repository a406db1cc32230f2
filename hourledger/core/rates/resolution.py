"""One search for one rate: which step found it, and why every step before it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates.policy import Level, Step, Subject
from hourledger.core.work import RateKind


class RateBasis(StrEnum):
    """What a line's number is: a price per unit of time, per entry whatever its hours, a percentage on top of the cost
    rate of the same hour (0: at cost), or a percentage by itself (markups)."""

    TIME = "TIME"
    ENTRY = "ENTRY"
    COST_PLUS = "COST_PLUS"
    PERCENT = "PERCENT"


class RateKey(NamedTuple):
    """Whose rates: ``subject_id`` is a person, role, assignment or task; ``scope_id`` the project or company."""

    kind: RateKind
    level: Level
    scope_id: int | None
    subject_id: int


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate in force during ``period``; ``row_id`` names the stored row (None for an amount on the task).

    ``basis`` says what the number is; percents (COST_PLUS, PERCENT) are kept in 1/10,000, currency XXX. ``attributes``
    are (position of a rate attribute, value) that who worked must have. ``is_locked`` lines of a card go first.
    """

    rate: HourlyRate
    period: Period
    row_id: int | None = None
    basis: RateBasis = RateBasis.TIME
    attributes: tuple[tuple[int, int], ...] = ()
    is_locked: bool = False


class RateTable:
    """Dated rates by key. Ranges of one key never overlap (the database sees to it), gaps are allowed.

    Overrides on a project or assignment stretch outward: the first one covers everything before its end, the last one
    everything after its start; an interior gap falls through (project-finances §3.1, C-10).
    """

    _STRETCHED = frozenset({Level.PROJECT_ROLE, Level.PROJECT_PERSON, Level.ASSIGNMENT})

    def __init__(self, lines: Iterable[tuple[RateKey, RateLine]]) -> None:
        self._lines: dict[RateKey, list[RateLine]] = {}
        for key, line in lines:
            self._lines.setdefault(key, []).append(line)
        for key, dated in self._lines.items():
            dated.sort(key=lambda line: line.period.valid_from or date.min)
            if key.level in self._STRETCHED:
                first, last = dated[0], dated[-1]
                dated[0] = RateLine(first.rate, Period(None, first.period.valid_until), first.row_id)
                last = dated[-1]
                dated[-1] = RateLine(last.rate, Period(last.period.valid_from, None), last.row_id)

    def on(self, key: RateKey, day: date) -> RateLine | None:
        for line in self._lines.get(key, ()):
            if day in line.period:
                return line
        return None

    def has(self, key: RateKey) -> bool:
        return key in self._lines


class StepTaken(NamedTuple):
    """A step and what came of it: ``found`` or the reason it was skipped."""

    level: Level | None
    subject: Subject | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The line found (None: no level has a rate) and the steps tried, in order, the finding one last."""

    line: RateLine | None
    level: Level | None
    steps: tuple[StepTaken, ...]


def resolve(
    kind: RateKind,
    steps: Iterable[Step],
    subjects: Mapping[Subject, int],
    scopes: Mapping[Level, int],
    rates: RateTable,
    on: date,
) -> Resolution:
    """The first step that has a rate on the day.

    ``subjects`` are the facts known about the hour (an unknown one is absent), ``scopes`` the project and company ids.
    """
    tried: list[StepTaken] = []
    for step in steps:
        if step.when is not None and step.when not in subjects:
            tried.append(StepTaken(step.level, step.subject, f"skipped: no {step.when.value}"))
            continue
        if step.unless is not None and step.unless in subjects:
            tried.append(StepTaken(step.level, step.subject, f"skipped: {step.unless.value} is known"))
            continue
        if step.level is None or step.subject is None:
            tried.append(StepTaken(None, None, f"stopped: {step.when.value if step.when else 'always'} decides"))
            return Resolution(None, None, tuple(tried))
        subject_id = subjects.get(step.subject)
        if subject_id is None:
            tried.append(StepTaken(step.level, step.subject, f"skipped: no {step.subject.value}"))
            continue
        needs_scope = step.level in (Level.PROJECT_PERSON, Level.PROJECT_ROLE, Level.COMPANY_ROLE)
        scope_id = scopes.get(step.level)
        if needs_scope and scope_id is None:
            tried.append(StepTaken(step.level, step.subject, "skipped: no such project or company"))
            continue
        key = RateKey(kind, step.level, scope_id if needs_scope else None, subject_id)
        line = rates.on(key, on)
        if line is None:
            outcome = f"no rate on {on.isoformat()}" if rates.has(key) else "no rates"
            tried.append(StepTaken(step.level, step.subject, outcome))
            continue
        tried.append(StepTaken(step.level, step.subject, f"found {line.rate}"))
        return Resolution(line, step.level, tuple(tried))
    return Resolution(None, None, tuple(tried))
