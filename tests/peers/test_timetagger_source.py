"""The TimeTagger source against a real TimeTagger: every change arrives once, and none is lost."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from connectors.base import Batch, Cursor, SourceEntry
from connectors.sources.timetagger import TimeTaggerConfig, TimeTaggerSource
from hourledger.core.errors import AuthFailed, NotSent
from hourledger.peers.server import choose_port
from hourledger.peers.timetagger import TimeTaggerRecord, TimeTaggerServer, run_timetagger
from tests.peers import PEER_FOLDER, WORKER, report

pytestmark = pytest.mark.peer

FOLDER = PEER_FOLDER / "timetagger"
INSTANCE = f"source-{WORKER}"
USERS = dict.fromkeys(("ann", "bob", "carla", "dirk", "eva", "farid", "gast"), "secret")
NINE = 1_777_878_000  # 2026-05-04 07:00 UTC, 09:00 in Amsterdam


@pytest.fixture(scope="module")
async def timetagger() -> AsyncIterator[TimeTaggerServer]:
    shutil.rmtree(FOLDER / "instances" / INSTANCE, ignore_errors=True)
    async with run_timetagger(FOLDER, users=USERS, report=report, instance=INSTANCE) as server:
        yield server


@dataclass
class Account:
    """One user of TimeTagger and the connection to it."""

    server: TimeTaggerServer
    token: str
    config: TimeTaggerConfig
    cursor: Cursor | None = None
    last: list[Batch] = field(default_factory=list)

    async def write(self, key: str, ds: str, *, start: int = NINE, seconds: int = 3600) -> None:
        mt = int(time.time()) + 1  # whole seconds, and what is older than a reset is refused
        await self.server.put_records(
            self.token, [TimeTaggerRecord(key=key, mt=mt, t1=start, t2=start + seconds, ds=ds)]
        )

    async def pull(self) -> list[SourceEntry]:
        """The entries of the next pull; all of it is in ``last``, and the cursor moves as an engine would move it."""
        async with TimeTaggerSource(self.config) as source:
            self.last = [batch async for batch in source.read(self.cursor)]
        self.cursor = self.last[-1].cursor
        return [row.entry for batch in self.last for row in batch.rows]

    def was_resync(self) -> bool:
        return all(batch.resync for batch in self.last)

    @property
    def deleted(self) -> list[str]:
        return [one for batch in self.last for one in batch.deleted_ids]


async def account_of(server: TimeTaggerServer, user: str) -> Account:
    token = await server.api_token(user)
    config = TimeTaggerConfig(
        url=server.url, token=SecretStr(token), person=user.capitalize(), time_zone="Europe/Amsterdam"
    )
    return Account(server, token, config)


async def test_a_record_becomes_an_entry_of_the_person_of_the_connection(timetagger: TimeTaggerServer) -> None:
    ann = await account_of(timetagger, "ann")
    await ann.write("a1", "Search #Collection-Portal #build, maps #later", seconds=5400)
    await ann.write("a2", "", start=NINE + 14 * 3600)  # 23:00 in Amsterdam, an hour
    await ann.write("a3", "C# for #émile", start=NINE + 15 * 3600)  # midnight in Amsterdam, still 22:00 UTC

    first, second, third = await ann.pull()

    assert first == SourceEntry(
        external_id="a1",
        work_date=date(2026, 5, 4),
        seconds=5400,
        person="Ann",
        project="collection-portal",
        task="build",
        note="Search , maps",
        started_at=datetime(2026, 5, 4, 7, 0, tzinfo=UTC),
        ended_at=datetime(2026, 5, 4, 8, 30, tzinfo=UTC),
    )
    assert (second.work_date, second.project, second.task, second.note) == (date(2026, 5, 4), None, None, "")
    assert (third.work_date, third.project, third.note) == (date(2026, 5, 5), "émile", "C# for")
    assert await ann.pull() == []
    assert (ann.deleted, ann.was_resync()) == ([], False)


async def test_edits_hiding_and_reviving_arrive_once_each(timetagger: TimeTaggerServer) -> None:
    bob = await account_of(timetagger, "bob")
    await bob.write("b1", "#fleet")
    await bob.write("b2", "#fleet")
    assert [one.seconds for one in await bob.pull()] == [3600, 3600]

    await bob.write("b1", "#fleet", seconds=1800)
    assert [(one.external_id, one.seconds) for one in await bob.pull()] == [("b1", 1800)]

    await bob.write("b2", "HIDDEN #fleet")
    assert (await bob.pull(), bob.deleted) == ([], ["b2"])
    assert (await bob.pull(), bob.deleted) == ([], [])

    await bob.write("b2", "#fleet")
    assert [one.external_id for one in await bob.pull()] == ["b2"]


async def test_a_running_record_is_skipped_until_it_stops_and_a_backward_one_is_bad(
    timetagger: TimeTaggerServer,
) -> None:
    carla = await account_of(timetagger, "carla")
    await carla.write("c1", "#design", seconds=0)
    await carla.write("c2", "#design", seconds=-60)

    assert await carla.pull() == []
    assert [(one.external_id, one.reason) for one in carla.last[0].skipped] == [("c1", "still running")]
    assert [(one.external_id, one.code) for one in carla.last[0].bad_rows] == [("c2", "DURATION_NEGATIVE")]

    await carla.write("c1", "#design", seconds=900)
    assert [one.seconds for one in await carla.pull()] == [900]


async def test_a_reset_brings_everything_once_and_says_so(timetagger: TimeTaggerServer) -> None:
    dirk = await account_of(timetagger, "dirk")
    await dirk.write("d1", "#portal")
    await dirk.pull()

    await force_reset(timetagger, "dirk")
    assert [one.external_id for one in await dirk.pull()] == ["d1"]
    assert dirk.was_resync()

    assert await dirk.pull() == []
    assert not dirk.was_resync()

    await dirk.write("d2", "#portal")
    assert [one.external_id for one in await dirk.pull()] == ["d2"]

    await force_reset(timetagger, "dirk")
    assert sorted(one.external_id for one in await dirk.pull()) == ["d1", "d2"]
    assert dirk.was_resync()


async def test_what_is_written_while_we_ask_is_not_lost(timetagger: TimeTaggerServer) -> None:
    """With the server's cursor alone it is: the stamp of a write is older than the answer that does not have it yet."""
    eva = await account_of(timetagger, "eva")
    await eva.pull()
    now = int(time.time())
    many = [TimeTaggerRecord(key=f"e{one:04}", mt=now, t1=NINE, t2=NINE + 60, ds="#bulk") for one in range(1500)]
    cursor_alone = (await timetagger.updates(eva.token))["server_time"]
    seen_alone: set[str] = set()
    seen: list[str] = []
    sizes: list[int] = []

    async def ask_both() -> None:
        nonlocal cursor_alone
        answer = await timetagger.updates(eva.token, cursor_alone)
        cursor_alone = answer["server_time"]
        seen_alone.update(record["key"] for record in answer["records"])
        seen.extend(one.external_id for one in await eva.pull())
        sizes.extend(len(batch.rows) for batch in eva.last)

    writing = asyncio.create_task(timetagger.put_records(eva.token, many))
    while not writing.done():
        await ask_both()
    await writing
    await ask_both()

    assert sorted(seen) == [record["key"] for record in many], "each exactly once"
    assert max(sizes) == 500
    assert await eva.pull() == []
    # Should this ever fail, TimeTagger has mended its cursor and the look-back can go.
    assert len(seen_alone) < len(many)


