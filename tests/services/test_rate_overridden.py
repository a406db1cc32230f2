"""A project's billing rate of a role moves its unbilled hours at once, and only them (§4.1 row 11, C-28)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import Missing
from hourledger.core.periods import Period
from hourledger.core.pricing import price_of
from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.core.work_locks import FrozenSide
from hourledger.services.adjust_rates import adjust_rates
from hourledger.services.company_rates import set_company_rates_override
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.lock_work import freeze_rates
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.rate_lines import lines_in_force
from hourledger.services.remove_rate import remove_rate
from hourledger.services.set_rate import RateChange, RateScope, set_rate, set_rates
from hourledger.services.set_up import create_person, create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.roll_ups import roll_up_differences
from models.selecting import find_all, find_one
from models.tables import AuditRow, EventRow, RateScopeRow
from tests.services.chain_rules import BROKEN_IF_FOUND
from tests.services.rate_world import price, span
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world

MAY, JUNE, JULY = date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15)


@dataclass
class House:
    """One hour each, when a developer cost 40 and billed 90 and a designer billed 80; now 45, 95 and 85.

    Bob, the developer, bills 100 himself, 105 now: that comes before his role where the task asks for both.
    """

    unit: UnitOfWork
    world: World
    designer: int
    by_role: int
    by_both: int
    entries: dict[str, int] = field(default_factory=dict)

    def scope(self, role: int | None = None, *, kind: RateKind = RateKind.BILLING, **more: Any) -> RateScope:
        return RateScope(
            kind, Level.PROJECT_ROLE, project_id=self.world.portal, role_id=role or self.world.role, **more
        )

    async def override(self, amount: str, days: str = "..", role: int | None = None) -> int:
        return await set_rate(self.unit, self.scope(role), price(amount), span(days), replace_overlapping=True)

    async def lines(self) -> list[int]:
        row = await find_one(
            self.unit.session,
            RateScopeRow,
            self.unit.organisation_id,
            level=Level.PROJECT_ROLE,
            role_id=self.world.role,
        )
        assert row is not None
        found = await lines_in_force(self.unit, row.id)
        return [one.id for one in sorted(found, key=lambda one: one.valid_from or date.min)]

    async def log(self, name: str, person: int, task: int, on: date, *, project: int | None = None) -> None:
        draft = TimeDraft(person, project or self.world.portal, on, 3600, task_id=task)
        (self.entries[name],) = await log_time(self.unit, [draft])

    async def system(self, amount: str, level: Level, kind: RateKind = RateKind.BILLING, **ids: int) -> None:
        await set_rate(self.unit, RateScope(kind, level, **ids), price(amount), Period(), replace_overlapping=True)

    async def revenue(self) -> str:
        found = await self.amounts("revenue_minor")
        return " ".join(str(found[name] // 100) for name in self.entries)

    async def amounts(self, column: str) -> dict[str, int]:
        rows = await self.unit.session.execute(text(f"SELECT id, {column} AS minor FROM time_entry"))
        by_id = {row.id: row.minor for row in rows}
        return {name: by_id[entry] for name, entry in self.entries.items()}

    async def told(self) -> list[dict[str, Any]]:
        await self.unit.session.flush()
        events = await find_all(
            self.unit.session, EventRow, self.unit.organisation_id, topic="PROJECT_FINANCES_CHANGED"
        )
        return [one.payload for one in events if one.payload["cause"] == "RATE_OVERRIDDEN"]


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        designer = await create_role(unit, "Designer")
        dana = await create_person(unit, "Dana", "dana@brightwater.example", primary_role_id=designer)
        role, both = (
            TaskPlan(name, CostType.ROLE_HOURLY, RevenueType(name)) for name in ("ROLE_HOURLY", "USER_AND_ROLE_HOURLY")
        )
        found = House(
            unit,
            world,
            designer,
            await create_task(unit, world.portal, role),
            await create_task(unit, world.portal, both),
        )
        elsewhere = await create_task(unit, world.dashboard, role)
        await found.system("40", Level.ROLE, RateKind.COST, role_id=world.role)
        await found.system("90", Level.ROLE, role_id=world.role)
        await found.system("80", Level.ROLE, role_id=designer)
        for name, day in (("may", MAY), ("june", JUNE), ("july", JULY)):
            await found.log(name, world.person, found.by_role, day)
        await found.log("designer", dana, found.by_role, JUNE)
        await found.log("own rate", world.person, found.by_both, JUNE)
        await found.log("elsewhere", world.person, elsewhere, JUNE, project=world.dashboard)
        await found.system("45", Level.ROLE, RateKind.COST, role_id=world.role)
        await found.system("95", Level.ROLE, role_id=world.role)
        await found.system("85", Level.ROLE, role_id=designer)
        await found.system("105", Level.PERSON, person_id=world.person)
        yield found
        await unit.session.flush()
        assert await roll_up_differences(unit.session) == []
        for rule, query in BROKEN_IF_FOUND.items():
            assert not (await unit.session.execute(text(query), {"organisation": unit.organisation_id})).all(), rule


# Steps separated by ";": days=rate sets it, +days=percent adjusts, -n takes away the n-th line, d: the designer's.
SAVED = """
    steps                                                may  june  july  designer  own rate  elsewhere
    nothing                                              90   90    90    80        100       180
    ..=120                                               120  120   120   80        100       180   # every day
    2026-06-01..2026-06-30=120                           120  120   120   80        100       180   # one alone reaches out
    2026-06-01..2026-06-30=120;2026-08-01..=130          120  120   95    80        100       180   # taken away from July: a gap
    ..2026-06-30=120,2026-08-01..=130                    120  120   90    80        100       180   # in one go: July never had it
    ..2026-05-31=120,2026-06-01..2026-06-30=130,2026-07-01..=140   120  130  140  80  100     180
    ..=120;+2026-06-01..2026-06-30=10                    120  132   120   80        100       180
    ..=120;+..=10                                        132  132   132   80        100       180
    ..=120;-0                                            95   95    95    80        100       180   # the next level of now
    ..2026-06-30=120,2026-07-01..=130;-1                 120  120   120   80        100       180   # the first one reaches on
    ..2026-05-31=120,2026-06-01..2026-06-30=130,2026-07-01..=140;-1   120  95  140   80  100  180
    ..2026-05-31=120,2026-06-01..2026-06-30=130,2026-07-01..=140;-0   130  130 140   80  100  180
    d..=70                                               90   90    90    70        100       180
    ..=120;d..=70                                        120  120   120   70        100       180
    ..=0                                                 0    0     0     80        100       180   # 0 is a rate (CT-13)
    ..=120;..=120                                        120  120   120   80        100       180   # says so already
