"""The proxy does to a write what the plan says, and nothing to a read."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hourledger.peers.fault_proxy import Fault, FaultPlan, run_fault_proxy
from hourledger.peers.server import choose_port


class Upstream:
    """Answers with what it received."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.received.append(f"{request.method} {request.raw_path} {body}".strip())
        return web.json_response({"key": request.headers.get("X-Key"), "body": body}, headers={"X-Number": "7"})


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", upstream.handle)
    async with TestServer(application) as server:
        upstream.url = str(server.make_url("/"))
        yield upstream


async def write(url: str) -> str:
    """What a client gets to see of one write."""
    async with aiohttp.ClientSession() as client:
        try:
            async with client.post(f"{url}/a%2Fb?q=%20", data="hello", headers={"X-Key": "k"}) as answer:
                wait = answer.headers.get("Retry-After", "-")
                return f"{answer.status} {wait} {await answer.text()}"
        except aiohttp.ClientError as error:
            return type(error).__name__


ANSWER = '{"key": "k", "body": "hello"}'


@pytest.mark.parametrize(
    ("fault", "seen", "is_forwarded"),
    [
        (Fault.NONE, f"200 - {ANSWER}", True),
        (Fault.TRICKLE, f"200 - {ANSWER}", True),
        (Fault.TRUNCATED, f"200 - {ANSWER[: len(ANSWER) // 2]}", True),
        (Fault.DROP_BEFORE, "ServerDisconnectedError", False),
        (Fault.DROP_AFTER, "ServerDisconnectedError", True),
        (Fault.LATE, "ServerDisconnectedError", True),
        (Fault.TOO_MANY, "429 3 refused by the fault proxy", False),
        (Fault.TOO_MANY_SILENT, "429 - refused by the fault proxy", False),
        (Fault.BUSY, "503 3 refused by the fault proxy", False),
        (Fault.UNAVAILABLE, "503 - refused by the fault proxy", False),
    ],
)
async def test_a_fault_is_what_it_says(upstream: Upstream, fault: Fault, seen: str, is_forwarded: bool) -> None:
    plan = FaultPlan((fault,), late_seconds=0.05, retry_after_seconds=3)
    async with run_fault_proxy(upstream.url, plan=plan) as proxy:
        answer = await write(proxy.url)
        assert answer.replace("ClientOSError", "ServerDisconnectedError") == seen
        if fault is Fault.LATE:
            assert upstream.received == []
        await proxy.settle()
        assert upstream.received == ["POST /a%2Fb?q=%20 hello"] * is_forwarded
        assert await write(proxy.url) == f"200 - {ANSWER}"  # the plan is over
        assert proxy.counts == Counter([fault, Fault.NONE])


async def test_late_writes_have_arrived_when_the_proxy_ends(upstream: Upstream) -> None:
    async with run_fault_proxy(upstream.url, plan=FaultPlan((Fault.LATE,), late_seconds=0.05)) as proxy:
        await write(proxy.url)
    assert len(upstream.received) == 1


async def test_reads_meet_no_fault(upstream: Upstream) -> None:
    plan = FaultPlan(probabilities={Fault.DROP_BEFORE: 1.0})
    async with run_fault_proxy(upstream.url, plan=plan) as proxy, aiohttp.ClientSession() as client:
        async with client.get(f"{proxy.url}/x") as answer:
            assert (answer.status, answer.headers["X-Number"]) == (200, "7")
        assert not proxy.counts


async def test_a_seed_gives_the_same_faults_again(upstream: Upstream) -> None:
    plan = FaultPlan(probabilities={Fault.BUSY: 0.3, Fault.UNAVAILABLE: 0.3}, seed=3)
    runs = []
    for _ in range(2):
        async with run_fault_proxy(upstream.url, plan=plan) as proxy:
            runs.append([await write(proxy.url) for _ in range(30)])
    assert runs[0] == runs[1]
    assert 10 <= sum(answer.startswith("503") for answer in runs[0]) <= 26


async def test_an_upstream_that_is_down_is_a_bad_gateway() -> None:
    async with run_fault_proxy(f"http://127.0.0.1:{choose_port()}", plan=FaultPlan()) as proxy:
        assert (await write(proxy.url)).startswith("502")
