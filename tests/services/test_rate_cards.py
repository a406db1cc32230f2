"""Rate cards: made, described, copied, deleted, remembered, written and read (project-finances §1.14, §10 P11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import Conflict, Denied, HourledgerError, Invalid, Missing
from hourledger.core.pricing import price_of
from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from hourledger.services.adjust_rates import lock_rates
from hourledger.services.attribute_values import create_attribute_value
from hourledger.services.export_rate_card import card_difference, export_rate_card
from hourledger.services.import_rate_card import import_rate_card
from hourledger.services.rate_attributes import AttributeDraft, create_rate_attribute
from hourledger.services.rate_card_aliases import set_alias
from hourledger.services.rate_cards import (
    CardDraft,
    copy_rate_card,
    create_rate_card,
    delete_rate_card,
    edit_rate_card,
)
from hourledger.services.remove_rate import remove_rate
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.queries.rate_cards import card_lines_at, card_versions
from models.selecting import find_all, select_one
from models.tables import AttributeSource, RateCardAliasRow, RateCardRow, RateLineRow
from tests.core.tables import table
from tests.services.rate_world import Rates, span, without
from tests.support.world import create_world


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Rates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Rates(unit, world, {"Developer": world.role})


async def places(rates: Rates) -> tuple[int, dict[str, int]]:
    """The attribute Place, and its values by name."""
    unit = rates.unit
    attribute = await create_rate_attribute(
        unit, AttributeDraft("Place", AttributeSource.LOCATION, is_hierarchical=True)
    )
    usa = await create_attribute_value(unit, AttributeSource.LOCATION, "USA")
    city = await create_attribute_value(unit, AttributeSource.LOCATION, "New York City", parent_id=usa)
    uk = await create_attribute_value(unit, AttributeSource.LOCATION, "UK")
    london = await create_attribute_value(unit, AttributeSource.LOCATION, "London", parent_id=uk)
    return attribute, {"USA": usa, "New York City": city, "London": london}


async def soda(rates: Rates) -> int:
    """CT-50."""
    place, value = await places(rates)
    card = await rates.card("Soda")
    new_york, london = {place: value["New York City"]}, {place: value["London"]}
    await rates.on_card(card, "Copywriter", "10 USD", "2026-06-01..2026-06-30", attributes=new_york)
    await rates.on_card(card, "Copywriter", "20 USD", "2026-07-01..", attributes=new_york)
    await rates.on_card(card, "Accountant", "50 USD")
    await rates.on_card(card, "Designer", "50L GBP", attributes=london)
    await set_alias(rates.unit, card, rates.roles["Copywriter"], "Wordsmith", attributes=new_york)
    return card


async def test_ct_40_ranges_of_a_card_are_kept_as_they_are_typed(rates: Rates) -> None:
    card = await rates.card()
    await rates.on_card(card, "Resource Manager", "100", "2025-10-01..2025-10-31")
    await rates.on_card(card, "Resource Manager", "150", "2025-11-01..")
    await rates.on_card(card, "Business Consultant", "150", "..2025-10-31")
    await rates.on_card(card, "Business Consultant", "160", "2025-11-01..2025-11-30")
    await rates.on_card(card, "Business Consultant", "170", "2025-12-01..")
    assert await rates.card_lines(card) == [
        "Business Consultant 150 always to 2025-10-31",
        "Business Consultant 160 2025-11-01 to 2025-11-30",
        "Business Consultant 170 2025-12-01 to open end",
        "Resource Manager 100 2025-10-01 to 2025-10-31",
        "Resource Manager 150 2025-11-01 to open end",
    ]


async def test_ct_50_lines_with_other_attributes_stand_side_by_side(rates: Rates) -> None:
    card = await soda(rates)
    assert await rates.card_lines(card) == [
        "Accountant 50 always to open end",
        "Copywriter 10 2026-06-01 to 2026-06-30",
        "Copywriter 20 2026-07-01 to open end",
        "Designer 50L always to open end",
    ]
    await rates.on_card(card, "Designer", "45 GBP")  # the generic one, beside that of London
    assert len(await rates.card_lines(card)) == 5


async def test_a_live_name_is_unique_and_a_deleted_one_is_free(rates: Rates) -> None:
    card = await rates.card("Soda")
    await delete_rate_card(rates.unit, card)
    again = await rates.card("Soda")
    assert again != card
    with pytest.raises(Missing):
        await edit_rate_card(rates.unit, card, CardDraft("Cola"))
    with pytest.raises(Missing):
        await copy_rate_card(rates.unit, card, "Cola")
    with pytest.raises(Missing):
        await rates.on_card(card, "Developer", "10")


async def test_two_live_cards_of_one_name_are_refused(transactions: Transactions, admin: Principal) -> None:
    async with transactions.begin(admin) as unit:
        await create_rate_card(unit, CardDraft("Soda"))
    with pytest.raises(Conflict) as caught:
        async with transactions.begin(admin) as unit:
            await create_rate_card(unit, CardDraft(" Soda "))
    assert caught.value.code == "NAME_TAKEN"


DRAFTS = """
    what              code
    no name           NAME_INVALID
    a markup card     KIND_OF_CARD
    unknown company   COMPANY_UNKNOWN
    unknown group     GROUP_UNKNOWN
    a place as group  GROUP_INVALID
