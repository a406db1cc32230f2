"""Deleting projects and bringing them back; what is complete, and what a status changes (project-finances §1.1, §4)."""

from __future__ import annotations

import pytest

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.rates import Level
from hourledger.core.work import ProjectStatus, RevenueType, TaskStatus
from hourledger.services.baselines import take_baseline
from hourledger.services.create_issue import create_issue
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.delete_project import delete_project, restore_project
from hourledger.services.edit_project import edit_project
from hourledger.services.preferences import HoursOfDeletedProject, set_preferences
from hourledger.services.project_finances import project_finances
from hourledger.services.risks import RiskDraft, add_risk
from hourledger.services.set_project_currency import set_project_currency
from hourledger.services.task_status import set_task_status
from hourledger.transactions import Transactions
from models.queries.listing.keyset import Cut
from models.queries.listing.projects import PROJECTS, TASKS
from models.queries.listing.value import BASELINES, RISKS
from models.queries.portfolio import project_ids_where
from models.queries.projects import project_ids_by_code
from tests.core.tables import table
from tests.services.structure_house import House, house, refused

__all__ = ["house"]


async def test_1_1_hours_of_a_deleted_project_become_general_time(house: House) -> None:
    """In the currency of the books, at the person's own cost, and in no project's figures."""
    unit, usd = house.unit, house.projects["USD"]
    task = await house.task("Task", project="USD")
    entries = [await house.log(task, 1, project="USD"), await house.log(None, 1, project="USD")]
    assert [await house.worth(one) for one in entries] == [(10000, 20000)] * 2
    expense = await house.expense(task, 700, project="USD")
    await delete_project(unit, usd)
    assert [(await house.worth(one))[0] for one in entries] == [5000, 5000]  # EUR
    assert await house.rows(
        "SELECT DISTINCT e.project_id, e.task_id, e.deleted_at, h.name, v.currency, v.cause FROM time_entry e "
        "JOIN hour_type h ON h.id = e.hour_type_id JOIN valuation v ON v.id = e.valuation_id"
    ) == [(None, None, None, "General Overhead", "EUR", "MOVED")]
    assert await house.rows("SELECT count(*) FROM actual WHERE adjustment_status = 'STANDS'") == [(0,)]
    assert await house.rows("SELECT deleted_at IS NOT NULL FROM expense WHERE id = :id", id=expense) == [(True,)]
    await house.require_sound()


async def test_1_1_or_they_are_deleted(house: House) -> None:
    unit = house.unit
    await set_preferences(unit, {"on_project_delete": HoursOfDeletedProject.DELETE})
    await house.log(await house.task("Task"), 1)
    await delete_project(unit, house.world.portal, reason="a duplicate")
    assert await house.rows("SELECT count(*) FROM time_entry WHERE deleted_at IS NULL") == [(0,)]
    assert await house.rows("SELECT sum(amount_minor) FROM actual") == [(0,)]
    assert await house.rows("SELECT reason FROM audit WHERE entity = 'time_entry'") == [("a duplicate",)]
    await house.require_sound()


ON_RECORDS = """
    on_record   status     code
    hours       DRAFT      ON_BILLING_RECORD
    hours       CONFIRMED  BILLED
    hours       POSTED     BILLED
    expense     DRAFT      ON_BILLING_RECORD
    fixed       POSTED     BILLED
"""


@pytest.mark.parametrize("chosen", HoursOfDeletedProject)
@pytest.mark.parametrize(("on_record", "status", "code"), [*table(ON_RECORDS)])
async def test_4_4_ct_r6_a_project_of_which_something_is_on_a_record_stays(
    house: House, on_record: str, status: str, code: str, chosen: HoursOfDeletedProject
) -> None:
    unit = house.unit
    await set_preferences(unit, {"on_project_delete": chosen})
    task = await house.task("Task", RevenueType.USER_HOURLY_PLUS_FIXED, "70")
    if on_record == "hours":
        await house.log(task, 1)
    if on_record == "expense":
        await house.expense(None, 5000)
    record = await house.bill(status, fixed=[task] if on_record == "fixed" else [])
    before = await house.everything()
    assert await refused(delete_project(unit, house.world.portal)) == code
    assert await house.everything() == before
    if status == "DRAFT":
        await delete_billing_record(unit, record)
        await delete_project(unit, house.world.portal)
    await house.require_sound()


