"""Utilisation, the resource planner and the built-in reports (ticks 107, 108, 110) as a front end asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette

from hourledger.core.access import Permission, Principal
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.transactions import Transactions
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.schema.test_lists import statements
from tests.support.world import World, log

PROJECT = Permission.VIEW_PROJECTS
COST, BILLING, GENERAL = Permission.VIEW_COST_RATES, Permission.VIEW_BILLING_RATES, Permission.VIEW_GENERAL_FINANCE
HOUR = 3600
OCTOBER, NOVEMBER = date(2026, 10, 26), date(2026, 11, 2)


@pytest.fixture
async def busy(transactions: Transactions, admin: Principal, world: World) -> None:
    """Bob, 50 and 100 an hour: 10 h planned and 4 h logged on the portal, 2 h (at 2 USD a EUR) on the dashboard."""
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Design", planned_seconds=10 * HOUR, planned_start=OCTOBER, planned_completion=OCTOBER)
        task = await create_task(unit, world.portal, plan)
        await assign(unit, task, person_id=world.person, role_id=world.role)
        await log(unit, world, "3", OCTOBER)
        await log(unit, world, "1", NOVEMBER)
        await log(unit, world, "2", NOVEMBER, project="dashboard")


UTILISATION = """query($id: ID!) { project(id: $id) { utilisation(by: [PART, ROLE, PERSON]) { currency on
    planned { hours revenue { amount } }
    groups { nodes { by part groups { nodes { by role { name } groups { nodes { by person { name } allocationDate
        planned { hours laborCost { amount } cost { amount } revenue { amount } margin { amount } marginPercent }
        budgeted { hours cost { amount } } actual { hours cost { amount } margin { amount } marginPercent }
        plannedVariance { hours cost { amount } revenue { amount } } budgetedVariance { hours cost { amount } }
    } } } } } } } } }"""


def amounts(value: Any) -> Any:
    """{"amount": x} as x."""
    if isinstance(value, dict):
        return value["amount"] if value.keys() == {"amount"} else {key: amounts(one) for key, one in value.items()}
    return [amounts(one) for one in value] if isinstance(value, list) else value


async def test_107_a_projects_utilisation_by_role_and_person(api: Api, ids: Ids, busy: None) -> None:
    found = amounts((await api.query(UTILISATION, id=ids.portal))["project"]["utilisation"])
    assert (found["currency"], found["on"], found["planned"]) == ("EUR", None, {"hours": "10.00", "revenue": "1000.00"})
    [part] = found["groups"]["nodes"]
    [role] = part["groups"]["nodes"]
    [person] = role["groups"]["nodes"]
    assert (part["by"], part["part"], role["role"]) == ("PART", "TASK_HOURS", {"name": "Developer"})
    assert person == {
        "by": "PERSON",
        "person": {"name": "Bob Best"},
        "allocationDate": None,
        "planned": {"hours": "10.00", "laborCost": "500.00", "cost": "500.00", "revenue": "1000.00",
                    "margin": "500.00", "marginPercent": "50.00"},
        "budgeted": {"hours": "0.00", "cost": "0.00"},
        "actual": {"hours": "4.00", "cost": "200.00", "margin": "200.00", "marginPercent": "50.00"},
        "plannedVariance": {"hours": "6.00", "cost": "300.00", "revenue": "-600.00"},
        "budgetedVariance": {"hours": "-4.00", "cost": "-200.00"},
    }  # fmt: skip


ALL = """laborCost { amount } expenseCost { amount } fixedCost { amount } cost { amount }"""
REVENUES = "hourlyRevenue { amount } fixedRevenue { amount } revenue { amount } fixedRevenueShare { amount }"
MARGINS = "margin { amount } marginPercent"
EVERY_FIGURE = f"""query($id: ID!) {{ project(id: $id) {{ utilisation(by: [PERSON]) {{ groups {{ nodes {{
    person {{ name }} billedRevenue {{ amount }} planned {{ hours {ALL} {REVENUES} {MARGINS} }}
    actual {{ hours {ALL} {REVENUES} {MARGINS} }} budgeted {{ hours {ALL} }}
    plannedVariance {{ hours {ALL} {REVENUES} }} budgetedVariance {{ hours {ALL} }} }} }} }} }} }}"""
NEEDED = {
    "laborCost": {COST},
    "expenseCost": {GENERAL},
    "fixedCost": {GENERAL},
    "cost": {COST, GENERAL},
    "hourlyRevenue": {BILLING},
    "fixedRevenue": {BILLING},
    "revenue": {BILLING},
    "fixedRevenueShare": {BILLING},
    "margin": {COST, BILLING, GENERAL},
    "marginPercent": {COST, BILLING, GENERAL},
    "hours": set(),
}


@pytest.mark.parametrize(
    "held", [set(), {COST}, {BILLING}, {GENERAL}, {COST, GENERAL}, {BILLING, GENERAL}, {COST, BILLING, GENERAL}]
)
async def test_i9_figures_of_groups_without_the_right_to_them_are_null(
    api: Api, ids: Ids, busy: None, token_with: IssueToken, held: set[Permission]
) -> None:
    caller = api.as_caller(await token_with(PROJECT, *held))
    body = await caller.answer(EVERY_FIGURE, id=ids.portal)
    [shown] = body["data"]["project"]["utilisation"]["groups"]["nodes"]
    assert shown["person"] == {"name": "Bob Best"}
    assert (shown["billedRevenue"] is not None) is (BILLING in held)
    for side in ("planned", "actual", "budgeted", "plannedVariance", "budgetedVariance"):
        for name, value in shown[side].items():
            assert (value is not None) is (NEEDED[name] <= held), f"{side}.{name}"
    assert bool(body.get("extensions", {}).get("hidden")) is (len(held) < 3)


GROUPED = """query($by: [Grouping!]!, $ids: [ID!], $text: String, $first: Int, $after: String, $currency: String,
        $firstDay: Date, $lastDay: Date) {
    groupedFinances(by: $by, projectIds: $ids, text: $text, currency: $currency, firstDay: $firstDay,
            lastDay: $lastDay) { currency on actual { hours revenue { amount } }
        groups(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...named groups { nodes {
            ...named groups { nodes { ...named } } } } } } } }
    fragment named on FinanceGroup { part project { code } company { name } person { name } hourType { name }
        allocationDate actual { hours laborCost { amount } cost { amount } revenue { amount } }
        planned { cost { amount } revenue { amount } } billedRevenue { amount } }"""


async def report(api: Api, *by: str, **given: Any) -> Any:
    given = {"first": 50} | given
    return amounts((await api.query(GROUPED, by=list(by), **given))["groupedFinances"])


async def test_110_planned_and_actual_cost_and_revenue_by_project_and_month(api: Api, ids: Ids, busy: None) -> None:
    found = await report(api, "PROJECT", "MONTH")
    assert (found["currency"], found["on"]) == ("EUR", "2026-11-02")
    assert found["actual"] == {"hours": "6.00", "revenue": "600.00"}
    portal, fleet = found["groups"]["nodes"]
    assert [
        (one["allocationDate"], one["planned"]["cost"], one["actual"]["cost"], one["actual"]["revenue"])
        for one in portal["groups"]["nodes"]
    ] == [("2026-10-01", "500.00", "150.00", "300.00"), ("2026-11-01", "0.00", "50.00", "100.00")]
    assert (fleet["project"], fleet["actual"]["revenue"]) == ({"code": "FLEET"}, "200.00")
    dollars = await report(api, "PROJECT", currency="USD")
    assert [one["actual"]["revenue"] for one in dollars["groups"]["nodes"]] == ["800.00", "400.00"]
    one_day = await report(api, "PROJECT", firstDay="2026-11-02", lastDay="2026-11-02", text="PORT")
    assert [one["actual"]["revenue"] for one in one_day["groups"]["nodes"]] == ["100.00"]


async def test_110_labour_and_expense(api: Api, ids: Ids, busy: None) -> None:
    await api.do("addExpense", "expense { id }", projectId=ids.portal, expenseType="Travel", description="Train",
                 actualAmount="12")  # fmt: skip
    found = await report(api, "PART", ids=[ids.portal])
    assert [(one["part"], one["actual"]["cost"]) for one in found["groups"]["nodes"]] == [
        ("TASK_HOURS", "200.00"),
        ("EXPENSE", "12.00"),
    ]


async def test_110_hours_with_their_cost_by_person_kind_and_month(api: Api, busy: None) -> None:
    found = await report(api, "PERSON", "HOUR_TYPE", "MONTH")
    person = found["groups"]["nodes"][0]
    kind = person["groups"]["nodes"][0]
    assert (person["person"], kind["hourType"]) == ({"name": "Bob Best"}, {"name": "Task Time"})
    assert [
        (one["allocationDate"], one["actual"]["hours"], one["actual"]["laborCost"]) for one in kind["groups"]["nodes"]
    ] == [("2026-10-01", "3.00", "150.00"), ("2026-11-01", "3.00", "150.00")]


async def test_110_billed_revenue_by_customer_and_month(
    api: Api, busy: None, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        for project, billed_on in ((world.portal, date(2026, 11, 1)), (world.dashboard, date(2026, 12, 1))):
            request = BillingRequest([project], billing_date=billed_on, additional_minor=700)
            record = await create_billing_record(unit, request)
            await confirm_billing_record(unit, record)
            if project == world.portal:
                await post_billing_record(unit, record)
        # Of the other customer nothing is posted yet.
    found = await report(api, "COMPANY", "MONTH", "PART")
    museum, robotics = found["groups"]["nodes"]
    assert (museum["company"], museum["billedRevenue"]) == ({"name": "Meridian Museum"}, "407.00")
    [october, november] = museum["groups"]["nodes"]
    assert (october["billedRevenue"], november["billedRevenue"]) == ("0.00", "407.00")
    assert [(one["part"], one["billedRevenue"]) for one in november["groups"]["nodes"]] == [
        ("TASK_HOURS", "400.00"),
        ("ADDITIONAL_AMOUNT", "7.00"),
    ]
    assert robotics["billedRevenue"] == "0.00"
    shown = await api.query("{ portfolioFinances { figures { billedRevenue { amount } } } }")
    assert shown["portfolioFinances"]["figures"]["billedRevenue"] == {"amount": "407.00"}
    by_person = await report(api, "PERSON")
    assert [one["billedRevenue"] for one in by_person["groups"]["nodes"]] == ["400.00", "7.00"]


async def test_110_projects_over_budget_are_in_the_portfolio(api: Api, ids: Ids, busy: None) -> None:
    for project, budget in ((ids.portal, "199.99"), (ids.dashboard, "1000")):
        await api.do("editProjectFinances", "project { id }", projectId=project, budget=budget)
    found = await api.query("{ portfolioFinances { projects { project { code } isOnBudget } } }")
    over = [one["project"]["code"] for one in found["portfolioFinances"]["projects"] if not one["isOnBudget"]]
    assert over == ["PORTAL"]


async def test_groups_are_read_page_by_page(api: Api, ids: Ids, busy: None) -> None:
    first = await report(api, "PROJECT", first=1)
    assert first["groups"]["pageInfo"]["hasNextPage"] is True
    second = await report(api, "PROJECT", first=1, after=first["groups"]["pageInfo"]["endCursor"])
    assert second["groups"]["pageInfo"]["hasNextPage"] is False
    codes = [one["project"]["code"] for page in (first, second) for one in page["groups"]["nodes"]]
    assert codes == ["PORTAL", "FLEET"]
    cursor = first["groups"]["pageInfo"]["endCursor"]
    for given, code in (
        ({"by": ["MONTH"], "after": cursor}, "CURSOR_INVALID"),
        ({"by": ["PROJECT"], "after": "x"}, "CURSOR_INVALID"),
        ({"by": ["PROJECT"], "first": 0}, "PAGE_SIZE"),
        ({"by": []}, "GROUPING_INVALID"),
        ({"by": ["PROJECT"], "text": "port", "ids": [ids.portal]}, "ONE_OF_TWO"),
        ({"by": ["PROJECT"], "ids": [ids.person]}, "ID_OF_OTHER_TYPE"),
    ):
        assert await api.code(GROUPED, **({"first": 5} | given)) == code


async def test_groups_are_for_those_who_see_projects(api: Api, token_with: IssueToken) -> None:
    caller = api.as_caller(await token_with(Permission.LOG_TIME, COST, GENERAL))
    assert await caller.code(GROUPED, by=["PROJECT"], first=5) == "PERMISSION_DENIED"


async def test_the_utilisation_of_many_projects_takes_as_many_statements_as_that_of_one(
    api: Api, app: Starlette, busy: None, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        for number in range(20):
            made = await create_project(unit, code=f"A{number:03}", name="Many", company_id=None)
            task = await create_task(unit, made, TaskPlan("Work", planned_seconds=HOUR))
            await log_time(unit, [TimeDraft(world.person, made, OCTOBER, HOUR, task_id=task)])
    query = """query($first: Int!) { projects(first: $first) { nodes { utilisation(by: [ROLE, PERSON]) {
        groups { nodes { role { name } groups { nodes { person { name } actual { hours } } } } } } } } }"""
    await api.query(query, first=1)  # looks the token up
    counts = []
    for first in (1, 20):
        with statements(app) as sent:
            found = await api.query(query, first=first)
        assert len(found["projects"]["nodes"]) == first
        counts.append(len(sent))
    assert counts[0] == counts[1]


async def test_four_levels_fit_into_a_query(api: Api, busy: None) -> None:
    found = await api.query(
        """{ groupedFinances(by: [COMPANY, ROLE, PERSON, WEEK]) { groups { nodes { groups { nodes { groups { nodes {
            groups { nodes { allocationDate actual { cost { amount } } } } } } } } } } } }"""
    )
    assert found["groupedFinances"]["groups"]["nodes"]


async def test_a_plan_without_an_exchange_rate_hides_only_what_depends_on_it(
    api: Api, ids: Ids, busy: None, world: World, transactions: Transactions, admin: Principal
) -> None:
    long_ago = date(2024, 6, 3)  # exchange rates begin in 2025
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Old", planned_seconds=HOUR, planned_start=long_ago, planned_completion=long_ago)
        await assign(unit, await create_task(unit, world.dashboard, plan), person_id=world.person, role_id=None)
    body = await api.answer(GROUPED, by=["PROJECT", "MONTH"], first=5)
    assert "errors" not in body
    portal, fleet = amounts(body["data"]["groupedFinances"]["groups"]["nodes"])
    assert (portal["planned"]["cost"], fleet["planned"]["cost"]) == ("500.00", None)
    assert (fleet["actual"]["revenue"], fleet["groups"]["nodes"][1]["planned"]["cost"]) == ("200.00", "0.00")
    assert {one["code"] for one in body["extensions"]["unknown"]} == {"EXCHANGE_RATE_MISSING"}
