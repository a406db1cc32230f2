"""The life of a billing record: draft, confirm, post, delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hourledger.core.money import Money
from hourledger.services import create_billing_record as drafting
from hourledger.services.confirm_billing_record import confirm_billing_record as confirm
from hourledger.services.delete_billing_record import delete_billing_record as delete
from hourledger.services.post_billing_record import post_billing_record as post
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.billing import BILLING_RECORDS
from resolvers.changes.projects import project_currency
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, mutation


@mutation("createBillingRecord", BILLING_RECORDS)
async def create_billing_record(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_ids: Sequence[str],
    until: date | None,
    fixed_task_ids: Sequence[str],
    additional_amount: Decimal | None,
    description: str,
    billing_date: date | None,
    po_number: str | None,
) -> Answer:
    projects = [row_id(one, "Project", "projectIds") for one in project_ids]
    additional = 0
    if additional_amount is not None and projects:
        additional = Money.of(additional_amount, await project_currency(unit, projects[0], "projectIds")).minor
    request = drafting.BillingRequest(
        project_ids=projects,
        until=until,
        fixed_task_ids=[row_id(one, "Task", "fixedTaskIds") for one in fixed_task_ids],
        additional_minor=additional,
        description=description,
        billing_date=billing_date,
        po_number=po_number,
    )
    return {"id": await drafting.create_billing_record(unit, request)}


@mutation("confirmBillingRecord", BILLING_RECORDS)
async def confirm_billing_record(_context: RequestContext, unit: UnitOfWork, *, billing_record_id: str) -> Answer:
    number = row_id(billing_record_id, "BillingRecord", "billingRecordId")
    await confirm(unit, number)
    return {"id": number}


@mutation("postBillingRecord", BILLING_RECORDS)
async def post_billing_record(_context: RequestContext, unit: UnitOfWork, *, billing_record_id: str) -> Answer:
    number = row_id(billing_record_id, "BillingRecord", "billingRecordId")
    return {"id": number, "journal_entry": await post(unit, number)}


@mutation("deleteBillingRecord", BILLING_RECORDS)
async def delete_billing_record(_context: RequestContext, unit: UnitOfWork, *, billing_record_id: str) -> Answer:
    number = row_id(billing_record_id, "BillingRecord", "billingRecordId")
    await delete(unit, number)
    return {"id": number}