async def test_more_versions_than_the_cursor_keeps_come_again_and_nothing_is_lost(
    timetagger: TimeTaggerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.sources.timetagger.SEEN_MAX", 1)
    farid = await account_of(timetagger, "farid")
    await farid.write("f1", "#x")
    await farid.write("f2", "#x")

    assert [one.external_id for one in await farid.pull()] == ["f1", "f2"]
    assert [one.external_id for one in await farid.pull()] == ["f1", "f2"]


async def test_a_wrong_token_is_refused_after_one_request(timetagger: TimeTaggerServer) -> None:
    requests = 0

    async def forward(request: web.Request) -> web.Response:
        nonlocal requests
        requests += 1
        headers = {"authtoken": request.headers["authtoken"]}
        url = timetagger.url.removesuffix("/timetagger/api/v2") + request.path_qs
        async with aiohttp.ClientSession() as client, client.get(url, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)

    proxy = web.Application()
    proxy.router.add_get("/{path:.*}", forward)
    async with TestServer(proxy) as server:
        url = str(server.make_url("/timetagger/api/v2"))
        good = (await account_of(timetagger, "gast")).config.model_copy(update={"url": url})
        wrong = good.model_copy(update={"token": SecretStr("wrong")})

        async with TimeTaggerSource(good) as source:
            assert (await source.check()).identity == f"Gast at {url}"
        requests = 0
        async with TimeTaggerSource(wrong) as source:
            with pytest.raises(AuthFailed):
                await source.check()
            assert requests == 1
            with pytest.raises(AuthFailed):
                await anext(source.read(None))
            assert requests == 2


async def test_a_server_that_is_not_there_is_not_sent() -> None:
    config = TimeTaggerConfig(
        url=f"http://127.0.0.1:{choose_port()}/api/v2", token=SecretStr("x"), person="Ann", time_zone="Europe/Amsterdam"
    )
    async with TimeTaggerSource(config) as source:
        with pytest.raises(NotSent):
            await source.check()


async def force_reset(server: TimeTaggerServer, user: str) -> None:
    """What an administrator does after restoring a database: every client must read everything again."""
    async with (
        aiohttp.ClientSession(headers={"authtoken": await server.api_token(user)}) as client,
        client.put(f"{server.url}/forcereset") as answer,
    ):
        assert answer.status == 200
