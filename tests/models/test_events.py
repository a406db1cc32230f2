"""The event log: numbers without gaps, in the order in which events can be seen, told to other processes."""

from __future__ import annotations

import asyncio
import random

from hourledger.core.access import Principal
from hourledger.transactions import Transactions
from models.database import Database
from models.events import events_after, last_seq, listening, publish_events


async def emit(transactions: Transactions, admin: Principal, count: int, pause: float) -> None:
    async with transactions.begin(admin) as unit:
        for number in range(count):
            unit.emit("TEST", entity_id=number)
        await unit.session.flush()
        await asyncio.sleep(pause)  # others commit meanwhile: ids are given in another order than commits happen


async def test_a_reader_that_asks_for_what_follows_its_last_number_misses_nothing(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    pauses = random.Random(7)
    writers = [
        asyncio.create_task(emit(transactions, admin, count=3, pause=pauses.uniform(0, 0.05))) for _ in range(40)
    ]
    seen: list[int] = []
    while not all(writer.done() for writer in writers) or len(seen) < 120:
        async with database.session() as session:
            found = await events_after(session, seen[-1] if seen else 0)
        seen += [event.seq for event in found if event.seq is not None]
        await asyncio.sleep(0)
    assert seen == list(range(1, 121))


async def test_events_of_a_process_that_died_before_publishing_are_published_by_the_next(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with database.session() as session:
        from models.tables import EventRow

        session.add(EventRow(organisation_id=admin.organisation_id, topic="LEFT_BEHIND"))
        await session.commit()
        assert await last_seq(session) == 0
        assert await publish_events(session) == (1, 1)
        await session.commit()
        assert await publish_events(session) is None


async def test_a_rolled_back_change_leaves_no_event(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin, dry_run=True) as unit:
        unit.emit("TEST")
    async with database.session() as session:
        assert await events_after(session, 0) == []


async def test_listeners_are_woken_with_the_highest_number(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with listening(database.url) as numbers:
        await emit(transactions, admin, count=2, pause=0)
        assert await asyncio.wait_for(anext(numbers), timeout=10) == 2
