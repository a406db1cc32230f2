"""Worked examples of project-finances §12 about dated rates, caps, plans and progress, through the whole product."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.finances import EacMethod, IndexMethod, PercentBasis, displayed
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.edit_project import edit_project
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.plan_figures import plan_by_day
from hourledger.services.portfolio_finances import portfolio_finances
from hourledger.services.risks import RiskDraft, add_risk
from hourledger.services.set_overtime_ratio import set_overtime_ratio
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from tests.core.tables import table
from tests.support.measured import HOUR, Measured, euros

COST, HOURS = IndexMethod.COST_BASED, IndexMethod.HOUR_BASED
DAY = timedelta(days=1)


@pytest.fixture
async def unit(transactions: Transactions, admin: Principal) -> AsyncIterator[UnitOfWork]:
    async with transactions.begin(admin) as unit:
        yield unit


@pytest.fixture
async def project(unit: UnitOfWork) -> Measured:
    return await Measured.begin(unit)


async def dated(project: Measured, level: Level, ranges: str, **whose: int) -> None:
    """Billing rates: first day, last day, rate; ``..`` is no bound."""
    for first, last, rate in (line.split() for line in ranges.splitlines()):
        days = [None if one == ".." else date.fromisoformat(one) for one in (first, last)]
        scope = RateScope(RateKind.BILLING, level, **whose)
        await set_rate(
            project.unit, scope, HourlyRate.of(rate, "EUR"), Period.inclusive(*days), replace_overlapping=True
        )


async def log(project: Measured, person: int, task: str | None, work: str) -> str:
    """Hours on days, one entry each; the revenue of each, in whole euros, as it is stored when all are there."""
    ids = []
    for on, hours in (one.split(":") for one in work.split()):
        task_id = None if task is None else project.tasks[task]
        seconds = int(Decimal(hours) * HOUR)
        draft = TimeDraft(person, project.project, date.fromisoformat(on), seconds, task_id=task_id)
        ids += await log_time(project.unit, [draft])
    rows = await project.unit.session.execute(
        text("SELECT revenue_minor FROM time_entry WHERE id = ANY(:ids) ORDER BY id"), {"ids": ids}
    )
    return " ".join(str(row.revenue_minor // 100) for row in rows)


async def planned_revenue(project: Measured, task: str) -> str:
    """By day, in whole euros."""
    plan = (await plan_by_day(project.unit, [project.project]))[project.project]
    return " ".join(str((one.revenue_minor or 0) // 100) for one in plan.days(project.tasks[task]))


async def test_ct_08_each_hour_earns_the_rate_of_its_own_day(project: Measured) -> None:
    ann = await project.person("Ann", None)
    await project.task("Work", person=ann)
    ranges = "..          2023-04-30  20 \n 2023-05-01  ..          25"
    await dated(project, Level.PERSON, ranges, person_id=ann)
    assert await log(project, ann, "Work", "2023-04-28:2 2023-05-02:3") == "40 75"
    assert (await project.of("Work")).actual_revenue == euros(115)


async def test_ct_09_a_capped_task_earns_and_plans_its_cap(project: Measured) -> None:
    ann = await project.person("Ann", "25")
    await project.task("Work", 1, person=ann, revenue=RevenueType.USER_HOURLY_CAP, amount="20")
    assert await log(project, ann, "Work", "2026-06-01:1") == "20"
    found = await project.of("Work")
    assert (found.planned_revenue, found.actual_revenue) == (euros(20), euros(20))


async def test_ct_10_a_rate_holds_through_its_last_day_for_logged_and_for_planned_hours(project: Measured) -> None:
    for last, first, old, new in table("""
        last        first       old  new
        2026-03-31  2026-04-01  50   55
        2026-08-20  2026-08-21  202  205
    """):
        ann = await project.person("Ann", None)
        plan = (date.fromisoformat(last), date.fromisoformat(first))
        await project.task(last, 2, person=ann, plan=plan)
        await dated(project, Level.PERSON, f".. {last} {old} \n {first} .. {new}", person_id=ann)
        assert await log(project, ann, last, f"{last}:1 {first}:1") == f"{old} {new}"
        assert await planned_revenue(project, last) == f"{old} {new}"


async def test_ct_11_ct_12_a_project_override_that_changes_on_a_day(project: Measured) -> None:
    """R1 is 90, R2 is 110; the role's own rate of 60 counts for nothing, before the first override too."""
    role = await project.role("Tester", "60")
    ann = await project.person("Ann", None, role_id=role)
    week = (date(2023, 6, 26), date(2023, 6, 30))
    await project.task("Week", 40, role=role, plan=week, revenue=RevenueType.ROLE_HOURLY)
    own = {"project_id": project.project, "role_id": role}
    await dated(project, Level.PROJECT_ROLE, "2023-06-26 2023-06-27 90 \n 2023-06-28 .. 110", **own)
    assert await planned_revenue(project, "Week") == "720 720 880 880 880"
    assert (await project.of("Week")).planned_revenue == euros(16 * 90 + 24 * 110)
    await project.task("Work", role=role, revenue=RevenueType.ROLE_HOURLY)
    await dated(project, Level.PROJECT_ROLE, "2023-06-19 2023-06-25 90 \n 2023-06-26 .. 110", **own)
    assert await log(project, ann, "Work", "2023-06-20:2 2023-06-28:3") == "180 330"
    assert await log(project, ann, "Work", "2023-06-01:1") == "90"  # the first override stretches outward


