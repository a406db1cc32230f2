"""What narrows a rate: attributes, their values, and who has them (project-finances §1.14, §3.5)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import Conflict, Denied, HourledgerError, Invalid, NotAllowed
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.attribute_values import (
    create_attribute_value,
    delete_attribute_value,
    rename_attribute_value,
    value_of,
)
from hourledger.services.create_project import assign
from hourledger.services.rate_attributes import (
    AttributeDraft,
    create_rate_attribute,
    delete_rate_attribute,
    edit_rate_attribute,
)
from hourledger.services.rate_cards import CardDraft, create_rate_card
from hourledger.services.set_attributes import set_assignment_attributes, set_person_attribute
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, AttributeSource, AttributeValueRow, HourTypeRow, PersonAttributeRow
from tests.core.tables import table
from tests.services.rate_world import Rates, price, span, without
from tests.support.world import create_world

LOCATION, GROUP = AttributeSource.LOCATION, AttributeSource.GROUP


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Rates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Rates(unit, world, {"Developer": world.role})


async def los_angeles(rates: Rates) -> dict[str, int]:
    """CT-43."""
    usa = await create_attribute_value(rates.unit, LOCATION, "USA")
    california = await create_attribute_value(rates.unit, LOCATION, "California", parent_id=usa)
    city = await create_attribute_value(rates.unit, LOCATION, "Los Angeles", parent_id=california)
    return {"USA": usa, "California": california, "Los Angeles": city}


async def test_ct_43_places_lie_in_places_three_levels_deep(rates: Rates) -> None:
    places = await los_angeles(rates)
    quarter = await create_attribute_value(rates.unit, LOCATION, "Hollywood", parent_id=places["Los Angeles"])
    with pytest.raises(Invalid) as caught:
        await create_attribute_value(rates.unit, LOCATION, "Sunset Boulevard", parent_id=quarter)
    assert caught.value.code == "PARENT_INVALID"
    place = await create_rate_attribute(rates.unit, AttributeDraft("Place", LOCATION, is_hierarchical=True))
    for name, amount in (("USA", "100"), ("California", "120"), ("Los Angeles", "140")):
        scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role, attributes={place: places[name]})
        await set_rate(rates.unit, scope, price(amount), Period())
    generic = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role)
    await set_rate(rates.unit, generic, price("90"), Period())  # side by side: nothing overlaps


DRAFTS = """
    what                     code
    position 0               POSITION_INVALID
    position 6               POSITION_INVALID
    used nowhere             USED_NOWHERE
    a hierarchy of groups    HIERARCHY_OF_PLACES
    no name                  NAME_INVALID
