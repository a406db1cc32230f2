"""Rating the cost of billed hours again, where somebody asks for it, and taking it back (§4.3, C-01, CT-R1 to R3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError, NotAllowed
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import RateKind
from hourledger.core.work_locks import FrozenSide
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.lock_work import freeze_rates, lock_period
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.preview_changes import preview_changes
from hourledger.services.recalculation_runs import commit_preview, request_recalculation
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.undo_recalculation import undo_recalculation
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.listing.runs import RunChangeView
from models.queries.roll_ups import roll_up_differences
from models.secrets import SecretBox
from models.selecting import find_all
from models.tables import AuditRow, EventRow, RunKind
from tests.conftest import MovableClock
from tests.services.chain_rules import BROKEN_IF_FOUND, REACHABLE_BUT_COST
from tests.support.world import World, create_world, log

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)
Worth = dict[int, tuple[int, int]]


@dataclass
class Billed:
    """Bob costs 20 and bills 30 an hour; h1 (2 h) is billed, h2 (3 h) is free; then he costs 25 and bills 40."""

    transactions: Transactions
    admin: Principal
    clock: MovableClock
    world: World
    record: int = 0
    h1: int = 0
    h2: int = 0

    async def rates(self, unit: UnitOfWork, cost: str, billing: str) -> None:
        for kind, rate in ((RateKind.COST, cost), (RateKind.BILLING, billing)):
            scope = RateScope(kind, Level.PERSON, person_id=self.world.person)
            await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period(), replace_overlapping=True)

    async def recalculate(
        self, *, billed_cost: bool = True, kind: RunKind = RunKind.RECALCULATION, **scope: Any
    ) -> int:
        self.clock.move(minutes=1)
        async with self.transactions.begin(self.admin) as unit:
            wanted = RecalculationScope((self.world.portal,), includes_billed_cost=billed_cost, **scope)
            run = await request_recalculation(unit, wanted, reason="the payroll was late", kind=kind)
        return await self.work(run)

    async def undo(self, run: int) -> int:
        self.clock.move(minutes=1)
        async with self.transactions.begin(self.admin) as unit:
            undoing = await undo_recalculation(unit, run, reason="it was not")
        return await self.work(undoing)

    async def work(self, run: int) -> int:
        worker = Principal(self.admin.organisation_id, "worker", self.admin.permissions)
        await work_on(Tools(self.transactions, SecretBox([SecretStr(Fernet.generate_key().decode())])), worker, run)
        return run

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.transactions.database.session() as session:
            return [tuple(row) for row in await session.execute(text(query), values)]

    async def worth(self) -> Worth:
        found = await self.rows("SELECT id, cost_minor, revenue_minor FROM time_entry ORDER BY id")
        return {entry: (cost // 100, revenue // 100) for entry, cost, revenue in found}

    async def outcome(self, run: int) -> tuple[Any, ...]:
        (found,) = await self.rows(
            "SELECT outcome, changed, unchanged, frozen, cost_delta_minor, revenue_delta_minor "
            "FROM recalculation_project WHERE run_id = :run",
            run=run,
        )
        return found

    async def audits(self) -> list[AuditRow]:
        async with self.transactions.begin(self.admin) as unit:
            found = await find_all(unit.session, AuditRow, unit.organisation_id, action="change_billed_cost")
            return sorted(found, key=lambda one: one.id)

    async def untouched(self) -> list[tuple[Any, ...]]:
        """A fingerprint of all that the record stands on and wrote, but for its cost (I4)."""
        return [(await self.rows(query, record=self.record))[0] for query in REACHABLE_BUT_COST]

    async def require_sound(self) -> None:
        async with self.transactions.database.session() as session:
            assert await roll_up_differences(session) == []
        for rule, query in BROKEN_IF_FOUND.items():
            assert await self.rows(query, organisation=self.admin.organisation_id) == [], rule

    async def costs(self) -> list[tuple[Any, ...]]:
        """The cost actuals of h1, in order: amount and state."""
        return await self.rows(
            "SELECT amount_minor / 100, adjustment_status FROM actual "
            "WHERE time_entry_id = :entry AND transaction_type = 'COST' ORDER BY id",
            entry=self.h1,
        )


@pytest.fixture
async def billed(transactions: Transactions, admin: Principal, clock: MovableClock) -> AsyncIterator[Billed]:
    found = Billed(transactions, admin, clock, await create_world(transactions, admin))
    async with transactions.begin(admin) as unit:
        await found.rates(unit, "20", "30")
        found.h1 = await log(unit, found.world, "2", DAY)
        found.record = await create_billing_record(unit, BillingRequest([found.world.portal]))
        await confirm_billing_record(unit, found.record)
        await post_billing_record(unit, found.record)
        found.h2 = await log(unit, found.world, "3", NEXT)
    clock.move(minutes=1)
    async with transactions.begin(admin) as unit:
        await found.rates(unit, "25", "40")
    yield found
    await found.require_sound()


async def test_ct_r1_without_the_flag_a_billed_hour_keeps_both(billed: Billed) -> None:
    run = await billed.recalculate(billed_cost=False)
    assert await billed.worth() == {billed.h1: (40, 60), billed.h2: (75, 120)}
    assert await billed.outcome(run) == ("DONE", 1, 0, 1, 1500, 3000)
    assert await billed.audits() == []


@pytest.mark.parametrize("state", ["posted", "confirmed"])
async def test_ct_r2_with_the_flag_its_cost_moves_and_nothing_else_does(billed: Billed, state: str) -> None:
    expected = {billed.h1: (50, 60), billed.h2: (75, 120)}
    if state == "confirmed":
        async with billed.transactions.begin(billed.admin) as unit:
            other = await log(unit, billed.world, "1", NEXT)  # 25 and 40
            await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([billed.world.portal])))
            await billed.rates(unit, "26", "50")
        expected = {billed.h1: (52, 60), billed.h2: (78, 90), other: (26, 40)}
    before = await billed.untouched()
    run = await billed.recalculate()
    assert await billed.worth() == expected
    assert await billed.untouched() == before
    assert await billed.rows("SELECT sum(amount_minor) FROM billing_record_line WHERE billing_record_id = :id", id=billed.record) == [(6000,)]  # fmt: skip  # noqa: E501
    _, changed, unchanged, frozen, _, _ = await billed.outcome(run)
    assert (changed, unchanged, frozen) == (len(expected), 0, 0)
    again = await billed.recalculate()  # CT-R10
    assert await billed.outcome(again) == ("DONE", 0, len(expected), 0, 0, 0)


async def test_ct_r2_every_changed_hour_has_its_audit_row_and_a_valuation_that_says_why(billed: Billed) -> None:
    run = await billed.recalculate()
    (row,) = await billed.audits()
    assert (row.entity, row.entity_id, row.actor, row.reason) == (
        "time_entry", billed.h1, billed.admin.subject, "the payroll was late",
    )  # fmt: skip
    valuations = await billed.rows(
        "SELECT id, cause, cost_minor, revenue_minor FROM valuation WHERE time_entry_id = :entry ORDER BY id",
        entry=billed.h1,
    )
    assert [one[1:] for one in valuations] == [("LOGGED", 4000, 6000), ("BILLED_COST", 5000, 6000)]
    assert row.before == {"cost_minor": 4000, "valuation": valuations[0][0]}
    after = {"cost_minor": 5000, "valuation": valuations[1][0], "currency": "EUR", "run": run, "cause": "BILLED_COST"}
    assert row.after == after
    assert await billed.costs() == [(40, "ADJUSTED"), (-40, "UNADJUSTABLE"), (50, "STANDS")]
    async with billed.transactions.begin(billed.admin) as unit:
        why = await explain_entry(unit, billed.h1)
        assert (str(why.cost.rate), str(why.revenue.rate), why.replays) == ("25.00 EUR/h", "30.00 EUR/h", True)
        told = await find_all(unit.session, EventRow, unit.organisation_id, topic="PROJECT_FINANCES_CHANGED")
        (event,) = [one for one in told if one.payload["cause"] == "RECALCULATED"]
        assert (event.payload["changed"], event.payload["cost_delta_minor"]) == (2, 2500)


async def test_ct_r3_hours_on_a_draft_move_with_or_without_the_flag(billed: Billed) -> None:
    async with billed.transactions.begin(billed.admin) as unit:
        await create_billing_record(unit, BillingRequest([billed.world.portal]))
    await billed.recalculate()
    assert (await billed.worth())[billed.h2] == (75, 120)
    assert [row.entity_id for row in await billed.audits()] == [billed.h1]


LOCKS = """
    lock                  h1
    none                  (50, 60)
    freeze of cost        (40, 60)     # a work lock keeps it
    freeze of both        (40, 60)
    freeze of revenue     (50, 60)     # billing keeps that anyway
    period lock           (40, 60)
