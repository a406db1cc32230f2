"""The published examples from the rows in the database to the cent (project-finances §12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from hourledger.core.access import Principal
from hourledger.core.finances import EacMethod, EarnedAmount, IndexMethod, PercentBasis, displayed
from hourledger.core.work import CostType, RevenueType, TaskStatus
from hourledger.services.edit_project import edit_project
from hourledger.services.measures import project_measures
from hourledger.services.project_finances import project_finances
from hourledger.services.task_status import set_task_status
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from tests.core.tables import table
from tests.support.measured import HOUR, MONDAY, Measured, euros, statements

HOURS, COST = IndexMethod.HOUR_BASED, IndexMethod.COST_BASED
AT_PROJECT, FROM_TASKS = EacMethod.CALCULATE_AT_PROJECT, EacMethod.ROLL_UP_FROM_TASKS


@pytest.fixture
async def unit(transactions: Transactions, admin: Principal) -> AsyncIterator[UnitOfWork]:
    async with transactions.begin(admin) as unit:
        yield unit


@pytest.fixture
async def project(unit: UnitOfWork) -> Measured:
    return await Measured.begin(unit)


def shown(earned: EarnedAmount) -> str:
    if earned.seconds is not None:
        return str(displayed(earned.seconds, HOUR))
    assert earned.cost is not None
    return str(earned.cost.amount)


# --- cost and revenue ----------------------------------------------------------------------------------------------


async def test_ct_01_planned_cost_is_labour_expenses_and_the_fixed_cost(project: Measured) -> None:
    await project.task("Work", 5, person=await project.person("Ann", "15"))
    await project.spend("(100/0),(50/0)", "Work")
    await project.spend("(100/0)")
    await edit_project(project.unit, project.project, {"fixed_cost": Decimal(200)})
    found = await project.measures()
    assert found.planned_cost == euros(525)
    assert found.budgeted_cost == euros(100 + 50 + 100 + 200)  # nothing is budgeted by role


async def test_ct_02_actual_cost_counts_the_fixed_cost_once(project: Measured) -> None:
    role = await project.role("Tester", "15")
    tester = await project.person("Tom", None, role_id=role)
    await project.task("Work", 0, role=role, cost=CostType.ROLE_HOURLY)
    await project.log(tester, 6, "Work")
    await project.spend("(0/110),(0/40)", "Work")
    await project.spend("(0/100)")
    await project.log(await project.person("Ann", "20"), 10)
    await edit_project(project.unit, project.project, {"fixed_cost": Decimal(200)})
    found = await project.measures()
    assert found.actual_labor_cost == euros(290)
    assert found.actual_expense_cost == euros(450)  # as reported
    assert found.actual_cost == euros(740)


async def test_ct_03_ct_04_cost_is_that_of_the_logger_or_of_the_assigned_role(project: Measured) -> None:
    role = await project.role("Tester", "20")
    ann, tom = await project.person("Ann", "20"), await project.person("Tom", "99", role_id=role)
    await project.task("By person", 0, person=ann)
    await project.task("By role", 0, role=role, cost=CostType.ROLE_HOURLY)
    await project.log(ann, 5, "By person")
    await project.log(tom, 5, "By role")
    assert (await project.of("By person")).actual_cost == euros(100)
    assert (await project.of("By role")).actual_cost == euros(100)


async def test_ct_05_planned_by_who_is_assigned_and_actual_by_who_logs(project: Measured) -> None:
    ann, tom = await project.person("Ann", "30"), await project.person("Tom", "50")
    await project.task("Work", 2, person=ann)
    await project.log(ann, "1.5", "Work")
    found = await project.of("Work")
    assert (found.planned_revenue, found.actual_revenue) == (euros(60), euros(45))
    await project.log(tom, 1, "Work")
    assert (await project.of("Work")).actual_revenue == euros(45 + 50)


async def test_ct_06_fixed_revenue_is_planned_at_once_and_actual_when_the_project_is_complete(
    project: Measured,
) -> None:
    await project.task("Work", 10, role=await project.role("Tester", "20"), revenue=RevenueType.ROLE_HOURLY)
    await edit_project(project.unit, project.project, {"fixed_revenue": Decimal(100)})
    found = await project.measures()
    assert found.planned_revenue == euros(300)
    assert (await project.of("Work")).planned_revenue == euros(200)
    assert found.actual_revenue == euros(0)


async def test_ct_07_ct_23_hours_at_their_rates(project: Measured) -> None:
    ann = await project.person("Ann", "20")
    await project.task("Work", 10, person=ann)
    await project.log(ann, 5, "Work")
    found = await project.of("Work")
    assert found.actual_revenue == euros(100)
    assert (found.planned_labor_cost, found.actual_labor_cost) == (euros(200), euros(100))
    assert found.remaining_cost == euros(100)


async def test_2_6_a_parent_has_its_own_hours_expenses_and_fixed_amount_and_those_below(project: Measured) -> None:
    ann = await project.person("Ann", "10")
    await project.task("Parent", 8, person=ann, revenue=RevenueType.USER_HOURLY_PLUS_FIXED, amount="500")
    await project.log(ann, 2, "Parent")  # while it stood alone
    await project.task("Child", 5, person=ann, below="Parent", revenue=RevenueType.FIXED_REVENUE, amount="70")
    await project.log(ann, 3, "Child")
    await project.spend("(10/20)", "Parent")
    await project.spend("(1/2)", "Child", is_billable=True)
    found = await project.of("Parent")
    assert (found.planned_seconds, found.actual_seconds, found.actual_seconds_own) == (5 * HOUR, 5 * HOUR, 2 * HOUR)
    assert found.planned_revenue == euros(570)
    assert found.planned_labor_cost == euros(50)  # its own plan ended with the first child
    assert found.actual_revenue == euros(20)
    assert (found.actual_expense_cost, found.actual_billable_expense_cost) == (euros(22), euros(2))
    await set_task_status(project.unit, project.tasks["Child"], TaskStatus.COMPLETE)
    assert (await project.of("Parent")).actual_revenue == euros(90)


async def test_the_same_totals_as_a_project_that_is_asked_without_its_tasks(project: Measured) -> None:
    ann = await project.person("Ann", "33.33")
    await project.task("Parent", 8, person=ann)
    await project.task("Child", "5.25", person=ann, below="Parent", revenue=RevenueType.FIXED_REVENUE, amount="70")
    await project.log(ann, "7.75", "Child")
    await project.log(ann, 1)
    await project.spend("(10/20),(3/-4)", "Child")
    await set_task_status(project.unit, project.tasks["Child"], TaskStatus.COMPLETE)
    await edit_project(project.unit, project.project, {"fixed_cost": Decimal("0.05"), "fixed_revenue": Decimal(9)})
    alone = (await project_finances(project.unit, [project.project]))[project.project]
    found = await project.measures()
    assert {name: getattr(found, name) for name in alone.__slots__} == {
        name: getattr(alone, name) for name in alone.__slots__
    }


# --- earned value ----------------------------------------------------------------------------------------------------


async def set_a(project: Measured) -> None:
    ann = await project.person("Ann", "100")
    for name, planned, percent, expenses in (
        ("T1", 5, 20, "(300/400),(500/0)"),
        ("T2", 10, 30, "(200/100)"),
        ("T3", 15, 40, "(800/700)"),
    ):
        await project.task(name, planned, person=ann, percent=percent)
        await project.log(ann, 25, name)
        await project.spend(expenses, name)
    await project.spend("(1000/1500),(2500/0)")


async def set_b(project: Measured) -> None:
    ann = await project.person("Ann", "100")
    for name, below, planned, percent, expenses in (
        ("T1", None, 0, 0, "(300/-400),(-500/800),(400/0)"),
        ("T2", "T1", 5, 20, "(500/700),(-400/0),(-200/600),(700/-200)"),
        ("T3", "T1", 0, 0, "(0/1000)"),
        ("T4", "T3", 10, 40, "(800/0),(-100/300),(-200/0)"),
        ("T5", "T3", 15, 50, "(700/800),(-100/300),(-400/-200)"),
        ("T6", None, 20, 60, "(600/700),(500/-300)"),
    ):
        await project.task(name, planned, person=ann, below=below, percent=percent)
        await project.log(ann, 10, name)
        await project.spend(expenses, name)
    await project.log(ann, 50)
    await project.spend("(1000/1500),(2500/0)")


async def check_earned_value(project: Measured, method: IndexMethod, expected: str) -> None:
    for name, cpi, at_project, from_tasks in table(expected):
        found = await project.of(name)
        assert str(displayed(found.cpi(method))) == cpi, name
        assert shown(found.eac(method, AT_PROJECT)) == at_project, name
        assert shown(found.eac(method, FROM_TASKS)) == from_tasks, name


async def test_ct_19_ct_21_eac_set_a(project: Measured) -> None:
    await set_a(project)
    await check_earned_value(project, HOURS, """
        node     cpi   at project  roll up
        T1       0.04  125.00      125.00
        T2       0.12  83.33       83.33
        T3       0.24  62.50       62.50
        project  0.13  225.00      270.83
    """)  # fmt: skip
    await check_earned_value(project, COST, """
        node     cpi   at project  roll up
        T1       0.14  13400.00    13400.00
        T2       0.19  8433.33     8433.33
        T3       0.44  6950.00     6950.00
        project  0.32  28200.00    28783.33
    """)  # fmt: skip
    await edit_project(project.unit, project.project, {"fixed_cost": Decimal(200)})
    found = await project.measures()
    assert shown(found.eac(COST, AT_PROJECT)) == "28200.00"  # C-07
    assert found.eac_including_fixed_cost(AT_PROJECT) == euros(28400)
    assert found.eac_including_fixed_cost(FROM_TASKS) == euros("28983.33")


async def test_ct_20_ct_22_eac_set_b(project: Measured) -> None:
    await set_b(project)
    await check_earned_value(project, HOURS, """
        node     cpi   at project  roll up
        T2       0.10  50.00       50.00
        T4       0.40  25.00       25.00
        T5       0.75  20.00       20.00
        T6       1.20  16.67       16.67
        T3       0.38  65.22       45.00
        T1       0.25  120.00      95.00
        project  0.22  224.49      111.67
    """)  # fmt: skip
    await check_earned_value(project, COST, """
        node     cpi   at project  roll up
        T2       0.17  5900.00     5900.00
        T4       0.23  3400.00     3400.00
        T5       0.64  3100.00     3100.00
        T6       1.06  2366.67     2366.67
        T3       0.31  9521.74     6500.00
        T1       0.16  17100.00    12400.00
        project  0.25  32248.98    14766.67
    """)  # fmt: skip


async def test_ct_54_work_that_earned_nothing_comes_on_top(project: Measured) -> None:
    ann = await project.person("Ann", "100")
    await project.task("Logged", 10, person=ann)
    await project.task("Not begun", 10, person=ann)
    await project.log(ann, 4, "Logged")
    logged, not_begun = await project.of("Logged"), await project.of("Not begun")
    assert (displayed(logged.cpi(HOURS)), shown(logged.eac(HOURS, AT_PROJECT))) == (Decimal("0.00"), "14.00")
    assert (displayed(not_begun.cpi(HOURS)), shown(not_begun.eac(HOURS, AT_PROJECT))) == (Decimal(1), "10.00")


async def test_ct_16_ct_17_performed_and_scheduled_on_a_day(project: Measured) -> None:
    ann = await project.person("Ann", "100")
    plan = (date(2026, 2, 10), date(2026, 2, 20))
    await project.task("Work", 90, person=ann, percent=25, plan=plan)
    await project.spend("(1000/0)", "Work")
    found = await project.of("project", on=date(2026, 2, 12))
    assert (shown(found.bcwp(COST)), shown(found.bcws(COST))) == ("2500.00", "2000.00")
    assert found.spi == Fraction(25, 20)
    assert found.csi(HOURS) == found.cpi(HOURS) * found.spi
    today = await project.of("project")  # the clock stands in November
    assert (shown(today.bcws(COST)), today.spi) == ("10000.00", Fraction(1, 4))


async def test_methods_are_those_of_the_project_else_of_the_organisation(project: Measured) -> None:
    await set_a(project)
    found = await project.measures()
    assert (found.methods.index, shown(found.eac())) == (HOURS, "225.00")
    await edit_project(
        project.unit,
        project.project,
        {"index_method": COST, "eac_method": FROM_TASKS, "percent_basis": PercentBasis.DURATION},
    )
    found = await project.measures()
    assert shown(found.eac()) == "28783.33"
    assert found.percent_complete() == 30  # three weeks of 20, 30 and 40 percent
    assert found.percent_complete(PercentBasis.PLANNED_HOURS) == Fraction(100, 3)


async def test_measures_take_as_many_statements_for_many_projects_as_for_one(
    unit: UnitOfWork, database: Database
) -> None:
    projects = [await Measured.begin(unit) for _ in range(5)]
    for project in projects:
        await set_a(project)
    ids = [project.project for project in projects]
    await unit.session.flush()
    with statements(database) as for_one:
        await project_measures(unit, ids[:1])
    with statements(database) as for_all:
        together = await project_measures(unit, ids)
    assert len(for_all) == len(for_one) <= 12
    assert {str(displayed(found.cpi(COST))) for found in together.values()} == {"0.32"}
    assert all(found.actual_cost == euros(7500 + 2700) for found in together.values())


async def test_unknown_projects_are_absent(unit: UnitOfWork, project: Measured) -> None:
    assert list(await project_measures(unit, [project.project, 10**9])) == [project.project]
    assert await project_measures(unit, []) == {}


async def test_a_plan_of_one_week_is_half_scheduled_on_wednesday(project: Measured) -> None:
    await project.task("Work", 8, person=await project.person("Ann", "10"), percent=50)
    assert (await project.of("Work", on=MONDAY + timedelta(days=2))).spi == 1
