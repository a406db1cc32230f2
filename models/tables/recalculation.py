"""Recalculations: who asked for what and why, and what came of it for each project."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.columns import choice, document, instant, key, one_of, refers_to


class RunKind(StrEnum):
    """RECALCULATION rates again, PREVIEW says what that would change, UNDO takes one back."""

    RECALCULATION = "RECALCULATION"
    PREVIEW = "PREVIEW"
    UNDO = "UNDO"


class RunStatus(StrEnum):
    """FAILED: it went through all projects, and for some of them it could not be done."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ProjectOutcome(StrEnum):
    """What a run did for one project: all of it (DONE) or nothing (the rest).

    PENDING: not yet its turn. SKIPPED: nothing in it to rate. CHANGED: not what the preview had shown any more.
    """

    PENDING = "PENDING"
    DONE = "DONE"
    SKIPPED = "SKIPPED"
    FORBIDDEN = "FORBIDDEN"
    MISSING = "MISSING"
    FAILED = "FAILED"
    CHANGED = "CHANGED"
    CANCELLED = "CANCELLED"


class RecalculationRunRow(SQLModel, table=True):
    """One recalculation, preview or undo. ``of_run_id``: the preview it commits, or the run it takes back."""

    __tablename__ = "recalculation_run"
    __table_args__ = (
        one_of("status", RunStatus),
        one_of("kind", RunKind),
        # One undo per run, and one commit per preview.
        Index("uq_recalculation_run_of", "of_run_id", unique=True, postgresql_where=text("status <> 'CANCELLED'")),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    kind: RunKind = choice(RunKind, default=RunKind.RECALCULATION)
    requested_by: str
    reason: str = ""
    scope: dict[str, object] = document()
    status: RunStatus = choice(RunStatus, default=RunStatus.QUEUED)
    of_run_id: int | None = refers_to("recalculation_run.id", optional=True)
    started_at: datetime = instant()
    finished_at: datetime | None = instant(optional=True)
    cancel_requested_at: datetime | None = instant(optional=True)


def _count() -> Any:
    return Field(default=0, sa_type=BigInteger)


class RecalculationProjectRow(SQLModel, table=True):
    """One project of a run; without a project_id: general time. Deltas in minor units of ``currency``.

    ``entries``: those in scope. ``digest`` names what changes: entries, old and new values.
    Projects that are not there are kept as well, so that each one asked for has its answer.
    """

    __tablename__ = "recalculation_project"
    __table_args__ = (
        one_of("outcome", ProjectOutcome),
        UniqueConstraint("run_id", "project_id", postgresql_nulls_not_distinct=True),
        Index("ix_recalculation_project_pending", "run_id", "id", postgresql_where=text("outcome = 'PENDING'")),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    run_id: int = refers_to("recalculation_run.id")
    project_id: int | None = Field(default=None, sa_type=BigInteger)
    outcome: ProjectOutcome = choice(ProjectOutcome, default=ProjectOutcome.PENDING)
    currency: str | None = None
    entries: int = _count()
    changed: int = _count()
    unchanged: int = _count()
    frozen: int = _count()
    cost_delta_minor: int = _count()
    revenue_delta_minor: int = _count()
    code: str = ""
    message: str = ""
    digest: str = ""
    finished_at: datetime | None = instant(optional=True)
