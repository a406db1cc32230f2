"""A client of the API, as a front-end developer writes one: real HTTP, a real WebSocket."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from graphql import GraphQLObjectType, get_named_type
from starlette.applications import Starlette

from schema.assembly import build_schema

SCHEMA = build_schema(introspection=True)


def input_type(mutation: str) -> str:
    """The name of the type of a mutation's input."""
    found = SCHEMA._schema.mutation_type
    assert isinstance(found, GraphQLObjectType)
    return str(get_named_type(found.fields[mutation].args["input"].type))


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """The address of a server that runs ``app`` on this loop."""
    config = uvicorn.Config(
        app, port=0, ws="websockets-sansio", ws_per_message_deflate=False, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if task.done():
            task.result()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class Api:
    """What one caller sees."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str | None) -> None:
        self.http = http
        self.url = url
        self.token = token

    def as_caller(self, token: str | None) -> Api:
        return Api(self.http, self.url, token)

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.token is None else {"authorization": f"Bearer {self.token}"}

    async def post(self, body: Any, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Status, JSON and headers of one request."""
        given = {"json": body} if not isinstance(body, bytes) else {"data": io.BytesIO(body)}
        sent = {"content-type": "application/json", **self.headers, **headers}
        async with self.http.post(f"{self.url}/graphql", headers=sent, **given) as response:
            received = {name.lower(): value for name, value in response.headers.items()}
            return response.status, await response.json(), received

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """Everything that came back, errors too."""
        status, body, _ = await self.post({"query": query, "variables": variables})
        assert status == 200, body
        return body

    async def query(self, query: str, **variables: Any) -> Any:
        """The data; there must be no errors."""
        body = await self.answer(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the first error; there must be one."""
        body = await self.answer(query, **variables)
        code: str = body["errors"][0]["extensions"]["code"]
        return code

    async def mutate(self, mutation: str, selection: str, /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation, with a key of its own unless one is given."""
        given.setdefault("idempotencyKey", uuid.uuid4().hex)
        data = await self.query(
            f"mutation($input: {input_type(mutation)}!) {{ "
            f"done: {mutation}(input: $input) {{ {selection} userErrors {{ field message code }} dryRun }} }}",
            input=given,
        )
        payload: dict[str, Any] = data["done"]
        return payload

    async def do(self, mutation: str, selection: str, /, **given: Any) -> Any:
        """What a mutation made: the payload's first field; there must be no user errors."""
        payload = await self.mutate(mutation, selection, **given)
        assert payload["userErrors"] == []
        return next(iter(payload.values()))

    async def user_error(self, mutation: str, /, **given: Any) -> str:
        """The code of a mutation's user error; there must be one."""
        payload = await self.mutate(mutation, "__typename", **given)
        code: str = payload["userErrors"][0]["code"]
        return code

    @asynccontextmanager
    async def subscribed(self, query: str, **variables: Any) -> AsyncIterator[Events]:
        async with self.socket() as socket:
            await socket.send_json({"type": "connection_init", "payload": self.headers})
            assert (await socket.receive_json())["type"] == "connection_ack"
            payload = {"query": query, "variables": variables}
            await socket.send_json({"id": "1", "type": "subscribe", "payload": payload})
            yield Events(socket)

    def socket(self, **options: Any) -> Any:
        options.setdefault("protocols", ["graphql-transport-ws"])
        return self.http.ws_connect(f"{self.url}/graphql".replace("http", "ws", 1), **options)


class Events:
    """What a subscriber receives."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def message(self) -> dict[str, Any]:
        received: dict[str, Any] = await self.socket.receive_json(timeout=10)
        return received

    async def next(self) -> Any:
        """The event's only field."""
        message = await self.message()
        assert message["type"] == "next", message
        assert not message["payload"].get("errors"), message
        return next(iter(message["payload"]["data"].values()))

    async def error_code(self) -> str:
        message = await self.message()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        code: str = errors[0]["extensions"]["code"]
        return code
