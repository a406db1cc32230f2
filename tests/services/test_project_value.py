"""Risks, role budgets, portfolios and baselines (project-finances §1.16, §8.9 to §8.12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import Denied, HourledgerError
from hourledger.core.finances import IndexMethod, full_time_seconds
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, ProjectStatus, RateKind, RiskStatus
from hourledger.services.baselines import choose_default_baseline, delete_baseline, take_baseline
from hourledger.services.compare_baselines import compare_baselines
from hourledger.services.edit_project import edit_project
from hourledger.services.measures import project_measures
from hourledger.services.portfolio_finances import portfolio_finances
from hourledger.services.risks import RiskDraft, add_risk, delete_risk, edit_risk
from hourledger.services.role_budgets import set_role_budget
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.selecting import find_all
from models.tables import AuditRow, BaselineRow, BaselineTaskRow
from tests.support.measured import HOUR, Measured, euros, statements

JUNE = date(2026, 6, 29)
JULY = date(2026, 7, 1)


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


# --- risks -----------------------------------------------------------------------------------------------------------


async def test_ct_26_risks_weigh_as_much_as_they_are_likely_and_are_in_no_cost(project: Measured) -> None:
    unit = project.unit
    fire = RiskDraft("Fire", probability_percent=Decimal(10), potential_cost=Decimal(100), actual_cost=Decimal(3))
    first = await add_risk(unit, project.project, fire)
    await add_risk(
        unit, project.project, RiskDraft("Flood", probability_percent=Decimal("2.5"), potential_cost=Decimal(200))
    )
    found = await project.measures()
    assert (found.total_potential_cost, found.risk_cost) == (euros(300), euros(15))
    assert (found.actual_risk_cost, found.remaining_risk_cost) == (euros(3), euros(12))
    assert (found.planned_cost, found.actual_cost) == (euros(0), euros(0))
    await edit_risk(unit, first, {"probability_percent": Decimal(50), "status": RiskStatus.OCCURRED})
    assert (await project.measures()).risk_cost == euros(55)
    await delete_risk(unit, first, reason="Over")
    assert (await project.measures()).risk_cost == euros(5)
    await unit.session.flush()
    actions = [row.action for row in await find_all(unit.session, AuditRow, unit.organisation_id, entity="risk")]
    assert actions == ["create", "create", "edit", "delete"]


async def test_a_risk_that_cannot_be_is_refused(project: Measured) -> None:
    unit = project.unit
    for draft, code in (
        (RiskDraft("x", probability_percent=Decimal(101)), "PERCENT_INVALID"),
        (RiskDraft("x", probability_percent=Decimal("0.001")), "PERCENT_INVALID"),
        (RiskDraft("x", potential_cost=Decimal(-1)), "AMOUNT_NEGATIVE"),
        (RiskDraft("x", mitigation_cost=Decimal("0.001")), "TOO_MANY_DIGITS"),
        (RiskDraft(" "), "NAME_INVALID"),
    ):
        assert await refused(add_risk(unit, project.project, draft)) == code
    assert await refused(add_risk(unit, 10**9, RiskDraft("x"))) == "PROJECT_UNKNOWN"
    assert await refused(edit_risk(unit, 10**9, {})) == "RISK_UNKNOWN"


# --- budgets ---------------------------------------------------------------------------------------------------------


async def test_8_9_a_role_budget_costs_what_the_role_costs_on_its_first_day(project: Measured) -> None:
    unit = project.unit
    role = await project.role("Designer", "50")
    scope = RateScope(RateKind.COST, Level.ROLE, role_id=role)
    await set_rate(unit, scope, HourlyRate.of("60", "EUR"), Period(JULY, None))
    await set_role_budget(unit, project.project, role, JUNE, 8 * HOUR)
    await set_role_budget(unit, project.project, role, JULY, 8 * HOUR)
    await project.spend("(100/0)")
    await edit_project(unit, project.project, {"fixed_cost": Decimal(7), "planned_benefit": Decimal(1500)})
    await add_risk(unit, project.project, RiskDraft("x", probability_percent=Decimal(50), potential_cost=Decimal(100)))
    found = await project.measures()
    assert (found.budgeted_seconds, found.budgeted_labor_cost) == (16 * HOUR, euros(400 + 480))
    assert found.budgeted_cost == euros(987)  # C-08: with the fixed cost
    assert found.value.net_value == euros(1500 - 987 - 50)
    assert found.value.roi_percent == Fraction(100 * (1500 - 987), 987)
    assert found.budgeted_cost_variance == euros(987 - 7)
    await set_role_budget(unit, project.project, role, JULY, 2 * HOUR)
    await set_role_budget(unit, project.project, role, JUNE, 0)
    assert (await project.measures()).budgeted_labor_cost == euros(120)


async def test_ct_41_six_months_of_a_designer_and_two_of_a_web_designer_cost_80000(project: Measured) -> None:
    designer, web_designer = await project.role("Designer", "50"), await project.role("Web Designer", "100")
    for role, months in ((designer, range(1, 7)), (web_designer, range(2, 4))):
        for month in months:
            first = date(2026, month, 1)
            await set_role_budget(project.unit, project.project, role, first, full_time_seconds(1, first))
    found = await project.measures()
    assert (found.budgeted_seconds, found.budgeted_labor_cost) == ((960 + 320) * HOUR, euros(80_000))


async def test_7_6_a_budget_is_in_the_projects_currency_by_the_rate_of_its_day(unit: UnitOfWork) -> None:
    project = await Measured.begin(unit, currency="USD")
    rates = [(date(2025, 1, 1), Decimal(2)), (JULY, Decimal("1.5"))]
    await set_exchange_rates(unit, "USD", rates, source="test")
    role = await project.role("Designer", "50")
    for day in (JUNE, JULY):
        await set_role_budget(unit, project.project, role, day, HOUR)
    assert (await project.measures()).budgeted_labor_cost == Money.of(100 + 75, "USD")


async def test_7_2_a_budget_is_converted_by_the_projects_own_rate_like_its_plan(unit: UnitOfWork) -> None:
    """§8.9: budgeted equals planned where the hours are the same and tasks are by role."""
    project = await Measured.begin(unit, currency="USD")
    await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal(2))], source="test")
    await set_exchange_rate(unit, "USD", Decimal("1.2"), project_id=project.project)
    role = await project.role("Designer", "50")
    await project.task("Work", 8, role=role, cost=CostType.ROLE_HOURLY)
    await set_role_budget(unit, project.project, role, JUNE, 8 * HOUR)
    found = await project.measures()
    assert found.budgeted_labor_cost == found.planned_labor_cost == Money.of(480, "USD")


async def test_a_role_without_a_rate_has_hours_and_no_cost(project: Measured) -> None:
    role = await project.role("Designer", "50")
    await project.unit.session.execute(text("UPDATE rate_line SET valid_from = '2027-01-01'"))
    await set_role_budget(project.unit, project.project, role, JUNE, HOUR)
    found = await project.measures()
    assert (found.budgeted_seconds, found.budgeted_labor_cost) == (HOUR, euros(0))
    assert await refused(set_role_budget(project.unit, project.project, role, JUNE, -1)) == "HOURS_INVALID"
    assert await refused(set_role_budget(project.unit, project.project, 10**9, JUNE, 1)) == "ROLE_UNKNOWN"


# --- portfolios ------------------------------------------------------------------------------------------------------


async def test_8_11_projects_in_several_currencies_are_summed_in_one_to_the_cent(unit: UnitOfWork) -> None:
    await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal(3)), (JULY, Decimal(2))], source="test")
    dollars, cents = await Measured.begin(unit, currency="USD"), await Measured.begin(unit)
    ann = await dollars.person("Ann", "1")
    for project, cost in ((dollars, "0.01"), (cents, "100")):
        await project.task("Work", 1, person=ann)
        await project.log(ann, 1, "Work")
        await edit_project(unit, project.project, {"fixed_cost": Decimal(cost), "planned_benefit": Decimal(300)})
    found = await portfolio_finances(unit, [dollars.project, cents.project], on=JUNE)
    row = found.rows[0].figures
    # Hours are worth what they were rated at: an hour of 1.00 EUR was 3.00 USD on 1 June.
    assert (row.actual_labor_cost, row.fixed_cost) == (euros("1.00"), euros("0.00"))
    assert found.figures.actual_cost == euros("1.00") + euros("101.00")
    assert found.figures.planned_benefit == euros(100 + 300)
    in_dollars = (await portfolio_finances(unit, [cents.project], currency="USD", on=JULY)).figures
    assert in_dollars.planned_benefit == Money.of(600, "USD")
    assert (await portfolio_finances(unit, [])).figures.actual_cost == euros(0)
    assert await refused(portfolio_finances(unit, [cents.project, 10**9])) == "PROJECT_UNKNOWN"
    assert await refused(portfolio_finances(unit, [cents.project], currency="JPY")) == "EXCHANGE_RATE_MISSING"
    assert await refused(portfolio_finances(unit, [cents.project], currency="XXX")) == "UNKNOWN_CURRENCY"


async def test_7_7_a_project_with_a_rate_of_its_own_is_told_by_it_and_costs_in_the_base_what_its_work_cost(
    unit: UnitOfWork,
) -> None:
    """A day each at 50 EUR an hour: 600 USD at the agreed 1.5, 800 USD at the organisation's 2; 400 EUR both."""
    await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal(2))], source="test")
    await set_exchange_rates(unit, "GBP", [(date(2025, 1, 1), Decimal("0.8"))], source="test")
    agreed, market = await Measured.begin(unit, currency="USD"), await Measured.begin(unit, currency="USD")
    await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=agreed.project)
    ann = await agreed.person("Ann", "50")
    for project in (agreed, market):
        await project.task("Work", 8, person=ann)
        await project.log(ann, 8, "Work")
    stored = [(await project.measures()).actual_cost for project in (agreed, market)]
    assert stored == [Money.of(600, "USD"), Money.of(800, "USD")]
    for currency, each, total in (("EUR", "400", "800"), ("GBP", "320", "640")):
        found = await portfolio_finances(unit, [agreed.project, market.project], currency=currency)
        assert [row.figures.actual_cost for row in found.rows] == [Money.of(each, currency)] * 2
        assert [row.figures.planned_cost for row in found.rows] == [Money.of(each, currency)] * 2
        assert found.figures.actual_cost == Money.of(total, currency)
    # Nothing is converted where the currency is the project's, whatever the rates.
    own = await portfolio_finances(unit, [agreed.project], currency="USD", on=date(1999, 1, 1))
    assert own.figures.actual_cost == Money.of(600, "USD")


