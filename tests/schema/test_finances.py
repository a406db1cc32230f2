"""Measures, portfolios and baselines as a front end asks for them: names, methods, rights, statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette

from hourledger.core.access import Permission, Principal
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.transactions import Transactions
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.schema.test_lists import statements
from tests.support.world import World, log

PROJECT = Permission.VIEW_PROJECTS
COST, BILLING, GENERAL = Permission.VIEW_COST_RATES, Permission.VIEW_BILLING_RATES, Permission.VIEW_GENERAL_FINANCE
HOUR = 3600
MONDAY, FRIDAY = date(2026, 10, 26), date(2026, 10, 30)


@pytest.fixture
async def planned(transactions: Transactions, admin: Principal, world: World) -> str:
    """On the portal: Design of 10 planned hours (Bob, 50 and 100 an hour), half done in 4 hours."""
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Design", planned_seconds=10 * HOUR, planned_start=MONDAY, planned_completion=FRIDAY)
        task = await create_task(unit, world.portal, plan)
        await assign(unit, task, person_id=world.person, role_id=world.role, planned_seconds=10 * HOUR)
        await log_time(unit, [TimeDraft(world.person, world.portal, MONDAY, 4 * HOUR, task_id=task)])
    return global_id("Task", task)


EVERYTHING = """query($id: ID!) { node(id: $id) {
    ... on Project { finances(on: "2026-10-28") { ...Shared plannedHours actualHours plannedCost { amount }
        actualCost { amount } margin { amount } budget { amount } plannedBenefit { amount } budgetedHours
        budgetedCost { amount } budgetedCostVariance { amount } plannedRiskCost { amount }
        remainingRiskCost { amount } netValue { amount } roiPercent eacIncludingFixedCost { amount currency }
        fromTasks: eacIncludingFixedCost(eacMethod: ROLL_UP_FROM_TASKS) { amount } unbilledRevenue { amount } } }
    ... on Task { finances(on: "2026-10-28") { ...SharedOfTask plannedHours actualHours plannedCost { amount }
        actualCost { amount } margin { amount } billedRevenue { amount } draftRevenue { amount }
        unbilledRevenue { amount } } } } }
    fragment Shared on ProjectFinances { FIELDS }
    fragment SharedOfTask on TaskFinances { FIELDS }
