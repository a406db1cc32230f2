"""Set one dated rate without touching the others of the same person, role, company or project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, find_one, select_one
from models.tables import (
    AssignmentRow,
    CompanyRow,
    PersonRow,
    ProjectRow,
    RateLineRow,
    RateScopeRow,
    RoleRow,
)

_TABLE_OF_ID: dict[str, Any] = {
    "person_id": PersonRow,
    "role_id": RoleRow,
    "company_id": CompanyRow,
    "project_id": ProjectRow,
    "assignment_id": AssignmentRow,
}

_IDS_OF_LEVEL = {
    Level.PERSON: {"person_id"},
    Level.ROLE: {"role_id"},
    Level.COMPANY_ROLE: {"company_id", "role_id"},
    Level.PROJECT_ROLE: {"project_id", "role_id"},
    Level.PROJECT_PERSON: {"project_id", "person_id"},
    Level.ASSIGNMENT: {"assignment_id"},
}


@dataclass(frozen=True, slots=True)
class RateScope:
    """Whose rate: the level and exactly the ids that level is about."""

    kind: RateKind
    level: Level
    person_id: int | None = None
    role_id: int | None = None
    company_id: int | None = None
    project_id: int | None = None
    assignment_id: int | None = None


async def set_rate(
    unit: UnitOfWork, scope: RateScope, rate: HourlyRate, period: Period, *, replace_overlapping: bool = False
) -> int:
    """The rate is in force during ``period``; returns the id of its line. Existing work keeps its value (§4.1 row 4).

    When an open-ended rate is in force already and the new one starts later, the old one ends the day before (CT-37).
    Any other overlap is refused, unless ``replace_overlapping``: then the days of the new period are cut out of what
    was there. Lines are never edited: a line that shrinks is retired and its remaining pieces are recorded anew.

    Raises:
        Invalid RATE_OVERLAP: names the line that is in the way.
        Invalid SCOPE_INCOMPLETE: the level needs other ids.
        Missing PERSON_UNKNOWN, ROLE_UNKNOWN, COMPANY_UNKNOWN, PROJECT_UNKNOWN, ASSIGNMENT_UNKNOWN.
        Denied PERMISSION_DENIED.
    """
    unit.require(Permission.EDIT_COST_RATES if scope.kind is RateKind.COST else Permission.EDIT_BILLING_RATES)
    _check_scope(scope)
    row = await _scope_row(unit, scope)
    in_force = await find_all(unit.session, RateLineRow, unit.organisation_id, scope_id=row.id, retired_at=None)
    for line in in_force:
        was = Period(line.valid_from, line.valid_until)
        if not was.overlaps(period):
            continue
        if not (replace_overlapping or _ends_open_rate(was, period)):
            raise Invalid(
                f"{HourlyRate(line.rate_scaled, line.currency)} is in force {was}, which overlaps {period}. "
                "Choose days outside it, or say that it is to be replaced.",
                code="RATE_OVERLAP",
                field="validFrom",
                rate_line_id=line.id,
            )
        line.retired_at = unit.now
        unit.session.add(line)
        await unit.session.flush()
        for left in was.without(period):
            unit.session.add(_line(unit, row.id, HourlyRate(line.rate_scaled, line.currency), left))
    added = _line(unit, row.id, rate, period)
    unit.session.add(added)
    await unit.session.flush()
    unit.audit("set_rate", "rate_line", added.id, after={"rate": str(rate), "period": str(period), "scope": row.id})
    unit.emit("RATE_CHANGED", project_id=scope.project_id, entity_id=added.id, rate=str(rate), period=str(period))
    return added.id


def _ends_open_rate(was: Period, new: Period) -> bool:
    starts_later = new.valid_from is not None and (was.valid_from is None or was.valid_from < new.valid_from)
    return was.valid_until is None and starts_later


def _line(unit: UnitOfWork, scope_id: int, rate: HourlyRate, period: Period) -> RateLineRow:
    return RateLineRow(
        organisation_id=unit.organisation_id,
        scope_id=scope_id,
        rate_scaled=rate.scaled,
        currency=rate.currency,
        valid_from=period.valid_from,
        valid_until=period.valid_until,
        recorded_at=unit.now,
        recorded_by=unit.principal.subject,
    )


def _check_scope(scope: RateScope) -> None:
    given = {name for name in scope.__slots__ if name.endswith("_id") and getattr(scope, name) is not None}
    needed = _IDS_OF_LEVEL.get(scope.level)
    if needed is None:
        raise Invalid("The rate of a task is set on the task itself.", code="SCOPE_INCOMPLETE", field="level")
    if given != needed:
        raise Invalid(
            f"A {scope.level.value} rate is about exactly {' and '.join(sorted(needed))}.",
            code="SCOPE_INCOMPLETE",
            field="level",
        )


async def _scope_row(unit: UnitOfWork, scope: RateScope) -> RateScopeRow:
    """The scope, locked, so that two changes of the same rates come one after the other."""
    columns = {name: getattr(scope, name) for name in scope.__slots__}
    found = await find_one(unit.session, RateScopeRow, unit.organisation_id, lock=True, **columns)
    if found is None:
        await _check_ids(unit, scope)
        found = RateScopeRow(organisation_id=unit.organisation_id, **columns)
        unit.session.add(found)
        await unit.session.flush()
    return found


async def _check_ids(unit: UnitOfWork, scope: RateScope) -> None:
    for name in sorted(_IDS_OF_LEVEL[scope.level]):
        row_id, noun = getattr(scope, name), name.removesuffix("_id")
        if await select_one(unit.session, _TABLE_OF_ID[name], unit.organisation_id, row_id) is None:
            raise Missing(f"There is no {noun} {row_id}.", code=f"{noun.upper()}_UNKNOWN", field=f"{noun}Id")
