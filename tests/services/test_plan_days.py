"""On which days plans fall, at which rates, and how days, weeks and months sum to a project's finances."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.finances import FinancialFigures, FinancialPeriod
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType, TaskStatus
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.edit_assignment import edit_assignment
from hourledger.services.edit_task_plan import edit_task_plan
from hourledger.services.financial_data import financial_data
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.plan_figures import plan_figures
from hourledger.services.project_finances import project_finances
from hourledger.services.set_contour import set_contour
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_role
from hourledger.services.unassign import unassign
from hourledger.services.work_schedules import (
    ScheduleDay,
    choose_work_schedule,
    create_work_schedule,
    edit_work_schedule,
    set_schedule_days,
)
from hourledger.transactions import Transactions
from models.selecting import find_all, select_one
from models.tables import AuditRow, TaskRow
from tests.services.plan_house import EIGHT, FRIDAY, HOUR, MONDAY, House, open_house


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    async with open_house(transactions, admin) as opened:
        yield opened


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


async def translated_refusal(house: House, attempt: Awaitable[Any]) -> str:
    from models.errors import translated

    async def in_words() -> None:
        async with translated():
            await attempt

    return await house.refusal(in_words())