"""


async def test_1_14_at_most_five_attributes_in_an_order(rates: Rates) -> None:
    attempts = {
        "position 0": AttributeDraft("A", GROUP, 0),
        "position 6": AttributeDraft("A", GROUP, 6),
        "used nowhere": AttributeDraft("A", GROUP, used_in_revenue=False, used_in_cost=False),
        "a hierarchy of groups": AttributeDraft("A", GROUP, is_hierarchical=True),
        "no name": AttributeDraft(" ", GROUP),
    }
    for what, code in table(DRAFTS):
        with pytest.raises(HourledgerError) as caught:
            await create_rate_attribute(rates.unit, attempts[what])
        assert caught.value.code == code, what
    for number in range(5):
        await create_rate_attribute(rates.unit, AttributeDraft(f"A{number}", GROUP))
    with pytest.raises(Invalid) as caught:
        await create_rate_attribute(rates.unit, AttributeDraft("A6", GROUP))
    assert caught.value.code == "TOO_MANY_ATTRIBUTES"


async def test_two_attributes_never_have_one_position(transactions: Transactions, admin: Principal) -> None:
    async with transactions.begin(admin) as unit:
        await create_rate_attribute(unit, AttributeDraft("A", GROUP, 1))
    with pytest.raises(Conflict) as caught:
        async with transactions.begin(admin) as unit:
            await create_rate_attribute(unit, AttributeDraft("B", GROUP, 1))
    assert caught.value.code == "POSITION_TAKEN"


async def test_an_attribute_is_fixed_once_a_rate_uses_it(rates: Rates) -> None:
    places = await los_angeles(rates)
    place = await create_rate_attribute(rates.unit, AttributeDraft("Place", LOCATION))
    await edit_rate_attribute(rates.unit, place, AttributeDraft("Where", LOCATION, 2))
    scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=rates.world.role, attributes={place: places["USA"]})
    await set_rate(rates.unit, scope, price("100"), Period())
    for attempt in (
        edit_rate_attribute(rates.unit, place, AttributeDraft("Place", LOCATION)),
        delete_rate_attribute(rates.unit, place),
        delete_attribute_value(rates.unit, places["USA"]),
    ):
        with pytest.raises(NotAllowed) as caught:
            await attempt
        assert caught.value.code in ("ATTRIBUTE_IN_USE", "VALUE_IN_USE")


async def test_a_value_that_anything_has_is_not_deleted(rates: Rates) -> None:
    unit = rates.unit
    names = ("on a card", "of a person", "of an assignment", "with a place in it", "free")
    values = {one: await create_attribute_value(unit, GROUP, one) for one in names[:3]}
    values |= {one: await create_attribute_value(unit, LOCATION, one) for one in names[3:]}
    await create_attribute_value(unit, LOCATION, "inner", parent_id=values["with a place in it"])
    group = await create_rate_attribute(unit, AttributeDraft("Group", GROUP))
    await create_rate_card(unit, CardDraft("A", group_value_id=values["on a card"]))
    await set_person_attribute(unit, rates.world.person, group, values["of a person"], Period())
    assignment = await assign(unit, rates.world.build, person_id=None, role_id=rates.world.role)
    await set_assignment_attributes(unit, assignment, {group: values["of an assignment"]})
    for name in names[:4]:
        with pytest.raises(NotAllowed) as caught:
            await delete_attribute_value(unit, values[name])
        assert caught.value.code == "VALUE_IN_USE", name
    await delete_attribute_value(unit, values["free"])
    with pytest.raises(NotAllowed):
        await delete_rate_attribute(unit, group)
    await rename_attribute_value(unit, values["on a card"], "Renamed")
    with pytest.raises(Invalid):
        await rename_attribute_value(unit, values["on a card"], "A > B")


async def test_customers_and_kinds_of_hours_are_values_once(rates: Rates) -> None:
    first = await value_of(rates.unit, company_id=rates.world.museum)
    assert await value_of(rates.unit, company_id=rates.world.museum) == first
    kinds = await find_all(rates.unit.session, HourTypeRow, rates.unit.organisation_id)
    kind = await value_of(rates.unit, hour_type_id=kinds[0].id)
    row = await select_one(rates.unit.session, AttributeValueRow, rates.unit.organisation_id, kind)
    assert row is not None
    assert (row.name, row.source) == (kinds[0].name, AttributeSource.HOUR_TYPE)
    for source in (AttributeSource.COMPANY, AttributeSource.HOUR_TYPE):
        with pytest.raises(Invalid):
            await create_attribute_value(rates.unit, source, "X")


SCOPES = """
    level         kind     attributes     outcome
    ROLE          BILLING  Place          ATTRIBUTE_REQUIRED       # Group must be given
    ROLE          BILLING  Place, Group   -
    ROLE          BILLING  Group          -
    ROLE          COST     none           -                        # Group is not used in cost
    ROLE          COST     Group          ATTRIBUTE_NOT_FOR_KIND
    RATE_CARD     BILLING  none           ATTRIBUTE_REQUIRED
    RATE_CARD     BILLING  Group          -
    PROJECT_ROLE  BILLING  none           -                        # an override is for who works here
    COMPANY_ROLE  BILLING  Place          -
    PERSON        BILLING  Group          ATTRIBUTES_NOT_HERE
    ROLE          BILLING  wrong          ATTRIBUTE_OF_OTHER_SOURCE
    ROLE          BILLING  unknown        ATTRIBUTE_UNKNOWN
    ROLE          BILLING  no value       ATTRIBUTE_VALUE_UNKNOWN
