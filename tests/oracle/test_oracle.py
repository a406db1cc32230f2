"""The specification's own worked examples, computed by the oracle, so that it may be trusted (project-finances §12)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.core.tables import table
from tests.oracle.small import assigned, logged, person, rates, solved, task
from tests.oracle.world import Expense, Role


def test_ct_01_planned_cost_is_labour_expenses_and_fixed_cost() -> None:
    hourly = task("USER_HOURLY", "NOT_BILLABLE", assigned("ann", hours="5"))
    expenses = (
        Expense(1, Decimal(100), Decimal(0), task="task"),
        Expense(2, Decimal(50), Decimal(0), task="task", is_billable=False),
        Expense(3, Decimal(100), Decimal(0)),
    )
    it = solved(
        {"fixed_cost": Decimal(200)}, persons=(person("ann", cost="15"),), tasks=(hourly,), expenses=expenses
    ).project
    assert [it.planned_labour_cost, it.planned_expense_cost, it.planned_cost] == [75, 250, 525]
    assert [it.planned_billable_expenses, it.planned_non_billable_expenses] == [200, 50]
    assert it.actual_cost == 200


def test_ct_02_actual_cost_is_labour_direct_hours_expenses_and_fixed_cost_once() -> None:
    expenses = (
        Expense(1, Decimal(0), Decimal(110), task="task"),
        Expense(2, Decimal(0), Decimal(40), task="task"),
        Expense(3, Decimal(0), Decimal(100)),
    )
    it = solved(
        {"fixed_cost": Decimal(200)},
        roles=(Role("dev", cost_rates=rates("15")),),
        persons=(person("ann", "dev"), person("bob", cost="20")),
        tasks=(task("ROLE_HOURLY", "NOT_BILLABLE", assigned("ann", "dev")),),
        entries=(logged(1, "6", "ann"), logged(2, "10", "bob", task=None)),
        expenses=expenses,
    ).project
    assert [it.actual_labour_cost, it.actual_expense_cost, it.actual_cost] == [290, 450, 740]


ONE_RATE = """                     # 5 hours, planned and logged by the assignee
    example  cost         revenue      user  role  labour  revenue_is
    CT-03    USER_HOURLY  -            20    99    100     0
    CT-04    ROLE_HOURLY  -            99    20    100     0
    CT-07    -            USER_HOURLY  20    99    0       100
    CT-23    USER_HOURLY  -            100   -     500     0
