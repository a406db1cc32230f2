"""Deleting tasks and issues: where their work goes, and what keeps them (project-finances §1.1, §4.4, §4.7)."""

from __future__ import annotations

import pytest

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.work import RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.delete_task import delete_task
from hourledger.services.preferences import HoursOfDeletedTask, set_preferences
from hourledger.services.work_types import create_hour_type
from hourledger.transactions import Transactions
from models.queries.finances import planned_work
from models.queries.listing.keyset import Cut
from models.queries.listing.time_journal import TIME_JOURNAL
from models.tables import HourTypeScope
from tests.core.tables import table
from tests.services.structure_house import House, house, refused

__all__ = ["house"]

ON_THE_PROJECT = """
    revenue_type            amount  before  after     # Bob bills 100 an hour when he works on the project itself
    USER_HOURLY             -       20000   20000
    NOT_BILLABLE            -       0       20000
    FIXED_HOURLY            -       18000   20000     # 90 on the task
    USER_HOURLY_CAP         150     15000   20000     # the cap goes with the task
    USER_HOURLY_PLUS_FIXED  70      20000   20000     # and so does the fixed amount
"""


@pytest.mark.parametrize(("revenue_type", "amount", "before", "after"), [*table(ON_THE_PROJECT)])
async def test_1_1_hours_become_hours_of_the_project_and_are_rated_as_such(
    house: House, revenue_type: str, amount: str, before: str, after: str
) -> None:
    task = await house.task("Gone", RevenueType(revenue_type), None if amount == "-" else amount)
    entry = await house.log(task, 2)
    assert await house.worth(entry) == (10000, int(before))
    await delete_task(house.unit, task)
    assert await house.worth(entry) == (10000, int(after))
    assert await house.rows("SELECT project_id, task_id, deleted_at FROM time_entry WHERE id = :id", id=entry) == [
        (house.world.portal, None, None)
    ]
    standing = await house.rows(
        "SELECT transaction_type, task_id, amount_minor, billing_type FROM actual WHERE time_entry_id = :entry "
        "AND adjustment_status = 'STANDS' ORDER BY 1",
        entry=entry,
    )
    chargeable = ("UNBILLED_SALES", None, int(after), "CHARGEABLE")
    assert standing == [("COST", None, 10000, "CHARGEABLE"), chargeable]
    figures = await house.figures(house.world.portal)
    assert (figures["unbilled"], figures["planned_fixed_revenue"]) == (int(after), 0)
    await house.require_sound()


async def test_1_1_hours_are_deleted_where_the_organisation_says_so(house: House) -> None:
    unit = house.unit
    await set_preferences(unit, {"on_task_or_issue_delete": HoursOfDeletedTask.DELETE})
    task, issue = await house.task("Gone"), await house.issue("Gone, too")
    entries = [await house.log(one, 1) for one in (task, issue)]
    for one in (task, issue):
        await delete_task(unit, one, reason="by mistake")
    assert set((await house.figures(house.world.portal)).values()) == {0}
    gone = await house.rows("SELECT id, task_id FROM time_entry WHERE deleted_at IS NOT NULL ORDER BY id")
    assert gone == [*zip(entries, (task, issue), strict=True)]
    assert await house.rows(
        "SELECT DISTINCT sum(amount_minor) OVER (PARTITION BY time_entry_id, transaction_type) FROM actual"
    ) == [(0,)]
    page = await TIME_JOURNAL.page(unit.session, unit.organisation_id, Cut(limit=10), (), {"now": unit.now})
    assert sorted(str(one.change) for one in page.rows) == ["ADDED", "ADDED", "DELETED", "DELETED"]
    await house.require_sound()


async def test_4_7_subtasks_go_with_it_and_expenses_become_the_projects(house: House) -> None:
    unit = house.unit
    parent = await house.task("Parent", planned_seconds=7200)
    top = await house.task("Top", parent_id=parent, planned_seconds=3600)
    below = await house.task("Below", RevenueType.FIXED_REVENUE, "70", parent_id=top)
    await assign(unit, below, person_id=house.world.person, role_id=None)
    entry, expense = await house.log(below, 1), await house.expense(below, 5000)
    await delete_task(unit, top)
    assert await house.rows("SELECT id FROM task WHERE deleted_at IS NOT NULL ORDER BY id") == [(top,), (below,)]
    assert await house.rows("SELECT project_id, task_id FROM expense WHERE id = :id", id=expense) == [
        (house.world.portal, None)
    ]
    assert await house.rows(
        "SELECT DISTINCT task_id FROM actual WHERE expense_id = :id AND adjustment_status = 'STANDS'", id=expense
    ) == [(None,)]
    assert await house.worth(entry) == (5000, 10000)
    plans = await planned_work(unit.session, unit.organisation_id, [house.world.portal])
    assert {one.task_id: one.task_seconds for one in plans} == {house.world.build: 0, parent: 7200}  # by itself again
    for name in ("Top", "Below"):
        await house.task(name)  # the names are free
    await house.require_sound()


