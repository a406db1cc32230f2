"""Relating rate attributes, and what is refused then: on rates, cards, open roles and people (§1.14, tick 16)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Conflict, Denied, HourledgerError, NotAllowed
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.attribute_relations import (
    add_related_values,
    offered_values,
    relate_attributes,
    remove_related_values,
    unrelate_attributes,
)
from hourledger.services.attribute_values import create_attribute_value, delete_attribute_value
from hourledger.services.create_project import assign
from hourledger.services.rate_attributes import (
    AttributeDraft,
    create_rate_attribute,
    delete_rate_attribute,
    edit_rate_attribute,
)
from hourledger.services.rate_card_aliases import set_alias
from hourledger.services.set_attributes import set_assignment_attributes, set_person_attribute
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.selecting import find_all
from models.tables import (
    AttributeRelationRow,
    AttributeSource,
    AuditRow,
    PersonAttributeRow,
    RelatedValueRow,
    RelationFilter,
)
from tests.core.tables import table
from tests.services.rate_world import Rates, price, span, without
from tests.support.world import create_world

GROUP, LOCATION = AttributeSource.GROUP, AttributeSource.LOCATION
RELATIONSHIP, SUGGESTION = RelationFilter.RELATIONSHIP, RelationFilter.SUGGESTION


class Narrowed(Rates):
    """Groups and places, related: Design with England (and London in it), Build with Paris."""

    relation = group = place = 0
    values: dict[str, int]

    async def relate(self, filter_: RelationFilter = RELATIONSHIP) -> Narrowed:
        self.group = await create_rate_attribute(self.unit, AttributeDraft("Group", GROUP))
        self.place = await create_rate_attribute(self.unit, AttributeDraft("Place", LOCATION, is_hierarchical=True))
        self.values = {one: await create_attribute_value(self.unit, GROUP, one) for one in ("Design", "Build")}
        for one in ("England", "Paris"):
            self.values[one] = await create_attribute_value(self.unit, LOCATION, one)
        self.values["London"] = await create_attribute_value(
            self.unit, LOCATION, "London", parent_id=self.values["England"]
        )
        self.relation = await relate_attributes(self.unit, self.group, self.place, filter_)
        await add_related_values(self.unit, self.relation, [self.pair("Design-England"), self.pair("Build-Paris")])
        return self

    def pair(self, names: str) -> tuple[int, int]:
        first, second = names.split("-")
        return self.values[first], self.values[second]

    def both(self, group: str, place: str) -> dict[int, int]:
        return {self.group: self.values[group], self.place: self.values[place]}

    async def rate(self, group: str, place: str) -> int:
        narrowed = self.both(group, place)
        scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=self.world.role, attributes=narrowed)
        return await set_rate(self.unit, scope, price("100"), Period(), replace_overlapping=True)

    async def on_person(self, attribute: str, value: str | None, days: str = "..") -> None:
        attribute_id = {"group": self.group, "place": self.place}[attribute]
        number = None if value is None else self.values[value]
        await set_person_attribute(self.unit, self.world.person, attribute_id, number, span(days))


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Narrowed]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Narrowed(unit, world, {"Developer": world.role})


async def code_of(doing: Awaitable[object]) -> str:
    try:
        await doing
    except HourledgerError as error:
        return error.code
    return "-"


REFUSED = """
    group    place     code
    Design   England   -
    Design   London    -
    Design   Paris     ATTRIBUTES_UNRELATED
    Build    Paris     -
    Build    London    ATTRIBUTES_UNRELATED
