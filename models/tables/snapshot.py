"""Snapshots: all that a project's money was made of at one instant. Nothing ever changes in them (trigger)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hourledger.core.snapshots import FactKind
from models.tables.columns import choice, document, instant, key, one_of, refers_to


class SnapshotRow(SQLModel, table=True):
    """Of a project, with what it was called and its currency then."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    name: str
    project_code: str
    currency: str
    taken_on: date
    taken_at: datetime = instant()
    taken_by: str


class SnapshotFactRow(SQLModel, table=True):
    """One thing in a snapshot: ``key`` says which among its kind, in every snapshot alike; ``label`` is for people.

    ``facts``: its fields as ``core.snapshots`` writes them; names are kept beside ids, for what they name may be gone.
    ``place``: where it stands in the snapshot, from 0.
    """

    __tablename__ = "snapshot_fact"
    __table_args__ = (
        one_of("kind", FactKind),
        UniqueConstraint("snapshot_id", "kind", "key"),
        UniqueConstraint("snapshot_id", "place"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    snapshot_id: int = refers_to("snapshot.id")
    place: int = Field()
    kind: FactKind = choice(FactKind)
    key: str
    label: str
    facts: dict[str, Any] = document()
