"""What happened, for subscribers; who did what, for auditors; what was answered, for those who ask twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.columns import document, instant, key, refers_to


class EventRow(SQLModel, table=True):
    """An event. ``seq`` is given after the commit, in the order events became visible, without gaps.

    So a client that has seen ``seq`` n has seen everything up to n (docs/decisions/0006-events-after-the-commit.md).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_unpublished", "id", postgresql_where=text("seq IS NULL")),
        UniqueConstraint("seq"),
    )

    id: int = key()
    seq: int | None = Field(default=None, sa_type=BigInteger)
    organisation_id: int = refers_to("organisation.id")
    topic: str
    project_id: int | None = Field(default=None, sa_type=BigInteger)
    entity_id: int | None = Field(default=None, sa_type=BigInteger)
    payload: dict[str, object] = document()
    recorded_at: datetime = instant()


class AuditRow(SQLModel, table=True):
    """Who changed what, when, why; before and after. Appended only."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "organisation_id", "entity", "entity_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    actor: str
    action: str
    entity: str
    entity_id: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = ""
    before: dict[str, object] | None = document(optional=True)
    after: dict[str, object] | None = document(optional=True)
    recorded_at: datetime = instant()


class IdempotencyRow(SQLModel, table=True):
    """The answer given to a mutation, by its key: same key and body gets it again, same key and other body an error."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("organisation_id", "subject", "key"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    subject: str
    key: str
    body_sha256: str
    answer: dict[str, object] | None = document(optional=True)
    recorded_at: datetime = instant()
