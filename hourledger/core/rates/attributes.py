"""Rate attributes: what narrows a rate to a group, a place, a company or a kind of hours, and which match is best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from hourledger.core.periods import Period

_POSITIONS = 5

AttributeValues: TypeAlias = Mapping[int, tuple[int, ...]]
"""What an hour has, by position of the attribute: its value and, for a place, those around it, the narrowest first."""


def attribute_score(wanted: tuple[tuple[int, int], ...], has: AttributeValues) -> tuple[int, ...] | None:
    """How well a rate's attributes fit an hour; the greatest one wins. None: they do not fit.

    ``wanted`` is (position, value) of each attribute set on the rate. Positions decide in order: at the first in which
    two rates differ the one that sets it wins, and of two places the narrower. A rate without attributes fits all.

        hour: London, England; group Design      position   1 group   2 place      score
        rate for England                                       -      England      (0, 1)
        rate for London                                        -      London       (0, 2)
        rate for Design                                      Design      -         (1, 0)   wins
        rate for Paris                                         -      Paris        does not fit

    Source: project-finances §3.5; CT-43, CT-50.
    """
    score = [0] * _POSITIONS
    for position, value in wanted:
        chain = has.get(position, ())
        if value not in chain:
            return None
        score[position - 1] = len(chain) - chain.index(value)
    return tuple(score)


@dataclass(frozen=True, slots=True)
class RateAttribute:
    """``of_hours``: the value is that of the kind of hours, not of a person. ``is_hierarchical``: places in places."""

    id: int
    position: int
    of_hours: bool = False
    is_hierarchical: bool = False


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known about the values of people and kinds of hours. ``parents``: of a value, the one it lies within."""

    defined: tuple[RateAttribute, ...] = ()
    parents: Mapping[int, int] = field(default_factory=dict)
    of_hour_type: Mapping[int, int] = field(default_factory=dict)
    of_person: Mapping[tuple[int, int], tuple[tuple[Period, int], ...]] = field(default_factory=dict)
    """By person and attribute: the values and when."""

    @property
    def positions(self) -> dict[int, int]:
        """By attribute id."""
        return {one.id: one.position for one in self.defined}

    def of(self, person_id: int, on: date, hour_type_id: int | None) -> AttributeValues:
        """The values of a person's hours on a day."""
        known = {
            one.id: value
            for one in self.defined
            for period, value in self.of_person.get((person_id, one.id), ())
            if on in period
        }
        return self._chains(known, hour_type_id)

    def of_open_role(self, known: Mapping[str, int], hour_type_id: int | None = None) -> AttributeValues:
        """The values written on an assignment, by attribute id as JSON keeps it."""
        return self._chains({int(attribute): value for attribute, value in known.items()}, hour_type_id)

    def bounds(self) -> set[date]:
        """All days on which somebody's values change."""
        days = {day for dated in self.of_person.values() for period, _ in dated for day in _ends(period)}
        return {day for day in days if day is not None}

    def _chains(self, known: Mapping[int, int], hour_type_id: int | None) -> AttributeValues:
        of_hours = self.of_hour_type.get(hour_type_id) if hour_type_id is not None else None
        chains = {}
        for one in self.defined:
            value = of_hours if one.of_hours else known.get(one.id)
            if value is not None:
                chains[one.position] = self._chain(value) if one.is_hierarchical else (value,)
        return chains

    def _chain(self, value: int) -> tuple[int, ...]:
        chain = [value]
        while chain[-1] in self.parents:
            chain.append(self.parents[chain[-1]])
        return tuple(chain)


def _ends(period: Period) -> tuple[date | None, date | None]:
    return period.valid_from, period.valid_until
