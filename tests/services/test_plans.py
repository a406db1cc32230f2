"""Plans of tasks and assignments: whose hours, on which days, and what changing one does to the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied, HourledgerError
from hourledger.core.finances import FinancialFigures, FinancialPeriod
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType, TaskStatus
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.create_project import ASSIGNEES_MAX, TaskPlan, assign, create_task
from hourledger.services.edit_assignment import edit_assignment
from hourledger.services.edit_task_plan import edit_task_plan
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.financial_data import financial_data
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.plan_figures import PlannedFigures, plan_by_day, plan_figures
from hourledger.services.project_finances import project_finances
from hourledger.services.set_contour import set_contour
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_person, create_role
from hourledger.services.unassign import unassign
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_schedules import (
    ScheduleDay,
    choose_work_schedule,
    create_work_schedule,
    edit_work_schedule,
    set_schedule_days,
)
from hourledger.transactions import Transactions
from models.queries.listing.projects import ASSIGNMENTS, TASKS
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, AuditRow, RateLineRow, TaskRow, TimeEntryRow
from tests.core.tables import table
from tests.support.world import World, create_world

HOUR = 3600
MONDAY, FRIDAY = date(2026, 6, 15), date(2026, 6, 19)
EIGHT = 8 * HOUR
NUMBERS = count(1)


@dataclass(frozen=True)
class House:
    """The world (Bob costs 50 and bills 100, a developer) with Ann (no rates of her own), a designer, and a task."""

    unit: UnitOfWork
    world: World
    ann: int
    designer: int

    async def task(self, hours: int = 10, **more: Any) -> int:
        """On the portal, from Monday to Friday."""
        plan: dict[str, Any] = {
            "planned_seconds": hours * HOUR,
            "planned_start": MONDAY,
            "planned_completion": FRIDAY,
        } | more
        return await create_task(self.unit, self.world.portal, TaskPlan(f"Plan {next(NUMBERS)}", **plan))

    async def bob(self, task: int, hours: int | None = None) -> int:
        seconds = None if hours is None else hours * HOUR
        return await assign(
            self.unit, task, person_id=self.world.person, role_id=self.world.role, planned_seconds=seconds
        )

    async def also_ann(self, task: int, hours: int | None = None) -> int:
        seconds = None if hours is None else hours * HOUR
        return await assign(self.unit, task, person_id=self.ann, role_id=self.designer, planned_seconds=seconds)

    async def hours(self, task: int) -> str:
        """The task's hours and those of its assignments, ``10: 5 5``, as every view of them has them."""
        shown = (await TASKS.by_ids(self.unit.session, self.unit.organisation_id, [task]))[task].planned_seconds
        each = await ASSIGNMENTS.where_in(self.unit.session, self.unit.organisation_id, "a.task_id", [task])
        planned = (await plan_figures(self.unit, [self.world.portal]))[self.world.portal].tasks[task].seconds
        by_day = sum(one.seconds for one in (await self.plan()).days(task))
        assert planned == by_day == sum(one.planned_seconds for one in each)
        return f"{shown / HOUR:g}: {' '.join(f'{one.planned_seconds / HOUR:g}' for one in each)}".strip()

    async def plan(self) -> Any:
        return (await plan_by_day(self.unit, [self.world.portal]))[self.world.portal]

    async def days(self, task: int) -> str:
        """Day of the month, hours, cost and revenue."""
        return ", ".join(
            f"{one.day.day} {one.seconds / HOUR:g} {one.cost_minor / 100:g} {one.revenue_minor / 100:g}"
            for one in (await self.plan()).days(task)
        )

    async def refusal(self, attempt: Awaitable[Any]) -> str:
        """The code; nothing is changed."""
        with pytest.raises(HourledgerError) as caught:
            async with self.unit.session.begin_nested():
                await attempt
        return caught.value.code


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        designer = await create_role(unit, "designer")
        ann = await create_person(unit, "Ann", "ann@brightwater.example", primary_role_id=designer)
        for kind, rate in ((RateKind.COST, "20"), (RateKind.BILLING, "70")):
            await set_rate(unit, RateScope(kind, Level.ROLE, role_id=designer), HourlyRate.of(rate, "EUR"), Period())
        yield House(unit, world, ann, designer)


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
                INSERT INTO role (organisation_id, name, is_active)
                SELECT :organisation, 'Role ' || n, true FROM generate_series(1, :count) n RETURNING id
            )
            INSERT INTO assignment (organisation_id, task_id, role_id, is_primary, is_billable)
            SELECT :organisation, :task, id, false, true FROM roles
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


