"""Rates, rate cards and what narrows rates, through HTTP as a front end calls them."""

from __future__ import annotations

from typing import Any

import pytest

from hourledger.core.access import EVERYTHING, Permission
from resolvers.ids import global_id
from tests.conftest import MovableClock
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken

CARD = "rateCard { id name kind lastDay company { name } }"


async def card_of(api: Api, name: str = "Soda", **more: Any) -> str:
    made: dict[str, str] = await api.do("createRateCard", CARD, name=name, **more)
    return made["id"]


async def line_of(api: Api, ids: Ids, card: str, rate: str = "100", **more: Any) -> dict[str, Any]:
    more.setdefault("currency", "EUR")
    line: dict[str, Any] = await api.do(
        "setRate",
        """rateLine { id scope basis isLocked percent rate { amount currency unitHours } lastDay rateCard { name }
           attributes { attribute { name } value { name parent { name } } } }""",
        kind=more.pop("kind", "BILLING"),
        level="RATE_CARD",
        rateCardId=card,
        roleId=ids.role,
        rate=rate,
        **more,
    )
    return line


async def test_a_card_is_made_filled_attached_changed_and_pushed(api: Api, ids: Ids, clock: MovableClock) -> None:
    card = await card_of(api, "Soda", companyId=ids.museum, lastDay="2027-12-31")
    line = await line_of(api, ids, card, "1000", currency="INR", unitHours="10")
    assert line["rate"] == {"amount": "1000.00", "currency": "INR", "unitHours": "10.00"}
    assert (line["scope"], line["isLocked"], line["percent"]) == ("Developer on rate card Soda", False, None)
    markup = await line_of(api, ids, card, "12.5", kind="MARKUP", basis="PERCENT", currency=None)
    assert (markup["percent"], markup["rate"]["currency"]) == ("12.50", "XXX")

    attached = await api.do(
        "attachRateCard", "attachment { id knownAt rateCard { name } lastDay }", rateCardId=card, projectId=ids.portal
    )
    assert (attached["rateCard"], attached["lastDay"]) == ({"name": "Soda"}, "2027-12-31")
    clock.move(hours=1)
    [adjusted] = await api.do("adjustRates", "rateLines { id }", rateLineIds=[line["id"]], percent="10")
    found = await api.query(
        """query($id: ID!, $at: DateTime!) { rateCard(id: $id) {
             outdated { project { code } } versions { changedBy added retired }
             lines { nodes { rate { amount } } } then: lines(at: $at) { nodes { rate { amount } } }
             difference(since: $at) { role { name } before { price } after { price isLocked } } } }""",
        id=card,
        at=attached["knownAt"],
    )
    assert found["rateCard"] == {
        "outdated": [{"project": {"code": "PORTAL"}}],
        "versions": [
            {"changedBy": "api@brightwater.example", "added": 1, "retired": 1},
            {"changedBy": "api@brightwater.example", "added": 2, "retired": 0},
        ],
        "lines": {"nodes": [{"rate": {"amount": "1100.00"}}, {"rate": {"amount": "12.50"}}]},
        "then": {"nodes": [{"rate": {"amount": "1000.00"}}, {"rate": {"amount": "12.50"}}]},
        "difference": [
            {
                "role": {"name": "Developer"},
                "before": {"price": "1000.00 INR/10.00 h"},
                "after": {"price": "1100.00 INR/10.00 h", "isLocked": False},
            }
        ],
    }
    [line] = (await api.mutate("lockRates", "rateLines { id isLocked }", rateLineIds=[adjusted["id"]], isLocked=True))[
        "rateLines"
    ]
    assert line["isLocked"]
    assert await api.user_error("adjustRates", rateLineIds=[line["id"]], percent="10") == "RATE_LOCKED"
    pushed = await api.do("pushRateCard", "results { outcome project { code } }", rateCardId=card)
    assert pushed == [{"outcome": "DONE", "project": {"code": "PORTAL"}}]
    gone = await api.do("deleteRateCard", "rateCard { deletedAt }", rateCardId=card)
    assert gone["deletedAt"]
    left = await api.query(
        "query($id: ID!) { rateAttachments(projectId: $id) { nodes { rateCard { id } company { name } } } }",
        id=ids.portal,
    )
    assert left["rateAttachments"]["nodes"] == [{"rateCard": None, "company": {"name": "Meridian Museum"}}]


