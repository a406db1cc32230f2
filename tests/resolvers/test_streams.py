"""The hub: nothing missed, nothing twice, nobody held up by somebody slow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.errors import Transient
from hourledger.services.set_up import create_organisation
from hourledger.transactions import Transactions
from models.database import Database
from models.tables import EventRow
from resolvers.streams import EventHub

TOPIC = "TESTED"


@asynccontextmanager
async def running(hub: EventHub) -> AsyncIterator[EventHub]:
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def emit(transactions: Transactions, admin: Principal, *numbers: int, topic: str = TOPIC) -> None:
    """One transaction with one event per number; its project is the number."""
    async with transactions.begin(admin) as unit:
        for number in numbers:
            unit.emit(topic, project_id=number, number=number)


async def take(events: AsyncGenerator[EventRow, None], count: int) -> list[int]:
    """The numbers of the next events."""
    async with asyncio.timeout(10):
        return [int(str((await anext(events)).payload["number"])) for _ in range(count)]


async def joined(hub: EventHub, count: int = 1) -> None:
    async with asyncio.timeout(10):
        while hub.subscribers < count:  # noqa: ASYNC110  (the hub has nobody to tell that somebody joined)
            await asyncio.sleep(0.005)


async def test_new_events_come_as_they_happen(database: Database, transactions: Transactions, admin: Principal) -> None:
    async with running(EventHub(database)) as hub:
        await emit(transactions, admin, 1)
        async with aclosing(hub.events(admin.organisation_id, {TOPIC}, after=0)) as events:
            assert await take(events, 1) == [1]
            waiting = asyncio.create_task(take(events, 2))
            await joined(hub)
            await emit(transactions, admin, 2)
            await emit(transactions, admin, 3)
            assert await waiting == [2, 3]
        assert hub.subscribers == 0


async def test_another_organisation_topic_or_project_is_not_told(
    database: Database, transactions: Transactions, admin: Principal
) -> None:
    async with database.session() as session:
        other = await create_organisation(session, "Other", base_currency="EUR", time_zone="UTC")
        await session.commit()
    stranger = Principal(other.id, "stranger", EVERYTHING)
    async with running(EventHub(database)) as hub:
        await emit(transactions, stranger, 7)
        await emit(transactions, admin, 7, topic="OTHER")
        await emit(transactions, admin, 5, 7)
        events = hub.events(admin.organisation_id, {TOPIC}, project_ids={7}, after=0)
        async with aclosing(events):
            waiting = asyncio.create_task(take(events, 2))
            await joined(hub)
            await emit(transactions, stranger, 7)
            await emit(transactions, admin, 6, 7)
            assert await waiting == [7, 7]


async def test_a_replay_runs_into_the_live_events_without_gap_or_double(
    database: Database, transactions: Transactions, admin: Principal
) -> None:
    async with running(EventHub(database)) as hub:
        await emit(transactions, admin, *range(40))

        async def keep_emitting() -> None:
            for number in range(40, 80):
                await emit(transactions, admin, number)

        writer = asyncio.create_task(keep_emitting())
        subscribers = [hub.events(admin.organisation_id, {TOPIC}, after=0) for _ in range(5)]
        seen = await asyncio.gather(*(take(events, 80) for events in subscribers))
        await writer
        for events in subscribers:
            await events.aclose()
        assert seen == [list(range(80))] * 5


async def test_a_burst_that_outruns_a_queue_is_read_from_the_table(
    database: Database, transactions: Transactions, admin: Principal
) -> None:
    async with (
        running(EventHub(database, queue_size=4)) as hub,
        aclosing(hub.events(admin.organisation_id, {TOPIC})) as events,
    ):
        waiting = asyncio.create_task(take(events, 50))
        await joined(hub)
        await emit(transactions, admin, *range(50))
        assert await waiting == list(range(50))


async def test_who_takes_nothing_for_too_long_is_ended_and_can_continue(
    database: Database, transactions: Transactions, admin: Principal
) -> None:
    async with running(EventHub(database, queue_size=3, patience_seconds=0)) as hub:
        async with aclosing(hub.events(admin.organisation_id, {TOPIC})) as events:
            waiting = asyncio.create_task(take(events, 1))
            await joined(hub)
            await emit(transactions, admin, 0)
            await waiting
            await emit(transactions, admin, *range(1, 20))
            while True:
                [subscriber] = hub._subscribers[admin.organisation_id]
                if subscriber.overflowed_at is not None:
                    break
                await asyncio.sleep(0.005)
            queued = [await anext(events) for _ in range(3)]
            with pytest.raises(Transient) as ended:
                await anext(events)
        assert ended.value.code == "SLOW_CONSUMER"
        assert hub.subscribers == 0
        async with aclosing(hub.events(admin.organisation_id, {TOPIC}, after=queued[-1].seq)) as again:
            assert await take(again, 16) == list(range(4, 20))


async def test_a_lost_connection_is_made_again_and_nothing_is_missed(
    database: Database, transactions: Transactions, admin: Principal
) -> None:
    from sqlalchemy import text

    async with running(EventHub(database)) as hub, aclosing(hub.events(admin.organisation_id, {TOPIC})) as events:
        waiting = asyncio.create_task(take(events, 2))
        await joined(hub)
        await emit(transactions, admin, 1)
        async with database.session() as session:
            ended = await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            )
            assert len(ended.all()) == 1
        await emit(transactions, admin, 2)
        assert await waiting == [1, 2]
