"""Rates on every level: set one range, set several, take them away (project-finances §1.14, §3.1, §10 P12, P13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import Denied, HourledgerError, Invalid, Missing, NotAllowed
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.pricing import price_of
from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from hourledger.services.adjust_rates import adjust_rates, lock_rates
from hourledger.services.import_rate_card import import_rate_card
from hourledger.services.remove_rate import gaps_of_scope, remove_rate
from hourledger.services.set_rate import RateChange, RateScope, set_rate, set_rates
from hourledger.transactions import Transactions
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, AuditRow, EventRow, ProjectRow, RateLineRow
from tests.core.tables import table
from tests.services.rate_world import Rates, price, span, without
from tests.support.world import create_world


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Rates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Rates(unit, world, {"Developer": world.role})


LEVELS = """
    level             ids                           refused with
    PERSON            person                        -
    ROLE              role                          -
    COMPANY_ROLE      company, role                 -
    COMPANY_PERSON    company, person               -
    COMPANY_ANYONE    company                       -
    PROJECT_ROLE      project, role                 -
    PROJECT_PERSON    project, person               -
    PROJECT_ANYONE    project                       -
    TASK_PERSON       task, person                  -
    TASK_ANYONE       task                          -
    ASSIGNMENT        assignment                    -
    RATE_CARD         rate_card, role               -
    ANYONE            none                          -
    ANYONE            person                        SCOPE_INCOMPLETE
    ROLE              none                          SCOPE_INCOMPLETE
    RATE_CARD         rate_card                     SCOPE_INCOMPLETE
    COMPANY_ROLE      company, role, project        SCOPE_INCOMPLETE
    TASK              task                          SCOPE_INCOMPLETE     # typed on the task itself
    PRESERVED_PERSON  assignment                    SCOPE_INCOMPLETE     # written by the system only
    PRESERVED_ROLE    assignment                    SCOPE_INCOMPLETE
"""


@pytest.mark.parametrize("kind", [RateKind.COST, RateKind.BILLING])
async def test_p13_every_level_has_rates_of_both_kinds(rates: Rates, kind: RateKind) -> None:
    world = rates.world
    [assignment] = await find_all(rates.unit.session, AssignmentRow, rates.unit.organisation_id)
    known = {
        "person": world.person,
        "role": world.role,
        "company": world.museum,
        "project": world.portal,
        "task": world.build,
        "assignment": assignment.id,
        "rate_card": await rates.card(kind=kind),
    }
    before = await count(rates)
    for level, ids, refused in table(LEVELS):
        given = {f"{one}_id": known[one] for one in ids.split(", ") if one != "none"}
        scope = RateScope(kind, Level(level), **given)
        try:
            await set_rate(rates.unit, scope, price("10"), Period(), replace_overlapping=True)
            outcome = "-"
        except HourledgerError as error:
            outcome = error.code
        assert outcome == refused, (level, ids)
    assert await count(rates) == before + 12  # of 13 levels PERSON has a rate already, which was replaced


async def count(rates: Rates) -> int:
    return len(await find_all(rates.unit.session, RateLineRow, rates.unit.organisation_id, retired_at=None))


BASES = """
    kind     level      basis      locked  outcome
    BILLING  ROLE       TIME       no      -
    BILLING  ROLE       ENTRY      no      -
    BILLING  ROLE       COST_PLUS  no      -
    BILLING  ROLE       PERCENT    no      BASIS_NOT_HERE   # only a markup is a percentage on top
    COST     ROLE       TIME       no      -
    COST     ROLE       ENTRY      no      -
    COST     ROLE       COST_PLUS  no      BASIS_NOT_HERE   # on top of itself
    COST     ROLE       PERCENT    no      BASIS_NOT_HERE
    MARKUP   ROLE       PERCENT    no      -
    MARKUP   ROLE       TIME       no      BASIS_NOT_HERE
    MARKUP   ROLE       COST_PLUS  no      BASIS_NOT_HERE
    MARKUP   RATE_CARD  PERCENT    yes     -
    BILLING  RATE_CARD  TIME       yes     -
    BILLING  RATE_CARD  COST_PLUS  no      -
    BILLING  ROLE       TIME       yes     LOCK_NOT_HERE
    COST     RATE_CARD  TIME       no      KIND_OF_CARD     # the card has billing rates
