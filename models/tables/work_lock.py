"""Days on which work, or what it is worth, stays as it is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hourledger.core.work_locks import FrozenSide, WorkLockKind
from models.tables.columns import choice, instant, key, one_of, refers_to


class WorkLockRow(SQLModel, table=True):
    """A rate freeze or a period lock. Without a project it holds all of them; without a bound it is open on that side.

    Never edited: lifting it fills the last three fields, once (trigger). Triggers refuse work in a locked period.
    """

    __tablename__ = "work_lock"
    __table_args__ = (
        one_of("kind", WorkLockKind),
        one_of("side", FrozenSide),
        CheckConstraint("kind = 'RATE_FREEZE' OR side = 'BOTH'", name="period_lock_keeps_both"),
        CheckConstraint("kind = 'RATE_FREEZE' OR valid_until IS NOT NULL", name="period_lock_ends"),
        CheckConstraint("valid_from < valid_until", name="period"),
        CheckConstraint(
            "num_nonnulls(released_at, released_by, release_reason) IN (0, 3)", name="released_with_name_and_reason"
        ),
        Index(
            "uq_work_lock_in_force",
            "organisation_id",
            "project_id",
            "valid_from",
            "valid_until",
            "kind",
            "side",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int | None = refers_to("project.id", optional=True)
    kind: WorkLockKind = choice(WorkLockKind)
    side: FrozenSide = choice(FrozenSide, default=FrozenSide.BOTH)
    valid_from: date | None = None
    valid_until: date | None = None
    reason: str
    locked_at: datetime = instant()
    locked_by: str
    released_at: datetime | None = instant(optional=True)
    released_by: str | None = Field(default=None)
    release_reason: str | None = Field(default=None)
