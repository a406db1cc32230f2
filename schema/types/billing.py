"""Billing records."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus, billing_status
from hourledger.core.money import decimal_hours
from hourledger.core.work import BillingType, TransactionClass
from models.queries.listing.billing import BillingLineView, BillingRecordView
from resolvers import billing, issues, projects, time_entries
from schema.enums import BilledOrNot
from schema.fields import guarded, guarded_amount, is_value, pages, reads, resolves
from schema.node import Connection, Node
from schema.references import BILLING_LINE, COMPANY, ISSUE, JOURNAL_ENTRY, MONEY, PROJECT, TASK, TIME_ENTRY

BILLING = Permission.VIEW_BILLING_RATES


@strawberry.type(description="Subtotals by what is billed, and their sum; only chargeable lines count.")
class BillingRecordTotals:
    hours = guarded(MONEY, "Worked time.", lambda it: it.hours, BILLING)
    expenses = guarded(MONEY, "Expenses and material.", lambda it: it.expenses, BILLING)
    fixed_revenue = guarded(MONEY, "Fixed amounts of tasks.", lambda it: it.fixed_revenue, BILLING)
    additional = guarded(MONEY, "Additional amounts.", lambda it: it.additional, BILLING)
    total = guarded(MONEY, "All of it.", lambda it: it.total, BILLING)


@strawberry.type(description="What one customer is billed. Final once it is confirmed; booked once it is posted.")
class BillingRecord(Node):
    is_type_of = is_value(BillingRecordView)
    number: str = strawberry.field(description="Given once, never used again.")
    description: str = strawberry.field(description="What it bills, in words.")
    currency: str = strawberry.field(description="The currency of all its amounts.")
    status: BillingRecordStatus = strawberry.field(description="Draft, in review, confirmed, posted or deleted.")
    billing_status = reads(BilledOrNot, "Billed once it is posted.", lambda it: BilledOrNot(billing_status(it.status)))
    billing_date: date = strawberry.field(description="The date on the record.")
    accounting_date: date | None = strawberry.field(description="The date in the books; set when confirmed.")
    po_number: str | None = strawberry.field(description="The customer's purchase order.")
    invoice_reference: str | None = strawberry.field(description="The number of the invoice made from it.")
    created_at: datetime = strawberry.field(description="When it was drafted.")
    created_by: str = strawberry.field(description="Who drafted it.")
    confirmed_at: datetime | None = strawberry.field(description="When it was confirmed.")
    posted_at: datetime | None = strawberry.field(description="When it was posted.")
    company = resolves(
        COMPANY | None, "Who is billed.", lambda context, it: projects.company_by_id(context, it.company_id)
    )
    totals = resolves(BillingRecordTotals, "Of its lines as they count now.", billing.totals)
    line_count = resolves(int, "How many lines it has.", lambda context, it: billing.line_count(context, it.id))
    lines = pages(
        Connection[BILLING_LINE],
        "What is billed, by date.",
        lambda context, it, page: billing.lines(context, it.id, page),
    )
    journal_entry = resolves(
        JOURNAL_ENTRY | None,
        "What posting it wrote. Refused without VIEW_LEDGER.",
        lambda context, it: billing.journal_entry_of(context, it.id),
    )


def _quantity(line: BillingLineView) -> Decimal:
    return decimal_hours(line.quantity) if line.transaction_class is TransactionClass.TIME else Decimal(line.quantity)


@strawberry.type(description="One thing that is billed.")
class BillingRecordLine(Node):
    is_type_of = is_value(BillingLineView)
    transaction_class: TransactionClass = strawberry.field(description="What kind of thing it is.")
    billing_type: BillingType = strawberry.field(description="Whether the customer pays for it.")
    quantity = reads(Decimal, "Hours of time, pieces of anything else.", _quantity)
    description: str = strawberry.field(description="What it is, in words.")
    transaction_date: date | None = strawberry.field(description="When it happened.")
    amount = guarded_amount("On a draft, at the value it has now; final once confirmed.", "amount_minor", BILLING)
    project = resolves(
        PROJECT | None, "The project it is for.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    task = resolves(TASK | None, "The task it is for.", lambda context, it: projects.task_by_id(context, it.task_id))
    issue = resolves(ISSUE | None, "The issue it is for.", lambda context, it: issues.issue_by_id(context, it.task_id))
    time_entry = resolves(
        TIME_ENTRY | None,
        "The work that is billed; null for other things.",
        lambda context, it: time_entries.time_entry_by_id(context, it.time_entry_id),
    )
