"""Amounts told in another currency: by which day, how they are rounded, what cannot be told (project-finances §7.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from starlette.applications import Starlette

from hourledger.core.access import Principal
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.edit_project import edit_project
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.transactions import Transactions
from tests.core.tables import table
from tests.schema.api import Api
from tests.schema.conftest import Ids
from tests.schema.test_lists import statements
from tests.support.world import World

HOUR = 3600
MONDAY = date(2026, 11, 2)
IN_EUR = 'amount currency in(currency: "EUR") { amount currency }'


FIXED_COST = """query($currency: String!, $on: Date) { project(code: "PORTAL") { fixedCost {
    amount currency in(currency: $currency, on: $on) { amount currency } } } }"""


async def test_7_7_one_day_counts_for_all_and_it_is_today_unless_another_is_named(
    api: Api, world: World, transactions: Transactions, admin: Principal
) -> None:
    """Today is 2 November 2026; entries of June are told by the rate of today as well."""
    rates = [(date(2025, 1, 1), Decimal(2)), (date(2026, 11, 2), Decimal(3)), (date(2026, 11, 3), Decimal(4))]
    async with transactions.begin(admin) as unit:
        await set_exchange_rates(unit, "USD", rates, source="test")
        await set_exchange_rates(unit, "JPY", [(date(2025, 1, 1), Decimal("163.37"))], source="test")
        await edit_project(unit, world.portal, {"fixed_cost": Decimal("10.01")})
    for currency, on, amount in table("""
        currency  on          amount
        USD       -           30.03
        USD       2026-11-02  30.03
        USD       2026-11-01  20.02
        USD       2026-11-03  40.04
        USD       9999-12-31  40.04
        JPY       -           1635     # 1635.33
        EUR       -           10.01
        EUR       1990-01-01  10.01    # its own currency needs no rate
    """):
        found = await api.query(FIXED_COST, currency=currency, on=None if on == "-" else on)
        assert found["project"]["fixedCost"] == {
            "amount": "10.01",
            "currency": "EUR",
            "in": {"amount": amount, "currency": currency},
        }, (currency, on)


async def test_what_was_told_is_told_again_from_the_amount_that_is_kept(
    api: Api, world: World, transactions: Transactions, admin: Principal
) -> None:
    """1.05 EUR is 1 JPY, rounded; back from that it would be 1.00 EUR."""
    async with transactions.begin(admin) as unit:
        await set_exchange_rates(unit, "JPY", [(date(2025, 1, 1), Decimal(1))], source="test")
        await edit_project(unit, world.portal, {"fixed_cost": Decimal("1.05")})
    query = """{ project(code: "PORTAL") { fixedCost { in(currency: "JPY") { amount in(currency: "USD") {
        amount in(currency: "EUR") { amount currency in(currency: "JPY") { amount } } } } } } }"""
    found = (await api.query(query))["project"]["fixedCost"]["in"]
    assert found == {
        "amount": "1",
        "in": {"amount": "2.10", "in": {"amount": "1.05", "currency": "EUR", "in": {"amount": "1"}}},
    }


async def test_lines_are_rounded_one_by_one_and_a_portfolio_is_what_to_ask_for_sums(
    api: Api, ids: Ids, transactions: Transactions, admin: Principal
) -> None:
    """Three expenses of 0.01 USD are a cent each in EUR, and two cents together."""
    for _ in range(3):
        given = {"expenseType": "Travel", "description": "Stamp", "actualAmount": "0.01"}
        await api.do("addExpense", "expense { id }", projectId=ids.dashboard, **given)
    query = f"""{{ project(code: "FLEET") {{ expenses {{ nodes {{ actualAmount {{ {IN_EUR} }} }} }}
        finances {{ actualExpenseCost {{ {IN_EUR} }} actualLaborCost {{ {IN_EUR} }} plannedRevenue {{ {IN_EUR} }} }} }}
        portfolioFinances {{ currency projects {{ project {{ code }} figures {{
            actualExpenseCost {{ amount }} actualLaborCost {{ amount }} plannedRevenue {{ amount }} }} }} }} }}"""
    found = await api.query(query)
    lines = [one["actualAmount"]["in"]["amount"] for one in found["project"]["expenses"]["nodes"]]
    assert lines == ["0.01"] * 3
    (row,) = [one for one in found["portfolioFinances"]["projects"] if one["project"]["code"] == "FLEET"]
    assert row["figures"]["actualExpenseCost"]["amount"] == "0.02"
    for name, figure in row["figures"].items():  # two ways to one number
        assert found["project"]["finances"][name]["in"]["amount"] == figure["amount"], name


# --- what cannot be told ----------------------------------------------------------------------------------------------


async def test_7_7_without_a_rate_on_the_day_it_is_null_and_the_answer_says_why(api: Api, ids: Ids) -> None:
    for currency, on in (("GBP", None), ("USD", "2024-12-31"), ("USD", "0001-01-01")):
        body = await api.answer(FIXED_COST, currency=currency, on=on)
        assert "errors" not in body
        assert body["data"]["project"]["fixedCost"] == {"amount": "0.00", "currency": "EUR", "in": None}
        (reason,) = body["extensions"]["unknown"]
        assert (reason["field"], reason["code"]) == ("Money.in", "EXCHANGE_RATE_MISSING")
        assert f"of {currency} to EUR on {on or '2026-11-02'}" in reason["message"]


async def test_7_2_a_day_that_a_projects_own_rates_leave_out_is_not_filled_by_the_organisations(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal("1.5"), valid_from=date(2026, 11, 2), project_id=world.dashboard)
    query = 'query($on: Date) { projects { nodes { code fixedCost { in(currency: "%s", on: $on) { amount } } } } }'
    body = await api.answer(query % "EUR", on="2026-11-01")
    assert [one["fixedCost"]["in"] for one in body["data"]["projects"]["nodes"]] == [None, {"amount": "0.00"}]
    (reason,) = body["extensions"]["unknown"]
    assert "of the project, which has its own" in reason["message"]
    assert "extensions" not in await api.answer(query % "USD", on="2026-11-01")


async def test_a_currency_that_is_none_and_an_amount_too_large_are_refused(
    api: Api, world: World, transactions: Transactions, admin: Principal
) -> None:
    for currency in ("XXX", "usd", "", "'; DROP TABLE project"):
        assert await api.code(FIXED_COST, currency=currency) == "UNKNOWN_CURRENCY"
    async with transactions.begin(admin) as unit:
        await set_exchange_rates(unit, "IRR", [(date(2025, 1, 1), Decimal(10**9))], source="test")
        await edit_project(unit, world.portal, {"fixed_cost": Decimal(10**13)})
    body = await api.answer(FIXED_COST, currency="IRR")
    assert body["errors"][0]["extensions"]["code"] == "AMOUNT_TOO_LARGE"
    assert body["data"]["project"]["fixedCost"]["amount"] == f"{10**13}.00"


# --- statements -------------------------------------------------------------------------------------------------------

MANY = """query($first: Int!) { projects(first: $first) { nodes { fixedCost { %s }
    finances { actualCost { %s } plannedRevenue { %s } }
    tasks { nodes { billingAmount { %s } finances { actualCost { %s } } } }
    expenses { nodes { actualAmount { %s } } }
    timeEntries { nodes { cost { %s } revenue { %s } } }
    billingRecords { nodes { totals { total { %s } } lines { nodes { amount { %s } } } } } } } }"""


async def test_94_lists_in_lists_are_told_in_another_currency_with_one_more_statement_for_each_level_at_most(
    api: Api, app: Starlette, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        for number in range(20):
            currency = ("USD", "EUR", "USD")[number % 3]
            company = (world.robotics, world.museum, None)[number % 3]
            made = await create_project(unit, code=f"A{number:03}", name="Many", company_id=company, currency=currency)
            if number % 2 and currency == "USD":
                await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=made)
            task = await create_task(unit, made, TaskPlan("Work"))
            await log_time(unit, [TimeDraft(world.person, made, MONDAY, HOUR, task_id=task)])
    plain, converted = (MANY.replace("%s", selection) for selection in ("amount", IN_EUR))
    await api.query(plain, first=1)  # looks the token up
    counts = {}
    for first in (2, 20):
        for name, query in (("plain", plain), ("converted", converted)):
            with statements(app) as sent:
                found = await api.query(query, first=first)
            assert len(found["projects"]["nodes"]) == first
            counts[name, first] = len(sent)
            about_rates = [one for one in sent if "FROM exchange_rate" in one]
            assert len(about_rates) == (2 if name == "converted" else 1), (name, first)  # rating the plans takes one
    assert counts["plain", 2] == counts["plain", 20], counts
    assert counts["converted", 2] == counts["converted", 20] == counts["plain", 20] + 1, counts
    costs = {one["timeEntries"]["nodes"][0]["cost"]["in"]["amount"] for one in found["projects"]["nodes"]}
    assert costs == {"50.00"}
