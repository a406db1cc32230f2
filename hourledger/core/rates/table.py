"""Dated rates, by whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates.attributes import AttributeValues, attribute_score
from hourledger.core.rates.levels import Level
from hourledger.core.work import RateKind


class RateBasis(StrEnum):
    """What a line's number is: a price per unit of time, per entry whatever its hours, a percentage on top of the cost
    rate of the same hour (0: at cost), or a percentage by itself (markups)."""

    TIME = "TIME"
    ENTRY = "ENTRY"
    COST_PLUS = "COST_PLUS"
    PERCENT = "PERCENT"


class RateKey(NamedTuple):
    """Whose rates: ``subject_id`` is what the level's rates belong to, ``scope_id`` within what."""

    kind: RateKind
    level: Level
    scope_id: int | None
    subject_id: int


NO_CURRENCY = "XXX"
"""ISO 4217's code for no currency; of lines that are percentages."""


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

    @property
    def percent(self) -> Decimal:
        """The number of a line that is a percentage."""
        return self.rate.per_unit

    def __str__(self) -> str:
        if self.basis is RateBasis.ENTRY:
            return f"{self.rate.per_unit} {self.rate.currency} per entry"
        if self.basis is RateBasis.COST_PLUS:
            return f"cost + {self.percent} %"
        return f"{self.percent} %" if self.basis is RateBasis.PERCENT else str(self.rate)


class RateTable:
    """Dated rates by key and attributes. Ranges of one key and attributes never overlap (the database sees to it).

    Lines of ``stretched`` levels reach outward: the first one covers everything before its end, the last one everything
    after its start; an interior gap falls through (project-finances §3.1, C-10). Which levels do, the policy says.
    """

    def __init__(self, lines: Iterable[tuple[RateKey, RateLine]], stretched: AbstractSet[Level] = frozenset()) -> None:
        variants: dict[RateKey, dict[tuple[tuple[int, int], ...], list[RateLine]]] = {}
        for key, line in lines:
            variants.setdefault(key, {}).setdefault(line.attributes, []).append(line)
        self._variants = {
            key: {
                attributes: _dated(dated, stretched=key.level in stretched)
                for attributes, dated in by_attributes.items()
            }
            for key, by_attributes in variants.items()
        }

    def on(
        self,
        key: RateKey,
        day: date,
        attributes: AttributeValues = {},  # noqa: B006  (never changed)
        *,
        locked: bool = False,
    ) -> RateLine | None:
        """The line of the best fitting attributes that has one on the day; ``locked``: only among locked lines."""
        for dated in self._fitting(key, attributes):
            for line in dated:
                if day in line.period and (line.is_locked or not locked):
                    return line
        return None

    def has(self, key: RateKey) -> bool:
        return key in self._variants

    def items(self) -> Iterator[tuple[RateKey, list[RateLine]]]:
        """All lines by key, with the periods that count (see above); of all attributes together."""
        for key, variants in self._variants.items():
            yield key, [line for dated in variants.values() for line in dated]

    def bounds(self) -> set[date]:
        """All days on which some line begins, or another may begin to count because one ended."""
        lines = (line for variants in self._variants.values() for dated in variants.values() for line in dated)
        days = (day for line in lines for day in (line.period.valid_from, line.period.valid_until))
        return {day for day in days if day is not None}

    def bounds_by_subject(self) -> dict[int, set[date]]:
        """Likewise, by the id of whom the lines belong to."""
        found: dict[int, set[date]] = defaultdict(set)
        for key, variants in self._variants.items():
            for line in (line for dated in variants.values() for line in dated):
                found[key.subject_id] |= {day for day in (line.period.valid_from, line.period.valid_until) if day}
        return found

    def _fitting(self, key: RateKey, attributes: AttributeValues) -> list[list[RateLine]]:
        variants = self._variants.get(key)
        if variants is None:
            return []
        if len(variants) == 1 and () in variants:
            return [variants[()]]
        scored = [(attribute_score(wanted, attributes), dated) for wanted, dated in variants.items()]
        fitting = [(score, dated) for score, dated in scored if score is not None]
        return [dated for _, dated in sorted(fitting, key=lambda one: one[0], reverse=True)]


def _dated(lines: list[RateLine], *, stretched: bool) -> list[RateLine]:
    lines.sort(key=lambda line: line.period.valid_from or date.min)
    if stretched:
        lines[0] = replace(lines[0], period=Period(None, lines[0].period.valid_until))
        lines[-1] = replace(lines[-1], period=Period(lines[-1].period.valid_from, None))
    return lines
