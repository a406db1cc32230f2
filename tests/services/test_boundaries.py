"""Ids of another organisation, and input that used to get further than it should."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.errors import HourledgerError, Invalid, Missing
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind, RevenueType
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.attribute_relations import add_related_values, relate_attributes
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.hour_type_selection import set_person_hour_types
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.project_finances import project_finances
from hourledger.services.rate_attributes import AttributeDraft, create_rate_attribute
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_project_company import set_project_company
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import (
    create_company,
    create_organisation,
    create_person,
    create_role,
    give_primary_role,
)
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.tables import AttributeSource, RelationFilter
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)
TEN = HourlyRate.of("10", "EUR")
NOBODY = 999_999


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


@pytest.fixture
async def stranger(database: Database) -> Principal:
    """May do everything, elsewhere."""
    async with database.session() as session:
        other = await create_organisation(session, "Elsewhere", base_currency="EUR", time_zone="Europe/Amsterdam")
        await session.commit()
        return Principal(other.id, "stranger@elsewhere.example", EVERYTHING)


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


def rate_of(level: Level, **ids: int) -> Callable[[UnitOfWork], Awaitable[object]]:
    return lambda unit: set_rate(unit, RateScope(RateKind.COST, level, **ids), TEN, Period())


async def test_nobody_reaches_the_rows_of_another_organisation(
    transactions: Transactions, admin: Principal, stranger: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "8", JUNE)
        record = await create_billing_record(unit, BillingRequest([world.portal]))
        group = await create_rate_attribute(unit, AttributeDraft("Group", AttributeSource.GROUP))
        place = await create_rate_attribute(unit, AttributeDraft("Place", AttributeSource.LOCATION))
        related = await relate_attributes(unit, group, place, RelationFilter.SUGGESTION)
    hour_type = int(str((await rows(database, "SELECT min(id) FROM hour_type"))[0][0]))
    async with transactions.begin(stranger) as unit:
        my_group = await create_rate_attribute(unit, AttributeDraft("Group", AttributeSource.GROUP))
        my_role = await create_role(unit, "Developer")
        me = await create_person(unit, "Sam", "sam@elsewhere.example", primary_role_id=my_role)
        mine = await create_project(unit, code="MINE", name="Mine", company_id=None)

    attempts: dict[str, Callable[[UnitOfWork], Awaitable[object]]] = {
        "log for their person":  lambda unit: log_time(unit, [TimeDraft(world.person, mine, JUNE, 3600)]),
        "log on their project":  lambda unit: log_time(unit, [TimeDraft(me, world.portal, JUNE, 3600)]),
        "log on their task":     lambda unit: log_time(unit, [TimeDraft(me, mine, JUNE, 3600, task_id=world.build)]),
        "log in their role":     lambda unit: log_time(unit, [TimeDraft(me, mine, JUNE, 3600, role_id=world.role)]),
        "log in no role":        lambda unit: log_time(unit, [TimeDraft(me, mine, JUNE, 3600, role_id=NOBODY)]),
        "log their kind":        lambda unit: log_time(unit, [TimeDraft(me, mine, JUNE, 60, hour_type_id=hour_type)]),
        "edit":                  lambda unit: edit_time(unit, entry, seconds=60, work_date=JUNE, note=""),
        "delete":                lambda unit: delete_time(unit, entry),
        "explain":               lambda unit: explain_entry(unit, entry),
        "expense":               lambda unit: add_expense(unit, ExpenseDraft(world.portal, "Travel", "")),
        "bill":                  lambda unit: create_billing_record(unit, BillingRequest([world.portal])),
        "confirm":               lambda unit: confirm_billing_record(unit, record),
        "post":                  lambda unit: post_billing_record(unit, record),
        "delete the record":     lambda unit: delete_billing_record(unit, record),
        "project for them":      lambda unit: create_project(unit, code="X", name="X", company_id=world.museum),
        "task":                  lambda unit: create_task(unit, world.portal, TaskPlan("X")),
        "assign to their task":  lambda unit: assign(unit, world.build, person_id=me, role_id=None),
        "their primary role":    lambda unit: create_person(unit, "A", "a@b.example", primary_role_id=world.role),
        "my role to theirs":     lambda unit: give_primary_role(unit, world.person, my_role, Period()),
        "their role to mine":    lambda unit: give_primary_role(unit, me, world.role, Period()),
        "their project to me":   lambda unit: set_project_company(unit, world.portal, None),
        "my project to them":    lambda unit: set_project_company(unit, mine, world.museum),
        "kinds of their person": lambda unit: set_person_hour_types(unit, world.person, []),
        "their kind to me":      lambda unit: set_person_hour_types(unit, me, [hour_type]),
        "relate theirs":         lambda unit: relate_attributes(unit, place, my_group, RelationFilter.SUGGESTION),
        "pair theirs":           lambda unit: add_related_values(unit, related, []),
        "rate of their person":  rate_of(Level.PERSON, person_id=world.person),
        "rate of nobody":        rate_of(Level.PERSON, person_id=NOBODY),
        "rate of their role":    rate_of(Level.ROLE, role_id=world.role),
        "rate for their client": rate_of(Level.COMPANY_ROLE, company_id=world.museum, role_id=my_role),
        "rate on their project": rate_of(Level.PROJECT_PERSON, project_id=world.portal, person_id=me),
        "rate of an assignment": rate_of(Level.ASSIGNMENT, assignment_id=1),
    }  # fmt: skip
    for name, attempt in attempts.items():
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(stranger) as unit:
                await attempt(unit)
        assert isinstance(caught.value, Missing), name
    async with transactions.begin(stranger) as unit:
        assert await project_finances(unit, [world.portal]) == {}
        assert (await recalculate_project(unit, world.portal)).outcome == "MISSING"


async def test_the_fixed_amount_of_a_project_that_is_not_billed_is_refused(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        plan = TaskPlan("Launch", revenue_type=RevenueType.FIXED_REVENUE, billing_amount=Decimal(500))
        in_dollars = await create_task(unit, world.dashboard, plan)
    with pytest.raises(Invalid) as caught:
        async with transactions.begin(admin) as unit:
            await create_billing_record(unit, BillingRequest([world.portal], fixed_task_ids=[in_dollars]))
    assert caught.value.code == "TASK_OF_OTHER_PROJECT"


async def test_a_fixed_amount_is_billed_once(transactions: Transactions, admin: Principal, world: World) -> None:
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Launch", revenue_type=RevenueType.FIXED_REVENUE, billing_amount=Decimal(500))
        task = await create_task(unit, world.portal, plan)
        draft = await create_billing_record(unit, BillingRequest([world.portal], fixed_task_ids=[task]))
    for twice in ([task], [task, task]):
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(admin) as unit:
                await create_billing_record(unit, BillingRequest([world.portal], fixed_task_ids=twice))
        assert caught.value.code == "ALREADY_BILLED"
    async with transactions.begin(admin) as unit:
        await delete_billing_record(unit, draft)
        await create_billing_record(unit, BillingRequest([world.portal], fixed_task_ids=[task]))


async def test_a_project_of_another_customer_is_refused_even_without_open_work(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        archive = await create_company(unit, "City Archive", "EUR")
        theirs = await create_project(unit, code="ARCHIVE", name="Archive", company_id=archive)
        await log_time(unit, [TimeDraft(world.person, theirs, JUNE, 3600)])
    with pytest.raises(Invalid) as caught:
        async with transactions.begin(admin) as unit:
            await create_billing_record(unit, BillingRequest([world.portal, theirs], additional_minor=100))
    assert caught.value.code == "SEVERAL_CUSTOMERS"


@pytest.mark.parametrize("amount", [2**63, -(2**63), 10**30])
async def test_an_amount_beyond_what_can_be_booked_is_refused(
    transactions: Transactions, admin: Principal, world: World, amount: int
) -> None:
    with pytest.raises(Invalid):
        async with transactions.begin(admin) as unit:
            await create_billing_record(unit, BillingRequest([world.portal], additional_minor=amount))


NOT_EXCHANGE_RATES = [
    [],                                                             # would leave the currency without any
    [(JUNE, Decimal(1)), (JUNE, Decimal(2))],                       # two for one day
    [(JUNE, Decimal("NaN")), (JUNE, Decimal(2))],
    [(JUNE, Decimal(0))],
    [(JUNE, Decimal("Infinity"))],
    [(JUNE, Decimal("0.12345678901"))],                             # would be rounded
    [(JUNE, Decimal("0.00000000001"))],                             # to zero even
    [(JUNE, Decimal("1e10"))],
]  # fmt: skip


@pytest.mark.parametrize("rates", NOT_EXCHANGE_RATES)
async def test_exchange_rates_are_kept_exactly_or_refused(
    transactions: Transactions, admin: Principal, rates: list[tuple[date, Decimal]]
) -> None:
    with pytest.raises(Invalid) as caught:
        async with transactions.begin(admin) as unit:
            await set_exchange_rates(unit, "USD", rates, source="test")
    assert caught.value.code == "EXCHANGE_RATE_INVALID"


async def test_a_plan_with_only_a_completion_that_is_past_counts_on_that_day(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Late", planned_completion=date(2026, 1, 5)))
        await assign(unit, task, person_id=world.person, role_id=None, planned_seconds=7200)
        assert str((await project_finances(unit, [world.portal]))[world.portal].planned_cost) == "100.00 EUR"


@pytest.mark.parametrize(("currency", "rate"), [("JPY", "163.37"), ("KWD", "0.333"), ("USD", "2")])
async def test_a_record_with_only_a_credit_is_booked_in_any_currency(
    transactions: Transactions, admin: Principal, world: World, database: Database, currency: str, rate: str
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rates(unit, currency, [(date(2025, 1, 1), Decimal(rate))], source="test")
        company = await create_company(unit, "Abroad", currency)
        project = await create_project(unit, code="ABROAD", name="Abroad", company_id=company)
        record = await create_billing_record(unit, BillingRequest([project], additional_minor=-1001))
        await confirm_billing_record(unit, record)
        await post_billing_record(unit, record)
    base = {"JPY": -613, "KWD": -301, "USD": -501}[currency]  # 6.1272, 3.0060 and 5.0050 EUR; halves away from zero
    found = await rows(database, "SELECT posting_type, amount_minor, base_minor FROM journal_posting ORDER BY id")
    assert found == [("CUSTOMER_BALANCE", -1001, base), ("INVOICED_REVENUE", 1001, -base)]