"""


async def test_a_card_that_cannot_be_is_refused(rates: Rates) -> None:
    place = await create_attribute_value(rates.unit, AttributeSource.LOCATION, "Here")
    attempts = {
        "no name": (CardDraft("  "), RateKind.BILLING),
        "a markup card": (CardDraft("A"), RateKind.MARKUP),
        "unknown company": (CardDraft("A", company_id=9999), RateKind.BILLING),
        "unknown group": (CardDraft("A", group_value_id=9999), RateKind.BILLING),
        "a place as group": (CardDraft("A", group_value_id=place), RateKind.BILLING),
    }
    for what, code in table(DRAFTS):
        with pytest.raises(HourledgerError) as caught:
            await create_rate_card(rates.unit, *attempts[what])
        assert caught.value.code == code, what


async def test_editing_says_what_the_card_is_and_touches_no_line(rates: Rates) -> None:
    card = await soda(rates)
    lines = await rates.card_lines(card)
    draft = CardDraft("Cola", "For museums", company_id=rates.world.museum, days=span("2026-01-01..2026-12-31"))
    await edit_rate_card(rates.unit, card, draft)
    row = await select_one(rates.unit.session, RateCardRow, rates.unit.organisation_id, card)
    assert row is not None
    assert (row.name, row.description, row.company_id, str(row.valid_until)) == (
        "Cola", "For museums", rates.world.museum, "2027-01-01"
    )  # fmt: skip
    assert await rates.card_lines(card) == lines


async def test_a_copy_equals_its_original_and_goes_its_own_way(rates: Rates) -> None:
    card = await soda(rates)
    copy = await copy_rate_card(rates.unit, card, "Soda 2027")
    assert await rates.card_lines(copy) == await rates.card_lines(card)
    text = await export_rate_card(rates.unit, card, CardFormat.CSV)
    assert await export_rate_card(rates.unit, copy, CardFormat.CSV) == text  # attributes and aliases, too
    await rates.on_card(copy, "Accountant", "60 USD")
    assert await export_rate_card(rates.unit, card, CardFormat.CSV) == text


async def test_a_role_has_one_alias_for_its_attributes(rates: Rates) -> None:
    card = await soda(rates)
    role = rates.roles["Copywriter"]
    await set_alias(rates.unit, card, role, "Author", attributes={})
    await set_alias(rates.unit, card, role, "Writer", attributes={})

    async def aliases() -> list[str]:
        rows = await find_all(rates.unit.session, RateCardAliasRow, rates.unit.organisation_id, rate_card_id=card)
        return sorted(one.alias for one in rows)

    assert await aliases() == ["Wordsmith", "Writer"]
    await set_alias(rates.unit, card, role, None, attributes={})
    assert await aliases() == ["Wordsmith"]
    with pytest.raises(Invalid):
        await set_alias(rates.unit, card, role, "  ", attributes={})


async def test_p11_versions_of_a_card_can_be_read_and_compared(rates: Rates) -> None:
    card = await rates.card()
    await rates.on_card(card, "Ann", "100")
    first = rates.unit.now
    rates.tick()
    await rates.on_card(card, "Ann", "120", "2026-06-01..")
    await rates.on_card(card, "Ben", "50")
    second = rates.unit.now
    rates.tick()
    [line] = [
        one
        for one in await find_all(rates.unit.session, RateLineRow, rates.unit.organisation_id, retired_at=None)
        if one.rate_scaled == 500_000 and one.recorded_at == second
    ]
    await remove_rate(rates.unit, line.id)
    await rates.unit.session.flush()

    session, organisation = rates.unit.session, rates.unit.organisation_id
    told = [(one.added, one.retired, one.changed_by) for one in await card_versions(session, organisation, card)]
    admin = rates.unit.principal.subject
    assert told == [(0, 1, admin), (3, 1, admin), (1, 0, admin)]
    at_first = await card_lines_at(session, organisation, card, first)
    assert [str(one.period) for ranges in at_first.values() for one in ranges] == ["always to open end"]
    difference = await card_difference(rates.unit, card, first, second)
    words = [
        (
            one.before and f"{one.before.price} {one.before.period}",
            one.after and f"{one.after.price} {one.after.period}",
        )
        for one in difference
    ]
    assert words == [
        ("100.00 EUR/h always to open end", "100.00 EUR/h always to 2026-05-31"),
        (None, "120.00 EUR/h 2026-06-01 to open end"),
        (None, "50.00 EUR/h always to open end"),
    ]


@pytest.mark.parametrize("form", CardFormat)
@pytest.mark.parametrize("replace", [False, True])
async def test_what_is_exported_changes_nothing_when_it_is_imported(
    rates: Rates, form: CardFormat, replace: bool
) -> None:
    card = await soda(rates)
    markup = RateScope(RateKind.MARKUP, Level.RATE_CARD, rate_card_id=card, role_id=rates.roles["Accountant"])
    await set_rate(rates.unit, markup, price_of(Decimal("12.5"), None, RateBasis.PERCENT), span("2026-01-01.."))
    text = await export_rate_card(rates.unit, card, form)
    rates.tick()
    imported = await import_rate_card(rates.unit, card, text, form, replace=replace)
    assert (imported.changes, imported.aliases) == ([], 0)
    assert await find_all(rates.unit.session, RateLineRow, rates.unit.organisation_id, recorded_at=rates.unit.now) == []
    empty = await rates.card("Empty")
    await import_rate_card(rates.unit, empty, text, form)
    assert await export_rate_card(rates.unit, empty, form) == text


IMPORTS = """
    text                                  replace  lines afterwards
    Ann,120,EUR,2026-06-01,               no       Ann 100 always to 2026-05-31, Ann 120 2026-06-01 to open end, Ben 50 always to open end
    Ann,120,EUR,2026-06-01,               yes      Ann 120 2026-06-01 to open end
    Ben,60,EUR,,                          no       Ann 100 always to open end, Ben 60 always to open end
    Ann,100,EUR,2026-06-01,2026-06-30     no       Ann 100 always to open end, Ben 50 always to open end
