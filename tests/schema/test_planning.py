"""Plans through HTTP: edited, shown day by day, and by week or month; and who sees what of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hourledger.core.access import Permission, Principal
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.transactions import Transactions
from resolvers.ids import global_id, row_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, log

PROJECT = Permission.VIEW_PROJECTS
COST, BILLING, GENERAL = (
    Permission.VIEW_COST_RATES,
    Permission.VIEW_BILLING_RATES,
    Permission.VIEW_GENERAL_FINANCE,
)
WEEK = {"firstDay": "2026-11-01", "lastDay": "2026-11-30"}
DAYS = """query($id: ID!, $firstDay: Date!, $lastDay: Date!) { node(id: $id) {
    ... on Task { plannedDays(firstDay: $firstDay, lastDay: $lastDay) { ...all } }
    ... on Assignment { plannedDays(firstDay: $firstDay, lastDay: $lastDay) { ...all } }
    ... on Project { plannedDays(firstDay: $firstDay, lastDay: $lastDay) { ...all } } } }
    fragment all on PlannedDay { day hours cost { amount } revenue { amount } }"""
FIGURES = """laborHours laborCost { amount } laborRevenue { amount } expenseCost { amount } fixedCost { amount }
    billableExpenseCost { amount } nonBillableExpenseCost { amount } fixedRevenue { amount }
    totalCost { amount } totalRevenue { amount }"""
ROWS = f"""query($id: ID!, $firstDay: Date!, $lastDay: Date!, $by: FinancialPeriod!) {{ project(id: $id) {{
    financialData(by: $by, firstDay: $firstDay, lastDay: $lastDay) {{ allocationDate isSplit
        planned {{ {FIGURES} }} actual {{ {FIGURES} }} variance {{ {FIGURES} }} }} }} }}"""


async def planned(api: Api, ids: Ids, hours: str = "10") -> tuple[Any, Any]:
    """A task of the week of 2 November 2026, and Bob on it."""
    task = await api.do("createTask", "task { id }", projectId=ids.portal, name="Plan", plannedHours=hours,
                        plannedStart="2026-11-02", plannedCompletion="2026-11-06")  # fmt: skip
    assignment = await api.do(
        "assignToTask", "assignment { id isPrimary }", taskId=task["id"], personId=ids.person, roleId=ids.role
    )
    assert assignment["isPrimary"] is True
    return task["id"], assignment["id"]


async def days(api: Api, of: str) -> str:
    found = (await api.query(DAYS, id=of, **WEEK))["node"]["plannedDays"]
    return ", ".join(f"{one['day'][8:]} {one['hours']} {one['cost']['amount']}" for one in found)


async def test_a_plan_is_edited_and_shown_day_by_day(api: Api, ids: Ids) -> None:
    task, bob = await planned(api, ids)
    assert await days(api, task) == ", ".join(f"0{day} 2.00 100.00" for day in range(2, 7))
    edited = await api.do(
        "editTask",
        "task { plannedHours plannedStart plannedCompletion firstDayHours percentComplete }",
        taskId=task,
        plannedHours="7",
        plannedStart="2026-11-03",
        firstDayHours="1",
        percentComplete="25.5",
    )
    assert edited == {
        "plannedHours": "7.00",
        "plannedStart": "2026-11-03",
        "plannedCompletion": "2026-11-06",
        "firstDayHours": "1.00",
        "percentComplete": "25.50",
    }
    assert await days(api, ids.portal) == "03 1.00 50.00, 04 2.00 100.00, 05 2.00 100.00, 06 2.00 100.00"
    left_open = await api.do("editTask", "task { firstDayHours plannedHours }", taskId=task, firstDayHours=None)
    assert left_open == {"firstDayHours": None, "plannedHours": "7.00"}
    contour = await api.do(
        "setContour",
        "assignment { contour { day hours } isPlannedByHand }",
        assignmentId=bob,
        days=[{"day": "2026-11-06", "hours": "4"}, {"day": "2026-11-03", "hours": "3"}],
    )
    assert contour == {
        "contour": [{"day": "2026-11-03", "hours": "3.00"}, {"day": "2026-11-06", "hours": "4.00"}],
        "isPlannedByHand": False,
    }
    assert await days(api, task) == "03 3.00 150.00, 06 4.00 200.00"


async def test_ct_35_through_the_api(api: Api, ids: Ids) -> None:
    task, bob = await planned(api, ids)
    role = await api.do("assignToTask", "assignment { id plannedHours }", taskId=task, roleId=ids.role)
    assert role["plannedHours"] == "5.00"
    hours = "assignment { plannedHours isPlannedByHand task { plannedHours assignments { plannedHours } } }"
    four = await api.do("editAssignment", hours, assignmentId=bob, plannedHours="4")
    assert four == {
        "plannedHours": "4.00",
        "isPlannedByHand": True,
        "task": {"plannedHours": "10.00", "assignments": [{"plannedHours": "4.00"}, {"plannedHours": "6.00"}]},
    }
    await api.do("editAssignment", hours, assignmentId=role["id"], plannedHours="6")
    removed = await api.mutate("removeAssignment", "deletedId task { plannedHours }", assignmentId=role["id"])
    assert (removed["deletedId"], removed["task"]) == (role["id"], {"plannedHours": "4.00"})
    shared = await api.do("editAssignment", hours, assignmentId=bob, plannedHours=None)
    assert (shared["isPlannedByHand"], shared["plannedHours"]) == (False, "4.00")
    unchanged = await api.do("editAssignment", hours, assignmentId=bob)
    assert unchanged == shared


async def test_an_assignments_planned_days_are_its_part_under_the_cap(api: Api, ids: Ids) -> None:
    task, bob = await planned(api, ids)
    role = await api.do("assignToTask", "assignment { id }", taskId=task, roleId=ids.role)
    await api.do("editAssignment", "assignment { id }", assignmentId=bob, plannedHours="4")
    await api.do("editTaskTypes", "task { id }", taskId=task, costType="USER_HOURLY", revenueType="USER_HOURLY_CAP",
                 billingAmount="100")  # fmt: skip
    found = {
        of: (await api.query(DAYS, id=of, firstDay="2026-11-03", lastDay="2026-11-30"))["node"]["plannedDays"]
        for of in (task, bob, role["id"])
    }
    assert {of: [one["hours"] for one in days] for of, days in found.items()} == {
        task: ["2.00"] * 4,
        bob: ["0.80"] * 4,
        role["id"]: ["1.20"] * 4,
    }
    for of in (bob, task):  # the open role earns nothing
        assert [one["revenue"]["amount"] for one in found[of]] == ["20.00", "0.00", "0.00", "0.00"]
    issue = await api.do("createIssue", "issue { id assignments { id } }", projectId=ids.portal, name="Login fails",
                         personId=ids.person)  # fmt: skip
    on_issue = issue["assignments"][0]["id"]
    assert (await api.query(DAYS, id=on_issue, **WEEK))["node"]["plannedDays"] == []


async def test_work_schedules_are_made_chosen_and_listed(api: Api, ids: Ids) -> None:
    task, _ = await planned(api, ids)
    query = "query($id: ID!) { project(id: $id) { workSchedule { name } } }"
    assert (await api.query(query, id=ids.portal))["project"]["workSchedule"] is None
    made = await api.do(
        "createWorkSchedule",
        "workSchedule { id name isDefault weekdayHours specialDays { day } }",
        name="Four days",
        weekdayHours=["8", "8", "8", "8", "0", "0", "0"],
        isDefault=True,
    )
    assert made["weekdayHours"] == ["8.00"] * 4 + ["0.00"] * 3
    assert (await api.query(query, id=ids.portal))["project"]["workSchedule"] == {"name": "Four days"}
    holiday = await api.do(
        "setWorkScheduleDays",
        "workSchedule { specialDays { day hours name } }",
        workScheduleId=made["id"],
        days=[{"day": "2026-11-03", "hours": "0", "name": "A feast"}],
    )
    assert holiday == {"specialDays": [{"day": "2026-11-03", "hours": "0.00", "name": "A feast"}]}
    assert (await days(api, task)).startswith("02 3.333333 166.67, 04 3.333333")
    other = await api.do("createWorkSchedule", "workSchedule { id isDefault }", name="All", weekdayHours=["8"] * 7)
    await api.do("editWorkSchedule", "workSchedule { name }", workScheduleId=other["id"], name="All days")
    chosen = await api.do(
        "chooseWorkSchedule", "project { workSchedule { name } }", projectId=ids.portal, workScheduleId=other["id"]
    )
    assert chosen == {"workSchedule": {"name": "All days"}}
    listed = await api.query("{ workSchedules { nodes { id name isDefault } } }")
    assert [one["name"] for one in listed["workSchedules"]["nodes"]] == ["All days", "Four days"]
    found = await api.query("query($id: ID!) { node(id: $id) { ... on WorkSchedule { name } } }", id=made["id"])
    assert found["node"] == {"name": "Four days"}


async def test_1_18_finances_by_week(api: Api, ids: Ids, world: World, transactions: Transactions,
                                     admin: Principal) -> None:  # fmt: skip
    await planned(api, ids)
    async with transactions.begin(admin) as unit:
        await log(unit, world, "3", date(2026, 11, 4))
    await api.do("addExpense", "expense { id }", projectId=ids.portal, expenseType="Travel", description="Train",
                 plannedAmount="10", actualAmount="12", paidOn="2026-11-05", isBillable=True)  # fmt: skip
    [row] = (await api.query(ROWS, id=ids.portal, by="WEEK", **WEEK))["project"]["financialData"]
    assert (row["allocationDate"], row["isSplit"]) == ("2026-11-01", False)
    assert (row["planned"]["laborHours"], row["actual"]["laborHours"]) == ("10.00", "3.00")
    assert row["planned"]["totalCost"] == {"amount": "510.00"}
    assert row["actual"]["totalCost"] == {"amount": "162.00"}
    assert row["actual"]["billableExpenseCost"] == {"amount": "12.00"}
    assert row["variance"]["totalCost"] == {"amount": "348.00"}
    assert row["variance"]["totalRevenue"] == {"amount": "-700.00"}


SEEN = """
    permissions           laborCost  laborRevenue  expenseCost  fixedRevenue  totalCost  totalRevenue
    -                     -          -             -            -             -          -
    COST                  yes        -             -            -             -          -
    BILLING               -          yes           -            yes           -          yes
    GENERAL               -          -             yes          -             -          -
    COST+GENERAL          yes        -             yes          -             yes        -
