"""Worked time as it is shown: what it is worth now, and how far billing has got with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hourledger.core.work import EntryStatus
from models.queries.listing.keyset import Listing


class TimeBillingState(StrEnum):
    """NOT_APPROVED: no actual yet. NOT_BILLABLE: earns nothing or has no customer. UNBILLED: may be billed now.
    ON_DRAFT, CONFIRMED, BILLED: on a billing record that is open, confirmed, posted."""

    NOT_APPROVED = "NOT_APPROVED"
    NOT_BILLABLE = "NOT_BILLABLE"
    UNBILLED = "UNBILLED"
    ON_DRAFT = "ON_DRAFT"
    CONFIRMED = "CONFIRMED"
    BILLED = "BILLED"


@dataclass(frozen=True, slots=True)
class TimeEntryView:
    """Amounts in minor units of ``currency``, the project's; of general time (no project) the organisation's."""

    id: int
    person_id: int
    project_id: int | None
    task_id: int | None
    role_id: int | None
    hour_type: str
    hour_type_id: int
    work_date: date
    seconds: int
    note: str
    status: EntryStatus
    is_locked: bool
    currency: str
    cost_minor: int
    revenue_minor: int
    billing_state: TimeBillingState
    billing_record_id: int | None
    connection_id: int | None
    logged_at: datetime
    logged_by: str


TIME_ENTRIES = Listing(
    name="time_entries",
    row=TimeEntryView,
    alias="e",
    columns="""e.id, e.person_id, e.project_id, e.task_id, e.role_id, h.name AS hour_type, e.hour_type_id, e.work_date,
        e.seconds, e.note, e.status, e.is_locked, coalesce(p.currency, o.base_currency) AS currency, e.cost_minor,
        e.revenue_minor, e.connection_id, e.logged_at, e.logged_by, sale.billing_record_id,
        CASE WHEN e.status <> 'APPROVED' THEN 'NOT_APPROVED'
             WHEN sale.billing_type IS DISTINCT FROM 'CHARGEABLE' THEN 'NOT_BILLABLE'
             WHEN sale.record_status = 'POSTED' THEN 'BILLED'
             WHEN sale.record_status = 'CONFIRMED' THEN 'CONFIRMED'
             WHEN sale.record_status IS NOT NULL THEN 'ON_DRAFT'
             ELSE 'UNBILLED' END AS billing_state""",
    source="""time_entry e JOIN organisation o ON o.id = e.organisation_id
        LEFT JOIN project p ON p.id = e.project_id JOIN hour_type h ON h.id = e.hour_type_id
        LEFT JOIN LATERAL (
            SELECT a.billing_type, r.id AS billing_record_id, r.status AS record_status
            FROM actual a
            LEFT JOIN billing_claim c ON c.actual_id = a.id AND c.released_at IS NULL
            LEFT JOIN billing_record_line l ON l.id = c.billing_record_line_id
            LEFT JOIN billing_record r ON r.id = l.billing_record_id
            WHERE a.time_entry_id = e.id AND a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
            ORDER BY a.id DESC LIMIT 1
        ) sale ON true""",
    order=(("e.work_date", "date"), ("e.id", "bigint")),
    descending=True,
    where="e.deleted_at IS NULL",
    casts={"status": EntryStatus, "billing_state": TimeBillingState},
)

OF_PROJECT = "e.project_id = :project"
OF_PERSON = "e.person_id = :person"
IS_GENERAL = "(e.project_id IS NULL) = :general"
FROM_DAY = "e.work_date >= cast(:first_day AS date)"
TO_DAY = "e.work_date <= cast(:last_day AS date)"
