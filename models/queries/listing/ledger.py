"""The books as they are shown: accounts, journal entries, postings, and what is on its way to other systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hourledger.core.ledger import DeliveryState, PostingType
from models.queries.listing.keyset import Listing
from models.tables import AccountType


@dataclass(frozen=True, slots=True)
class AccountView:
    id: int
    code: str
    name: str
    account_type: AccountType
    is_active: bool


ACCOUNTS = Listing(
    name="accounts",
    row=AccountView,
    alias="a",
    columns="a.id, a.code, a.name, a.account_type, a.is_active",
    source="account a",
    order=(("a.code", "text"),),
    casts={"account_type": AccountType},
)


@dataclass(frozen=True, slots=True)
class JournalEntryView:
    id: int
    reference: str
    accounting_date: date
    description: str
    billing_record_id: int | None
    reverses_id: int | None
    posted_at: datetime
    posted_by: str


JOURNAL_ENTRIES = Listing(
    name="journal_entries",
    row=JournalEntryView,
    alias="j",
    columns="j.id, j.reference, j.accounting_date, j.description, j.billing_record_id, j.reverses_id, j.posted_at, "
    "j.posted_by",
    source="journal_entry j",
    order=(("j.id", "bigint"),),
    descending=True,
)


@dataclass(frozen=True, slots=True)
class PostingView:
    """One leg, debit positive: in minor units of the document's currency, and of the books' currency."""

    id: int
    journal_entry_id: int
    line_number: int
    posting_type: PostingType
    account_id: int
    currency: str
    amount_minor: int
    base_currency: str
    base_minor: int
    description: str
    company_id: int | None
    project_id: int | None


POSTINGS = Listing(
    name="postings",
    row=PostingView,
    alias="p",
    columns="p.id, p.journal_entry_id, p.line_number, p.posting_type, p.account_id, p.currency, p.amount_minor, "
    "p.base_currency, p.base_minor, p.description, p.company_id, p.project_id",
    source="journal_posting p",
    order=(("p.journal_entry_id", "bigint"), ("p.line_number", "integer")),
    casts={"posting_type": PostingType},
)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """``differences``: what the other system has that is not what we sent, by field; None: nothing."""

    id: int
    connection_id: int
    connection_name: str
    journal_entry_id: int
    reference: str
    accounting_date: date
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    remote_id: str | None
    remote_number: str | None
    error_code: str | None
    error: str | None
    differences: dict[str, Any] | None
    created_at: datetime
    verified_at: datetime | None


DELIVERIES = Listing(
    name="deliveries",
    row=DeliveryView,
    alias="d",
    columns="d.id, d.connection_id, k.name AS connection_name, d.journal_entry_id, d.reference, d.accounting_date, "
    "d.state, d.attempts, d.next_attempt_at, d.remote_id, d.remote_number, d.error_code, d.error, d.differences, "
    "d.created_at, d.verified_at",
    source="delivery d JOIN connection k ON k.id = d.connection_id",
    order=(("d.id", "bigint"),),
    descending=True,
    casts={"state": DeliveryState},
)

IN_STATES = "d.state = ANY(:states)"
TO_CONNECTION = "d.connection_id = :connection"
