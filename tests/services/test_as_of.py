"""What was known when: finances of a day and as known at an instant, while work is logged, rated, billed, deleted."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import Invalid
from hourledger.core.finances.as_of import FIXED_HAS_CHANGED, FIXED_HAS_NO_DATE, HistoricFinances, NotKnown
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.finances_as_of import finances_as_of
from hourledger.services.log_time import delete_time, edit_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.database import Database
from tests.conftest import MovableClock
from tests.core.tables import table
from tests.services.chain_walk import OPERATIONS, Walk, begin_walk
from tests.services.test_chain_properties import ONE_DATABASE, Step, walks
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

FIGURES = ("actual_seconds", "actual_labor_cost", "actual_expense_cost", "actual_cost", "actual_revenue",
           "billed_revenue", "draft_revenue", "unbilled_revenue", "margin")  # fmt: skip


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


def plain(finances: Any) -> dict[str, Any]:
    """Every figure as a number; None where it is not known."""
    found = {}
    for name in FIGURES:
        try:
            value = getattr(finances, name)
        except NotKnown:
            value = None
        found[name] = getattr(value, "minor", value)
    return found


async def ask(transactions: Transactions, who: Principal, project: int, **when: Any) -> HistoricFinances:
    async with transactions.begin(who) as unit:
        return (await finances_as_of(unit, [project], **when))[project]


# At 10 o'clock one thing happens each day of November; asked on the evening of the last day.
HISTORY = """
    known at the end of   as of    hours  cost  expense  revenue  billed  draft  unbilled
    # two days of 8 hours are logged: 50 costs and 100 earns an hour
    2026-11-03            -        16     800   0        1600     0       0      1600
    2026-11-03            06-01    8      400   0        800      0       0      800
    # the rate goes up to 120, and the project is recalculated
    2026-11-04            -        16     800   0        1920     0       0      1920
    # a train for 30, billable, on 10 June
    2026-11-05            -        16     800   30       1920     0       0      1950
    2026-11-05            06-09    16     800   0        1920     0       0      1920
    # the second day becomes 2 hours on 20 June
    2026-11-06            -        10     500   30       1200     0       0      1230
    2026-11-06            06-02    8      400   0        960      0       0      960
    # work up to 10 June goes on a draft, which is deleted the day after
    2026-11-07            -        10     500   30       1200     0       990    240
    2026-11-07            06-05    8      400   0        960      0       960    0
    2026-11-08            -        10     500   30       1200     0       0      1230
    # drafted anew with 10 on top, confirmed, posted
    2026-11-09            -        10     500   30       1200     0       1000   240
    2026-11-10            -        10     500   30       1200     0       1000   240
    2026-11-11            -        10     500   30       1200     1000    0      240
    2026-11-11            06-09    8      400   0        960      960     0      0
    # the two hours are deleted
    2026-11-12            -        8      400   30       960      1000    0      0