async def test_1_10_the_kind_of_hours_follows_what_they_are_on_now(house: House) -> None:
    unit = house.unit
    rework = await create_hour_type(unit, "Rework", scope=HourTypeScope.PROJECT_SPECIFIC, counts_as_revenue=False)
    task, issue = await house.task("Task"), await house.issue("Issue")
    entries = [await house.log(task, 1), await house.log(issue, 1), await house.log(task, 1, kind=rework)]
    for one in (task, issue):
        await delete_task(unit, one)
    kinds = (
        "SELECT h.name FROM time_entry e JOIN hour_type h ON h.id = e.hour_type_id WHERE e.id = ANY(:ids) ORDER BY e.id"
    )
    assert await house.rows(kinds, ids=entries) == [("Project Time",), ("Project Time",), ("Rework",)]
    assert [(await house.worth(one))[1] for one in entries] == [10000, 10000, 0]
    await house.require_sound()


ON_RECORDS = """
    on_record  status     code
    hours      DRAFT      ON_BILLING_RECORD
    hours      POSTED     BILLED
    expense    DRAFT      ON_BILLING_RECORD
    expense    CONFIRMED  BILLED
    fixed      DRAFT      FIXED_AMOUNT_ON_RECORD
    fixed      POSTED     FIXED_AMOUNT_BILLED
"""


@pytest.mark.parametrize("chosen", HoursOfDeletedTask)
@pytest.mark.parametrize(("on_record", "status", "code"), [*table(ON_RECORDS)])
async def test_c_26_ct_r6_what_is_on_a_billing_record_keeps_its_task(
    house: House, on_record: str, status: str, code: str, chosen: HoursOfDeletedTask
) -> None:
    unit = house.unit
    await set_preferences(unit, {"on_task_or_issue_delete": chosen})
    root = await house.task("Root")
    task = await house.task("Part", RevenueType.USER_HOURLY_PLUS_FIXED, "70", parent_id=root)
    if on_record == "hours":
        await house.log(task, 1)
    if on_record == "expense":
        await house.expense(task, 5000)
    record = await house.bill(status, fixed=[task] if on_record == "fixed" else [])
    before = await house.everything()
    assert await refused(delete_task(unit, root)) == code
    assert await house.everything() == before
    if status == "DRAFT":
        await delete_billing_record(unit, record)
        await delete_task(unit, root)
    await house.require_sound()


async def test_1_1_whether_anything_with_hours_is_deleted_is_a_preference(house: House) -> None:
    unit = house.unit
    await set_preferences(unit, {"allow_delete_with_logged_hours": False})
    task, empty = await house.task("Task"), await house.task("Empty")
    below = await house.task("Below", parent_id=task)
    await house.log(below, 1)
    assert await refused(delete_task(unit, task)) == "HAS_LOGGED_HOURS"
    await delete_task(unit, empty)


async def test_a_deleted_task_is_unknown_to_everybody(house: House) -> None:
    unit = house.unit
    task = await house.task("Gone")
    await delete_task(unit, task)
    assert await refused(delete_task(unit, task)) == "TASK_UNKNOWN"
    assert await refused(house.log(task, 1)) == "TASK_UNKNOWN"
    assert await refused(house.expense(task, 1)) == "TASK_UNKNOWN"
    assert await refused(assign(unit, task, person_id=house.world.person, role_id=None)) == "TASK_UNKNOWN"
    assert await refused(create_task(unit, house.world.portal, TaskPlan("Below", parent_id=task))) == "TASK_UNKNOWN"
    assert await refused(delete_task(unit, 10**9)) == "TASK_UNKNOWN"


async def test_9_4_deleting_needs_its_permission(transactions: Transactions, admin: Principal, house: House) -> None:
    task = await house.task("Task")
    await house.unit.session.commit()
    caller = Principal(admin.organisation_id, "somebody", EVERYTHING - {Permission.EDIT_PROJECTS})
    async with transactions.begin(caller, dry_run=True) as unit:
        assert await refused(delete_task(unit, task)) == "PERMISSION_DENIED"
