"""Following over a real WebSocket: the event of another process, from where one left off, as long as one may."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest
from starlette.applications import Starlette

from hourledger.auth import authenticate as authenticating
from hourledger.core.access import Permission, Principal
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.runtime import Runtime
from hourledger.services.recalculation_runs import request_recalculation
from hourledger.services.revoke_token import revoke_token
from hourledger.transactions import Transactions
from models.database import Database
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, log

FINANCES = """subscription($ids: [ID!], $after: Seq) { projectFinancesChanged(projectIds: $ids, after: $after) {
    seq cause actualHours actualRevenue { amount } project { code finances { actualHours } } } }"""


async def listened(app: Starlette) -> None:
    """Until the hub has the subscriber: what happens before is not live for it."""
    async with asyncio.timeout(10):
        while app.state.hub.subscribers == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def work(
    transactions: Transactions, admin: Principal, world: World, *hours: str, project: str = "portal"
) -> None:
    """Logged by another process: with its own connections, one transaction each."""
    for one in hours:
        async with transactions.begin(admin) as unit:
            await log(unit, world, one, date(2026, 11, 2), project=project)


async def test_figures_come_the_moment_they_change_elsewhere(
    api: Api, app: Starlette, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with api.subscribed(FINANCES, ids=[ids.portal]) as events:
        await listened(app)
        await work(transactions, admin, world, "5", project="dashboard")
        await work(transactions, admin, world, "8", "2")
        first, second = await events.next(), await events.next()
    assert (first["cause"], first["actualHours"], first["actualRevenue"]) == (
        "TIME_LOGGED",
        "8.00",
        {"amount": "800.00"},
    )
    assert second["actualHours"] == "10.00"
    assert second["project"] == {"code": "PORTAL", "finances": {"actualHours": "10.00"}}
    assert second["seq"] > first["seq"]


async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(
    api: Api, app: Starlette, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with api.subscribed(FINANCES) as events:
        await listened(app)
        await work(transactions, admin, world, "1")
        last = (await events.next())["seq"]
    await work(transactions, admin, world, "2", "3")
    async with api.subscribed(FINANCES, after=last) as events:
        missed = [await events.next() for _ in range(2)]
        await work(transactions, admin, world, "4")
        live = await events.next()
    assert [one["actualHours"] for one in [*missed, live]] == ["3.00", "6.00", "10.00"]
    async with api.subscribed(FINANCES, after=0) as events:
        everything = [await events.next() for _ in range(4)]
    assert [one["actualHours"] for one in everything] == ["1.00", "3.00", "6.00", "10.00"]


async def test_billing_records_deliveries_and_recalculations_are_told(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal, runtime: Runtime
) -> None:
    await work(transactions, admin, world, "8")
    await api.do("createConnection", "connection { id }", direction="TARGET", connector="beancount", name="Books",
                 config={"folder": "ledger"})  # fmt: skip
    record = await api.do("createBillingRecord", "billingRecord { id }", projectIds=[ids.portal])
    for step in ("confirmBillingRecord", "postBillingRecord"):
        await api.do(step, "billingRecord { id }", billingRecordId=record["id"])
    async with transactions.begin(admin) as unit:
        run = await request_recalculation(unit, [world.portal], reason="test")
    await work_on(Tools(transactions, runtime.box), admin, run)

    query = "subscription { billingRecordChanged(after: 0) { status total { amount } billingRecord { number } } }"
    async with api.subscribed(query) as events:
        seen = [await events.next() for _ in range(3)]
    assert [one["status"] for one in seen] == ["DRAFT", "CONFIRMED", "POSTED"]
    assert seen[0]["total"] == {"amount": "800.00"}
    async with api.subscribed("subscription { deliveryChanged(after: 0) { state reference } }") as events:
        assert await events.next() == {"state": "PARKED", "reference": "BR-00001-r1"}
    query = """subscription { recalculationFinished(after: 0) {
        status run { reason projects { nodes { outcome frozen } } } } }"""
    async with api.subscribed(query) as events:
        assert await events.next() == {
            "status": "DONE",
            "run": {"reason": "test", "projects": {"nodes": [{"outcome": "DONE", "frozen": 1}]}},
        }


async def test_figures_are_hidden_from_subscribers_as_from_everybody(
    api: Api, world: World, transactions: Transactions, admin: Principal, token_with: IssueToken
) -> None:
    await work(transactions, admin, world, "8")
    caller = api.as_caller(await token_with(Permission.VIEW_PROJECTS))
    async with caller.subscribed(FINANCES, after=0) as events:
        message = await events.message()
    payload = message["payload"]
    assert payload["data"]["projectFinancesChanged"]["actualRevenue"] is None
    assert payload["extensions"]["hidden"] == [
        {"field": "ProjectFinancesChanged.actualRevenue", "permission": "VIEW_BILLING_RATES"}
    ]
    async with caller.subscribed("subscription { billingRecordChanged { seq } }") as events:
        assert await events.error_code() == "PERMISSION_DENIED"


async def test_a_revoked_token_ends_what_it_opened(
    api: Api,
    app: Starlette,
    world: World,
    transactions: Transactions,
    admin: Principal,
    database: Database,
    token_with: IssueToken,
) -> None:
    token = await token_with(Permission.VIEW_PROJECTS)
    async with api.as_caller(token).subscribed(FINANCES) as events:
        await listened(app)
        async with database.session() as session:
            await revoke_token(session, admin, prefix=token.split("_")[1], now=datetime.now(UTC))
            await session.commit()
        authenticating._seen.forget_all()  # what a few seconds do
        await work(transactions, admin, world, "8")
        assert await events.error_code() == "TOKEN_INVALID"
        assert (await events.message())["type"] == "complete"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { projectFinancesChanged(after: -1) { seq } }", "DOCUMENT_INVALID"),
        ('subscription { projectFinancesChanged(projectIds: ["x"]) { seq } }', "ID_INVALID"),
        ("subscription { nothing }", "DOCUMENT_INVALID"),
    ],
)
async def test_a_subscription_that_cannot_be_is_refused(api: Api, query: str, code: str) -> None:
    async with api.subscribed(query) as events:
        assert await events.error_code() == code


async def test_who_completes_is_forgotten(api: Api, app: Starlette) -> None:
    async with api.subscribed(FINANCES) as events:
        await listened(app)
        await events.socket.send_json({"id": "1", "type": "complete"})
        async with asyncio.timeout(10):
            while app.state.hub.subscribers:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


async def test_queries_are_answered_on_the_same_socket_in_text_frames(api: Api, world: World) -> None:
    async with api.subscribed("{ projects { nodes { code } } }") as events:
        assert await events.next() == {"nodes": [{"code": "FLEET"}, {"code": "PORTAL"}]}


async def test_waiting_subscribers_hold_no_connection_to_the_database(api: Api, app: Starlette) -> None:
    async with api.subscribed(FINANCES), api.subscribed(FINANCES), api.subscribed(FINANCES):
        await listened(app)
        assert app.state.database.engine.pool.checkedout() == 0
