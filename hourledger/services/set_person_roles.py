"""Which job roles a person has from a day on. Work that is rated already keeps its value until it is recalculated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.periods import Period
from hourledger.core.role_sets import RoleSet, RoleShare, days_of_set, require_role_set, role_sets
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import PersonRoleRow, PersonRow, RoleRow


async def set_person_roles(
    unit: UnitOfWork, person_id: int, roles: Sequence[RoleShare], *, valid_from: date | None
) -> Period:
    """The set holds from its day (None: from the beginning of time) until the next one; returns its days.

    Only those days change: what was held before and after stays.

    Raises:
        Missing PERSON_UNKNOWN, ROLE_UNKNOWN.
        Invalid SHARES_NOT_100, SHARE_INVALID, PRIMARY_ROLE_COUNT, ROLES_NOT_DISTINCT, ROLE_INACTIVE.
    Source: project-finances §1.6, §3.11.
    """
    unit.require(Permission.ADMINISTER)
    require_role_set(roles)
    # Locked, so that two sets of the same person come one after the other.
    person = await select_one(unit.session, PersonRow, unit.organisation_id, person_id, lock=True)
    if person is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    await _check_roles(unit, roles)
    rows = await find_all(unit.session, PersonRoleRow, unit.organisation_id, person_id=person_id)
    before = role_sets([(_days(row), _share(row)) for row in rows])
    period = days_of_set([_days(row) for row in rows], valid_from)
    await _cut_out(unit, rows, period)
    unit.session.add_all(_row(unit, person_id, one, period) for one in roles)
    await unit.session.flush()
    replaced = [_as_json(one) for one in before if one.period.overlaps(period)]
    after = _as_json(RoleSet(period, tuple(roles)))
    unit.audit("set_roles", "person", person_id, before={"sets": replaced}, after=after)
    unit.emit("PERSON_CHANGED", entity_id=person_id, roles=after)
    return period


async def _check_roles(unit: UnitOfWork, roles: Sequence[RoleShare]) -> None:
    wanted = [one.role_id for one in roles]
    known = {row.id: row for row in await find_all(unit.session, RoleRow, unit.organisation_id, id=wanted)}
    for role_id in wanted:
        if role_id not in known:
            raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field="roleId")
        if not known[role_id].is_active:
            raise Invalid(
                f"{known[role_id].name} is no longer in use: nobody gets it any more. Choose another role.",
                code="ROLE_INACTIVE",
                field="roleId",
            )


async def _cut_out(unit: UnitOfWork, rows: Sequence[PersonRoleRow], period: Period) -> None:
    """Take these days out of what is held; what is left of a row on either side stays."""
    left: list[PersonRoleRow] = []
    for row in rows:
        if _days(row).overlaps(period):
            left += [_row(unit, row.person_id, _share(row), piece) for piece in _days(row).without(period)]
            await unit.session.delete(row)
    # Gone before the pieces come: of the rows of a day at most one is primary.
    await unit.session.flush()
    unit.session.add_all(left)
    await unit.session.flush()


def _days(row: PersonRoleRow) -> Period:
    return Period(row.valid_from, row.valid_until)


def _share(row: PersonRoleRow) -> RoleShare:
    return RoleShare(row.role_id, row.share_percent, row.is_primary)


def _row(unit: UnitOfWork, person_id: int, one: RoleShare, period: Period) -> PersonRoleRow:
    return PersonRoleRow(
        organisation_id=unit.organisation_id,
        person_id=person_id,
        role_id=one.role_id,
        is_primary=one.is_primary,
        share_percent=one.share_percent,
        valid_from=period.valid_from,
        valid_until=period.valid_until,
    )


def _as_json(one: RoleSet) -> dict[str, Any]:
    return {
        "period": str(one.period),
        "roles": [
            {"role": role.role_id, "share_percent": str(role.share_percent), "is_primary": role.is_primary}
            for role in one.roles
        ],
    }
