"""Lists: page by page, each level one statement however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.applications import Starlette

from hourledger.core.access import Principal
from hourledger.services.create_project import create_project
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.transactions import Transactions
from resolvers.paging import FIRST_MAX
from tests.schema.api import Api
from tests.schema.conftest import Ids
from tests.support.world import World


@contextmanager
def statements(app: Starlette) -> Iterator[list[str]]:
    """What the server sends to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def add_projects(transactions: Transactions, admin: Principal, world: World, count: int) -> None:
    """Projects P000, P001, ... with three hours each."""
    async with transactions.begin(admin) as unit:
        for number in range(count):
            made = await create_project(unit, code=f"P{number:03}", name=f"Project {number}", company_id=world.museum)
            drafts = [TimeDraft(world.person, made, date(2026, 11, 2) + timedelta(one), 3600) for one in range(3)]
            await log_time(unit, drafts)


@pytest.mark.parametrize("first", [0, -1, FIRST_MAX + 1, 1_000_000])
async def test_a_page_has_a_limit(api: Api, first: int) -> None:
    assert await api.code("query($n: Int!) { projects(first: $n) { nodes { id } } }", n=first) == "PAGE_SIZE"


@pytest.mark.parametrize("after", ["", "x", "bnVsbA==", "WyJwZW9wbGUiLCJhIiwxXQ==", "WyJwcm9qZWN0cyIsNV0=", "ü"])
async def test_a_cursor_of_something_else_is_refused(api: Api, after: str) -> None:
    query = "query($after: String!) { projects(after: $after) { nodes { id } } }"
    assert await api.code(query, after=after) == "CURSOR_INVALID"


async def test_paging_sees_every_row_once_while_others_come_and_go(
    api: Api, world: World, transactions: Transactions, admin: Principal
) -> None:
    await add_projects(transactions, admin, world, 12)
    seen: list[str] = []
    after = None
    while True:
        query = """query($after: String) { projects(first: 5, after: $after) {
            nodes { code } pageInfo { hasNextPage endCursor } } }"""
        page = (await api.query(query, after=after))["projects"]
        seen += [one["code"] for one in page["nodes"]]
        await api.do("createProject", "project { id }", code=f"A{len(seen)}", name="Comes before all of them")
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == ["FLEET", *(f"P{number:03}" for number in range(12)), "PORTAL"]


async def test_nested_pages_continue_by_their_own_cursor(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    await add_projects(transactions, admin, world, 1)
    query = """query($after: String) { project(code: "P000") {
        timeEntries(first: 2, after: $after) { edges { cursor node { workDate } }
            pageInfo { hasNextPage endCursor } } } }"""
    first = (await api.query(query))["project"]["timeEntries"]
    second = (await api.query(query, after=first["pageInfo"]["endCursor"]))["project"]["timeEntries"]
    dates = [edge["node"]["workDate"] for edge in first["edges"] + second["edges"]]
    assert dates == ["2026-11-04", "2026-11-03", "2026-11-02"]
    assert [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]] == [True, False]


DEEP = """query($first: Int!) { projects(first: $first) { nodes { code company { name }
    finances { actualCost { amount } margin { amount } }
    timeEntries(first: 2) { nodes { person { name primaryRole { name } } task { name } project { name } } }
    tasks { nodes { name assignments { person { name } } } }
    billingRecords { nodes { number totals { total { amount } } lineCount } } } } }"""


async def test_the_number_of_statements_does_not_grow_with_the_list(
    api: Api, app: Starlette, world: World, transactions: Transactions, admin: Principal
) -> None:
    await add_projects(transactions, admin, world, 20)
    await api.query(DEEP, first=1)  # looks the token up
    counts = []
    for first in (2, 20):
        with statements(app) as sent:
            found = await api.query(DEEP, first=first)
        assert len(found["projects"]["nodes"]) == first
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[1] <= 23


async def test_lists_inside_lists_have_a_limit_together(
    api: Api, world: World, transactions: Transactions, admin: Principal
) -> None:
    await add_projects(transactions, admin, world, 3)
    query = """{ projects { nodes { timeEntries(first: 200) { nodes { project {
        timeEntries(first: 200) { nodes { project { timeEntries(first: 200) { nodes { id } } } } } } } } } } }"""
    assert "data" in await api.answer(query)
    wide = " ".join(f"t{number}: timeEntries(first: {180 + number}) {{ nodes {{ id }} }}" for number in range(20))
    async with transactions.begin(admin) as unit:
        for number in range(20):
            await create_project(unit, code=f"W{number:03}", name="Wide", company_id=None)
    assert await api.code(f"{{ projects(first: 200) {{ nodes {{ {wide} }} }} }}") == "QUERY_TOO_LARGE"


async def test_filters_take_text_as_it_is(api: Api, world: World) -> None:
    query = "query($text: String) { projects(text: $text) { nodes { code } } }"
    for text, codes in (("fleet", ["FLEET"]), ("collection", ["PORTAL"]), ("%", []), ("_", []), ("\\", [])):
        found = await api.query(query, text=text)
        assert [one["code"] for one in found["projects"]["nodes"]] == codes
    assert await api.code(query, text="a\0b") == "TEXT_INVALID"
