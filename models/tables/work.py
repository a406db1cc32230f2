"""Logged work and what it was rated at."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, text
from sqlmodel import Field, SQLModel

from hourledger.core.work import EntryStatus
from models.tables.columns import choice, document, instant, key, minor, of_its_project, one_of, refers_to


def _unrated() -> Any:
    """Minor units, 0 until the entry is rated."""
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class TimeEntryRow(SQLModel, table=True):
    """What happened: a person worked ``seconds`` (negative: a correction) on a calendar day.

    Without a project it is general time (§2.10): it is part of no figures and never billed.

    The last five fields are a projection of the latest valuation. They are rewritten in bulk, so pages keep room for
    a second version of every row and no index touches them (docs/decisions/0003-valuations-and-actuals.md).
    ``is_locked``: a confirmed billing record holds it; the database refuses any change then (C-01), except that a
    valuation with cause BILLED_COST gives it another cost.
    """

    __tablename__ = "time_entry"
    __table_args__ = (
        one_of("status", EntryStatus),
        CheckConstraint("seconds <> 0", name="seconds"),
        CheckConstraint("project_id IS NOT NULL OR task_id IS NULL", name="task_of_a_project"),
        of_its_project(),
        Index(None, "project_id", "work_date"),
        Index(None, "person_id", "work_date"),
        Index(None, "task_id"),
        Index(
            "uq_time_entry_external_live",
            "connection_id",
            "external_id",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        {"postgresql_with": {"fillfactor": 48}},
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    person_id: int = refers_to("person.id")
    project_id: int | None = refers_to("project.id", optional=True)
    task_id: int | None = Field(default=None, sa_type=BigInteger)
    role_id: int | None = refers_to("role.id", optional=True)
    hour_type_id: int = refers_to("hour_type.id")
    work_date: date
    seconds: int = Field(sa_type=BigInteger)
    note: str = ""
    status: EntryStatus = choice(EntryStatus, default=EntryStatus.APPROVED)
    connection_id: int | None = refers_to("connection.id", optional=True)
    external_id: str | None = None
    row_version: int = Field(default=1, sa_type=BigInteger)
    is_locked: bool = False
    logged_at: datetime = instant()
    logged_by: str
    deleted_at: datetime | None = instant(optional=True)
    valuation_id: int | None = Field(default=None, sa_type=BigInteger)
    cost_minor: int = minor()
    revenue_minor: int = minor()
    uncapped_revenue_minor: int = _unrated()
    reason_id: int | None = Field(default=None, sa_type=BigInteger)


class ValuationCause(StrEnum):
    """CAP_MOVED: other hours left it more or less of their task's cap. MOVED: the hour went to another project or, as
    general time, to none. BILLED_COST: the hour is billed, and a recalculation was told to rate its cost again."""

    LOGGED = "LOGGED"
    EDITED = "EDITED"
    CAP_MOVED = "CAP_MOVED"
    MOVED = "MOVED"
    RECALCULATED = "RECALCULATED"
    BILLED_COST = "BILLED_COST"
    UNDONE = "UNDONE"
    DELETED = "DELETED"


class ValuationRow(SQLModel, table=True):
    """One rating of one time entry, appended and never changed. The latest one known at an instant is its value then.

    ``work_date`` and ``seconds`` are what was rated: an edit is another valuation, so the day it was known by stays.

    Amounts are in the project's currency. ``rated_at``: when the rates were looked up, which for a cap that moved or an
    undone recalculation is earlier than ``recorded_at``. ``moved_from_id``: the project that the hour was on until this
    valuation; only with cause MOVED.

    It refers to its entry, run and reason without foreign keys: checking them would double what a recalculation writes.
    None of the three is ever deleted (triggers).
    """

    __tablename__ = "valuation"
    __table_args__ = (
        one_of("cause", ValuationCause),
        CheckConstraint("(moved_from_id IS NOT NULL) = (cause = 'MOVED')", name="moved_from"),
        Index(None, "time_entry_id", "id"),
        Index(None, "moved_from_id", postgresql_where=text("moved_from_id IS NOT NULL")),
    )

    id: int = key()
    organisation_id: int = Field(sa_type=BigInteger)
    time_entry_id: int = Field(sa_type=BigInteger)
    work_date: date
    seconds: int = Field(sa_type=BigInteger)
    currency: str
    cost_minor: int = minor()
    revenue_minor: int = minor()
    uncapped_revenue_minor: int = minor()
    reason_id: int = Field(sa_type=BigInteger)
    cause: ValuationCause = choice(ValuationCause)
    moved_from_id: int | None = refers_to("project.id", optional=True)
    run_id: int | None = Field(default=None, sa_type=BigInteger)
    recorded_at: datetime = instant()
    rated_at: datetime = instant()


class RatingReasonRow(SQLModel, table=True):
    """Why hours are worth what they are, stored once for all of them (hourledger.core.rates.Reason); never changed.

    Not unique: of two who find a new reason at the same moment neither waits for the other, and it is there twice.

    ``provenance`` names policy version, step, rate line and exchange rates of cost and revenue, from which
    services.explain_valuation replays every step tried. ``digest`` is its SHA-256.
    """

    __tablename__ = "rating_reason"
    __table_args__ = (Index(None, "organisation_id", "digest"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    digest: str
    cost_rate_line_id: int | None = refers_to("rate_line.id", optional=True)
    revenue_rate_line_id: int | None = refers_to("rate_line.id", optional=True)
    provenance: dict[str, object] = document()


class ExpenseRow(SQLModel, table=True):
    """A cost that is not labour, on a project or one of its tasks; amounts in the project's currency.

    ``planned_on`` and ``paid_on`` may be empty: then the day it was entered counts (§6). ``deleted_at``: in no figures
    any more; its reversed actuals stay as history.
    """

    __tablename__ = "expense"
    __table_args__ = (one_of("status", EntryStatus), of_its_project(), Index(None, "project_id"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    task_id: int | None = Field(default=None, sa_type=BigInteger)
    expense_type_id: int = refers_to("expense_type.id")
    description: str
    planned_minor: int = minor()
    actual_minor: int = minor()
    planned_units: Decimal | None = Field(default=None, sa_type=Numeric(14, 4))
    actual_units: Decimal | None = Field(default=None, sa_type=Numeric(14, 4))
    planned_on: date | None = None
    paid_on: date | None = None
    is_billable: bool = False
    is_reimbursable: bool = False
    is_reimbursed: bool = False
    status: EntryStatus = choice(EntryStatus, default=EntryStatus.APPROVED)
    is_locked: bool = False
    entered_at: datetime = instant()
    entered_by: str
    deleted_at: datetime | None = instant(optional=True)