""".replace(
    "FIELDS",
    """performanceIndexMethod eacMethod percentCompleteBasis actualHoursOwn hoursVariance
    costVariance { amount } revenueVariance { amount } remainingCost { amount } remainingRevenue { amount }
    plannedMargin { amount } plannedMarginPercent marginPercent percentComplete byDays: percentComplete(basis: DURATION)
    cpi byCost: cpi(method: COST_BASED) spi csi eac { method hours cost { amount } }
    costEac: eac(method: COST_BASED, eacMethod: ROLL_UP_FROM_TASKS) { method hours cost { amount } }
    bcwp { hours } bcws(method: COST_BASED) { cost { amount } }
    actualNonBillableExpenseCost { amount } realisedFixedRevenue { amount }""",
)


def amounts(found: Any) -> Any:
    """Amounts without the words around them."""
    if isinstance(found, dict):
        return found["amount"] if set(found) == {"amount"} else {key: amounts(value) for key, value in found.items()}
    return found


async def finish(api: Api, task: str) -> None:
    await api.do("setTaskStatus", "task { id }", taskId=task, status="IN_PROGRESS", percentComplete="50")


async def test_every_measure_of_a_project_and_a_task(api: Api, ids: Ids, planned: str) -> None:
    await finish(api, planned)
    await api.do(
        "editProjectFinances", "project { id }", projectId=ids.portal, budget="900", plannedBenefit="2000",
        fixedCost="20",
    )  # fmt: skip
    await api.do("addRisk", "risk { id }", projectId=ids.portal, description="Fire", probabilityPercent="10",
                 potentialCost="500", actualCost="5")  # fmt: skip
    await api.do("setRate", "rateLine { id }", kind="COST", level="ROLE", roleId=ids.role, rate="40", currency="EUR")
    await api.do("setRoleBudget", "roleBudget { hours role { name } }", projectId=ids.portal, roleId=ids.role,
                 firstDay="2026-11-02", hours="12")  # fmt: skip
    project, task = [
        amounts((await api.query(EVERYTHING, id=one))["node"]["finances"]) for one in (ids.portal, planned)
    ]
    shared = {
        "performanceIndexMethod": "HOUR_BASED",
        "eacMethod": "CALCULATE_AT_PROJECT",
        "percentCompleteBasis": "PLANNED_HOURS",
        "plannedHours": "10.00",
        "actualHours": "4.00",
        "hoursVariance": "6.00",
        "revenueVariance": "-600.00",
        "remainingRevenue": "600.00",
        "percentComplete": "50.00",
        "byDays": "50.00",
        "cpi": "1.25",
        "byCost": "1.25",
        "spi": "1.00",
        "csi": "1.25",
        "eac": {"method": "HOUR_BASED", "hours": "8.00", "cost": None},
        "costEac": {"method": "COST_BASED", "hours": None, "cost": "400.00"},
        "bcwp": {"hours": "5.00"},
        "bcws": {"cost": "250.00"},
        "actualNonBillableExpenseCost": "0.00",
        "realisedFixedRevenue": "0.00",
    }
    assert project.items() >= shared.items()
    assert task.items() >= shared.items()
    assert {name: value for name, value in task.items() if name not in shared} == {
        "plannedCost": "500.00",
        "actualCost": "200.00",
        "actualHoursOwn": "4.00",
        "margin": "200.00",
        "plannedMargin": "500.00",
        "plannedMarginPercent": "50.00",
        "marginPercent": "50.00",
        "costVariance": "300.00",
        "remainingCost": "300.00",
        "billedRevenue": "0.00",
        "draftRevenue": "0.00",
        "unbilledRevenue": "400.00",
    }
    assert {name: value for name, value in project.items() if name not in shared} == {
        "plannedCost": "520.00",
        "actualCost": "220.00",
        "actualHoursOwn": "0.00",
        "margin": "180.00",
        "plannedMargin": "480.00",
        "plannedMarginPercent": "48.00",
        "marginPercent": "45.00",
        "costVariance": "300.00",
        "remainingCost": "300.00",
        "unbilledRevenue": "400.00",
        "budget": "900.00",
        "plannedBenefit": "2000.00",
        "budgetedHours": "12.00",
        "budgetedCost": "500.00",
        "budgetedCostVariance": "280.00",
        "plannedRiskCost": "50.00",
        "remainingRiskCost": "45.00",
        "netValue": "1450.00",
        "roiPercent": "300.00",
        "eacIncludingFixedCost": {"amount": "420.00", "currency": "EUR"},
        "fromTasks": "420.00",
    }


async def test_what_is_not_defined_is_null(api: Api, ids: Ids, planned: str) -> None:
    query = """query($id: ID!) { project(id: $id) { finances {
        percentComplete budget { amount } roiPercent spi marginPercent } } }"""
    found = (await api.query(query, id=ids.dashboard))["project"]["finances"]
    assert found == {
        "percentComplete": None, "budget": None, "roiPercent": None, "spi": "1.00", "marginPercent": "0.00",
    }  # fmt: skip


SEEN = """
    permissions           hour cpi  cost cpi  spi  net value  eac cost  fixed  split  billed
    -                     -         -         -    -          -         -      -      -
    GENERAL               yes       -         yes  -          -         yes    yes    -
    COST                  -         -         -    -          -         -      -      -
    BILLING               -         -         -    -          -         -      -      yes
    COST+GENERAL          yes       yes       yes  yes        yes       yes    yes    -
