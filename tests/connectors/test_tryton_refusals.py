"""What Tryton says when it refuses, in the words of Tryton 8.2, and what that means for a delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from connectors.targets._tryton_rest import TrytonRest
from hourledger.core.errors import AlreadyThere, ExternalError, Rejected

MODEL = "account.move"
Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def tryton(handler: Handler) -> AsyncIterator[TrytonRest]:
    application = web.Application()
    application.router.add_route("*", "/books/rest/model/{path:.*}", handler)
    key = SecretStr("the-key")
    async with TestServer(application) as server, TrytonRest(str(server.make_url("/")), "books", key, 1) as rest:
        yield rest


@pytest.mark.parametrize(
    ("message", "kind", "code"),
    [
        ("External reference must be unique.", AlreadyThere, "ALREADY_THERE"),
        ('You cannot create a journal-period in closed period "2026-01".', Rejected, "PERIOD_CLOSED"),
        ('You cannot add/modify/delete lines on closed journal-period "x".', Rejected, "PERIOD_CLOSED"),
        ('The value "2026-03" for field "Period" in "Account Move" is not valid.', Rejected, "PERIOD_CLOSED"),
        ('To continue, you must create a period for the date "2027-01-01".', Rejected, "PERIOD_MISSING"),
        ('The value "9" for field "Account" in "Account Move Line" does not exist.', Rejected, "ACCOUNT_UNKNOWN"),
        ('To create a line on account "1", you must set a type or unclose it.', Rejected, "ACCOUNT_UNKNOWN"),
        ('A value is required for field "Party" in record "x" of "Account Move Line".', Rejected, "PARTY_UNKNOWN"),
        ('To post move "(7)", you must balance all its lines debits and credits.', Rejected, "NOT_BALANCED"),
        ('You can not call "post" on "1" of "Account Move".', Rejected, "ALREADY_POSTED"),
        ("Something that a later version says.", Rejected, "REJECTED"),
    ],
)  # fmt: skip
async def test_a_refusal_has_a_code_and_tryton_own_words(message: str, kind: type[Rejected], code: str) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"status": 400, "message": message, "description": ""}, status=400)

    async with tryton(refuse) as rest:
        with pytest.raises(kind) as caught:
            await rest.create(MODEL, {}, [])
    assert (caught.value.code, caught.value.message) == (code, f"Tryton: {message}")


@pytest.mark.parametrize(
    ("answer", "read", "write"),
    [
        ((500, "text/html", "<h1>Internal Server Error</h1><p>&#39;external_ref&#39;</p>"),
         "COMPANION_MISSING", "UNCERTAIN"),
        ((500, "text/html", "<h1>Internal Server Error</h1><p>&#39;foo&#39;</p>"), "TRANSIENT", "UNCERTAIN"),
        ((423, "text/html", "Locked"), "TRANSIENT", "TRANSIENT"),
        ((401, "text/html", "Unauthorized"), "AUTH_FAILED", "AUTH_FAILED"),
        ((404, "text/html", "Not Found"), "REJECTED", "REJECTED"),
        ((200, "application/json", '"something else"'), "TRANSIENT", "UNCERTAIN"),
        ((204, "application/json", ""), "TRANSIENT", "UNCERTAIN"),
    ],
)  # fmt: skip
async def test_other_answers_tell_reads_from_writes(answer: tuple[int, str, str], read: str, write: str) -> None:
    status, content_type, text = answer

    async def reply(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type=content_type)

    async with tryton(reply) as rest:
        with pytest.raises(ExternalError) as of_read:
            await rest.search(MODEL, [], [])
        with pytest.raises(ExternalError) as of_write:
            await rest.press(MODEL, 7, "post", [])
    assert (of_read.value.code, of_write.value.code) == (read, write)


async def test_it_asks_in_english_as_the_company() -> None:
    async def tell(request: web.Request) -> web.Response:
        names = ("Authorization", "X-Tryton-Context", "Accept-Language")
        return web.json_response([{name: request.headers[name] for name in names} | {"d": request.query["d"]}])

    async with tryton(tell) as rest:
        (told,) = await rest.search(MODEL, [["a", "=", 1]], ["number"])
    assert told == {
        "Authorization": "bearer the-key",
        "X-Tryton-Context": "eyJjb21wYW55IjogMX0=",
        "Accept-Language": "en",
        "d": "W1siYSIsICI9IiwgMV1d",
    }