# --- on which days -------------------------------------------------------------------------------------------------


async def test_ct_11_each_planned_day_has_the_rate_of_the_role_on_it(house: House) -> None:
    task = await house.task(40, cost_type=CostType.NO_COST, revenue_type=RevenueType.ROLE_HOURLY)
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=house.world.portal, role_id=house.designer)
    third = date(2026, 6, 17)
    await set_rate(house.unit, scope, HourlyRate.of("90", "EUR"), Period(None, third))
    await set_rate(house.unit, scope, HourlyRate.of("95", "EUR"), Period(third, None))
    await house.also_ann(task)
    assert await house.days(task) == "15 8 0 720, 16 8 0 720, 17 8 0 760, 18 8 0 760, 19 8 0 760"
    figures = (await plan_figures(house.unit, [house.world.portal]))[house.world.portal].tasks[task]
    assert figures.revenue_minor == 100 * (16 * 90 + 24 * 95)


async def test_ct_28_a_rate_that_rises_in_march_costs_more_from_march(house: House) -> None:
    plan = {"planned_start": date(2026, 2, 2), "planned_completion": date(2026, 3, 27)}  # 20 working days each
    task = await house.task(20, cost_type=CostType.ROLE_HOURLY, **plan)
    scope, march = RateScope(RateKind.COST, Level.ROLE, role_id=house.world.role), date(2026, 3, 1)
    await set_rate(house.unit, scope, HourlyRate.of("12", "EUR"), Period(None, march))
    await set_rate(house.unit, scope, HourlyRate.of("20", "EUR"), Period(march, None))
    await assign(house.unit, task, person_id=None, role_id=house.world.role)
    by_month = {2: 0, 3: 0}
    for one in (await house.plan()).days(task):
        by_month[one.day.month] += one.cost_minor
    assert by_month == {2: 12000, 3: 20000}


async def test_a_primary_role_that_changes_during_a_plan_counts_from_its_day(house: House) -> None:
    task = await house.task(10)
    await house.also_ann(task)
    lead = await create_role(house.unit, "Lead")
    await set_rate(house.unit, RateScope(RateKind.COST, Level.ROLE, role_id=lead), HourlyRate.of("60", "EUR"), Period())
    for statement in (
        "UPDATE person_role SET valid_until = :day WHERE person_id = :ann",
        (
            "INSERT INTO person_role (organisation_id, person_id, role_id, is_primary, share_percent, valid_from) "
            "VALUES (:organisation, :ann, :lead, true, 100, :day)"
        ),
    ):
        values = {"organisation": house.unit.organisation_id, "ann": house.ann, "lead": lead, "day": date(2026, 6, 18)}
        await house.unit.session.execute(text(statement), values)
    assert await house.days(task) == "15 2 40 140, 16 2 40 140, 17 2 40 140, 18 2 120 0, 19 2 120 0"


async def test_2_3_the_planned_revenue_of_a_capped_task_goes_to_its_first_days(house: House) -> None:
    task = await house.task(10, revenue_type=RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(500))
    await house.bob(task)
    assert await house.days(task) == "15 2 100 200, 16 2 100 200, 17 2 100 100, 18 2 100 0, 19 2 100 0"
    figures = (await plan_figures(house.unit, [house.world.portal]))[house.world.portal].tasks[task]
    assert (figures.cost_minor, figures.revenue_minor) == (50000, 50000)


async def test_ct_32_work_that_starts_at_four_has_an_hour_on_its_first_day(house: House) -> None:
    task = await house.task(9)
    await house.bob(task)
    await edit_task_plan(house.unit, task, {"first_day_seconds": HOUR})
    assert await house.days(task) == "15 1 50 100, 16 2 100 200, 17 2 100 200, 18 2 100 200, 19 2 100 200"


