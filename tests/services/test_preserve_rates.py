"""Preserving what a project bills (project-finances §3.8, C-17)."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import NotAllowed
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.pricing import price_of
from hourledger.core.rates import Level, RateBasis
from hourledger.core.role_sets import RoleShare
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.project_finances import project_finances
from hourledger.services.set_person_roles import set_person_roles
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_person, create_role
from hourledger.services.task_types import edit_task_types
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.selecting import find_all, select_one
from models.tables import RateScopeRow, TimeEntryRow
from tests.conftest import MovableClock
from tests.core.tables import table
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world

MAY, JUNE, JULY = date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def set_to(unit: UnitOfWork, kind: RateKind, whose: dict[str, int], rate: str, start: date | None = None) -> None:
    level = Level.PERSON if "person_id" in whose else Level.ROLE
    scope = RateScope(kind, level, **whose)
    await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period(start, None), replace_overlapping=True)


async def worth(unit: UnitOfWork, entry: int) -> tuple[int, int]:
    """Cost and revenue in whole euros."""
    row = await select_one(unit.session, TimeEntryRow, unit.organisation_id, entry)
    assert row is not None
    return row.cost_minor // 100, row.revenue_minor // 100


async def hierarchy_task(unit: UnitOfWork, world: World, name: str = "Advice", planned: int = 0) -> int:
    plan = TaskPlan(
        name,
        CostType.USER_AND_ROLE_HOURLY,
        RevenueType.USER_AND_ROLE_HOURLY,
        planned_seconds=planned,
        planned_start=JULY,
        planned_completion=JULY,
    )
    return await create_task(unit, world.portal, plan)


async def test_3_8_billing_stays_as_it_was_on_all_days_and_cost_keeps_moving(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    """Bob bills 100, from July 110. Preserved; then he gets a raise to 150 and costs 70 instead of 50."""
    bob = {"person_id": world.person}
    async with transactions.begin(admin) as unit:
        task = await hierarchy_task(unit, world, planned=3600)
        await assign(unit, task, person_id=world.person, role_id=None, planned_seconds=3600)
        await set_to(unit, RateKind.BILLING, bob, "110", date(2026, 7, 1))
        june, july = await log_time(
            unit, [TimeDraft(world.person, world.portal, day, 3600, task_id=task) for day in (JUNE, JULY)]
        )
        await preserve_billing_rates(unit, world.portal, is_on=True)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await set_to(unit, RateKind.BILLING, bob, "150")
        await set_to(unit, RateKind.COST, bob, "70")
        await recalculate_project(unit, world.portal)
        may, later = await log_time(
            unit, [TimeDraft(world.person, world.portal, day, 3600, task_id=task) for day in (MAY, JULY)]
        )
        assert [await worth(unit, one) for one in (may, june, july, later)] == [
            (70, 100),  # before anything was logged: the rate of that day as it was then
            (70, 100),
            (70, 110),
            (70, 110),
        ]
        finances = (await project_finances(unit, [world.portal]))[world.portal]
        assert str(finances.planned_revenue) == "110.00 EUR"  # planned values too
        assert str(finances.planned_labor_cost) == "70.00 EUR"


async def test_3_8_somebody_who_comes_later_is_frozen_when_coming(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        task = await hierarchy_task(unit, world)
        await preserve_billing_rates(unit, world.portal, is_on=True)
        cleo = await create_person(unit, "Cleo", "cleo@brightwater.example", primary_role_id=world.role)
        await set_to(unit, RateKind.BILLING, {"role_id": world.role}, "80")
        (first,) = await log_time(unit, [TimeDraft(cleo, world.portal, JUNE, 3600, task_id=task)])
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await set_to(unit, RateKind.BILLING, {"person_id": cleo}, "95")
        (second,) = await log_time(unit, [TimeDraft(cleo, world.portal, JULY, 3600, task_id=task)])
        other = await hierarchy_task(unit, world, "Other")
        await assign(unit, other, person_id=cleo, role_id=None)  # frozen here already, at 95
        await set_to(unit, RateKind.BILLING, {"person_id": cleo}, "99")
        (third,) = await log_time(unit, [TimeDraft(cleo, world.portal, JULY, 3600, task_id=other)])
        assert [(await worth(unit, one))[1] for one in (first, second, third)] == [80, 80, 95]


async def test_c_17_the_whole_hierarchy_is_frozen_the_open_role_too(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    """A task open for developers at the project's 90; frozen; the project's rate moves to 120."""
    async with transactions.begin(admin) as unit:
        task = await hierarchy_task(unit, world, planned=7200)
        await assign(unit, task, person_id=None, role_id=world.role, planned_seconds=7200)
        scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, role_id=world.role, project_id=world.portal)
        await set_rate(unit, scope, HourlyRate.of("90", "EUR"), Period())
        await preserve_billing_rates(unit, world.portal, is_on=True)
        await set_to(unit, RateKind.BILLING, {"role_id": world.role}, "130")
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        (entry,) = await log_time(unit, [TimeDraft(world.person, world.portal, JULY, 3600, task_id=task)])
        assert (await worth(unit, entry))[1] == 90
        finances = (await project_finances(unit, [world.portal]))[world.portal]
        assert str(finances.planned_revenue) == "180.00 EUR"


async def test_3_8_it_is_one_way_as_soon_as_somebody_is_assigned_or_has_logged(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        empty = await create_project(unit, code="EMPTY", name="Empty", company_id=None)
        for is_on in (True, True, False, True):
            result = await preserve_billing_rates(unit, empty, is_on=is_on)
            assert result.changed == 0
        await preserve_billing_rates(unit, world.portal, is_on=True)
    with pytest.raises(NotAllowed) as caught:
        async with transactions.begin(admin) as unit:
            await preserve_billing_rates(unit, world.portal, is_on=False)
    assert caught.value.code == "RATES_PRESERVED"


async def test_3_8_other_types_keep_their_rates_too(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(250))
        capped = await create_task(unit, world.portal, plan)
        by_role = await create_task(unit, world.portal, TaskPlan("Role", revenue_type=RevenueType.ROLE_HOURLY))
        await set_to(unit, RateKind.BILLING, {"role_id": world.role}, "60")
        for task in (capped, by_role):
            await assign(unit, task, person_id=world.person, role_id=world.role)
        await preserve_billing_rates(unit, world.portal, is_on=True)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await set_to(unit, RateKind.BILLING, {"person_id": world.person}, "500")
        await set_to(unit, RateKind.BILLING, {"role_id": world.role}, "500")
        drafts = [TimeDraft(world.person, world.portal, JUNE, 7200, task_id=task) for task in (capped, by_role, capped)]
        entries = await log_time(unit, drafts)
        assert [(await worth(unit, one))[1] for one in entries] == [200, 120, 50]


async def over_cost(unit: UnitOfWork, whose: dict[str, int], percent: str, days: Period) -> None:
    level = Level.PERSON if "person_id" in whose else Level.ROLE
    price = price_of(Decimal(percent), None, RateBasis.COST_PLUS)
    await set_rate(unit, RateScope(RateKind.BILLING, level, **whose), price, days, replace_overlapping=True)


# Bob's cost and markup by day, written "from: number"; then what each first day of a month bills when it is frozen,
# before and after his cost is 500 on all days
SEGMENTS = """
    cost                       over cost              April  May    June   July
    ..: 50                     ..: 20                 60     60     60     60
    ..: 50, 06-01: 70          ..: 20                 60     60     84     84
    ..: 50                     ..: 20, 05-01: 50      60     75     75     75
    ..: 50, 06-01: 70          ..: 20, 05-01: 50      60     75     105    105
    ..: 50, 06-01: 80 USD      ..: 20                 60     60     48     48      # 2 USD a EUR
    ..: 50, 06-01: 70          ..: 20, 06-01: -100    60     60     0      0       # a rate of nothing stays
    06-01: 70                  ..: 20                 600    600    84     84      # no price before June: none to keep
