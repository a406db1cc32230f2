"""Exchange rates are set one at a time, of the organisation or of a project, and rating follows them."""

from __future__ import annotations

import asyncio
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
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.project_finances import project_finances
from hourledger.services.remove_exchange_rates import remove_exchange_rates
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_exchange_rate_date import set_exchange_rate_date
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.work_types import create_expense_type
from hourledger.transactions import Transactions
from models.database import Database
from tests.conftest import MovableClock
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)
IN_FORCE = """
    SELECT currency, rate::float::text, valid_from::text, (valid_until - 1)::text FROM exchange_rate
    WHERE retired_at IS NULL AND project_id IS NOT DISTINCT FROM cast(:project AS bigint)
    ORDER BY currency, valid_from NULLS FIRST
"""


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def rows(database: Database, query: str, **values: object) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query), values)).all()]


async def in_force(database: Database, project: int | None = None) -> list[tuple[object, ...]]:
    return await rows(database, IN_FORCE, project=project)


async def test_ct_36_a_new_exchange_rate_ends_the_one_before_it(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal("1.2"))
    async with transactions.begin(admin) as unit:
        made = await set_exchange_rate(unit, "USD", Decimal("1.5"), valid_from=date(2025, 12, 1))
    assert await in_force(database) == [("USD", "1.2", None, "2025-11-30"), ("USD", "1.5", "2025-12-01", None)]
    assert await rows(database, f"SELECT rate::float::text FROM exchange_rate WHERE id = {made}") == [("1.5",)]
    retired = "SELECT rate::float::text, valid_until FROM exchange_rate WHERE retired_at IS NOT NULL"
    assert await rows(database, retired) == [("1.2", None)]


