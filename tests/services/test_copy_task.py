"""Copying tasks: the plan comes along, hours stay behind, finance and expenses are optional (project-finances §4.7)."""

from __future__ import annotations

import pytest

from hourledger.core.rates import Level
from hourledger.core.work import ProjectStatus, RevenueType, TaskStatus
from hourledger.services.copy_task import Copy, copy_task
from hourledger.services.create_project import assign
from hourledger.services.edit_project import edit_project
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.set_contour import set_contour
from hourledger.services.task_status import set_task_status
from models.queries.planning import contours
from tests.services.structure_house import JUNE, House, house, refused, rolled_back

__all__ = ["house"]


@pytest.mark.parametrize("with_finances", [True, False])
@pytest.mark.parametrize("with_expenses", [True, False])
@pytest.mark.parametrize("to", ["EUR", None])
async def test_4_7_a_copy_has_the_plan_and_no_hours(
    house: House, with_finances: bool, with_expenses: bool, to: str | None
) -> None:
    unit = house.unit
    task = await house.task("Phase", RevenueType.USER_HOURLY_CAP, "900")
    below = await house.task("Part", parent_id=task, planned_seconds=3600, planned_start=JUNE, planned_completion=JUNE)
    assignment = await assign(unit, below, person_id=house.world.person, role_id=None)
    await set_contour(unit, assignment, {JUNE: 3600})
    await house.rate(Level.ASSIGNMENT, "111", assignment_id=assignment)
    await house.log(below, 2)
    await house.expense(below, 5000)
    await set_task_status(unit, below, TaskStatus.COMPLETE)
    copy = Copy(house.projects[to] if to else None, with_finances=with_finances, with_expenses=with_expenses)
    made = await copy_task(unit, task, copy)
    suffix = "" if to else " (2)"
    kept = ("USER_HOURLY", "USER_HOURLY") if with_finances else ("NO_COST", "NOT_BILLABLE")
    rows = await house.rows(
        "SELECT name, status, cost_type, revenue_type, planned_seconds, planned_start FROM task "
        "WHERE parent_id = :made",
        made=made,
    )
    assert rows == [(f"Part{suffix}", "NEW", *kept, 3600, JUNE)]
    assert await house.rows("SELECT project_id, name, billing_amount_minor FROM task WHERE id = :made", made=made) == [
        (house.projects[to or "PORTAL"], f"Phase{suffix}", 90000 if with_finances else None)
    ]
    [(part,)] = await house.rows("SELECT id FROM task WHERE parent_id = :made", made=made)
    assert [*(await contours(unit.session, unit.organisation_id, task_ids=[part])).values()] == [{JUNE: 3600}]
    assert await house.rows("SELECT count(*) FROM time_entry WHERE task_id = :part", part=part) == [(0,)]
    rates = await house.rows(
        "SELECT count(*) FROM rate_scope s JOIN assignment a ON a.id = s.assignment_id WHERE a.task_id = :part",
        part=part,
    )
    assert rates == [(1 if with_finances else 0,)]
    expenses = await house.rows("SELECT planned_minor, actual_minor FROM expense WHERE task_id = :part", part=part)
    assert expenses == ([(0, 0)] if with_expenses else [])  # nothing is spent twice
    await house.require_sound()


async def test_a_copy_goes_under_a_task_and_even_under_its_own_original(house: House) -> None:
    task, other = await house.task("Task"), await house.task("Other")
    for above in (other, task):
        made = await copy_task(house.unit, task, Copy(under_task_id=above))
        assert await house.rows("SELECT parent_id FROM task WHERE id = :id", id=made) == [(above,)]


async def test_what_cannot_be_copied_is_refused_and_changes_nothing(house: House) -> None:
    unit = house.unit
    task, priced = await house.task("Task"), await house.task("Priced", RevenueType.FIXED_HOURLY)
    spent, rated, issue = await house.task("Spent"), await house.task("Rated"), await house.issue("Bug")
    await house.expense(spent, 100)
    assignment = await assign(unit, rated, person_id=house.world.person, role_id=None)
    await house.rate(Level.ASSIGNMENT, "111", assignment_id=assignment)
    await preserve_billing_rates(unit, house.projects["EUR"], is_on=True)
    await edit_project(unit, house.projects["OVERRIDE"], {"status": ProjectStatus.COMPLETE})
    usd = house.projects["USD"]
    for one, copy, code in (
        (10**9, Copy(), "TASK_UNKNOWN"),
        (issue, Copy(), "TASK_UNKNOWN"),
        (task, Copy(10**9), "PROJECT_UNKNOWN"),
        (task, Copy(under_task_id=10**9), "TASK_UNKNOWN"),
        (task, Copy(usd, under_task_id=priced), "TASK_UNKNOWN"),
        (task, Copy(under_task_id=issue), "TASK_UNKNOWN"),
        (task, Copy(house.projects["OVERRIDE"]), "PROJECT_COMPLETE"),
        (priced, Copy(usd), "COPY_CURRENCY"),
        (spent, Copy(usd), "COPY_CURRENCY"),
        (rated, Copy(house.projects["EUR"]), "RATES_PRESERVED"),
    ):
        before = await house.everything()
        assert await refused(rolled_back(unit, copy_task(unit, one, copy))) == code, (one, copy)
        assert await house.everything() == before
    await copy_task(unit, priced, Copy(usd, with_finances=False))
    await copy_task(unit, spent, Copy(usd, with_expenses=False))
    await copy_task(unit, rated, Copy(house.projects["EUR"], with_finances=False))
