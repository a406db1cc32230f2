"""The finances of projects by whatever one likes to see them by: role and person, month, customer, kind of hours.

    facts       planned days, hours, expenses, fixed amounts, role budgets, billed lines; each has a place
      │  added up by the groupings that are asked for
    cells       (role, person, month) -> sums
      │  converted, so that the cells of a project sum to what the project's own totals are in that currency
    groups      a tree: roles, in each its people, in each their months

Every fact is in exactly one cell, so any grouping sums to the projects' totals (project-finances §10 P18).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances.group_figures import CONVERTED_TOGETHER, GroupFigures, Measure, Sums, summed
from hourledger.core.finances.time_phased import FinancialPeriod, allocation_date
from hourledger.core.money import allocate, scale

GROUPINGS_MAX = 4
"""How many levels groups may have."""


class FinancePart(StrEnum):
    """What a figure is of. Hours are on a task, on an issue, or on the project itself."""

    TASK_HOURS = "TASK_HOURS"
    ISSUE_HOURS = "ISSUE_HOURS"
    PROJECT_HOURS = "PROJECT_HOURS"
    TASK_FIXED_REVENUE = "TASK_FIXED_REVENUE"
    PROJECT_FIXED_REVENUE = "PROJECT_FIXED_REVENUE"
    EXPENSE = "EXPENSE"
    FIXED_COST = "FIXED_COST"
    ADDITIONAL_AMOUNT = "ADDITIONAL_AMOUNT"


class Grouping(StrEnum):
    """What figures are grouped by."""

    PROJECT = "PROJECT"
    COMPANY = "COMPANY"
    PART = "PART"
    ROLE = "ROLE"
    PERSON = "PERSON"
    HOUR_TYPE = "HOUR_TYPE"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class FactPlace:
    """Where a fact belongs. None: to nobody, to no role, of no kind of hours; ``company_id``: an internal project."""

    part: FinancePart
    project_id: int
    company_id: int | None
    day: date | None = None
    role_id: int | None = None
    person_id: int | None = None
    hour_type_id: int | None = None


GroupKey: TypeAlias = int | date | FinancePart | None
CellKey: TypeAlias = tuple[GroupKey, ...]

_READ: dict[Grouping, Callable[[FactPlace], GroupKey]] = {
    Grouping.PROJECT: lambda place: place.project_id,
    Grouping.COMPANY: lambda place: place.company_id,
    Grouping.PART: lambda place: place.part,
    Grouping.ROLE: lambda place: place.role_id,
    Grouping.PERSON: lambda place: place.person_id,
    Grouping.HOUR_TYPE: lambda place: place.hour_type_id,
    Grouping.WEEK: lambda place: place.day and allocation_date(place.day, FinancialPeriod.WEEK),
    Grouping.MONTH: lambda place: place.day and allocation_date(place.day, FinancialPeriod.MONTH),
}
_PARTS = list(FinancePart)


def require_groupings(by: Sequence[Grouping]) -> None:
    """Raises Invalid GROUPING_INVALID: none, too many, one twice, weeks and months at once."""
    if not 1 <= len(by) <= GROUPINGS_MAX or len(set(by)) < len(by) or {Grouping.WEEK, Grouping.MONTH} <= set(by):
        raise Invalid(
            f"Group by one to {GROUPINGS_MAX} things, each once, and by weeks or by months.",
            code="GROUPING_INVALID",
            field="by",
        )


@dataclass
class Cells:
    """The sums of one project by what it is grouped ``by``."""

    by: Sequence[Grouping]
    found: dict[CellKey, Sums] = field(default_factory=dict)

    def add(self, place: FactPlace, sums: Mapping[Measure, int], problem: Missing | None = None) -> None:
        """``problem``: why planned amounts of the fact are not known, and left out of ``sums``."""
        key = tuple(_READ[one](place) for one in self.by)
        cell = self.found.setdefault(key, Sums())
        cell.update(sums)
        cell.problem = cell.problem or problem

    def converted(self, factor: Fraction) -> dict[CellKey, Sums]:
        """In another currency; ``factor``: its minor units per minor unit. What a portfolio rounds as one stays so."""
        keys = sorted(self.found, key=_order)
        result = {key: Sums(self.found[key]) for key in keys}
        for together in CONVERTED_TOGETHER:
            cells = [(key, measure) for key in keys for measure in together if measure in self.found[key]]
            amounts = scale((self.found[key][measure] for key, measure in cells), factor)
            for (key, measure), amount in zip(cells, amounts, strict=True):
                result[key][measure] = amount
        for key in keys:
            result[key].problem = self.found[key].problem
        return result


@dataclass(frozen=True, slots=True)
class FinanceGroup:
    """All that has ``key`` (None: what has none), and in it the groups of the next level. ``by`` None: the whole."""

    by: Grouping | None
    key: GroupKey
    figures: GroupFigures
    groups: tuple[FinanceGroup, ...] = ()

    @property
    def order(self) -> tuple[int, int]:
        """Where it stands among its neighbours; nobody else has the same."""
        ((is_none, place),) = _order((self.key,))
        return int(is_none), place


def group_cells(cells: Iterable[Mapping[CellKey, Sums]], by: Sequence[Grouping], currency: str) -> FinanceGroup:
    """The cells of several projects as a tree: ids in the order they were made, days in theirs, what has none last."""
    merged: dict[CellKey, list[Sums]] = {}
    for of_project in cells:
        for key, sums in of_project.items():
            merged.setdefault(key, []).append(sums)
    leaves = [(key, summed(merged[key])) for key in sorted(merged, key=_order)]
    return _group(None, None, leaves, by, currency)


def spread_fixed(amount: int, worked: Sequence[tuple[FactPlace, int]]) -> list[int]:
    """A task's fixed amount over its hours: first to roles and people (largest remainder), then to their days.

    Whoever has less than nothing gets nothing. Without hours above zero nothing is spread: an empty list. So 200 for
    four hours is 50 an hour (CT-29). Source: project-finances §8.14.
    """
    shares: dict[tuple[int | None, int | None], list[int]] = {}
    for index, (place, _) in enumerate(worked):
        shares.setdefault((place.role_id, place.person_id), []).append(index)
    weights = [max(0, sum(worked[index][1] for index in indexes)) for indexes in shares.values()]
    if not any(weights):
        return []
    found = [0] * len(worked)
    for indexes, weight, share in zip(shares.values(), weights, allocate(amount, weights), strict=True):
        if weight:
            parts = scale((worked[index][1] for index in indexes), Fraction(share, weight))
            for index, part in zip(indexes, parts, strict=True):
                found[index] = part
    return found


def _group(
    by: Grouping | None, key: GroupKey, leaves: Sequence[tuple[CellKey, Sums]], below: Sequence[Grouping], currency: str
) -> FinanceGroup:
    whole = summed(sums for _, sums in leaves)
    groups: tuple[FinanceGroup, ...] = ()
    if below:
        groups = tuple(
            _group(below[0], first, [(rest[1:], sums) for rest, sums in members], below[1:], currency)
            for first, members in groupby(leaves, key=lambda leaf: leaf[0][0])
        )
    return FinanceGroup(by, key, GroupFigures.of(whole, currency, whole.problem), groups)


def _order(key: CellKey) -> tuple[tuple[bool, int], ...]:
    return tuple((one is None, _place(one)) for one in key)


def _place(key: GroupKey) -> int:
    if key is None:
        return 0
    if isinstance(key, FinancePart):
        return _PARTS.index(key)
    return key.toordinal() if isinstance(key, date) else key
