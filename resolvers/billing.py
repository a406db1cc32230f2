"""Billing records and their lines."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus
from models.queries.listing.billing import (
    BILLING_RECORDS,
    LINES,
    OF_COMPANY,
    OF_PROJECT,
    OF_STATUSES,
    RECORDS_OF_PROJECT,
    BillingLineView,
    BillingRecordView,
)
from models.queries.listing.ledger import JOURNAL_ENTRIES, JournalEntryView
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, chosen, page_of, page_under
from resolvers.told_money import OfProject

# Whoever may bill or post must see what is billed and posted.
SEEN_BY = (
    Permission.VIEW_GENERAL_FINANCE,
    Permission.MANAGE_BILLING_RECORDS,
    Permission.POST_BILLING_RECORDS,
)


async def billing_records(
    context: RequestContext,
    page: PageRequest,
    *,
    statuses: Sequence[BillingRecordStatus] | None,
    company_id: str | None,
    project_id: str | None,
) -> Page[BillingRecordView]:
    """Newest first; deleted ones only when their status is asked for."""
    context.require_any(*SEEN_BY)
    wanted = chosen(statuses) or [one.value for one in BillingRecordStatus if one is not BillingRecordStatus.DELETED]
    conditions: dict[str, dict[str, object]] = {OF_STATUSES: {"statuses": wanted}}
    if company_id is not None:
        conditions[OF_COMPANY] = {"company": row_id(company_id, "Company", "companyId")}
    if project_id is not None:
        conditions[OF_PROJECT] = {"project": row_id(project_id, "Project", "projectId")}
    return await page_of(context, BILLING_RECORDS, page, conditions)


async def records_of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[BillingRecordView]:
    context.require_any(*SEEN_BY)
    return await page_under(context, RECORDS_OF_PROJECT, "r.project_id", project_id, page)


async def billing_record(context: RequestContext, record_id: str) -> BillingRecordView | None:
    return await billing_record_by_id(context, row_id(record_id, "BillingRecord", "id"))


async def billing_record_by_id(context: RequestContext, record_id: int | None) -> BillingRecordView | None:
    context.require_any(*SEEN_BY)
    return await context.loaders.row(BILLING_RECORDS, record_id)


async def lines(context: RequestContext, record_id: int, page: PageRequest) -> Page[BillingLineView]:
    return await page_under(context, LINES, "l.billing_record_id", record_id, page)


async def line_by_id(context: RequestContext, line_id: int) -> BillingLineView | None:
    context.require_any(*SEEN_BY)
    return await context.loaders.row(LINES, line_id)


async def line_count(context: RequestContext, record_id: int) -> int:
    return sum(one.count for one in await context.loaders.line_sums(record_id))


async def totals(context: RequestContext, record: BillingRecordView) -> OfProject:
    """Subtotals and total; of the project that is billed, when it is only one."""
    return OfProject(
        await context.loaders.totals(record.id, record.currency), await context.loaders.project_of_record(record.id)
    )


async def journal_entry_of(context: RequestContext, record_id: int) -> JournalEntryView | None:
    """What posting wrote; None before. Raises Denied PERMISSION_DENIED without the right to see the ledger."""
    context.principal.require(Permission.VIEW_LEDGER)
    found = await context.loaders.all_of(JOURNAL_ENTRIES, "j.billing_record_id", "billing_record_id", record_id)
    return found[-1] if found else None
