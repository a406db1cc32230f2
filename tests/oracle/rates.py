"""Which of a holder's rates is in force on a day, for a subject with attributes (§3.1, §3.5)."""

from __future__ import annotations

from datetime import date

from tests.oracle.results import Found, Level
from tests.oracle.world import GENERIC, Attributes, Rate, Rates


def bounded(rates: Rates, on: date) -> list[Rate]:
    """The rates whose days contain ``on``, as written: rates of cards, roles, users, companies, preserved rates."""
    return [rate for rate in rates if (rate.first_day or date.min) <= on <= (rate.last_day or date.max)]


def stretched(rates: Rates, on: date) -> list[Rate]:
    """The same for overrides of the project and of an assignment, which stretch outward (§3.1, C-10).

    Of all rows with the same attributes the first covers everything before its end, the last everything after its
    start, a single one everything; between them a gap stays a gap.
    """
    in_force = []
    for attributes in {rate.attributes for rate in rates}:
        rows = [rate for rate in rates if rate.attributes == attributes]
        first = min(rate.first_day or date.min for rate in rows)
        last = max(rate.last_day or date.max for rate in rows)
        for rate in rows:
            starts = date.min if (rate.first_day or date.min) == first else rate.first_day or date.min
            ends = date.max if (rate.last_day or date.max) == last else rate.last_day or date.max
            if starts <= on <= ends:
                in_force.append(rate)
    return in_force


def matches(asked: Attributes, subject: Attributes) -> bool:
    """Every attribute the rate asks for is the subject's; a place is also an ancestor of the subject's (§3.5)."""
    if asked.group is not None and asked.group != subject.group:
        return False
    return subject.location[: len(asked.location)] == asked.location


def specificity(asked: Attributes) -> tuple[int, int]:
    """How specific a matching rate is: group first (level 1), then the depth of the place (level 2) (§3.5)."""
    return (0 if asked.group is None else 1, len(asked.location))


def best(level: Level, in_force: list[Rate], subject: Attributes, role: str | None = None) -> Found | None:
    """The most specific matching rate among those in force; None when none matches.

    A more specific rate without a row on the day is not in force and so never hides a less specific one.
    """
    candidates = [rate for rate in in_force if matches(rate.attributes, subject)]
    if not candidates:
        return None
    rate = max(candidates, key=lambda one: specificity(one.attributes))
    return Found(level, rate.per_hour, rate.currency, role)


def only(level: Level, in_force: list[Rate]) -> Found | None:
    """The rate in force of a holder whose rates have no attributes (persons, assignments, preserved rates)."""
    return best(level, in_force, GENERIC)
