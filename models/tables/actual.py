"""Actuals: the append-only record of cost, unbilled and billed sales."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hourledger.core.work import AdjustmentStatus, BillingStatus, BillingType, TransactionClass, TransactionType
from models.tables.columns import choice, instant, key, minor, one_of, refers_to


class ActualRow(SQLModel, table=True):
    """One fact of cost or sales. Never edited, only reversed: the pair sums to zero in quantity and amount (I1).

    Quantity is in seconds for time, in pieces otherwise. While an unbilled actual of time stands, it is worth what its
    entry's latest valuation says; ``amount_minor`` is what it was worth when it was appended, and is brought up to date
    by a reversal and a new row before anything final (billing, ledger) builds on it.
    Only ``billing_status``, ``adjustment_status`` and ``description`` may change (trigger).
    """

    __tablename__ = "actual"
    __table_args__ = (
        one_of("transaction_type", TransactionType),
        one_of("transaction_class", TransactionClass),
        one_of("billing_type", BillingType),
        one_of("billing_status", BillingStatus),
        one_of("adjustment_status", AdjustmentStatus),
        CheckConstraint("num_nonnulls(time_entry_id, expense_id) <= 1", name="origin"),
        CheckConstraint("transaction_type = 'COST' OR company_id IS NOT NULL", name="sales_have_a_customer"),
        Index(
            "ix_actual_backlog",
            "project_id",
            postgresql_where=text(
                "transaction_type = 'UNBILLED_SALES' AND adjustment_status = 'STANDS' AND billing_status <> 'POSTED'"
            ),
        ),
        Index(None, "time_entry_id"),
        Index(None, "expense_id"),
        Index("ix_actual_expenses_of_project", "project_id", postgresql_where=text("expense_id IS NOT NULL")),
        Index(None, "reverses_id", unique=True),
        Index(None, "billing_record_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    transaction_type: TransactionType = choice(TransactionType)
    transaction_class: TransactionClass = choice(TransactionClass)
    project_id: int = refers_to("project.id")
    task_id: int | None = refers_to("task.id", optional=True)
    contract_line_id: int | None = refers_to("contract_line.id", optional=True)
    company_id: int | None = refers_to("company.id", optional=True)
    person_id: int | None = refers_to("person.id", optional=True)
    role_id: int | None = refers_to("role.id", optional=True)
    time_entry_id: int | None = refers_to("time_entry.id", optional=True)
    expense_id: int | None = refers_to("expense.id", optional=True)
    quantity: int = Field(sa_type=BigInteger)
    currency: str
    amount_minor: int = minor()
    billing_type: BillingType = choice(BillingType)
    billing_status: BillingStatus = choice(BillingStatus, default=BillingStatus.CREATED)
    adjustment_status: AdjustmentStatus = choice(AdjustmentStatus, default=AdjustmentStatus.STANDS)
    transaction_date: date
    document_date: date
    accounting_date: date
    description: str = ""
    reverses_id: int | None = refers_to("actual.id", optional=True)
    replaces_id: int | None = refers_to("actual.id", optional=True)
    valuation_id: int | None = refers_to("valuation.id", optional=True)
    billing_record_id: int | None = refers_to("billing_record.id", optional=True)
    billing_line_id: int | None = refers_to("billing_record_line.id", optional=True)
    recorded_at: datetime = instant()