async def test_2_2_a_contour_wins_everywhere_and_its_clearing_brings_the_spread_back(house: House) -> None:
    task = await house.task(10)
    bob = await house.bob(task)
    await set_contour(house.unit, bob, {FRIDAY: 7 * HOUR, MONDAY: 3 * HOUR, date(2026, 6, 16): 0})
    assert await house.days(task) == "15 3 150 300, 19 7 350 700"
    rows = await financial_data(
        house.unit, house.world.portal, await house.plan(), FinancialPeriod.WEEK, MONDAY, date(2026, 6, 18)
    )
    assert [row.planned.labor_seconds for row in rows] == [3 * HOUR]
    await set_contour(house.unit, bob, {})
    assert await house.days(task) == "15 2 100 200, 16 2 100 200, 17 2 100 200, 18 2 100 200, 19 2 100 200"


async def test_a_contour_that_does_not_fit_is_refused(house: House) -> None:
    bob = await house.bob(await house.task(10))
    for days, code in (
        ({MONDAY: 9 * HOUR}, "CONTOUR_SUM"),
        ({MONDAY: 11 * HOUR, FRIDAY: -HOUR}, "CONTOUR_HOURS"),
        ({MONDAY: 5 * HOUR, date(2026, 6, 22): 5 * HOUR}, "CONTOUR_OUTSIDE_PLAN"),
    ):
        assert await house.refusal(set_contour(house.unit, bob, days)) == code