async def test_a_deleted_project_is_gone_for_everybody(house: House) -> None:
    unit, portal = house.unit, house.world.portal
    task = await house.task("Task")
    await take_baseline(unit, portal, "Before")
    await add_risk(unit, portal, RiskDraft("Rain"))
    await delete_project(unit, portal)
    session, organisation_id = unit.session, unit.organisation_id
    for listing in (PROJECTS, TASKS, BASELINES, RISKS):
        found = await listing.page(session, organisation_id, Cut(limit=50))
        assert portal not in {getattr(one, "project_id", one.id) for one in found.rows}
    assert await project_ids_by_code(session, organisation_id, ["PORTAL"]) == {}
    named = await project_ids_where(session, organisation_id, like=None, company_id=None, statuses=None, limit=50)
    assert portal not in named
    assert await project_finances(unit, [portal]) == {}
    for doing in (
        delete_project(unit, portal),
        edit_project(unit, portal, {"name": "x"}),
        set_project_currency(unit, portal, "USD"),
        create_task(unit, portal, TaskPlan("New")),
        create_issue(unit, portal, "New"),
        house.log(None, 1),
        house.expense(None, 1),
        house.bill("DRAFT"),
    ):
        assert await refused(doing) == "PROJECT_UNKNOWN"
    assert await refused(set_task_status(unit, task, TaskStatus.COMPLETE)) == "TASK_UNKNOWN"


async def test_4_7_a_project_is_restored_with_what_was_deleted_with_it(house: House) -> None:
    unit, portal = house.unit, house.world.portal
    task = await house.task("Task", RevenueType.FIXED_REVENUE, "70")
    entry = await house.log(task, 1)
    await house.expense(task, 5000)
    before = await house.figures(portal)
    await delete_project(unit, portal)
    unit.now = unit.now.replace(hour=12)
    await restore_project(unit, portal)
    hours = {"actual_seconds": 0, "labor_cost": 0}
    assert await house.figures(portal) == before | hours  # the hour stays general time
    assert await house.rows("SELECT project_id FROM time_entry WHERE id = :id", id=entry) == [(None,)]
    assert await refused(restore_project(unit, portal)) == "PROJECT_UNKNOWN"  # it is there
    await house.require_sound()


async def test_the_code_of_a_deleted_project_is_free_and_keeps_it_from_coming_back(house: House) -> None:
    unit = house.unit
    await delete_project(unit, house.world.portal)
    other = await create_project(unit, code="PORTAL", name="Another", company_id=None)
    assert await refused(restore_project(unit, house.world.portal)) == "CODE_TAKEN"
    await delete_project(unit, other)
    await restore_project(unit, house.world.portal)


async def test_9_4_deleting_a_project_needs_its_permissions(
    transactions: Transactions, admin: Principal, house: House
) -> None:
    await house.unit.session.commit()
    for permission in (Permission.EDIT_PROJECTS, Permission.EDIT_GENERAL_FINANCE):
        caller = Principal(admin.organisation_id, "somebody", EVERYTHING - {permission})
        async with transactions.begin(caller, dry_run=True) as unit:
            assert await refused(delete_project(unit, house.world.portal)) == "PERMISSION_DENIED"
            assert await refused(restore_project(unit, house.world.portal)) == "PERMISSION_DENIED"


# --- what is complete --------------------------------------------------------------------------------------------


async def test_4_6_a_project_is_complete_when_its_issues_are_too_and_takes_no_new_ones_then(house: House) -> None:
    unit, eur = house.unit, house.projects["EUR"]
    task, issue = await house.task("Task", project="EUR"), await create_issue(unit, eur, "Bug")
    for one in (task, issue):
        assert await refused(edit_project(unit, eur, {"status": ProjectStatus.COMPLETE})) == "TASKS_OPEN"
        await set_task_status(unit, one, TaskStatus.COMPLETE)
    await edit_project(unit, eur, {"status": ProjectStatus.COMPLETE})
    assert await refused(create_task(unit, eur, TaskPlan("Late"))) == "PROJECT_COMPLETE"
    assert await refused(create_issue(unit, eur, "Late")) == "PROJECT_COMPLETE"
    await edit_project(unit, eur, {"status": ProjectStatus.CURRENT})
    await create_issue(unit, eur, "Late")


@pytest.mark.parametrize("status", [ProjectStatus.COMPLETE, ProjectStatus.DEAD, ProjectStatus.ON_HOLD])
async def test_c_02_4_1_row_10_reopening_a_project_recomputes_nothing_that_is_stored(
    house: House, status: ProjectStatus
) -> None:
    """Nor do the task statuses on the way (row 8): only a recalculation rates history by the new rate."""
    unit, eur = house.unit, house.projects["EUR"]
    task = await house.task("Task", RevenueType.USER_HOURLY_PLUS_FIXED, "70", project="EUR")
    entry = await house.log(task, 1, project="EUR")
    stored = "SELECT (SELECT count(*) FROM valuation), (SELECT count(*) FROM actual)"
    before = await house.rows(stored)
    await house.bill_bob_at("150", level=Level.PERSON)
    await set_task_status(unit, task, TaskStatus.COMPLETE)
    await edit_project(unit, eur, {"status": status})
    await edit_project(unit, eur, {"status": ProjectStatus.CURRENT})
    await set_task_status(unit, task, TaskStatus.IN_PROGRESS)
    assert await house.rows(stored) == before
    assert await house.worth(entry) == (5000, 10000)
    await house.require_sound()
