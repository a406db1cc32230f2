"""Post a confirmed billing record: a journal entry in our books, and a delivery to every accounting system."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.billing import BILLING_RECORD_LIFE, billing_entry
from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.ledger import JournalEntry, PostingType
from hourledger.core.periods import spanned
from hourledger.services.billing_records import emit_record_changed, lock_record, move, revenue_of
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.queue_deliveries import queue_deliveries
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.billing import line_values
from models.queries.exchange_rates import load_exchange
from models.queries.ledger import fiscal_period_of
from models.selecting import find_all
from models.tables import (
    AccountSelectionRow,
    BillingRecordRow,
    CompanyRow,
    JournalEntryRow,
    JournalPostingRow,
    PeriodStatus,
)


async def post_billing_record(unit: UnitOfWork, record_id: int) -> int:
    """Debit the customer, credit revenue per project, by the record's accounting date. Returns the journal entry's id.

    Raises:
        Missing BILLING_RECORD_UNKNOWN, ACCOUNT_NOT_SELECTED, EXCHANGE_RATE_MISSING.
        NotAllowed WRONG_STATE (posted before, or not confirmed yet), PERIOD_CLOSED.
        Invalid NOTHING_TO_POST. In every case nothing is changed.
    """
    unit.require(Permission.POST_BILLING_RECORDS)
    record = await lock_record(unit, record_id)
    BILLING_RECORD_LIFE.after(record.status, "post")
    on = record.accounting_date or record.billing_date
    await _require_open_period(unit, record)
    lines = (await line_values(unit.session, unit.organisation_id, [record_id]))[record_id]
    revenue = revenue_of(record, lines)
    company = await unit.session.get_one(CompanyRow, record.company_id)
    entry = billing_entry(
        reference=f"{record.number}-r1",
        accounting_date=on,
        company_id=record.company_id,
        revenue_by_line=revenue,
        accounts=await _accounts(unit, {posting_type for _, posting_type in revenue}),
        exchange=await load_exchange(unit.session, unit.organisation_id, unit.base_currency, days=spanned([on])),
        text=f"{record.number} {company.name}: {record.description}",
    )
    stored = await _store(unit, record, entry)
    move(record, "post")
    record.posted_at = unit.now
    unit.session.add(record)
    await queue_deliveries(unit, stored, entry)
    unit.audit("post", "billing_record", record_id, after={"reference": entry.reference})
    await emit_record_changed(unit, record)
    projects = {line.project_id for line in lines if line.project_id is not None}
    await emit_finances_changed(unit, sorted(projects), cause="BILLING_RECORD_POSTED")
    return stored.id


async def _require_open_period(unit: UnitOfWork, record: BillingRecordRow) -> None:
    on = record.accounting_date or record.billing_date
    period = await fiscal_period_of(unit.session, unit.organisation_id, on)
    if period is not None and period.status is not PeriodStatus.OPEN:
        raise NotAllowed(
            f"{on.isoformat()} lies in period {period.name}, which is {period.status.value.lower().replace('_', ' ')}. "
            "Re-open the period or give the record another accounting date.",
            code="PERIOD_CLOSED",
        )


async def _accounts(unit: UnitOfWork, revenue_types: set[PostingType]) -> dict[PostingType, int]:
    wanted = {PostingType.CUSTOMER_BALANCE, *revenue_types}
    rows = await find_all(unit.session, AccountSelectionRow, unit.organisation_id, posting_type=wanted, project_id=None)
    found = {row.posting_type: row.account_id for row in rows}
    if missing := wanted - found.keys():
        raise Missing(
            f"No account is selected for {', '.join(sorted(missing))}. Select one, then post again.",
            code="ACCOUNT_NOT_SELECTED",
            posting_types=sorted(missing),
        )
    return found


async def _store(unit: UnitOfWork, record: BillingRecordRow, entry: JournalEntry) -> JournalEntryRow:
    row = JournalEntryRow(
        organisation_id=unit.organisation_id,
        reference=entry.reference,
        accounting_date=entry.accounting_date,
        description=entry.text,
        billing_record_id=record.id,
        posted_at=unit.now,
        posted_by=unit.principal.subject,
    )
    unit.session.add(row)
    await unit.session.flush()
    for number, posting in enumerate(entry.postings, start=1):
        unit.session.add(
            JournalPostingRow(
                organisation_id=unit.organisation_id,
                journal_entry_id=row.id,
                line_number=number,
                posting_type=posting.posting_type,
                account_id=posting.account_id,
                currency=posting.amount.currency,
                amount_minor=posting.amount.minor,
                base_currency=posting.base_amount.currency,
                base_minor=posting.base_amount.minor,
                description=posting.text,
                company_id=posting.company_id,
                project_id=posting.project_id,
            )
        )
    await unit.session.flush()
    return row
