"""Which currency a project and the books are in, and until when that may change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import delete_time
from hourledger.services.set_base_currency import set_base_currency
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_exchange_rate_date import set_exchange_rate_date
from hourledger.services.set_project_currency import set_project_currency
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_types import create_expense_type
from hourledger.transactions import Transactions
from models.database import Database
from models.tables import ContractRow, ProjectRow
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)
CURRENCIES = """
    SELECT p.currency, c.currency FROM project p JOIN contract_line l ON l.project_id = p.id
    JOIN contract c ON c.id = l.contract_id WHERE p.code = 'PORTAL'
"""


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


async def test_ct_48_a_project_without_a_currency_is_in_that_of_the_books(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await create_project(unit, code="INTERN", name="Internal", company_id=None, currency=None)
        await set_project_currency(unit, world.dashboard, None)
    found = await rows(database, "SELECT code, currency FROM project ORDER BY code")
    assert found == [("FLEET", "EUR"), ("INTERN", "EUR"), ("PORTAL", "EUR")]


async def test_7_1_a_project_without_money_changes_its_currency_and_its_contract_follows(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_project_currency(unit, world.portal, "USD")
    assert await rows(database, CURRENCIES) == [("USD", "USD")]
    assert await rows(database, "SELECT before, after FROM audit WHERE action = 'set_currency'") == [
        ({"currency": "EUR"}, {"currency": "USD"})
    ]
    async with transactions.begin(admin) as unit:  # twice: nothing more happens
        await set_project_currency(unit, world.portal, "USD")
        entry = await log(unit, world, "1", JUNE)
    assert await rows(database, "SELECT count(*) FROM audit WHERE action = 'set_currency'") == [(1,)]
    assert await rows(database, f"SELECT revenue_minor FROM time_entry WHERE id = {entry}") == [(20000,)]


async def test_7_2_the_rate_can_be_stated_with_the_currency(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "GBP", Decimal(9), valid_from=JUNE, project_id=world.portal)
        await set_project_currency(unit, world.portal, "GBP", exchange_rate=Decimal("0.8"))
        entry = await log(unit, world, "1", JUNE)
    assert await rows(database, f"SELECT revenue_minor FROM time_entry WHERE id = {entry}") == [(8000,)]
    held = "SELECT currency, rate::float::text, valid_from, valid_until FROM exchange_rate WHERE retired_at IS NULL"
    assert ("GBP", "0.8", None, None) in await rows(database, held)
    assert len(await rows(database, held)) == 2


async def _time(unit: UnitOfWork, world: World) -> None:
    await log(unit, world, "1", JUNE)


async def _deleted_time(unit: UnitOfWork, world: World) -> None:
    await delete_time(unit, await log(unit, world, "1", JUNE))


async def _expense(unit: UnitOfWork, world: World) -> None:
    await add_expense(unit, ExpenseDraft(world.portal, "Travel", "Train", planned_minor=1))


async def _fixed_cost(unit: UnitOfWork, world: World) -> None:
    (await unit.session.get_one(ProjectRow, world.portal)).fixed_cost_minor = 1


async def _fixed_revenue(unit: UnitOfWork, world: World) -> None:
    (await unit.session.get_one(ProjectRow, world.portal)).fixed_revenue_minor = 1


async def _cap(unit: UnitOfWork, world: World) -> None:
    plan = TaskPlan("Capped", CostType.NO_COST, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(1))
    await create_task(unit, world.portal, plan)


async def _rate_on_a_task(unit: UnitOfWork, world: World) -> None:
    await create_task(unit, world.portal, TaskPlan("Fixed", CostType.FIXED_HOURLY, cost_rate=Decimal(1)))


async def _plan(unit: UnitOfWork, world: World) -> None:
    task = await create_task(unit, world.portal, TaskPlan("Plan", planned_start=JUNE, planned_completion=JUNE))
    await assign(unit, task, person_id=world.person, role_id=None, planned_seconds=3600)


async def _plan_without_exchange_rate(unit: UnitOfWork, world: World) -> None:
    scope = RateScope(RateKind.COST, Level.PERSON, person_id=world.person)
    await set_rate(unit, scope, HourlyRate.of("50", "JPY"), Period(), replace_overlapping=True)
    await _plan(unit, world)


async def _billing_record(unit: UnitOfWork, world: World) -> None:
    await create_billing_record(unit, BillingRequest([world.portal], additional_minor=100))


async def _explicit_contract(unit: UnitOfWork, world: World) -> None:
    contract = await unit.session.get_one(ContractRow, 1)
    contract.is_implicit = False


MONEY = (
    ("logged time", _time, "logged time"),
    ("deleted time", _deleted_time, "logged time"),
    ("an expense", _expense, "expenses"),
    ("a fixed cost", _fixed_cost, "a fixed cost or revenue"),
    ("a fixed revenue", _fixed_revenue, "a fixed cost or revenue"),
    ("a cap", _cap, "amounts or rates on tasks"),
    ("a rate on a task", _rate_on_a_task, "amounts or rates on tasks"),
    ("a plan that costs", _plan, "planned cost or revenue"),
    ("a plan that cannot be told yet", _plan_without_exchange_rate, "planned cost or revenue"),
    ("a billing record", _billing_record, "lines of a billing record"),
    ("a contract of its own", _explicit_contract, "a contract that was agreed in its currency"),
)
Make = Callable[[UnitOfWork, World], Awaitable[None]]


@pytest.mark.parametrize(("what", "make", "named"), MONEY, ids=[one[0] for one in MONEY])
async def test_7_1_with_any_financial_information_the_currency_stays(
    transactions: Transactions, admin: Principal, world: World, database: Database, what: str, make: Make, named: str
) -> None:
    async with transactions.begin(admin) as unit:
        await make(unit, world)
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await set_project_currency(unit, world.portal, "USD")
    assert caught.value.code == "PROJECT_CURRENCY_FIXED"
    assert named in caught.value.facts["has"]
    assert await rows(database, CURRENCIES) == [("EUR", "EUR")]
    async with transactions.begin(admin) as unit:
        await set_project_currency(unit, world.portal, "EUR")  # the one it has is no change


async def test_rates_set_on_a_project_and_hours_nobody_is_planned_for_are_no_obstacle(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, role_id=world.role, project_id=world.portal)
        await set_rate(unit, scope, HourlyRate.of("90", "EUR"), Period())
        await create_task(unit, world.portal, TaskPlan("Some day", planned_seconds=3600))
        await set_project_currency(unit, world.portal, "USD")
    assert await rows(database, CURRENCIES) == [("USD", "USD")]


BAD = (
    ("none of the configured ones",  {"currency": "GBP"},                                     "EXCHANGE_RATE_MISSING"),
    ("no currency",                  {"currency": "XYZ"},                                     "UNKNOWN_CURRENCY"),
    ("a rate of zero",               {"currency": "GBP", "exchange_rate": Decimal(0)},        "EXCHANGE_RATE_INVALID"),
    ("a rate of the base",           {"currency": "EUR", "exchange_rate": Decimal(2)},        "BASE_CURRENCY"),
    ("a project of nobody",          {"currency": "USD", "project_id": 999_999},              "PROJECT_UNKNOWN"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "wrong", "code"), BAD, ids=[one[0] for one in BAD])
async def test_7_1_bad_input_changes_nothing(
    transactions: Transactions,
    admin: Principal,
    world: World,
    database: Database,
    what: str,
    wrong: dict[str, object],
    code: str,
) -> None:
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await set_project_currency(unit, **{"project_id": world.portal, **wrong})  # type: ignore[arg-type]
    assert caught.value.code == code
    if code == "EXCHANGE_RATE_MISSING":
        assert caught.value.facts == {"currency": "GBP", "on": "2026-11-02"}
        assert "import" in caught.value.message
    assert await rows(database, CURRENCIES) == [("EUR", "EUR")]
    assert await rows(database, "SELECT count(*) FROM exchange_rate") == [(1,)]


async def test_7_8_picking_a_currency_needs_the_project_and_stating_a_rate_the_administrator(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    manager = Principal(admin.organisation_id, "manager", frozenset({Permission.EDIT_PROJECTS}))
    nobody = Principal(admin.organisation_id, "nobody", EVERYTHING - {Permission.EDIT_PROJECTS})
    for principal, rate in ((manager, Decimal(3)), (nobody, None)):
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(principal) as unit:
                await set_project_currency(unit, world.portal, "USD", exchange_rate=rate)
        assert caught.value.code == "PERMISSION_DENIED"
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(nobody) as unit:
            await set_exchange_rate_date(unit, world.portal, JUNE)
    assert caught.value.code == "PERMISSION_DENIED"
    assert await rows(database, CURRENCIES) == [("EUR", "EUR")]
    async with transactions.begin(manager) as unit:
        await set_project_currency(unit, world.portal, "USD")
    assert await rows(database, CURRENCIES) == [("USD", "USD")]


async def test_work_and_a_new_currency_at_once_never_leave_a_figure_in_another_currency(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async def work() -> None:
        async with transactions.begin(admin) as unit:
            await log(unit, world, "1", JUNE)

    async def change() -> None:
        async with transactions.begin(admin) as unit:
            await set_project_currency(unit, world.portal, "USD")

    outcomes = await asyncio.gather(work(), change(), work(), return_exceptions=True)
    assert {one.code for one in outcomes if isinstance(one, HourledgerError)} <= {"PROJECT_CURRENCY_FIXED"}
    mixed = "SELECT v.currency, p.currency FROM valuation v CROSS JOIN project p WHERE p.code = 'PORTAL'"
    assert all(valued == project for valued, project in await rows(database, mixed))
    mixed = "SELECT a.currency, p.currency FROM actual a CROSS JOIN project p WHERE p.code = 'PORTAL'"
    assert all(actual == project for actual, project in await rows(database, mixed))


async def _capped(unit: UnitOfWork, world: World) -> int:
    plan = TaskPlan("Capped", CostType.NO_COST, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(100))
    return await create_task(unit, world.portal, plan)


async def _mileage(unit: UnitOfWork, world: World) -> int:
    draft = ExpenseDraft(world.portal, "Mileage", "There", actual_units=Decimal(100), paid_on=JUNE)
    return await add_expense(unit, draft)


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.parametrize(
    ("store", "amount"),
    [
        (_capped, "SELECT billing_amount_minor FROM task WHERE id = {}"),
        (_mileage, "SELECT actual_minor FROM expense WHERE id = {}"),
    ],
)
async def test_an_amount_that_waited_for_a_new_currency_is_one_of_the_new_currency(
    transactions: Transactions,
    admin: Principal,
    world: World,
    database: Database,
    store: Callable[[UnitOfWork, World], Awaitable[int]],
    amount: str,
) -> None:
    """100 are 10,000 cents and 100 yen: stored in cents and read as yen they would be a hundred times as much."""
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "JPY", Decimal(1))
        await create_expense_type(unit, "Mileage", unit_name="KILOMETER", unit_rate=Decimal(1), currency="JPY")

    async def stored() -> int:
        async with transactions.begin(admin) as unit:
            return await store(unit, world)

    async with transactions.begin(admin) as unit:
        await set_project_currency(unit, world.portal, "JPY")
        waiting = asyncio.create_task(stored())
        while await rows(database, WAITING) != [(1,)]:
            assert not waiting.done()
    found = await waiting
    assert await rows(database, amount.format(found)) == [(100,)]


# --- the books ------------------------------------------------------------------------------------------------------

BOOKS = "SELECT base_currency FROM organisation"
RATES = "SELECT currency, rate::float::text FROM exchange_rate WHERE retired_at IS NULL ORDER BY currency, valid_from"


async def test_7_3_the_base_currency_changes_while_the_books_are_empty_and_rates_are_told_anew(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "GBP", Decimal("0.8"), valid_from=date(2025, 1, 1))
    async with transactions.begin(admin) as unit:
        await set_base_currency(unit, "USD")  # 2 to the euro
    assert await rows(database, BOOKS) == [("USD",)]
    assert await rows(database, RATES) == [("EUR", "0.5"), ("GBP", "0.4")]
    async with transactions.begin(admin) as unit:
        await set_base_currency(unit, "USD")
        entry = await log(unit, world, "1", JUNE, project="dashboard")  # 100 EUR an hour
    assert await rows(database, f"SELECT revenue_minor FROM time_entry WHERE id = {entry}") == [(20000,)]
    assert await rows(database, "SELECT before, after FROM audit WHERE action = 'set_base_currency'") == [
        ({"currency": "EUR"}, {"currency": "USD"})
    ]


@pytest.mark.parametrize("make", [_time, _deleted_time, _expense, _billing_record])
async def test_7_3_once_there_are_financial_data_the_base_currency_stays(
    transactions: Transactions, admin: Principal, world: World, database: Database, make: Make
) -> None:
    async with transactions.begin(admin) as unit:
        await make(unit, world)
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await set_base_currency(unit, "USD")
    assert caught.value.code == "BASE_CURRENCY_FIXED"
    assert await rows(database, BOOKS) == [("EUR",)]
    assert await rows(database, RATES) == [("USD", "2")]


async def test_7_3_a_base_that_cannot_be_told_is_refused(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async def refused(currency: str, principal: Principal = admin) -> str:
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(principal) as unit:
                await set_base_currency(unit, currency)
        return caught.value.code

    assert await refused("XYZ") == "UNKNOWN_CURRENCY"
    assert await refused("GBP") == "EXCHANGE_RATE_MISSING"
    manager = Principal(admin.organisation_id, "manager", EVERYTHING - {Permission.ADMINISTER})
    assert await refused("USD", manager) == "PERMISSION_DENIED"
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal(3), project_id=world.dashboard)
    assert await refused("USD") == "OWN_EXCHANGE_RATES"
    assert await rows(database, BOOKS) == [("EUR",)]


async def test_a_rate_that_waited_for_a_change_of_the_base_is_one_of_the_new_base(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async def base() -> None:
        async with transactions.begin(admin) as unit:
            await set_base_currency(unit, "USD")

    async def rate() -> None:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate(unit, "USD", Decimal(4), valid_from=JUNE)

    outcomes = await asyncio.gather(base(), rate(), return_exceptions=True)
    found = [currency for currency, _ in await rows(database, RATES)]
    codes = [one.code for one in outcomes if isinstance(one, HourledgerError)]
    assert (found, codes) in ((["EUR"], ["BASE_CURRENCY"]), (["EUR", "EUR"], []))
