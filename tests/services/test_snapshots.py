"""Snapshots on a real database: complete, of one instant, unchangeable, comparable at once (§1.17, §10 P26)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Conflict, Denied, Invalid, Missing
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.snapshots import SIGHTS, ChangeType, Fact, FactChange, FactKind
from hourledger.core.work import RateKind
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.attach_rate_card import attach_rate_card, push_rate_card
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.delete_project import delete_project, restore_project
from hourledger.services.edit_project import edit_project
from hourledger.services.measures import project_measures
from hourledger.services.rate_cards import CardDraft, create_rate_card
from hourledger.services.risks import RiskDraft, add_risk, delete_risk
from hourledger.services.role_budgets import set_role_budget
from hourledger.services.set_billing_role import set_billing_role
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_organisation
from hourledger.services.snapshots import compare_snapshots, delete_snapshot, read_snapshot, take_snapshot
from hourledger.transactions import Transactions
from models.queries.rate_lines import load_rates
from models.selecting import find_all
from models.tables import AuditRow, EventRow, SnapshotFactRow, SnapshotRow
from tests.conftest import MovableClock
from tests.services.rate_world import without
from tests.support.world import World, create_world, log

MONDAY = date(2026, 6, 1)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal, clock: MovableClock) -> World:
    """The portal with something of every kind."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        card = await create_rate_card(unit, CardDraft("Soda"))
        on_card = RateScope(RateKind.BILLING, Level.RATE_CARD, rate_card_id=card, role_id=world.role)
        await set_rate(unit, on_card, HourlyRate.of("130", "EUR"), Period())
        costs = await create_rate_card(unit, CardDraft("Wages"), RateKind.COST)
        on_costs = RateScope(RateKind.COST, Level.RATE_CARD, rate_card_id=costs, role_id=world.role)
        await set_rate(unit, on_costs, HourlyRate.of("61", "EUR"), Period())
    clock.move(minutes=1)
    async with transactions.begin(admin) as unit:
        for one in (card, costs):
            await attach_rate_card(unit, one, world.portal)
        own = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=world.portal, role_id=world.role)
        await set_rate(unit, own, HourlyRate.of("120", "EUR"), Period())
        await set_billing_role(unit, world.portal, world.person, world.role, Period(MONDAY, None))
        await set_exchange_rates(unit, "GBP", [(MONDAY, Decimal("0.85"))], source="agreed", project_id=world.portal)
        await add_expense(unit, ExpenseDraft(world.portal, "Travel", "Train", planned_minor=5000, paid_on=MONDAY))
        await add_risk(
            unit, world.portal, RiskDraft("Fire", potential_cost=Decimal(1000), probability_percent=Decimal(10))
        )
        await set_role_budget(unit, world.portal, world.role, MONDAY, 36_000)
        await edit_project(unit, world.portal, {"planned_benefit": Decimal(9000), "budget": Decimal(5000)})
        await log(unit, world, "8", MONDAY)
        await create_billing_record(unit, BillingRequest([world.portal]))
    clock.move(minutes=1)
    return world


async def take(transactions: Transactions, who: Principal, project: int, name: str = "Start") -> int:
    async with transactions.begin(who, one_state=True) as unit:
        return await take_snapshot(unit, project, name)


async def compare(
    transactions: Transactions, who: Principal, before: int, after: int | None = None
) -> list[FactChange]:
    async with transactions.begin(who, one_state=True) as unit:
        return await compare_snapshots(unit, before, after)


async def facts_of(transactions: Transactions, who: Principal, snapshot: int) -> list[Fact]:
    async with transactions.begin(who) as unit:
        return (await read_snapshot(unit, snapshot))[1]


def one_of(facts: list[Fact], kind: FactKind) -> Fact:
    [found] = [one for one in facts if one.kind is kind]
    return found


