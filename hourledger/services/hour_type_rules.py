"""Which kinds of hours may be logged on what (project-finances §1.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import HourTypeRow, HourTypeScope, ProjectHourTypeRow, ProjectRow


class Place(StrEnum):
    """What hours are on; the value is the built-in kind that they get when none is named."""

    TASK = "Task Time"
    ISSUE = "Issue Time"
    PROJECT = "Project Time"
    GENERAL = "General Overhead"


_ONE_PLACE_ONLY = {Place.TASK, Place.ISSUE, Place.PROJECT}


@dataclass(frozen=True, slots=True)
class HourTypes:
    """The kinds by id; ``offered``: per project that filters, those of the organisation's own that it takes."""

    by_id: Mapping[int, HourTypeRow]
    offered: Mapping[int, frozenset[int]]

    def default(self, place: Place) -> int:
        """Raises Missing HOUR_TYPE_UNKNOWN: somebody removed a built-in kind."""
        for row in self.by_id.values():
            if row.is_built_in and row.name == place:
                return row.id
        raise Missing(f"The kind of hours {place.value} is missing.", code="HOUR_TYPE_UNKNOWN", field="hourTypeId")

    def is_default(self, hour_type_id: int) -> bool:
        """Whether it is the built-in kind of tasks, issues or projects, which follows what the hours are on."""
        row = self.by_id.get(hour_type_id)
        return row is not None and row.is_built_in and row.name in _ONE_PLACE_ONLY

    def choose(self, wanted: int | None, place: Place, project_id: int | None) -> int:
        """The kind that hours on this get; the built-in one of the place when none is wanted.

        Raises:
            Missing HOUR_TYPE_UNKNOWN.
            NotAllowed HOUR_TYPE_SCOPE: a general kind on a project, or the other way round, or the built-in kind of
                something else. HOUR_TYPE_NOT_AVAILABLE: out of use, or the project does not take it.
        """
        if wanted is None:
            return self.default(place)
        row = self.by_id.get(wanted)
        if row is None:
            raise Missing(f"There is no kind of hours {wanted}.", code="HOUR_TYPE_UNKNOWN", field="hourTypeId")
        self._check_scope(row, place)
        offered = self.offered.get(project_id) if project_id is not None else None
        if not row.is_active or (offered is not None and not row.is_built_in and row.id not in offered):
            where = "in use any more" if not row.is_active else "one that this project takes"
            raise NotAllowed(
                f"{row.name} is not {where}. {self._instead(place, offered)}",
                code="HOUR_TYPE_NOT_AVAILABLE",
                field="hourTypeId",
            )
        return row.id

    def _check_scope(self, row: HourTypeRow, place: Place) -> None:
        is_general = row.scope is HourTypeScope.GENERAL
        if is_general != (place is Place.GENERAL):
            reason = "is for time on no project" if is_general else "is for time on a project"
        elif self.is_default(row.id) and row.name != place:
            reason = "is only for time on another kind of thing"
        else:
            return
        raise NotAllowed(
            f"{row.name} {reason}; leave the kind of hours out to get {place.value}.",
            code="HOUR_TYPE_SCOPE",
            field="hourTypeId",
        )

    def _instead(self, place: Place, offered: frozenset[int] | None) -> str:
        scope = HourTypeScope.GENERAL if place is Place.GENERAL else HourTypeScope.PROJECT_SPECIFIC
        names = sorted(
            row.name
            for row in self.by_id.values()
            if row.is_active and not row.is_built_in and row.scope is scope and (offered is None or row.id in offered)
        )
        return f"Choose one of: {', '.join([place.value, *names])}."


async def load_hour_types(unit: UnitOfWork, projects: Sequence[ProjectRow]) -> HourTypes:
    """All kinds of the organisation, and what these projects take."""
    rows = await find_all(unit.session, HourTypeRow, unit.organisation_id)
    offered: dict[int, set[int]] = {row.id: set() for row in projects if row.filters_hour_types}
    if offered:
        for one in await find_all(unit.session, ProjectHourTypeRow, unit.organisation_id, project_id=list(offered)):
            offered[one.project_id].add(one.hour_type_id)
    return HourTypes({row.id: row for row in rows}, {key: frozenset(kinds) for key, kinds in offered.items()})
