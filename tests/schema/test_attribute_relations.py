"""Related rate attributes, as a front end configures them and narrows its pick lists by them (§1.14, tick 16)."""

from __future__ import annotations

from typing import Any

from hourledger.core.access import Permission
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken

_OFFERED = """
    query($attribute: ID, $given: [AttributeInput!]! = []) {
        attributeValues(attributeId: $attribute, given: $given) { nodes { name } }
    }
"""


class Pairs:
    """Groups and places; Design works in London, Build in London and Rome."""

    def __init__(self, api: Api) -> None:
        self.api, self.attributes, self.values = api, dict[str, str](), dict[str, str]()
        self.relation = ""

    async def set_up(self, filter_: str) -> Pairs:
        api = self.api
        for name, source, values in (("Group", "GROUP", "Design Build"), ("Place", "LOCATION", "London Rome")):
            made = await api.do("createRateAttribute", "rateAttribute { id }", name=name, source=source)
            self.attributes[name] = made["id"]
            for value in values.split():
                found = await api.do("createAttributeValue", "value { id }", source=source, name=value)
                self.values[value] = found["id"]
        related = await api.do(
            "relateAttributes", "attributeRelation { id filter first { name } second { name } }", filter=filter_,
            firstAttributeId=self.attributes["Group"], secondAttributeId=self.attributes["Place"],
        )  # fmt: skip
        assert related == {
            "id": related["id"], "filter": filter_, "first": {"name": "Group"}, "second": {"name": "Place"}
        }  # fmt: skip
        self.relation = related["id"]
        return self

    def pairs(self, *names: str) -> list[dict[str, str]]:
        return [
            {"firstValueId": self.values[first], "secondValueId": self.values[second]}
            for first, second in (one.split("-") for one in names)
        ]

    async def offered(self, attribute: str, **given: str) -> list[str]:
        wanted = [{"attributeId": self.attributes[one], "valueId": self.values[value]} for one, value in given.items()]
        found = await self.api.query(_OFFERED, attribute=self.attributes[attribute], given=wanted)
        return [one["name"] for one in found["attributeValues"]["nodes"]]


async def test_tick_16_pairs_are_configured_and_narrow_what_is_offered_in_both_directions(api: Api) -> None:
    pairs = await Pairs(api).set_up("SUGGESTION")
    shown = "attributeRelation { pairs { nodes { first { name } second { name } } } }"
    wanted = pairs.pairs("Design-London", "Build-London", "Build-Rome")
    added = await api.do("addRelatedValues", shown, attributeRelationId=pairs.relation, pairs=wanted)
    assert [(one["first"]["name"], one["second"]["name"]) for one in added["pairs"]["nodes"]] == [
        ("Design", "London"), ("Build", "London"), ("Build", "Rome")
    ]  # fmt: skip
    assert await pairs.offered("Place") == ["London", "Rome"]
    assert await pairs.offered("Place", Group="Design") == ["London"]
    assert await pairs.offered("Group", Place="London") == ["Build", "Design"]
    assert await pairs.offered("Group", Place="Rome") == ["Build"]
    query = "{ rateAttributes { nodes { name relations { nodes { id first { name } second { name } } } } } }"
    listed = (await api.query(query))["rateAttributes"]["nodes"]
    assert [[one["id"] for one in each["relations"]["nodes"]] for each in listed] == [[pairs.relation]] * 2
    assert [one["id"] for one in (await api.query("{ attributeRelations { nodes { id } } }"))["attributeRelations"][
        "nodes"
    ]] == [pairs.relation]  # fmt: skip
    await api.do(
        "removeRelatedValues", shown, attributeRelationId=pairs.relation, pairs=pairs.pairs("Build-Rome", "Design-Rome")
    )
    assert await pairs.offered("Group", Place="Rome") == []
    gone = await api.mutate("unrelateAttributes", "deletedId", attributeRelationId=pairs.relation)
    assert gone["deletedId"] == pairs.relation
    assert await pairs.offered("Group", Place="Rome") == ["Build", "Design"]
    node = await api.query("query($id: ID!) { node(id: $id) { id } }", id=pairs.relation)
    assert node["node"] is None


async def test_tick_16_a_relationship_refuses_what_is_not_paired(api: Api, ids: Ids) -> None:
    pairs = await Pairs(api).set_up("RELATIONSHIP")
    await api.do(
        "addRelatedValues", "attributeRelation { id }", attributeRelationId=pairs.relation,
        pairs=pairs.pairs("Design-London", "Build-Rome"),
    )  # fmt: skip

    def rate(group: str, place: str) -> dict[str, Any]:
        narrowed = [
            {"attributeId": pairs.attributes[one], "valueId": pairs.values[value]}
            for one, value in (("Group", group), ("Place", place))
        ]
        return {
            "kind": "BILLING", "level": "ROLE", "roleId": ids.role, "rate": "90", "currency": "EUR",
            "attributes": narrowed,
        }  # fmt: skip

    refused = await api.mutate("setRate", "__typename", **rate("Design", "Rome"))
    assert refused["userErrors"] == [
        {
            "code": "ATTRIBUTES_UNRELATED",
            "field": "attributes",
            "message": "Design (Group) and Rome (Place) do not go together. Choose others, or let an administrator "
            "pair them.",
        }
    ]
    await api.do("setRate", "rateLine { id }", **rate("Design", "London"))
    in_use = {"attributeRelationId": pairs.relation, "pairs": pairs.pairs("Design-London")}
    assert await api.user_error("removeRelatedValues", **in_use) == "ATTRIBUTE_IN_USE"
    await api.do(
        "addRelatedValues", "attributeRelation { id }", attributeRelationId=pairs.relation,
        pairs=pairs.pairs("Design-Rome"),
    )  # fmt: skip
    await api.do("setRate", "rateLine { id }", **rate("Design", "Rome"))


async def test_tick_16_what_is_given_needs_an_attribute_to_look_for(api: Api) -> None:
    pairs = await Pairs(api).set_up("SUGGESTION")
    given = [{"attributeId": pairs.attributes["Group"], "valueId": pairs.values["Design"]}]
    assert await api.code(_OFFERED, given=given) == "ATTRIBUTE_MISSING"


async def test_9_4_only_administrators_relate_attributes(api: Api, token_with: IssueToken) -> None:
    pairs = await Pairs(api).set_up("SUGGESTION")
    caller = api.as_caller(await token_with(Permission.EDIT_BILLING_RATES, Permission.EDIT_PROJECTS))
    both = {"firstAttributeId": pairs.attributes["Place"], "secondAttributeId": pairs.attributes["Group"]}
    assert await caller.user_error("relateAttributes", **both) == "PERMISSION_DENIED"
    one = {"attributeRelationId": pairs.relation}
    assert await caller.user_error("unrelateAttributes", **one) == "PERMISSION_DENIED"
    for name in ("addRelatedValues", "removeRelatedValues"):
        assert await caller.user_error(name, pairs=[], **one) == "PERMISSION_DENIED"
