"""The books: accounts, and journal entries that the database refuses unless they balance."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hourledger.core.ledger import PostingType
from models.tables.columns import choice, instant, key, minor, one_of, refers_to


class AccountType(StrEnum):
    ASSET = "ASSET"
    LIABILITY = "LIABILITY"
    EQUITY = "EQUITY"
    INCOME = "INCOME"
    EXPENSE = "EXPENSE"


class AccountRow(SQLModel, table=True):
    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("organisation_id", "code"), one_of("account_type", AccountType))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    code: str
    name: str
    account_type: AccountType = choice(AccountType)
    is_active: bool = True


class AccountSelectionRow(SQLModel, table=True):
    """Which account a posting type goes to; a row for a project goes before the one for all (§7.5)."""

    __tablename__ = "account_selection"
    __table_args__ = (
        UniqueConstraint("organisation_id", "posting_type", "project_id", postgresql_nulls_not_distinct=True),
        one_of("posting_type", PostingType),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    posting_type: PostingType = choice(PostingType)
    project_id: int | None = refers_to("project.id", optional=True)
    account_id: int = refers_to("account.id")


class PeriodStatus(StrEnum):
    OPEN = "OPEN"
    ON_HOLD = "ON_HOLD"
    CLOSED = "CLOSED"


class FiscalPeriodRow(SQLModel, table=True):
    """A period of the books, half-open; days without a row are open. Only OPEN accepts postings (I17)."""

    __tablename__ = "fiscal_period"
    __table_args__ = (one_of("status", PeriodStatus), CheckConstraint("valid_from < valid_until", name="period"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    valid_from: date
    valid_until: date
    status: PeriodStatus = choice(PeriodStatus, default=PeriodStatus.OPEN)


class JournalEntryRow(SQLModel, table=True):
    """Posted and final. Its postings belong to the same transaction (trigger) and sum to zero at commit (trigger)."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference"),
        Index(None, "billing_record_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    reference: str
    accounting_date: date
    description: str
    billing_record_id: int | None = refers_to("billing_record.id", optional=True)
    reverses_id: int | None = refers_to("journal_entry.id", optional=True)
    posted_at: datetime = instant()
    posted_by: str
    transaction_id: int = Field(
        default=None,
        sa_type=BigInteger,
        nullable=False,
        sa_column_kwargs={"server_default": text("(pg_current_xact_id()::text::bigint)")},
    )


class JournalPostingRow(SQLModel, table=True):
    """One leg; debit is positive. ``amount_minor`` in the document's currency, ``base_minor`` in that of the books."""

    __tablename__ = "journal_posting"
    __table_args__ = (one_of("posting_type", PostingType), UniqueConstraint("journal_entry_id", "line_number"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    journal_entry_id: int = refers_to("journal_entry.id")
    line_number: int
    posting_type: PostingType = choice(PostingType)
    account_id: int = refers_to("account.id", index=True)
    currency: str
    amount_minor: int = minor()
    base_currency: str
    base_minor: int = minor()
    description: str = ""
    company_id: int | None = refers_to("company.id", optional=True)
    project_id: int | None = refers_to("project.id", optional=True)


class NumberSequenceRow(SQLModel, table=True):
    """The next number of a kind of document; taken under a row lock inside the transaction that uses it (no gaps)."""

    __tablename__ = "number_sequence"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    template: str
    next_number: int = Field(default=1, sa_type=BigInteger)