"""  # noqa: E501


@pytest.mark.parametrize("line", [one.partition("#")[0] for one in SAVED.strip().splitlines()[1:]])
async def test_c_28_unbilled_hours_follow_on_the_days_that_changed_and_all_others_keep_theirs(
    house: House, line: str
) -> None:
    steps, *expected = line.split()
    for step in steps.split(";"):
        if step == "nothing":
            continue
        if step.startswith("-"):
            await remove_rate(house.unit, (await house.lines())[int(step[1:])])
        elif step.startswith("+"):
            days, percent = step[1:].split("=")
            await adjust_rates(house.unit, await house.lines(), Decimal(percent), period=span(days))
        else:
            role = house.designer if step.startswith("d") else house.world.role
            given = [one.split("=") for one in step.removeprefix("d").split(",")]
            changes = [
                RateChange(house.scope(role), price(to), span(days), replace_overlapping=True) for days, to in given
            ]
            await set_rates(house.unit, changes)
    assert (await house.revenue()).split() == expected
    assert (await house.amounts("cost_minor"))["june"] == 4000  # though it would be 45 by now: only revenue follows


async def test_c_28_what_is_billed_or_frozen_stays_and_a_draft_follows(house: House) -> None:
    billed = await create_billing_record(house.unit, BillingRequest([house.world.portal], until=date(2026, 5, 31)))
    await confirm_billing_record(house.unit, billed)
    await create_billing_record(house.unit, BillingRequest([house.world.portal], until=date(2026, 6, 30)))
    await freeze_rates(house.unit, house.world.portal, span("2026-07-01.."), FrozenSide.REVENUE, reason="told")
    await house.override("120")
    assert await house.revenue() == "90 120 90 80 100 180"


async def test_c_28_finances_are_told_and_the_change_is_in_the_audit_log(house: House) -> None:
    line = await house.override("120")
    (event,) = await house.told()
    assert (event["changed"], event["revenue_delta_minor"], event["cost_delta_minor"]) == (3, 9000, 0)
    assert event["unbilled_minor"] == 54000
    (row,) = await find_all(house.unit.session, AuditRow, house.unit.organisation_id, action="rate_overridden")
    (scope,) = await find_all(house.unit.session, RateScopeRow, house.unit.organisation_id, level=Level.PROJECT_ROLE)
    assert row.after == {"changed": 3, "revenue_delta_minor": 9000, "scopes": [scope.id]}
    reasons = await house.unit.session.execute(
        text("SELECT DISTINCT w.revenue_rate_line_id FROM time_entry e JOIN rating_reason w ON w.id = e.reason_id "
             "WHERE e.id = :june"),
        {"june": house.entries["june"]},
    )  # fmt: skip
    assert [row.revenue_rate_line_id for row in reasons] == [line]
    await house.override("120")
    assert len(await house.told()) == 1


OTHERS = {
    "cost of a role": (RateKind.COST, Level.PROJECT_ROLE, "role"),
    "markup of a role": (RateKind.MARKUP, Level.PROJECT_ROLE, "role"),
    "a person on the project": (RateKind.BILLING, Level.PROJECT_PERSON, "person"),
    "anyone on the project": (RateKind.BILLING, Level.PROJECT_ANYONE, ""),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_4_1_row_4_no_other_rate_moves_what_is_logged(house: House, name: str) -> None:
    kind, level, whose = OTHERS[name]
    ids = {"project_id": house.world.portal}
    if whose:
        ids[f"{whose}_id"] = getattr(house.world, whose)
    said = price_of(Decimal(10), None, RateBasis.PERCENT) if kind is RateKind.MARKUP else price("120")
    await set_rate(house.unit, RateScope(kind, level, **ids), said, Period())
    assert await house.revenue() == "90 90 90 80 100 180"
    assert await house.told() == []


async def test_c_28_an_hour_whose_rate_came_from_above_keeps_it_even_if_that_rate_is_gone(house: House) -> None:
    (line,) = [
        one.id
        for scope in await find_all(house.unit.session, RateScopeRow, house.unit.organisation_id, level=Level.PERSON)
        if scope.kind is RateKind.BILLING
        for one in await lines_in_force(house.unit, scope.id)
    ]
    await remove_rate(house.unit, line)
    await house.override("120")
    assert await house.revenue() == "120 120 120 80 100 180"
    await recalculate_project(house.unit, house.world.portal)
    assert (await house.amounts("revenue_minor"))["own rate"] == 12000


async def test_c_05_the_cap_is_handed_out_anew_only_where_an_hour_moved(house: House) -> None:
    """Cap 150: two hours of 95 earn 95 and 55. A cap that was lowered since waits for a recalculation (row 2)."""
    for name, person, revenue in (("a", house.world.person, RevenueType.ROLE_HOURLY_CAP), ("b", house.world.person, RevenueType.USER_HOURLY_CAP)):  # noqa: E501  # fmt: skip
        plan = TaskPlan(name, CostType.NO_COST, revenue, billing_amount=Decimal(150))
        task = await create_task(house.unit, house.world.portal, plan)
        await house.log(f"{name} 1", person, task, JUNE)
        await house.log(f"{name} 2", person, task, JULY)
    before = await house.amounts("revenue_minor")
    assert [before[name] for name in ("a 1", "a 2", "b 1", "b 2")] == [9500, 5500, 10500, 4500]
    await house.unit.session.execute(text("UPDATE task SET billing_amount_minor = 14000 WHERE name = 'b'"))
    await house.override("120")
    after = await house.amounts("revenue_minor")
    assert [after[name] for name in ("a 1", "a 2", "b 1", "b 2")] == [12000, 3000, 10500, 4500]


async def test_c_28_the_rates_of_the_customer_are_not_taken_anew(house: House) -> None:
    """Recalculating does, and would take the override away that was just saved (§3.6)."""
    scope = RateScope(RateKind.BILLING, Level.COMPANY_ROLE, company_id=house.world.museum, role_id=house.world.role)
    await set_company_rates_override(house.unit, house.world.portal, is_on=True)
    house.unit.now += timedelta(minutes=1)
    await set_rate(house.unit, scope, price("130"), Period())
    house.unit.now += timedelta(minutes=1)
    await house.override("120")
    assert (await house.revenue()).startswith("120 120 120")
    assert len(await house.lines()) == 1


async def test_9_4_whoever_may_edit_billing_rates_needs_no_right_to_cost_for_it(house: House) -> None:
    house.unit.principal = Principal(
        house.unit.organisation_id, "biller", EVERYTHING - {Permission.EDIT_COST_RATES, Permission.EDIT_GENERAL_FINANCE}
    )
    await house.override("120")
    assert (await house.revenue()).startswith("120 120 120")


async def test_a_rate_that_cannot_be_converted_is_refused_and_nothing_is_saved(
    transactions: Transactions, admin: Principal
) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("R", CostType.NO_COST, RevenueType.ROLE_HOURLY))
        await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=world.portal, role_id=world.role)
    with pytest.raises(Missing) as caught:
        async with transactions.begin(admin) as unit:
            await set_rate(unit, scope, price("120 JPY"), Period())
    assert caught.value.code == "EXCHANGE_RATE_MISSING"
    async with transactions.begin(admin) as unit:
        assert await find_all(unit.session, RateScopeRow, unit.organisation_id, level=Level.PROJECT_ROLE) == []


@pytest.mark.parametrize("seed", range(6))
async def test_c_28_saving_step_by_step_comes_to_what_recalculating_at_the_end_gives(house: House, seed: int) -> None:
    """Two ways to one amount: with no other change in between, row 11 leaves nothing to do for row 5."""
    chance = random.Random(seed)
    await recalculate_project(house.unit, house.world.portal)
    for _ in range(8):
        first = date(2026, 4, 1) + timedelta(days=chance.randrange(120))
        days = chance.choice(
            [Period(first, first + timedelta(days=chance.randrange(1, 60))), Period(first, None), Period(None, first)]
        )
        role = chance.choice([house.world.role, house.designer])
        what = chance.random()
        rows = await find_all(
            house.unit.session, RateScopeRow, house.unit.organisation_id, level=Level.PROJECT_ROLE, role_id=role
        )
        lines = [one.id for row in rows for one in await lines_in_force(house.unit, row.id)]
        if what < 0.6 or not lines:
            amount = price(str(chance.randrange(50, 200)))
            await set_rate(house.unit, house.scope(role), amount, days, replace_overlapping=True)
        elif what < 0.8:
            await remove_rate(house.unit, chance.choice(lines))
        else:
            await adjust_rates(house.unit, [chance.choice(lines)], Decimal(chance.randrange(-20, 40)))
        saved = await house.revenue()
        async with house.unit.session.begin_nested() as tried:
            await recalculate_project(house.unit, house.world.portal)
            recalculated = await house.revenue()
            await tried.rollback()
        assert saved == recalculated
