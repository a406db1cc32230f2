"""The event log as live streams: one listening connection per process feeds every subscriber.

::

    table  ..., 41, 42, 43 | 44, 45              what the hub has read is left of the bar, ``last`` is 43
    replay        (after ... 43]                 read from the table, page by page
    live                     44, 45, ...         queued from the moment of joining

A subscriber joins the live events first and then reads the table up to ``last``: nothing falls between, nothing comes
twice. Events are numbered in the order in which they can be read (models.events), so reading above a number is enough.

A queue is short. Who is outrun by a burst takes what is queued and joins anew, reading from the table what it missed;
who needs longer than ``patience_seconds`` for one queue is ended, and can continue later from the last number it saw.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import structlog

from hourledger.core.errors import HourledgerError, Transient
from models.database import Database
from models.events import events_after, last_seq, listening
from models.tables import EventRow

QUEUE_SIZE = 256
PATIENCE_SECONDS = 10.0
_PAGE = 1000
_WAIT_SECONDS_MIN, _WAIT_SECONDS_MAX = 0.1, 5.0
# A wake-up can be lost with its connection, and a dead connection can look alive: so we also look without one.
_LOOK_ANYWAY_SECONDS = 5.0

_log = structlog.get_logger(__name__)


@dataclass(eq=False)
class _Subscriber:
    """``overflowed_at``: since when it gets nothing more, on the loop's clock; None while it keeps up."""

    topics: Collection[str]
    project_ids: Collection[int] | None
    queue: asyncio.Queue[EventRow]
    overflowed_at: float | None = field(default=None)

    def wants(self, event: EventRow) -> bool:
        return event.topic in self.topics and (self.project_ids is None or event.project_id in self.project_ids)

    def put(self, event: EventRow, now: float) -> None:
        if self.overflowed_at is None:
            try:
                self.queue.put_nowait(event)
            except asyncio.QueueFull:
                self.overflowed_at = now


class EventHub:
    """Start it with the process, stop it with the process. Without a database it waits and tries again."""

    def __init__(
        self, database: Database, *, queue_size: int = QUEUE_SIZE, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._database = database
        self._queue_size = queue_size
        self._patience_seconds = patience_seconds
        self._subscribers: dict[int, set[_Subscriber]] = defaultdict(set)  # by organisation
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._last: int | None = None
        self._ready = asyncio.Event()

    @property
    def subscribers(self) -> int:
        return sum(map(len, self._subscribers.values()))

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    async def events(
        self,
        organisation_id: int,
        topics: Collection[str],
        *,
        project_ids: Collection[int] | None = None,
        after: int | None = None,
    ) -> AsyncGenerator[EventRow, None]:
        """Events of an organisation: all stored ones above ``after`` (None: only new ones), then new ones as they come.

        Raises:
            Transient SLOW_CONSUMER: more came than were taken in time; continue with ``after`` where this one ended.
        """
        await self._ready.wait()
        seen = after
        while True:
            subscriber = _Subscriber(topics, project_ids, asyncio.Queue(self._queue_size))
            if seen is not None:
                # Far behind: catch up with the table before queueing, so that a long replay overflows no queue.
                async with aclosing(self._stored(organisation_id, subscriber, seen, None)) as stored:
                    async for event in stored:
                        yield event
                        seen = event.seq
            neighbours = self._subscribers[organisation_id]
            neighbours.add(subscriber)
            joined_at = self._last or 0
            try:
                if seen is not None:
                    async with aclosing(self._stored(organisation_id, subscriber, seen, joined_at)) as stored:
                        async for event in stored:
                            yield event
                seen = max(seen or 0, joined_at)
                while subscriber.overflowed_at is None or not subscriber.queue.empty():
                    event = await subscriber.queue.get()
                    # The replay may have read further than the hub had when we joined.
                    if event.seq is not None and event.seq > seen:
                        yield event
                        seen = event.seq
            finally:
                neighbours.discard(subscriber)
            if asyncio.get_running_loop().time() - subscriber.overflowed_at > self._patience_seconds:
                raise Transient(
                    "More events came than this subscriber took, so it was ended. Subscribe again with after: the seq "
                    "of the last event received; nothing is lost.",
                    code="SLOW_CONSUMER",
                )

    async def _stored(
        self, organisation_id: int, subscriber: _Subscriber, after: int, until: int | None
    ) -> AsyncGenerator[EventRow, None]:
        """Stored events above ``after`` up to ``until`` (None: all there are) that the subscriber wants."""
        while until is None or after < until:
            async with self._database.session() as session:
                page = await events_after(session, after, organisation_id=organisation_id, limit=_PAGE)
            for event in page:
                assert event.seq is not None
                if until is not None and event.seq > until:
                    return
                after = event.seq
                if subscriber.wants(event):
                    yield event
            if len(page) < _PAGE:
                return

    async def _listen(self) -> None:
        """Keep a listening connection; every notification wakes the reader."""
        wait = _WAIT_SECONDS_MIN
        while True:
            try:
                async with listening(self._database.url) as numbers:
                    wait = _WAIT_SECONDS_MIN
                    self._wake.set()  # what was published while nobody listened
                    async for _ in numbers:
                        self._wake.set()
            except Exception as error:  # noqa: BLE001  (whatever ended it, the answer is to connect again)
                _log.warning("listening for events ended, connecting again", reason=str(error), wait_seconds=wait)
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311  (spreads reconnections)
            wait = min(wait * 2, _WAIT_SECONDS_MAX)

    async def _read(self) -> None:
        """Read new events once for all and hand them out."""
        while True:
            try:
                async with self._database.session() as session:
                    if self._last is None:
                        self._last = await last_seq(session)
                        self._ready.set()
                    page = await events_after(session, self._last, limit=_PAGE)
            except HourledgerError as error:
                _log.warning("events cannot be read, trying again", code=error.code)
                page = []
            for event in page:
                self._hand_out(event)
            if len(page) == _PAGE:
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_ANYWAY_SECONDS)
            self._wake.clear()

    def _hand_out(self, event: EventRow) -> None:
        """To everybody who wants it."""
        self._last = event.seq
        now = asyncio.get_running_loop().time()
        for subscriber in self._subscribers.get(event.organisation_id, ()):
            if subscriber.wants(event):
                subscriber.put(event, now)
