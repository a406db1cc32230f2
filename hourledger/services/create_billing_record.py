"""Draft a billing record from unbilled work."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.work import BillingType, TransactionClass
from hourledger.services.billing_records import emit_record_changed
from hourledger.services.checks import require_no_template
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.billing import OpenSale, claim_sales, lock_open_sales
from models.queries.numbers import next_number
from models.selecting import find_all, select_kept, select_one
from models.tables import (
    BillingClaimRow,
    BillingRecordLineRow,
    BillingRecordRow,
    ContractCustomerRow,
    ContractLineRow,
    ProjectRow,
    TaskRow,
)


@dataclass(frozen=True, slots=True)
class BillingRequest:
    """What to bill: unbilled work of these projects up to and including ``until`` (None: all), the fixed amounts of
    these tasks, and one free amount. All of it must belong to one contract and customer."""

    project_ids: Sequence[int]
    until: date | None = None
    fixed_task_ids: Sequence[int] = ()
    additional_minor: int = 0
    description: str = ""
    billing_date: date | None = None
    po_number: str | None = None


async def create_billing_record(unit: UnitOfWork, request: BillingRequest) -> int:
    """A draft that claims the work; the same work can be on no second record (CT-R7). Returns its id.

    Raises:
        Invalid SEVERAL_CUSTOMERS: the projects are billed to different customers; make one record for each.
        Invalid NOTHING_TO_BILL: no open work and no amount. Invalid NO_FIXED_AMOUNT, TASK_OF_OTHER_PROJECT.
        Conflict ALREADY_BILLED: somebody took some of it a moment ago.
        Missing PROJECT_UNKNOWN, TASK_UNKNOWN; Invalid NOT_BILLABLE_PROJECT (has no customer).
        NotAllowed TEMPLATE_HAS_NO_WORK.
    """
    unit.require(Permission.MANAGE_BILLING_RECORDS)
    projects = await _projects(unit, request.project_ids)
    for task_id in sorted(request.fixed_task_ids):  # before any hours: the order in which caps lock them, too
        await select_one(unit.session, TaskRow, unit.organisation_id, task_id, lock=True)
    sales = await lock_open_sales(unit.session, unit.organisation_id, request.project_ids, until=request.until)
    contract_id, company_id = await _one_customer(unit, projects, sales)
    if not sales and not request.fixed_task_ids and not request.additional_minor:
        raise Invalid(
            "There is nothing to bill: no unbilled work up to this date, no fixed amount, no additional amount.",
            code="NOTHING_TO_BILL",
        )
    billing_date = request.billing_date or unit.today
    record = BillingRecordRow(
        organisation_id=unit.organisation_id,
        contract_id=contract_id,
        company_id=company_id,
        number=await next_number(unit.session, unit.organisation_id, "billing_record", template="BR-{:05}"),
        description=request.description or f"Work on {', '.join(sorted(project.name for project in projects))}",
        currency=projects[0].currency,
        billing_date=billing_date,
        po_number=request.po_number,
        created_at=unit.now,
        created_by=unit.principal.subject,
    )
    unit.session.add(record)
    await unit.session.flush()
    if sales:
        await claim_sales(unit.session, unit.organisation_id, record.id, sales, at=unit.now)
    await _claim_fixed(unit, record, sorted(request.fixed_task_ids), {project.id for project in projects})
    if request.additional_minor:
        unit.session.add(
            BillingRecordLineRow(
                organisation_id=unit.organisation_id,
                billing_record_id=record.id,
                project_id=projects[0].id,
                transaction_class=TransactionClass.ADDITIONAL,
                amount_minor=request.additional_minor,
                description="Additional amount",
                transaction_date=billing_date,
            )
        )
    unit.audit("create", "billing_record", record.id, after={"number": record.number, "lines": len(sales)})
    await emit_record_changed(unit, record)
    await emit_finances_changed(unit, [project.id for project in projects], cause="BILLING_RECORD_DRAFTED")
    return record.id


async def _projects(unit: UnitOfWork, project_ids: Sequence[int]) -> list[ProjectRow]:
    wanted = set(project_ids)
    kept = [await select_kept(unit.session, ProjectRow, unit.organisation_id, one) for one in sorted(wanted)]
    found = [project for project in kept if project is not None]
    if not wanted:
        raise Invalid("Name at least one project.", code="NOTHING_TO_BILL", field="projectIds")
    if missing := wanted - {project.id for project in found}:
        raise Missing(f"There is no project {min(missing)}.", code="PROJECT_UNKNOWN", field="projectIds")
    for project in found:
        require_no_template(project, "projectIds")
        if project.company_id is None:
            raise Invalid(
                f"Project {project.code} has no customer, so nothing of it is billed.", code="NOT_BILLABLE_PROJECT"
            )
    return found


async def _one_customer(unit: UnitOfWork, projects: list[ProjectRow], sales: Sequence[OpenSale]) -> tuple[int, int]:
    """The contract and customer that all of it belongs to, of projects without open work as well."""
    customers = {(sale.contract_id, sale.company_id) for sale in sales}
    lines = await find_all(
        unit.session, ContractLineRow, unit.organisation_id, project_id=[project.id for project in projects]
    )
    contract_of = {line.id: line.contract_id for line in lines}
    payers = await find_all(
        unit.session, ContractCustomerRow, unit.organisation_id, contract_line_id=contract_of.keys(), is_primary=True
    )
    customers |= {(contract_of[payer.contract_line_id], payer.company_id) for payer in payers}
    if len(customers) != 1 or len({project.currency for project in projects}) != 1:
        raise Invalid(
            "These projects are billed under different contracts, customers or currencies. "
            "Make one billing record for each.",
            code="SEVERAL_CUSTOMERS",
            field="projectIds",
        )
    return customers.pop()


async def _claim_fixed(
    unit: UnitOfWork, record: BillingRecordRow, task_ids: Sequence[int], project_ids: AbstractSet[int]
) -> None:
    """The whole fixed amount of each task of these projects, once (project-finances §5.6)."""
    for task_id in task_ids:
        task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id, lock=True)
        if task is None:
            raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="fixedTaskIds")
        if task.project_id not in project_ids:
            raise Invalid(
                f"Task {task.name!r} belongs to a project that this record does not bill.",
                code="TASK_OF_OTHER_PROJECT",
                field="fixedTaskIds",
            )
        if not task.revenue_type.has_fixed_part or not task.billing_amount_minor:
            raise Invalid(
                f"Task {task.name!r} has no fixed amount to bill.", code="NO_FIXED_AMOUNT", field="fixedTaskIds"
            )
        line = BillingRecordLineRow(
            organisation_id=unit.organisation_id,
            billing_record_id=record.id,
            project_id=task.project_id,
            task_id=task.id,
            transaction_class=TransactionClass.MILESTONE,
            billing_type=BillingType.CHARGEABLE,
            quantity=1,
            amount_minor=task.billing_amount_minor,
            description=task.name,
            transaction_date=record.billing_date,
        )
        unit.session.add(line)
        await unit.session.flush()
        unit.session.add(
            BillingClaimRow(
                organisation_id=unit.organisation_id,
                billing_record_line_id=line.id,
                task_id=task.id,
                claimed_at=unit.now,
            )
        )
        await unit.session.flush()
