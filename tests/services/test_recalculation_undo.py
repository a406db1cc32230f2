"""Taking a recalculation back: exactly what was there, but for what was billed, edited, rated or locked since."""

from __future__ import annotations

from datetime import date

import pytest

from hourledger.core.periods import Period
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work_locks import FrozenSide
from hourledger.services.lock_work import freeze_rates, lock_period
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from models.queries.roll_ups import roll_up_differences
from models.tables import ProjectOutcome, RunStatus
from tests.services.run_house import JULY, JUNE, Hours, RunHouse, hours, house
from tests.support.world import log

__all__ = ["hours", "house"]

DONE = ProjectOutcome.DONE


async def test_undoing_gives_back_exactly_what_was_there_general_time_too(house: RunHouse, hours: Hours) -> None:
    """The amounts, the reasons, and the instants at which the rates were found."""
    told = (
        "SELECT e.id, e.cost_minor, e.revenue_minor, e.uncapped_revenue_minor, e.reason_id, v.rated_at "
        "FROM time_entry e JOIN valuation v ON v.id = e.valuation_id ORDER BY e.id"
    )
    await house.logs_under_caps_locks_and_bills()
    before = await house.rows(told)
    await hours.cost_more()
    run = await house.runs.recalculate()
    assert await house.rows(told) != before
    undo = await house.runs.undo(run)
    assert await house.runs.status(undo) is RunStatus.DONE
    assert await house.rows(told) == before
    did, undid = await house.runs.outcomes(run), await house.runs.outcomes(undo)
    assert undid.keys() == did.keys()
    for project in did:
        assert (undid[project].outcome, undid[project].changed) == (DONE, did[project].changed)
        assert undid[project].cost_delta_minor == -did[project].cost_delta_minor
        assert undid[project].revenue_delta_minor == -did[project].revenue_delta_minor
        back = [(one.cost_after_minor, one.revenue_after_minor) for one in await house.runs.changes(undo, project)]
        were = [(one.cost_before_minor, one.revenue_before_minor) for one in await house.runs.changes(run, project)]
        assert back == were
    async with house.database.session() as session:
        assert not await roll_up_differences(session)


async def test_a_run_over_general_time_alone_can_be_undone(house: RunHouse, hours: Hours) -> None:
    await hours.cost_more()
    run = await house.runs.recalculate(RecalculationScope(time_entry_ids=(hours.general,)))
    found = (await house.runs.outcomes(await house.runs.undo(run)))[None]
    assert (found.outcome, found.changed, found.currency, found.cost_delta_minor) == (DONE, 1, "EUR", -5000)


async def test_undoing_leaves_what_was_billed_edited_rated_again_or_deleted_since_and_counts_them(
    house: RunHouse,
) -> None:
    async with house.begin() as unit:
        billed = await log(unit, house.world, "1", date(2026, 6, 1))
        edited = await log(unit, house.world, "1", date(2026, 6, 2))
        rated = await log(unit, house.world, "1", date(2026, 6, 3))
        deleted = await log(unit, house.world, "1", date(2026, 6, 4))
        untouched = await log(unit, house.world, "1", date(2026, 6, 4))
    await house.bob_costs_more(10)
    run = await house.runs.recalculate()
    async with house.begin() as unit:
        new = await log(unit, house.world, "1", date(2026, 6, 5))
        await edit_time(unit, edited, seconds=7200, work_date=date(2026, 6, 2), note="")
        await delete_time(unit, deleted)
    await house.bill(date(2026, 6, 1))
    await house.bob_costs_more(20)
    await house.runs.recalculate(RecalculationScope(time_entry_ids=(rated,)))
    found = (await house.runs.outcomes(await house.runs.undo(run)))[house.world.portal]
    assert (found.outcome, found.entries, found.changed, found.unchanged, found.frozen) == (DONE, 4, 1, 2, 1)
    assert (found.cost_delta_minor, found.revenue_delta_minor) == (-1000, -1000)
    assert await house.revenue() == {
        billed: 11000,
        edited: 22000,
        rated: 12000,
        untouched: 10000,
        new: 11000,
    }


@pytest.mark.parametrize("side", [*FrozenSide, None], ids=str)
async def test_undoing_changes_nothing_that_a_work_lock_holds(house: RunHouse, side: FrozenSide | None) -> None:
    """Both sides differ, so whichever is frozen keeps the hour whole; ``side`` None: the period is locked."""
    async with house.begin() as unit:
        held = await log(unit, house.world, "1", JUNE)
        free = await log(unit, house.world, "1", JULY)
    await house.bob_costs_more(10)
    run = await house.runs.recalculate()
    async with house.begin() as unit:
        if side is None:
            await lock_period(unit, None, Period.inclusive(None, JUNE), reason="reported")
        else:
            await freeze_rates(unit, None, Period.inclusive(None, JUNE), side, reason="reported")
    found = (await house.runs.outcomes(await house.runs.undo(run)))[house.world.portal]
    assert (found.changed, found.frozen) == (1, 1)
    assert await house.worth() == {held: (6000, 11000), free: (5000, 10000)}