"""


@pytest.mark.parametrize(("group", "place", "code"), table(REFUSED))
async def test_tick_16_a_relationship_refuses_other_pairs_wherever_attributes_are_set(
    rates: Narrowed, group: str, place: str, code: str
) -> None:
    await rates.relate()
    card = await rates.card()
    open_role = await assign(rates.unit, rates.world.build, person_id=None, role_id=rates.world.role)
    both = rates.both(group, place)
    assert await code_of(rates.rate(group, place)) == code
    assert await code_of(rates.on_card(card, "Developer", "90", attributes=both)) == code
    assert await code_of(set_alias(rates.unit, card, rates.world.role, "Dev", attributes=both)) == code
    assert await code_of(set_assignment_attributes(rates.unit, open_role, both)) == code
    await rates.on_person("group", group)
    assert await code_of(rates.on_person("place", place)) == code


async def test_tick_16_a_suggestion_refuses_nothing(rates: Narrowed) -> None:
    await rates.relate(SUGGESTION)
    assert await code_of(rates.rate("Design", "Paris")) == "-"
    await rates.on_person("group", "Design")
    assert await code_of(rates.on_person("place", "Paris")) == "-"


@pytest.mark.parametrize("filter_", list(RelationFilter))
async def test_tick_16_both_filters_narrow_what_is_offered_in_both_directions(
    rates: Narrowed, filter_: RelationFilter
) -> None:
    await rates.relate(filter_)
    names = {number: name for name, number in rates.values.items()}

    async def offered(attribute: int, given: dict[int, int]) -> list[str] | None:
        _, found = await offered_values(rates.unit, attribute, given)
        return None if found is None else sorted(names[one] for one in found)

    assert await offered(rates.place, {}) is None
    assert await offered(rates.place, {rates.group: rates.values["Design"]}) == ["England", "London"]
    assert await offered(rates.group, {rates.place: rates.values["London"]}) == ["Design"]
    assert await offered(rates.group, {rates.place: rates.values["Paris"]}) == ["Build"]
    assert await code_of(offered_values(rates.unit, 999, {})) == "ATTRIBUTE_UNKNOWN"


async def test_tick_16_a_person_has_values_that_go_together_on_every_day(rates: Narrowed) -> None:
    await rates.relate()
    await rates.on_person("group", "Design", "2026-01-01..2026-06-30")
    await rates.on_person("group", "Build", "2026-07-01..")
    for days, place, code in (
        ("2026-01-01..2026-06-30", "London", "-"),
        ("2026-07-01..", "London", "ATTRIBUTES_UNRELATED"),
        ("2026-06-30..2026-07-01", "London", "ATTRIBUTES_UNRELATED"),  # the last of these days
        ("2026-07-01..", "Paris", "-"),
        ("..2025-12-31", "Paris", "-"),  # no group then
    ):
        assert await code_of(rates.on_person("place", place, days)) == code, (days, place)
    with pytest.raises(HourledgerError) as caught:
        await rates.on_person("group", "Design", "2026-08-01..2026-08-31")  # the other direction
    assert caught.value.field == "valueId"
    assert "Design does not go with Paris, which the person has 2026-07-01 to open end." in caught.value.message
    # The way out that the message names.
    await rates.on_person("place", None, "2026-08-01..2026-08-31")
    await rates.on_person("group", "Design", "2026-08-01..2026-08-31")
    await rates.on_person("place", "London", "2026-08-01..2026-08-31")


async def test_tick_16_what_is_there_stays_when_attributes_are_related(rates: Narrowed) -> None:
    await rates.relate(SUGGESTION)
    await rates.on_person("group", "Design")
    await rates.on_person("place", "Paris")
    await unrelate_attributes(rates.unit, rates.relation)
    await relate_attributes(rates.unit, rates.place, rates.group, RELATIONSHIP)
    there = await find_all(rates.unit.session, PersonAttributeRow, rates.unit.organisation_id)
    assert len(there) == 2
    assert await code_of(rates.on_person("group", "Design", "2026-01-01..")) == "ATTRIBUTES_UNRELATED"


async def test_26_q3_once_a_rate_uses_an_attribute_pairs_are_only_added(rates: Narrowed) -> None:
    await rates.relate()
    third = await create_rate_attribute(rates.unit, AttributeDraft("Skill", GROUP))
    await remove_related_values(rates.unit, rates.relation, [rates.pair("Build-Paris")])
    await rates.rate("Design", "London")
    for attempt in (
        unrelate_attributes(rates.unit, rates.relation),
        remove_related_values(rates.unit, rates.relation, [rates.pair("Design-England")]),
        relate_attributes(rates.unit, third, rates.group, SUGGESTION),
    ):
        with pytest.raises(NotAllowed) as caught:
            await attempt
        assert caught.value.code == "ATTRIBUTE_IN_USE"
    assert await code_of(rates.rate("Design", "Paris")) == "ATTRIBUTES_UNRELATED"
    added = [rates.pair("Design-Paris"), rates.pair("Design-England")]
    assert await add_related_values(rates.unit, rates.relation, [*added, *added]) == 1
    assert await code_of(rates.rate("Design", "Paris")) == "-"
    rome = await create_attribute_value(rates.unit, LOCATION, "Rome")  # values, too
    assert await add_related_values(rates.unit, rates.relation, [(rates.values["Build"], rome)]) == 1


async def test_what_a_relation_has_is_neither_deleted_nor_bound_to_other_values(rates: Narrowed) -> None:
    await rates.relate()
    assert await code_of(delete_attribute_value(rates.unit, rates.values["Paris"])) == "VALUE_IN_USE"
    assert await code_of(delete_rate_attribute(rates.unit, rates.group)) == "ATTRIBUTE_IN_USE"
    draft = AttributeDraft("Group", AttributeSource.OTHER)
    assert await code_of(edit_rate_attribute(rates.unit, rates.group, draft)) == "ATTRIBUTE_IN_USE"
    assert await code_of(edit_rate_attribute(rates.unit, rates.group, AttributeDraft("Team", GROUP))) == "-"
    await unrelate_attributes(rates.unit, rates.relation)
    assert await find_all(rates.unit.session, RelatedValueRow, rates.unit.organisation_id) == []
    await delete_attribute_value(rates.unit, rates.values["Paris"])
    await delete_rate_attribute(rates.unit, rates.group)


WRONG = """
    what                        code
    unknown attribute           ATTRIBUTE_UNKNOWN
    with itself                 RELATION_OF_ONE
    again                       RELATED_ALREADY
    the other way round         RELATED_ALREADY
    unknown relation            ATTRIBUTE_RELATION_UNKNOWN
    unknown value               ATTRIBUTE_VALUE_UNKNOWN
    a pair the wrong way round  ATTRIBUTE_OF_OTHER_SOURCE
    too many pairs              TOO_MANY_PAIRS
    no pairs                    -