CHANGES: dict[str, Callable[[House, dict[str, int]], Awaitable[Any]]] = {
    "his hours": lambda house, ids: edit_assignment(house.unit, ids["bob"], 6 * HOUR),
    "the task's": lambda house, ids: edit_task_plan(house.unit, ids["task"], {"planned_seconds": 12 * HOUR}),
    "hers": lambda house, ids: edit_assignment(house.unit, ids["ann"], 2 * HOUR),
    "she leaves": lambda house, ids: unassign(house.unit, ids["ann"]),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_contour_is_dropped_when_the_hours_it_splits_change(house: House, change: str) -> None:
    task = await house.task(10)
    bob, ann = await house.bob(task), await house.also_ann(task)
    await set_contour(house.unit, bob, {MONDAY: 5 * HOUR})
    await CHANGES[change](house, {"task": task, "bob": bob, "ann": ann})
    assert len((await house.plan()).days(task)) == 5
    dropped = await find_all(house.unit.session, AuditRow, house.unit.organisation_id, action="drop_contour")
    assert [(one.entity_id, one.before) for one in dropped] == [(bob, {"2026-06-15": 5 * HOUR})]


async def test_a_contour_stays_when_the_dates_still_hold_it_and_keeps_them_otherwise(house: House) -> None:
    task = await house.task(10)
    bob = await house.bob(task)
    await set_contour(house.unit, bob, {date(2026, 6, 16): 10 * HOUR})
    await edit_task_plan(house.unit, task, {"planned_start": date(2026, 6, 16), "planned_completion": None})
    assert await house.days(task) == "16 10 500 1000"
    attempt = edit_task_plan(house.unit, task, {"planned_start": date(2026, 6, 17)})
    assert await house.refusal(attempt) == "CONTOUR_OUTSIDE_PLAN"
    await edit_task_plan(house.unit, task, {"planned_start": date(2026, 6, 17), "planned_seconds": EIGHT})
    assert await house.days(task) == "17 8 400 800"  # the hours changed as well: it went


# --- work schedules ------------------------------------------------------------------------------------------------


async def test_2_2_a_project_is_planned_on_the_days_of_its_schedule(house: House) -> None:
    unit, portal, task = house.unit, house.world.portal, await house.task(10)
    await house.bob(task)
    four_days = await create_work_schedule(unit, "Four days", [EIGHT, EIGHT, EIGHT, EIGHT, 0, 0, 0], is_default=True)
    weekend = await create_work_schedule(unit, "Sundays too", [EIGHT] * 5 + [0, EIGHT])
    assert await house.days(task) == "15 2.5 125 250, 16 2.5 125 250, 17 2.5 125 250, 18 2.5 125 250"
    await set_schedule_days(unit, four_days, {date(2026, 6, 16): ScheduleDay(0, "Holiday"), FRIDAY: ScheduleDay(HOUR)})
    assert await house.days(task) == "15 2.5 125 250, 17 2.5 125 250, 18 2.5 125 250, 19 2.5 125 250"
    await set_schedule_days(unit, four_days, {date(2026, 6, 16): None, FRIDAY: ScheduleDay(0)})
    assert (await house.days(task)).startswith("15 2.5 125 250, 16")
    await edit_task_plan(unit, task, {"planned_completion": date(2026, 6, 21)})
    await choose_work_schedule(unit, portal, weekend)
    assert (await house.days(task)).endswith("19 1.67 83.33 166.67, 21 1.67 83.33 166.67".replace("1.67", "1.66667"))
    await edit_work_schedule(unit, weekend, {"weekday_seconds": [0] * 6 + [EIGHT], "is_default": True})
    await choose_work_schedule(unit, portal, None)
    assert await house.days(task) == "21 10 500 1000"


async def test_schedules_that_cannot_be_are_refused(house: House) -> None:
    unit = house.unit
    made = await create_work_schedule(unit, "Usual", [EIGHT] * 5 + [0, 0])
    for attempt, code in (
        (create_work_schedule(unit, "Usual", [EIGHT] * 7), "EXISTS"),
        (create_work_schedule(unit, "Never", [0] * 7), "SCHEDULE_INVALID"),
        (edit_work_schedule(unit, made, {"weekday_seconds": [EIGHT]}), "SCHEDULE_INVALID"),
        (edit_work_schedule(unit, made, {"name": " "}), "NAME_INVALID"),
        (edit_work_schedule(unit, made + 99, {"name": "x"}), "WORK_SCHEDULE_UNKNOWN"),
        (set_schedule_days(unit, made, {MONDAY: ScheduleDay(25 * HOUR)}), "SCHEDULE_INVALID"),
        (choose_work_schedule(unit, house.world.portal, made + 99), "WORK_SCHEDULE_UNKNOWN"),
        (choose_work_schedule(unit, 0, made), "PROJECT_UNKNOWN"),
    ):
        assert await translated_refusal(house, attempt) == code


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


# --- the whole project ---------------------------------------------------------------------------------------------


async def busy_project(house: House) -> int:
    """A project with everything that has money in it, odd seconds included."""
    unit, portal = house.unit, house.world.portal
    await unit.session.execute(
        text("UPDATE project SET fixed_cost_minor = 12345, fixed_revenue_minor = 54321 WHERE id = :id"), {"id": portal}
    )
    tasks = [
        await house.task(37, revenue_type=RevenueType.USER_HOURLY_CAP, billing_amount=Decimal("777.77")),
        await house.task(13, revenue_type=RevenueType.USER_HOURLY_PLUS_FIXED, billing_amount=Decimal("99.99")),
        await house.task(7, revenue_type=RevenueType.FIXED_REVENUE, billing_amount=Decimal(400)),
        await create_task(unit, portal, TaskPlan("Some day", planned_seconds=10001)),
    ]
    for task in tasks:
        await house.bob(task)
        await house.also_ann(task)
        for person, day in ((house.world.person, FRIDAY), (house.ann, date(2026, 7, 1))):
            await log_time(unit, [TimeDraft(person, portal, day, 12345, task_id=task)])
    await log_time(unit, [TimeDraft(house.world.person, portal, date(2026, 6, 30), HOUR)])
    row = await select_one(unit.session, TaskRow, unit.organisation_id, tasks[1])
    assert row is not None
    row.status = TaskStatus.COMPLETE
    for planned, actual, billable in ((111, 222, True), (-333, 0, False), (0, -444, True)):
        await add_expense(
            unit,
            ExpenseDraft(portal, "Travel", "A trip", planned_minor=planned, actual_minor=actual, is_billable=billable,
                         planned_on=date(2026, 6, 1), paid_on=date(2026, 8, 31)),
        )  # fmt: skip
    await unit.session.flush()
    return portal


@pytest.mark.parametrize("by", FinancialPeriod)
async def test_1_18_rows_by_week_or_month_sum_to_the_finances_to_the_cent(house: House, by: FinancialPeriod) -> None:
    portal = await busy_project(house)
    rows = await financial_data(house.unit, portal, await house.plan(), by, date(2026, 1, 1), date(2026, 12, 31))
    planned = sum((row.planned for row in rows), FinancialFigures("EUR"))
    actual = sum((row.actual for row in rows), FinancialFigures("EUR"))
    finances = (await project_finances(house.unit, [portal]))[portal]
    assert finances.planned_labor_cost is not None
    assert finances.planned_cost is not None
    assert finances.planned_revenue is not None
    assert (planned.labor_seconds, actual.labor_seconds) == (finances.planned_seconds, finances.actual_seconds)
    assert planned.labor_cost_minor == finances.planned_labor_cost.minor
    assert planned.expense_minor == finances.planned_expense_cost.minor
    assert planned.total_cost_minor == finances.planned_cost.minor
    assert planned.total_revenue_minor == finances.planned_revenue.minor
    assert actual.labor_cost_minor == finances.actual_labor_cost.minor
    assert actual.expense_minor + actual.fixed_cost_minor == finances.actual_expense_cost.minor
    assert actual.total_cost_minor == finances.actual_cost.minor
    assert actual.total_revenue_minor == finances.actual_revenue.minor
    assert (planned.billable_expense_minor, actual.billable_expense_minor) == (111, 222 - 444)
    assert len({row.allocation_date for row in rows}) == len(rows)


async def test_2_3_the_days_of_each_task_sum_to_its_figures(house: House) -> None:
    portal = await busy_project(house)
    by_day, figures = await house.plan(), (await plan_figures(house.unit, [portal]))[portal]
    for task, one in figures.tasks.items():
        days = by_day.days(task)
        sums = [sum(getattr(day, name) for day in days) for name in ("seconds", "cost_minor", "revenue_minor")]
        assert sums == [one.seconds, one.cost_minor, one.revenue_minor]
    assert sum(one.revenue_minor for one in by_day.days()) == figures.total.revenue_minor


async def test_a_planned_day_without_an_exchange_rate_leaves_the_actual_figures_alone(house: House) -> None:
    unit, world = house.unit, house.world
    long_ago = date(2024, 6, 3)  # exchange rates begin in 2025
    plan = TaskPlan("Long ago", planned_seconds=HOUR, planned_start=long_ago, planned_completion=long_ago)
    await assign(unit, await create_task(unit, world.dashboard, plan), person_id=world.person, role_id=None)
    await log_time(unit, [TimeDraft(world.person, world.dashboard, MONDAY, HOUR, task_id=world.dashboard_build)])
    found = await project_finances(unit, [world.portal, world.dashboard])
    finances = found[world.dashboard]
    assert finances.plan_problem is not None
    assert finances.plan_problem.code == "EXCHANGE_RATE_MISSING"
    assert (finances.planned_labor_cost, finances.planned_cost, finances.planned_revenue) == (None, None, None)
    assert (finances.planned_seconds, str(finances.actual_revenue)) == (HOUR, "200.00 USD")
    assert found[world.portal].plan_problem is None
    plan_of_it = (await plan_figures(unit, [world.dashboard]))[world.dashboard]
    assert plan_of_it.seconds == HOUR
    with pytest.raises(HourledgerError) as caught:
        _ = plan_of_it.total
    assert caught.value.code == "EXCHANGE_RATE_MISSING"


async def planned_seconds(house: House, task: int) -> int:
    row = await select_one(house.unit.session, TaskRow, house.unit.organisation_id, task)
    assert row is not None
    return row.planned_seconds


async def with_ann(house: House, task: int) -> int:
    await house.also_ann(task)
    return task


async def translated_refusal(house: House, attempt: Awaitable[Any]) -> str:
    from models.errors import translated

    async def in_words() -> None:
        async with translated():
            await attempt

    return await house.refusal(in_words())
