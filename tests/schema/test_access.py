"""Nobody sees or does anything without a token that allows it, on any path."""

from __future__ import annotations

import aiohttp
import pytest

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.services.set_up import create_organisation
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, create_world, log

PROJECT = Permission.VIEW_PROJECTS
COST, BILLING, GENERAL = (
    Permission.VIEW_COST_RATES,
    Permission.VIEW_BILLING_RATES,
    Permission.VIEW_GENERAL_FINANCE,
)
FIGURES = """query($id: ID!) { project(id: $id) { finances {
    actualHours actualLaborCost { amount } actualExpenseCost { amount } actualCost { amount }
    actualRevenue { amount } margin { amount } } timeEntries { nodes { cost { amount } revenue { amount } } } } }"""


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "NOT_AUTHENTICATED"),
        ("nonsense", "TOKEN_INVALID"),
        (f"hl_{'a' * 12}_{'0' * 64}", "TOKEN_INVALID"),
    ],
)
async def test_without_a_good_token_nothing_is_answered(api: Api, token: str | None, code: str) -> None:
    status, body, headers = await api.as_caller(token).post({"query": "{ __typename }"})
    assert status == 401
    assert body["errors"][0]["extensions"]["code"] == code
    assert headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("payload", [None, {}, {"authorization": "Bearer nonsense"}, {"authorization": 5}])
async def test_a_socket_without_a_good_token_is_closed(api: Api, payload: object) -> None:
    async with api.socket() as socket:
        message = {"type": "connection_init"} | ({} if payload is None else {"payload": payload})
        await socket.send_json(message)
        closed = await socket.receive(timeout=10)
        assert closed.type is aiohttp.WSMsgType.CLOSE
        assert closed.data in {4403, 4400}


async def test_a_socket_that_does_not_introduce_itself_gets_nothing(api: Api) -> None:
    async with api.socket() as socket:
        await socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}})
        assert (await socket.receive(timeout=10)).data == 4401


async def test_a_page_of_another_origin_cannot_open_a_socket(api: Api) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with api.socket(headers={"origin": "https://elsewhere.example"}):
            pass
    assert refused.value.status == 403


async def test_the_old_protocol_is_not_spoken(api: Api) -> None:
    async with api.socket(protocols=["graphql-ws"]) as socket:
        assert (await socket.receive(timeout=10)).data == 4406


SEEN = """
    permissions                 labor  expense  cost  revenue  margin
    -                           -      -        -     -        -
    COST                        yes    -        -     -        -
    GENERAL                     -      yes      -     -        -
    COST+GENERAL                yes    yes      yes   -        -
    BILLING                     -      -        -     yes      -
    COST+BILLING+GENERAL        yes    yes      yes   yes      yes
"""
_HEADER, *_ROWS = [line.split() for line in SEEN.strip().splitlines()]
_NAMED = {"COST": COST, "BILLING": BILLING, "GENERAL": GENERAL}
_FIELD = {
    "labor": "actualLaborCost",
    "expense": "actualExpenseCost",
    "cost": "actualCost",
    "revenue": "actualRevenue",
    "margin": "margin",
}


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row[0])
async def test_figures_without_the_right_to_them_are_null_and_the_answer_says_why(
    api: Api,
    ids: Ids,
    world: World,
    transactions: Transactions,
    admin: Principal,
    token_with: IssueToken,
    row: list[str],
) -> None:
    async with transactions.begin(admin) as unit:
        await _one_day(unit, world)
    held = [_NAMED[name] for name in row[0].split("+") if name in _NAMED]
    body = await api.as_caller(await token_with(PROJECT, *held)).answer(FIGURES, id=ids.portal)

    figures = body["data"]["project"]["finances"]
    [entry] = body["data"]["project"]["timeEntries"]["nodes"]
    assert "errors" not in body
    assert figures["actualHours"] == "8.00"
    shown = {name: figures[field] is not None for name, field in _FIELD.items()}
    assert shown == {name: cell == "yes" for name, cell in zip(_HEADER[1:], row[1:], strict=True)}
    assert (entry["cost"] is not None, entry["revenue"] is not None) == (COST in held, BILLING in held)
    hidden = {(one["field"], one["permission"]) for one in body.get("extensions", {}).get("hidden", [])}
    assert (("ProjectFinances.actualRevenue", "VIEW_BILLING_RATES") in hidden) == (BILLING not in held)
    assert (("TimeEntry.cost", "VIEW_COST_RATES") in hidden) == (COST not in held)