"""  # noqa: E501  (one case a line)


@pytest.mark.parametrize("row", table(IMPORTS), ids=" | ".join)
async def test_p11_an_import_changes_what_it_names(rates: Rates, row: tuple[str, ...]) -> None:
    line, replace, expected = row
    card = await rates.card()
    for role, amount in (("Ann", "100"), ("Ben", "50")):
        await rates.on_card(card, role, amount)
    text = f"role,rate,currency,first_day,last_day\n{line}\n"
    await import_rate_card(rates.unit, card, text, CardFormat.CSV, replace=replace == "yes")
    assert ", ".join(await rates.card_lines(card)) == expected


WRONG_CARD = """
role,attribute:Place,kind,rate,currency,locked,basis,alias
Nobody,,,10,USD,,,
Accountant,Mars,,10,USD,,,
Accountant,,COST,10,USD,,,
Accountant,,,ten,USD,,,
Accountant,USA,,10,USD,,,
Accountant,USA,,11,USD,,,
Designer,,MARKUP,10,USD,,,
Designer,,,10,USD,,,Painter
Designer,,MARKUP,10,,,PERCENT,Drawer
"""
"""No such role; no such place; a card of billing rates; not a number; well, and again; a markup is a percentage; two
names for one role."""


async def test_every_wrong_line_is_told_and_nothing_is_changed(rates: Rates) -> None:
    card = await soda(rates)
    before = await export_rate_card(rates.unit, card, CardFormat.CSV)
    text = WRONG_CARD.strip()
    with pytest.raises(Invalid) as caught:
        await import_rate_card(rates.unit, card, text, CardFormat.CSV)
    causes = [(one.field, one.code) for one in caught.value.facts["causes"]]
    assert causes == [
        ("lines.2.role", "ROLE_UNKNOWN"),
        ("lines.3.attributes", "ATTRIBUTE_VALUE_UNKNOWN"),
        ("lines.4.kind", "KIND_OF_CARD"),
        ("lines.5.rate", "CARD_LINE_INVALID"),
        ("lines.7.first_day", "RATE_OVERLAP"),
        ("lines.8.basis", "BASIS_NOT_HERE"),
        ("lines.10.alias", "TWO_ALIASES"),
    ]
    assert await export_rate_card(rates.unit, card, CardFormat.CSV) == before


async def test_9_4_a_card_is_changed_with_the_right_of_its_kind(rates: Rates, admin: Principal) -> None:
    card = await rates.card()
    line = await rates.on_card(card, "Ann", "100")
    rates.unit.principal = without(admin, "EDIT_BILLING_RATES")
    for attempt in (
        lambda: create_rate_card(rates.unit, CardDraft("Other")),
        lambda: edit_rate_card(rates.unit, card, CardDraft("Other")),
        lambda: copy_rate_card(rates.unit, card, "Other"),
        lambda: delete_rate_card(rates.unit, card),
        lambda: lock_rates(rates.unit, [line], is_locked=True),
        lambda: import_rate_card(rates.unit, card, "role,rate\n", CardFormat.CSV),
        lambda: set_alias(rates.unit, card, rates.roles["Ann"], "X", attributes={}),
    ):
        with pytest.raises(Denied):
            await attempt()
    await create_rate_card(rates.unit, CardDraft("Costs"), RateKind.COST)
    rates.unit.principal = without(admin, "VIEW_BILLING_RATES")
    with pytest.raises(Denied):
        await export_rate_card(rates.unit, card, CardFormat.CSV)