"""


@pytest.mark.parametrize("line", LOCKS.strip().splitlines()[1:])
async def test_what_a_work_lock_keeps_stays(billed: Billed, line: str) -> None:
    name, expected = line.partition("#")[0].strip().split("  ", 1)
    days = Period(DAY, NEXT)
    async with billed.transactions.begin(billed.admin) as unit:
        if name == "period lock":
            await lock_period(unit, billed.world.portal, days, reason="told")
        elif name != "none":
            side = FrozenSide(name.split()[-1].upper())
            await freeze_rates(unit, billed.world.portal, days, side, reason="told")
    await billed.recalculate()
    assert str((await billed.worth())[billed.h1]) == expected.strip()
    assert len(await billed.audits()) == (expected.strip() == "(50, 60)")


async def test_the_same_cost_by_another_rate_touches_nothing_that_is_billed(billed: Billed) -> None:
    async with billed.transactions.begin(billed.admin) as unit:
        await billed.rates(unit, "20", "40")
    before = await billed.rows("SELECT valuation_id, row_version FROM time_entry WHERE id = :id", id=billed.h1)
    await billed.recalculate()
    assert await billed.rows("SELECT valuation_id, row_version FROM time_entry WHERE id = :id", id=billed.h1) == before
    assert await billed.audits() == []


async def test_a_preview_shows_the_cost_of_billed_hours_and_is_done_as_shown(billed: Billed) -> None:
    preview = await billed.recalculate(kind=RunKind.PREVIEW)
    assert await billed.outcome(preview) == ("DONE", 2, 0, 0, 2500, 3000)
    assert (await billed.worth())[billed.h1] == (40, 60)
    assert await billed.audits() == []
    shown = await changes(billed, preview)
    assert [(one.cost_after_minor, one.revenue_after_minor, one.is_cap_moved) for one in shown] == [
        (5000, 6000, False),
        (7500, 12000, False),
    ]
    assert "follows" in shown[0].provenance_after["revenue"]
    async with billed.transactions.begin(billed.admin) as unit:
        run = await commit_preview(unit, preview, reason="as shown")
    await billed.work(run)
    assert await billed.outcome(run) == ("DONE", 2, 0, 0, 2500, 3000)
    assert [row.reason for row in await billed.audits()] == ["as shown"]


async def changes(billed: Billed, preview: int) -> list[RunChangeView]:
    ((digest, scope),) = await billed.rows(
        "SELECT p.digest, r.scope FROM recalculation_project p JOIN recalculation_run r ON r.id = p.run_id "
        "WHERE r.id = :run",
        run=preview,
    )
    async with billed.transactions.begin(billed.admin, dry_run=True) as unit:
        found, _ = await preview_changes(
            unit, billed.world.portal, RecalculationScope.from_json(scope), digest=digest, limit=10
        )
        return found


async def test_undoing_gives_billed_hours_their_cost_back_with_an_audit_row_each(billed: Billed) -> None:
    before = await billed.untouched()
    undone = await billed.undo(await billed.recalculate())
    assert await billed.worth() == {billed.h1: (40, 60), billed.h2: (60, 90)}
    assert await billed.outcome(undone) == ("DONE", 2, 0, 0, -2500, -3000)
    assert await billed.untouched() == before
    there, back = await billed.audits()
    assert ((back.before or {})["cost_minor"], (back.after or {})["cost_minor"]) == (5000, 4000)
    assert (back.actor, back.reason, there.reason) == (billed.admin.subject, "it was not", "the payroll was late")
    assert [amount for amount, state in await billed.costs() if state == "STANDS"] == [40]
    await billed.recalculate()  # once more, from there
    assert (await billed.worth())[billed.h1] == (50, 60)


async def test_undoing_leaves_the_cost_of_hours_that_were_billed_after_the_run(billed: Billed) -> None:
    run = await billed.recalculate()
    async with billed.transactions.begin(billed.admin) as unit:
        await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([billed.world.portal])))
    undone = await billed.undo(run)
    assert await billed.worth() == {billed.h1: (40, 60), billed.h2: (75, 120)}
    assert await billed.outcome(undone) == ("DONE", 1, 0, 1, -1000, 0)


async def test_undoing_leaves_what_was_rated_again_or_frozen_since(billed: Billed) -> None:
    first = await billed.recalculate()
    async with billed.transactions.begin(billed.admin) as unit:
        await freeze_rates(unit, billed.world.portal, Period(DAY, NEXT), FrozenSide.COST, reason="told")
        await freeze_rates(unit, billed.world.portal, Period(NEXT, None), FrozenSide.REVENUE, reason="told")
    await billed.undo(first)
    assert await billed.worth() == {billed.h1: (50, 60), billed.h2: (75, 120)}


async def test_undoing_the_first_of_two_changes_nothing_that_the_second_rated(billed: Billed) -> None:
    first = await billed.recalculate()
    async with billed.transactions.begin(billed.admin) as unit:
        await billed.rates(unit, "35", "40")
    second = await billed.recalculate()
    await billed.undo(first)
    assert (await billed.worth())[billed.h1] == (70, 60)
    await billed.undo(second)
    assert (await billed.worth())[billed.h1] == (50, 60)


# A valuation of h1 that somebody appends, and what it is then given as.
FORGED: dict[str, tuple[str, str, str | None]] = {
    #                       valuation: changes                 time entry: changes                    refused with
    "what is allowed":      ("cost_minor = 4100",              "",                                    None),
    "another cause":        ("cause = 'RECALCULATED'",         "",                                    "BILLED"),
    "an undo of nothing":   ("cause = 'UNDONE'",               "",                                    "BILLED"),
    "of another hour":      ("time_entry_id = :h2",            "",                                    "BILLED"),
    "other revenue":        ("revenue_minor = 6100",           "",                                    "BILLED"),
    "revenue along":        ("revenue_minor = 6100",           ", revenue_minor = 6100",              "BILLED"),
    "revenue alone":        ("revenue_minor = 6000",           ", revenue_minor = 6100",              "BILLED"),
    "uncapped revenue":     ("uncapped_revenue_minor = 9000",  "",                                    "BILLED"),
    "other hours":          ("seconds = 60",                   "",                                    "BILLED"),
    "a note along":         ("cost_minor = 4100",              ", note = 'x'",                        "BILLED"),
    "unlocked along":       ("cost_minor = 4100",              ", is_locked = false",                 "BILLED"),
    "another cost than it": ("cost_minor = 4100",              ", cost_minor = 4200",                 "BILLED"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
async def test_ct_r6_the_database_takes_no_other_change_of_a_billed_hour(billed: Billed, name: str) -> None:
    valuation, entry, refused = FORGED[name]
    column, value = valuation.split(" = ")
    moved = {"cost_minor": "cost_minor", "cause": "'BILLED_COST'", column: value}
    extra = dict(one.strip().split(" = ") for one in entry.split(",") if one.strip())
    columns = (
        "organisation_id, time_entry_id, work_date, seconds, currency, cost_minor, revenue_minor, "
        "uncapped_revenue_minor, reason_id, cause"
    )
    selected = ", ".join(moved.get(one, one) for one in columns.split(", "))
    assigned = {"cost_minor": "added.cost_minor", "valuation_id": "added.id", **extra}
    code = None
    try:
        async with billed.transactions.begin(billed.admin, dry_run=True) as unit:
            await unit.session.execute(
                text(f"""
                    WITH added AS (
                        INSERT INTO valuation ({columns}, recorded_at)
                        SELECT {selected}, now() FROM valuation WHERE time_entry_id = :h1 RETURNING *
                    )
                    UPDATE time_entry e SET {", ".join(f"{one} = {to}" for one, to in assigned.items())}
                    FROM added WHERE e.id = :h1
                """),
                {"h1": billed.h1, "h2": billed.h2},
            )
    except HourledgerError as error:
        code = error.code
    assert code == refused


async def test_ct_r6_an_undo_gives_back_what_was_before_and_nothing_else(billed: Billed) -> None:
    await billed.recalculate()
    statement = """
        WITH added AS (
            INSERT INTO valuation (organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                revenue_minor, uncapped_revenue_minor, reason_id, cause, recorded_at)
            SELECT organisation_id, time_entry_id, work_date, seconds, currency, cast(:cost AS bigint), revenue_minor,
                   uncapped_revenue_minor, reason_id, 'UNDONE', now()
            FROM valuation WHERE time_entry_id = :h1 ORDER BY id DESC LIMIT 1 RETURNING *
        )
        UPDATE time_entry e SET cost_minor = added.cost_minor, valuation_id = added.id FROM added WHERE e.id = :h1
    """
    async with billed.transactions.begin(billed.admin, dry_run=True) as unit:
        await unit.session.execute(text(statement), {"h1": billed.h1, "cost": 4000})
    with pytest.raises(NotAllowed):
        async with billed.transactions.begin(billed.admin, dry_run=True) as unit:
            await unit.session.execute(text(statement), {"h1": billed.h1, "cost": 1})