"""


@pytest.mark.parametrize(("example", "cost", "revenue", "user", "role", "labour", "revenue_is"), table(ONE_RATE))
def test_hours_times_rate(
    example: str, cost: str, revenue: str, user: str, role: str, labour: str, revenue_is: str
) -> None:
    user, role = user.replace("-", ""), role.replace("-", "")
    it = solved(
        roles=(Role("dev", rates(role), rates(role)),),
        persons=(person("ann", "dev", cost=user, billing=user),),
        tasks=(
            task(cost.replace("-", "NO_COST"), revenue.replace("-", "NOT_BILLABLE"), assigned("ann", "dev", hours="5")),
        ),
        entries=(logged(1, "5", "ann"),),
    ).project
    assert [it.planned_labour_cost, it.actual_labour_cost] == [Decimal(labour), Decimal(labour)]
    assert [it.planned_revenue, it.actual_revenue] == [Decimal(revenue_is), Decimal(revenue_is)]


def test_ct_23_ten_planned_hours_cost_1000() -> None:
    hourly = task("USER_HOURLY", "NOT_BILLABLE", assigned("ann", hours="10"))
    assert solved(persons=(person("ann", cost="100"),), tasks=(hourly,)).project.planned_labour_cost == 1000


def test_ct_05_and_ct_51_the_plan_follows_the_assignee_and_the_actual_the_logger() -> None:
    for revenue in ("USER_HOURLY", "USER_AND_ROLE_HOURLY"):
        it = solved(
            persons=(person("michael", billing="30"), person("joanna", billing="50")),
            tasks=(task("NO_COST", revenue, assigned("michael", hours="2")),),
            entries=(logged(1, "1.5", "michael"), logged(2, "2", "joanna")),
        )
        assert it.project.planned_revenue == 60
        assert [it.entries[1].revenue, it.entries[2].revenue] == [45, 100]


def test_ct_06_and_ct_31_planned_revenue_is_hours_and_the_fixed_amounts() -> None:
    hourly = task("NO_COST", "ROLE_HOURLY", assigned(role="mechanic", hours="10"))
    parts = task("NO_COST", "FIXED_REVENUE", id="parts", billing_amount=Decimal(70))
    mechanic = (Role("mechanic", billing_rates=rates("20")),)
    fixed = {"fixed_revenue": Decimal(100)}
    assert solved(fixed, roles=mechanic, tasks=(hourly,)).project.planned_revenue == 300
    it = solved(fixed, roles=mechanic, tasks=(hourly, parts))
    assert [it.project.planned_revenue, it.project.actual_revenue] == [370, 0]
    assert it.tasks["parts"].figures.planned_revenue == 70


DATED = """
    example  rates                                                              on          per_hour
    CT-10    50: ..2024-03-31; 55: 2024-04-01..                                 2024-03-31  50
    CT-10    50: ..2024-03-31; 55: 2024-04-01..                                 2024-04-01  55
    CT-10    202: ..2024-08-20; 205: 2024-08-21..                               2024-08-20  202
    CT-10    202: ..2024-08-20; 205: 2024-08-21..                               2024-08-21  205
    CT-13    0.00: ..2017-06-11; 45: 2017-06-12..2017-06-17; 95: 2017-06-21..   2017-06-11  0     # a rate of zero
    CT-13    0.00: ..2017-06-11; 45: 2017-06-12..2017-06-17; 95: 2017-06-21..   2017-06-12  45
    CT-13    0.00: ..2017-06-11; 45: 2017-06-12..2017-06-17; 95: 2017-06-21..   2017-06-17  45
    CT-13    0.00: ..2017-06-11; 45: 2017-06-12..2017-06-17; 95: 2017-06-21..   2017-06-18  7     # gap: next level
    CT-13    0.00: ..2017-06-11; 45: 2017-06-12..2017-06-17; 95: 2017-06-21..   2017-06-20  7
    CT-13    0.00: ..2017-06-11; 45: 2017-06-12..2017-06-17; 95: 2017-06-21..   2017-06-21  95
    CT-R9    45: 2017-06-12..2017-06-17; 95: 2017-06-21..2017-06-30             2017-01-01  45    # stretches outward
    CT-R9    45: 2017-06-12..2017-06-17; 95: 2017-06-21..2017-06-30             2017-06-19  8     # gap: company
    CT-R9    45: 2017-06-12..2017-06-17; 95: 2017-06-21..2017-06-30             2017-06-20  7     # and then system
    CT-R9    45: 2017-06-12..2017-06-17; 95: 2017-06-21..2017-06-30             2018-01-01  95
"""


@pytest.mark.parametrize(("example", "rates_text", "on", "per_hour"), table(DATED))
def test_project_role_rate_of_the_day(example: str, rates_text: str, on: str, per_hour: str) -> None:
    """Logged and planned alike; a company rate stands on 2017-06-19 alone, the role's system rate is 7."""
    day = date.fromisoformat(on)
    it = solved(
        {"role_billing": {"dev": rates(rates_text)}, "company_rates": {"dev": rates("8: 2017-06-19..2017-06-19")}},
        roles=(Role("dev", billing_rates=rates("7")),),
        persons=(person("ann", "dev"),),
        tasks=(task("NO_COST", "ROLE_HOURLY", assigned("ann", "dev", "1"), start=day),),
        entries=(logged(1, "1", "ann", on=on),),
    )
    assert [it.entries[1].revenue, it.planned_days[0].revenue] == [Decimal(per_hour), Decimal(per_hour)]