async def test_7_7_a_portfolio_takes_one_statement_more_than_the_figures_it_sums_however_many_projects(
    unit: UnitOfWork, database: Database
) -> None:
    await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal(2))], source="test")
    ids = []
    for number in range(12):
        project = await Measured.begin(unit, currency=("EUR", "USD")[number % 2])
        if number % 4 == 3:
            await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=project.project)
        role = await project.role("Designer", "50")
        await project.task("Work", 8, role=role, cost=CostType.ROLE_HOURLY)
        await set_role_budget(unit, project.project, role, JUNE, HOUR)
        ids.append(project.project)
    await unit.session.flush()
    counts = []
    for chosen in (ids[:2], ids):
        with statements(database) as for_measures:
            await project_measures(unit, chosen)
        with statements(database) as for_portfolio:
            found = await portfolio_finances(unit, chosen)
        assert len(for_portfolio) == len(for_measures) + 1
        counts.append(len(for_portfolio))
    assert counts[0] == counts[1] <= 18, counts
    assert {row.figures.budgeted_labor_cost for row in found.rows} == {euros(50)}


async def test_8_11_on_budget_are_running_projects_that_cost_no_more_than_their_budget(unit: UnitOfWork) -> None:
    ids = []
    for budget, fixed, status in (
        ("100", "100", ProjectStatus.CURRENT),
        ("100", "100.01", ProjectStatus.APPROVED),
        (None, "5", ProjectStatus.CURRENT),  # no more than planned
        ("1", "2", ProjectStatus.DEAD),  # does not count
    ):
        project = await Measured.begin(unit)
        ids.append(project.project)
        changes = {"budget": budget and Decimal(budget), "fixed_cost": Decimal(fixed), "status": status}
        await edit_project(unit, project.project, changes)
    found = await portfolio_finances(unit, ids)
    assert [row.is_on_budget for row in found.rows] == [True, False, True, False]
    assert found.on_budget_percent == Fraction(200, 3)
    assert found.figures.remaining_budget == euros(201) - euros("207.01")


