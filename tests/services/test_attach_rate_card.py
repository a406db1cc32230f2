"""Cards and customers' rates on projects: attached, pushed, refreshed, taken off (project-finances §3.6, §3.7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import Conflict, Denied, Missing
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.attach_rate_card import Pushed, attach_rate_card, detach_rate_card, push_rate_card
from hourledger.services.company_rates import refresh_company_rates, set_company_rates_override
from hourledger.services.create_project import create_project
from hourledger.services.rate_cards import CardDraft, delete_rate_card, edit_rate_card
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.queries.rate_cards import outdated_attachments
from models.selecting import find_all
from models.tables import RateAttachmentRow, RateLineRow, RateScopeRow
from tests.services.rate_world import Rates, price, span, without
from tests.support.recalculating import recalculate_project
from tests.support.world import create_world


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Rates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Rates(unit, world, {"Developer": world.role})


async def live(rates: Rates, project: int | None, **where: Any) -> list[RateAttachmentRow]:
    return await find_all(
        rates.unit.session,
        RateAttachmentRow,
        rates.unit.organisation_id,
        project_id=project,
        retired_at=None,
        **where,
    )


async def cards_on(rates: Rates, project: int | None) -> list[int | None]:
    return [one.rate_card_id for one in await live(rates, project, company_id=None)]


async def outdated(rates: Rates, card: int) -> list[int | None]:
    found = await outdated_attachments(rates.unit.session, rates.unit.organisation_id, card)
    return [one.project_id for one in found]


async def test_3_7_a_card_takes_the_place_of_the_one_before(rates: Rates) -> None:
    soda, cola, costs = await rates.card("Soda"), await rates.card("Cola"), await rates.card("C", kind=RateKind.COST)
    await attach_rate_card(rates.unit, soda, rates.world.portal)
    await attach_rate_card(rates.unit, costs, rates.world.portal)
    rates.tick()
    await attach_rate_card(rates.unit, cola, rates.world.portal)
    assert await cards_on(rates, rates.world.portal) == [costs, cola]
    retired = await find_all(
        rates.unit.session, RateAttachmentRow, rates.unit.organisation_id, retired_at=rates.unit.now
    )
    assert [one.rate_card_id for one in retired] == [soda]


async def test_4_2_cards_with_other_days_stand_side_by_side(rates: Rates) -> None:
    this_year = await rates.card("2026", days="2026-01-01..2026-12-31")
    next_year = await rates.card("2027", days="2027-01-01..2027-12-31")
    summer = await rates.card("Summer", days="2026-06-01..2026-08-31")
    for card in (this_year, next_year):
        await attach_rate_card(rates.unit, card, rates.world.portal)
    assert await cards_on(rates, rates.world.portal) == [this_year, next_year]
    rates.tick()
    await attach_rate_card(rates.unit, summer, rates.world.portal)
    assert await cards_on(rates, rates.world.portal) == [next_year, summer]


async def test_a_card_is_taken_off_and_may_be_on_all_projects(rates: Rates) -> None:
    card = await rates.card()
    await attach_rate_card(rates.unit, card, None)
    await attach_rate_card(rates.unit, card, rates.world.portal)
    await detach_rate_card(rates.unit, card, rates.world.portal)
    assert (await cards_on(rates, None), await cards_on(rates, rates.world.portal)) == ([card], [])
    with pytest.raises(Missing) as caught:
        await detach_rate_card(rates.unit, card, rates.world.portal)
    assert caught.value.code == "NOT_ATTACHED"


async def test_3_7_only_projects_that_are_out_of_date_are_pushed_to(rates: Rates) -> None:
    card, world = await rates.card(), rates.world
    await rates.on_card(card, "Ann", "100")
    other = await create_project(rates.unit, code="OTHER", name="Other", company_id=None)
    for project in (world.portal, world.dashboard, other):
        await attach_rate_card(rates.unit, card, project)
    assert await outdated(rates, card) == []
    rates.tick()
    await rates.on_card(card, "Ann", "110", "2026-06-01..")
    rates.tick()
    assert await outdated(rates, card) == sorted([world.portal, world.dashboard, other])
    [was] = await live(rates, world.portal, company_id=None)
    pushed = await push_rate_card(rates.unit, card, [world.portal, 9999])
    assert pushed == [Pushed(world.portal, "DONE"), Pushed(9999, "MISSING", "This rate card is not attached to it.")]
    [now] = await live(rates, world.portal, company_id=None)
    assert (was.retired_at, now.known_at) == (rates.unit.now, rates.unit.now)
    assert await push_rate_card(rates.unit, card, [world.portal]) == [
        Pushed(world.portal, "SKIPPED", "It is up to date.")
    ]
    rest = await push_rate_card(rates.unit, card, None)
    assert [(one.project_id, one.outcome) for one in rest] == [(world.dashboard, "DONE"), (other, "DONE")]
    assert await outdated(rates, card) == []


async def test_other_days_of_a_card_are_pushed_unless_they_run_into_another_card(rates: Rates) -> None:
    world = rates.world
    this_year = await rates.card("2026", days="2026-01-01..2026-12-31")
    next_year = await rates.card("2027", days="2027-01-01..2027-12-31")
    for card in (this_year, next_year):
        await attach_rate_card(rates.unit, card, world.portal)
    await attach_rate_card(rates.unit, this_year, world.dashboard)
    rates.tick()
    await edit_rate_card(rates.unit, this_year, CardDraft("2026", days=span("2026-01-01..2027-03-31")))
    pushed = await push_rate_card(rates.unit, this_year, None)
    assert [(one.project_id, one.outcome) for one in pushed] == [(world.portal, "FAILED"), (world.dashboard, "DONE")]
    assert await cards_on(rates, world.portal) == [this_year, next_year]


async def test_a_deleted_card_is_off_all_projects_and_its_lines_stay(rates: Rates) -> None:
    card = await rates.card()
    await rates.on_card(card, "Ann", "100")
    await attach_rate_card(rates.unit, card, rates.world.portal)
    await attach_rate_card(rates.unit, card, None)
    assert await delete_rate_card(rates.unit, card) == [rates.world.portal]
    assert await cards_on(rates, rates.world.portal) == await cards_on(rates, None) == []
    assert await rates.card_lines(card) == ["Ann 100 always to open end"]


async def test_9_4_attaching_needs_projects_and_rates(rates: Rates, admin: Principal) -> None:
    card = await rates.card()
    for lacking, project in (
        ("EDIT_PROJECTS", rates.world.portal),
        ("EDIT_BILLING_RATES", rates.world.portal),
        ("ADMINISTER", None),
    ):
        rates.unit.principal = without(admin, lacking)
        with pytest.raises(Denied):
            await attach_rate_card(rates.unit, card, project)


async def company_rate(rates: Rates, amount: str) -> int:
    scope = RateScope(RateKind.BILLING, Level.COMPANY_ROLE, company_id=rates.world.museum, role_id=rates.world.role)
    return await set_rate(rates.unit, scope, price(amount), Period(), replace_overlapping=True)


async def override(rates: Rates, role: int, amount: str) -> int:
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=rates.world.portal, role_id=role)
    return await set_rate(rates.unit, scope, price(amount), Period())


async def test_3_6_a_project_has_its_customers_rates_as_they_were_when_it_began(rates: Rates) -> None:
    rates.tick()
    project = await create_project(rates.unit, code="NEW", name="New", company_id=rates.world.museum)
    internal = await create_project(rates.unit, code="OWN", name="Own", company_id=None)
    [attached] = await live(rates, project)
    assert (attached.company_id, attached.known_at) == (rates.world.museum, rates.unit.now)
    assert await live(rates, internal) == []


async def test_3_6_a_refresh_takes_the_customers_rates_of_now_and_a_second_one_nothing(rates: Rates) -> None:
    assert not await refresh_company_rates(rates.unit, rates.world.portal)
    rates.tick()
    await company_rate(rates, "70")
    rates.tick()
    assert await refresh_company_rates(rates.unit, rates.world.portal)
    [attached] = await live(rates, rates.world.portal)
    assert attached.known_at == rates.unit.now
    rates.tick()
    assert not await refresh_company_rates(rates.unit, rates.world.portal)


async def test_3_6_with_the_flag_recalculating_puts_them_in_place_of_the_projects_own(rates: Rates) -> None:
    tester = await rates.role("Tester")
    developer_line = await override(rates, rates.world.role, "80")
    tester_line = await override(rates, tester, "60")
    rates.tick()
    await company_rate(rates, "70")
    rates.tick()
    await recalculate_project(rates.unit, rates.world.portal)
    assert await in_force(rates, developer_line)  # the flag is off
    await set_company_rates_override(rates.unit, rates.world.portal, is_on=True)
    await recalculate_project(rates.unit, rates.world.portal)
    assert not await in_force(rates, developer_line)
    assert await in_force(rates, tester_line)  # the customer has no rate for testers
    [attached] = await live(rates, rates.world.portal)
    assert attached.known_at == rates.unit.now


async def in_force(rates: Rates, line_id: int) -> bool:
    [line] = await find_all(rates.unit.session, RateLineRow, rates.unit.organisation_id, id=line_id)
    assert await find_all(rates.unit.session, RateScopeRow, rates.unit.organisation_id, id=line.scope_id)
    return line.retired_at is None


async def test_9_4_the_flag_needs_projects_billing_rates_and_general_finance(rates: Rates, admin: Principal) -> None:
    for lacking in ("EDIT_PROJECTS", "EDIT_BILLING_RATES", "EDIT_GENERAL_FINANCE"):
        rates.unit.principal = without(admin, lacking)
        with pytest.raises(Denied):
            await set_company_rates_override(rates.unit, rates.world.portal, is_on=True)


async def test_what_is_set_at_an_earlier_instant_never_slips_into_what_was_attached_later(rates: Rates) -> None:
    """Two at once: whoever began first and came second would change what the other one has seen."""
    card = await rates.card()
    began = rates.unit.now
    rates.tick()
    await attach_rate_card(rates.unit, card, rates.world.portal)
    await create_project(rates.unit, code="NEW", name="New", company_id=rates.world.museum)
    rates.unit.now = began
    with pytest.raises(Conflict):
        await rates.on_card(card, "Developer", "100")
    with pytest.raises(Conflict):
        await company_rate(rates, "70")
