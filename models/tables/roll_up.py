"""What projects and tasks sum to, kept by the database itself (docs/decisions/0010-roll-ups.md).

Nobody writes these tables but the triggers of migration 0009 and models.queries.roll_ups. They refer to nothing, so
that keeping a sum locks no project and no task.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.columns import key


def _figure() -> Any:
    """A sum, or what is added to it: seconds, or minor units of the project's currency."""
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


class Figures(SQLModel):
    """What is summed of one task, or of what is on no task of a project (task_id None).

    ``entries`` to ``revenue_minor`` are of live time entries. ``unbilled_minor`` is open unbilled sales on no billing
    record; ``draft_minor`` the chargeable lines of records that are not posted yet, ``billed_minor`` of posted ones.
    The rest is expenses.
    """

    organisation_id: int = Field(sa_type=BigInteger)
    project_id: int = Field(sa_type=BigInteger)
    task_id: int | None = Field(default=None, sa_type=BigInteger)
    entries: int = _figure()
    seconds: int = _figure()
    cost_minor: int = _figure()
    revenue_minor: int = _figure()
    unbilled_minor: int = _figure()
    draft_minor: int = _figure()
    billed_minor: int = _figure()
    planned_billable_minor: int = _figure()
    planned_non_billable_minor: int = _figure()
    actual_billable_minor: int = _figure()
    actual_non_billable_minor: int = _figure()


class RollUpRow(Figures, table=True):
    """The sums as they were last folded. Pages keep room for a second version, and no index touches a sum."""

    __tablename__ = "roll_up"
    __table_args__ = (
        UniqueConstraint("project_id", "task_id", postgresql_nulls_not_distinct=True),
        {"postgresql_with": {"fillfactor": 48}},
    )

    id: int = key()


class RollUpDeltaRow(Figures, table=True):
    """What one statement added to the sums. Appended with the change, gone once it is folded."""

    __tablename__ = "roll_up_delta"
    __table_args__ = (
        Index(None, "project_id"),
        # Rows come and go: clean up by their number, for there is never a size to take a share of.
        {"postgresql_with": {"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 1000}},
    )

    id: int = key()
