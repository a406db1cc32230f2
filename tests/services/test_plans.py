"""Plans of tasks and assignments: whose hours, and what changing one does to the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.create_project import ASSIGNEES_MAX, TaskPlan, assign, create_task
from hourledger.services.edit_assignment import edit_assignment
from hourledger.services.edit_task_plan import edit_task_plan
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.plan_figures import PlannedFigures, plan_figures
from hourledger.services.project_finances import project_finances
from hourledger.services.set_contour import set_contour
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.unassign import unassign
from hourledger.services.work_schedules import (
    choose_work_schedule,
    create_work_schedule,
    edit_work_schedule,
    set_schedule_days,
)
from hourledger.transactions import Transactions
from models.queries.listing.projects import ASSIGNMENTS, TASKS
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, RateLineRow, TaskRow, TimeEntryRow
from tests.core.tables import table
from tests.services.plan_house import EIGHT, FRIDAY, HOUR, MONDAY, House, open_house


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    async with open_house(transactions, admin) as opened:
        yield opened


# --- whose hours ---------------------------------------------------------------------------------------------------


async def test_ct_35_two_assignees_share_ten_hours_and_nobody_by_hand_means_ten_stay(house: House) -> None:
    task = await house.task(10)
    bob, ann = await house.bob(task), await house.also_ann(task)
    assert await house.hours(task) == "10: 5 5"
    await unassign(house.unit, bob)
    assert await house.hours(task) == "10: 10"
    await unassign(house.unit, ann)
    plan = (await plan_figures(house.unit, [house.world.portal]))[house.world.portal]
    assert plan.tasks[task] == PlannedFigures(10 * HOUR, 0, 0)  # planned, and for nobody (§3.11)
    assert await planned_seconds(house, task) == 10 * HOUR


async def test_ct_35_hours_by_hand_leave_with_who_had_them(house: House) -> None:
    task = await house.task(10)
    bob, ann = await house.bob(task), await house.also_ann(task)
    await edit_assignment(house.unit, bob, 4 * HOUR)
    assert await house.hours(task) == "10: 4 6"
    await edit_assignment(house.unit, ann, 6 * HOUR)
    assert await house.hours(task) == "10: 4 6"
    await unassign(house.unit, ann)
    assert await house.hours(task) == "4: 4"
    await unassign(house.unit, bob)
    assert await planned_seconds(house, task) == 0


async def test_1_4_the_tasks_hours_fit_its_assignments_whatever_is_edited(house: House) -> None:
    task = await house.task(10)
    bob, ann = await house.bob(task), await house.also_ann(task)
    for whose, hours, expected in table("""
        whose  hours  task and each
        bob    4      10: 4 6
        bob    12     12: 12 0      # the task grows with what is given by hand
        bob    3      12: 3 9       # and keeps its hours while somebody shares the rest
        ann    6      9: 3 6        # all by hand: their sum
        bob    -      9: 3 6        # shared again: what the others leave
        task   20     20: 14 6
        ann    -      20: 10 10
        task   7      7: 3.5 3.5
    """):
        seconds = None if hours == "-" else int(hours) * HOUR
        if whose == "task":
            await edit_task_plan(house.unit, task, {"planned_seconds": seconds or 0})
        else:
            await edit_assignment(house.unit, bob if whose == "bob" else ann, seconds)
        assert await house.hours(task) == expected, (whose, hours)


async def test_a_third_assignee_takes_a_share_or_brings_hours(house: House) -> None:
    task = await house.task(10)
    await house.bob(task, 4)
    assert await house.hours(task) == "4: 4"
    await edit_task_plan(house.unit, await with_ann(house, task), {"planned_seconds": 10 * HOUR})
    assert await house.hours(task) == "10: 4 6"
    await assign(house.unit, task, person_id=None, role_id=house.designer)
    assert await house.hours(task) == "10: 4 3 3"


async def test_i6_seconds_that_cannot_be_shared_go_to_the_first_in_every_view(house: House) -> None:
    task = await create_task(house.unit, house.world.portal, TaskPlan("Odd", planned_seconds=11))
    for role in (house.world.role, house.designer):
        await assign(house.unit, task, person_id=house.world.person, role_id=role)
    await house.also_ann(task)
    each = await ASSIGNMENTS.where_in(house.unit.session, house.unit.organisation_id, "a.task_id", [task])
    assert [one.planned_seconds for one in each] == [4, 4, 3]
    assert [one.is_planned_by_hand for one in each] == [False, False, False]


async def test_1_4_the_first_assignee_is_primary_and_the_oldest_one_follows(house: House) -> None:
    task = await house.task()
    ids = [await house.bob(task), await house.also_ann(task)]
    ids.append(await assign(house.unit, task, person_id=None, role_id=house.designer))

    async def primary() -> list[int]:
        rows = await find_all(house.unit.session, AssignmentRow, house.unit.organisation_id, task_id=task)
        return [ids.index(row.id) for row in rows if row.is_primary]

    assert await primary() == [0]
    await unassign(house.unit, ids[0])
    assert await primary() == [1]
    await unassign(house.unit, ids[2])
    assert await primary() == [1]


async def test_1_4_a_task_has_at_most_two_hundred_assignees(house: House) -> None:
    task = await house.task()
    await house.unit.session.execute(
        text("""
            WITH roles AS (
                INSERT INTO role (organisation_id, name, is_active, description)
                SELECT :organisation, 'Role ' || n, true, '' FROM generate_series(1, :count) n RETURNING id
            )
            INSERT INTO assignment (organisation_id, task_id, role_id, is_primary, is_billable, attributes)
            SELECT :organisation, :task, id, false, true, '{}' FROM roles
        """),
        {"organisation": house.unit.organisation_id, "task": task, "count": ASSIGNEES_MAX - 1},
    )
    await house.also_ann(task)
    assert await house.refusal(house.bob(task)) == "TOO_MANY_ASSIGNEES"


@pytest.mark.parametrize("type_name", ["USER_AND_ROLE_HOURLY", "USER_AND_ROLE_HOURLY_CAP"])
async def test_3_4_who_has_logged_on_a_user_and_role_hourly_task_stays_on_it(house: House, type_name: str) -> None:
    task = await house.task(revenue_type=RevenueType(type_name), billing_amount=Decimal(1000))
    bob, ann = await house.bob(task), await house.also_ann(task)
    await log_time(house.unit, [TimeDraft(house.world.person, house.world.portal, MONDAY, HOUR, task_id=task)])
    assert await house.refusal(unassign(house.unit, bob)) == "HAS_LOGGED_HOURS"
    await unassign(house.unit, ann)
    second = await assign(house.unit, task, person_id=house.world.person, role_id=None)
    await unassign(house.unit, bob)  # still assigned, as himself
    assert await house.refusal(unassign(house.unit, second)) == "HAS_LOGGED_HOURS"


async def test_3_4_on_other_tasks_anybody_can_leave_and_what_they_logged_keeps_its_value(house: House) -> None:
    task = await house.task(cost_type=CostType.ROLE_HOURLY, revenue_type=RevenueType.ROLE_HOURLY)
    ann = await house.also_ann(task)
    for kind, rate in ((RateKind.COST, "25"), (RateKind.BILLING, "75")):
        scope = RateScope(kind, Level.ASSIGNMENT, assignment_id=ann)
        await set_rate(house.unit, scope, HourlyRate.of(rate, "EUR"), Period())
    (entry,) = await log_time(house.unit, [TimeDraft(house.ann, house.world.portal, MONDAY, HOUR, task_id=task)])
    await unassign(house.unit, ann)
    row = await select_one(house.unit.session, TimeEntryRow, house.unit.organisation_id, entry)
    assert row is not None
    assert (row.cost_minor, row.revenue_minor) == (2000, 7000)
    assert (await explain_entry(house.unit, entry)).cost.amount.minor == 2000
    lines = await find_all(house.unit.session, RateLineRow, house.unit.organisation_id)
    retired = [one.rate_scaled for one in lines if one.retired_at is not None]
    assert sorted(retired) == [250000, 750000]


# --- parents -------------------------------------------------------------------------------------------------------


async def test_2_6_a_task_that_becomes_a_parent_keeps_its_settings_and_loses_its_plan(house: House) -> None:
    unit, portal = house.unit, house.world.portal
    parent = await house.task(10)
    bob = await house.bob(parent)
    await log_time(unit, [TimeDraft(house.world.person, portal, MONDAY, HOUR, task_id=parent)])
    child = await house.task(4, parent_id=parent, planned_start=date(2026, 7, 1), planned_completion=date(2026, 7, 2))
    grandchild = await house.task(3, parent_id=child)
    await house.bob(grandchild)

    assert await house.days(parent) == await house.days(grandchild)
    shown = (await TASKS.by_ids(unit.session, unit.organisation_id, [parent]))[parent]
    assert (shown.planned_seconds, shown.planned_start, shown.planned_completion) == (3 * HOUR, MONDAY, FRIDAY)
    assert (shown.cost_type, shown.revenue_type) == (CostType.USER_HOURLY, RevenueType.USER_HOURLY)
    finances = (await project_finances(unit, [portal]))[portal]
    assert (finances.planned_seconds, finances.actual_seconds) == (3 * HOUR, HOUR)
    for attempt in (
        edit_task_plan(unit, parent, {"planned_seconds": HOUR}),
        edit_task_plan(unit, parent, {"percent_complete": Decimal(50)}),
        edit_task_plan(unit, child, {"planned_start": MONDAY}),
        edit_assignment(unit, bob, HOUR),
        set_contour(unit, bob, {MONDAY: HOUR}),
        house.also_ann(parent, 1),
    ):
        assert await house.refusal(attempt) == "PLAN_ON_PARENT"
    await house.also_ann(parent)  # whose rates apply to hours logged on the parent itself is still to be said
    await unassign(unit, bob)
    assert (await project_finances(unit, [portal]))[portal].planned_seconds == 3 * HOUR


# --- what cannot be ------------------------------------------------------------------------------------------------


async def test_plans_that_cannot_be_are_refused_and_nothing_is_changed(house: House) -> None:
    task = await house.task(10)
    bob = await house.bob(task)
    await edit_assignment(house.unit, bob, 10 * HOUR)
    before = await house.days(task)
    for changes, code in (
        ({"planned_completion": date(2026, 6, 14)}, "PLAN_REVERSED"),
        ({"planned_completion": date(2036, 6, 16)}, "PLAN_TOO_LONG"),
        ({"planned_seconds": -1}, "HOURS_INVALID"),
        ({"planned_seconds": 2**31 + 1}, "HOURS_INVALID"),
        ({"planned_seconds": 9 * HOUR}, "PLAN_IS_ASSIGNED"),
        ({"planned_seconds": 11 * HOUR}, "PLAN_IS_ASSIGNED"),
        ({"first_day_seconds": -1}, "HOURS_INVALID"),
        ({"first_day_seconds": 86401}, "HOURS_INVALID"),
        ({"percent_complete": Decimal("100.01")}, "PERCENT_INVALID"),
        ({"percent_complete": Decimal(-1)}, "PERCENT_INVALID"),
        ({"percent_complete": Decimal("33.333")}, "PERCENT_INVALID"),
        ({"percent_complete": Decimal("NaN")}, "PERCENT_INVALID"),
    ):
        assert await house.refusal(edit_task_plan(house.unit, task, changes)) == code, changes  # type: ignore[arg-type]
    assert await house.refusal(edit_task_plan(house.unit, 0, {"planned_seconds": 1})) == "TASK_UNKNOWN"
    for seconds in (-1, 2**31 + 1):
        assert await house.refusal(edit_assignment(house.unit, bob, seconds)) == "HOURS_INVALID"
    assert await house.refusal(edit_assignment(house.unit, 0, HOUR)) == "ASSIGNMENT_UNKNOWN"
    assert await house.refusal(unassign(house.unit, 0)) == "ASSIGNMENT_UNKNOWN"
    assert await house.days(task) == before
    await edit_task_plan(house.unit, task, {"percent_complete": Decimal("33.33"), "planned_seconds": 10 * HOUR})
    assert await house.days(task) == before


async def test_without_the_right_to_edit_projects_no_plan_is_changed(house: House) -> None:
    task = await house.task(10)
    bob = await house.bob(task)
    rights = frozenset(Permission) - {Permission.EDIT_PROJECTS, Permission.ADMINISTER}
    house.unit.principal = Principal(house.unit.organisation_id, "reader", rights)
    for attempt in (
        edit_task_plan(house.unit, task, {"planned_seconds": 0}),
        edit_assignment(house.unit, bob, None),
        unassign(house.unit, bob),
        set_contour(house.unit, bob, {}),
        choose_work_schedule(house.unit, house.world.portal, None),
        create_work_schedule(house.unit, "Mine", [EIGHT] * 7),
        edit_work_schedule(house.unit, 1, {}),
        set_schedule_days(house.unit, 1, {}),
    ):
        with pytest.raises(Denied):
            await attempt


async def planned_seconds(house: House, task: int) -> int:
    row = await select_one(house.unit.session, TaskRow, house.unit.organisation_id, task)
    assert row is not None
    return row.planned_seconds


async def with_ann(house: House, task: int) -> int:
    await house.also_ann(task)
    return task