"""


async def test_4_4_which_kind_can_say_what(rates: Rates) -> None:
    for number, (kind, level, basis, locked, expected) in enumerate(table(BASES)):
        ids = {"rate_card_id": await rates.card(f"Card {number}")} if level == "RATE_CARD" else {}
        scope = RateScope(RateKind(kind), Level(level), role_id=rates.world.role, **ids)
        currency = "EUR" if basis in ("TIME", "ENTRY") else None
        said = price_of(Decimal(10), currency, RateBasis(basis), is_locked=locked == "yes")
        try:
            await set_rate(rates.unit, scope, said, Period(), replace_overlapping=True)
            outcome = "-"
        except HourledgerError as error:
            outcome = error.code
        assert outcome == expected, (kind, level, basis, locked)


async def test_p12_one_range_is_set_and_the_others_stay(rates: Rates) -> None:
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, role_id=rates.world.role, project_id=rates.world.portal)
    first = await set_rate(rates.unit, scope, price("20"), span("..2017-06-23"))
    await set_rate(rates.unit, scope, price("30"), span("2017-06-24..2017-06-30"))
    rates.tick()
    last = await set_rate(rates.unit, scope, price("40"), span("2017-07-01.."))

    line = await select_one(rates.unit.session, RateLineRow, rates.unit.organisation_id, first)
    assert line is not None
    assert await rates.in_force(line.scope_id) == [  # CT-38
        "20 always to 2017-06-23",
        "30 2017-06-24 to 2017-06-30",
        "40 2017-07-01 to open end",
    ]
    assert line.retired_at is None
    assert await gaps_of_scope(rates.unit, line.scope_id) == []
    assert last > first


async def test_ct_13_a_zero_is_kept_and_a_gap_is_told(rates: Rates) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    line_id = await set_rate(rates.unit, scope, price("0"), span("..2017-06-11"))
    await set_rate(rates.unit, scope, price("45"), span("2017-06-12..2017-06-17"))
    await set_rate(rates.unit, scope, price("95"), span("2017-06-21.."))
    line = await select_one(rates.unit.session, RateLineRow, rates.unit.organisation_id, line_id)
    assert line is not None
    assert line.rate_scaled == 0
    assert await gaps_of_scope(rates.unit, line.scope_id) == [span("2017-06-18..2017-06-20")]


async def test_ct_r9_a_project_override_keeps_its_own_days(rates: Rates) -> None:
    """That it stretches outward is a rule of reading; what is stored is what was typed."""
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, role_id=rates.world.role, project_id=rates.world.portal)
    one = await set_rate(rates.unit, scope, price("20"), span("2026-06-01..2026-06-10"))
    await set_rate(rates.unit, scope, price("30"), span("2026-06-21..2026-06-30"))
    line = await select_one(rates.unit.session, RateLineRow, rates.unit.organisation_id, one)
    assert line is not None
    assert (line.valid_from, line.valid_until) == (
        span("2026-06-01..2026-06-10").valid_from,
        span("2026-06-11..").valid_from,
    )
    assert await gaps_of_scope(rates.unit, line.scope_id) == [span("2026-06-11..2026-06-20")]


async def test_ct_49_cost_and_billing_of_a_person_change_on_the_same_day(rates: Rates) -> None:
    for kind, old, new in ((RateKind.BILLING, "30", "40"), (RateKind.COST, "20", "22")):
        scope = RateScope(kind, Level.PERSON, person_id=rates.world.person)
        await set_rate(rates.unit, scope, price(old), Period(), replace_overlapping=True)
        line_id = await set_rate(rates.unit, scope, price(new), span("2026-03-31.."))
        line = await select_one(rates.unit.session, RateLineRow, rates.unit.organisation_id, line_id)
        assert line is not None
        expected = [f"{old} always to 2026-03-30", f"{new} 2026-03-31 to open end"]
        assert await rates.in_force(line.scope_id) == expected


async def test_a_piece_keeps_unit_and_basis(rates: Rates) -> None:
    """§4.3: 1,000 per India Day of ten hours stays just that when its days are cut."""
    card = await rates.card()
    scope = RateScope(RateKind.BILLING, Level.RATE_CARD, role_id=rates.world.role, rate_card_id=card)
    day = replace(price("1000"), rate=HourlyRate.of("1000", "INR", 36_000))
    await set_rate(rates.unit, scope, day, Period())
    line_id = await set_rate(rates.unit, scope, price("90"), span("2026-06-01..2026-06-30"), replace_overlapping=True)
    line = await select_one(rates.unit.session, RateLineRow, rates.unit.organisation_id, line_id)
    assert line is not None
    lines = await find_all(
        rates.unit.session, RateLineRow, rates.unit.organisation_id, scope_id=line.scope_id, retired_at=None
    )
    pieces = [(one.rate_scaled, one.unit_seconds) for one in lines if one.id != line_id]
    assert pieces == [(10_000_000, 36_000)] * 2


async def test_saying_what_is_said_already_writes_nothing(rates: Rates) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    first = await set_rate(rates.unit, scope, price("45"), span("2026-01-01.."))
    events = len(await find_all(rates.unit.session, EventRow, rates.unit.organisation_id))
    assert await set_rate(rates.unit, scope, price("45"), span("2026-02-01..2026-02-28")) == first
    assert len(await find_all(rates.unit.session, EventRow, rates.unit.organisation_id)) == events


async def test_an_overlap_inside_is_refused_and_named(rates: Rates) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    await set_rate(rates.unit, scope, price("45"), span("2026-01-01..2026-06-30"))
    with pytest.raises(Invalid, match=r"45.00 EUR/h is in force 2026-01-01 to 2026-06-30") as caught:
        await set_rate(rates.unit, scope, price("50"), span("2026-06-30.."))
    assert (caught.value.code, caught.value.field) == ("RATE_OVERLAP", "validFrom")


async def test_several_ranges_are_set_together_and_the_wrong_one_is_named(
    transactions: Transactions, admin: Principal, rates: Rates
) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    good = [RateChange(scope, price("20"), span("..2026-05-31")), RateChange(scope, price("30"), span("2026-06-01.."))]
    lines = await set_rates(rates.unit, good)
    assert len(set(lines)) == 2
    with pytest.raises(Invalid) as caught:
        await set_rates(rates.unit, [*good, RateChange(scope, price("9"), span("2026-05-01..2026-05-02"))])
    assert (caught.value.code, caught.value.field) == ("RATE_OVERLAP", "rates.2.validFrom")


async def test_a_rate_is_taken_away_for_good_or_for_some_days(rates: Rates) -> None:
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    line_id = await set_rate(rates.unit, scope, price("45"), span("2026-01-01..2026-06-30"))
    rates.tick()
    await remove_rate(rates.unit, line_id, period=span("2026-03-01..2026-03-31"))
    line = await select_one(rates.unit.session, RateLineRow, rates.unit.organisation_id, line_id)
    assert line is not None
    assert line.retired_at == rates.unit.now
    assert await rates.in_force(line.scope_id) == ["45 2026-01-01 to 2026-02-28", "45 2026-04-01 to 2026-06-30"]
    assert await gaps_of_scope(rates.unit, line.scope_id) == [span("2026-03-01..2026-03-31")]
    with pytest.raises(Missing) as caught:
        await remove_rate(rates.unit, line_id)
    assert caught.value.code == "RATE_LINE_UNKNOWN"
    [audit] = [
        one
        for one in await find_all(rates.unit.session, AuditRow, rates.unit.organisation_id, entity="rate_line")
        if one.action == "remove_rate"
    ]
    assert audit.before == {"rate": "45.00 EUR/h", "period": "2026-01-01 to 2026-06-30", "scope": line.scope_id}


PRESERVED = """
    level           kind     outcome
    PROJECT_ROLE    BILLING  RATES_PRESERVED
    PROJECT_PERSON  BILLING  RATES_PRESERVED
    PROJECT_ANYONE  BILLING  RATES_PRESERVED
    ASSIGNMENT      BILLING  RATES_PRESERVED
    TASK_PERSON     BILLING  RATES_PRESERVED
    PROJECT_ROLE    MARKUP   RATES_PRESERVED
    PROJECT_ROLE    COST     -                  # cost keeps moving
    PERSON          BILLING  -