async def test_a_gap_is_told_with_the_answer(api: Api, ids: Ids) -> None:
    given = {"kind": "BILLING", "level": "PROJECT_ROLE", "projectId": ids.portal, "roleId": ids.role, "currency": "EUR"}
    made = await api.mutate(
        "setRates",
        "rateLines { id } gaps { line { scope } days { firstDay lastDay } }",
        rates=[
            {**given, "rate": "20", "lastDay": "2026-06-10"},
            {**given, "rate": "30", "validFrom": "2026-06-21", "lastDay": "2026-06-30"},
        ],
    )
    assert made["gaps"] == [
        {
            "line": {"scope": "Developer on project PORTAL"},
            "days": {"firstDay": "2026-06-11", "lastDay": "2026-06-20"},
        }
    ]
    removed = await api.mutate(
        "removeRate", "gaps { days { lastDay } } rateLine { id }", rateLineId=made["rateLines"][1]["id"]
    )
    assert removed["gaps"] == []
    body = await api.mutate(
        "setRates", "gaps { days { lastDay } }", rates=[{**given, "rate": "20"}, {**given, "rate": "21"}]
    )
    assert body["gaps"] is None
    assert (body["userErrors"][0]["field"], body["userErrors"][0]["code"]) == ("rates.0.validFrom", "RATE_OVERLAP")


async def test_places_narrow_rates_and_people_have_them(api: Api, ids: Ids) -> None:
    attribute = await api.do(
        "createRateAttribute", "rateAttribute { id position }", name="Place", source="LOCATION", isHierarchical=True
    )
    usa = await api.do("createAttributeValue", "value { id }", source="LOCATION", name="USA")
    city = await api.do(
        "createAttributeValue", "value { id }", source="LOCATION", name="Los Angeles", parentId=usa["id"]
    )
    group = await api.do("createAttributeValue", "value { id }", source="COMPANY", companyId=ids.museum)
    card = await card_of(api)
    line = await line_of(api, ids, card, attributes=[{"attributeId": attribute["id"], "valueId": city["id"]}])
    assert line["attributes"] == [
        {"attribute": {"name": "Place"}, "value": {"name": "Los Angeles", "parent": {"name": "USA"}}}
    ]
    await line_of(api, ids, card, "90")
    found = await api.query(
        "query($v: [ID!], $c: ID) { rates(attributeValueIds: $v, rateCardId: $c, level: RATE_CARD) { nodes { id } } }",
        v=[city["id"]],
        c=card,
    )
    assert found["rates"]["nodes"] == [{"id": line["id"]}]
    await api.do(
        "setPersonAttribute",
        "person { id }",
        personId=ids.person,
        rateAttributeId=attribute["id"],
        valueId=city["id"],
        validFrom="2026-01-01",
    )
    sets = await api.query(
        "query($id: ID!) { personAttributes(personId: $id) { nodes { id validFrom lastDay value { name } } } }",
        id=ids.person,
    )
    [one] = sets["personAttributes"]["nodes"]
    assert (one["validFrom"], one["lastDay"], one["value"]) == ("2026-01-01", None, {"name": "Los Angeles"})
    open_role = await api.do("assignToTask", "assignment { id }", taskId=ids.build, roleId=ids.role)
    given = [{"attributeId": attribute["id"], "valueId": usa["id"]}]
    narrowed = await api.do(
        "setAssignmentAttributes",
        "assignment { attributes { value { name } } }",
        assignmentId=open_role["id"],
        attributes=given,
    )
    assert narrowed == {"attributes": [{"value": {"name": "USA"}}]}
    again = await api.query("query($id: ID!) { node(id: $id) { ... on PersonAttribute { validFrom } } }", id=one["id"])
    assert again["node"] == {"validFrom": "2026-01-01"}
    assert await api.user_error("deleteAttributeValue", valueId=city["id"]) == "VALUE_IN_USE"
    assert await api.user_error("deleteRateAttribute", rateAttributeId=attribute["id"]) == "ATTRIBUTE_IN_USE"
    assert await api.do("deleteAttributeValue", "deletedId", valueId=group["id"]) == group["id"]


