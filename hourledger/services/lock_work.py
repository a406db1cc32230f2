"""Keep what work is worth, or the work itself, on some days: rate freezes and period locks, and lifting them (P4)."""

from __future__ import annotations

from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Conflict, Missing, NotAllowed
from hourledger.core.periods import Period
from hourledger.core.work_locks import FrozenSide, WorkLockKind, require_over
from hourledger.services.checks import require_reason
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.work_locks import take_work_locks
from models.selecting import find_one, select_kept, select_one
from models.tables import ProjectRow, WorkLockRow

_NEEDED = {
    WorkLockKind.RATE_FREEZE: (
        Permission.EDIT_COST_RATES,
        Permission.EDIT_BILLING_RATES,
        Permission.EDIT_GENERAL_FINANCE,
    ),
    WorkLockKind.PERIOD_LOCK: (Permission.CLOSE_PERIODS,),
}
"""What setting and lifting needs: a freeze decides what a recalculation does, so it needs the same (§9.4)."""


async def freeze_rates(
    unit: UnitOfWork, project_id: int | None, period: Period, side: FrozenSide, *, reason: str
) -> int:
    """From now on hours of these days keep the cost, the revenue or both that they have, whatever rates them again.

    ``project_id``: None for all projects and general time. New hours may be logged, and others changed; they are rated
    as usual and are frozen then. Returns the lock's id.

    Raises:
        Missing PROJECT_UNKNOWN; Conflict ALREADY_LOCKED; Invalid REASON_INVALID; Denied.
        Transient WORK_IS_WRITTEN: somebody has been logging or recalculating for long; try again.
    """
    return await _lock(unit, WorkLockKind.RATE_FREEZE, project_id, period, side, reason)


async def lock_period(unit: UnitOfWork, project_id: int | None, period: Period, *, reason: str) -> int:
    """Likewise for both sides; and no hour or expense of these days is logged, changed, moved or deleted any more.

    An expense belongs to the day on which it was paid; one that is only planned, to none. It may all still be billed.
    ``project_id``: None for all projects and general time. Returns the lock's id.

    Raises:
        Invalid PERIOD_NOT_OVER: it has no last day, or that is still to come. And what freeze_rates raises.
    """
    return await _lock(unit, WorkLockKind.PERIOD_LOCK, project_id, period, FrozenSide.BOTH, reason)


async def release_work_lock(unit: UnitOfWork, work_lock_id: int, *, reason: str) -> None:
    """Lift a rate freeze or a period lock. Nothing is rated again by that; the next recalculation does.

    Other locks on the same days go on holding them.

    Raises:
        Missing WORK_LOCK_UNKNOWN; NotAllowed ALREADY_RELEASED; Invalid REASON_INVALID; Denied.
    """
    row = await select_one(unit.session, WorkLockRow, unit.organisation_id, work_lock_id, lock=True)
    if row is None:
        raise Missing(f"There is no work lock {work_lock_id}.", code="WORK_LOCK_UNKNOWN", field="workLockId")
    _require_rights(unit, row.kind)
    if row.released_at is not None:
        raise NotAllowed(
            f"It was lifted by {row.released_by} on {row.released_at:%Y-%m-%d} already.",
            code="ALREADY_RELEASED",
            field="workLockId",
        )
    row.released_at, row.released_by, row.release_reason = unit.now, unit.principal.subject, require_reason(reason)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("release", "work_lock", row.id, reason=row.release_reason, before=_as_json(row))
    unit.emit("WORK_LOCK_RELEASED", project_id=row.project_id, entity_id=row.id, **_as_json(row))


async def _lock(
    unit: UnitOfWork, kind: WorkLockKind, project_id: int | None, period: Period, side: FrozenSide, reason: str
) -> int:
    _require_rights(unit, kind)
    why = require_reason(reason)
    if kind is WorkLockKind.PERIOD_LOCK:
        require_over(period, unit.today)
    # The project before the work locks: who holds the one may be waiting for the other.
    if project_id is not None and await select_kept(unit.session, ProjectRow, unit.organisation_id, project_id) is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    await take_work_locks(unit.session, unit.organisation_id)
    same: dict[str, Any] = {
        "project_id": project_id,
        "kind": kind,
        "side": side,
        "valid_from": period.valid_from,
        "valid_until": period.valid_until,
    }
    there = await find_one(unit.session, WorkLockRow, unit.organisation_id, released_at=None, **same)
    if there is not None:
        raise Conflict(
            f"{there.locked_by} has locked these days in the same way, on {there.locked_at:%Y-%m-%d}: {there.reason}.",
            code="ALREADY_LOCKED",
            work_lock=there.id,
        )
    row = WorkLockRow(
        organisation_id=unit.organisation_id, reason=why, locked_at=unit.now, locked_by=unit.principal.subject, **same
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("lock", "work_lock", row.id, reason=why, after=_as_json(row))
    unit.emit("WORK_LOCKED", project_id=project_id, entity_id=row.id, **_as_json(row))
    return row.id


def _require_rights(unit: UnitOfWork, kind: WorkLockKind) -> None:
    for permission in _NEEDED[kind]:
        unit.require(permission)


def _as_json(row: WorkLockRow) -> dict[str, object]:
    """``last_day`` belongs to it; None: open."""
    period = Period(row.valid_from, row.valid_until)
    return {
        "kind": row.kind.value,
        "side": row.side.value,
        "project": row.project_id,
        "first_day": None if period.valid_from is None else period.valid_from.isoformat(),
        "last_day": None if period.last_day is None else period.last_day.isoformat(),
    }
