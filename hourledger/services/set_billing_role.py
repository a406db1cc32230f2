"""The job role a person is billed as on a project, when (job role for billing, project-finances §3.4)."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.periods import Period
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import PersonRow, ProjectBillingRoleRow, ProjectRow, RoleRow


async def set_billing_role(
    unit: UnitOfWork,
    project_id: int,
    person_id: int,
    role_id: int,
    period: Period,
    *,
    replace_overlapping: bool = False,
) -> int:
    """On the project the person is billed as this role during ``period``; returns the id of the row.

    It concerns all of the person's tasks there that do not say otherwise themselves, and never what the hours cost
    (CT-14). Logged work keeps its value until it is recalculated. With ``replace_overlapping`` these days are cut out
    of what is there; without it an overlap is refused.

    Raises:
        Missing PROJECT_UNKNOWN, PERSON_UNKNOWN, ROLE_UNKNOWN.
        Invalid BILLING_ROLE_OVERLAP: names the days that are in the way. ROLE_INACTIVE.
        NotAllowed RATES_PRESERVED: the project keeps its billing rates (§3.8).
    """
    _require(unit)
    project = await _project(unit, project_id)
    if await select_one(unit.session, PersonRow, unit.organisation_id, person_id) is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    await require_role_in_use(unit, role_id)
    existing = await find_all(
        unit.session, ProjectBillingRoleRow, unit.organisation_id, project_id=project.id, person_id=person_id
    )
    in_the_way = [row for row in existing if _days(row).overlaps(period)]
    if in_the_way and not replace_overlapping:
        raise Invalid(
            f"The person is billed as another role {_days(in_the_way[0])}, which overlaps {period}. Choose other days, "
            "or say that it is to be replaced.",
            code="BILLING_ROLE_OVERLAP",
            field="firstDay",
        )
    await _cut_out(unit, in_the_way, period)
    added = _row(unit, project_id, person_id, role_id, period)
    unit.session.add(added)
    await unit.session.flush()
    before = {"replaced": [{"role": row.role_id, "period": str(_days(row))} for row in in_the_way]}
    after = {"project": project_id, "person": person_id, "role": role_id, "period": str(period)}
    unit.audit("set_billing_role", "project_billing_role", added.id, before=before, after=after)
    unit.emit("BILLING_ROLE_CHANGED", project_id=project_id, entity_id=added.id, **after)
    return added.id


async def remove_billing_role(unit: UnitOfWork, billing_role_id: int) -> int:
    """From now on the person is billed as itself on those days again. Returns the project.

    Raises:
        Missing BILLING_ROLE_UNKNOWN; NotAllowed RATES_PRESERVED.
    """
    _require(unit)
    row = await select_one(unit.session, ProjectBillingRoleRow, unit.organisation_id, billing_role_id)
    if row is None:
        raise Missing(
            f"There is no job role for billing {billing_role_id}.",
            code="BILLING_ROLE_UNKNOWN",
            field="projectBillingRoleId",
        )
    project = await _project(unit, row.project_id)
    before = {"project": project.id, "person": row.person_id, "role": row.role_id, "period": str(_days(row))}
    await unit.session.delete(row)
    await unit.session.flush()
    unit.audit("remove_billing_role", "project_billing_role", billing_role_id, before=before)
    unit.emit("BILLING_ROLE_CHANGED", project_id=project.id, entity_id=billing_role_id, **before)
    return project.id


def require_rates_not_preserved(project: ProjectRow) -> None:
    """Raises NotAllowed RATES_PRESERVED: no rate is overridden by hand where rates are preserved (§3.8)."""
    if project.preserve_billing_rates:
        raise NotAllowed(
            f"Project {project.code} preserves its billing rates: what they come from cannot be changed by hand any "
            "more. They can be released only while the project has neither assignments nor hours.",
            code="RATES_PRESERVED",
        )


async def require_role_in_use(unit: UnitOfWork, role_id: int, field: str = "roleId") -> RoleRow:
    """Raises Missing ROLE_UNKNOWN, Invalid ROLE_INACTIVE."""
    role = await select_one(unit.session, RoleRow, unit.organisation_id, role_id)
    if role is None:
        raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field=field)
    if not role.is_active:
        raise Invalid(f"{role.name} is no longer in use. Choose another role.", code="ROLE_INACTIVE", field=field)
    return role


def _require(unit: UnitOfWork) -> None:
    """§9.4: managing the project, and editing rates."""
    unit.require(Permission.EDIT_PROJECTS)
    unit.require(Permission.EDIT_BILLING_RATES)


async def _project(unit: UnitOfWork, project_id: int) -> ProjectRow:
    """Locked, so that two changes of the same days come one after the other."""
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    require_rates_not_preserved(project)
    return project


async def _cut_out(unit: UnitOfWork, rows: Sequence[ProjectBillingRoleRow], period: Period) -> None:
    left = []
    for row in rows:
        left += [_row(unit, row.project_id, row.person_id, row.role_id, piece) for piece in _days(row).without(period)]
        await unit.session.delete(row)
    await unit.session.flush()
    unit.session.add_all(left)
    await unit.session.flush()


def _days(row: ProjectBillingRoleRow) -> Period:
    return Period(row.valid_from, row.valid_until)


def _row(unit: UnitOfWork, project_id: int, person_id: int, role_id: int, period: Period) -> ProjectBillingRoleRow:
    return ProjectBillingRoleRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        person_id=person_id,
        role_id=role_id,
        valid_from=period.valid_from,
        valid_until=period.valid_until,
    )
