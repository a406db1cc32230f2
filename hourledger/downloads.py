"""Files over HTTP: GET with the same token, the same rights and the same errors as the API."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hourledger.core.errors import Denied, HourledgerError, Missing, Transient
from hourledger.observability import correlated
from resolvers import documents
from resolvers.context import RequestContext
from schema.view import Authenticate, MakeContext, refusal

_AT_ONCE_MAX = 4
_SECONDS_MAX = 60
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")

Write = Callable[[RequestContext, Request], Awaitable[documents.Document]]


class Downloads:
    """Routes to documents; so many are made at once, others wait."""

    def __init__(self, *, authenticate: Authenticate, make_context: MakeContext) -> None:
        self._authenticate = authenticate
        self._make_context = make_context
        self._room = asyncio.Semaphore(_AT_ONCE_MAX)

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/documents/business-case/{code:path}.pdf", self._serving(_business_case), methods=["GET"]),
            Route("/documents/rate-card/{id:path}.xlsx", self._serving(_rate_card), methods=["GET"]),
            Route("/documents/snapshot/{id:path}.jsonl", self._serving(_snapshot), methods=["GET"]),
        ]

    def _serving(self, write: Write) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            with correlated(request.headers.get("x-correlation-id", "")) as correlation_id:
                response = await self._answer(request, write)
            response.headers["x-correlation-id"] = correlation_id
            response.headers["cache-control"] = "no-store"
            return response

        return serve

    async def _answer(self, request: Request, write: Write) -> Response:
        authorization = request.headers.get("authorization")
        try:
            principal = await self._authenticate(authorization)
        except Denied as error:
            refused = refusal(401, error.code, error.message)
            refused.headers["www-authenticate"] = "Bearer"
            return refused
        except Transient as error:
            return refusal(503, error.code, error.message)
        context = self._make_context(principal, lambda: self._authenticate(authorization))
        try:
            async with asyncio.timeout(_SECONDS_MAX), self._room:
                document = await write(context, request)
        except HourledgerError as error:
            return refusal(_status(error), error.code, error.message)
        except TimeoutError:
            return refusal(504, "TIMEOUT", f"This took longer than {_SECONDS_MAX} seconds. Try again later.")
        finally:
            await context.finish()
        return Response(
            document.content,
            media_type=document.media_type,
            headers={"content-disposition": _as_attachment(document.name)},
        )


async def _business_case(context: RequestContext, request: Request) -> documents.Document:
    language = request.query_params.get("language", "en")
    return await documents.business_case_document(context, request.path_params["code"], language)


async def _rate_card(context: RequestContext, request: Request) -> documents.Document:
    return await documents.rate_card_document(context, request.path_params["id"])


async def _snapshot(context: RequestContext, request: Request) -> documents.Document:
    return await documents.snapshot_document(context, request.path_params["id"])


def _status(error: HourledgerError) -> int:
    """What went wrong in the words of HTTP; anything that is wrong with the request is 422."""
    by_kind = ((Denied, 403), (Missing, 404), (Transient, 503))
    return next((status for kind, status in by_kind if isinstance(error, kind)), 422)


def _as_attachment(name: str) -> str:
    """RFC 6266: a plain name for everybody and the real one for those who can read it."""
    plain = _NOT_IN_A_NAME.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
