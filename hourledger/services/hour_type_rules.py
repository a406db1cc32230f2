"""Which kinds of hours may be logged on what, and by whom (project-finances §1.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import (
    HourTypeRow,
    HourTypeScope,
    PersonHourTypeRow,
    PersonRow,
    ProjectHourTypeRow,
    ProjectRow,
)


class Place(StrEnum):
    """What hours are on; the value is the built-in kind that they get when none is named."""

    TASK = "Task Time"
    ISSUE = "Issue Time"
    PROJECT = "Project Time"
    GENERAL = "General Overhead"


_ONE_PLACE_ONLY = {Place.TASK, Place.ISSUE, Place.PROJECT}


@dataclass(frozen=True, slots=True)
class HourTypes:
    """The kinds by id; of the organisation's own, those that each project takes that filters (``offered``), and those
    that each person logs who has a selection (``selected``). Who and what is absent takes and logs all."""

    by_id: Mapping[int, HourTypeRow]
    offered: Mapping[int, frozenset[int]]
    selected: Mapping[int, frozenset[int]]

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

    def choose(self, wanted: int | None, place: Place, project: ProjectRow | None, person: PersonRow) -> int:
        """The kind that hours on this get; the built-in one of the place when none is wanted.

        A kind is available where the organisation, the project and the person whose hours they are all have it (§1.10).

        Raises:
            Missing HOUR_TYPE_UNKNOWN.
            NotAllowed HOUR_TYPE_SCOPE: a general kind on a project, or the other way round, or the built-in kind of
                something else. HOUR_TYPE_NOT_AVAILABLE: out of use, or the project does not take it, or the person
                does not log it; the message says which, and what is available.
        """
        if wanted is None:
            return self.default(place)
        row = self.by_id.get(wanted)
        if row is None:
            raise Missing(f"There is no kind of hours {wanted}.", code="HOUR_TYPE_UNKNOWN", field="hourTypeId")
        self._check_scope(row, place)
        reason = self._why_not(row, project, person)
        if reason:
            raise NotAllowed(
                f"{reason} {self._instead(place, project, person)}", code="HOUR_TYPE_NOT_AVAILABLE", field="hourTypeId"
            )
        return row.id

    def _why_not(self, row: HourTypeRow, project: ProjectRow | None, person: PersonRow) -> str:
        """The rule that forbids a kind, in a sentence; empty where none does."""
        if not row.is_active:
            return f"{row.name} is not in use any more."
        if row.is_built_in:
            return ""
        if project is not None and row.id not in self.offered.get(project.id, (row.id,)):
            return f"Project {project.code} does not take {row.name}."
        if row.id not in self.selected.get(person.id, (row.id,)):
            return f"{row.name} is not in the selection of {person.name}."
        return ""

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

    def _instead(self, place: Place, project: ProjectRow | None, person: PersonRow) -> str:
        scope = HourTypeScope.GENERAL if place is Place.GENERAL else HourTypeScope.PROJECT_SPECIFIC
        names = sorted(
            row.name
            for row in self.by_id.values()
            if row.scope is scope and not row.is_built_in and not self._why_not(row, project, person)
        )
        return f"Choose one of: {', '.join([place.value, *names])}."


async def load_hour_types(unit: UnitOfWork, projects: Sequence[ProjectRow], people: Sequence[PersonRow]) -> HourTypes:
    """All kinds of the organisation, what these projects take, and what these people log."""
    rows = await find_all(unit.session, HourTypeRow, unit.organisation_id)
    offered: dict[int, set[int]] = {row.id: set() for row in projects if row.filters_hour_types}
    if offered:
        for one in await find_all(unit.session, ProjectHourTypeRow, unit.organisation_id, project_id=list(offered)):
            offered[one.project_id].add(one.hour_type_id)
    selected: dict[int, set[int]] = {row.id: set() for row in people if row.filters_hour_types}
    if selected:
        for own in await find_all(unit.session, PersonHourTypeRow, unit.organisation_id, person_id=list(selected)):
            selected[own.person_id].add(own.hour_type_id)
    return HourTypes({row.id: row for row in rows}, _frozen(offered), _frozen(selected))


def _frozen(kinds: Mapping[int, set[int]]) -> dict[int, frozenset[int]]:
    return {key: frozenset(one) for key, one in kinds.items()}
