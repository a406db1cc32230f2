"""Hours budgeted for a role, week by week or month by month; money comes from the role's cost rate (§8.9)."""

from __future__ import annotations

from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_one, select_one
from models.tables import ProjectRow, RoleBudgetRow, RoleRow


async def set_role_budget(unit: UnitOfWork, project_id: int, role_id: int, first_day: date, seconds: int) -> int | None:
    """So many seconds for the week or month that begins on ``first_day``; 0 clears it. Returns its id, None if cleared.

    They cost what the role costs on that day. A week that straddles two months is two budgets (CT-34).

    Raises:
        Missing PROJECT_UNKNOWN, ROLE_UNKNOWN; Invalid HOURS_INVALID: below zero.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    # Locked, so that two who set the first budget of a role on a day come one after the other.
    if await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True) is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    if await select_one(unit.session, RoleRow, unit.organisation_id, role_id) is None:
        raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field="roleId")
    if seconds < 0:
        raise Invalid("Budgeted hours are zero or more; zero clears them.", code="HOURS_INVALID", field="hours")
    row = await find_one(
        unit.session,
        RoleBudgetRow,
        unit.organisation_id,
        lock=True,
        project_id=project_id,
        role_id=role_id,
        first_day=first_day,
    )
    before = row.seconds if row else 0
    if before == seconds:
        return row.id if row else None
    if row is None:
        row = RoleBudgetRow(
            organisation_id=unit.organisation_id,
            project_id=project_id,
            role_id=role_id,
            first_day=first_day,
            seconds=seconds,
        )
        unit.session.add(row)
    elif seconds:
        row.seconds = seconds
        unit.session.add(row)
    else:
        await unit.session.delete(row)
    await unit.session.flush()
    about = {"project_id": project_id, "role_id": role_id, "first_day": first_day.isoformat()}
    unit.audit("set", "role_budget", row.id, before={"seconds": before}, after={**about, "seconds": seconds})
    await emit_finances_changed(unit, [project_id], cause="ROLE_BUDGET_SET")
    return row.id if seconds else None