"""


@pytest.mark.parametrize(("cost", "markup", "april", "may", "june", "july"), table(SEGMENTS))
async def test_3_8_what_is_billed_over_cost_stays_when_cost_moves(
    transactions: Transactions,
    admin: Principal,
    world: World,
    clock: MovableClock,
    cost: str,
    markup: str,
    april: str,
    may: str,
    june: str,
    july: str,
) -> None:
    bob = {"person_id": world.person}
    months = [date(2026, month, 1) for month in (4, 5, 6, 7)]

    def dated(text: str) -> list[tuple[Period, str]]:
        pairs = [one.split(": ") for one in text.split(", ")]
        return [(Period(None if day == ".." else date.fromisoformat(f"2026-{day}"), None), of) for day, of in pairs]

    async with transactions.begin(admin) as unit:
        [line] = await find_all(unit.session, RateScopeRow, unit.organisation_id, kind="COST", person_id=world.person)
        await unit.session.execute(text("DELETE FROM rate_line WHERE scope_id = :scope"), {"scope": line.id})
        for days, amount in dated(cost):
            number, _, currency = amount.partition(" ")
            rate = HourlyRate.of(number, currency or "EUR")
            await set_rate(unit, RateScope(RateKind.COST, Level.PERSON, **bob), rate, days, replace_overlapping=True)
        for days, percent in dated(markup):
            await over_cost(unit, bob, percent, days)
        task = await hierarchy_task(unit, world)
        logged = await log_time(
            unit, [TimeDraft(world.person, world.portal, day, 3600, task_id=task) for day in months]
        )
        before = [await worth(unit, one) for one in logged]
        await preserve_billing_rates(unit, world.portal, is_on=True)
        assert [await worth(unit, one) for one in logged] == before  # freezing itself changes nothing
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await set_to(unit, RateKind.COST, bob, "500")
        await over_cost(unit, bob, "20", Period())
        await recalculate_project(unit, world.portal)
        later = await log_time(unit, [TimeDraft(world.person, world.portal, day, 3600, task_id=task) for day in months])
        expected = [(500, int(one)) for one in (april, may, june, july)]
        assert [await worth(unit, one) for one in logged] == expected
        assert [await worth(unit, one) for one in later] == expected


async def test_3_8_an_open_role_billed_over_cost_keeps_its_price_in_the_plan(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    """Developers cost 40 and bill 50 % more; on a task that costs 30 an hour whoever works, that is 45."""
    role = {"role_id": world.role}
    async with transactions.begin(admin) as unit:
        await set_to(unit, RateKind.COST, role, "40")
        await over_cost(unit, role, "50", Period())
        by_role = await hierarchy_task(unit, world, planned=3600)
        plan = TaskPlan(
            "Fixed",
            CostType.FIXED_HOURLY,
            RevenueType.ROLE_HOURLY,
            cost_rate=Decimal(30),
            planned_seconds=3600,
            planned_start=JULY,
            planned_completion=JULY,
        )
        fixed = await create_task(unit, world.portal, plan)
        for task in (by_role, fixed):
            await assign(unit, task, person_id=None, role_id=world.role)

        async def planned() -> tuple[str, str]:
            finances = (await project_finances(unit, [world.portal]))[world.portal]
            return str(finances.planned_labor_cost), str(finances.planned_revenue)

        assert await planned() == ("70.00 EUR", "105.00 EUR")
        await preserve_billing_rates(unit, world.portal, is_on=True)
        assert await planned() == ("70.00 EUR", "105.00 EUR")
        clock.move(hours=1)
        await set_to(unit, RateKind.COST, role, "90")
        await edit_task_types(unit, fixed, {"cost_rate": Decimal(80)})
        assert await planned() == ("170.00 EUR", "105.00 EUR")


async def test_3_8_what_a_role_costs_by_somebody_else_cuts_the_days_as_well(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    """Dan logs on Cleo's task, and costs what her primary role does (§2.1): a designer's 40, from June a lead's 80."""
    async with transactions.begin(admin) as unit:
        designer, lead = await create_role(unit, "Designer"), await create_role(unit, "Lead")
        await set_to(unit, RateKind.COST, {"role_id": designer}, "40")
        await set_to(unit, RateKind.COST, {"role_id": lead}, "80")
        cleo = await create_person(unit, "Cleo", "cleo@brightwater.example", primary_role_id=designer)
        await set_person_roles(unit, cleo, [RoleShare(lead, Decimal(100), True)], valid_from=date(2026, 6, 1))
        dan = await create_person(unit, "Dan", "dan@brightwater.example", primary_role_id=None)
        await over_cost(unit, {"person_id": dan}, "50", Period())
        plan = TaskPlan("Hers", CostType.ROLE_HOURLY, RevenueType.USER_HOURLY)
        task = await create_task(unit, world.portal, plan)
        await assign(unit, task, person_id=cleo, role_id=None)
        drafts = [TimeDraft(dan, world.portal, day, 3600, task_id=task) for day in (MAY, JUNE)]
        logged = await log_time(unit, drafts)
        before = [await worth(unit, one) for one in logged]
        assert before == [(40, 60), (80, 120)]
        await preserve_billing_rates(unit, world.portal, is_on=True)
        assert [await worth(unit, one) for one in logged] == before
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await set_to(unit, RateKind.COST, {"role_id": lead}, "800")
        await recalculate_project(unit, world.portal)
        assert [await worth(unit, one) for one in logged] == [(40, 60), (800, 120)]


async def test_3_8_two_who_log_at_once_for_one_person_freeze_once(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        task = await hierarchy_task(unit, world)
        await preserve_billing_rates(unit, world.portal, is_on=True)

    async def log_an_hour() -> int:
        async with transactions.begin(admin) as unit:
            draft = TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)
            return (await log_time(unit, [draft]))[0]

    entries = await asyncio.gather(*(log_an_hour() for _ in range(6)))
    async with transactions.begin(admin) as unit:
        assert {(await worth(unit, one))[1] for one in entries} == {100}
        frozen = await find_all(unit.session, RateScopeRow, unit.organisation_id, task_id=task)
        assert [one.person_id for one in frozen] == [world.person]