def test_ct_08_each_hour_earns_the_rate_of_its_day() -> None:
    it = solved(
        persons=(person("ann", billing="20: ..2023-04-30; 25: 2023-05-01.."),),
        tasks=(task("NO_COST", "USER_HOURLY"),),
        entries=(logged(1, "2", "ann", "2023-04-28"), logged(2, "3", "ann", "2023-05-02")),
    )
    assert [it.entries[1].revenue, it.entries[2].revenue, it.project.actual_revenue] == [40, 75, 115]


def test_ct_09_the_cap_limits_plan_and_actual() -> None:
    it = solved(
        persons=(person("ann", billing="25"),),
        tasks=(task("NO_COST", "USER_HOURLY_CAP", assigned("ann", hours="1"), billing_amount=Decimal(20)),),
        entries=(logged(1, "1", "ann"),),
    ).project
    assert [it.planned_revenue, it.actual_revenue] == [20, 20]


def test_ct_r4_the_entry_that_crosses_the_cap_gets_the_rest_and_a_negative_one_gives_back() -> None:
    hours = ((1, "2", "2024-01-01"), (2, "1", "2024-01-02"), (3, "1", "2024-01-03"), (5, "-1", "2024-01-04"),
             (4, "-1", "2024-01-05"))  # fmt: skip
    it = solved(
        persons=(person("ann", billing="40"),),
        tasks=(task("NO_COST", "USER_HOURLY_CAP", billing_amount=Decimal(100)),),
        entries=tuple(logged(id, much, "ann", on) for id, much, on in reversed(hours)),
    )
    assert [it.entries[id].revenue for id, _, _ in hours] == [80, 20, 0, 0, -20]
    assert it.project.actual_revenue == 80


def test_ct_11_and_ct_12_role_rates_of_the_project_by_day() -> None:
    week = task("NO_COST", "ROLE_HOURLY", assigned(role="dev", hours="40"), completion=date(2024, 1, 5))
    project = {"role_billing": {"dev": rates("11: ..2024-01-02; 13: 2024-01-03..")}}
    it = solved(project, roles=(Role("dev"),), tasks=(week,))
    assert [day.seconds for day in it.planned_days] == [8 * 3600] * 5
    assert it.project.planned_revenue == 16 * 11 + 24 * 13

    project = {"role_billing": {"dev": rates("11: 2024-06-19..2024-06-25; 13: 2024-06-26..")}}
    entries = (logged(1, "2", "ann", "2024-06-20"), logged(2, "3", "ann", "2024-06-28"))
    it = solved(project, roles=(Role("dev"),), persons=(person("ann", "dev"),), tasks=(week,), entries=entries)
    assert it.project.actual_revenue == 2 * 11 + 3 * 13


def test_ct_28_planned_cost_by_the_rate_of_each_month() -> None:
    contour = {date(2024, 2, 15): 10 * 3600, date(2024, 3, 15): 10 * 3600}
    both = task("ROLE_HOURLY", "NOT_BILLABLE", assigned(role="dev", hours="20", contour=contour))
    it = solved(roles=(Role("dev", rates("12: ..2024-02-29; 20: 2024-03-01..")),), tasks=(both,))
    assert [day.cost for day in it.planned_days] == [120, 200]


OVERTIME = """
    example  type                             ratio  planned
    CT-15    USER_AND_ROLE_HOURLY             1.5    300
    CT-15    USER_AND_ROLE_HOURLY             -      200
    §3.9     USER_AND_ROLE_HOURLY_PLUS_FIXED  1.5    200
    §3.9     USER_HOURLY                      1.5    200
"""


@pytest.mark.parametrize(("example", "type", "ratio", "planned"), table(OVERTIME))
def test_ct_15_overtime_multiplies_planned_revenue_alone(example: str, type: str, ratio: str, planned: str) -> None:
    overtime = None if ratio == "-" else Decimal(ratio)
    it = solved(
        persons=(person("ann", cost="10", billing="40"),),
        tasks=(task("USER_HOURLY", type, assigned("ann", hours="5"), overtime_ratio=overtime),),
        entries=(logged(1, "5", "ann"),),
    ).project
    assert [it.planned_revenue, it.actual_revenue] == [Decimal(planned), 200]
    assert [it.planned_labour_cost, it.actual_labour_cost] == [50, 50]
