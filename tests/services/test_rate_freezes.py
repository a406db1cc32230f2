"""Rate freezes: hours keep what they are worth without being billed (project-finances §4.3, §10 P4)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.core.work_locks import FrozenSide
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.lock_work import freeze_rates, release_work_lock
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.time_changes import TimeChanges
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.roll_ups import roll_up_differences
from models.selecting import find_all
from models.tables import AuditRow, EventRow, TimeEntryRow, WorkLockRow
from tests.conftest import MovableClock
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

MAY, JUNE, JULY = date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15)
IN_JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
HOUR = 3600
COST, REVENUE, BOTH = FrozenSide.COST, FrozenSide.REVENUE, FrozenSide.BOTH


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def raise_rates(unit: UnitOfWork, world: World, cost: str = "70", billing: str = "130") -> None:
    for kind, rate in ((RateKind.COST, cost), (RateKind.BILLING, billing)):
        scope = RateScope(kind, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period(), replace_overlapping=True)


async def worth(unit: UnitOfWork) -> dict[int, tuple[int, int]]:
    """Cost and revenue in whole units of all live entries."""
    rows = await unit.session.execute(
        text("SELECT id, cost_minor, revenue_minor FROM time_entry WHERE deleted_at IS NULL ORDER BY work_date, id")
    )
    return {row.id: (row.cost_minor // 100, row.revenue_minor // 100) for row in rows}


# Bob works an hour in May, June and July, costs 50 and bills 100; June is frozen; then he costs 70 and bills 130.
FROZEN = {
    # side      May        June        July
    None:    [(70, 130), (70, 130), (70, 130)],
    COST:    [(70, 130), (50, 130), (70, 130)],
    REVENUE: [(70, 130), (70, 100), (70, 130)],
    BOTH:    [(70, 130), (50, 100), (70, 130)],
}  # fmt: skip


@pytest.mark.parametrize("side", FROZEN)
@pytest.mark.parametrize("of_all_projects", [False, True])
async def test_p4_what_is_frozen_keeps_its_amounts_and_the_other_side_moves(
    transactions: Transactions, admin: Principal, world: World, side: FrozenSide | None, of_all_projects: bool
) -> None:
    async with transactions.begin(admin) as unit:
        for day in (MAY, JUNE, JULY):
            await log(unit, world, "1", day)
        if side is not None:
            await freeze_rates(unit, None if of_all_projects else world.portal, IN_JUNE, side, reason="June is told")
        await raise_rates(unit, world)
        done = await recalculate_project(unit, world.portal)
        expected = FROZEN[side]
        assert list((await worth(unit)).values()) == expected
        held = 1 if side is BOTH else 0
        assert (done.changed, done.unchanged, done.frozen) == (3 - held, 0, held)
        assert done.cost_delta_minor == 100 * sum(cost - 50 for cost, _ in expected)
        assert done.revenue_delta_minor == 100 * sum(revenue - 100 for _, revenue in expected)
        again = await recalculate_project(unit, world.portal)  # CT-R10
        assert (again.changed, again.unchanged, again.frozen) == (0, 3 - held, held)
        finances = (await project_finances(unit, [world.portal]))[world.portal]
        assert finances.actual_labor_cost.minor == 100 * sum(cost for cost, _ in expected)
        assert finances.actual_revenue.minor == 100 * sum(revenue for _, revenue in expected)
        assert await roll_up_differences(unit.session) == []


async def test_ct_r1_and_ct_r3_stay_true_beside_a_freeze(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    """Billed hours stay; hours on a draft move, and the draft with them, except where they are frozen."""
    async with transactions.begin(admin) as unit:
        billed = await log(unit, world, "2", MAY)
        await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([world.portal])))
        frozen, free = await log(unit, world, "2", JUNE), await log(unit, world, "3", JULY)
        await create_billing_record(unit, BillingRequest([world.portal]))
        await freeze_rates(unit, world.portal, IN_JUNE, REVENUE, reason="agreed with the customer")
        await raise_rates(unit, world)
        done = await recalculate_project(unit, world.portal)
        assert (done.changed, done.frozen) == (2, 1)
        assert await worth(unit) == {billed: (100, 200), frozen: (140, 200), free: (210, 390)}
        finances = (await project_finances(unit, [world.portal]))[world.portal]
        assert finances.draft_revenue.minor == 20000 + 59000  # confirmed, and the draft


async def test_p4_hours_that_are_logged_after_the_freeze_are_rated_as_usual_and_stay_then(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        early = await log(unit, world, "1", JUNE)
        await freeze_rates(unit, world.portal, IN_JUNE, BOTH, reason="June is told")
        await raise_rates(unit, world)
        late = await log(unit, world, "1", JUNE)
        await raise_rates(unit, world, "80", "140")
        await recalculate_project(unit, world.portal)
        assert await worth(unit) == {early: (50, 100), late: (70, 130)}


async def test_p4_preserving_rates_moves_nothing_that_is_frozen(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        entry, other = await log(unit, world, "1", JUNE), await log(unit, world, "1", JULY)
        await freeze_rates(unit, None, IN_JUNE, BOTH, reason="June is told")
        await raise_rates(unit, world)
        result = await preserve_billing_rates(unit, world.portal, is_on=True)
        assert (result.changed, result.frozen) == (1, 1)
        assert await worth(unit) == {entry: (50, 100), other: (70, 130)}


# An hour of June, frozen at 50 and 100; rates are 70 and 130 since.
EDITS: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "another note":          ({},                                (50, 100)),  # the work is what it was
    "more hours":            ({"seconds": 2 * HOUR},             (140, 260)),
    "out of the freeze":     ({"work_date": JULY},               (70, 130)),
    "another day inside":    ({"work_date": date(2026, 6, 16)},  (70, 130)),
    "on the project itself": ({"changes": TimeChanges(None)},    (70, 130)),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
async def test_p4_frozen_hours_that_are_edited_are_rated_anew_unless_only_the_note_changes(
    transactions: Transactions, admin: Principal, world: World, database: Database, edit: str
) -> None:
    given, expected = EDITS[edit]
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "1", JUNE)
        await freeze_rates(unit, world.portal, IN_JUNE, BOTH, reason="June is told")
        await raise_rates(unit, world)
    async with transactions.begin(admin) as unit:
        await edit_time(unit, entry, **{"seconds": HOUR, "work_date": JUNE, "note": "Mended", **given})
        assert await worth(unit) == {entry: expected}
        standing = "SELECT amount_minor FROM actual WHERE adjustment_status = 'STANDS' AND transaction_type = :type"
        booked = [(await unit.session.execute(text(standing), {"type": one})).scalar_one() for one in SALES]
        assert booked == [100 * one for one in expected]
        assert await roll_up_differences(unit.session) == []


SALES = ("COST", "UNBILLED_SALES")


async def test_ct_r4_frozen_revenue_uses_the_cap_first_as_billed_revenue_does(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    """Cap 250, 100 an hour: 2 h, 1 h, 1 h earn 200, 50, 0. The second is frozen; then an hour bills 130."""
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(250))
        task = await create_task(unit, world.portal, plan)
        days = (date(2026, 5, 1), JUNE, JULY)
        first, second, third = await log_time(
            unit,
            [
                TimeDraft(world.person, world.portal, day, hours * HOUR, task_id=task)
                for day, hours in zip(days, (2, 1, 1), strict=True)
            ],
        )
        assert await worth(unit) == {first: (100, 200), second: (50, 50), third: (50, 0)}
        await freeze_rates(unit, world.portal, IN_JUNE, REVENUE, reason="June is told")
        await raise_rates(unit, world)
        await recalculate_project(unit, world.portal)
        assert await worth(unit) == {first: (140, 200), second: (70, 50), third: (70, 0)}  # 260 + 50 + 130, capped
        await delete_time(unit, first)
        assert await worth(unit) == {second: (70, 50), third: (70, 130)}  # the frozen one takes nothing of it
        (new,) = await log_time(unit, [TimeDraft(world.person, world.portal, MAY, HOUR, task_id=task)])
        assert await worth(unit) == {new: (70, 130), second: (70, 50), third: (70, 70)}


async def test_p4_each_side_is_explained_by_the_rating_it_has(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(300))
        task = await create_task(unit, world.portal, plan)
        (entry,) = await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, HOUR, task_id=task)])
        await freeze_rates(unit, world.portal, IN_JUNE, COST, reason="costs are reported")
    for cost, billing in (("70", "130"), ("80", "140")):
        clock.move(hours=1)
        async with transactions.begin(admin) as unit:
            await raise_rates(unit, world, cost, billing)
            await recalculate_project(unit, world.portal)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:  # an earlier hour takes some of the cap: revenue follows twice
        await log_time(unit, [TimeDraft(world.person, world.portal, MAY, 2 * HOUR, task_id=task)])
        found = await explain_entry(unit, entry)
        assert (str(found.cost.amount), str(found.revenue.amount)) == ("50.00 EUR", "140.00 EUR")
        assert found.replays
        assert found.is_capped
        assert (await worth(unit))[entry] == (50, 20)


async def test_p4_a_freeze_that_is_lifted_changes_nothing_until_something_rates_again(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "1", JUNE)
        first = await freeze_rates(unit, world.portal, IN_JUNE, BOTH, reason="one")
        second = await freeze_rates(unit, None, Period(), COST, reason="the other")
        await raise_rates(unit, world)
        for lifted, expected in ((first, (50, 130)), (second, (70, 130))):
            before = await worth(unit)
            await release_work_lock(unit, lifted, reason="told wrongly")
            assert await worth(unit) == before
            await recalculate_project(unit, world.portal)
            assert await worth(unit) == {entry: expected}


async def test_p4_setting_and_lifting_are_audited_and_told(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        made = await freeze_rates(unit, world.portal, IN_JUNE, COST, reason="  June is told ")
    clock.move(days=1)
    async with transactions.begin(admin) as unit:
        await release_work_lock(unit, made, reason="told wrongly")
    says = {
        "kind": "RATE_FREEZE",
        "side": "COST",
        "project": world.portal,
        "first_day": "2026-06-01",
        "last_day": "2026-06-30",
    }
    async with transactions.begin(admin) as unit:
        set_, lifted = await find_all(unit.session, AuditRow, unit.organisation_id, entity="work_lock", entity_id=made)
        assert (set_.action, set_.reason, set_.after) == ("lock", "June is told", says)
        assert (lifted.action, lifted.reason, lifted.before) == ("release", "told wrongly", says)
        told = await find_all(unit.session, EventRow, unit.organisation_id, entity_id=made, project_id=world.portal)
        mine = [(one.topic, one.payload) for one in told if one.topic.startswith("WORK_LOCK")]
        assert mine == [("WORK_LOCKED", says), ("WORK_LOCK_RELEASED", says)]
        (row,) = await find_all(unit.session, WorkLockRow, unit.organisation_id)
        assert (row.locked_by, row.released_by, row.release_reason) == (admin.subject, admin.subject, "told wrongly")
        assert row.released_at == clock.now


THREE = (Permission.EDIT_COST_RATES, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE)


async def test_p4_what_is_wrong_with_a_freeze_is_said_and_changes_nothing(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        there = await freeze_rates(unit, world.portal, IN_JUNE, BOTH, reason="June is told")
        gone = await freeze_rates(unit, world.portal, IN_JUNE, COST, reason="a mistake")
        await release_work_lock(unit, gone, reason="a mistake")
        everywhere = await freeze_rates(unit, None, Period(), BOTH, reason="all")

    def freezing(project: int | None = world.portal, period: Period = IN_JUNE, side: FrozenSide = BOTH, why: str = "x"):  # type: ignore[no-untyped-def]
        return lambda unit: freeze_rates(unit, project, period, side, reason=why)

    attempts = {
        "the same again": (freezing(), "ALREADY_LOCKED"),
        "the same of all": (freezing(None, Period()), "ALREADY_LOCKED"),
        "unknown project": (freezing(999), "PROJECT_UNKNOWN"),
        "no reason": (freezing(why="  "), "REASON_INVALID"),
        "a novel": (freezing(why="x" * 1001), "REASON_INVALID"),
        "one that was lifted": (freezing(side=COST), None),
        "another side": (freezing(side=REVENUE), None),
        "other days": (freezing(period=Period(IN_JUNE.valid_from, None)), None),
        "days to come": (freezing(period=Period(date(2030, 1, 1), None)), None),
        "lifted twice": (lambda unit: release_work_lock(unit, gone, reason="x"), "ALREADY_RELEASED"),
        "lifted without a reason": (lambda unit: release_work_lock(unit, there, reason=""), "REASON_INVALID"),
        "none to lift": (lambda unit: release_work_lock(unit, 999, reason="x"), "WORK_LOCK_UNKNOWN"),
    }
    for name, (attempt, code) in attempts.items():
        raised = None
        try:
            async with transactions.begin(admin, dry_run=True) as unit:
                await attempt(unit)
        except HourledgerError as error:
            raised = error.code
        assert raised == code, name
    async with transactions.begin(admin) as unit:
        assert [
            one.id for one in await find_all(unit.session, WorkLockRow, unit.organisation_id, released_at=None)
        ] == [
            there,
            everywhere,
        ]


@pytest.mark.parametrize("lacking", THREE)
async def test_9_4_freezing_and_lifting_need_what_recalculating_needs(
    transactions: Transactions, admin: Principal, world: World, lacking: Permission
) -> None:
    async with transactions.begin(admin) as unit:
        there = await freeze_rates(unit, world.portal, IN_JUNE, BOTH, reason="June is told")
    poor = Principal(admin.organisation_id, "poor@brightwater.example", EVERYTHING - {lacking})
    for attempt in (
        lambda unit: freeze_rates(unit, None, IN_JUNE, BOTH, reason="x"),
        lambda unit: release_work_lock(unit, there, reason="x"),
    ):
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(poor) as unit:
                await attempt(unit)
        assert (caught.value.code, caught.value.facts["permission"]) == ("PERMISSION_DENIED", lacking.value)
    just_these = Principal(admin.organisation_id, "three@brightwater.example", frozenset(THREE))
    async with transactions.begin(just_these) as unit:
        await release_work_lock(unit, there, reason="x")


@pytest.mark.parametrize("seed", range(8))
async def test_p4_recalculating_gives_frozen_sides_as_they_were_and_all_others_as_if_nothing_were_frozen(
    transactions: Transactions, admin: Principal, world: World, seed: int
) -> None:
    """Both paths to the cent: amounts of before, amounts of a recalculation without any freeze, and with them."""
    chance = random.Random(seed)
    async with transactions.begin(admin) as unit:
        for number in range(30):
            day = MAY + timedelta(days=chance.randrange(60))
            await log(unit, world, str(1 + number % 4), day, project=chance.choice(["portal", "dashboard"]))
        await raise_rates(unit, world, "71.37", "133.33")
    before = await amounts(transactions, admin)
    async with transactions.begin(admin, dry_run=True) as unit:
        for project in (world.portal, world.dashboard):
            await recalculate_project(unit, project)
        free = {row.id: (row.cost_minor, row.revenue_minor) for row in await entries(unit)}
    freezes = [
        (chance.choice([None, world.portal, world.dashboard]), days(chance), chance.choice(list(FrozenSide)))
        for _ in range(3)
    ]
    async with transactions.begin(admin) as unit:
        for whose, period, side in freezes:
            await freeze_rates(unit, whose, period, side, reason=f"{period}")
        for project in (world.portal, world.dashboard):
            await recalculate_project(unit, project)
        for row in await entries(unit):
            sides = {
                side for whose, period, side in freezes if whose in (None, row.project_id) and row.work_date in period
            }
            cost = before if sides & {COST, BOTH} else free
            revenue = before if sides & {REVENUE, BOTH} else free
            assert (row.cost_minor, row.revenue_minor) == (cost[row.id][0], revenue[row.id][1])


def days(chance: random.Random) -> Period:
    return Period.inclusive(*sorted(MAY + timedelta(days=chance.randrange(60)) for _ in range(2)))


async def entries(unit: UnitOfWork) -> list[TimeEntryRow]:
    unit.session.expire_all()
    return await find_all(unit.session, TimeEntryRow, unit.organisation_id)


async def amounts(transactions: Transactions, admin: Principal) -> dict[int, tuple[int, int]]:
    async with transactions.begin(admin) as unit:
        return {row.id: (row.cost_minor, row.revenue_minor) for row in await entries(unit)}
