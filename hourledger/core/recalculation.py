"""Which hours a recalculation is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.periods import Period

ALL_DAYS = Period()


@dataclass(frozen=True, slots=True)
class RecalculationScope:
    """What all of an hour's facts must fit; a part that is empty does not choose. Without any part: all hours.

    ``role_ids``: hours whose rate may depend on one of these roles. ``rate_line_ids``: hours that are worth what they
    are because of one of these stored rates. ``only_new``: hours that no recalculation has valued since they were
    logged, edited or moved to another project. ``includes_billed_cost``: the cost, never the revenue, of what is billed
    as well (project-finances §4.3).
    """

    project_ids: tuple[int, ...] = ()
    company_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()
    role_ids: tuple[int, ...] = ()
    rate_line_ids: tuple[int, ...] = ()
    time_entry_ids: tuple[int, ...] = ()
    days: Period = ALL_DAYS
    only_new: bool = False
    includes_billed_cost: bool = False

    @property
    def is_by_project(self) -> bool:
        """Whether it is about all hours of the projects it names, whatever else they are."""
        return bool(self.project_ids) and self == RecalculationScope(
            project_ids=self.project_ids, includes_billed_cost=self.includes_billed_cost
        )

    def as_json(self) -> dict[str, Any]:
        """Only the parts that choose."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple) and value:
                found[one.name] = sorted(value)
            elif value is True:
                found[one.name] = True
        for name, day in (("first_day", self.days.valid_from), ("last_day", self.days.last_day)):
            if day is not None:
                found[name] = day.isoformat()
        return found

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RecalculationScope:
        """What ``as_json`` gave."""
        values: dict[str, Any] = {
            name: tuple(one) if isinstance(one, list) else one
            for name, one in stored.items()
            if name not in ("first_day", "last_day")
        }
        days = Period.inclusive(_day(stored.get("first_day")), _day(stored.get("last_day")))
        return cls(**values, days=days)

    def require_bounded(self, ids_max: int) -> RecalculationScope:
        """The scope, if it names at most so many things; raises Invalid SCOPE_TOO_LARGE."""
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple) and len(value) > ids_max:
                raise Invalid(
                    f"The scope names {len(value)} {one.name.removesuffix('_ids')}s, at most {ids_max} are allowed. "
                    "Leave this part out to mean all, or ask in several runs.",
                    code="SCOPE_TOO_LARGE",
                    field=one.name,
                )
        return self


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