REFUSED = [
    ("{ projects { nodes { id } } }", ()),
    ("{ people { nodes { id } } }", ()),
    ("{ timeEntries { nodes { id } } }", ()),
    ("{ rates { nodes { id } } }", (PROJECT, GENERAL)),
    ("{ rates(kind: COST) { nodes { id } } }", (BILLING,)),
    ("{ billingRecords { nodes { id } } }", (PROJECT, BILLING)),
    ("{ journalEntries { nodes { id } } }", (PROJECT, GENERAL)),
    ("{ deliveries { nodes { id } } }", (PROJECT, GENERAL)),
    ("{ accounts { nodes { id } } }", (PROJECT, GENERAL)),
    ("{ connections { nodes { id } } }", (PROJECT,)),
    ('{ sourceRecords(connectionId: "RXh0ZXJuYWxTeXN0ZW06MQ==") { nodes { id } } }', (PROJECT, GENERAL)),
    ('{ node(id: "UGVyc29uOjE=") { id } }', ()),
    ('{ node(id: "QWNjb3VudDox") { id } }', (PROJECT,)),
    ('{ explainTimeEntry(id: "VGltZUVudHJ5OjE=") { replays } }', (PROJECT, COST)),
]


@pytest.mark.parametrize(("query", "held"), REFUSED)
async def test_what_a_token_does_not_allow_is_refused(
    api: Api, token_with: IssueToken, query: str, held: tuple[Permission, ...]
) -> None:
    # A token needs some permission: one that opens nothing here.
    caller = api.as_caller(await token_with(*held, Permission.LOG_TIME))
    assert await caller.code(query) == "PERMISSION_DENIED"


async def test_a_refused_part_leaves_the_rest_of_the_answer(api: Api, ids: Ids, token_with: IssueToken) -> None:
    caller = api.as_caller(await token_with(PROJECT))
    query = "query($id: ID!) { project(id: $id) { code billingRecords { nodes { id } } expenses { nodes { id } } } }"
    body = await caller.answer(query, id=ids.portal)
    assert body["data"]["project"] == {"code": "PORTAL", "billingRecords": None, "expenses": None}
    assert {one["extensions"]["code"] for one in body["errors"]} == {"PERMISSION_DENIED"}


async def test_a_mutation_that_is_not_allowed_is_a_user_error(api: Api, ids: Ids, token_with: IssueToken) -> None:
    caller = api.as_caller(await token_with(PROJECT))
    assert await caller.user_error("createBillingRecord", projectIds=[ids.portal]) == "PERMISSION_DENIED"


async def test_rates_are_shown_by_kind(api: Api, ids: Ids, token_with: IssueToken) -> None:
    seen = await api.as_caller(await token_with(COST)).query("{ rates { nodes { kind } } }")
    assert {one["kind"] for one in seen["rates"]["nodes"]} == {"COST"}


async def test_another_organisation_does_not_exist(
    api: Api, ids: Ids, world: World, database: Database, transactions: Transactions
) -> None:
    async with database.session() as session:
        other = await create_organisation(session, "Other", base_currency="EUR", time_zone="UTC")
        await session.commit()
    theirs = await create_world(transactions, Principal(other.id, "stranger", EVERYTHING))

    for type_name, row_id in (("Project", theirs.portal), ("Person", theirs.person), ("Task", theirs.build)):
        found = await api.query("query($id: ID!) { node(id: $id) { id } }", id=global_id(type_name, row_id))
        assert found == {"node": None}
    listed = await api.query("{ projects { nodes { id } } people { nodes { id } } companies { nodes { id } } }")
    assert len(listed["projects"]["nodes"]) == 2
    assert len(listed["people"]["nodes"]) == 1
    code = await api.user_error("createBillingRecord", projectIds=[global_id("Project", theirs.portal)])
    assert code == "PROJECT_UNKNOWN"


async def _one_day(unit: UnitOfWork, world: World) -> None:
    from datetime import date

    await log(unit, world, "8", date(2026, 11, 2))
