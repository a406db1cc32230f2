"""The demo's GraphQL client: what any program would write with aiohttp."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp


class ApiError(RuntimeError):
    """The API answered with errors."""


class Api:
    """One token, one server. Mutations get a fresh idempotency key unless one is given."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/graphql"
        self._token = token
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._session.close()

    async def query(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The ``data`` of the answer. Raises ApiError with the messages of the errors."""
        body = {"query": document, "variables": variables or {}}
        async with self._session.post(self._url, json=body) as response:
            answer = await response.json()
        if answer.get("errors"):
            raise ApiError("; ".join(str(one["message"]) for one in answer["errors"]))
        data: dict[str, Any] = answer["data"]
        return data

    async def mutate(self, document: str, **values: Any) -> dict[str, Any]:
        """The payload of the document's one mutation. Raises ApiError when it has userErrors."""
        variables = {"input": {"idempotencyKey": secrets.token_hex(8), **values}}
        (payload,) = (await self.query(document, variables)).values()
        if payload["userErrors"]:
            raise ApiError("; ".join(str(one["message"]) for one in payload["userErrors"]))
        result: dict[str, Any] = payload
        return result

    @asynccontextmanager
    async def subscribe(self, document: str, variables: dict[str, Any]) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Events of a subscription over graphql-transport-ws, from the moment the block begins."""
        url = self._url.replace("http", "ws", 1)
        async with self._session.ws_connect(url, protocols=["graphql-transport-ws"]) as socket:
            await socket.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {self._token}"}})
            acknowledged = await socket.receive_json()
            if acknowledged["type"] != "connection_ack":
                raise ApiError(f"the server answered {acknowledged}")
            payload = {"query": document, "variables": variables}
            await socket.send_json({"id": "1", "type": "subscribe", "payload": payload})

            async def events() -> AsyncIterator[dict[str, Any]]:
                async for message in socket:
                    answer = message.json()
                    if answer["type"] == "next":
                        yield answer["payload"]["data"]
                    elif answer["type"] == "ping":
                        await socket.send_json({"type": "pong"})
                    elif answer["type"] in ("error", "complete"):
                        raise ApiError(f"the subscription ended: {answer.get('payload')}")

            yield events()
