"""Every way in which a request can fail is one error, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from connectors.http import HttpClient, Limits, Response
from hourledger.core.errors import ExternalError, Invalid, RateLimited, Rejected, Uncertain
from hourledger.peers.server import choose_port

QUICK = Limits(connect_seconds=0.5, read_seconds=0.05, total_seconds=0.5, body_bytes_max=1000)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RawHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def client_of(handler: Handler, **options: object) -> AsyncIterator[HttpClient]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(application) as server, HttpClient(str(server.make_url("/api")), **options) as client:  # type: ignore[arg-type]
        yield client


@asynccontextmanager
async def raw_server(handle: RawHandler) -> AsyncIterator[str]:
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def call(client: HttpClient, *, is_write: bool) -> Response:
    return await client.request("POST" if is_write else "GET", "things", is_write=is_write)


async def error_of(client: HttpClient, *, is_write: bool) -> ExternalError:
    with pytest.raises(ExternalError) as caught:
        await call(client, is_write=is_write)
    return caught.value


# What a status means for a read and for a write, as codes of core.errors.
# fmt: off
STATUSES = """
    status | headers                                       | a read        | a write
    301    | Location: http://elsewhere.example/api?key=a  | REDIRECTED    | REDIRECTED
    400    |                                               | REJECTED      | REJECTED
    401    |                                               | AUTH_FAILED   | AUTH_FAILED
    403    |                                               | NO_PERMISSION | NO_PERMISSION
    404    |                                               | REJECTED      | REJECTED
    408    |                                               | TRANSIENT     | UNCERTAIN
    422    |                                               | REJECTED      | REJECTED
    423    |                                               | TRANSIENT     | TRANSIENT
    429    |                                               | RATE_LIMITED  | RATE_LIMITED
    429    | Retry-After: 7                                | RATE_LIMITED  | RATE_LIMITED
    500    |                                               | TRANSIENT     | UNCERTAIN
    502    |                                               | TRANSIENT     | UNCERTAIN
    503    |                                               | TRANSIENT     | UNCERTAIN
    503    | Retry-After: 7                                | RATE_LIMITED  | RATE_LIMITED
    503    | Retry-After: soon                             | TRANSIENT     | UNCERTAIN
    504    |                                               | TRANSIENT     | UNCERTAIN
