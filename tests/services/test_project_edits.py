"""Editing projects and tasks: what it changes in the figures, and what it must not (project-finances §4, §9.5)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import Denied, HourledgerError
from hourledger.core.finances import FinancePreferences, IndexMethod
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, ProjectStatus, RateKind, RevenueType, TaskStatus
from hourledger.services.billing_records import totals_of
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.edit_project import edit_project, edit_projects
from hourledger.services.finance_preferences import set_finance_preferences
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.task_status import set_task_status
from hourledger.services.task_types import edit_task_types
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.billing import line_values
from models.selecting import find_all, select_one
from models.tables import AuditRow, BaselineRow, BillingRecordRow, EventRow, ProjectRow, TaskRow, TimeEntryRow
from tests.core.tables import table
from tests.support.measured import Measured, euros
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)


@pytest.fixture
async def unit(transactions: Transactions, admin: Principal) -> AsyncIterator[UnitOfWork]:
    async with transactions.begin(admin) as unit:
        yield unit


@pytest.fixture
async def project(unit: UnitOfWork) -> Measured:
    return await Measured.begin(unit)


async def refused(call: Any) -> str:
    with pytest.raises(HourledgerError) as caught:
        await call
    return caught.value.code


# --- project -----------------------------------------------------------------------------------------------------


async def test_1_2_what_a_project_has_is_edited_audited_and_told(project: Measured) -> None:
    unit = project.unit
    changes = {"budget": Decimal("1000.50"), "planned_benefit": Decimal(5), "index_method": IndexMethod.COST_BASED}
    assert await edit_project(unit, project.project, changes)
    assert not await edit_project(unit, project.project, changes)  # it is so already
    facts = (await project.measures()).facts
    assert (facts.budget, facts.planned_benefit) == (euros("1000.50"), euros(5))
    (audit,) = await find_all(unit.session, AuditRow, unit.organisation_id, entity="project", action="edit")
    assert audit.before == {"budget_minor": None, "planned_benefit_minor": 0, "index_method": None}
    assert audit.after == {"budget_minor": 100050, "planned_benefit_minor": 500, "index_method": "COST_BASED"}
    told = await find_all(unit.session, EventRow, unit.organisation_id, topic="PROJECT_FINANCES_CHANGED")
    assert [event.payload["cause"] for event in told] == ["PROJECT_EDITED"]
    await edit_project(unit, project.project, {"budget": None, "index_method": None})
    assert (await project.measures()).facts.budget is None


async def test_what_cannot_be_is_refused_and_changes_nothing(project: Measured) -> None:
    for name, value, code in table("""
        name             value  code
        planned_benefit  -1     BENEFIT_NEGATIVE
        budget           -1     BUDGET_NEGATIVE
        fixed_cost       0.001  TOO_MANY_DIGITS
    """):
        assert await refused(edit_project(project.unit, project.project, {name: Decimal(value)})) == code
    assert await refused(edit_project(project.unit, project.project, {"name": " "})) == "NAME_INVALID"
    assert await refused(edit_project(project.unit, 10**9, {"name": "x"})) == "PROJECT_UNKNOWN"
    assert (await project.measures()).facts.planned_benefit == euros(0)


async def test_4_6_c_04_a_project_is_complete_when_its_tasks_are_and_then_earns_its_fixed_revenue(
    project: Measured,
) -> None:
    unit = project.unit
    await project.task("Work", 0, revenue=RevenueType.FIXED_REVENUE, amount="30")
    await edit_project(unit, project.project, {"fixed_revenue": Decimal(100)})
    complete = {"status": ProjectStatus.COMPLETE}
    assert await refused(edit_project(unit, project.project, complete)) == "TASKS_OPEN"
    await set_task_status(unit, project.tasks["Work"], TaskStatus.COMPLETE)
    assert (await project.measures()).actual_revenue == euros(30)
    await edit_project(unit, project.project, complete)
    assert (await project.measures()).actual_revenue == euros(130)
    reopen = set_task_status(unit, project.tasks["Work"], TaskStatus.IN_PROGRESS)
    assert await refused(reopen) == "PROJECT_COMPLETE"
    await edit_project(unit, project.project, {"status": ProjectStatus.CURRENT})
    assert (await project.measures()).actual_revenue == euros(30)


async def test_8_12_a_project_that_becomes_current_gets_a_baseline_if_wanted(project: Measured) -> None:
    unit = project.unit
    for wanted in (False, True):
        await set_finance_preferences(unit, FinancePreferences(auto_baseline=wanted))
        for status in (ProjectStatus.ON_HOLD, ProjectStatus.CURRENT, ProjectStatus.ON_HOLD, ProjectStatus.CURRENT):
            await edit_project(unit, project.project, {"status": status})
    kept = await find_all(unit.session, BaselineRow, unit.organisation_id)
    assert [(row.name, row.is_default) for row in kept] == [
        ("Current on 2026-11-02", True),
        ("Current on 2026-11-02 (2)", False),
    ]


async def test_9_5_in_bulk_each_project_has_its_outcome(transactions: Transactions, admin: Principal) -> None:
    async with transactions.begin(admin) as unit:
        euro = await create_project(unit, code="E", name="Euro", company_id=None)
        yen = await create_project(unit, code="Y", name="Yen", company_id=None, currency="JPY")
        same = await create_project(unit, code="S", name="Same", company_id=None)
        await edit_project(unit, same, {"budget": Decimal("1.50")})
        results = await edit_projects(unit, [euro, yen, same, 10**9, euro], {"budget": Decimal("1.50")})
        assert [(one.project_id, one.outcome, one.code) for one in results] == [
            (euro, "DONE", ""),
            (yen, "FAILED", "TOO_MANY_DIGITS"),
            (same, "SKIPPED", ""),
            (10**9, "FAILED", "PROJECT_UNKNOWN"),
        ]
    without = replace(admin, permissions=EVERYTHING - {Permission.EDIT_GENERAL_FINANCE})
    async with transactions.begin(without) as unit:
        (one,) = await edit_projects(unit, [euro], {"budget": Decimal(2), "status": ProjectStatus.ON_HOLD})
        assert (one.outcome, one.code) == ("FORBIDDEN", "PERMISSION_DENIED")
        row = await select_one(unit.session, ProjectRow, unit.organisation_id, euro)
        assert row is not None
        assert (row.budget_minor, row.status) == (150, ProjectStatus.CURRENT)


EDITS: list[tuple[Permission, Callable[[UnitOfWork, int, int], Any]]] = [
    (Permission.EDIT_PROJECTS, lambda unit, project, _: edit_project(unit, project, {"name": "x"})),
    (Permission.EDIT_GENERAL_FINANCE, lambda unit, project, _: edit_project(unit, project, {"fixed_cost": None})),
    (Permission.EDIT_PROJECTS, lambda unit, _, task: set_task_status(unit, task, TaskStatus.COMPLETE)),
    (Permission.EDIT_GENERAL_FINANCE, lambda unit, _, task: edit_task_types(unit, task, {})),
    (Permission.EDIT_COST_RATES, lambda unit, _, task: edit_task_types(unit, task, {"cost_type": CostType.NO_COST})),
    (Permission.EDIT_BILLING_RATES, lambda unit, _, task: edit_task_types(unit, task, {"billing_amount": None})),
    (Permission.ADMINISTER, lambda unit, *_: set_finance_preferences(unit, FinancePreferences())),
]


@pytest.mark.parametrize(("needed", "edit"), EDITS)
async def test_9_4_each_edit_needs_its_permission(
    transactions: Transactions, admin: Principal, needed: Permission, edit: Callable[[UnitOfWork, int, int], Any]
) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(replace(admin, permissions=EVERYTHING - {needed})) as unit:
        with pytest.raises(Denied) as caught:
            await edit(unit, world.portal, world.build)
    assert caught.value.facts["permission"] == needed.value


# --- tasks -----------------------------------------------------------------------------------------------------------


async def test_ct_r5_a_status_change_rates_nothing_anew_and_realises_the_fixed_amount(
    transactions: Transactions, admin: Principal
) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Both", revenue_type=RevenueType.USER_HOURLY_PLUS_FIXED, billing_amount=Decimal(500))
        task = await create_task(unit, world.portal, plan)
        measured = Measured(unit, world.portal, {"Both": task})
        await measured.log(world.person, 2, "Both")
        await set_rate(
            unit,
            RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person),
            HourlyRate.of("999", "EUR"),
            Period(),
            replace_overlapping=True,
        )
        assert (await measured.of("Both")).actual_revenue == euros(200)
        for status, revenue in (("COMPLETE", 700), ("IN_PROGRESS", 200), ("COMPLETE", 700)):
            await set_task_status(unit, task, TaskStatus(status))
            assert (await measured.of("Both")).actual_revenue == euros(revenue)
        entry = (await find_all(unit.session, TimeEntryRow, unit.organisation_id, task_id=task))[0]
        assert entry.revenue_minor == euros(200).minor


async def test_a_complete_task_is_at_a_hundred_percent_and_keeps_it_when_reopened(project: Measured) -> None:
    task = await project.task("Work", 5, percent=40)
    percents = []
    for status, percent in (("IN_PROGRESS", None), ("COMPLETE", None), ("IN_PROGRESS", None), ("NEW", Decimal("12.5"))):
        await set_task_status(project.unit, task, TaskStatus(status), percent_complete=percent)
        row = await select_one(project.unit.session, TaskRow, project.unit.organisation_id, task)
        assert row is not None
        percents.append(row.percent_complete)
    assert percents == [40, 100, 100, Decimal("12.5")]


async def test_a_percent_is_a_percent_and_belongs_to_a_leaf(project: Measured) -> None:
    parent = await project.task("Parent")
    child = await project.task("Child", 5, below="Parent")
    for task, status, percent, code in (
        (child, "IN_PROGRESS", "101", "PERCENT_INVALID"),
        (child, "IN_PROGRESS", "0.001", "PERCENT_INVALID"),
        (child, "COMPLETE", "99", "PERCENT_INVALID"),
        (parent, "IN_PROGRESS", "50", "PERCENT_ON_PARENT"),
        (10**9, "NEW", "0", "TASK_UNKNOWN"),
    ):
        call = set_task_status(project.unit, task, TaskStatus(status), percent_complete=Decimal(percent))
        assert await refused(call) == code


async def test_4_1_row_2_new_types_change_the_plan_and_logged_work_when_it_is_recalculated(project: Measured) -> None:
    ann = await project.person("Ann", "20")
    task = await project.task("Work", 10, person=ann)
    await project.log(ann, 5, "Work")
    await edit_task_types(
        project.unit,
        task,
        {
            "cost_type": CostType.NO_COST,
            "revenue_type": RevenueType.FIXED_HOURLY,
            "billing_rate": Decimal(30),
        },
    )
    found = await project.of("Work")
    assert (found.planned_labor_cost, found.planned_revenue) == (euros(0), euros(300))
    assert (found.actual_labor_cost, found.actual_revenue) == (euros(100), euros(100))
    await recalculate_project(project.unit, project.project)
    found = await project.of("Work")
    assert (found.actual_labor_cost, found.actual_revenue) == (euros(0), euros(150))


async def test_an_amount_goes_with_the_meaning_it_had(project: Measured) -> None:
    task = await project.task("Work", 1, revenue=RevenueType.USER_HOURLY_CAP, amount="100")
    edit = {"revenue_type": RevenueType.ROLE_HOURLY_CAP}
    await edit_task_types(project.unit, task, edit)
    for changes in (
        {"revenue_type": RevenueType.FIXED_REVENUE},
        {"revenue_type": RevenueType.FIXED_HOURLY},
        {"cost_type": CostType.FIXED_HOURLY},
        {"billing_amount": None},
    ):
        assert await refused(edit_task_types(project.unit, task, changes)) == "AMOUNT_NEEDED"
    row = await select_one(project.unit.session, TaskRow, project.unit.organisation_id, task)
    assert row is not None
    assert (row.revenue_type, row.billing_amount_minor) == (RevenueType.ROLE_HOURLY_CAP, 10000)


async def fixed_task(unit: UnitOfWork, world: World) -> tuple[int, int]:
    """A task of 500 fixed, and the draft that bills it."""
    plan = TaskPlan("Fixed", revenue_type=RevenueType.FIXED_REVENUE, billing_amount=Decimal(500))
    task = await create_task(unit, world.portal, plan)
    await log(unit, world, "1", JUNE)
    return task, await create_billing_record(unit, BillingRequest([world.portal], fixed_task_ids=[task]))


async def test_4_5_a_draft_follows_the_fixed_amount(transactions: Transactions, admin: Principal) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        task, record_id = await fixed_task(unit, world)
        await edit_task_types(unit, task, {"billing_amount": Decimal(650)})
        record = await select_one(unit.session, BillingRecordRow, unit.organisation_id, record_id)
        assert record is not None
        lines = (await line_values(unit.session, unit.organisation_id, [record_id]))[record_id]
        assert totals_of(record, lines).fixed_revenue == euros(650)
        for changes in ({"revenue_type": RevenueType.USER_HOURLY}, {"billing_amount": Decimal(0)}):
            assert await refused(edit_task_types(unit, task, changes)) == "FIXED_AMOUNT_ON_RECORD"


async def test_4_4_a_billed_fixed_amount_and_its_type_stay(transactions: Transactions, admin: Principal) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        task, record_id = await fixed_task(unit, world)
        await confirm_billing_record(unit, record_id)
        for changes in (
            {"billing_amount": Decimal(650)},
            {"revenue_type": RevenueType.NOT_BILLABLE},
            {"revenue_type": RevenueType.USER_HOURLY_PLUS_FIXED},
        ):
            assert await refused(edit_task_types(unit, task, changes)) == "FIXED_AMOUNT_BILLED"
        await edit_task_types(unit, task, {"cost_type": CostType.NO_COST})  # the cost side is free
