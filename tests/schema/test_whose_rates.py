"""By whose exchange rates an amount is told in another currency: every type with money (project-finances §7.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import text

from hourledger.core.access import Permission, Principal
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.runtime import Runtime
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.baselines import take_baseline
from hourledger.services.create_issue import create_issue
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.edit_project import edit_project
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.recalculation_runs import request_recalculation
from hourledger.services.risks import RiskDraft, add_risk
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from resolvers.ids import global_id
from tests.schema.api import SCHEMA, Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, log

HOUR = 3600
MONDAY = date(2026, 11, 2)
IN_EUR = 'amount currency in(currency: "EUR") { amount currency }'


def money_fields(type_name: str) -> list[str]:
    """The fields of a type that are money."""
    found = SCHEMA._schema.type_map[type_name]
    assert isinstance(found, GraphQLObjectType)
    fields = found.fields.items()
    return [name for name, field in fields if str(get_named_type(field.type)) == "Money" and type_name != "Money"]


def all_in_eur(type_name: str, query: str) -> str:
    """The query with all money of the type where it says %s; the fragments are what a front end would write."""
    fields = " ".join(f"{name} {{ ...InEur }}" for name in money_fields(type_name))
    fragments = f"fragment All on {type_name} {{ {fields} }} fragment InEur on Money {{ {IN_EUR} }}"
    return f"{query.replace('%s', '...All')} {fragments}"


def told(answer: Any) -> Iterator[tuple[Money, Money | None]]:
    """Every amount in an answer, and as what it is told."""
    if isinstance(answer, dict):
        if "in" in answer:
            other = answer["in"]
            yield (
                Money.of(answer["amount"], answer["currency"]),
                other and Money.of(other["amount"], other["currency"]),
            )
        for one in answer.values():
            yield from told(one)
    elif isinstance(answer, list):
        for one in answer:
            yield from told(one)


# Type by type, where it is to be seen on the project FLEET, and by whose rates it is told: 2 USD to the EUR are the
# organisation's, 1.5 were agreed for the project.
QUERIES = {
    "Project": ("project(code: $code) { %s }", "1.5"),
    "ProjectFinances": ("project(code: $code) { finances { %s } }", "1.5"),
    "Task": ("project(code: $code) { tasks { nodes { %s } } }", "1.5"),
    "TaskFinances": ("project(code: $code) { tasks { nodes { finances { %s } } } }", "1.5"),
    "EarnedAmount": (
        (
            "project(code: $code) { finances { eac(method: COST_BASED) { %s } bcwp(method: COST_BASED) { %s } "
            "bcws(method: COST_BASED) { %s } } }"
        ),
        "1.5",
    ),
    "Issue": ("project(code: $code) { issues { nodes { %s } } }", "1.5"),
    "TimeEntry": ("project(code: $code) { timeEntries { nodes { %s } } }", "1.5"),
    "Valuation": ("project(code: $code) { timeEntries { nodes { valuation { %s } } } }", "1.5"),
    "ValueExplanation": (
        (
            "project(code: $code) { timeEntries { nodes { valuation { why { cost { %s } revenue { %s } } } } } } "
            'explainRate(personId: $person, projectId: $project, on: "2026-11-02") { cost { %s } revenue { %s } }'
        ),
        "1.5",
    ),
    "Expense": ("project(code: $code) { expenses { nodes { %s } } }", "1.5"),
    "Risk": ("project(code: $code) { risks { nodes { %s } } }", "1.5"),
    "PlannedDay": (
        'project(code: $code) { plannedDays(firstDay: "2026-11-01", lastDay: "2026-11-30") { %s } }',
        "1.5",
    ),
    "FinancialFigures": (
        (
            'project(code: $code) { financialData(by: MONTH, firstDay: "2026-11-01", lastDay: "2026-11-30") '
            "{ planned { %s } actual { %s } variance { %s } } }"
        ),
        "1.5",
    ),
    "BaselineFigures": (
        (
            "project(code: $code) { baselines { nodes { figures { %s } tasks { nodes { figures { %s } } } } } } "
            "compareBaselines(a: $a, b: $b) { after { %s } tasks { before { figures { %s } } difference { %s } } } "
            "now: compareBaselines(a: $a) { before { %s } difference { %s } tasks { after { figures { %s } } } }"
        ),
        "1.5",
    ),
    "BillingRecordTotals": ("billingRecords { nodes { totals { %s } } }", "1.5"),
    "BillingRecordLine": ("billingRecords { nodes { lines { nodes { %s } } } }", "1.5"),
    "ProjectRecalculation": ("recalculationRun(id: $run) { projects { nodes { %s } } }", "1.5"),
    "RecalculationChange": ("recalculationRun(id: $run) { projects { nodes { changes { nodes { %s } } } } }", "1.5"),
    "RecalculationTotal": ("recalculationRun(id: $run) { totals { %s } }", None),
    "Posting": ("journalEntries { nodes { postings { %s } } }", "2"),
    "DatedMoney": (
        (
            "project(code: $code) { tasks { nodes { assignments { "
            'moneyByDate(firstDay: "2026-11-01", lastDay: "2026-11-30") { %s } } } } }'
        ),
        "1.5",
    ),
    "GroupedFinances": ("project(code: $code) { utilisation(by: [ROLE]) { %s } }", None),
    "FinanceGroup": ("project(code: $code) { utilisation(by: [ROLE]) { groups { nodes { %s } } } }", None),
    "WorkFigures": ("project(code: $code) { utilisation(by: [ROLE]) { planned { %s } actual { %s } } }", None),
    "BudgetFigures": (
        'groupedFinances(by: [ROLE], currency: "USD") { budgeted { %s } budgetedVariance { %s } }',
        None,
    ),
    "VarianceFigures": ('groupedFinances(by: [MONTH], currency: "USD") { plannedVariance { %s } }', None),
    "BusinessCase": ("project(code: $code) { businessCase { %s } }", "1.5"),
    "SnapshotValue": ("project(code: $code) { snapshots { nodes { facts { nodes { values { %s } } } } } }", None),
    "PortfolioSums": ('portfolioFinances(currency: "USD") { figures { %s } projects { figures { %s } } }', None),
}
SUBSCRIPTIONS = {
    "ProjectFinancesChanged": "projectFinancesChanged(after: 0, projectIds: [$project]) { %s }",
    "BillingRecordChanged": "billingRecordChanged(after: 0) { %s }",
}


def test_7_7_every_type_with_money_is_in_the_table_of_whose_rates_tell_it() -> None:
    kinds = [name for name, kind in SCHEMA._schema.type_map.items() if isinstance(kind, GraphQLObjectType)]
    assert {name for name in kinds if money_fields(name)} == {*QUERIES, *SUBSCRIPTIONS}


@pytest.fixture
async def fleet(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal, runtime: Runtime
) -> dict[str, str]:
    """FLEET with something of everything: the variables of the queries."""
    project, day = world.dashboard, {"planned_on": MONDAY, "paid_on": MONDAY}
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=project)
        fixed = {"fixed_cost": "10.01", "fixed_revenue": "20.02", "budget": "999.99", "planned_benefit": "5000.01"}
        await edit_project(unit, project, {name: Decimal(amount) for name, amount in fixed.items()})
        plan = TaskPlan("Plan", planned_seconds=8 * HOUR, planned_start=MONDAY, planned_completion=MONDAY)
        planned = await create_task(unit, project, plan)
        await assign(unit, planned, person_id=world.person, role_id=world.role)
        await create_task(
            unit,
            project,
            TaskPlan("Fixed", CostType.NO_COST, RevenueType.FIXED_REVENUE, billing_amount=Decimal("300.01")),
        )
        issue = await create_issue(unit, project, "It broke")
        await log(unit, world, "7.7", MONDAY, project="dashboard")
        for task in (planned, issue):
            await log_time(unit, [TimeDraft(world.person, project, MONDAY, 3 * HOUR, task_id=task)])
        for billable in (True, False):
            money = {"planned_minor": 10_001, "actual_minor": 9_001, "is_billable": billable}
            await add_expense(unit, ExpenseDraft(project, "Travel", "Train", **money, **day))  # type: ignore[arg-type]
        risk = RiskDraft("Fire", probability_percent=Decimal("33.3"), potential_cost=Decimal("100.01"))
        await add_risk(unit, project, risk)
        a = await take_baseline(unit, project, "A")
        await log_time(unit, [TimeDraft(world.person, project, MONDAY, HOUR, task_id=planned)])
        b = await take_baseline(unit, project, "B")
    await api.do("takeSnapshot", "snapshot { id }", projectId=ids.dashboard, name="C")
    record = await api.do(
        "createBillingRecord", "billingRecord { id }", projectIds=[ids.dashboard], additionalAmount="0.01"
    )
    for step in ("confirmBillingRecord", "postBillingRecord"):
        await api.do(step, "billingRecord { id }", billingRecordId=record["id"])
    async with transactions.begin(admin) as unit:
        await log(unit, world, "5", MONDAY, project="dashboard")
        scope = RateScope(RateKind.COST, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of(60, "EUR"), Period(), replace_overlapping=True)
        run = await request_recalculation(unit, [project], reason="New rate")
    await work_on(Tools(transactions, runtime.box), admin, run)
    await api.do("createBillingRecord", "billingRecord { id }", projectIds=[ids.dashboard])
    return {
        "code": "FLEET",
        "project": ids.dashboard,
        "person": ids.person,
        "a": global_id("Baseline", a),
        "b": global_id("Baseline", b),
        "run": global_id("RecalculationRun", run),
    }


async def test_7_7_every_amount_of_a_project_is_told_by_its_own_rates_and_the_books_by_the_organisations(
    api: Api, fleet: dict[str, str]
) -> None:
    kinds = {"code": "String", "project": "ID", "person": "ID!", "a": "ID!", "b": "ID", "run": "ID!"}
    for type_name, (query, rate) in QUERIES.items():
        given = {name: value for name, value in fleet.items() if re.search(rf"\${name}\b", query)}
        declared = ", ".join(f"${name}: {kinds[name]}" for name in given)
        head = f"query({declared}) " if declared else ""
        body = await api.answer(all_in_eur(type_name, f"{head}{{ {query} }}"), **given)
        assert "errors" not in body, (type_name, body["errors"])
        found = list(told(body["data"]))
        assert any(kept for kept, _ in found), type_name
        unknown = {one["code"] for one in body.get("extensions", {}).get("unknown", ())}
        assert unknown == (set() if rate else {"CONVERTED_ALREADY"}), type_name
        for kept, other in found:
            expected = None
            if rate:
                expected = kept if kept.currency == "EUR" else kept.converted(1 / Fraction(rate), "EUR")
            assert other == expected, (type_name, kept)


async def test_7_7_what_is_told_while_it_happens_is_told_in_another_currency(api: Api, fleet: dict[str, str]) -> None:
    for type_name, query in SUBSCRIPTIONS.items():
        head = "subscription($project: ID!) " if "$project" in query else "subscription "
        given = {"project": fleet["project"]} if "$project" in query else {}
        async with api.subscribed(all_in_eur(type_name, f"{head}{{ {query} }}"), **given) as events:
            found = list(told(await events.next()))
        assert found, type_name
        assert [other for _, other in found] == [kept.converted(Fraction(2, 3), "EUR") for kept, _ in found], type_name


async def test_7_2_in_the_base_currency_a_project_costs_what_its_work_cost_there(
    api: Api, fleet: dict[str, str]
) -> None:
    shown = f"nodes {{ hours revenue {{ {IN_EUR} }} }}"
    found = await api.query(f'{{ project(code: "FLEET") {{ timeEntries {{ {shown} }} }} }}')
    for entry in found["project"]["timeEntries"]["nodes"]:
        # At 100 EUR an hour; by the organisation's 2 USD to the EUR it would be 75.
        assert Decimal(entry["revenue"]["in"]["amount"]) == 100 * Decimal(entry["hours"])


async def test_history_is_told_by_the_rates_of_its_project_and_general_time_by_the_organisations(
    api: Api, fleet: dict[str, str]
) -> None:
    shown = f"actualLaborCost {{ {IN_EUR} }}"
    query = f'{{ project(code: "FLEET") {{ finances(asOf: "2026-11-02") {{ {shown} }} }} }}'
    ((kept, other),) = told(await api.query(query))
    assert kept
    assert other == kept.converted(Fraction(2, 3), "EUR")
    entry = {"personId": fleet["person"], "workDate": "2026-11-02", "hours": "1.5"}
    found = await api.do(
        "logTime", 'timeEntries { cost { amount in(currency: "USD") { amount currency } } }', entries=[entry]
    )
    assert found == [{"cost": {"amount": "90.00", "in": {"amount": "180.00", "currency": "USD"}}}]


async def test_a_billing_record_of_several_projects_is_told_by_the_organisations_rates(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        other = await create_project(unit, code="SECOND", name="Second", company_id=world.robotics)
        await set_exchange_rate(unit, "USD", Decimal("1.25"), project_id=other)
        await log_time(unit, [TimeDraft(world.person, other, MONDAY, HOUR)])
        await log(unit, world, "1", MONDAY, project="dashboard")
        one_contract = """UPDATE contract_line SET contract_id = (
            SELECT contract_id FROM contract_line WHERE project_id = :kept) WHERE project_id = :moved"""
        await unit.session.execute(text(one_contract), {"kept": world.dashboard, "moved": other})
    both = [ids.dashboard, global_id("Project", other)]
    shown = f"billingRecord {{ totals {{ total {{ {IN_EUR} }} }} lines {{ nodes {{ amount {{ {IN_EUR} }} }} }} }}"
    record = await api.do("createBillingRecord", shown, projectIds=both)
    assert record["totals"]["total"]["amount"] == "325.00"
    assert record["totals"]["total"]["in"]["amount"] == "162.50"
    assert sorted(one["amount"]["in"]["amount"] for one in record["lines"]["nodes"]) == ["100.00", "100.00"]


async def test_exchange_rates_are_for_those_who_see_projects_on_this_path_too(
    api: Api, fleet: dict[str, str], token_with: IssueToken
) -> None:
    query = """query($in: String!) { journalEntries { nodes { postings {
        amount { currency in(currency: $in) { amount } } } } } }"""
    caller = api.as_caller(await token_with(Permission.VIEW_LEDGER))
    body = await caller.answer(query, **{"in": "EUR"})
    postings = body["data"]["journalEntries"]["nodes"][0]["postings"]
    assert {one["amount"]["currency"] for one in postings} == {"USD"}
    assert [one["amount"]["in"] for one in postings] == [None] * len(postings)
    assert body["extensions"]["hidden"] == [{"field": "Money.in", "permission": "VIEW_PROJECTS"}]
    own = await caller.answer(query, **{"in": "USD"})
    assert None not in [one["amount"]["in"] for one in own["data"]["journalEntries"]["nodes"][0]["postings"]]


async def test_what_the_caller_may_not_see_is_not_told_in_another_currency_either(
    api: Api, fleet: dict[str, str], token_with: IssueToken
) -> None:
    caller = api.as_caller(await token_with(Permission.VIEW_PROJECTS))
    body = await caller.answer(f'{{ project(code: "FLEET") {{ timeEntries {{ nodes {{ cost {{ {IN_EUR} }} }} }} }} }}')
    assert {str(one) for one in body["data"]["project"]["timeEntries"]["nodes"]} == {"{'cost': None}"}
