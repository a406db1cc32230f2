"""Billing records and their lines as they are shown; totals for any number of records in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from hourledger.core.billing import BillingRecordStatus
from hourledger.core.work import BillingType, TransactionClass
from models.database import Session
from models.queries.listing.keyset import Listing

# A line as it counts now: on a draft, worked time at its latest value; afterwards what was frozen (services agree).
_LIVE_MINOR = (
    "CASE WHEN r.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor ELSE l.amount_minor END"
)
_LINES = """billing_record_line l
    JOIN billing_record r ON r.id = l.billing_record_id
    LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
    LEFT JOIN actual a ON a.id = c.actual_id
    LEFT JOIN time_entry e ON e.id = a.time_entry_id"""


@dataclass(frozen=True, slots=True)
class BillingRecordView:
    id: int
    number: str
    description: str
    currency: str
    status: BillingRecordStatus
    billing_date: date
    accounting_date: date | None
    po_number: str | None
    invoice_reference: str | None
    company_id: int
    created_at: datetime
    created_by: str
    confirmed_at: datetime | None
    posted_at: datetime | None


BILLING_RECORDS = Listing(
    name="billing_records",
    row=BillingRecordView,
    alias="r",
    columns="r.id, r.number, r.description, r.currency, r.status, r.billing_date, r.accounting_date, r.po_number, "
    "r.invoice_reference, r.company_id, r.created_at, r.created_by, r.confirmed_at, r.posted_at",
    source="billing_record r",
    order=(("r.id", "bigint"),),
    descending=True,
    casts={"status": BillingRecordStatus},
)

OF_STATUSES = "r.status = ANY(:statuses)"
OF_COMPANY = "r.company_id = :company"
OF_PROJECT = "EXISTS (SELECT FROM billing_record_line l WHERE l.billing_record_id = r.id AND l.project_id = :project)"

RECORDS_OF_PROJECT = Listing(
    name="records_of_project",
    row=BillingRecordView,
    alias="r",
    columns=BILLING_RECORDS.columns,
    source="""(
        SELECT DISTINCT l.project_id, b.* FROM billing_record_line l JOIN billing_record b ON b.id = l.billing_record_id
        WHERE b.status <> 'DELETED'
    ) r""",
    order=(("r.id", "bigint"),),
    descending=True,
    casts={"status": BillingRecordStatus},
)
"""Read by ``r.project_id``: a record appears under every project that it bills, deleted ones under none."""


@dataclass(frozen=True, slots=True)
class BillingLineView:
    """``quantity`` is in seconds for time, in pieces otherwise; amounts in minor units of the record's currency."""

    id: int
    billing_record_id: int
    project_id: int | None
    task_id: int | None
    time_entry_id: int | None
    transaction_class: TransactionClass
    billing_type: BillingType
    quantity: int
    currency: str
    amount_minor: int
    description: str
    transaction_date: date | None


LINES = Listing(
    name="billing_record_lines",
    row=BillingLineView,
    alias="l",
    columns=f"l.id, l.billing_record_id, l.project_id, l.task_id, a.time_entry_id, l.transaction_class, "
    f"l.billing_type, l.quantity, r.currency, {_LIVE_MINOR} AS amount_minor, l.description, l.transaction_date",
    source=_LINES,
    order=(("coalesce(l.transaction_date, DATE '9999-12-31')", "date"), ("l.id", "bigint")),
    casts={"transaction_class": TransactionClass, "billing_type": BillingType},
)


@dataclass(frozen=True, slots=True)
class LineSum:
    """What the lines of one class and billing type sum to on one record. ``project_ids``: two of them if several."""

    transaction_class: TransactionClass
    billing_type: BillingType
    minor: int
    count: int
    project_ids: frozenset[int]


async def line_sums(session: Session, organisation_id: int, record_ids: Sequence[int]) -> dict[int, list[LineSum]]:
    """By record; a record without lines has none."""
    rows = await session.execute(
        text(f"""
            SELECT l.billing_record_id, l.transaction_class, l.billing_type, sum({_LIVE_MINOR})::bigint AS minor,
                   count(*) AS count, min(l.project_id) AS first_project, max(l.project_id) AS last_project
            FROM {_LINES}
            WHERE l.organisation_id = :organisation AND l.billing_record_id = ANY(:ids)
            GROUP BY l.billing_record_id, l.transaction_class, l.billing_type
        """),
        {"organisation": organisation_id, "ids": list(record_ids)},
    )
    found: dict[int, list[LineSum]] = {record_id: [] for record_id in record_ids}
    for row in rows:
        found[row.billing_record_id].append(
            LineSum(
                TransactionClass(row.transaction_class),
                BillingType(row.billing_type),
                row.minor,
                row.count,
                frozenset({row.first_project, row.last_project} - {None}),
            )
        )
    return found
