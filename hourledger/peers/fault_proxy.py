"""An HTTP proxy that loses, delays and refuses on purpose: how we know that a delivery survives it.

                     client            proxy              upstream
    DROP_BEFORE      ── write ──>  ✗ reset
    DROP_AFTER       ── write ──>        ── write ──>  done      ✗ reset, the answer is lost
    LATE             ── write ──>  ✗ reset ··· later ··· ── write ──>  done
    TRUNCATED        ── write ──>        ── write ──>  done      half of the answer, as if it were whole
    TRICKLE          ── write ──>        ── write ──>  done      the answer in small pieces
    the others       ── write ──>  refused, nothing is forwarded

Only writes (anything but GET and HEAD) meet faults. Listens on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp
from aiohttp import web
from yarl import URL

_TRICKLE_PIECES = 8
_TRICKLE_SECONDS = 0.02
_NOT_FORWARDED = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "date", "server", "expect"}


class Fault(StrEnum):
    """What happens to one write; see the drawing above."""

    NONE = "NONE"
    DROP_BEFORE = "DROP_BEFORE"
    DROP_AFTER = "DROP_AFTER"
    LATE = "LATE"
    TRUNCATED = "TRUNCATED"
    TRICKLE = "TRICKLE"
    TOO_MANY = "TOO_MANY"
    """429 with Retry-After."""
    TOO_MANY_SILENT = "TOO_MANY_SILENT"
    """429 without Retry-After."""
    BUSY = "BUSY"
    """503 with Retry-After."""
    UNAVAILABLE = "UNAVAILABLE"
    """503 without Retry-After."""


_REFUSALS = {
    Fault.TOO_MANY: (429, True),
    Fault.TOO_MANY_SILENT: (429, False),
    Fault.BUSY: (503, True),
    Fault.UNAVAILABLE: (503, False),
}


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """First the faults of ``next_writes`` in order, then by chance: ``probabilities`` of each, drawn from ``seed``."""

    next_writes: tuple[Fault, ...] = ()
    probabilities: Mapping[Fault, float] = field(default_factory=dict)
    seed: int = 0
    late_seconds: float = 0.3
    retry_after_seconds: int = 0


class FaultProxy:
    """A running proxy. ``counts`` says how many writes met which fault; more can be scripted while it runs."""

    def __init__(self, upstream: str, plan: FaultPlan, client: aiohttp.ClientSession) -> None:
        self.url = ""
        self.counts: Counter[Fault] = Counter()
        self.next_writes = deque(plan.next_writes)
        self._upstream = upstream.rstrip("/")
        self._plan = plan
        self._client = client
        self._random = random.Random(plan.seed)  # noqa: S311 - the same faults again, not secrecy
        self._late: set[asyncio.Task[None]] = set()

    async def settle(self) -> None:
        """Wait until every late write has arrived."""
        while self._late:
            await asyncio.gather(*self._late)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or do not."""
        body = await request.read()
        fault = Fault.NONE
        if request.method not in {"GET", "HEAD"}:
            fault = self._draw()
            self.counts[fault] += 1
        if fault in _REFUSALS:
            return self._refuse(*_REFUSALS[fault])
        if fault is Fault.DROP_BEFORE:
            return _reset(request)
        if fault is Fault.LATE:
            task = asyncio.create_task(self._forward_late(request, body))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return _reset(request)
        answer = await self._forward(request, body)
        if fault is Fault.DROP_AFTER:
            return _reset(request)
        if fault is Fault.TRUNCATED and isinstance(answer.body, bytes):
            answer.body = answer.body[: len(answer.body) // 2]
        if fault is Fault.TRICKLE:
            return await _trickle(request, answer)
        return answer

    def _draw(self) -> Fault:
        if self.next_writes:
            return self.next_writes.popleft()
        chance = self._random.random()
        for fault, probability in self._plan.probabilities.items():
            if chance < probability:
                return fault
            chance -= probability
        return Fault.NONE

    def _refuse(self, status: int, says_how_long: bool) -> web.Response:
        headers = {"Retry-After": str(self._plan.retry_after_seconds)} if says_how_long else {}
        return web.Response(status=status, headers=headers, text="refused by the fault proxy")

    async def _forward_late(self, request: web.Request, body: bytes) -> None:
        await asyncio.sleep(self._plan.late_seconds)
        await self._forward(request, body)

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED}
        url = URL(self._upstream + request.raw_path, encoded=True)
        try:
            async with self._client.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.read()
                back = {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_FORWARDED}
                return web.Response(status=answer.status, body=content, headers=back)
        except (aiohttp.ClientError, TimeoutError) as error:
            return web.Response(status=502, text=f"the fault proxy cannot reach {self._upstream}: {error}")


@asynccontextmanager
async def run_fault_proxy(upstream: str, *, plan: FaultPlan) -> AsyncIterator[FaultProxy]:
    """Run a proxy in front of ``upstream`` until the block ends; late writes have arrived by then."""
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(auto_decompress=False, timeout=timeout) as client:
        proxy = FaultProxy(upstream, plan, client)
        application = web.Application(client_max_size=2**26)
        application.router.add_route("*", "/{path:.*}", proxy.handle)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            proxy.url = f"http://{host}:{port}"
            yield proxy
            await proxy.settle()
        finally:
            await runner.cleanup()


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # goes nowhere: the connection is gone


async def _trickle(request: web.Request, answer: web.Response) -> web.StreamResponse:
    content = answer.body if isinstance(answer.body, bytes) else b""
    slow = web.StreamResponse(status=answer.status, headers=answer.headers)
    await slow.prepare(request)
    size = max(1, len(content) // _TRICKLE_PIECES)
    for start in range(0, len(content), size):
        await slow.write(content[start : start + size])
        await asyncio.sleep(_TRICKLE_SECONDS)
    await slow.write_eof()
    return slow
