"""The books, and deliveries of them to other systems."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from hourledger.core.ledger import DeliveryState, PostingType
from hourledger.core.money import Money as Amount
from models.queries.listing.ledger import AccountView, DeliveryView, JournalEntryView
from models.tables import AccountType
from resolvers import billing, connections, ledger, projects
from resolvers.told_money import MoneyView
from schema.fields import is_value, pages, reads, resolves
from schema.node import Connection, Node
from schema.references import (
    ACCOUNT,
    BILLING_RECORD,
    COMPANY,
    DELIVERY,
    EXTERNAL_SYSTEM,
    JOURNAL_ENTRY,
    MONEY,
    PROJECT,
)


@strawberry.type(description="An account of our books.")
class Account(Node):
    is_type_of = is_value(AccountView)
    code: str = strawberry.field(description="Unique in the organisation.")
    name: str = strawberry.field(description="What people call it.")
    account_type: AccountType = strawberry.field(description="Which part of the books it belongs to.")
    is_active: bool = strawberry.field(description="Whether it may be posted to.")


def _booked(minor: int, currency: str) -> MoneyView:
    """The books go by the organisation's exchange rates, so that the legs of an entry balance in any currency."""
    return MoneyView(Amount(minor, currency), None)


@strawberry.type(description="One leg of a journal entry; a positive amount is a debit.")
class Posting:
    line_number: int = strawberry.field(description="Its place in the entry, from 1.")
    posting_type: PostingType = strawberry.field(description="What it is for.")
    amount = reads(
        MONEY, "In the document's currency; debit positive.", lambda it: _booked(it.amount_minor, it.currency)
    )
    base_amount = reads(
        MONEY, "In the currency of the books; debit positive.", lambda it: _booked(it.base_minor, it.base_currency)
    )
    description: str = strawberry.field(description="The text in the books.")
    account = resolves(ACCOUNT | None, "The account.", lambda context, it: ledger.account_by_id(context, it.account_id))
    company = resolves(
        COMPANY | None,
        "The customer, on customer accounts.",
        lambda context, it: projects.company_by_id(context, it.company_id),
    )
    project = resolves(
        PROJECT | None,
        "The project, on revenue accounts.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )


@strawberry.type(description="An entry in the books: final, and balanced in every currency.")
class JournalEntry(Node):
    is_type_of = is_value(JournalEntryView)
    reference: str = strawberry.field(description="Unique for ever; under it other systems know the entry.")
    accounting_date: date = strawberry.field(description="The date in the books.")
    description: str = strawberry.field(description="What it is for.")
    posted_at: datetime = strawberry.field(description="When it was posted.")
    posted_by: str = strawberry.field(description="Who posted it.")
    postings = resolves(
        list[Posting], "Its legs, in order; they sum to zero.", lambda context, it: ledger.postings(context, it.id)
    )
    reverses = resolves(
        JOURNAL_ENTRY | None,
        "The entry it takes back.",
        lambda context, it: ledger.journal_entry_by_id(context, it.reverses_id),
    )
    billing_record = resolves(
        BILLING_RECORD | None,
        "The billing record it books.",
        lambda context, it: billing.billing_record_by_id(context, it.billing_record_id),
    )
    deliveries = pages(
        Connection[DELIVERY],
        "Its ways to other systems.",
        lambda context, it, page: ledger.deliveries_of_entry(context, it.id, page),
    )


@strawberry.type(description="A journal entry on its way to one accounting system: one effect, however often we try.")
class Delivery(Node):
    is_type_of = is_value(DeliveryView)
    reference: str = strawberry.field(description="Under which the other system knows it.")
    accounting_date: date = strawberry.field(description="The date in the books.")
    state: DeliveryState = strawberry.field(description="How far it is.")
    attempts: int = strawberry.field(description="How often it was tried.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is tried again; null: not by itself.")
    remote_id: str | None = strawberry.field(description="The other system's id of it.")
    remote_number: str | None = strawberry.field(description="The other system's number of it.")
    error_code: str | None = strawberry.field(description="What is wrong, for programs.")
    error: str | None = strawberry.field(description="What is wrong, and the way out.")
    differences: JSON | None = strawberry.field(description="Where what the other system has is not what we sent.")
    created_at: datetime = strawberry.field(description="When it was queued.")
    verified_at: datetime | None = strawberry.field(description="When it was read back there and found equal.")
    connection_name: str = strawberry.field(description="The name of the connection it goes over.")
    connection = resolves(
        EXTERNAL_SYSTEM | None,
        "The connection it goes over.",
        lambda context, it: connections.connection_by_id(context, it.connection_id),
    )
    journal_entry = resolves(
        JOURNAL_ENTRY | None,
        "What is delivered. Refused without VIEW_LEDGER.",
        lambda context, it: ledger.journal_entry_by_id(context, it.journal_entry_id),
    )
