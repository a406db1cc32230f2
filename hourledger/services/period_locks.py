"""Whether work may be added, changed or deleted on a day; it stays so until whoever asked is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hourledger.core.work_locks import PeriodLocks
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.structure import Work, days_of_work
from models.queries.work_locks import keep_work_locks, period_locks_of


async def load_period_locks(unit: UnitOfWork, work: Sequence[tuple[int | None, date]]) -> PeriodLocks:
    """The period locks that may hold work on these (project, day); they stay the only ones until we are done.

    Without a project it is general time.
    """
    await keep_work_locks(unit.session, unit.organisation_id)
    projects = {project_id for project_id, _ in work if project_id is not None}
    days = {on for _, on in work}
    return PeriodLocks(await period_locks_of(unit.session, unit.organisation_id, projects, days))


async def require_open_period(unit: UnitOfWork, project_id: int | None, on: date, field: str) -> None:
    """Raises NotAllowed PERIOD_LOCKED."""
    (await load_period_locks(unit, [(project_id, on)])).require_open(project_id, on, field)


async def require_open_work(unit: UnitOfWork, work: Work, project_ids: Sequence[int], field: str) -> None:
    """That all of this work may leave these projects, come to them, or be booked otherwise there.

    The database would refuse it too, but cannot say which lock holds it and who may lift it.
    Raises NotAllowed PERIOD_LOCKED.
    """
    places = [(project_id, on) for on in await days_of_work(unit.session, work) for project_id in project_ids]
    locks = await load_period_locks(unit, places)
    for project_id, on in places:
        locks.require_open(project_id, on, field)
