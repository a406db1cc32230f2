"""Write the actuals of hours anew when what they may be billed as has changed. Their value stays (C-02)."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.queries.rebooking import lock_movable


async def rebook_entries(unit: UnitOfWork, entry_ids: Sequence[int]) -> list[int]:
    """Of these entries, those that nothing holds: their actuals are reversed and written as they are now.

    Returns the ids that were rebooked. What is on a billing record or in a locked period stays as it is.
    """
    movable = await lock_movable(unit.session, unit.organisation_id, entry_ids)
    standing = await actuals.standing_of_entries(unit.session, unit.organisation_id, movable)
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)
    await actuals.append_for_entries(unit.session, unit.organisation_id, movable, at=unit.now)
    return movable