async def test_ct_13_ct_r9_an_explicit_zero_earns_nothing_and_a_gap_is_left_to_the_customer_and_the_role(
    project: Measured,
) -> None:
    role = await project.role("Tester", "70")
    ann = await project.person("Ann", None, role_id=role)
    await project.task("Work", role=role, revenue=RevenueType.ROLE_HOURLY)
    ranges = ".. 2017-06-11 0 \n 2017-06-12 2017-06-17 45 \n 2017-06-21 .. 95"
    await dated(project, Level.PROJECT_ROLE, ranges, project_id=project.project, role_id=role)
    days = "2017-06-11:1 2017-06-12:1 2017-06-17:1 2017-06-18:1 2017-06-20:1 2017-06-21:1"
    assert await log(project, ann, "Work", days) == "0 45 45 70 70 95"


async def test_ct_15_the_overtime_ratio_multiplies_planned_revenue_and_nothing_else(project: Measured) -> None:
    ann = await project.person("Ann", "40")
    await project.task(
        "Work", 6, person=ann, cost=CostType.USER_AND_ROLE_HOURLY, revenue=RevenueType.USER_AND_ROLE_HOURLY
    )
    await log(project, ann, "Work", "2026-06-01:2")
    for ratio, planned in ((None, 240), ("1.5", 360), ("1", 240)):
        await set_overtime_ratio(project.unit, project.tasks["Work"], None if ratio is None else Decimal(ratio))
        found = await project.of("Work")
        assert found.planned_revenue == euros(planned)
        assert (found.planned_labor_cost, found.actual_labor_cost, found.actual_revenue) == tuple(
            map(euros, (240, 80, 80))
        )


async def test_ct_18_half_of_the_work_after_half_of_the_time_is_on_schedule(project: Measured) -> None:
    ann, start = await project.person("Ann", "10"), date(2026, 2, 1)
    await project.task("Work", 10, person=ann, percent=50, plan=(start, start + 10 * DAY))
    for name in ("Work", "project"):
        found = await project.of(name, on=start + 5 * DAY)
        assert (found.bcws(HOURS).exact, found.spi) == (Fraction(5 * HOUR), Fraction(1))


async def test_ct_24_ct_25_which_expenses_earned_value_counts(project: Measured) -> None:
    """Incurred: planned 500, actual 600. Not incurred: planned 300. A negative actual takes the expense out."""
    await project.task("Work", person=await project.person("Ann", "10"))
    await project.spend("(500/600),(300/0)", "Work")
    found = await project.of("Work")
    assert (found.cpi(COST), found.eac(COST, EacMethod.CALCULATE_AT_PROJECT).cost) == (Fraction(500, 600), euros(900))
    await project.spend("(200/-300)", "Work")
    again = await project.of("Work")
    assert (again.cpi(COST), again.eac(COST, EacMethod.CALCULATE_AT_PROJECT).cost) == (Fraction(500, 600), euros(900))
    assert (again.planned_expense_cost, again.actual_expense_cost) == (euros(1000), euros(300))  # C-09: only there


