"""Give a project another customer, or none, as long as nothing of it has been billed."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus
from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.company_rates import attach_company_rates, detach_company_rates
from hourledger.services.implicit_contract import give_customer
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rebook_entries import rebook_project
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.projects import records_for_customer
from models.selecting import select_one
from models.tables import CompanyRow, ProjectRow

_OPEN = {BillingRecordStatus.DRAFT, BillingRecordStatus.IN_REVIEW}
_SHOWN_MAX = 3


async def set_project_company(unit: UnitOfWork, project_id: int, company_id: int | None) -> bool:
    """The project's customer from now on; None: none, so that it is internal and never billed. False: it was so.

    Work from now on is billed at the new customer's rates as they are at this instant; the old one's are off the
    project. Detaching a customer and attaching it again thus takes its rates anew (§3.6). What is logged keeps its
    value until it is recalculated. The implicit contract follows, and with it the actuals of all work, which is to be
    billed to the new customer; a contract that somebody agreed stays. The project's currency stays as well.

    Raises:
        Missing PROJECT_UNKNOWN, COMPANY_UNKNOWN; Denied (§9.4: EDIT_PROJECTS, billing rates and general finance).
        NotAllowed CUSTOMER_ON_RECORD: work is on a draft for the old customer. CUSTOMER_BILLED: the old customer was
            billed, so corrections go to it, too, and one contract has one customer.
            PERIOD_LOCKED: some of its work lies in a locked period, and would be booked otherwise.
    Source: project-finances §3.6; docs/decisions/0012-where-the-rules-are-silent.md.
    """
    for permission in (Permission.EDIT_PROJECTS, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE):
        unit.require(permission)
    # Whoever logs or drafts at the same moment comes before or after, never in between.
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    before = project.company_id
    if company_id == before:
        return False
    if company_id is not None and (
        await select_one(unit.session, CompanyRow, unit.organisation_id, company_id, lock=True) is None
    ):
        raise Missing(f"There is no company {company_id}.", code="COMPANY_UNKNOWN", field="companyId")
    if before is not None:
        await _check_not_billed(unit, project, before)
        await detach_company_rates(unit, project_id)
    project.company_id = company_id
    unit.session.add(project)
    await unit.session.flush()
    if company_id is not None:
        await attach_company_rates(unit, project_id, company_id)
    if await give_customer(unit, project, company_id):
        await rebook_project(unit, project_id)
    unit.audit("set_company", "project", project_id, before={"company": before}, after={"company": company_id})
    unit.emit("PROJECT_CHANGED", project_id=project_id, entity_id=project_id, code=project.code, changed=["company"])
    await emit_finances_changed(unit, [project_id], cause="CUSTOMER_CHANGED")
    return True


async def _check_not_billed(unit: UnitOfWork, project: ProjectRow, company_id: int) -> None:
    company = await select_one(unit.session, CompanyRow, unit.organisation_id, company_id)
    assert company is not None
    records = await records_for_customer(unit.session, unit.organisation_id, project.id, company_id)
    final = [number for number, status in records if status not in _OPEN]
    if final:
        raise NotAllowed(
            f"Project {project.code} has billed {company.name}: {_named(final)}. It keeps this customer, who gets the "
            "corrections, too. Make another project for another customer; to take the rates that this one has now, "
            "refresh them.",
            code="CUSTOMER_BILLED",
            field="companyId",
        )
    if records:
        raise NotAllowed(
            f"Work of project {project.code} is on drafts for {company.name}: "
            f"{_named([number for number, _ in records])}. Delete them first.",
            code="CUSTOMER_ON_RECORD",
            field="companyId",
        )


def _named(numbers: list[str]) -> str:
    more = f" and {len(numbers) - _SHOWN_MAX} more" if len(numbers) > _SHOWN_MAX else ""
    return f"{', '.join(numbers[:_SHOWN_MAX])}{more}"