async def test_p11_an_import_is_rehearsed_and_then_done(api: Api, ids: Ids) -> None:
    card = await card_of(api)
    await line_of(api, ids, card, "100")
    text = "role,rate,currency,first_day\nDeveloper,120,EUR,2026-06-01\n"
    wanted = """changes { role { name } before { price lastDay } after { price firstDay lastDay } } aliasesChanged
        rateCard { lines { nodes { rate { amount } } } }"""
    dry = await api.mutate("importRateCard", wanted, rateCardId=card, text=text, form="CSV", dryRun=True)
    assert dry["changes"] == [
        {
            "role": {"name": "Developer"},
            "before": {"price": "100.00 EUR/h", "lastDay": None},
            "after": {"price": "100.00 EUR/h", "firstDay": None, "lastDay": "2026-05-31"},
        },
        {
            "role": {"name": "Developer"},
            "before": None,
            "after": {"price": "120.00 EUR/h", "firstDay": "2026-06-01", "lastDay": None},
        },
    ]
    assert len(dry["rateCard"]["lines"]["nodes"]) == 2
    kept = await api.query("query($id: ID!) { rateCard(id: $id) { text(form: CSV) } }", id=card)
    assert "120" not in kept["rateCard"]["text"]

    real = await api.mutate("importRateCard", wanted, rateCardId=card, text=text, form="CSV")
    assert real["changes"] == dry["changes"]
    now = await api.query("query($id: ID!) { rateCard(id: $id) { text(form: JSONL) } }", id=card)
    same = await api.mutate("importRateCard", wanted, rateCardId=card, text=now["rateCard"]["text"], form="JSONL")
    assert (same["changes"], same["aliasesChanged"]) == ([], 0)

    wrong = await api.mutate(
        "importRateCard", wanted, rateCardId=card, text="role,rate\nDeveloper,x\nNobody,1\n", form="CSV"
    )
    assert wrong["changes"] is None
    assert [(one["field"], one["code"]) for one in wrong["userErrors"]] == [
        ("lines.2.rate", "CARD_LINE_INVALID"),
        ("lines.3.currency", "CURRENCY_MISSING"),
    ]


async def test_3_6_rates_of_a_project_stand_side_by_side(api: Api, ids: Ids, clock: MovableClock) -> None:
    given = {"kind": "BILLING", "currency": "EUR", "roleId": ids.role}
    for level, rate, more in (
        ("ROLE", "90", {}),
        ("COMPANY_ROLE", "95", {"companyId": ids.museum}),
        ("PROJECT_ROLE", "99", {"projectId": ids.portal}),
    ):
        await api.do("setRate", "rateLine { id }", level=level, rate=rate, **given, **more)
    card = await card_of(api)
    await line_of(api, ids, card, "97")
    await api.do("attachRateCard", "attachment { id }", rateCardId=card, projectId=ids.portal)
    clock.move(hours=1)
    await line_of(api, ids, card, "98", replaceOverlapping=True)  # not pushed: not on the project
    await api.do(
        "setRate", "rateLine { id }", level="COMPANY_ROLE", rate="96", companyId=ids.museum,
        replaceOverlapping=True, **given,
    )  # fmt: skip
    rates = "{ rate { amount } }"
    asked = f"""query($id: ID!) {{ projectRates(projectId: $id, on: "2026-11-02") {{
        groups {{ level lines {rates} }}
        roles {{ role {{ name }} project {rates} card {rates} company {rates} system {rates} }} }} }}"""

    def one(amount: str) -> list[dict[str, Any]]:
        return [{"rate": {"amount": amount}}]

    found = (await api.query(asked, id=ids.portal))["projectRates"]
    assert found["roles"] == [
        {
            "role": {"name": "Developer"},
            "project": one("99.00"),
            "card": one("97.00"),
            "company": one("95.00"),
            "system": one("90.00"),
        }
    ]
    assert [group["level"] for group in found["groups"]] == ["PROJECT_ROLE", "RATE_CARD", "COMPANY_ROLE", "ROLE"]
    await api.do("refreshCompanyRates", "project { code }", projectId=ids.portal)
    flagged = await api.do(
        "setCompanyRatesOverride", "project { companyRatesOverride }", projectId=ids.portal, isOn=True
    )
    assert flagged == {"companyRatesOverride": True}
    refreshed = (await api.query(asked, id=ids.portal))["projectRates"]["roles"]
    assert refreshed[0]["company"] == one("96.00")


async def test_28_the_rate_of_today_is_marked(api: Api, ids: Ids) -> None:
    given = {"kind": "COST", "level": "ROLE", "roleId": ids.role, "currency": "EUR"}
    for rate, first_day in (("20", None), ("22", "2026-11-01"), ("24", "2027-01-01")):
        await api.do("setRate", "rateLine { id }", rate=rate, validFrom=first_day, **given)
    found = await api.query(
        "query($id: ID!) { rates(roleId: $id) { nodes { isCurrent retiredAt rate { amount } } } }", id=ids.role
    )
    told = [(one["rate"]["amount"], one["isCurrent"]) for one in found["rates"]["nodes"]]
    assert told == [("20.00", False), ("22.00", True), ("24.00", False)]


