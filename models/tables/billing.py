"""Billing records, their lines, and the claims that keep anything from being billed twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hourledger.core.billing import BillingRecordStatus
from hourledger.core.work import BillingType, TransactionClass
from models.tables.columns import choice, instant, key, minor, one_of, refers_to


class BillingRecordRow(SQLModel, table=True):
    """What one customer is billed under one contract. Corrected by a further record (``corrects_id``), never edited."""

    __tablename__ = "billing_record"
    __table_args__ = (
        one_of("status", BillingRecordStatus),
        CheckConstraint("(status = 'DELETED') = (deleted_at IS NOT NULL)", name="deleted"),
        UniqueConstraint("organisation_id", "number"),
        Index(None, "contract_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    contract_id: int = refers_to("contract.id")
    company_id: int = refers_to("company.id", index=True)
    number: str
    description: str
    currency: str
    status: BillingRecordStatus = choice(BillingRecordStatus, default=BillingRecordStatus.DRAFT)
    billing_date: date
    accounting_date: date | None = None
    po_number: str | None = None
    invoice_reference: str | None = None
    corrects_id: int | None = refers_to("billing_record.id", optional=True)
    row_version: int = Field(default=1, sa_type=BigInteger)
    created_at: datetime = instant()
    created_by: str
    confirmed_at: datetime | None = instant(optional=True)
    posted_at: datetime | None = instant(optional=True)
    deleted_at: datetime | None = instant(optional=True)


class BillingRecordLineRow(SQLModel, table=True):
    """One thing billed. On a draft a line of worked time follows the value of its actual; confirming freezes it."""

    __tablename__ = "billing_record_line"
    __table_args__ = (
        one_of("transaction_class", TransactionClass),
        one_of("billing_type", BillingType),
        Index(None, "billing_record_id"),
        Index(None, "project_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    billing_record_id: int = refers_to("billing_record.id")
    contract_line_id: int | None = refers_to("contract_line.id", optional=True)
    project_id: int | None = refers_to("project.id", optional=True)
    task_id: int | None = refers_to("task.id", optional=True)
    transaction_class: TransactionClass = choice(TransactionClass)
    billing_type: BillingType = choice(BillingType, default=BillingType.CHARGEABLE)
    quantity: int = Field(default=0, sa_type=BigInteger)
    amount_minor: int = minor()
    description: str = ""
    transaction_date: date | None = None


class BillingClaimRow(SQLModel, table=True):
    """A billing record's hold on one actual or on one task's fixed amount: at most one live claim each (unique)."""

    __tablename__ = "billing_claim"
    __table_args__ = (
        CheckConstraint("num_nonnulls(actual_id, task_id) = 1", name="one_unit"),
        Index("uq_billing_claim_actual_live", "actual_id", unique=True, postgresql_where=text("released_at IS NULL")),
        Index("uq_billing_claim_task_live", "task_id", unique=True, postgresql_where=text("released_at IS NULL")),
        Index(None, "billing_record_line_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    billing_record_line_id: int = refers_to("billing_record_line.id")
    actual_id: int | None = refers_to("actual.id", optional=True)
    task_id: int | None = refers_to("task.id", optional=True)
    claimed_at: datetime = instant()
    released_at: datetime | None = instant(optional=True)
