"""Connections to other systems: what was pulled from them, what is being pushed to them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hourledger.core.ledger import DeliveryState
from models.tables.columns import choice, document, instant, key, one_of, refers_to


class ConnectionDirection(StrEnum):
    SOURCE = "SOURCE"
    TARGET = "TARGET"


class ConnectionStatus(StrEnum):
    """ACTIVE: works. NEEDS_ATTENTION: a person must look, ``status_reason`` says at what. PAUSED: switched off."""

    ACTIVE = "ACTIVE"
    NEEDS_ATTENTION = "NEEDS_ATTENTION"
    PAUSED = "PAUSED"


class ConnectionRow(SQLModel, table=True):
    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        one_of("direction", ConnectionDirection),
        one_of("status", ConnectionStatus),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    direction: ConnectionDirection = choice(ConnectionDirection)
    connector: str
    name: str
    config: dict[str, object] = document()
    status: ConnectionStatus = choice(ConnectionStatus, default=ConnectionStatus.ACTIVE)
    status_reason: str | None = None
    cursor: dict[str, object] | None = document(optional=True)
    last_success_at: datetime | None = instant(optional=True)


class SourceRecordStatus(StrEnum):
    """POSTED: is a time entry here. UNMAPPED: a name is not known yet. QUARANTINED: cannot be understood.
    SKIPPED: not wanted. GONE: deleted there. NEEDS_REVERSAL: changed there after it was billed here."""

    POSTED = "POSTED"
    UNMAPPED = "UNMAPPED"
    QUARANTINED = "QUARANTINED"
    SKIPPED = "SKIPPED"
    GONE = "GONE"
    NEEDS_REVERSAL = "NEEDS_REVERSAL"


class SourceRecordRow(SQLModel, table=True):
    """A row of the source as received, what it means, and what became of it. Never deleted."""

    __tablename__ = "source_record"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        one_of("status", SourceRecordStatus),
        Index(
            "ix_source_record_open",
            "connection_id",
            postgresql_where=text("status IN ('UNMAPPED', 'QUARANTINED', 'NEEDS_REVERSAL')"),
        ),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    external_id: str
    raw: dict[str, object] = document()
    entry: dict[str, object] | None = document(optional=True)
    content_hash: str
    status: SourceRecordStatus = choice(SourceRecordStatus)
    reason_code: str | None = None
    reason: str | None = None
    time_entry_id: int | None = refers_to("time_entry.id", optional=True)
    first_seen_at: datetime = instant()
    last_changed_at: datetime = instant()
    deleted_at: datetime | None = instant(optional=True)


class LinkKind(StrEnum):
    PERSON = "PERSON"
    PROJECT = "PROJECT"
    TASK = "TASK"


class ExternalLinkRow(SQLModel, table=True):
    """What a name of the other system is here. Exactly one of the targets is set. Tasks are named within a project."""

    __tablename__ = "external_link"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "parent_name", "external_name", postgresql_nulls_not_distinct=True),
        one_of("kind", LinkKind),
        CheckConstraint("num_nonnulls(person_id, project_id, task_id) = 1", name="one_target"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    kind: LinkKind = choice(LinkKind)
    parent_name: str | None = None
    external_name: str
    person_id: int | None = refers_to("person.id", optional=True)
    project_id: int | None = refers_to("project.id", optional=True)
    task_id: int | None = refers_to("task.id", optional=True)
    method: str
    linked_at: datetime = instant()


class PullRunRow(SQLModel, table=True):
    """One pull: what it saw and did. Health is the age of the last one that succeeded."""

    __tablename__ = "pull_run"
    __table_args__ = (Index(None, "connection_id", "id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    started_at: datetime = instant()
    finished_at: datetime | None = instant(optional=True)
    counts: dict[str, object] = document()
    error_code: str | None = None
    error: str | None = None


class AccountMappingRow(SQLModel, table=True):
    """The other system's code for an account of ours."""

    __tablename__ = "account_mapping"
    __table_args__ = (UniqueConstraint("connection_id", "account_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    account_id: int = refers_to("account.id")
    external_code: str


class PartyMappingRow(SQLModel, table=True):
    """The other system's name for a customer of ours."""

    __tablename__ = "party_mapping"
    __table_args__ = (UniqueConstraint("connection_id", "company_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    company_id: int = refers_to("company.id")
    external_name: str


class DeliveryRow(SQLModel, table=True):
    """A journal entry on its way to one target, under a reference that is never used for other content."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("connection_id", "reference"),
        one_of("state", DeliveryState),
        Index(None, "journal_entry_id"),
        Index(
            "ix_delivery_open",
            "connection_id",
            "id",
            postgresql_where=text("state IN ('PENDING', 'SENDING', 'UNCERTAIN')"),
        ),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    journal_entry_id: int = refers_to("journal_entry.id")
    reference: str
    payload: dict[str, object] | None = document(optional=True)
    payload_sha256: str | None = None
    accounting_date: date
    state: DeliveryState = choice(DeliveryState, default=DeliveryState.PENDING)
    attempts: int = Field(default=0, sa_type=BigInteger)
    next_attempt_at: datetime | None = instant(optional=True)
    remote_id: str | None = None
    remote_number: str | None = None
    error_code: str | None = None
    error: str | None = None
    differences: dict[str, object] | None = document(optional=True)
    created_at: datetime = instant()
    verified_at: datetime | None = instant(optional=True)


class DeliveryAttemptRow(SQLModel, table=True):
    """Every try, appended: the audit trail of what was done to somebody else's books."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (Index(None, "delivery_id", "id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    delivery_id: int = refers_to("delivery.id")
    step: str
    outcome: str
    detail: str = ""
    duration_milliseconds: int | None = None
    recorded_at: datetime = instant()
