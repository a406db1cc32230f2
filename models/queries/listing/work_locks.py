"""Rate freezes and period locks as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hourledger.core.work_locks import FrozenSide, WorkLockKind
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class WorkLockView:
    """``last_day`` belongs to it. Without a project: of all projects. The last three are None while it is in force."""

    id: int
    project_id: int | None
    kind: WorkLockKind
    side: FrozenSide
    first_day: date | None
    last_day: date | None
    reason: str
    locked_at: datetime
    locked_by: str
    released_at: datetime | None
    released_by: str | None
    release_reason: str | None

    @property
    def is_in_force(self) -> bool:
        return self.released_at is None


_CASTS = {"kind": WorkLockKind, "side": FrozenSide}

WORK_LOCKS = Listing(
    name="work_locks",
    row=WorkLockView,
    alias="l",
    columns="l.id, l.project_id, l.kind, l.side, l.valid_from AS first_day, l.valid_until - 1 AS last_day, l.reason, "
    "l.locked_at, l.locked_by, l.released_at, l.released_by, l.release_reason",
    source="work_lock l",
    order=(("l.id", "bigint"),),
    descending=True,
    casts=_CASTS,
)

OF_PROJECT = "(l.project_id = :project OR l.project_id IS NULL)"
IN_FORCE = "(l.released_at IS NULL) = :in_force"

LOCKS_OF_PROJECT = Listing(
    name="locks_of_project",
    row=WorkLockView,
    alias="l",
    columns=WORK_LOCKS.columns,
    source="""(
        SELECT p.id AS held_project_id, w.* FROM project p
        JOIN work_lock w ON w.organisation_id = p.organisation_id AND (w.project_id = p.id OR w.project_id IS NULL)
    ) l""",
    order=(("l.id", "bigint"),),
    descending=True,
    where="l.released_at IS NULL",
    casts=_CASTS,
)
"""Read by ``l.held_project_id``: what is in force on a project, with what holds all of them."""
