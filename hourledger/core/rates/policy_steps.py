"""The steps of a rate policy: each one checked by itself, ladders put in their places, scores sorted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from hourledger.core.errors import Invalid
from hourledger.core.rates.levels import Level, Subject
from hourledger.core.rates.policy import Step

Wrong: TypeAlias = Callable[[str, str | None, int | None, str], Invalid]
"""Makes the error about (table, key, step number, what is wrong)."""

_KEYS = {"level", "subject", "when", "unless", "stop", "locked", "score", "ladder"}


class StepReader:
    """Reads lists of steps; ``ladders`` are the raw named ones that they may use."""

    def __init__(self, ladders: dict[str, Any], wrong: Wrong) -> None:
        self._raw = ladders
        self._wrong = wrong
        self._ladders: dict[str, tuple[Step, ...]] = {}

    def read_ladders(self) -> None:
        """Check all of them, used or not."""
        for name in self._raw:
            self._ladder(name, ())

    def steps_of(self, table: str, key: str, raw: Any) -> tuple[Step, ...]:
        """The steps of one type, in the order in which they are tried."""
        steps = self._read(table, key, raw, ())
        for number, step in enumerate(steps, start=1):
            if step.level is not None and step.subject is None:
                raise self._wrong(
                    table, key, None, f"its step {number} has a level and no subject: say whose rate it is"
                )
            self._check_subject(table, key, step)
            if step.stop and not step.when and not step.unless and number < len(steps):
                raise self._wrong(table, key, None, f"nothing after step {number} is ever reached, it always stops")
        return self._by_score(table, key, steps)

    def _ladder(self, name: str, above: tuple[str, ...]) -> tuple[Step, ...]:
        if name in above:
            circle = " -> ".join([*above[above.index(name) :], name])
            raise self._wrong("ladders", name, None, f"ladders go in a circle: {circle}")
        if name not in self._ladders:
            self._ladders[name] = self._read("ladders", name, self._raw[name], (*above, name))
        return self._ladders[name]

    def _read(self, table: str, key: str, raw: Any, above: tuple[str, ...]) -> tuple[Step, ...]:
        if not isinstance(raw, list):
            raise self._wrong(table, key, None, "must be a list of steps")
        steps: list[Step] = []
        for number, one in enumerate(raw, start=1):

            def wrong(message: str, at: int = number) -> Invalid:
                return self._wrong(table, key, at, message)

            steps += self._expand(one, above, wrong) if _is_ladder(one) else [_step(one, wrong, in_ladder=bool(above))]
        return tuple(steps)

    def _expand(self, raw: dict[str, Any], above: tuple[str, ...], wrong: Callable[[str], Invalid]) -> list[Step]:
        if unknown := raw.keys() - {"ladder", "subject", "when", "unless", "locked"}:
            raise wrong(f"a step that names a ladder has no {', '.join(sorted(unknown))}")
        name = raw["ladder"]
        if name not in self._raw:
            raise wrong(f"there is no ladder {name!r}")
        subject = _subject(raw["subject"], wrong) if "subject" in raw else None
        when, unless = _subjects(raw, "when", wrong), _subjects(raw, "unless", wrong)
        return [
            replace(
                step,
                subject=step.subject or (None if step.stop else subject),
                when=when + step.when,
                unless=unless + step.unless,
                locked=step.locked or _flag(raw, "locked", wrong),
            )
            for step in self._ladder(name, above)
        ]

    def _check_subject(self, table: str, key: str, step: Step) -> None:
        if step.level is None or step.subject is None:
            return
        if step.subject.names is not step.level.whose:
            raise self._wrong(
                table,
                key,
                None,
                f"rates of level {step.level.value} belong to a {step.level.whose.value}, "
                f"{step.subject.value} is a {step.subject.names.value}",
            )
        if step.locked and step.level is not Level.RATE_CARD:
            raise self._wrong(table, key, None, "only lines of a RATE_CARD can be locked")

    def _by_score(self, table: str, key: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        scores = [step.score for step in steps if step.score is not None]
        if not scores:
            return steps
        if len(scores) != len(steps):
            raise self._wrong(table, key, None, "either all of its steps have a score or none")
        if len(set(scores)) != len(scores):
            raise self._wrong(table, key, None, "two steps have the same score: which of them wins would be chance")
        return tuple(sorted(steps, key=lambda step: -(step.score or 0)))


def _is_ladder(raw: Any) -> bool:
    return isinstance(raw, dict) and "ladder" in raw


def _step(raw: Any, wrong: Callable[[str], Invalid], *, in_ladder: bool) -> Step:
    if not isinstance(raw, dict):
        raise wrong("a step is a table such as { level, subject }")
    if unknown := raw.keys() - _KEYS:
        raise wrong(f"unknown keys {', '.join(sorted(unknown))}")
    step = Step(
        level=_level(raw["level"], wrong) if "level" in raw else None,
        subject=_subject(raw["subject"], wrong) if "subject" in raw else None,
        when=_subjects(raw, "when", wrong),
        unless=_subjects(raw, "unless", wrong),
        stop=_flag(raw, "stop", wrong),
        locked=_flag(raw, "locked", wrong),
        score=_score(raw, wrong),
    )
    if step.stop and (step.level is not None or step.subject is not None):
        raise wrong("a step either looks somewhere or stops, not both")
    if not step.stop and (step.level is None or (step.subject is None and not in_ladder)):
        raise wrong("a step needs a level and a subject")
    return step


def _level(name: Any, wrong: Callable[[str], Invalid]) -> Level:
    if name not in [one.value for one in Level]:
        raise wrong(f"{name!r} is not a level")
    return Level(name)


def _subject(name: Any, wrong: Callable[[str], Invalid]) -> Subject:
    if name not in [one.value for one in Subject]:
        raise wrong(f"{name!r} is not a subject")
    return Subject(name)


def _subjects(raw: dict[str, Any], key: str, wrong: Callable[[str], Invalid]) -> tuple[Subject, ...]:
    given = raw.get(key, [])
    return tuple(_subject(one, wrong) for one in (given if isinstance(given, list) else [given]))


def _flag(raw: dict[str, Any], key: str, wrong: Callable[[str], Invalid]) -> bool:
    given = raw.get(key, False)
    if not isinstance(given, bool):
        raise wrong(f"{key} is true or false")
    return given


def _score(raw: dict[str, Any], wrong: Callable[[str], Invalid]) -> int | None:
    given = raw.get("score")
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        raise wrong("a score is a whole number")
    return given