"""
MEASURED = """query($id: ID!) { node(id: $id) { ... on Task { finances { billed: unbilledRevenue { amount } } project {
    finances { hourCpi: cpi(method: HOUR_BASED) costCpi: cpi(method: COST_BASED) spi netValue { amount }
    eacCost: eacIncludingFixedCost { amount } fixed: fixedCost { amount }
    split: actualBillableExpenseCost { amount } } } } } }"""
_HEADER, *_ROWS = [line.split("  ") for line in SEEN.strip().splitlines()]
_HELD = {"COST": COST, "BILLING": BILLING, "GENERAL": GENERAL}


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row[0].strip())
async def test_9_2_what_is_made_of_labour_cost_needs_the_right_to_it(
    api: Api, planned: str, token_with: IssueToken, row: list[str]
) -> None:
    name, *cells = [cell.strip() for cell in row if cell.strip()]
    held = [_HELD[one] for one in name.split("+") if one in _HELD]
    body = await api.as_caller(await token_with(PROJECT, *held)).answer(MEASURED, id=planned)
    task = body["data"]["node"]
    found = [*task["project"]["finances"].values(), *task["finances"].values()]
    assert "errors" not in body
    assert ["-" if value is None else "yes" for value in found] == cells


# --- changing ----------------------------------------------------------------------------------------------------


async def test_projects_are_edited_alone_and_in_bulk(api: Api, ids: Ids) -> None:
    edited = await api.do("editProject", "project { name status }", projectId=ids.portal, name="P", status="ON_HOLD")
    assert edited == {"name": "P", "status": "ON_HOLD"}
    wanted = "project { finances { budget { amount } performanceIndexMethod } }"
    change = {"projectId": ids.portal, "budget": "10.00", "performanceIndexMethod": "COST_BASED"}
    assert await api.do("editProjectFinances", wanted, **change) == {
        "finances": {"budget": {"amount": "10.00"}, "performanceIndexMethod": "COST_BASED"}
    }
    kept = await api.do("editProjectFinances", wanted, projectId=ids.portal, performanceIndexMethod=None)
    assert kept == {"finances": {"budget": {"amount": "10.00"}, "performanceIndexMethod": "HOUR_BASED"}}
    wanted = "results { project { code } outcome code message }"
    both = {"projectIds": [ids.portal, ids.dashboard], "budget": "10.00"}
    rehearsed = await api.do("editProjects", wanted, **both, dryRun=True)
    done = await api.do("editProjects", wanted, **both, idempotencyKey="once")
    again = await api.do("editProjects", wanted, **both, idempotencyKey="once")
    assert [(one["project"]["code"], one["outcome"]) for one in done] == [("PORTAL", "SKIPPED"), ("FLEET", "DONE")]
    assert rehearsed == done == again


async def test_null_and_left_out_are_not_the_same(api: Api, ids: Ids) -> None:
    assert await api.user_error("editProject", projectId=ids.portal, name=None) == "NULL_NOT_ALLOWED"
    assert await api.user_error("editProject", projectId=ids.portal, status="COMPLETE") == "TASKS_OPEN"
    assert await api.user_error("editProjects", projectIds=[]) == "PROJECT_COUNT"
    assert await api.user_error("editTaskTypes", taskId=ids.build, costType=None) == "NULL_NOT_ALLOWED"


async def test_tasks_change_how_they_cost_and_earn(api: Api, ids: Ids) -> None:
    found = await api.do(
        "editTaskTypes", "task { costType costRate { amount } revenueType billingAmount { amount } finances {"
        " plannedRevenue { amount } plannedFixedRevenue { amount } } }",
        taskId=ids.build, costType="FIXED_HOURLY", costRate="12", revenueType="FIXED_REVENUE", billingAmount="80",
    )  # fmt: skip
    assert amounts(found) == {
        "costType": "FIXED_HOURLY",
        "costRate": "12.00",
        "revenueType": "FIXED_REVENUE",
        "billingAmount": "80.00",
        "finances": {"plannedRevenue": "80.00", "plannedFixedRevenue": "80.00"},
    }
    done = await api.do(
        "setTaskStatus",
        "task { status percentComplete finances { actualRevenue { amount } } }",
        taskId=ids.build,
        status="COMPLETE",
    )
    assert amounts(done) == {
        "status": "COMPLETE",
        "percentComplete": "100.00",
        "finances": {"actualRevenue": "80.00"},
    }


async def test_preferences_hold_for_projects_that_say_nothing(api: Api, ids: Ids) -> None:
    wanted = "preferences { performanceIndexMethod eacMethod percentCompleteBasis autoBaselineOnCurrent }"
    chosen = {
        "performanceIndexMethod": "COST_BASED",
        "eacMethod": "ROLL_UP_FROM_TASKS",
        "percentCompleteBasis": "DURATION",
        "autoBaselineOnCurrent": True,
    }
    assert await api.do("setFinancePreferences", wanted, **chosen) == chosen
    fields = "performanceIndexMethod eacMethod percentCompleteBasis"
    found = await api.query(
        f"query($id: ID!) {{ project(id: $id) {{ finances {{ {fields} }} }}"
        f" financePreferences {{ {fields} autoBaselineOnCurrent }} }}",
        id=ids.portal,
    )
    assert found["financePreferences"] == chosen
    assert found["project"]["finances"] == {name: chosen[name] for name in fields.split()}


TYPES = """
    chosen: cost     revenue           given: cost  revenue        made: cost    revenue
    -                -                 -            -              USER_HOURLY   USER_HOURLY
    ROLE_HOURLY      NOT_BILLABLE      -            -              ROLE_HOURLY   NOT_BILLABLE
    ROLE_HOURLY      NOT_BILLABLE      NO_COST      -              NO_COST       NOT_BILLABLE
    ROLE_HOURLY      NOT_BILLABLE      -            ROLE_HOURLY    ROLE_HOURLY   ROLE_HOURLY
    -                USER_HOURLY_CAP   -            -              AMOUNT_NEEDED