async def test_one_in_the_middle_leaves_what_is_before_and_behind(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rates(
            unit, "USD", [(date(2026, 1, 1), Decimal(1)), (date(2026, 7, 1), Decimal(2))], source="t"
        )
        await set_exchange_rate(unit, "USD", Decimal(3), valid_from=date(2026, 3, 1))
        await set_exchange_rate(unit, "USD", Decimal(4), valid_from=date(2026, 9, 1), last_day=date(2026, 9, 30))
    assert await in_force(database) == [
        ("USD", "1", "2026-01-01", "2026-02-28"),
        ("USD", "3", "2026-03-01", "2026-06-30"),
        ("USD", "2", "2026-07-01", "2026-08-31"),
        ("USD", "4", "2026-09-01", "2026-09-30"),
        ("USD", "2", "2026-10-01", None),
    ]


async def test_every_change_is_audited_with_before_and_after_and_told(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal(3), valid_from=date(2026, 1, 1), source="agreed by phone")
    ((actor, before, after),) = await rows(
        database, "SELECT actor, before, after FROM audit WHERE entity = 'exchange_rate' ORDER BY id DESC LIMIT 1"
    )
    assert actor == admin.subject
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert before["rows"] == ["2.0000000000 2025-01-01 to open end (test)"]
    assert after["rows"] == [
        "2.0000000000 2025-01-01 to 2025-12-31 (test)",
        "3 2026-01-01 to open end (agreed by phone)",
    ]
    told = "SELECT payload FROM event WHERE topic = 'EXCHANGE_RATE_CHANGED' ORDER BY id DESC LIMIT 1"
    assert await rows(database, told) == [({"currency": "USD"},)]


# What is wrong with it, and the code; JUNE has a rate of 2 since 2025-01-01 in the world.
BAD = (
    ("zero",                    {"rate": Decimal(0)},                                     "EXCHANGE_RATE_INVALID"),
    ("negative",                {"rate": Decimal(-1)},                                    "EXCHANGE_RATE_INVALID"),
    ("no number",               {"rate": Decimal("NaN")},                                 "EXCHANGE_RATE_INVALID"),
    ("too many digits",         {"rate": Decimal("1.12345678901")},                       "EXCHANGE_RATE_INVALID"),
    ("too large",               {"rate": Decimal(10**10)},                                "EXCHANGE_RATE_INVALID"),
    ("unknown currency",        {"currency": "XYZ"},                                      "UNKNOWN_CURRENCY"),
    ("small letters",           {"currency": "usd"},                                      "UNKNOWN_CURRENCY"),
    ("base currency",           {"currency": "EUR"},                                      "BASE_CURRENCY"),
    ("end before start",        {"last_day": date(2026, 6, 14)},                          "PERIOD_REVERSED"),
    ("begins on the same day",  {"valid_from": date(2025, 1, 1)},                         "EXCHANGE_RATE_OVERLAP"),
    ("covers one that begins",  {"valid_from": None, "last_day": date(2025, 1, 1)},       "EXCHANGE_RATE_OVERLAP"),
    ("project of nobody",       {"project_id": 999_999},                                  "PROJECT_UNKNOWN"),
    ("a source like a novel",   {"source": "x" * 256},                                    "SOURCE_TOO_LONG"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "wrong", "code"), BAD, ids=[one[0] for one in BAD])
async def test_bad_input_changes_nothing(
    transactions: Transactions,
    admin: Principal,
    world: World,
    database: Database,
    what: str,
    wrong: dict[str, object],
    code: str,
) -> None:
    before = await in_force(database)
    given: dict[str, object] = {"currency": "USD", "rate": Decimal(3), "valid_from": JUNE, **wrong}
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate(unit, **given)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert await in_force(database) == before


async def test_7_8_others_than_administrators_only_pick_existing_ones(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    before = await in_force(database)
    manager = Principal(admin.organisation_id, "manager", EVERYTHING - {Permission.ADMINISTER})
    for project in (None, world.portal):
        for change in (
            lambda unit, project: set_exchange_rate(unit, "USD", Decimal(3), project_id=project),
            lambda unit, project: set_exchange_rates(unit, "USD", [(JUNE, Decimal(3))], source="t", project_id=project),
            lambda unit, project: remove_exchange_rates(unit, "USD", project_id=project),
        ):
            with pytest.raises(HourledgerError) as caught:
                async with transactions.begin(manager) as unit:
                    await change(unit, project)
            assert caught.value.code == "PERMISSION_DENIED"
    assert await in_force(database) == before


async def test_the_same_again_changes_nothing(transactions: Transactions, admin: Principal, database: Database) -> None:
    ids = []
    for _ in range(2):
        async with transactions.begin(admin) as unit:
            await set_exchange_rates(unit, "GBP", [(JUNE, Decimal("0.85"))], source="t")
            ids.append(await set_exchange_rate(unit, "USD", Decimal("1.5"), valid_from=JUNE))
    assert ids[0] == ids[1]
    assert await rows(database, "SELECT count(*) FROM exchange_rate") == [(2,)]
    assert await rows(database, "SELECT count(*) FROM audit WHERE entity = 'exchange_rate'") == [(2,)]


async def test_rates_set_at_once_follow_each_other(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    """Whoever comes second ends what the first has made; nobody is refused and no day has two."""

    async def one(month: int) -> None:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate(unit, "USD", Decimal(month), valid_from=date(2026, month, 1))

    await asyncio.gather(*(one(month) for month in (3, 1, 4, 2)))
    assert await in_force(database) == [
        ("USD", "1", "2026-01-01", "2026-01-31"),
        ("USD", "2", "2026-02-01", "2026-02-28"),
        ("USD", "3", "2026-03-01", "2026-03-31"),
        ("USD", "4", "2026-04-01", None),
    ]


async def test_a_currency_is_removed_only_when_nothing_is_in_it(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    for currency, code in (("USD", "CURRENCY_IN_USE"), ("EUR", "BASE_CURRENCY"), ("GBP", "EXCHANGE_RATE_UNKNOWN")):
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(admin) as unit:
                await remove_exchange_rates(unit, currency)
        assert caught.value.code == code
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "GBP", Decimal("0.85"))
        assert (await remove_exchange_rates(unit, "GBP")).retired == 1
    assert await in_force(database) == [("USD", "2", "2025-01-01", None)]


# --- a project's own ------------------------------------------------------------------------------------------------


async def value(database: Database, entry: int) -> tuple[object, ...]:
    ((cost, revenue, provenance),) = await rows(
        database,
        "SELECT e.cost_minor, e.revenue_minor, w.provenance FROM time_entry e "
        f"JOIN rating_reason w ON w.id = e.reason_id WHERE e.id = {entry}",
    )
    assert isinstance(provenance, dict)
    return cost, revenue, [one["rate"] for one in provenance["revenue"]["exchange"]]


async def test_7_2_a_projects_own_rate_wins_for_it_and_for_no_other(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    """Entries of both projects are rated in one go: 1 h at 100 EUR is 200 USD at the organisation's rate."""
    async with transactions.begin(admin) as unit:
        other = await create_project(unit, code="FLEET-2", name="Fleet 2", company_id=world.robotics)
        await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=world.dashboard)
    async with transactions.begin(admin) as unit:
        ours = await log(unit, world, "1", JUNE, project="dashboard")
        task = await create_task(unit, other, TaskPlan("Build"))
        both = await log_time(
            unit,
            [
                TimeDraft(world.person, other, JUNE, 3600, task_id=task),
                TimeDraft(world.person, world.dashboard, JUNE, 3600, task_id=world.dashboard_build),
            ],
        )
    assert await value(database, ours) == (7500, 15000, ["1", "1.5000000000"])
    assert await value(database, both[0]) == (10000, 20000, ["1", "2.0000000000"])
    assert await value(database, both[1]) == (7500, 15000, ["1", "1.5000000000"])


async def test_provenance_names_the_row_and_the_explanation_replays_the_rate_of_then(
    transactions: Transactions, admin: Principal, world: World, database: Database, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        row = await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=world.dashboard)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "1", JUNE, project="dashboard")
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await remove_exchange_rates(unit, "USD", project_id=world.dashboard)
        await set_exchange_rate(unit, "USD", Decimal(7), valid_from=date(2026, 1, 1))
    async with transactions.begin(admin) as unit:
        why = await explain_entry(unit, entry)
    assert (str(why.revenue.amount), why.replays) == ("150.00 USD", True)
    ((named,),) = await rows(database, "SELECT provenance #> '{revenue,exchange,1,row}' FROM rating_reason")
    assert named == row
    async with transactions.begin(admin) as unit:
        done = await recalculate_project(unit, world.dashboard)
    assert done.changed == 1
    assert (await value(database, entry))[1] == 70000


async def test_planned_figures_and_expenses_by_the_unit_follow_the_projects_rate(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        plan = TaskPlan(
            "Plan", CostType.USER_HOURLY, RevenueType.USER_HOURLY, planned_start=JUNE, planned_completion=JUNE
        )
        task = await create_task(unit, world.dashboard, plan)
        await assign(unit, task, person_id=world.person, role_id=None, planned_seconds=3600)
        await create_expense_type(unit, "Mileage", unit_name="KILOMETER", unit_rate=Decimal(1), currency="EUR")
        before = (await project_finances(unit, [world.dashboard]))[world.dashboard]
        await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=world.dashboard)
        after = (await project_finances(unit, [world.dashboard]))[world.dashboard]
        draft = ExpenseDraft(world.dashboard, "Mileage", "To the customer", actual_units=Decimal(10), paid_on=JUNE)
        await add_expense(unit, draft)
    assert (str(before.planned_revenue), str(after.planned_revenue)) == ("200.00 USD", "150.00 USD")
    assert await rows(database, "SELECT actual_minor FROM expense") == [(1500,)]
    changed = "SELECT count(*) FROM event WHERE topic = 'PROJECT_FINANCES_CHANGED' AND payload->>'cause' = :cause"
    assert await rows(database, changed, cause="EXCHANGE_RATE_CHANGED") == [(1,)]


async def test_a_day_that_the_projects_rates_leave_out_is_missing_and_not_the_organisations(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "USD", Decimal("1.5"), valid_from=JUNE, project_id=world.dashboard)
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await log(unit, world, "1", date(2026, 6, 14), project="dashboard")
    assert (caught.value.code, caught.value.facts) == (
        "EXCHANGE_RATE_MISSING",
        {"currency": "USD", "on": "2026-06-14"},
    )
    assert await rows(database, "SELECT count(*) FROM time_entry") == [(0,)]


async def test_7_2_a_project_with_an_exchange_rate_date_has_no_rates_of_its_own(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        await set_exchange_rate_date(unit, world.dashboard, JUNE)
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=world.dashboard)
    assert caught.value.code == "SYSTEM_RATES_ONLY"
    async with transactions.begin(admin) as unit:
        await set_exchange_rate_date(unit, world.dashboard, None)
        await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=world.dashboard)
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate_date(unit, world.dashboard, JUNE)
    assert caught.value.code == "OWN_EXCHANGE_RATES"


async def test_the_flag_and_an_own_rate_set_at_once_exclude_each_other(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async def flag() -> None:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate_date(unit, world.dashboard, JUNE)

    async def own() -> None:
        async with transactions.begin(admin) as unit:
            await set_exchange_rate(unit, "USD", Decimal("1.5"), project_id=world.dashboard)

    outcomes = await asyncio.gather(flag(), own(), return_exceptions=True)
    refused = [one.code for one in outcomes if isinstance(one, HourledgerError)]
    assert refused in (["SYSTEM_RATES_ONLY"], ["OWN_EXCHANGE_RATES"])
    both = "SELECT count(p.exchange_rate_date) FROM project p JOIN exchange_rate x ON x.project_id = p.id"
    assert await rows(database, both) == [(0,)]


async def test_7_5_a_rate_of_a_third_currency_goes_through_the_base(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    """100 GBP an hour at 0.8 to the euro and the project's 1.6 USD: 200 USD."""
    async with transactions.begin(admin) as unit:
        await set_exchange_rate(unit, "GBP", Decimal("0.8"))
        await set_exchange_rate(unit, "USD", Decimal("1.6"), project_id=world.dashboard)
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of("100", "GBP"), Period(), replace_overlapping=True)
        entry = await log(unit, world, "1", JUNE, project="dashboard")
    assert (await value(database, entry))[1:] == (20000, ["0.8000000000", "1.6000000000"])
