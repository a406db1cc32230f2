"""Write the actuals of work anew when what it may be billed as, or to whom, has changed. Its value stays (C-02)."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.services.period_locks import require_open_work
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals, structure
from models.queries.rebooking import hours_billed_otherwise, lock_movable, lock_movable_expenses
from models.queries.work_locks import keep_work_locks


async def rebook_entries(unit: UnitOfWork, entry_ids: Sequence[int]) -> list[int]:
    """Of these entries, those that nothing holds: their actuals are reversed and written as they are now.

    Returns the ids that were rebooked. What is on a billing record or in a locked period stays as it is.
    """
    movable = await lock_movable(unit.session, unit.organisation_id, entry_ids)
    standing = await actuals.standing_of_entries(unit.session, unit.organisation_id, movable)
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)
    await actuals.append_for_entries(unit.session, unit.organisation_id, movable, at=unit.now)
    return movable


async def rebook_project(unit: UnitOfWork, project_id: int) -> None:
    """All hours and expenses of a project that are on no billing record, likewise, after its contract has changed.

    All or nothing: work that stayed with the customer of before could not be billed together with the rest.

    Raises NotAllowed PERIOD_LOCKED.
    """
    await keep_work_locks(unit.session, unit.organisation_id)  # before any work is locked, as logging does
    work = await structure.lock_work_of_project(unit.session, unit.organisation_id, project_id)
    await require_open_work(unit, work, [project_id], "companyId")
    await rebook_entries(unit, work.entries)
    expenses = await lock_movable_expenses(unit.session, unit.organisation_id, project_id)
    standing = await actuals.standing_of_expenses(unit.session, unit.organisation_id, expenses)
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)
    await actuals.append_for_expenses(unit.session, unit.organisation_id, expenses, at=unit.now)


async def follow_assignments(unit: UnitOfWork, task_ids: Sequence[int]) -> list[int]:
    """Once the assignments of these tasks have changed: hours that another row speaks for now are booked as it says.

    Returns the ids that were rebooked; none where nothing has changed for them.
    """
    await unit.session.flush()
    stale = await hours_billed_otherwise(unit.session, unit.organisation_id, task_ids)
    return await rebook_entries(unit, stale) if stale else []
