"""GraphiQL, served from this machine alone: it works without any network, and tells nobody that it is used."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

# The package holds GraphiQL, React and graphql-ws as files. Its Python code wants Django; it is never imported.
_VENDOR: Final = "graphene_django_graphiql_static"

_POLICY: Final = "; ".join(  # noqa: FLY002  (one rule a line)
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",  # GraphiQL's style sheet carries its fonts in itself
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


def graphiql_routes() -> list[BaseRoute]:
    """/graphiql and the files it needs."""
    vendor = Path(str(resources.files(_VENDOR).joinpath("static", _VENDOR)))
    own = Path(str(resources.files("schema").joinpath("graphiql")))
    html = (own / "index.html").read_bytes()

    async def page(_request: Request) -> Response:
        return Response(html, media_type="text/html", headers={"content-security-policy": _POLICY})

    return [
        Route("/graphiql", page),
        Mount("/graphiql/vendor", StaticFiles(directory=vendor)),
        Mount("/graphiql/own", StaticFiles(directory=own)),
    ]