"""


async def test_a_table_of_what_was_known_when(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    record = second = 0

    async def happen(day: int) -> None:
        nonlocal record, second
        async with transactions.begin(admin) as unit:
            if day == 3:
                await log(unit, world, "8", date(2026, 6, 1))
                second = await log(unit, world, "8", date(2026, 6, 2))
            elif day == 4:
                scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
                await set_rate(unit, scope, HourlyRate.of("120", "EUR"), Period(), replace_overlapping=True)
                await recalculate_project(unit, world.portal)
            elif day == 5:
                paid_on = date(2026, 6, 10)
                train = ExpenseDraft(
                    world.portal, "Travel", "Train", actual_minor=3000, paid_on=paid_on, is_billable=True
                )
                await add_expense(unit, train)
            elif day == 6:
                await edit_time(unit, second, seconds=7200, work_date=date(2026, 6, 20), note="")
            elif day in {7, 9}:
                june = date(2026, 6, 10)
                request = BillingRequest(
                    [world.portal], until=june, additional_minor=1000 if day == 9 else 0, billing_date=june
                )
                record = await create_billing_record(unit, request)
            elif day == 8:
                await delete_billing_record(unit, record)
            elif day == 10:
                await confirm_billing_record(unit, record)
            elif day == 11:
                await post_billing_record(unit, record)
            else:
                await delete_time(unit, second)

    for day in range(3, 13):
        clock.now = datetime(2026, 11, day, 10, 0, tzinfo=UTC)
        await happen(day)
    clock.now = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
    for known_on, as_of, hours, *amounts in table(HISTORY):
        when: dict[str, Any] = {"known_at": datetime.fromisoformat(f"{known_on}T18:00:00+00:00")}
        if as_of != "-":
            when["as_of"] = date.fromisoformat(f"2026-{as_of}")
        found = plain(await ask(transactions, admin, world.portal, **when))
        names = ("actual_labor_cost", "actual_expense_cost", "actual_revenue", "billed_revenue", "draft_revenue",
                 "unbilled_revenue")  # fmt: skip
        shown = [found["actual_seconds"] // 3600, *(found[name] // 100 for name in names)]
        assert shown == [int(hours), *map(int, amounts)], (known_on, as_of)


async def test_a_project_that_did_not_exist_yet_has_no_finances(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    clock.move(days=1)
    async with transactions.begin(admin) as unit:
        before = datetime(2026, 11, 2, 8, 59, tzinfo=UTC)
        assert await finances_as_of(unit, [world.portal], known_at=before) == {}


async def test_an_instant_without_an_offset_is_refused(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    with pytest.raises(Invalid) as caught:
        await ask(transactions, admin, world.portal, known_at=datetime(2026, 11, 2))
    assert caught.value.code == "KNOWN_AT_WITHOUT_ZONE"


async def test_the_plan_and_what_contains_fixed_amounts_is_unknown_rather_than_wrong(
    transactions: Transactions, admin: Principal, world: World, database: Database, clock: MovableClock
) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE project SET fixed_cost_minor = 500 WHERE id = :id"), {"id": world.portal})
        await session.commit()
    clock.move(days=1)
    yesterday = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    known = plain(await ask(transactions, admin, world.portal, known_at=yesterday))
    assert (known["actual_expense_cost"], known["actual_cost"], known["margin"]) == (500, 500, -500)

    dated = await ask(transactions, admin, world.portal, as_of=date(2026, 6, 30))
    assert [name for name, value in plain(dated).items() if value is None] == [
        "actual_expense_cost", "actual_cost", "margin"
    ]  # fmt: skip
    assert dated.unknown["actual_cost"] == FIXED_HAS_NO_DATE
    with pytest.raises(NotKnown):
        _ = dated.planned_cost

    async with transactions.begin(admin) as unit:
        unit.audit("edit", "project", world.portal, before={"fixed_cost": 0}, after={"fixed_cost": 500})
    changed = await ask(transactions, admin, world.portal, known_at=yesterday)
    assert changed.unknown["actual_revenue"] == FIXED_HAS_CHANGED
    assert plain(changed)["actual_labor_cost"] == 0


@settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=ONE_DATABASE)
@given(steps=walks(steps_min=30, steps_max=60))
async def test_known_now_is_now_and_what_was_known_then_stays(
    database: Database, clock: MovableClock, steps: list[Step]
) -> None:
    """After every tenth step the answers are noted, and asked again at the end."""
    walk = await begin_walk(database, clock)
    clock.move(minutes=1)
    noted: list[tuple[datetime, dict[int, dict[str, Any]]]] = []
    for number, (name, seed) in enumerate(steps, start=1):
        await OPERATIONS[name](walk, random.Random(seed))
        if number % 10 == 0:
            noted.append((clock.now, await _now(walk)))
            clock.move(minutes=1)
    for instant, expected in noted:
        async with walk.transactions.begin(walk.principal) as unit:
            found = await finances_as_of(unit, [*walk.projects.values()], known_at=instant)
        assert {project: plain(one) for project, one in found.items()} == expected


async def _now(walk: Walk) -> dict[int, dict[str, Any]]:
    """project_finances, which the as-of answers without a limit and for this instant equal."""
    projects = [*walk.projects.values()]
    async with walk.transactions.begin(walk.principal) as unit:
        present = {project: plain(one) for project, one in (await project_finances(unit, projects)).items()}
        for when in ({}, {"known_at": unit.now}, {"as_of": date(2026, 12, 31)}):
            found = await finances_as_of(unit, projects, **when)
            assert {project: plain(one) for project, one in found.items()} == present
    return present
