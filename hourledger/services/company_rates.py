"""The rates of a project's customer on the project: as they stood when it got the customer, until refreshed (§3.6)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rate_cards import company_rates_changed_at, project_lines_of_company_roles
from models.selecting import find_all, find_one, select_one
from models.tables import CompanyRow, ProjectRow, RateAttachmentRow, RateLineRow


async def attach_company_rates(unit: UnitOfWork, project_id: int, company_id: int) -> int:
    """From now on the project has the customer's rates of this instant. Returns the attachment.

    The customer is locked: whoever sets rates of it at the same moment comes before or after, never in between.
    """
    await select_one(unit.session, CompanyRow, unit.organisation_id, company_id, lock=True)
    row = RateAttachmentRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        company_id=company_id,
        known_at=unit.now,
        recorded_at=unit.now,
        recorded_by=unit.principal.subject,
    )
    unit.session.add(row)
    await unit.session.flush()
    return row.id


async def detach_company_rates(unit: UnitOfWork, project_id: int) -> None:
    """The project has no customer's rates any more; what was rated by them still names them."""
    rows = await find_all(
        unit.session,
        RateAttachmentRow,
        unit.organisation_id,
        lock=True,
        project_id=project_id,
        rate_card_id=None,
        retired_at=None,
    )
    for row in rows:
        row.retired_at = unit.now
        unit.session.add(row)
    await unit.session.flush()


async def refresh_company_rates(unit: UnitOfWork, project_id: int) -> bool:
    """The project takes its customer's rates as they are now. Returns whether anything changed.

    Where ``company_rates_override``, the customer's rates also take the place of the project's own billing rates of
    the roles it has rates for: those lines are retired, and kept for what was rated by them. What is stored keeps its
    value until it is recalculated. A second refresh changes nothing.

    Raises Missing PROJECT_UNKNOWN, Denied PERMISSION_DENIED. Source: project-finances §3.6.
    """
    unit.require(Permission.EDIT_BILLING_RATES)
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await _locked(unit, project_id)
    if project.company_id is None:
        return False
    retired = await _retire_overrides(unit, project, project.company_id) if project.company_rates_override else []
    known = await _renew(unit, project, project.company_id)
    if known is None and not retired:
        return False
    before = {"known_at": known, "overrides": retired}
    after = {"known_at": unit.now.isoformat(), "company": project.company_id}
    unit.audit("refresh_company_rates", "project", project.id, before=before, after=after)
    unit.emit("COMPANY_RATES_REFRESHED", project_id=project.id, entity_id=project.id, overrides=len(retired))
    return True


async def set_company_rates_override(unit: UnitOfWork, project_id: int, *, is_on: bool) -> None:
    """Whether recalculating takes the customer's rates of that day instead of the project's own of its roles (§3.6).

    Raises Missing PROJECT_UNKNOWN, Denied PERMISSION_DENIED (§9.4: EDIT_PROJECTS, billing rates and general finance).
    """
    for permission in (Permission.EDIT_PROJECTS, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE):
        unit.require(permission)
    project = await _locked(unit, project_id)
    before = {"company_rates_override": project.company_rates_override}
    project.company_rates_override = is_on
    unit.session.add(project)
    await unit.session.flush()
    unit.audit(
        "set_company_rates_override", "project", project.id, before=before, after={"company_rates_override": is_on}
    )
    unit.emit("PROJECT_CHANGED", project_id=project.id, entity_id=project.id, code=project.code)


async def _renew(unit: UnitOfWork, project: ProjectRow, company_id: int) -> str | None:
    """Retire and append, if the customer's rates changed since; the instant known before, None: nothing was to do."""
    old = await find_one(
        unit.session,
        RateAttachmentRow,
        unit.organisation_id,
        lock=True,
        project_id=project.id,
        company_id=company_id,
        retired_at=None,
    )
    await select_one(unit.session, CompanyRow, unit.organisation_id, company_id, lock=True)
    changed_at = await company_rates_changed_at(unit.session, unit.organisation_id, company_id)
    if old is not None and (changed_at is None or changed_at <= old.known_at):
        return None
    if old is not None:
        old.retired_at = unit.now
        unit.session.add(old)
        await unit.session.flush()
    await attach_company_rates(unit, project.id, company_id)
    return old.known_at.isoformat() if old else "never"


async def _retire_overrides(unit: UnitOfWork, project: ProjectRow, company_id: int) -> list[int]:
    ids = await project_lines_of_company_roles(unit.session, unit.organisation_id, project.id, company_id)
    for line in await find_all(unit.session, RateLineRow, unit.organisation_id, id=ids):
        line.retired_at = unit.now
        unit.session.add(line)
        unit.audit("retire_for_company_rate", "rate_line", line.id, before={"scope": line.scope_id})
        unit.emit("RATE_CHANGED", project_id=project.id, entity_id=line.id, rate=None)
    await unit.session.flush()
    return ids


async def _locked(unit: UnitOfWork, project_id: int) -> ProjectRow:
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    return project