async def test_undoing_gives_back_the_side_that_was_not_frozen_when_the_run_came(house: RunHouse) -> None:
    """A month whose cost was reported, recalculated with a wrong billing rate."""
    async with house.begin() as unit:
        hour = await log(unit, house.world, "1", JUNE)
        await freeze_rates(unit, None, Period.inclusive(None, JUNE), FrozenSide.COST, reason="reported")
    await house.bob_costs_more(10)
    run = await house.runs.recalculate()
    assert await house.worth() == {hour: (5000, 11000)}
    found = (await house.runs.outcomes(await house.runs.undo(run)))[house.world.portal]
    assert (found.changed, found.frozen, found.cost_delta_minor, found.revenue_delta_minor) == (1, 0, 0, -1000)
    assert await house.worth() == {hour: (5000, 10000)}


async def test_c05_the_cap_is_right_after_an_undo_that_covers_part_of_a_task(house: RunHouse) -> None:
    """Cap 400. 2 h each on three days: at 100 an hour 200, 200, 0; at 150 an hour 300, 100, 0."""
    task = await house.capped_task("400")
    first, second, third = await house.on_task(
        task, (date(2026, 6, 1), 2), (date(2026, 6, 2), 2), (date(2026, 6, 3), 2)
    )
    await house.bob_costs_more(50)
    run = await house.runs.recalculate([house.world.portal])
    assert await house.revenue() == {first: 30000, second: 10000, third: 0}
    async with house.begin() as unit:
        await edit_time(unit, second, seconds=3600, work_date=date(2026, 6, 2), note="")  # rated at 150 by itself
    assert await house.revenue() == {first: 30000, second: 10000, third: 0}
    undo = await house.runs.undo(run)
    # 200 at the old rate, 150 at the new one, and what is left of 400.
    assert await house.revenue() == {first: 20000, second: 15000, third: 5000}
    found = (await house.runs.outcomes(undo))[house.world.portal]
    assert (found.entries, found.unchanged, found.frozen, found.revenue_delta_minor) == (3, 1, 0, 0)
    assert found.changed == 3 == len(await house.runs.changes(undo, house.world.portal))
    assert await house.rows(
        f"SELECT time_entry_id, cause FROM valuation WHERE run_id = {undo} ORDER BY time_entry_id"
    ) == [(first, "UNDONE"), (second, "CAP_MOVED"), (third, "UNDONE")]


async def test_c05_hours_whose_share_of_the_cap_has_moved_since_are_undone_all_the_same(house: RunHouse) -> None:
    task = await house.capped_task("400")
    first, second = await house.on_task(task, (date(2026, 6, 2), 2), (date(2026, 6, 3), 2))
    await house.bob_costs_more(50)
    run = await house.runs.recalculate([house.world.portal])
    (earlier,) = await house.on_task(task, (date(2026, 6, 1), 1))
    assert await house.revenue() == {first: 25000, second: 0, earlier: 15000}
    found = (await house.runs.outcomes(await house.runs.undo(run)))[house.world.portal]
    assert (found.changed, found.unchanged) == (2, 0)
    assert await house.revenue() == {first: 20000, second: 5000, earlier: 15000}
    assert await house.rows(f"SELECT cost_minor FROM time_entry WHERE id = {first}") == [(10000,)]


async def test_c05_billed_revenue_uses_the_cap_first_when_a_run_is_undone(house: RunHouse) -> None:
    task = await house.capped_task("400")
    first, second = await house.on_task(task, (date(2026, 6, 1), 2), (date(2026, 6, 2), 2))
    await house.bob_costs_more(50)
    run = await house.runs.recalculate([house.world.portal])
    await house.bill(date(2026, 6, 1))
    found = (await house.runs.outcomes(await house.runs.undo(run)))[house.world.portal]
    assert (found.changed, found.frozen) == (1, 1)
    assert await house.revenue() == {first: 30000, second: 10000}  # 200 at the old rate, but only 100 is left
    assert await house.rows(f"SELECT cost_minor FROM time_entry WHERE id = {second}") == [(10000,)]


async def test_undoing_what_a_run_valued_first_leaves_it(house: RunHouse) -> None:
    """An hour without any valuation, as one that was restored from somewhere: there is nothing before."""
    async with house.begin() as unit:
        (hour,) = await log_time(unit, [TimeDraft(house.world.person, None, JUNE, 3600)])
    await house.sql(
        "UPDATE time_entry SET valuation_id = NULL, cost_minor = 0",
        "ALTER TABLE valuation DISABLE TRIGGER USER",
        "DELETE FROM valuation",
        "ALTER TABLE valuation ENABLE TRIGGER USER",
    )
    run = await house.runs.recalculate()
    found = (await house.runs.outcomes(await house.runs.undo(run)))[None]
    assert (found.entries, found.changed, found.unchanged) == (1, 0, 1)
    assert await house.worth() == {hour: (5000, 0)}