"""


async def test_tick_17_new_tasks_cost_and_earn_as_the_organisation_chose(api: Api, ids: Ids) -> None:
    for number, line in enumerate(TYPES.strip().splitlines()[1:]):
        cells = [None if one == "-" else one for one in line.split()]
        chosen, said, made = cells[:2], cells[2:4], cells[4:]
        preferences = dict(zip(("taskCostType", "taskRevenueType"), chosen, strict=True))
        shown = await api.do("setFinancePreferences", "preferences { taskCostType taskRevenueType }", **preferences)
        assert all(shown[name] == one for name, one in preferences.items() if one is not None)
        given = dict(zip(("costType", "revenueType"), said, strict=True))
        task = await api.mutate(
            "createTask", "task { costType revenueType }", projectId=ids.portal, name=f"Task {number}", **given
        )
        if len(made) == 1:
            assert [one["code"] for one in task["userErrors"]] == made
        else:
            assert [task["task"]["costType"], task["task"]["revenueType"]] == made
    assert await api.query("{ financePreferences { taskCostType taskRevenueType } }") == {
        "financePreferences": {"taskCostType": "ROLE_HOURLY", "taskRevenueType": "USER_HOURLY_CAP"}
    }


async def test_risks_and_budgets_are_listed_and_changed(api: Api, ids: Ids) -> None:
    risk = await api.do("addRisk", "risk { id potentialCost { amount } }", projectId=ids.portal, description="Fire",
                        potentialCost="10")  # fmt: skip
    edited = await api.do("editRisk", "risk { description status potentialCost { amount } }", riskId=risk["id"],
                          status="CLOSED")  # fmt: skip
    assert amounts(edited) == {"description": "Fire", "status": "CLOSED", "potentialCost": "10.00"}
    assert await api.user_error("editRisk", riskId=risk["id"], description=None) == "NULL_NOT_ALLOWED"
    budget = {"projectId": ids.portal, "roleId": ids.role, "firstDay": "2026-11-01"}
    made = await api.do("setRoleBudget", "roleBudget { id hours firstDay }", **budget, hours="7.5")
    assert (made["hours"], made["firstDay"]) == ("7.50", "2026-11-01")
    for one, type_name in ((risk["id"], "Risk"), (made["id"], "RoleBudget")):
        assert (await api.query("query($id: ID!) { node(id: $id) { __typename } }", id=one))["node"] == {
            "__typename": type_name
        }
    query = """query($id: ID!) { project(id: $id) { risks { nodes { kind project { code } } }
        roleBudgets { nodes { hours role { name } project { code } } } } }"""
    found = (await api.query(query, id=ids.portal))["project"]
    assert found["risks"]["nodes"] == [{"kind": "", "project": {"code": "PORTAL"}}]
    assert found["roleBudgets"]["nodes"] == [
        {"hours": "7.50", "role": {"name": "Developer"}, "project": {"code": "PORTAL"}}
    ]
    assert await api.do("setRoleBudget", "roleBudget { id }", **budget, hours="0") is None
    persons = await api.do("setRoleBudget", "roleBudget { hours fullTimePersons }", **budget, fullTimePersons="1.25")
    assert persons == {"hours": "200.00", "fullTimePersons": "1.25"}  # CT-41
    for given, code in (
        ({}, "ONE_OF_TWO"),
        ({"hours": "1", "fullTimePersons": "1"}, "ONE_OF_TWO"),
        ({"fullTimePersons": "-1"}, "PERSONS_INVALID"),
        ({"fullTimePersons": "1", "firstDay": "2026-11-02"}, "MONTH_EXPECTED"),
    ):
        assert await api.user_error("setRoleBudget", **(budget | given)) == code
    assert await api.do("setRoleBudget", "roleBudget { id }", **budget, fullTimePersons="0") is None
    assert await api.do("deleteRisk", "deletedId", riskId=risk["id"]) == risk["id"]
    found = (await api.query(query, id=ids.portal))["project"]
    assert (found["risks"]["nodes"], found["roleBudgets"]["nodes"]) == ([], [])


async def test_baselines_are_taken_compared_and_deleted(api: Api, ids: Ids, planned: str) -> None:
    wanted = "baseline { id name isDefault figures { plannedCost { amount } cpi eacHours eacCost { amount } } }"
    start = await api.do("takeBaseline", wanted, projectId=ids.portal, name="Start")
    assert amounts(start["figures"]) == {"plannedCost": "500.00", "cpi": "0.00", "eacHours": "14.00", "eacCost": None}
    await finish(api, planned)
    later = await api.do("takeBaseline", wanted, projectId=ids.portal, name="Later")
    assert (start["isDefault"], later["isDefault"]) == (True, False)
    query = """query($a: ID!, $b: ID) { compareBaselines(a: $a, b: $b) { project { code } a { name } b { name }
        difference { plannedCost { amount } cpi eacHours } tasks { task { name } before { name costType }
        difference { eacHours } } } }"""
    for b, named in ((later["id"], {"name": "Later"}), (None, None)):
        found = (await api.query(query, a=start["id"], b=b))["compareBaselines"]
        assert (found["a"], found["b"]) == ({"name": "Start"}, named)
        assert amounts(found["difference"]) == {"plannedCost": "0.00", "cpi": "1.25", "eacHours": "-6.00"}
        assert {
            "task": {"name": "Design"},
            "before": {"name": "Design", "costType": "USER_HOURLY"},
            "difference": {"eacHours": "-6.00"},
        } in found["tasks"]
    assert await api.user_error("deleteBaseline", baselineId=start["id"]) == "BASELINE_IS_DEFAULT"
    await api.do("chooseDefaultBaseline", "baseline { id }", baselineId=later["id"])
    assert await api.do("deleteBaseline", "deletedId", baselineId=start["id"]) == start["id"]
    listed = await api.query(
        """query($id: ID!) { project(id: $id) { baselines { nodes { name isDefault takenOn
            tasks { nodes { name figures { fixedCost { amount } plannedCost { amount } } } } } } } }""",
        id=ids.portal,
    )
    (one,) = listed["project"]["baselines"]["nodes"]
    assert (one["name"], one["isDefault"], one["takenOn"]) == ("Later", True, "2026-11-02")
    assert amounts(one["tasks"]["nodes"][-1]) == {
        "name": "Design",
        "figures": {"fixedCost": None, "plannedCost": "500.00"},
    }


# --- portfolios ----------------------------------------------------------------------------------------------------

PORTFOLIO = """query($ids: [ID!], $text: String, $statuses: [ProjectStatus!], $currency: String) {
    portfolioFinances(projectIds: $ids, text: $text, statuses: $statuses, currency: $currency) {
        currency on onBudgetPercent figures { plannedCost { amount } actualRevenue { amount } actualHours roiPercent }
        projects { project { code } isOnBudget figures { plannedCost { amount } } } } }"""


async def test_a_portfolio_is_named_or_described(
    api: Api, ids: Ids, planned: str, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", MONDAY, project="dashboard")
    both = [ids.portal, ids.dashboard]
    found = (await api.query(PORTFOLIO, ids=both))["portfolioFinances"]
    assert amounts(found) == {
        "currency": "EUR",
        "on": "2026-11-02",
        "onBudgetPercent": "50.00",  # nothing was planned on the dashboard
        "figures": {"plannedCost": "500.00", "actualRevenue": "500.00", "actualHours": "5.00", "roiPercent": None},
        "projects": found["projects"],
    }
    assert [(one["project"]["code"], one["isOnBudget"]) for one in found["projects"]] == [
        ("PORTAL", True),
        ("FLEET", False),
    ]
    dollars = (await api.query(PORTFOLIO, ids=both, currency="USD"))["portfolioFinances"]
    assert dollars["figures"]["actualRevenue"] == {"amount": "1000.00"}
    for filters, codes in (
        ({}, ["FLEET", "PORTAL"]),
        ({"text": "port"}, ["PORTAL"]),
        ({"statuses": ["DEAD"]}, []),
    ):
        found = (await api.query(PORTFOLIO, **filters))["portfolioFinances"]
        assert [one["project"]["code"] for one in found["projects"]] == codes
    assert await api.code(PORTFOLIO, ids=both, text="port") == "ONE_OF_TWO"
    assert await api.code(PORTFOLIO, ids=both, currency="JPY") == "EXCHANGE_RATE_MISSING"


REFUSED = [
    "{ portfolioFinances { currency } }",
    "{ financePreferences { eacMethod } }",
    '{ compareBaselines(a: "QmFzZWxpbmU6MQ==") { tasks { __typename } } }',
]


@pytest.mark.parametrize("query", REFUSED)
async def test_portfolios_and_baselines_are_for_those_who_see_projects(
    api: Api, token_with: IssueToken, query: str
) -> None:
    caller = api.as_caller(await token_with(Permission.LOG_TIME))
    assert await caller.code(query) == "PERMISSION_DENIED"


async def test_9_5_risks_and_budgets_are_hidden_without_general_finance(
    api: Api, ids: Ids, token_with: IssueToken
) -> None:
    risk = await api.do("addRisk", "risk { id }", projectId=ids.portal, description="Fire")
    caller = api.as_caller(await token_with(PROJECT, COST, BILLING))
    assert await caller.code("query($id: ID!) { node(id: $id) { id } }", id=risk["id"]) == "PERMISSION_DENIED"
    body = await caller.answer(
        "query($id: ID!) { project(id: $id) { code risks { nodes { id } } roleBudgets { nodes { id } } } }",
        id=ids.portal,
    )
    assert body["data"]["project"] == {"code": "PORTAL", "risks": None, "roleBudgets": None}


# --- statements ------------------------------------------------------------------------------------------------------


async def test_the_figures_of_fifty_projects_and_their_tasks_take_as_many_statements_as_those_of_two(
    api: Api, app: Starlette, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        for number in range(50):
            made = await create_project(unit, code=f"A{number:03}", name="Many", company_id=world.museum)
            task = await create_task(unit, made, TaskPlan("Work"))
            await log_time(unit, [TimeDraft(world.person, made, MONDAY, HOUR, task_id=task)])
        await create_billing_record(unit, BillingRequest([made]))
    query = """query($first: Int!) { projects(first: $first) { nodes {
        finances { cpi eac { hours } netValue { amount } } risks { nodes { id } } baselines { nodes { id } }
        tasks { nodes { finances { spi draftRevenue { amount } unbilledRevenue { amount } } } } } } }"""
    await api.query(query, first=1)  # looks the token up
    counts = []
    for first in (2, 50):
        with statements(app) as sent:
            found = await api.query(query, first=first)
        assert len(found["projects"]["nodes"]) == first
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 18, counts
    assert found["projects"]["nodes"][-1]["tasks"]["nodes"][0]["finances"]["draftRevenue"] == {"amount": "100.00"}