"""
_HEADER, *_ROWS = [line.split() for line in SEEN.strip().splitlines()]
_NAMED = {"COST": COST, "BILLING": BILLING, "GENERAL": GENERAL}


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row[0])
async def test_i9_planned_figures_without_the_right_to_them_are_null(
    api: Api, ids: Ids, token_with: IssueToken, row: list[str]
) -> None:
    task, _ = await planned(api, ids)
    held = [_NAMED[name] for name in row[0].split("+") if name in _NAMED]
    caller = api.as_caller(await token_with(PROJECT, *held))
    body = await caller.answer(ROWS, id=ids.portal, by="MONTH", **WEEK)
    [shown] = body["data"]["project"]["financialData"]
    for side in ("planned", "actual", "variance"):
        seen = {name: shown[side][name] is not None for name in _HEADER[1:]}
        assert seen == {name: cell == "yes" for name, cell in zip(_HEADER[1:], row[1:], strict=True)}, side
    found = (await caller.answer(DAYS, id=task, **WEEK))["data"]["node"]["plannedDays"]
    assert {(one["cost"] is not None, one["revenue"] is not None) for one in found} == {(COST in held, BILLING in held)}


async def test_a_planned_day_without_an_exchange_rate_says_so_and_the_rest_is_answered(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    long_ago = date(2024, 6, 3)  # exchange rates begin in 2025
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Old", planned_seconds=3600, planned_start=long_ago, planned_completion=long_ago)
        task = await create_task(unit, world.dashboard, plan)
        await assign(unit, task, person_id=world.person, role_id=None)
        await log(unit, world, "1", date(2026, 11, 4), project="dashboard")
    body = await api.answer(
        """query($id: ID!, $task: ID!) { project(id: $id) {
            finances { plannedHours plannedLaborCost { amount } plannedExpenseCost { amount } plannedCost { amount }
                plannedRevenue { amount } actualRevenue { amount } }
            plannedDays(firstDay: "2024-06-01", lastDay: "2024-06-30") { day hours cost { amount } }
            financialData(by: MONTH, firstDay: "2024-06-01", lastDay: "2026-12-31") {
                planned { laborHours totalCost { amount } } actual { totalRevenue { amount } } } }
            node(id: $task) { ... on Task { plannedHours } } }""",
        id=ids.dashboard,
        task=global_id("Task", task),
    )
    assert "errors" not in body
    project = body["data"]["project"]
    assert project["finances"] == {
        "plannedHours": "1.00",
        "plannedLaborCost": None,
        "plannedExpenseCost": {"amount": "0.00"},
        "plannedCost": None,
        "plannedRevenue": None,
        "actualRevenue": {"amount": "200.00"},
    }
    assert project["plannedDays"] == [{"day": "2024-06-03", "hours": "1.00", "cost": None}]
    assert project["financialData"][0]["planned"] == {"laborHours": "1.00", "totalCost": None}
    assert project["financialData"][-1]["actual"] == {"totalRevenue": {"amount": "200.00"}}
    unknown = body["extensions"]["unknown"]
    assert {one["code"] for one in unknown} == {"EXCHANGE_RATE_MISSING"}
    assert "2024-06-03" in unknown[0]["message"]
    assert {one["field"] for one in unknown} == {
        "ProjectFinances.plannedLaborCost",
        "ProjectFinances.plannedCost",
        "ProjectFinances.plannedRevenue",
        "PlannedDay.cost",
        "FinancialFigures.totalCost",
    }


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-02", "2026-11-01"), ("2024-01-01", "2027-01-06"), ("0001-01-01", "0001-01-02"), ("9999-12-31",) * 2],
)
async def test_days_are_asked_for_a_few_years_at_a_time(api: Api, ids: Ids, first: str, last: str) -> None:
    assert await api.code(DAYS, id=ids.portal, firstDay=first, lastDay=last) == "DAYS_INVALID"
    assert await api.code(ROWS, id=ids.portal, firstDay=first, lastDay=last, by="WEEK") == "DAYS_INVALID"


async def test_a_plan_that_cannot_be_is_a_user_error(api: Api, ids: Ids, token_with: IssueToken) -> None:
    task, bob = await planned(api, ids)
    day = {"day": "2026-11-03", "hours": "5"}
    for mutation, given, code in (
        ("editTask", {"taskId": task, "plannedCompletion": "2026-11-01"}, "PLAN_REVERSED"),
        ("editTask", {"taskId": task, "plannedHours": "-1"}, "HOURS_INVALID"),
        ("editTask", {"taskId": task, "plannedHours": "999999999"}, "HOURS_INVALID"),
        ("editTask", {"taskId": task, "plannedHours": None}, "VALUE_NEEDED"),
        ("editTask", {"taskId": bob, "plannedHours": "1"}, "ID_OF_OTHER_TYPE"),
        ("setContour", {"assignmentId": bob, "days": [day]}, "CONTOUR_SUM"),
        ("setContour", {"assignmentId": bob, "days": [day, day]}, "DAYS_INVALID"),
        ("createWorkSchedule", {"name": "x", "weekdayHours": ["8"]}, "SCHEDULE_INVALID"),
        ("removeAssignment", {"assignmentId": global_id("Assignment", 0)}, "ASSIGNMENT_UNKNOWN"),
    ):
        assert await api.user_error(mutation, **given) == code, (mutation, given)
    caller = api.as_caller(await token_with(PROJECT))
    assert await caller.user_error("editTask", taskId=task, plannedHours="1") == "PERMISSION_DENIED"


async def test_a_rehearsed_edit_keeps_nothing(api: Api, ids: Ids) -> None:
    task, bob = await planned(api, ids)
    dry = await api.mutate("removeAssignment", "task { assignments { id } }", assignmentId=bob, dryRun=True)
    assert dry["task"] == {"assignments": []}
    assert await days(api, task) == ", ".join(f"0{day} 2.00 100.00" for day in range(2, 7))


MONEY_BY_DATE = """query($id: ID!, $firstDay: Date!, $lastDay: Date!) { node(id: $id) { ... on Assignment {
    moneyByDate(firstDay: $firstDay, lastDay: $lastDay) { firstDay lastDay plannedCostRate { amount currency }
        plannedRevenueRate { amount } plannedHours plannedCost { amount } plannedRevenue { amount } actualHours
        actualCost { amount } actualRevenue { amount } } } } }"""


async def test_44_an_assignments_money_by_date(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal, token_with: IssueToken
) -> None:
    task, bob = await planned(api, ids)
    async with transactions.begin(admin) as unit:
        await log_time(
            unit, [TimeDraft(world.person, world.portal, date(2026, 11, 3), 3600, task_id=row_id(task, "Task", "id"))]
        )
    [found] = (await api.query(MONEY_BY_DATE, id=bob, **WEEK))["node"]["moneyByDate"]
    assert found == {
        "firstDay": "2026-11-02",
        "lastDay": "2026-11-06",
        "plannedCostRate": {"amount": "50.00", "currency": "EUR"},
        "plannedRevenueRate": {"amount": "100.00"},
        "plannedHours": "10.00",
        "plannedCost": {"amount": "500.00"},
        "plannedRevenue": {"amount": "1000.00"},
        "actualHours": "1.00",
        "actualCost": {"amount": "50.00"},
        "actualRevenue": {"amount": "100.00"},
    }
    caller = api.as_caller(await token_with(PROJECT, COST))
    body = await caller.answer(MONEY_BY_DATE, id=bob, firstDay="2026-11-03", lastDay="2026-11-03")
    [seen] = body["data"]["node"]["moneyByDate"]
    assert (seen["plannedHours"], seen["plannedCost"], seen["actualCost"]) == (
        "2.00",
        {"amount": "100.00"},
        {"amount": "50.00"},
    )
    assert [seen[name] for name in ("plannedRevenueRate", "plannedRevenue", "actualRevenue")] == [None] * 3
    assert await api.code(MONEY_BY_DATE, id=bob, firstDay="2026-11-03", lastDay="2026-11-02") == "DAYS_INVALID"