async def test_tick_106_a_snapshot_has_something_of_every_kind_with_its_figures(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    facts = await facts_of(transactions, admin, await take(transactions, admin, world.portal))
    assert {one.kind for one in facts} == set(FactKind)
    assert [one.kind for one in facts] == sorted((one.kind for one in facts), key=list(FactKind).index)
    assert all(set(one.values) <= set(SIGHTS[one.kind].fields) for one in facts)
    async with transactions.begin(admin) as unit:
        measures = (await project_measures(unit, [world.portal]))[world.portal]
    project = one_of(facts, FactKind.PROJECT).values
    assert project["actual_labor"] == measures.actual_labor_cost == Money.of(8 * 50, "EUR")
    assert project["net_value"] == measures.value.net_value
    assert project["draft_revenue"] == measures.draft_revenue
    assert one_of(facts, FactKind.TASK).values["actual_labor"] == measures.tasks[world.build].actual_labor_cost
    assert one_of(facts, FactKind.EXPENSE).values["planned_amount"] == Money.of(50, "EUR")
    line = one_of(facts, FactKind.BILLING_LINE).values
    assert (line["quantity"], line["amount"]) == ("8.00", measures.draft_revenue)


async def test_tick_106_rates_are_those_that_the_search_finds_each_with_its_source(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    facts = await facts_of(transactions, admin, await take(transactions, admin, world.portal))
    kinds = {FactKind.BILLING_RATE, FactKind.COST_RATE}
    rates = [
        (one.values["kind"], one.values["source"], one.values["rate"], one.values.get("rate_card"))
        for one in facts
        if one.kind in kinds
    ]
    assert rates == [
        ("BILLING", "PROJECT_ROLE", "120.00 EUR/h", None),
        ("BILLING", "RATE_CARD", "130.00 EUR/h", "Soda"),
        ("BILLING", "PERSON", "100.00 EUR/h", None),
        ("COST", "RATE_CARD", "61.00 EUR/h", "Wages"),
        ("COST", "PERSON", "50.00 EUR/h", None),
    ]
    async with transactions.begin(admin) as unit:
        searched = await load_rates(
            unit.session, admin.organisation_id, person_ids=[world.person], project_ids=[world.portal], positions={}
        )
    assert sorted(str(rate) for _, _, rate, _ in rates) == sorted(str(line.rate) for _, line in searched)


async def test_nothing_happened_nothing_differs_and_now_is_like_a_snapshot(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    before = await take(transactions, admin, world.portal)
    clock.move(days=1)
    after = await take(transactions, admin, world.portal, "Later")
    assert await compare(transactions, admin, before, after) == []
    assert await compare(transactions, admin, before) == []


async def test_p26_any_two_are_compared_at_once_with_what_was_added_removed_and_changed(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    before = await take(transactions, admin, world.portal)
    clock.move(minutes=1)
    async with transactions.begin(admin) as unit:
        own = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=world.portal, role_id=world.role)
        await set_rate(unit, own, HourlyRate.of("125", "EUR"), Period(), replace_overlapping=True)
        await add_expense(unit, ExpenseDraft(world.portal, "Travel", "Hotel", planned_minor=7000, paid_on=MONDAY))
        [risk] = await find_all(unit.session, SnapshotFactRow, unit.organisation_id, kind=FactKind.RISK)
        await delete_risk(unit, int(risk.key))
    changes = await compare(transactions, admin, before)
    shown = {
        (one.kind.value, one.label, one.change): {f.field: (f.before, f.after) for f in one.fields} for one in changes
    }
    rate = shown["BILLING_RATE", "Developer (PROJECT_ROLE)", ChangeType.CHANGED]
    assert rate == {"rate": ("120.00 EUR/h", "125.00 EUR/h")}
    assert shown["EXPENSE", "Hotel", ChangeType.ADDED]["planned_amount"] == (None, Money.of(70, "EUR"))
    assert shown["RISK", "Fire", ChangeType.REMOVED]["potential_cost"] == (Money.of(1000, "EUR"), None)
    project = shown["PROJECT", "PORTAL Collection Portal", ChangeType.CHANGED]
    assert project["planned_expense"] == (Money.of(50, "EUR"), Money.of(120, "EUR"))
    assert project["planned_risk"] == (Money.of(100, "EUR"), Money.of(0, "EUR"))
    assert len(shown) == 4
    after = await take(transactions, admin, world.portal, "Later")
    assert await compare(transactions, admin, before, after) == changes
    back = await compare(transactions, admin, after, before)
    assert [(one.kind, one.key) for one in back] == [(one.kind, one.key) for one in changes]


async def test_p11_a_card_that_is_edited_is_another_one_only_once_it_is_pushed(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    before = await take(transactions, admin, world.portal)
    facts = await facts_of(transactions, admin, before)
    cards = {one.label: one.key for one in facts if one.kind is FactKind.BILLING_CARD}
    assert cards.keys() == {"Soda", "Meridian Museum"}  # the customer's rates were attached with the customer
    number = int(cards["Soda"].removeprefix("card").split(":")[0])
    async with transactions.begin(admin) as unit:
        scope = RateScope(RateKind.BILLING, Level.RATE_CARD, rate_card_id=number, role_id=world.role)
        await set_rate(unit, scope, HourlyRate.of("140", "EUR"), Period(), replace_overlapping=True)
    assert await compare(transactions, admin, before) == []
    clock.move(minutes=1)
    async with transactions.begin(admin) as unit:
        await push_rate_card(unit, number, [world.portal])
    changes = await compare(transactions, admin, before)
    assert [(one.kind, [field.field for field in one.fields]) for one in changes] == [
        (FactKind.BILLING_CARD, ["as_known_at"]),
        (FactKind.BILLING_RATE, ["rate"]),
    ]


async def test_9_1_who_may_not_see_rates_sees_none_read_or_compared(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    before = await take(transactions, admin, world.portal)
    clock.move(minutes=1)
    async with transactions.begin(admin) as unit:
        paid = RateScope(RateKind.COST, Level.PERSON, person_id=world.person)
        await set_rate(unit, paid, HourlyRate.of("55", "EUR"), Period(), replace_overlapping=True)
    no_cost = without(admin, Permission.VIEW_COST_RATES)
    facts = await facts_of(transactions, no_cost, before)
    assert {FactKind.COST_RATE, FactKind.COST_CARD}.isdisjoint(one.kind for one in facts)
    assert one_of(facts, FactKind.PROJECT).values.keys().isdisjoint({"actual_labor", "net_value", "actual_cost"})
    assert [one.kind for one in await compare(transactions, admin, before)] == [FactKind.COST_RATE]
    assert await compare(transactions, no_cost, before) == []
    nobody = Principal(admin.organisation_id, "guest", frozenset({Permission.VIEW_PROJECTS}))
    seen = await facts_of(transactions, nobody, before)
    assert not any(isinstance(value, Money) for one in seen for value in one.values.values())


async def test_a_snapshot_is_of_one_instant_whatever_others_commit_meanwhile(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin, one_state=True) as slow:
        await slow.session.get(SnapshotRow, 0)
        async with transactions.begin(admin) as unit:
            await add_expense(unit, ExpenseDraft(world.portal, "Travel", "Late", planned_minor=1, paid_on=MONDAY))
        snapshot = await take_snapshot(slow, world.portal, "Slow")
    facts = await facts_of(transactions, admin, snapshot)
    assert "Late" not in [one.label for one in facts]
    assert one_of(facts, FactKind.PROJECT).values["planned_expense"] == Money.of(50, "EUR")


async def test_a_unit_of_work_that_could_see_two_instants_takes_no_snapshot(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    with pytest.raises(AssertionError):
        async with transactions.begin(admin) as unit:
            await take_snapshot(unit, world.portal, "Start")


async def test_what_is_refused_leaves_nothing(transactions: Transactions, admin: Principal, world: World) -> None:
    first = await take(transactions, admin, world.portal)
    other = await take(transactions, admin, world.dashboard)
    with pytest.raises(Conflict) as taken:
        await take(transactions, admin, world.portal)
    assert taken.value.code == "SNAPSHOT_EXISTS"
    with pytest.raises(Invalid) as unnamed:
        await take(transactions, admin, world.portal, " ")
    assert unnamed.value.code == "NAME_INVALID"
    with pytest.raises(Missing) as nowhere:
        await take(transactions, admin, 0)
    assert nowhere.value.code == "PROJECT_UNKNOWN"
    with pytest.raises(Denied):
        await take(transactions, without(admin, Permission.EDIT_PROJECTS), world.portal, "Other")
    with pytest.raises(Invalid) as mixed:
        await compare(transactions, admin, first, other)
    assert mixed.value.code == "OTHER_PROJECT"
    with pytest.raises(Missing) as unknown:
        await compare(transactions, admin, first, 0)
    assert (unknown.value.code, unknown.value.field) == ("SNAPSHOT_UNKNOWN", "to")
    async with transactions.begin(admin) as unit:
        assert len(await find_all(unit.session, SnapshotRow, unit.organisation_id)) == 2


async def test_deleting_one_is_audited_told_and_leaves_the_others(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    first, second = [await take(transactions, admin, world.portal, name) for name in ("Start", "Later")]
    kept = await facts_of(transactions, admin, second)
    async with transactions.begin(admin) as unit:
        await delete_snapshot(unit, first, reason="a mistake")
    async with transactions.begin(admin) as unit:
        [audited] = await find_all(unit.session, AuditRow, unit.organisation_id, entity="snapshot", action="delete")
        assert (audited.reason, audited.before and audited.before["name"]) == ("a mistake", "Start")
        assert await find_all(unit.session, EventRow, unit.organisation_id, topic="SNAPSHOT_DELETED") != []
    assert await facts_of(transactions, admin, second) == kept
    with pytest.raises(Missing):
        await facts_of(transactions, admin, first)
    with pytest.raises(Missing):
        async with transactions.begin(admin) as unit:
            await delete_snapshot(unit, first)


async def test_another_organisation_finds_none_of_them(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    snapshot = await take(transactions, admin, world.portal)
    async with transactions.database.session() as session:
        other = await create_organisation(session, "Other", base_currency="EUR", time_zone="UTC")
        await session.commit()
    stranger = Principal(other.id, "stranger", admin.permissions)
    with pytest.raises(Missing):
        await facts_of(transactions, stranger, snapshot)
    with pytest.raises(Missing):
        await compare(transactions, stranger, snapshot)


async def test_1_17_a_snapshot_outlives_its_project_which_has_no_now_any_more(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    start = await take(transactions, admin, world.dashboard)
    async with transactions.begin(admin) as unit:
        await edit_project(unit, world.dashboard, {"fixed_cost": Decimal(100)})
    later = await take(transactions, admin, world.dashboard, "Later")
    changed = await compare(transactions, admin, start, later)
    assert changed
    async with transactions.begin(admin) as unit:
        await delete_project(unit, world.dashboard)
    assert await compare(transactions, admin, start, later) == changed
    with pytest.raises(Missing) as caught:
        await compare(transactions, admin, start)
    assert (caught.value.code, caught.value.field) == ("PROJECT_UNKNOWN", "to")
    async with transactions.begin(admin) as unit:
        await restore_project(unit, world.dashboard)
    assert await compare(transactions, admin, start) == changed