async def test_3_7_the_picker_offers_cards_for_the_project_and_for_everybody(api: Api, ids: Ids) -> None:
    await card_of(api, "Museum", companyId=ids.museum)
    await card_of(api, "Everybody")
    robotics = (await api.query("{ companies { nodes { id name } } }"))["companies"]["nodes"][1]["id"]
    await card_of(api, "Robotics", companyId=robotics)

    async def names(**given: Any) -> list[str]:
        asked = """query($p: ID, $t: String, $c: ID) {
            rateCards(forProjectId: $p, text: $t, companyId: $c) { nodes { name } } }"""
        return [one["name"] for one in (await api.query(asked, **given))["rateCards"]["nodes"]]

    assert await names() == ["Everybody", "Museum", "Robotics"]
    assert await names(p=ids.portal) == ["Everybody", "Museum"]
    assert await names(t="rob") == ["Robotics"]
    assert await names(c=ids.museum) == ["Museum"]


async def test_an_alias_is_shown_and_a_card_copied_with_it(api: Api, ids: Ids) -> None:
    card = await card_of(api)
    await line_of(api, ids, card)
    await api.do("setRateCardAlias", "rateCard { id }", rateCardId=card, roleId=ids.role, alias="Engineer")
    copied = await api.do(
        "copyRateCard", "rateCard { id aliases { id alias role { name } } }", rateCardId=card, name="Soda II"
    )
    [alias] = copied["aliases"]
    assert (alias["alias"], alias["role"]) == ("Engineer", {"name": "Developer"})
    node = await api.query("query($id: ID!) { node(id: $id) { ... on RateCardAlias { alias } } }", id=alias["id"])
    assert node["node"] == {"alias": "Engineer"}
    edited = await api.do("editRateCard", CARD, rateCardId=copied["id"], name="Cola")
    assert edited["name"] == "Cola"
    assert await api.user_error("createRateCard", name="Cola") == "NAME_TAKEN"


@pytest.mark.parametrize(("lacking", "shown"), [("VIEW_BILLING_RATES", ["Costs"]), ("VIEW_COST_RATES", ["Prices"])])
async def test_i9_a_card_is_shown_to_those_who_may_see_its_rates(
    api: Api, ids: Ids, token_with: IssueToken, lacking: str, shown: list[str]
) -> None:
    cards = {"Prices": await card_of(api, "Prices"), "Costs": await card_of(api, "Costs", kind="COST")}
    attached = [
        await api.do("attachRateCard", "attachment { id }", rateCardId=card, projectId=ids.portal)
        for card in cards.values()
    ]
    caller = api.as_caller(await token_with(*(EVERYTHING - {Permission(lacking)})))
    listed = await caller.query("{ rateCards { nodes { name } } }")
    assert [one["name"] for one in listed["rateCards"]["nodes"]] == shown
    for name, card in cards.items():
        node = await caller.query("query($id: ID!) { node(id: $id) { id } rateCard(id: $id) { id } }", id=card)
        assert (node["node"] is not None, node["rateCard"] is not None) == ((name in shown),) * 2
    nodes = [await caller.query("query($id: ID!) { node(id: $id) { id } }", id=one["id"]) for one in attached]
    assert [one["node"] is not None for one in nodes] == [name in shown for name in cards]
    on_project = await caller.query(
        "query($id: ID!) { rateAttachments(projectId: $id) { nodes { rateCard { name } } } }", id=ids.portal
    )
    named = [one["rateCard"]["name"] for one in on_project["rateAttachments"]["nodes"] if one["rateCard"]]
    assert named == shown


REFUSED = [
    "{ rateCards { nodes { id } } }",
    "{ rateAttachments { nodes { id } } }",
    "{ rateAttributes { nodes { id } } }",
    "{ attributeValues { nodes { id } } }",
    "{ attributeRelations { nodes { id } } }",
    f'{{ personAttributes(personId: "{global_id("Person", 1)}") {{ nodes {{ id }} }} }}',
    f'{{ projectRates(projectId: "{global_id("Project", 1)}") {{ groups {{ level }} }} }}',
]


@pytest.mark.parametrize("query", REFUSED)
async def test_what_a_token_does_not_allow_is_refused(api: Api, token_with: IssueToken, query: str) -> None:
    caller = api.as_caller(await token_with(Permission.LOG_TIME))
    assert await caller.code(query) == "PERMISSION_DENIED"
