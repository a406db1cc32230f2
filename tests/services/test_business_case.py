"""The business case holds the figures that the rest of the product shows, and its lines sum to them (§8.10)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied, Invalid, Missing
from hourledger.core.money import Money
from hourledger.services import business_case
from hourledger.services.business_case import read_business_case
from hourledger.services.edit_project import edit_project
from hourledger.services.measures import project_measures
from hourledger.services.risks import RiskDraft, add_risk
from hourledger.services.role_budgets import set_role_budget
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.selecting import find_all, select_one
from models.tables import AuditRow, ProjectRow
from tests.services.rate_world import without
from tests.support.measured import HOUR, MONDAY, Measured, euros


@pytest.fixture
async def project(transactions: Transactions, admin: Principal) -> int:
    """Benefit 10,000; budget 20 h x 50, expenses 300, fixed 200: 1,500; risks 10 % of 1,000 and 33.33 % of 0.01."""
    async with transactions.begin(admin) as unit:
        project = await Measured.begin(unit)
        role = await project.role("Developer", "50")
        await project.task("Build", 10, role=role)
        await project.spend("(100/0),(200/50),(0/75)")
        await set_role_budget(unit, project.project, role, MONDAY, 20 * HOUR)
        for name, percent, cost in (("Fire", "10", "1000"), ("Dust", "33.33", "0.01")):
            draft = RiskDraft(name, probability_percent=Decimal(percent), potential_cost=Decimal(cost))
            await add_risk(unit, project.project, draft)
        changes = {"planned_benefit": Decimal(10_000), "fixed_cost": Decimal(200), "alignment_percent": Decimal("82.5")}
        await edit_project(unit, project.project, changes)
    return project.project


@pytest.fixture
async def unit(transactions: Transactions, admin: Principal, project: int) -> AsyncIterator[UnitOfWork]:
    async with transactions.begin(admin, one_state=True) as unit:
        yield unit


async def test_tick_101_figures_and_lines(unit: UnitOfWork, project: int) -> None:
    case = await read_business_case(unit, project)
    assert (case.planned_benefit, case.budgeted_cost) == (euros(10_000), euros(1500))
    assert (case.total_potential_cost, case.potential_risk_cost) == (euros("1000.01"), euros(100))
    assert (case.net_value, case.roi_percent) == (euros(8400), Decimal("566.67"))
    assert (case.budgeted_hours, case.project.alignment_percent) == (Decimal("20.00"), Decimal("82.50"))
    assert (case.project.first_day, case.project.last_day) == (MONDAY, date(2026, 6, 5))
    assert [(one.description, one.probability_percent, one.weighed_cost) for one in case.risks] == [
        ("Fire", Decimal("10.00"), euros(100)),
        ("Dust", Decimal("33.33"), euros(0)),
    ]
    measures = (await project_measures(unit, [project]))[project]
    assert case.net_value == measures.value.net_value
    assert Money.total((one.planned for one in case.expenses), "EUR") == case.budgeted_expense_cost == euros(300)
    assert Money.total((one.weighed_cost for one in case.risks), "EUR") == case.potential_risk_cost
    assert case.budgeted_labor_cost + case.budgeted_expense_cost + case.fixed_cost == case.budgeted_cost


@pytest.mark.parametrize(
    "lacking", [Permission.VIEW_COST_RATES, Permission.VIEW_GENERAL_FINANCE, Permission.VIEW_PROJECTS]
)
async def test_9_1_without_the_rights_there_is_no_half_a_case(
    transactions: Transactions, admin: Principal, lacking: Permission
) -> None:
    async with transactions.begin(without(admin, lacking), one_state=True) as unit:
        with pytest.raises(Denied):
            await read_business_case(unit, 1)


async def test_an_unknown_project_and_a_case_of_too_many_lines_are_refused(
    unit: UnitOfWork, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Missing) as unknown:
        await read_business_case(unit, 0)
    assert unknown.value.code == "PROJECT_UNKNOWN"
    monkeypatch.setattr(business_case, "LINES_MAX", 3)
    with pytest.raises(Invalid) as long:
        await read_business_case(unit, project)
    assert long.value.code == "DOCUMENT_TOO_LONG"


async def test_8_10_the_alignment_score_is_a_percent_kept_exactly_and_audited(
    transactions: Transactions, admin: Principal, project: int
) -> None:
    async with transactions.begin(admin) as unit:
        await check_scores(unit, project)


async def check_scores(unit: UnitOfWork, project: int) -> None:
    for wrong in ("-0.01", "100.01", "50.001", "NaN"):
        with pytest.raises(Invalid) as caught:
            await edit_project(unit, project, {"alignment_percent": Decimal(wrong)})
        assert (caught.value.code, caught.value.field) == ("PERCENT_INVALID", "alignment_percent")
    for right in ("0", "100", "99.99", None):
        assert await edit_project(unit, project, {"alignment_percent": right and Decimal(right)})
        row = await select_one(unit.session, ProjectRow, unit.organisation_id, project)
        assert row is not None
        assert row.alignment_percent == (None if right is None else Decimal(right))
    audits = await find_all(unit.session, AuditRow, unit.organisation_id, entity="project", action="edit")
    assert audits[-1].before == {"alignment_percent": "99.99"}
    unit.principal = without(unit.principal, Permission.EDIT_GENERAL_FINANCE)
    with pytest.raises(Denied):
        await edit_project(unit, project, {"alignment_percent": Decimal(1)})
