"""Snapshots over the API: taken at once, read and compared page by page, hidden from whoever may not see rates."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.edit_project import edit_project
from hourledger.transactions import Transactions
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import IssueToken
from tests.support.world import World, log

FACTS = """query($id: ID!, $kinds: [SnapshotFactKind!], $first: Int!, $after: String) {
    node(id: $id) { ... on Snapshot { name projectCode currency facts(kinds: $kinds, first: $first, after: $after) {
        nodes { kind key label values { field text money { amount currency } } } pageInfo { hasNextPage endCursor } }
} } }"""
COMPARE = """query($from: ID!, $to: ID, $kinds: [SnapshotFactKind!], $first: Int, $after: String) {
    compareSnapshots(from: $from, to: $to, kinds: $kinds, first: $first, after: $after) {
        nodes { kind key label change fields { field
            before { text money { amount currency } } after { text money { amount currency } } } }
        pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
async def snapshot(api: Api, transactions: Transactions, admin: Principal, world: World) -> str:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", date(2026, 6, 1))
    taken = await api.do("takeSnapshot", "snapshot { id }", projectId=global_id("Project", world.portal), name="Start")
    return str(taken["id"])


async def spend(transactions: Transactions, admin: Principal, world: World) -> None:
    async with transactions.begin(admin) as unit:
        for name, minor in (("Train", 5000), ("Hotel", 9000)):
            draft = ExpenseDraft(world.portal, "Travel", name, planned_minor=minor, paid_on=date(2026, 6, 1))
            await add_expense(unit, draft)
        await edit_project(unit, world.portal, {"fixed_cost": Decimal(100)})


async def test_a_snapshot_is_ready_when_it_is_answered_and_read_page_by_page(api: Api, snapshot: str) -> None:
    pages, after = [], None
    while True:
        node = (await api.query(FACTS, id=snapshot, first=2, after=after))["node"]
        pages.append(node["facts"]["nodes"])
        if not node["facts"]["pageInfo"]["hasNextPage"]:
            break
        after = node["facts"]["pageInfo"]["endCursor"]
    assert (node["name"], node["projectCode"], node["currency"]) == ("Start", "PORTAL", "EUR")
    whole = (await api.query(FACTS, id=snapshot, first=200))["node"]["facts"]["nodes"]
    assert [one for page in pages for one in page] == whole
    assert [one["kind"] for one in whole[:3]] == ["PROJECT", "TASK", "ASSIGNMENT"]
    only = (await api.query(FACTS, id=snapshot, kinds=["TASK"], first=200))["node"]["facts"]["nodes"]
    assert [one["label"] for one in only] == ["Build"]
    values = {one["field"]: one["money"] or one["text"] for one in only[0]["values"]}
    assert (values["actualLabor"], values["actualHours"]) == ({"amount": "400.00", "currency": "EUR"}, "8.00")


async def test_changes_until_now_come_page_by_page_in_order(
    api: Api, snapshot: str, transactions: Transactions, admin: Principal, world: World
) -> None:
    await spend(transactions, admin, world)
    whole = (await api.query(COMPARE, **{"from": snapshot}))["compareSnapshots"]
    assert [(one["kind"], one["label"], one["change"]) for one in whole["nodes"]] == [
        ("PROJECT", "PORTAL Collection Portal", "CHANGED"),
        ("EXPENSE", "Train", "ADDED"),
        ("EXPENSE", "Hotel", "ADDED"),
    ]
    fixed = next(one for one in whole["nodes"][0]["fields"] if one["field"] == "fixedCost")
    assert fixed["before"] == {"text": None, "money": {"amount": "0.00", "currency": "EUR"}}
    assert fixed["after"] == {"text": None, "money": {"amount": "100.00", "currency": "EUR"}}
    one_by_one, after = [], None
    for _ in whole["nodes"]:
        page = (await api.query(COMPARE, **{"from": snapshot, "first": 1, "after": after}))["compareSnapshots"]
        one_by_one += page["nodes"]
        after = page["pageInfo"]["endCursor"]
    assert one_by_one == whole["nodes"]
    assert not page["pageInfo"]["hasNextPage"]
    expenses = (await api.query(COMPARE, **{"from": snapshot, "kinds": ["EXPENSE"]}))["compareSnapshots"]["nodes"]
    assert expenses == whole["nodes"][1:]
    assert await api.code(COMPARE, **{"from": snapshot, "after": "nonsense"}) == "CURSOR_INVALID"
    assert await api.code(COMPARE, **{"from": snapshot, "first": 0}) == "PAGE_SIZE"


HIDDEN = """
    without               kinds                     fields of the project
    VIEW_COST_RATES       COST_RATE                 actualLabor actualCost netValue
    VIEW_BILLING_RATES    BILLING_RATE,BILLING_CARD actualRevenue unbilledRevenue
    VIEW_GENERAL_FINANCE  EXPENSE                   fixedCost plannedBenefit netValue
"""


@pytest.mark.parametrize("row", [line.split() for line in HIDDEN.strip().splitlines()[1:]], ids=lambda row: row[0])
async def test_9_1_what_one_may_not_see_is_not_there_and_the_answer_says_that_something_may_be_missing(
    api: Api,
    token_with: IssueToken,
    snapshot: str,
    transactions: Transactions,
    admin: Principal,
    world: World,
    row: list[str],
) -> None:
    lacking, kinds, fields = Permission(row[0]), row[1].split(","), row[2:]
    await spend(transactions, admin, world)
    second = await api.do("takeSnapshot", "snapshot { id }", projectId=global_id("Project", world.portal), name="Later")
    blind = api.as_caller(await token_with(*(EVERYTHING - {lacking})))

    async def seen_by(caller: Api) -> tuple[set[str], set[str]]:
        nodes = (await caller.query(FACTS, id=second["id"], first=200))["node"]["facts"]["nodes"]
        return {one["kind"] for one in nodes}, {value["field"] for value in nodes[0]["values"]}

    all_kinds, all_fields = await seen_by(api)
    some_kinds, some_fields = await seen_by(blind)
    assert all_kinds - some_kinds == set(kinds)
    assert set(fields) <= all_fields - some_fields
    answer = await blind.answer(COMPARE, **{"from": snapshot, "to": second["id"]})
    assert {"field": "Query.compareSnapshots", "permission": lacking.value} in answer["extensions"]["hidden"]
    changes = answer["data"]["compareSnapshots"]["nodes"]
    assert set(kinds).isdisjoint(one["kind"] for one in changes)
    assert set(fields).isdisjoint(field["field"] for one in changes for field in one["fields"])


async def test_rights_ids_and_names_are_checked(api: Api, token_with: IssueToken, snapshot: str, world: World) -> None:
    portal = global_id("Project", world.portal)
    reader = api.as_caller(await token_with(Permission.VIEW_PROJECTS))
    assert await reader.user_error("takeSnapshot", projectId=portal, name="Mine") == "PERMISSION_DENIED"
    assert await reader.user_error("deleteSnapshot", snapshotId=snapshot) == "PERMISSION_DENIED"
    assert await api.user_error("takeSnapshot", projectId=portal, name="Start") == "SNAPSHOT_EXISTS"
    assert await api.user_error("takeSnapshot", projectId=snapshot, name="X") == "ID_OF_OTHER_TYPE"
    assert await api.code(COMPARE, **{"from": portal}) == "ID_OF_OTHER_TYPE"
    outsider = api.as_caller(await token_with(Permission.LOG_TIME))
    assert await outsider.code(COMPARE, **{"from": snapshot}) == "PERMISSION_DENIED"
    assert await outsider.code(FACTS, id=snapshot, first=1) == "PERMISSION_DENIED"


async def test_a_rehearsal_shows_the_snapshot_and_keeps_none(api: Api, world: World) -> None:
    portal = global_id("Project", world.portal)
    payload = await api.mutate(
        "takeSnapshot", "snapshot { name facts { nodes { kind } } }", projectId=portal, name="Try", dryRun=True
    )
    assert payload["snapshot"]["facts"]["nodes"][0] == {"kind": "PROJECT"}
    listed = await api.query("query($id: ID!) { project(id: $id) { snapshots { nodes { name } } } }", id=portal)
    assert listed["project"]["snapshots"]["nodes"] == []


async def test_twins_make_one_snapshot_and_all_get_its_answer(api: Api, world: World) -> None:
    portal = global_id("Project", world.portal)
    given = {"projectId": portal, "name": "Once", "idempotencyKey": "once"}
    answers = await asyncio.gather(*(api.mutate("takeSnapshot", "snapshot { id }", **given) for _ in range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["userErrors"] == []
    listed = await api.query("query($id: ID!) { project(id: $id) { snapshots { nodes { name } } } }", id=portal)
    assert listed["project"]["snapshots"]["nodes"] == [{"name": "Once"}]


async def test_a_deleted_snapshot_is_gone(api: Api, snapshot: str) -> None:
    assert await api.do("deleteSnapshot", "deletedId", snapshotId=snapshot, reason="a mistake") == snapshot
    assert (await api.query(FACTS, id=snapshot, first=1))["node"] is None
    assert await api.code(COMPARE, **{"from": snapshot}) == "SNAPSHOT_UNKNOWN"
    assert await api.user_error("deleteSnapshot", snapshotId=snapshot) == "SNAPSHOT_UNKNOWN"
