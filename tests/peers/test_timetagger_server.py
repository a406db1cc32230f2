"""TimeTagger runs, people enter time, and what they entered is read back with their own token."""

import shutil
from collections.abc import AsyncIterator

import aiohttp
import pytest

from hourledger.peers.failure import PeerError
from hourledger.peers.timetagger import TimeTaggerRecord, TimeTaggerServer, run_timetagger
from tests.peers import PEER_FOLDER, WORKER, report

pytestmark = pytest.mark.peer

FOLDER = PEER_FOLDER / "timetagger"
INSTANCE = f"test-{WORKER}"
USERS = {"ann": "ann's password", "bob": "bob's password"}
NINE = 1_772_442_000  # 2 March 2026, 09:00 UTC
LANDER = TimeTaggerRecord(key="lander01", mt=NINE, t1=NINE, t2=NINE + 5400, ds="#apollo #lander legs")


@pytest.fixture(scope="module")
async def timetagger() -> AsyncIterator[TimeTaggerServer]:
    shutil.rmtree(FOLDER / "instances" / INSTANCE, ignore_errors=True)
    async with run_timetagger(FOLDER, users=USERS, report=report, instance=INSTANCE) as server:
        yield server


async def test_records_are_read_back_by_the_person_who_entered_them_and_by_nobody_else(
    timetagger: TimeTaggerServer,
) -> None:
    ann, bob = await timetagger.api_token("ann"), await timetagger.api_token("bob")
    await timetagger.put_records(ann, [LANDER])
    (record,) = (await timetagger.updates(ann))["records"]
    assert {name: record[name] for name in LANDER} == LANDER
    assert (await timetagger.updates(bob))["records"] == []


async def test_a_cursor_gives_only_what_changed_after_it_and_a_deletion_as_hidden(timetagger: TimeTaggerServer) -> None:
    token = await timetagger.api_token("ann")
    await timetagger.put_records(token, [LANDER])
    cursor = (await timetagger.updates(token))["server_time"]
    assert (await timetagger.updates(token, cursor))["records"] == []
    hidden = LANDER | TimeTaggerRecord(key="lander01", mt=NINE + 9, t1=NINE, t2=NINE + 5400, ds="HIDDEN #apollo")
    await timetagger.put_records(token, [hidden])
    changed = await timetagger.updates(token, cursor)
    assert [(record["key"], record["ds"]) for record in changed["records"]] == [("lander01", "HIDDEN #apollo")]


async def test_an_older_version_is_accepted_and_ignored(timetagger: TimeTaggerServer) -> None:
    token = await timetagger.api_token("bob")
    newer = TimeTaggerRecord(key="orbit001", mt=NINE + 60, t1=NINE, t2=NINE + 60, ds="#apollo newer")
    older = TimeTaggerRecord(key="orbit001", mt=NINE, t1=NINE, t2=NINE + 60, ds="#apollo older")
    await timetagger.put_records(token, [newer])
    await timetagger.put_records(token, [older])
    (record,) = (await timetagger.updates(token))["records"]
    assert record["ds"] == "#apollo newer"


async def test_a_record_that_makes_no_sense_is_refused(timetagger: TimeTaggerServer) -> None:
    token = await timetagger.api_token("bob")
    backwards = TimeTaggerRecord(key="refused1", mt=NINE, t1=NINE, t2="then", ds="")  # type: ignore[typeddict-item]
    with pytest.raises(PeerError, match="TimeTagger refused records"):
        await timetagger.put_records(token, [backwards])


async def test_a_wrong_token_is_refused(timetagger: TimeTaggerServer) -> None:
    async with (
        aiohttp.ClientSession(headers={"authtoken": "wrong"}) as client,
        client.get(f"{timetagger.url}/updates?since=0") as answer,
    ):
        assert answer.status == 401


async def test_the_same_instance_does_not_run_twice(timetagger: TimeTaggerServer) -> None:
    assert timetagger.url
    with pytest.raises(PeerError, match="Another process runs a server"):
        async with run_timetagger(FOLDER, users=USERS, report=report, instance=INSTANCE):
            pass
