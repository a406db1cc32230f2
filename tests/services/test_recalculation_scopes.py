"""Which hours a recalculation is about: those that fit all parts of its scope, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hourledger.core.periods import Period
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.create_project import create_project
from hourledger.services.log_time import edit_time
from hourledger.services.move_task import Move, move_task
from models.tables import RunStatus
from tests.services.run_house import JULY, JUNE, Hours, RunHouse, hours, house
from tests.support.world import World

__all__ = ["hours", "house"]

Choose = Callable[[World, Hours], RecalculationScope]
Scope = RecalculationScope
_LATE, _EARLY, _ONE_DAY = Period.inclusive(JULY, None), Period.inclusive(None, JUNE), Period.inclusive(JULY, JULY)
SCOPES: list[tuple[str, Choose, Callable[[Hours], set[int]]]] = [
    # which                 scope                                                      the hours it is about
    ("all, general time too", lambda _w, _h: Scope(),                                  lambda h: h.all),
    ("of a project",        lambda w, _h: Scope(project_ids=(w.portal,)),              lambda h: h.on_portal),
    ("of a customer",       lambda w, _h: Scope(company_ids=(w.robotics,)),            lambda h: {h.in_dollars}),
    ("of a person",         lambda _w, h: Scope(person_ids=(h.eve,)),                  lambda h: {h.of_eve}),
    ("of a role",           lambda w, _h: Scope(role_ids=(w.role,)),                   lambda h: h.all - {h.of_eve}),
    ("from a day",          lambda _w, _h: Scope(days=_LATE),                          lambda h: {h.july}),
    ("up to a day",         lambda _w, _h: Scope(days=_EARLY),                         lambda h: h.all - {h.july}),
    ("on one day",          lambda _w, _h: Scope(days=_ONE_DAY),                       lambda h: {h.july}),
    ("single ones",         lambda _w, h: Scope(time_entry_ids=(h.june, h.general)),   lambda h: {h.june, h.general}),
    ("where all parts fit", lambda w, _h: Scope(project_ids=(w.portal,), person_ids=(w.person,), days=_LATE),
                                                                                       lambda h: {h.july}),
    ("where none fits all", lambda w, h: Scope(project_ids=(w.dashboard,), person_ids=(h.eve,)), lambda _h: set()),
]  # fmt: skip


@pytest.mark.parametrize(("choose", "expected"), [one[1:] for one in SCOPES], ids=[one[0] for one in SCOPES])
async def test_a_scope_is_exactly_the_hours_that_fit_all_of_its_parts(
    house: RunHouse, hours: Hours, choose: Choose, expected: Callable[[Hours], set[int]]
) -> None:
    await hours.cost_more()
    before = await house.worth()
    run = await house.runs.recalculate(choose(house.world, hours))
    assert await house.runs.status(run) is RunStatus.DONE
    assert await house.valued_by(run) == expected(hours)
    after = await house.worth()
    assert {one for one in after if after[one] != before[one]} == expected(hours)
    done = (await house.runs.outcomes(run)).values()
    assert sum(one.entries for one in done) == sum(one.changed for one in done) == len(expected(hours))


async def test_a_scope_by_stored_rate_is_the_hours_that_are_worth_what_they_are_because_of_it(
    house: RunHouse, hours: Hours
) -> None:
    line = "SELECT w.{}_rate_line_id FROM time_entry e JOIN rating_reason w ON w.id = e.reason_id WHERE e.id = {}"
    ((cost_of_eve,),) = await house.rows(line.format("cost", hours.of_eve))
    ((billing_of_bob,),) = await house.rows(line.format("revenue", hours.june))
    await hours.cost_more()
    first = await house.runs.recalculate(Scope(rate_line_ids=(cost_of_eve,)))
    assert await house.valued_by(first) == {hours.of_eve}
    second = await house.runs.recalculate(Scope(rate_line_ids=(cost_of_eve, billing_of_bob)))
    # General time earns nothing, and Eve's hour is worth what it is because of another line by now.
    assert await house.valued_by(second) == {hours.june, hours.july, hours.in_dollars}


async def test_only_new_leaves_what_a_recalculation_has_valued_since_it_was_logged_or_edited(
    house: RunHouse, hours: Hours
) -> None:
    await hours.cost_more(by=10)
    await house.runs.recalculate([house.world.portal])
    async with house.begin() as unit:
        await edit_time(unit, hours.july, seconds=3600, work_date=JULY, note="")
    await hours.cost_more(by=20)
    run = await house.runs.recalculate(Scope(only_new=True))
    assert await house.valued_by(run) == {hours.july, hours.in_dollars, hours.general}


async def test_only_new_knows_what_was_recalculated_before_its_share_of_a_cap_moved(house: RunHouse) -> None:
    task = await house.capped_task("250")
    (late,) = await house.on_task(task, (JULY, 2))
    await house.bob_costs_more(10)
    await house.runs.recalculate()
    (early,) = await house.on_task(task, (JUNE, 2))  # 220, so that 30 is left
    assert await house.rows(f"SELECT revenue_minor FROM time_entry WHERE id = {late}") == [(3000,)]
    await house.bob_costs_more(20)
    run = await house.runs.recalculate(Scope(only_new=True))
    ((rated,),) = await house.rows(
        f"SELECT array_agg(time_entry_id) FROM valuation WHERE run_id = {run} AND cause = 'RECALCULATED'"
    )
    assert rated == [early]


async def test_only_new_takes_what_was_moved_to_another_project(house: RunHouse, hours: Hours) -> None:
    async with house.begin() as unit:
        await move_task(
            unit,
            house.world.build,
            Move(project_id=await create_project(unit, code="OTHER", name="Other", company_id=house.world.museum)),
        )
    await hours.cost_more()
    assert {hours.june, hours.july} <= await house.valued_by(await house.runs.recalculate(Scope(only_new=True)))
