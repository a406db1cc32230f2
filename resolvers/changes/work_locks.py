"""Freezing rates, locking periods, and lifting either."""

from __future__ import annotations

from datetime import date

from hourledger.core.periods import Period
from hourledger.core.work_locks import FrozenSide
from hourledger.services import lock_work
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.work_locks import WORK_LOCKS
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, mutation


@mutation("freezeRates", WORK_LOCKS)
async def freeze_rates(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str | None,
    first_day: date | None,
    last_day: date | None,
    side: FrozenSide,
    reason: str,
) -> Answer:
    project = optional_row_id(project_id, "Project", "projectId")
    made = await lock_work.freeze_rates(unit, project, Period.inclusive(first_day, last_day), side, reason=reason)
    return {"id": made}


@mutation("lockPeriod", WORK_LOCKS)
async def lock_period(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str | None,
    first_day: date | None,
    last_day: date,
    reason: str,
) -> Answer:
    project = optional_row_id(project_id, "Project", "projectId")
    return {"id": await lock_work.lock_period(unit, project, Period.inclusive(first_day, last_day), reason=reason)}


@mutation("releaseWorkLock", WORK_LOCKS)
async def release_work_lock(_context: RequestContext, unit: UnitOfWork, *, work_lock_id: str, reason: str) -> Answer:
    number = row_id(work_lock_id, "WorkLock", "workLockId")
    await lock_work.release_work_lock(unit, number, reason=reason)
    return {"id": number}
