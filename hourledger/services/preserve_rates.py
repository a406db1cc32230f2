"""Preserve project billing rates: from now on nothing that changes elsewhere changes what the project bills (§3.8)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.freeze_rates import freeze
from hourledger.services.recalculate_projects import ProjectRecalculated, recalculate
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.assignments import assigned_on, has_assignments_or_hours
from models.selecting import select_one
from models.tables import ProjectOutcome, ProjectRow


async def preserve_billing_rates(
    unit: UnitOfWork, project_id: int, *, is_on: bool, reason: str = ""
) -> ProjectRecalculated:
    """Switch it on: freeze what everybody assigned earns, then rate the unbilled entries of the project once by it.

    Whoever is assigned or logs later is frozen then. Cost keeps moving. Billed entries stay as they are. Twice does
    nothing. It can be switched off only while nobody is assigned and nothing is logged.

    Raises:
        Missing PROJECT_UNKNOWN; NotAllowed RATES_PRESERVED; Denied.
    Source: project-finances §3.8, C-17, §4.1 row 12.
    """
    for permission in (Permission.EDIT_PROJECTS, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE):
        unit.require(permission)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    nothing = ProjectRecalculated(project_id, ProjectOutcome.SKIPPED)
    if project.preserve_billing_rates == is_on:
        return nothing
    if not is_on and await has_assignments_or_hours(unit.session, unit.organisation_id, project_id):
        raise NotAllowed(
            f"Project {project.code} has people assigned or hours logged at its preserved rates: it keeps them.",
            code="RATES_PRESERVED",
            field="isOn",
        )
    project.preserve_billing_rates = is_on
    unit.session.add(project)
    await unit.session.flush()
    result = await _freeze_and_rate(unit, project_id) if is_on else nothing
    unit.audit(
        "preserve_billing_rates",
        "project",
        project_id,
        reason=reason,
        before={"preserve_billing_rates": not is_on},
        after={"preserve_billing_rates": is_on, "changed": result.changed},
    )
    unit.emit("PROJECT_CHANGED", project_id=project_id, entity_id=project_id, code=project.code)
    return result


async def _freeze_and_rate(unit: UnitOfWork, project_id: int) -> ProjectRecalculated:
    await freeze(unit, await assigned_on(unit.session, unit.organisation_id, [project_id]))
    (done,) = await recalculate(unit, [project_id], cause="RATES_PRESERVED")
    return done
