"""Rate freezes and period locks against moves, deletions and another customer (§4.7, §10 P4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from hourledger.core.errors import HourledgerError
from hourledger.core.periods import Period
from hourledger.core.work import RevenueType
from hourledger.core.work_locks import FrozenSide
from hourledger.services.copy_task import Copy, copy_task
from hourledger.services.delete_project import delete_project
from hourledger.services.delete_task import delete_task
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.lock_work import freeze_rates, lock_period
from hourledger.services.move_task import Move, move_task
from hourledger.services.set_project_company import set_project_company
from tests.services.structure_house import House, house, rolled_back

__all__ = ["house"]

IN_JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


@pytest.mark.parametrize("frozen", ["PORTAL", "USD", None])
@pytest.mark.parametrize("side", list(FrozenSide))
async def test_p4_hours_that_move_to_another_project_are_rated_as_its_work_is_whatever_was_frozen(
    house: House,
    side: FrozenSide,
    frozen: str | None,
) -> None:
    """What a freeze keeps is what that work was worth: 50 and 100 EUR an hour are not so many USD, at 2 to the EUR."""
    task = await house.task("Work")
    entry = await house.log(task, 2)
    await freeze_rates(
        house.unit, None if frozen is None else house.projects[frozen], IN_JUNE, side, reason="June is told"
    )
    await move_task(house.unit, task, Move(house.projects["USD"]))
    assert await house.worth(entry) == (200_00, 400_00)
    await house.require_sound()
    await house.bill_bob_at("300")
    await move_task(house.unit, task, Move(house.projects["PORTAL"]))
    assert await house.worth(entry) == (100_00, 600_00)
    await house.require_sound()


@pytest.mark.parametrize("side", list(FrozenSide))
async def test_p4_hours_of_a_deleted_project_are_general_time_in_the_currency_of_the_books(
    house: House,
    side: FrozenSide,
) -> None:
    entry = await house.log(await house.task("Work", project="USD"), 2, project="USD")
    assert await house.worth(entry) == (200_00, 400_00)
    await freeze_rates(house.unit, None, IN_JUNE, side, reason="June is told")
    await delete_project(house.unit, house.projects["USD"])
    assert await house.worth(entry) == (100_00, 0)
    await house.require_sound()


@pytest.mark.parametrize("side", list(FrozenSide))
async def test_p4_hours_of_a_deleted_task_are_rated_as_work_on_its_project_and_can_say_why(
    house: House,
    side: FrozenSide,
) -> None:
    """As when somebody edits their task: nothing can explain an amount by a task that they are not on."""
    task = await house.task("Work", RevenueType.FIXED_HOURLY)
    entry = await house.log(task, 2)
    assert await house.worth(entry) == (100_00, 180_00)
    await freeze_rates(house.unit, None, IN_JUNE, side, reason="June is told")
    await delete_task(house.unit, task)
    assert await house.worth(entry) == (100_00, 200_00)
    assert (await explain_entry(house.unit, entry)).replays
    await house.require_sound()


MOVES: dict[str, tuple[Callable[[House, dict[str, int]], Awaitable[Any]], bool]] = {
    "moved to another project": (lambda it, ids: move_task(it.unit, ids["task"], Move(it.projects["EUR"])), True),
    "moved into the locked one": (lambda it, ids: move_task(it.unit, ids["other"], Move(it.world.portal)), True),
    "moved below a task": (lambda it, ids: move_task(it.unit, ids["task"], Move(under_task_id=ids["above"])), False),
    "its expenses stay behind": (
        lambda it, ids: move_task(it.unit, ids["task"], Move(under_task_id=ids["above"], keeps_expenses=False)),
        True,
    ),
    "an expense moves": (lambda it, ids: move_task(it.unit, ids["spent"], Move(it.projects["EUR"])), True),
    "planned work moves": (lambda it, ids: move_task(it.unit, ids["above"], Move(it.projects["EUR"])), False),
    "work of July moves": (lambda it, ids: move_task(it.unit, ids["july"], Move(it.projects["EUR"])), False),
    "the task is deleted": (lambda it, ids: delete_task(it.unit, ids["task"]), True),
    "an expense loses its task": (lambda it, ids: delete_task(it.unit, ids["spent"]), True),
    "work of July is deleted": (lambda it, ids: delete_task(it.unit, ids["july"]), False),
    "the project is deleted": (lambda it, _: delete_project(it.unit, it.world.portal), True),
    "another customer": (lambda it, _: set_project_company(it.unit, it.world.portal, it.world.robotics), True),
    "no customer": (lambda it, _: set_project_company(it.unit, it.world.portal, None), True),
    "a customer of another project": (
        lambda it, _: set_project_company(it.unit, it.projects["EUR"], it.world.robotics),
        False,
    ),
    "copied": (lambda it, ids: copy_task(it.unit, ids["spent"], Copy(with_expenses=True)), False),
}


@pytest.mark.parametrize("name", MOVES)
async def test_p4_work_of_a_locked_period_goes_nowhere_and_is_booked_to_nobody_else(
    house: House,
    name: str,
) -> None:
    """The refusal names the lock's days, its reason and who can lift it; what lies outside goes where it likes."""
    attempt, is_refused = MOVES[name]
    ids = {one: await house.task(one) for one in ("task", "above", "spent", "july")}
    ids["other"] = await house.task("other", project="EUR")
    await house.log(ids["task"], 2)
    await house.expense(ids["task"], 50_00)
    await house.expense(ids["spent"], 50_00)
    await house.log(ids["july"], 1, on=date(2026, 7, 1))
    await house.log(ids["other"], 1, project="EUR")
    await lock_period(house.unit, house.world.portal, IN_JUNE, reason="June is reported")
    before = await house.everything()
    if not is_refused:
        await attempt(house, ids)
        assert await house.everything() != before
        await house.require_sound()
        return
    with pytest.raises(HourledgerError) as caught:
        await rolled_back(house.unit, attempt(house, ids))
    assert caught.value.code == "PERIOD_LOCKED"
    assert "June is reported" in caught.value.message
    assert "lift the lock" in caught.value.message
    assert await house.everything() == before
