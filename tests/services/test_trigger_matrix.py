"""What moves when something happens: the whole table of project-finances §4.1, row by row, against the services."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.finances.time_phased import FinancialPeriod
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import CostType, ProjectStatus, RateKind, RevenueType, TaskStatus
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.attach_rate_card import attach_rate_card
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.edit_project import edit_project
from hourledger.services.edit_task_plan import edit_task_plan
from hourledger.services.financial_data import financial_data
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.move_task import Move, move_task
from hourledger.services.plan_figures import plan_by_day
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.project_finances import project_finances
from hourledger.services.rate_cards import CardDraft, create_rate_card
from hourledger.services.recalculation_runs import request_recalculation
from hourledger.services.remove_rate import remove_rate
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.task_status import set_task_status
from hourledger.services.task_types import edit_task_types
from hourledger.services.unassign import unassign
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.finances import stored_sums
from models.queries.roll_ups import roll_up_differences
from models.secrets import SecretBox
from tests.conftest import MovableClock
from tests.core.tables import table
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world

MONDAY, FRIDAY = date(2026, 6, 15), date(2026, 6, 19)
HOUR = 3600


@dataclass
class House:
    """Ten hours are planned for Bob as a developer, who costs 60 and bills 120. One hour is logged: it is worth 50 and
    100, what a developer cost and billed then. A gift of 500 is a task by itself, 300 belong to the project."""

    world: World
    work: int
    gift: int
    assignment: int
    hour: int
    other: int

    async def rate(self, unit: UnitOfWork, kind: RateKind, amount: str, level: Level = Level.ROLE, **ids: int) -> None:
        scope = RateScope(kind, level, **ids)
        await set_rate(unit, scope, HourlyRate.of(amount, "EUR"), Period(), replace_overlapping=True)

    async def role_rates(self, unit: UnitOfWork, cost: str, billing: str) -> None:
        await self.rate(unit, RateKind.COST, cost, role_id=self.world.role)
        await self.rate(unit, RateKind.BILLING, billing, role_id=self.world.role)

    async def person_rates(self, unit: UnitOfWork, cost: str, billing: str) -> None:
        await self.rate(unit, RateKind.COST, cost, Level.PERSON, person_id=self.world.person)
        await self.rate(unit, RateKind.BILLING, billing, Level.PERSON, person_id=self.world.person)


@pytest.fixture
async def house(transactions: Transactions, admin: Principal, clock: MovableClock) -> House:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        other = await create_project(unit, code="OTHER", name="Other", company_id=world.museum)
        work = await create_task(
            unit,
            world.portal,
            TaskPlan(
                "Work", CostType.ROLE_HOURLY, RevenueType.ROLE_HOURLY, planned_seconds=10 * HOUR,
                planned_start=MONDAY, planned_completion=FRIDAY,
            ),
        )  # fmt: skip
        plan = TaskPlan("Gift", CostType.NO_COST, RevenueType.FIXED_REVENUE, billing_amount=Decimal(500))
        gift = await create_task(unit, world.portal, plan)
        assignment = await assign(unit, work, person_id=world.person, role_id=world.role)
        found = House(world, work, gift, assignment, 0, other)
        await edit_project(unit, world.portal, {"fixed_revenue": Decimal(300), "status": ProjectStatus.CURRENT})
        await found.role_rates(unit, "50", "100")
        (found.hour,) = await log_time(unit, [TimeDraft(world.person, world.portal, MONDAY, HOUR, task_id=work)])
    clock.move(minutes=1)
    async with transactions.begin(admin) as unit:
        await found.role_rates(unit, "60", "120")
    clock.move(minutes=1)
    return found


# What is planned is computed from the rates of now whenever it is read: no event has to make it so.
MATRIX = """
    row  event                             planned cost  planned revenue  hours          realised
    -    nothing                           600           2000             50/100         0
    1    another hour is logged            600           2000             50/100 60/120  0       # by current rates
    1    the hour is edited                600           2000             120/240        0
    1    the hour is deleted               600           2000             -              0
    2    twice the hours are planned       1200          3200             50/100         0
    2    it is planned for later           600           2000             50/100         0
    2    nobody is assigned any more       0             800              50/100         0
    2    the types are others              0             800              50/100         0
    3    an expense is added               670           2000             50/100         0
    4    the role's rates                  700           2200             50/100         0       # new hours only
    4    the person's rates                600           2000             50/100         0
    4    the customer's rates              600           2000             50/100         0       # as they were attached
    4    a card is attached                600           2200             50/100         0
    4    the person's rate on the project  600           2000             50/100         0
    5    it is recalculated                600           2000             60/120         0
    6    several are recalculated          600           2000             60/120         0
    7    it is recalculated by the API     600           2000             60/120         0
    8    the task is complete              600           2000             50/100         0       # CT-R5
    8    the gift is complete              600           2000             50/100         500
    8    the gift is reopened              600           2000             50/100         0
    9    the task moves away               0             800              60/120         0
    10   the project is complete           600           2000             50/100         800
    10   the project is active again       600           2000             50/100         500     # the gift stays so
    11   the role's rate on the project    600           2300             50/150         0       # C-28
    11   that rate is taken away again     600           2000             50/120         0
    12   its rates are preserved           600           2000             60/120         0
    13   of both: the person's rates       700           2200             50/100         0
    14   its figures by month are read     600           2000             50/100         0
    15   it is billed                      600           2000             50/100         0
    15   it is billed and recalculated     700           2200             50/100         0       # frozen, both (C-01)
    15   so is it, with billed cost        700           2200             70/100         0       # CT-R2