"""
# fmt: on


@pytest.mark.parametrize(
    ("status", "headers", "read", "write"),
    [[cell.strip() for cell in line.split("|")] for line in STATUSES.strip().splitlines()[1:]],
)
async def test_a_status_is_one_error(status: str, headers: str, read: str, write: str) -> None:
    name, _, value = headers.partition(": ")

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=int(status), headers={name: value} if name else {}, text="because")

    async with client_of(answer) as client:
        errors = [await error_of(client, is_write=is_write) for is_write in (False, True)]
    assert [error.code for error in errors] == [read, write]
    assert {error.facts["status"] for error in errors} == {int(status)}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "Tue, 03 Mar 2026 10:00:30 GMT", "Date": "Tue, 03 Mar 2026 10:00:00 GMT"}, 30),
        ({"Retry-After": "Tue, 03 Mar 2026 09:00:00 GMT", "Date": "Tue, 03 Mar 2026 10:00:00 GMT"}, 0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
    ],
)
async def test_how_long_to_wait_is_seconds_or_a_date_on_their_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=429, headers=headers)

    async with client_of(answer) as client:
        error = await error_of(client, is_write=True)
    assert isinstance(error, RateLimited)
    assert error.retry_after_seconds == seconds


async def silent(request: web.Request) -> web.Response:
    await asyncio.sleep(0.2)
    return web.json_response({})


async def reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut_off(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "100"})
    await answer.prepare(request)
    await answer.write(b'{"half": ')
    return await reset(request)


async def half_a_json(request: web.Request) -> web.Response:
    return web.Response(text='{"half": ', content_type="application/json")


async def log_in_page(request: web.Request) -> web.Response:
    return web.Response(text="<html><title>Log in</title></html>", content_type="text/html")


async def not_a_number(request: web.Request) -> web.Response:
    return web.Response(text='{"hours": NaN}', content_type="application/json")


@pytest.mark.parametrize("handler", [silent, reset, cut_off, half_a_json, log_in_page, not_a_number])
async def test_without_a_whole_answer_a_read_is_transient_and_a_write_uncertain(handler: Handler) -> None:
    async with client_of(handler, limits=QUICK) as client:
        assert [(await error_of(client, is_write=is_write)).code for is_write in (False, True)] == [
            "TRANSIENT",
            "UNCERTAIN",
        ]


async def test_an_answer_beyond_the_limit_is_refused() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response("x" * 2000)

    async with client_of(answer, limits=QUICK) as client:
        assert (await error_of(client, is_write=False)).code == "ANSWER_TOO_LARGE"
        assert (await error_of(client, is_write=True)).code == "UNCERTAIN"


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
async def test_without_a_connection_nothing_was_sent(host: str) -> None:
    async with HttpClient(f"http://{host}:{choose_port()}", limits=QUICK) as client:
        assert (await error_of(client, is_write=True)).code == "NOT_SENT"


@pytest.mark.parametrize(
    ("method", "received_there"),
    [
        ("POST", ["POST", "POST"]),
        ("PUT", ["PUT", "PUT", "PUT"]),  # by aiohttp, on its own: why the client refuses it without a key
    ],
)
async def test_a_post_is_sent_once_when_the_connection_drops(method: str, received_there: list[str]) -> None:
    received: list[str] = []

    async def answer_once_then_drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            received.append(head.decode().split()[0])
            if len(received) > 1:
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    async with raw_server(answer_once_then_drop) as url, HttpClient(url) as client:
        await client.request(method, "a", is_write=True, key_makes_safe=True)  # the connection is kept, and drops next
        with pytest.raises(Uncertain):
            await client.request(method, "a", is_write=True, key_makes_safe=True)
    assert received == received_there


@pytest.mark.parametrize("method", ["PUT", "DELETE", "put"])
async def test_methods_that_aiohttp_sends_twice_need_a_key(method: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(request.method)

    async with client_of(answer) as client:
        with pytest.raises(ValueError, match="sent twice"):
            await client.request(method, "things", is_write=True)
        assert (await client.request(method, "things", is_write=True, key_makes_safe=True)).json == method.upper()


async def test_numbers_are_exact() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text='{"hours": 0.1, "id": 7}', content_type="application/json")

    async with client_of(answer) as client:
        answered = (await call(client, is_write=False)).json
    assert answered == {"hours": Decimal("0.1"), "id": 7}
    assert isinstance(answered["hours"], Decimal)


async def test_a_request_has_its_path_parameters_headers_and_body() -> None:
    async def echo(request: web.Request) -> web.Response:
        query = request.query.getall("f")
        return web.json_response([request.path, query, request.headers["X-Key"], await request.json()])

    async with client_of(echo, headers={"X-Key": "k"}) as client:
        answer = await client.request("POST", "/a", params=[("f", "1"), ("f", "2")], json={"b": 1}, is_write=True)
    assert answer.json == ["/api/a", ["1", "2"], "k", {"b": 1}]


async def test_a_status_that_the_caller_knows_is_returned() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"message": "no"}, status=409)

    async with client_of(answer) as client:
        answered = await client.request("POST", "a", is_write=True, returned_statuses={409})
    assert (answered.status, answered.json) == (409, {"message": "no"})


@pytest.mark.parametrize(("content_type", "text"), [("text/csv", "a,b"), ("text/html; charset=no-such", "<p>a,b")])
async def test_text_can_be_asked_for(content_type: str, text: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=text.encode(), headers={"Content-Type": content_type})

    async with client_of(answer) as client:
        answered = await client.request("GET", "a", is_write=False, expects_json=False)
    assert (answered.text, answered.json) == (text, None)


async def test_no_secret_gets_into_an_error() -> None:
    keys = ['pass"word', "bearer-key"]
    encoded = base64.b64encode(keys[0].encode()).decode()

    async def tell(request: web.Request) -> web.Response:
        return web.json_response({"sent": [*keys, encoded]}, status=400)

    options = {"headers": {"Authorization": f"Bearer {keys[1]}"}, "secrets": [SecretStr(keys[0])]}
    async with client_of(tell, **options) as client:
        with pytest.raises(Rejected) as caught:
            await client.request("GET", "a", params={"token": "parameter"}, is_write=False)
    said = f"{caught.value.message} {caught.value.facts}"
    assert said.count("***") == 6
    assert not any(part in said for part in ("pass", "bearer-key", encoded, "parameter"))


async def test_a_long_page_is_told_in_one_line() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(status=400, text=f"<html>\n<h1>Bad\nRequest</h1>&#39;foo&#39;{'x' * 2000}</html>")

    async with client_of(page) as client:
        answer = (await error_of(client, is_write=False)).facts["answer"]
    assert answer.startswith("Bad Request 'foo'xxx")
    assert len(answer) == 500


@pytest.mark.parametrize(
    ("url", "headers", "code"),
    [
        ("erp.example.com", {}, "URL_INVALID"),
        ("ftp://erp.example.com", {}, "URL_INVALID"),
        ("https://", {}, "URL_INVALID"),
        ("https://user:password@erp.example.com", {}, "URL_INVALID"),
        ("https://erp.example.com?key=1", {}, "URL_INVALID"),
        ("http://[", {}, "URL_INVALID"),
        ("https://erp.example.com", {"X-Key": "copied\n"}, "HEADER_INVALID"),
    ],
)
def test_what_cannot_be_called_is_refused_at_once(url: str, headers: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        HttpClient(url, headers=headers)
    assert caught.value.code == code
    assert "password@" not in caught.value.message


async def test_requests_keep_the_pace() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({})

    loop = asyncio.get_running_loop()
    async with client_of(answer, pace=AsyncLimiter(2, 0.1)) as client:
        started = loop.time()
        for _ in range(4):
            await call(client, is_write=False)
    assert loop.time() - started >= 0.09