# --- baselines -------------------------------------------------------------------------------------------------------


async def baselined(unit: UnitOfWork) -> tuple[Measured, int]:
    project = await Measured.begin(unit)
    ann = await project.person("Ann", "100")
    await project.task("Work", 10, person=ann, percent=30)
    await project.log(ann, 4, "Work")
    await project.spend("(50/60)", "Work", is_billable=True)
    await edit_project(unit, project.project, {"fixed_cost": Decimal(7), "fixed_revenue": Decimal(9)})
    return project, await take_baseline(unit, project.project, "Start")


async def test_8_12_a_baseline_is_what_was_whatever_happens_later(unit: UnitOfWork) -> None:
    project, start = await baselined(unit)
    (row,) = await find_all(unit.session, BaselineRow, unit.organisation_id, id=start)
    assert (row.planned_labor_minor, row.planned_expense_minor, row.planned_cost_minor) == (100000, 5000, 105700)
    assert (row.actual_labor_minor, row.actual_expense_minor, row.actual_cost_minor) == (40000, 6700, 46700)
    assert (row.actual_billable_expense_minor, row.actual_non_billable_expense_minor) == (6000, 0)
    assert (row.planned_revenue_minor, row.actual_revenue_minor, row.fixed_revenue_minor) == (100900, 40000, 900)
    assert (row.cpi, row.eac_seconds, row.eac_minor) == (Decimal("0.75"), 48000, None)
    (task,) = await find_all(unit.session, BaselineTaskRow, unit.organisation_id, baseline_id=start)
    assert (task.name, task.planned_cost_minor, task.actual_cost_minor) == ("Work", 105000, 46000)

    await project.log(await project.person("Tom", "10"), 1, "Work")
    await project.task("More", 1, person=await project.person("Eve", "10"))
    comparison = await compare_baselines(unit, start, None)
    assert comparison.difference.amount("actual_labor") == euros(10)
    assert comparison.difference.amount("planned_labor") == euros(10)
    assert comparison.before.amount("actual_cost") == euros("467.00")
    first, second = comparison.tasks
    assert first.difference is not None
    assert first.difference.amount("actual_cost") == euros(10)
    assert first.difference.amount("planned_benefit") is None
    assert (second.before, second.difference) == (None, None)
    assert second.after is not None

    await edit_project(unit, project.project, {"index_method": IndexMethod.COST_BASED})
    later = await take_baseline(unit, project.project, "Later")
    assert (await compare_baselines(unit, start, later)).difference.eac_seconds is None
    back = await compare_baselines(unit, later, start)
    assert back.difference.amount("actual_labor") == euros(-10)


