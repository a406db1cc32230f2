"""Finances by role, person, month and so on (§8.13, §8.14): the same numbers as everywhere else (P18)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice, permutations
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.finances import FinanceGroup, FinancePart, GroupFigures, Grouping, ProjectFinances
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType, TaskStatus
from hourledger.services.create_project import assign
from hourledger.services.edit_project import edit_project
from hourledger.services.grouped_finances import GroupedFinances, grouped_finances, utilisation
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.portfolio_finances import portfolio_finances
from hourledger.services.project_finances import project_finances
from hourledger.services.role_budgets import set_role_budget
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_organisation
from hourledger.services.task_status import set_task_status
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from tests.oracle.generate import random_world
from tests.oracle.generate_rates import CURRENCIES
from tests.support.measured import HOUR, MONDAY, Measured, euros
from tests.support.stored_world import store

PART, ROLE, PERSON, MONTH, WEEK = Grouping.PART, Grouping.ROLE, Grouping.PERSON, Grouping.MONTH, Grouping.WEEK
BUSY_WORLDS = 12


@pytest.fixture
async def unit(transactions: Transactions, admin: Principal) -> AsyncIterator[UnitOfWork]:
    async with transactions.begin(admin) as unit:
        yield unit


@pytest.fixture
async def project(unit: UnitOfWork) -> Measured:
    return await Measured.begin(unit)


async def grouped(project: Measured, *by: Grouping, **days: Any) -> FinanceGroup:
    await project.unit.session.flush()
    return (await utilisation(project.unit, [project.project], by, **days))[project.project].whole


def under(group: FinanceGroup, *keys: Any) -> GroupFigures:
    """The figures of the group with these keys, level by level; there must be one."""
    for key in keys:
        (group,) = [one for one in group.groups if one.key == key]
    return group.figures


def leaves(group: FinanceGroup) -> Iterator[FinanceGroup]:
    if not group.groups:
        yield group
    for one in group.groups:
        yield from leaves(one)


# --- the same numbers as everywhere else -----------------------------------------------------------------------------


def agree(found: GroupFigures, finances: ProjectFinances) -> None:
    """Every total of the project, to the cent."""
    planned, actual = found.planned, found.actual

    def money(minor: int) -> Money:
        return Money(minor, found.currency)

    assert planned.plan_problem == finances.plan_problem
    if planned.plan_problem is None:
        assert money(planned.labor_cost_minor) == finances.planned_labor_cost
        assert money(planned.cost_minor) == finances.planned_cost
        assert money(planned.revenue_minor) == finances.planned_revenue
    assert (planned.seconds, actual.seconds) == (finances.planned_seconds, finances.actual_seconds)
    assert money(planned.expense_minor) == finances.planned_expense_cost
    assert money(actual.labor_cost_minor) == finances.actual_labor_cost
    assert money(actual.expense_minor + actual.fixed_cost_minor) == finances.actual_expense_cost
    assert money(actual.cost_minor) == finances.actual_cost
    assert money(actual.revenue_minor) == finances.actual_revenue
    assert money(actual.margin_minor) == finances.margin
    assert money(found.billed_minor) == finances.billed_revenue


def amounts(figures: GroupFigures) -> list[int]:
    return [
        getattr(side, name)
        for side in (figures.planned, figures.actual, figures.budgeted, figures.planned_variance)
        for name in ("seconds", "cost_minor", "revenue_minor", "fixed_revenue_share_minor", "hourly_revenue_minor")
    ]


def require_sums(group: FinanceGroup) -> None:
    """Every level sums to the one above it; no two groups have one key."""
    if not group.groups:
        return
    assert len({one.key for one in group.groups}) == len(group.groups)
    columns = zip(*(amounts(one.figures) for one in group.groups), strict=True)
    assert [sum(column) for column in columns] == amounts(group.figures)
    for one in group.groups:
        require_sums(one)


@pytest.fixture
async def books(database: Database) -> dict[str, Principal]:
    async with database.session() as session:
        found = {
            one.code: await create_organisation(session, one.code, base_currency=one.code, time_zone="Europe/Amsterdam")
            for one in CURRENCIES
        }
        await session.commit()
    return {code: Principal(one.id, "test@brightwater.example", EVERYTHING) for code, one in found.items()}


async def test_p18_random_projects_sum_to_their_totals_however_they_are_grouped(
    transactions: Transactions, books: dict[str, Principal]
) -> None:
    busy = (seed for seed in count() if len(random_world(seed).entries) >= 10)
    shapes = list(permutations(Grouping, 2)) + list(permutations((PART, ROLE, PERSON, MONTH)))
    for number, seed in enumerate(islice(busy, BUSY_WORLDS)):
        world = random_world(seed)
        async with transactions.begin(books[world.base_currency], dry_run=True) as unit:
            stored = (await store(unit, world)).project
            finances = (await project_finances(unit, [stored]))[stored]
            for by in (shapes[-1 - number], *shapes[number * 4 : number * 4 + 4]):
                if {WEEK, MONTH} <= set(by):
                    continue
                whole = (await utilisation(unit, [stored], by))[stored]
                agree(whole.figures, finances)
                require_sums(whole.whole)


async def test_p18_two_stretches_of_days_sum_to_all_of_them(
    transactions: Transactions, books: dict[str, Principal]
) -> None:
    world = next(one for one in map(random_world, count()) if len(one.entries) >= 10)
    async with transactions.begin(books[world.base_currency], dry_run=True) as unit:
        stored = (await store(unit, world)).project
        cut = sorted(one.on for one in world.entries)[len(world.entries) // 2]
        before = (await utilisation(unit, [stored], [PERSON, PART], last_day=cut))[stored]
        after = (await utilisation(unit, [stored], [PERSON, PART], first_day=date.fromordinal(cut.toordinal() + 1)))[
            stored
        ]
        whole = (await utilisation(unit, [stored], [PERSON, PART]))[stored]
        assert before.figures.actual.seconds
        both = [sum(pair) for pair in zip(amounts(before.figures), amounts(after.figures), strict=True)]
        assert both == amounts(whole.figures)


async def busy_project(unit: UnitOfWork, currency: str) -> Measured:
    """One with every kind of figure, at odd amounts."""
    project = await Measured.begin(unit, currency=currency)
    role = await project.role("Tester", "33.33")
    ann, tom = await project.person("Ann", "17.77", role_id=role), await project.person("Tom", "66.61")
    await project.task("Capped", "9.7", person=ann, revenue=RevenueType.USER_HOURLY_CAP, amount="70.01")
    await assign(unit, project.tasks["Capped"], person_id=tom, role_id=role)
    await project.task("Fixed", 3, person=tom, revenue=RevenueType.FIXED_REVENUE, amount="100.01")
    for person, hours in ((ann, "1.3"), (tom, "2.7")):
        await project.log(person, hours, "Capped")
        await project.log(person, hours, "Fixed")
        await project.log(person, hours)
    await set_task_status(unit, project.tasks["Fixed"], TaskStatus.COMPLETE)
    await project.spend("(11.11/22.22),(0/0.07)", "Fixed", is_billable=True)
    await set_role_budget(unit, project.project, role, MONDAY, 12345)
    await edit_project(unit, project.project, {"fixed_cost": Decimal("0.01"), "fixed_revenue": Decimal("7.77")})
    return project


async def test_7_7_groups_in_another_currency_sum_to_the_portfolio(unit: UnitOfWork) -> None:
    await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal("1.0931"))], source="test")
    await set_exchange_rates(unit, "JPY", [(date(2025, 1, 1), Decimal("161.37"))], source="test")
    ids = [(await busy_project(unit, currency)).project for currency in ("USD", "EUR", "USD")]
    for currency in ("EUR", "USD", "JPY"):
        portfolio = (await portfolio_finances(unit, ids, currency=currency)).figures
        for by in ([PART, ROLE, PERSON], [MONTH], [PERSON, WEEK, PART, Grouping.PROJECT]):
            found = await grouped_finances(unit, ids, by, currency=currency)
            require_sums(found.whole)
            figures = found.whole.figures
            planned, actual, budgeted = figures.planned, figures.actual, figures.budgeted
            for minor, amount in (
                (planned.labor_cost_minor, portfolio.planned_labor_cost),
                (planned.cost_minor, portfolio.planned_cost),
                (planned.revenue_minor, portfolio.planned_revenue),
                (actual.cost_minor, portfolio.actual_cost),
                (actual.revenue_minor, portfolio.actual_revenue),
                (budgeted.labor_cost_minor, portfolio.budgeted_labor_cost),
                (budgeted.cost_minor, portfolio.budgeted_cost),
            ):
                assert Money(minor, currency) == amount


# --- by role and person ----------------------------------------------------------------------------------------------


async def test_107_planned_budgeted_and_actual_per_role_and_person_with_their_variances(project: Measured) -> None:
    designer, tester = await project.role("Designer", "50"), await project.role("Tester", "40")
    ann = await project.person("Ann", "60", role_id=designer)
    tom = await project.person("Tom", None, role_id=tester)
    await project.task("Draw", 10, person=ann)
    await project.task("Open", 4, role=tester, cost=CostType.ROLE_HOURLY, revenue=RevenueType.ROLE_HOURLY)
    await project.log(ann, 8, "Draw")
    await project.log(tom, 1, "Open")
    await set_role_budget(project.unit, project.project, designer, MONDAY, 9 * HOUR)
    whole = await grouped(project, ROLE, PERSON)

    designers = under(whole, designer)
    assert (designers.planned.cost_minor, designers.actual.cost_minor) == (60000, 48000)
    assert (designers.budgeted.seconds, designers.budgeted.cost_minor) == (9 * HOUR, 45000)
    assert (designers.planned_variance.seconds, designers.planned_variance.cost_minor) == (2 * HOUR, 12000)
    assert designers.planned_variance.revenue_minor == -12000  # less earned than planned
    assert (designers.budgeted_variance.seconds, designers.budgeted_variance.cost_minor) == (HOUR, -3000)
    assert under(whole, designer, ann).budgeted.seconds == 0  # budgets are of roles (§8.9)
    assert under(whole, designer, None).budgeted.seconds == 9 * HOUR
    assert under(whole, tester, None).planned.cost_minor == 16000  # nobody yet
    assert under(whole, tester, tom).actual.cost_minor == 4000
    assert under(whole, tester, tom).actual.margin_percent == Fraction(0)


ROLES = [
    # chosen   on the assignment  primary     -> as what the hour was worked
    ("chosen", "assigned", "primary", "chosen"),
    (None, "assigned", "primary", "assigned"),
    (None, None, "primary", "primary"),
    (None, None, None, None),
]


@pytest.mark.parametrize(("chosen", "assigned", "primary", "expected"), ROLES)
async def test_107_an_hour_belongs_to_the_role_it_was_worked_as(
    project: Measured, chosen: str | None, assigned: str | None, primary: str | None, expected: str | None
) -> None:
    roles: dict[str | None, int] = {one: await project.role(one, "1") for one in ("chosen", "assigned", "primary")}
    ann = await project.person("Ann", "10", role_id=roles.get(primary))
    task = await project.task("Work", 2)
    await assign(project.unit, task, person_id=ann, role_id=roles.get(assigned))
    await project.log(ann, 1, "Work")
    await project.unit.session.flush()
    await project.unit.session.execute(
        text("UPDATE time_entry SET role_id = :role WHERE person_id = :ann"), {"role": roles.get(chosen), "ann": ann}
    )
    whole = await grouped(project, ROLE, PERSON)
    assert under(whole, roles.get(expected), ann).actual.seconds == HOUR
    assert under(whole, roles.get(assigned) or roles.get(primary), ann).planned.seconds == 2 * HOUR


async def test_107_what_no_role_did_has_rows_of_its_own(project: Measured) -> None:
    ann = await project.person("Ann", "10")
    await project.task("Work", 3)
    await project.log(ann, 2)
    await project.spend("(5/6)")
    await edit_project(project.unit, project.project, {"fixed_cost": Decimal(7), "fixed_revenue": Decimal(9)})
    whole = await grouped(project, PART, ROLE, PERSON)
    assert [one.key for one in whole.groups] == [
        FinancePart.TASK_HOURS,
        FinancePart.PROJECT_HOURS,
        FinancePart.PROJECT_FIXED_REVENUE,
        FinancePart.EXPENSE,
        FinancePart.FIXED_COST,
    ]
    assert under(whole, FinancePart.TASK_HOURS, None, None).planned.seconds == 3 * HOUR
    assert under(whole, FinancePart.PROJECT_HOURS, None, ann).actual.cost_minor == 2000
    assert under(whole, FinancePart.EXPENSE, None, None).actual.cost_minor == 600
    assert under(whole, FinancePart.FIXED_COST, None, None).budgeted.cost_minor == 700


async def test_2_3_the_cap_of_a_task_is_in_the_revenue_of_its_people(project: Measured) -> None:
    ann, tom = await project.person("Ann", "100"), await project.person("Tom", "50")
    task = await project.task("Work", 20, revenue=RevenueType.USER_HOURLY_CAP, amount="100.01")
    for person in (ann, tom):
        await assign(project.unit, task, person_id=person, role_id=None)
    whole = await grouped(project, PERSON)
    # The cap is gone on Monday: of 2 h x 100 and 2 h x 50 two thirds and one third.
    assert under(whole, ann).planned.revenue_minor == 6667
    assert under(whole, tom).planned.revenue_minor == 3334
    assert under(whole, ann).planned.seconds == under(whole, tom).planned.seconds == 10 * HOUR


# --- the reference product's own reading ------------------------------------------------------------------------------


async def test_ct_06_people_and_roles_have_200_where_the_project_has_300(project: Measured) -> None:
    role = await project.role("Tester", "20")
    await project.task("Work", 10, role=role, revenue=RevenueType.ROLE_HOURLY)
    await edit_project(project.unit, project.project, {"fixed_revenue": Decimal(100)})
    whole = await grouped(project, PART, ROLE)
    assert whole.figures.planned.revenue_minor == 30000
    assert under(whole, FinancePart.TASK_HOURS).planned.revenue_minor == 20000
    assert under(whole, FinancePart.TASK_HOURS, role).planned.revenue_minor == 20000
    assert under(whole, FinancePart.PROJECT_FIXED_REVENUE).planned.revenue_minor == 10000
    assert whole.figures.planned.fixed_revenue_share_minor == 0  # not of any task


async def test_ct_29_a_fixed_amount_of_200_is_50_for_each_of_four_hours(project: Measured) -> None:
    role = await project.role("Tester", "20")
    ann, tom = await project.person("Ann", "10", role_id=role), await project.person("Tom", "30")
    task = await project.task("Work", 4, revenue=RevenueType.FIXED_REVENUE, amount="200")
    await assign(project.unit, task, person_id=ann, role_id=role, planned_seconds=HOUR)
    await assign(project.unit, task, person_id=tom, role_id=None, planned_seconds=3 * HOUR)
    await project.log(ann, 2, "Work")
    await project.log(tom, 2, "Work")
    whole = await grouped(project, PART, ROLE, PERSON)
    hours, fixed = FinancePart.TASK_HOURS, FinancePart.TASK_FIXED_REVENUE
    assert under(whole, hours, role, ann).planned.fixed_revenue_share_minor == 5000
    assert under(whole, hours, None, tom).planned.fixed_revenue_share_minor == 15000
    assert under(whole, hours).planned.revenue_minor == 0  # ours: the amount is the task's
    assert under(whole, fixed).planned.revenue_minor == 20000
    assert under(whole, fixed).planned.fixed_revenue_share_minor == 0
    assert whole.figures.actual.fixed_revenue_share_minor == 0  # only once it is complete
    await set_task_status(project.unit, task, TaskStatus.COMPLETE)
    whole = await grouped(project, PART, ROLE, PERSON)
    assert under(whole, hours, role, ann).actual.fixed_revenue_share_minor == 10000
    assert whole.figures.actual.fixed_revenue_share_minor == whole.figures.actual.fixed_revenue_minor == 20000
    assert (await project.of("Work")).actual_revenue == euros(200)


async def test_8_14_without_hours_a_fixed_amount_is_spread_over_nobody(project: Measured) -> None:
    await project.task("Work", 0, revenue=RevenueType.FIXED_REVENUE, amount="200")
    whole = await grouped(project, PART)
    assert [one.key for one in whole.groups] == [FinancePart.TASK_FIXED_REVENUE]
    assert under(whole, FinancePart.TASK_FIXED_REVENUE).planned.fixed_revenue_share_minor == 20000


async def test_8_14_a_share_does_not_depend_on_which_days_are_asked_for(project: Measured) -> None:
    ann, tom = await project.person("Ann", "10"), await project.person("Tom", "30")
    task = await project.task("Work", 0, revenue=RevenueType.FIXED_REVENUE, amount="100")
    for person, day, seconds in ((ann, 1, HOUR), (ann, 2, HOUR), (tom, 2, HOUR), (tom, 3, -HOUR), (tom, 4, HOUR)):
        draft = TimeDraft(person, project.project, date(2026, 6, day), seconds, task_id=task)
        await log_time(project.unit, [draft])
    await set_task_status(project.unit, task, TaskStatus.COMPLETE)
    second = await grouped(project, PERSON, first_day=date(2026, 6, 2), last_day=date(2026, 6, 2))
    assert {one.key: one.figures.actual.fixed_revenue_share_minor for one in second.groups} == {ann: 3333, tom: 3333}
    whole = await grouped(project, PERSON)
    assert {one.key: one.figures.actual.fixed_revenue_share_minor for one in whole.groups} == {
        ann: 6667,
        tom: 3333,
        None: 0,  # where the amount itself is
    }


# --- by week and month ------------------------------------------------------------------------------------------------


async def test_108_ct_28_a_role_that_costs_more_from_march_by_month(project: Measured) -> None:
    role = await project.role("Tester", "12")
    march = date(2026, 3, 1)
    await set_rate(project.unit, RateScope(RateKind.COST, Level.ROLE, role_id=role), HourlyRate.of("20", "EUR"),
                   Period(march, None))  # fmt: skip
    plan = (date(2026, 2, 2), date(2026, 3, 27))  # 20 working days each
    await project.task("Work", 20, role=role, cost=CostType.ROLE_HOURLY, plan=plan)
    for month in (2, 3):
        await set_role_budget(project.unit, project.project, role, date(2026, month, 1), 10 * HOUR)
    whole = await grouped(project, ROLE, MONTH)
    for month, cost in ((2, 12000), (3, 20000)):
        figures = under(whole, role, date(2026, month, 1))
        assert (figures.planned.seconds, figures.planned.cost_minor) == (10 * HOUR, cost)
        assert (figures.budgeted.seconds, figures.budgeted.cost_minor) == (10 * HOUR, cost)


async def test_108_p19_a_person_without_a_rate_costs_what_the_role_costs_in_the_planner_too(project: Measured) -> None:
    role = await project.role("Tester", "15")
    await project.task("Work", 10, person=await project.person("Tom", None, role_id=role))
    whole = await grouped(project, ROLE, MONTH)
    assert under(whole, role).planned.cost_minor == whole.figures.planned.cost_minor == 15000


async def test_ct_33_ct_34_hours_are_under_the_allocation_dates_of_their_weeks(project: Measured) -> None:
    role = await project.role("Tester", "10")
    ann = await project.person("Ann", "10", role_id=role)
    await project.task("Work", 90, person=ann, plan=(date(2026, 6, 8), date(2026, 6, 26)))
    for day in (date(2024, 6, 30), date(2024, 7, 1)):
        await set_role_budget(project.unit, project.project, role, day, 4 * HOUR)
    whole = await grouped(project, WEEK)
    found = [
        (one.key, one.figures.planned.seconds // HOUR, one.figures.budgeted.seconds // HOUR) for one in whole.groups
    ]
    assert found == [
        (date(2024, 6, 30), 0, 4),
        (date(2024, 7, 1), 0, 4),
        (date(2026, 6, 7), 30, 0),
        (date(2026, 6, 14), 30, 0),
        (date(2026, 6, 21), 30, 0),
    ]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"by": []}, "GROUPING_INVALID"),
        ({"by": [ROLE, ROLE]}, "GROUPING_INVALID"),
        ({"by": [WEEK, MONTH]}, "GROUPING_INVALID"),
        ({"by": [PART, ROLE, PERSON, MONTH, Grouping.PROJECT]}, "GROUPING_INVALID"),
        ({"by": [ROLE], "first_day": date(2026, 2, 2), "last_day": date(2026, 2, 1)}, "DAYS_INVALID"),
        ({"by": [ROLE], "currency": "XXX"}, "UNKNOWN_CURRENCY"),
        ({"by": [ROLE], "currency": "JPY"}, "EXCHANGE_RATE_MISSING"),
        ({"by": [ROLE], "project_ids": [10**9]}, "PROJECT_UNKNOWN"),
    ],
)
async def test_what_cannot_be_grouped_is_refused(project: Measured, given: dict[str, Any], code: str) -> None:
    given = {"project_ids": [project.project]} | given
    with pytest.raises(HourledgerError) as caught:
        await grouped_finances(project.unit, **given)
    assert caught.value.code == code


async def test_nothing_is_a_group_of_zero(unit: UnitOfWork) -> None:
    found: GroupedFinances = await grouped_finances(unit, [], [ROLE, PERSON])
    assert (found.whole.groups, found.whole.figures.actual.cost_minor) == ((), 0)