"""


async def test_3_5_which_rates_can_have_which_attributes(rates: Rates) -> None:
    unit, world = rates.unit, rates.world
    places = await los_angeles(rates)
    sales = await create_attribute_value(unit, GROUP, "Sales")
    earlier = RateScope(RateKind.BILLING, Level.ROLE, role_id=world.role)
    await set_rate(unit, earlier, price("90"), Period())
    place = await create_rate_attribute(unit, AttributeDraft("Place", LOCATION))
    group = await create_rate_attribute(unit, AttributeDraft("Group", GROUP, is_required=True, used_in_cost=False))
    given = {
        "none": {},
        "Place": {place: places["USA"]},
        "Group": {group: sales},
        "Place, Group": {place: places["USA"], group: sales},
        "wrong": {place: sales},
        "unknown": {9999: sales},
        "no value": {group: 9999},
    }
    ids = {
        "ROLE": {"role_id": world.role},
        "RATE_CARD": {"rate_card_id": await rates.card(), "role_id": world.role},
        "PROJECT_ROLE": {"project_id": world.portal, "role_id": world.role},
        "COMPANY_ROLE": {"company_id": world.museum, "role_id": world.role},
        "PERSON": {"person_id": world.person},
    }
    for level, kind, attributes, expected in table(SCOPES):
        scope = RateScope(RateKind(kind), Level(level), attributes=given[attributes], **ids[level])
        try:
            await set_rate(unit, scope, price("10"), Period(), replace_overlapping=True)
            outcome = "-"
        except HourledgerError as error:
            outcome = error.code
        assert outcome == expected, (level, kind, attributes)
    # What was there before Group was required goes on.
    await set_rate(unit, earlier, price("95"), span("2027-01-01.."))


async def test_1_6_a_person_has_one_value_on_a_day_and_other_days_stay(rates: Rates) -> None:
    places = await los_angeles(rates)
    place = await create_rate_attribute(rates.unit, AttributeDraft("Place", LOCATION))
    person = rates.world.person
    await set_person_attribute(rates.unit, person, place, places["USA"], Period())
    await set_person_attribute(rates.unit, person, place, places["Los Angeles"], span("2026-06-01..2026-06-30"))
    await set_person_attribute(rates.unit, person, place, None, span("2026-06-20..2026-07-10"))
    rows = await find_all(
        rates.unit.session, PersonAttributeRow, rates.unit.organisation_id, order_by="valid_from", person_id=person
    )
    told = sorted((str(Period(one.valid_from, one.valid_until)), one.attribute_value_id) for one in rows)
    assert told == [
        ("2026-06-01 to 2026-06-19", places["Los Angeles"]),
        ("2026-07-11 to open end", places["USA"]),
        ("always to 2026-05-31", places["USA"]),
    ]


async def test_what_a_person_cannot_have(rates: Rates) -> None:
    unit = rates.unit
    places = await los_angeles(rates)
    hours = await create_rate_attribute(unit, AttributeDraft("Hours", AttributeSource.HOUR_TYPE))
    group = await create_rate_attribute(unit, AttributeDraft("Group", GROUP))
    kinds = await find_all(unit.session, HourTypeRow, unit.organisation_id)
    kind = await value_of(unit, hour_type_id=kinds[0].id)
    for attribute, value, code in (
        (hours, kind, "ATTRIBUTE_OF_HOURS"),
        (group, places["USA"], "ATTRIBUTE_OF_OTHER_SOURCE"),
        (9999, kind, "ATTRIBUTE_UNKNOWN"),
    ):
        with pytest.raises(HourledgerError) as caught:
            await set_person_attribute(unit, rates.world.person, attribute, value, Period())
        assert caught.value.code == code


async def test_1_4_only_an_open_role_has_attributes_of_its_own(rates: Rates, admin: Principal) -> None:
    places = await los_angeles(rates)
    place = await create_rate_attribute(rates.unit, AttributeDraft("Place", LOCATION))
    [bob] = await find_all(rates.unit.session, AssignmentRow, rates.unit.organisation_id)
    with pytest.raises(Invalid) as caught:
        await set_assignment_attributes(rates.unit, bob.id, {place: places["USA"]})
    assert caught.value.code == "ATTRIBUTES_OF_PERSON"
    open_role = await assign(rates.unit, rates.world.build, person_id=None, role_id=rates.world.role)
    await set_assignment_attributes(rates.unit, open_role, {place: places["USA"]})
    row = await select_one(rates.unit.session, AssignmentRow, rates.unit.organisation_id, open_role)
    assert row is not None
    assert row.attributes == {str(place): places["USA"]}
    rates.unit.principal = without(admin, "ADMINISTER")
    with pytest.raises(Denied):
        await create_rate_attribute(rates.unit, AttributeDraft("B", GROUP))
    with pytest.raises(Denied):
        await set_person_attribute(rates.unit, rates.world.person, place, places["USA"], Period())