async def test_8_12_the_first_is_the_default_until_another_is_chosen(unit: UnitOfWork) -> None:
    project, start = await baselined(unit)
    later = await take_baseline(unit, project.project, "Later")

    async def default() -> list[int]:
        rows = await find_all(unit.session, BaselineRow, unit.organisation_id, is_default=True)
        return [row.id for row in rows]

    assert await default() == [start]
    assert await refused(delete_baseline(unit, start)) == "BASELINE_IS_DEFAULT"
    await choose_default_baseline(unit, later)
    await choose_default_baseline(unit, later)
    assert await default() == [later]
    await delete_baseline(unit, start, reason="Not needed")
    await delete_baseline(unit, later)  # the last one
    assert await find_all(unit.session, BaselineRow, unit.organisation_id) == []
    assert await find_all(unit.session, BaselineTaskRow, unit.organisation_id) == []


async def test_what_a_baseline_cannot_be(unit: UnitOfWork) -> None:
    project, start = await baselined(unit)
    _, elsewhere = await baselined(unit)
    assert await refused(take_baseline(unit, project.project, "Start")) == "BASELINE_EXISTS"
    assert await refused(take_baseline(unit, 10**9, "x")) == "PROJECT_UNKNOWN"
    assert await refused(choose_default_baseline(unit, 10**9)) == "BASELINE_UNKNOWN"
    assert await refused(compare_baselines(unit, start, elsewhere)) == "OTHER_PROJECT"
    assert await refused(compare_baselines(unit, start, 10**9)) == "BASELINE_UNKNOWN"


async def test_9_4_risks_and_budgets_are_general_finance_and_baselines_the_projects(
    transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        project = (await Measured.begin(unit)).project
    for needed in (Permission.EDIT_GENERAL_FINANCE, Permission.EDIT_PROJECTS):
        async with transactions.begin(replace(admin, permissions=EVERYTHING - {needed})) as unit:
            calls = {
                Permission.EDIT_GENERAL_FINANCE: [
                    add_risk(unit, project, RiskDraft("x")),
                    edit_risk(unit, 1, {}),
                    delete_risk(unit, 1),
                    set_role_budget(unit, project, 1, JUNE, 1),
                ],
                Permission.EDIT_PROJECTS: [
                    take_baseline(unit, project, "x"),
                    choose_default_baseline(unit, 1),
                    delete_baseline(unit, 1),
                ],
            }
            for permission, made in calls.items():
                for call in made:
                    if permission is not needed:
                        call.close()
                        continue
                    with pytest.raises(Denied):
                        await call