async def test_ct_27_ct_30_progress_is_weighed_by_durations_that_are_summed(project: Measured) -> None:
    ann, monday = await project.person("Ann", "10"), date(2026, 2, 2)
    await project.task("Five days", 8, person=ann, percent=20, plan=(monday, monday + 4 * DAY))
    await project.task("Two days", 8, person=ann, percent=25, plan=(monday, monday + DAY))
    found = (await project.measures()).percent_complete(PercentBasis.DURATION)
    assert found is not None
    assert str(displayed(found)) == "21.43"

    other = await Measured.begin(project.unit)
    await other.task("Parent")
    await other.task("One day", 8, person=ann, percent=100, below="Parent", plan=(monday, monday))
    await other.task("Two days", 8, person=ann, below="Parent", plan=(monday, monday + DAY))
    await other.task("Three days", 8, person=ann, plan=(monday, monday + 2 * DAY))
    assert (await other.of("Parent")).percent_complete(PercentBasis.DURATION) == Fraction(100, 3)
    assert (await other.measures()).percent_complete(PercentBasis.DURATION) == Fraction(100, 6)  # three days each


async def test_ct_31_a_fixed_amount_for_parts_comes_on_top_of_the_hours(project: Measured) -> None:
    """A mechanic: 250 for parts, and 3 h at 60 and 2 h at 45 planned."""
    for name, hours, rate in (("Engine", 3, "60"), ("Brakes", 2, "45")):
        await project.task(name, hours, person=await project.person(name, rate))
    await edit_project(project.unit, project.project, {"fixed_revenue": Decimal(250)})
    assert (await project.measures()).planned_revenue == euros(250 + 180 + 90)


async def test_ct_47_risk_and_net_value_of_a_portfolio_share_one(project: Measured) -> None:
    await add_risk(
        project.unit, project.project, RiskDraft("x", probability_percent=Decimal(100), potential_cost=Decimal(30))
    )
    await edit_project(project.unit, project.project, {"planned_benefit": Decimal(150)})
    value = (await portfolio_finances(project.unit, [project.project])).figures.value
    assert (value.potential_risk_cost, value.net_value) == (euros(30), euros(120))
    assert (value.risk_indicator, value.net_value_indicator) == (Fraction(30, 150), Fraction(120, 150))


async def test_ct_51_the_plan_is_michaels_and_the_work_joannas(project: Measured) -> None:
    """Michael is assigned; their manager logs time that is Joanna's."""
    michael, joanna = await project.person("Michael", "40"), await project.person("Joanna", "70")
    for kind in ("USER_HOURLY", "USER_AND_ROLE_HOURLY"):
        await project.task(kind, 5, person=michael, cost=CostType(kind), revenue=RevenueType(kind))
        await log(project, joanna, kind, "2026-06-01:2")
        found = await project.of(kind)
        assert (found.planned_revenue, found.actual_revenue) == (euros(200), euros(140))
        assert (found.planned_labor_cost, found.actual_labor_cost) == (euros(200), euros(140))


async def test_ct_55_hours_over_forty_in_a_week_cost_what_all_hours_cost(project: Measured) -> None:
    """The published view that prices overtime is wrong below 40 hours, and no feature: 30 h cost 300, 45 h cost 450."""
    ann = await project.person("Ann", "10")
    for hours in (30, 45):
        await project.task(str(hours), person=ann)
        for number in range(5):
            await log(project, ann, str(hours), f"{date(2026, 6, 1) + number * DAY}:{hours // 5}")
        assert (await project.of(str(hours))).actual_labor_cost == euros(hours * 10)


async def test_ct_r4_a_cap_is_handed_out_in_date_order_and_given_back(project: Measured) -> None:
    """Cap 100 at 40 an hour, in whatever order it is logged."""
    ann = await project.person("Ann", "40")
    for name, work, revenue in (
        ("in order", "2026-06-01:2 2026-06-02:1 2026-06-03:1 2026-06-04:-1 2026-06-05:-1", "80 20 0 0 -20"),
        ("backwards", "2026-06-05:-1 2026-06-04:-1 2026-06-03:1 2026-06-02:1 2026-06-01:2", "-20 0 0 20 80"),
    ):
        await project.task(name, person=ann, revenue=RevenueType.USER_HOURLY_CAP, amount="100")
        assert await log(project, ann, name, work) == revenue
        assert (await project.of(name)).actual_revenue == Money.of(80, "EUR")