"""


async def test_3_8_a_project_that_preserves_its_rates_refuses_overrides(rates: Rates) -> None:
    project = await select_one(rates.unit.session, ProjectRow, rates.unit.organisation_id, rates.world.portal)
    assert project is not None
    scope = RateScope(
        RateKind.BILLING, Level.PROJECT_PERSON, person_id=rates.world.person, project_id=rates.world.portal
    )
    earlier = await set_rate(rates.unit, scope, price("20"), Period())
    project.preserve_billing_rates = True
    rates.unit.session.add(project)
    await rates.unit.session.flush()
    [assignment] = await find_all(rates.unit.session, AssignmentRow, rates.unit.organisation_id)
    ids = {
        "PROJECT_ROLE": {"project_id": project.id, "role_id": rates.world.role},
        "PROJECT_PERSON": {"project_id": project.id, "person_id": rates.world.person},
        "PROJECT_ANYONE": {"project_id": project.id},
        "ASSIGNMENT": {"assignment_id": assignment.id},
        "TASK_PERSON": {"task_id": rates.world.build, "person_id": rates.world.person},
        "PERSON": {"person_id": rates.world.person},
    }
    for level, kind, expected in table(PRESERVED):
        said = price_of(Decimal(5), None, RateBasis.PERCENT) if kind == "MARKUP" else price("25")
        try:
            one = RateScope(RateKind(kind), Level(level), **ids[level])
            await set_rate(rates.unit, one, said, Period(), replace_overlapping=True)
            outcome = "-"
        except HourledgerError as error:
            outcome = error.code
        assert outcome == expected, (level, kind)
    with pytest.raises(NotAllowed):
        await remove_rate(rates.unit, earlier)
    with pytest.raises(NotAllowed):
        await adjust_rates(rates.unit, [earlier], Decimal(10))


async def test_9_4_cost_and_billing_rates_need_their_own_right(rates: Rates, admin: Principal) -> None:
    billing = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    cost = RateScope(RateKind.COST, Level.ROLE, role_id=rates.world.role)
    markup = RateScope(RateKind.MARKUP, Level.ROLE, role_id=rates.world.role)
    line = await set_rate(rates.unit, cost, price("5"), Period())
    rates.unit.principal = without(admin, "EDIT_BILLING_RATES")
    for scope, said in ((billing, price("1")), (markup, price_of(Decimal(5), None, RateBasis.PERCENT))):
        with pytest.raises(Denied):
            await set_rate(rates.unit, scope, said, Period())
    await set_rate(rates.unit, cost, price("6"), Period(), replace_overlapping=True)
    rates.unit.principal = without(admin, "EDIT_COST_RATES")
    with pytest.raises(Denied):
        await remove_rate(rates.unit, line + 1)


async def test_ct_42_selected_rates_are_adjusted_over_a_range_of_their_own_days(rates: Rates) -> None:
    card = await rates.card()
    ann = await rates.on_card(card, "Ann", "100", "2026-01-01..2026-12-31")
    ben = await rates.on_card(card, "Ben", "50")
    await rates.on_card(card, "Cid", "30")
    rates.tick()
    new = await adjust_rates(rates.unit, [ann, ben], Decimal(10), period=span("2026-07-01.."))
    assert len(new) == 2
    assert await rates.card_lines(card) == [
        "Ann 100 2026-01-01 to 2026-06-30",
        "Ann 110 2026-07-01 to 2026-12-31",
        "Ben 50 always to 2026-06-30",
        "Ben 55 2026-07-01 to open end",
        "Cid 30 always to open end",
    ]
    with pytest.raises(Invalid) as caught:
        await adjust_rates(rates.unit, new, Decimal(-101))
    assert (caught.value.code, caught.value.field) == ("RATE_INVALID", "rateLineIds.0")
    with pytest.raises(Invalid) as caught:
        await adjust_rates(rates.unit, new, Decimal(1), period=span("..2026-06-30"))
    assert caught.value.code == "RATE_NOT_IN_DAYS"


async def test_a_line_is_locked_by_a_line_in_its_place(rates: Rates) -> None:
    card = await rates.card()
    line = await rates.on_card(card, "Ann", "100")
    rates.tick()
    [locked] = await lock_rates(rates.unit, [line], is_locked=True)
    assert locked != line
    assert await rates.card_lines(card) == ["Ann 100L always to open end"]
    assert await lock_rates(rates.unit, [locked], is_locked=True) == [locked]
    role_line = await set_rate(
        rates.unit, RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role), price("1"), Period()
    )
    with pytest.raises(Invalid) as caught:
        await lock_rates(rates.unit, [role_line], is_locked=True)
    assert caught.value.code == "LOCK_NOT_HERE"


JUNE_2026 = span("2026-06-01..2026-06-30")


def imported(rates: Rates, scope: RateScope, line: str, *, replace: bool = False) -> Awaitable[Any]:
    text = f"role,first_day,last_day,rate,currency,locked\nDeveloper,{line}\n"
    assert scope.rate_card_id is not None
    return import_rate_card(rates.unit, scope.rate_card_id, text, CardFormat.CSV, replace=replace)


EDITS: dict[str, tuple[Callable[[Rates, RateScope, int], Awaitable[Any]], bool]] = {
    "another rate": (lambda it, of, _: set_rate(it.unit, of, price("90L"), JUNE_2026, replace_overlapping=True), True),
    "some of its days": (
        lambda it, of, _: set_rate(it.unit, of, price("90"), span("2026-06-05..2026-06-09"), replace_overlapping=True),
        True,
    ),
    "the same again": (lambda it, of, _: set_rate(it.unit, of, price("100L"), JUNE_2026), False),
    "other days": (lambda it, of, _: set_rate(it.unit, of, price("90"), span("2026-07-01..2026-07-31")), False),
    "more": (lambda it, _, line: adjust_rates(it.unit, [line], Decimal(10)), True),
    "taken away": (lambda it, _, line: remove_rate(it.unit, line), True),
    "unlocked": (lambda it, _, line: lock_rates(it.unit, [line], is_locked=False), False),
    "imported": (lambda it, of, _: imported(it, of, "2026-06-01,2026-06-30,90,EUR,yes"), True),
    "imported unlocked": (lambda it, of, _: imported(it, of, "2026-06-01,2026-06-30,100,EUR,no"), False),
    "not in a file that replaces": (lambda it, of, _: imported(it, of, "2026-07-01,,90,EUR,no", replace=True), True),
}


@pytest.mark.parametrize("name", EDITS)
async def test_tick_26_a_locked_rate_is_changed_by_nobody_until_it_is_unlocked(rates: Rates, name: str) -> None:
    edit, is_refused = EDITS[name]
    card = await rates.card()
    scope = RateScope(RateKind.BILLING, Level.RATE_CARD, role_id=rates.world.role, rate_card_id=card)
    line = await set_rate(rates.unit, scope, price("100L"), JUNE_2026)
    rates.tick()
    before = await rates.card_lines(card)
    if not is_refused:
        await edit(rates, scope, line)
        return
    with pytest.raises(NotAllowed) as caught:
        async with rates.unit.session.begin_nested():
            await edit(rates, scope, line)
    assert caught.value.code == "RATE_LOCKED"
    assert "100.00 EUR/h is locked 2026-06-01 to 2026-06-30" in caught.value.message
    assert await rates.card_lines(card) == before
    [free] = await lock_rates(rates.unit, [line], is_locked=False)
    await edit(rates, scope, free)


async def test_what_was_known_before_a_change_can_still_be_read(rates: Rates) -> None:
    card = await rates.card()
    await rates.on_card(card, "Ann", "100")
    before = rates.unit.now
    rates.tick()
    await rates.on_card(card, "Ann", "120", "2026-06-01..")
    known = await rates.unit.session.execute(
        text(
            "SELECT rate_scaled, valid_from FROM rate_line WHERE recorded_at <= :at "
            "AND (retired_at IS NULL OR retired_at > :at) AND recorded_at >= :early"
        ),
        {"at": before, "early": before - timedelta(seconds=1)},
    )
    assert (1_000_000, None) in [tuple(row) for row in known]