"""

Event = Callable[[UnitOfWork, House], Awaitable[object]]


async def _log(unit: UnitOfWork, house: House) -> None:
    await log_time(unit, [TimeDraft(house.world.person, house.world.portal, MONDAY, HOUR, task_id=house.work)])


async def _types(unit: UnitOfWork, house: House) -> None:
    await edit_task_types(unit, house.work, {"cost_type": CostType.NO_COST, "revenue_type": RevenueType.NOT_BILLABLE})


async def _expense(unit: UnitOfWork, house: House) -> None:
    draft = ExpenseDraft(
        house.world.portal, "Travel", "train", planned_minor=7000, actual_minor=5000, paid_on=MONDAY, is_billable=True
    )
    await add_expense(unit, draft)


async def _customer(unit: UnitOfWork, house: House) -> None:
    ids = {"company_id": house.world.museum, "role_id": house.world.role}
    await house.rate(unit, RateKind.BILLING, "140", Level.COMPANY_ROLE, **ids)


async def _card(unit: UnitOfWork, house: House) -> None:
    card = await create_rate_card(unit, CardDraft("Soda"))
    await house.rate(unit, RateKind.BILLING, "140", Level.RATE_CARD, rate_card_id=card, role_id=house.world.role)
    await attach_rate_card(unit, card, house.world.portal)


async def _person_on_project(unit: UnitOfWork, house: House) -> None:
    ids = {"project_id": house.world.portal, "person_id": house.world.person}
    await house.rate(unit, RateKind.BILLING, "150", Level.PROJECT_PERSON, **ids)


async def _bulk(unit: UnitOfWork, house: House) -> int:
    return await request_recalculation(unit, [house.world.portal, house.other], reason="all")


async def _api(unit: UnitOfWork, house: House) -> int:
    return await request_recalculation(unit, RecalculationScope(project_ids=(house.world.portal,)), reason="one")


async def _reopened(unit: UnitOfWork, house: House) -> None:
    await set_task_status(unit, house.gift, TaskStatus.COMPLETE)
    await set_task_status(unit, house.gift, TaskStatus.IN_PROGRESS)


async def _complete(unit: UnitOfWork, house: House) -> None:
    for task in (house.work, house.gift, house.world.build):
        await set_task_status(unit, task, TaskStatus.COMPLETE)
    await edit_project(unit, house.world.portal, {"status": ProjectStatus.COMPLETE})


async def _active_again(unit: UnitOfWork, house: House) -> None:
    await _complete(unit, house)
    await edit_project(unit, house.world.portal, {"status": ProjectStatus.CURRENT})


async def _override(unit: UnitOfWork, house: House) -> int:
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=house.world.portal, role_id=house.world.role)
    return await set_rate(unit, scope, HourlyRate.of("150", "EUR"), Period())


async def _override_gone(unit: UnitOfWork, house: House) -> None:
    await remove_rate(unit, await _override(unit, house))


async def _both(unit: UnitOfWork, house: House) -> None:
    types = {"cost_type": CostType.USER_AND_ROLE_HOURLY, "revenue_type": RevenueType.USER_AND_ROLE_HOURLY}
    await edit_task_types(unit, house.work, types)
    await house.person_rates(unit, "70", "140")


async def _read(unit: UnitOfWork, house: House) -> None:
    plan = (await plan_by_day(unit, [house.world.portal]))[house.world.portal]
    rows = await financial_data(
        unit, house.world.portal, plan, FinancialPeriod.MONTH, date(2026, 6, 1), date(2026, 6, 30)
    )
    assert rows


async def _bill(unit: UnitOfWork, house: House) -> None:
    record = await create_billing_record(unit, BillingRequest([house.world.portal]))
    await confirm_billing_record(unit, record)
    await post_billing_record(unit, record)


async def _bill_and_rate(unit: UnitOfWork, house: House) -> None:
    await _bill(unit, house)
    await house.role_rates(unit, "70", "140")
    await recalculate_project(unit, house.world.portal)


async def _billed_cost(unit: UnitOfWork, house: House) -> int:
    await _bill(unit, house)
    await house.role_rates(unit, "70", "140")
    scope = RecalculationScope(project_ids=(house.world.portal,), includes_billed_cost=True)
    return await request_recalculation(unit, scope, reason="the payroll was late")


async def _nothing(unit: UnitOfWork, house: House) -> None:
    return None


EVENTS: dict[str, Event] = {
    "nothing": _nothing,
    "another hour is logged": _log,
    "the hour is edited": lambda unit, it: edit_time(unit, it.hour, seconds=2 * HOUR, work_date=MONDAY, note=""),
    "the hour is deleted": lambda unit, it: delete_time(unit, it.hour),
    "twice the hours are planned": lambda unit, it: edit_task_plan(unit, it.work, {"planned_seconds": 20 * HOUR}),
    "it is planned for later": lambda unit, it: edit_task_plan(
        unit, it.work, {"planned_start": date(2026, 7, 6), "planned_completion": date(2026, 7, 10)}
    ),
    "nobody is assigned any more": lambda unit, it: unassign(unit, it.assignment),
    "the types are others": _types,
    "an expense is added": _expense,
    "the role's rates": lambda unit, it: it.role_rates(unit, "70", "140"),
    "the person's rates": lambda unit, it: it.person_rates(unit, "70", "140"),
    "the customer's rates": _customer,
    "a card is attached": _card,
    "the person's rate on the project": _person_on_project,
    "it is recalculated": lambda unit, it: recalculate_project(unit, it.world.portal),
    "several are recalculated": _bulk,
    "it is recalculated by the API": _api,
    "the task is complete": lambda unit, it: set_task_status(unit, it.work, TaskStatus.COMPLETE),
    "the gift is complete": lambda unit, it: set_task_status(unit, it.gift, TaskStatus.COMPLETE),
    "the gift is reopened": _reopened,
    "the task moves away": lambda unit, it: move_task(unit, it.work, Move(it.other)),
    "the project is complete": _complete,
    "the project is active again": _active_again,
    "the role's rate on the project": _override,
    "that rate is taken away again": _override_gone,
    "its rates are preserved": lambda unit, it: preserve_billing_rates(unit, it.world.portal, is_on=True),
    "of both: the person's rates": _both,
    "its figures by month are read": _read,
    "it is billed": _bill,
    "it is billed and recalculated": _bill_and_rate,
    "so is it, with billed cost": _billed_cost,
}
RUNS = {"several are recalculated", "it is recalculated by the API", "so is it, with billed cost"}
"""Asked for in the event, done by a worker after it."""

ROWS = [tuple(row) for row in table(MATRIX)]


def test_4_1_every_row_of_the_matrix_is_here() -> None:
    assert {row for row, *_ in ROWS} == {"-", *(str(number) for number in range(1, 16))}
    assert [event for _, event, *_ in ROWS] == [*EVENTS]


@pytest.mark.parametrize(("row", "event", "cost", "revenue", "hours", "realised"), ROWS)
async def test_4_1_what_moves_when_something_happens(
    transactions: Transactions,
    admin: Principal,
    house: House,
    row: str,
    event: str,
    cost: str,
    revenue: str,
    hours: str,
    realised: str,
) -> None:
    async with transactions.begin(admin) as unit:
        run = await EVENTS[event](unit, house)
    if event in RUNS:
        assert isinstance(run, int)
        await work_on(Tools(transactions, SecretBox([SecretStr(Fernet.generate_key().decode())])), admin, run)
    async with transactions.begin(admin) as unit:
        finances = (await project_finances(unit, [house.world.portal]))[house.world.portal]
        assert finances.planned_cost is not None
        assert finances.planned_revenue is not None
        sums = (await stored_sums(unit.session, unit.organisation_id, [house.world.portal]))[house.world.portal]
        stored = await unit.session.execute(
            text("SELECT cost_minor, revenue_minor FROM time_entry WHERE deleted_at IS NULL ORDER BY id")
        )
        worth = " ".join(f"{one.cost_minor // 100}/{one.revenue_minor // 100}" for one in stored) or "-"
        planned = (finances.planned_cost.minor, finances.planned_revenue.minor, sums.realised_fixed_revenue)
        assert (*planned, worth) == (*(100 * int(one) for one in (cost, revenue, realised)), hours), row
        assert await roll_up_differences(unit.session) == []


async def test_4_1_row_9_both_projects_follow_a_task_that_moves(
    transactions: Transactions, admin: Principal, house: House
) -> None:
    async with transactions.begin(admin) as unit:
        await move_task(unit, house.work, Move(house.other))
    async with transactions.begin(admin) as unit:
        both = await project_finances(unit, [house.world.portal, house.other])
        told = {
            project: (str(one.planned_cost), str(one.actual_labor_cost), str(one.unbilled_revenue))
            for project, one in both.items()
        }
    assert told == {
        house.world.portal: ("0.00 EUR", "0.00 EUR", "0.00 EUR"),
        house.other: ("600.00 EUR", "60.00 EUR", "120.00 EUR"),
    }