"""


async def test_tick_16_wrong_relations_are_refused(rates: Narrowed) -> None:
    await rates.relate()
    unit, group, place = rates.unit, rates.group, rates.place
    first, second = rates.pair("Design-Paris")
    attempts = {
        "unknown attribute": lambda: relate_attributes(unit, group, 999, SUGGESTION),
        "with itself": lambda: relate_attributes(unit, group, group, SUGGESTION),
        "again": lambda: relate_attributes(unit, group, place, SUGGESTION),
        "the other way round": lambda: relate_attributes(unit, place, group, SUGGESTION),
        "unknown relation": lambda: add_related_values(unit, 999, []),
        "unknown value": lambda: add_related_values(unit, rates.relation, [(first, 999)]),
        "a pair the wrong way round": lambda: add_related_values(unit, rates.relation, [(second, first)]),
        "too many pairs": lambda: add_related_values(unit, rates.relation, [(first, second)] * 1001),
        "no pairs": lambda: add_related_values(unit, rates.relation, []),
    }
    for what, code in table(WRONG):
        assert await code_of(attempts[what]()) == code, what
    assert len(await find_all(unit.session, RelatedValueRow, unit.organisation_id)) == 2


async def test_two_who_relate_the_same_attributes_at_once_make_one_relation(
    transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        first = await create_rate_attribute(unit, AttributeDraft("Group", GROUP))
        second = await create_rate_attribute(unit, AttributeDraft("Place", LOCATION))

    async def relate(one: int, other: int) -> None:
        async with transactions.begin(admin) as unit:
            await relate_attributes(unit, one, other, SUGGESTION)

    done = await asyncio.gather(relate(first, second), relate(second, first), return_exceptions=True)
    assert [isinstance(one, Conflict) for one in done].count(True) == 1
    async with transactions.begin(admin) as unit:
        assert len(await find_all(unit.session, AttributeRelationRow, unit.organisation_id)) == 1


async def test_relations_are_for_administrators_and_audited(rates: Narrowed) -> None:
    await rates.relate()
    rates.unit.principal = without(rates.unit.principal, Permission.ADMINISTER)
    for attempt in (
        relate_attributes(rates.unit, rates.group, rates.place, SUGGESTION),
        unrelate_attributes(rates.unit, rates.relation),
        add_related_values(rates.unit, rates.relation, []),
        remove_related_values(rates.unit, rates.relation, []),
    ):
        with pytest.raises(Denied):
            await attempt
    audited = await find_all(rates.unit.session, AuditRow, rates.unit.organisation_id, entity="attribute_relation")
    assert [one.action for one in audited] == ["create", "add_pairs"]
