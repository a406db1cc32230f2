"""GraphQL over HTTP and WebSocket: who asks is known before anything is read, and one JSON shape for every refusal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.execution import ExecutionResult
from strawberry.types.unset import UNSET

from hourledger.core.access import Principal
from hourledger.core.errors import Denied, Transient
from hourledger.observability import correlated
from resolvers.context import RequestContext
from schema.assembly import ApiSchema
from schema.errors import shown
from schema.operations import OperationSchema

_SECONDS_MAX = 60
_SECONDS_TO_INTRODUCE = 10
_TRY_AGAIN_LATER = 1013

Authenticate = Callable[[str | None], Awaitable[Principal]]
MakeContext = Callable[[Principal, Callable[[], Awaitable[Principal]]], RequestContext]


@dataclass
class SocketContext:
    """A WebSocket until and after it said who it is; each of its operations gets a RequestContext of its own."""

    authenticate: Callable[[], Awaitable[Principal]]
    make_context: MakeContext
    connection_params: dict[str, Any] = field(default_factory=dict)

    async def for_operation(self) -> RequestContext:
        """Raises Denied when the token is not good any more."""
        return self.make_context(await self.authenticate(), self.authenticate)


class _Handler(BaseGraphQLTransportWSHandler[Any, None]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # All that a handler calls is stream().
        self.schema = cast("Any", OperationSchema(self.schema))


class GraphQLView(GraphQL[Any, None]):
    """POST and graphql-transport-ws, nothing else: no GET, no batches, no uploads, no other protocol."""

    graphql_transport_ws_handler_class = _Handler

    def __init__(
        self,
        schema: ApiSchema,
        *,
        authenticate: Authenticate,
        make_context: MakeContext,
        body_bytes_max: int,
        allowed_origins: tuple[str, ...],
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=allowed_origins,
            connection_init_wait_timeout=timedelta(seconds=_SECONDS_TO_INTRODUCE),
        )
        self._authenticate = authenticate
        self._make_context = make_context
        self._body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        with correlated(headers.get(b"x-correlation-id", b"").decode("latin-1")) as correlation_id:
            if scope["type"] == "websocket":
                await self._serve_socket(scope, receive, send)
                return
            response = await self._answer(scope, receive)
            response.headers["x-correlation-id"] = correlation_id
            response.headers["cache-control"] = "no-store"
            await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            authorization = Request(scope).headers.get("authorization")
            principal = await self._authenticate(authorization)
            body = await self._body(Request(scope, receive))
            context = self._make_context(principal, lambda: self._authenticate(authorization))
            async with asyncio.timeout(_SECONDS_MAX):
                return await self.run(Request(scope, _replay(body)), context=context)
        except Denied as error:
            refused = refusal(401, error.code, error.message)
            refused.headers["www-authenticate"] = "Bearer"
            return refused
        except Transient as error:
            return refusal(503, error.code, error.message)
        except TimeoutError:
            return refusal(504, "TIMEOUT", f"This took longer than {_SECONDS_MAX} seconds. Ask for less at once.")
        except HTTPException as error:
            return refusal(error.status_code, "REQUEST_INVALID", error.reason)

    async def _body(self, request: Request) -> bytes:
        """Raises HTTPException 413 as soon as there is more than is allowed."""
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > self._body_bytes_max:
                raise HTTPException(413, f"The request is longer than {self._body_bytes_max} bytes.")
        return bytes(content)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except Transient:
            await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER, "reason": "Try again later"})

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:  # noqa: ARG002
        """Of a socket; requests bring theirs along."""

        async def authenticate() -> Principal:
            given: Mapping[str, Any] = {key.lower(): value for key, value in context.connection_params.items()}
            authorization = given.get("authorization") or request.headers.get("authorization")
            return await self._authenticate(authorization if isinstance(authorization, str) else None)

        context = SocketContext(authenticate, self._make_context)
        return context

    async def on_ws_connect(self, context: SocketContext) -> Any:
        """4403 without a good token: the handshake itself cannot carry one from a browser, so it comes in here."""
        try:
            await context.authenticate()
        except Denied as error:
            raise ConnectionRejectionError from error
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        if len(data) > self._body_bytes_max:
            raise json.JSONDecodeError("longer than is allowed", "", 0)
        return orjson.loads(data)

    def parse_json(self, data: str | bytes) -> Any:
        parsed = super().parse_json(data)
        if not isinstance(parsed, dict | list):
            raise HTTPException(400, "The body must be a JSON object with the operation's query.")
        return parsed

    def encode_json(self, data: object) -> str:
        """Text, not bytes: clients of graphql-transport-ws do not take binary frames."""
        return _dump(data).decode()

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Whatever failed before or after the schema's own handling of errors is masked here."""
        if result.errors:
            result.errors = [shown(error) for error in result.errors]
        return await super().process_result(request, result)

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        status = sub_response.status_code or 200
        return Response(_dump(response_data), status_code=status, media_type="application/json")


def refusal(status: int, code: str, message: str) -> Response:
    """An answer without data, in the shape of a GraphQL error."""
    content = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")


def _dump(data: object) -> bytes:
    try:
        return orjson.dumps(data)
    except TypeError:  # a whole number beyond 64 bits, in a row as somebody's API sent it
        return json.dumps(data, separators=(",", ":")).encode()


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
