"""One search for one rate: which step found it, and why every step before it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from hourledger.core.rates.attributes import AttributeValues
from hourledger.core.rates.levels import Level, Subject
from hourledger.core.rates.policy import Step
from hourledger.core.rates.table import RateKey, RateLine, RateTable
from hourledger.core.work import RateKind


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
    rates: RateTable,
    on: date,
    attributes: AttributeValues = {},  # noqa: B006  (never changed)
) -> Resolution:
    """The first step that has a rate on the day.

    ``subjects`` are the facts known about the hour (an unknown one is absent), ``attributes`` the values that rates may
    be narrowed to. Deterministic: the same facts and rates give the same line and the same steps (I7).
    """
    tried: list[StepTaken] = []
    for step in steps:
        reason = _reason_to_skip(step, subjects)
        if reason:
            tried.append(StepTaken(step.level, step.subject, reason))
            continue
        if step.level is None or step.subject is None:
            tried.append(StepTaken(None, None, f"stopped: {_words(step.when) or 'always'} decides"))
            return Resolution(None, None, tuple(tried))
        scope = step.level.scope
        key = RateKey(kind, step.level, subjects[scope] if scope else None, subjects[step.subject])
        line = rates.on(key, on, attributes, locked=step.locked)
        if line is None:
            tried.append(StepTaken(step.level, step.subject, _nothing(step, key, on, rates)))
            continue
        tried.append(StepTaken(step.level, step.subject, f"found {line}"))
        return Resolution(line, step.level, tuple(tried))
    return Resolution(None, None, tuple(tried))


def _reason_to_skip(step: Step, subjects: Mapping[Subject, int]) -> str:
    unknown = [one for one in step.when if one not in subjects]
    if unknown:
        return f"skipped: no {_words(unknown)}"
    known = [one for one in step.unless if one in subjects]
    if known:
        return f"skipped: {_words(known)} is known"
    if step.level is None or step.subject is None:
        return ""
    if step.subject not in subjects:
        return f"skipped: no {step.subject.value}"
    scope = step.level.scope
    return f"skipped: no {scope.value}" if scope and scope not in subjects else ""


def _nothing(step: Step, key: RateKey, on: date, rates: RateTable) -> str:
    if not rates.has(key):
        return "no rates"
    return f"no {'locked ' if step.locked else ''}rate on {on.isoformat()}"


def _words(subjects: Iterable[Subject]) -> str:
    return " and ".join(one.value for one in subjects)
