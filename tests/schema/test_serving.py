"""What surrounds the answers: limits, refusals, GraphiQL, health, and what is never shown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from graphql import get_introspection_query
from pydantic import SecretStr
from starlette.applications import Starlette

from hourledger.app import create_app
from hourledger.core.errors import Invalid
from hourledger.settings import Settings
from models.secrets import SecretBox
from resolvers import projects as project_resolvers
from schema.limits import ALIASES_MAX
from schema.rules import DIRECTIVES_MAX
from tests.schema.api import Api, serving
from tests.schema.conftest import IssueToken

BOX = SecretBox([SecretStr(Fernet.generate_key().decode())])


@asynccontextmanager
async def served(settings: Settings, token: str | None = None) -> AsyncIterator[Api]:
    async with serving(create_app(settings, box=BOX)) as url, aiohttp.ClientSession() as http:
        yield Api(http, url, token)


async def get(api: Api, path: str) -> tuple[int, str, dict[str, str]]:
    async with api.http.get(f"{api.url}{path}") as response:
        return response.status, await response.text(), {name.lower(): value for name, value in response.headers.items()}


# --- limits ---------------------------------------------------------------------------------------------------------

_NESTED = "project { timeEntries { nodes { " * 6 + "id" + " } } }" * 6
TOO_MUCH = [
    ("depth", f"{{ timeEntries {{ nodes {{ {_NESTED} }} }} }}"),
    ("aliases", "{ " + " ".join(f"a{n}: __typename" for n in range(ALIASES_MAX + 1)) + " }"),
    ("tokens", "{ " + "__typename " * 2_001 + "}"),
    ("directives", "{ __typename " + "@skip(if: false) " * (DIRECTIVES_MAX + 1) + "}"),
]


@pytest.mark.parametrize(("what", "query"), TOO_MUCH, ids=[what for what, _ in TOO_MUCH])
async def test_a_document_that_asks_for_too_much_is_refused(api: Api, what: str, query: str) -> None:
    assert await api.code(query) in {"DOCUMENT_INVALID", "SYNTAX"}


async def test_the_rules_are_built_once_so_that_documents_are_validated_once(api: Api) -> None:
    from strawberry.extensions.validation_cache import _get_validate_cache

    from schema.limits import _DOCUMENTS_REMEMBERED

    cache: Any = _get_validate_cache(_DOCUMENTS_REMEMBERED)
    await api.query("{ viewer { subject } }")
    before = cache.cache_info().misses
    for _ in range(5):
        await api.query("{ viewer { subject } }")
    assert cache.cache_info().misses == before


BAD_REQUESTS: list[tuple[str, Any, dict[str, str], int]] = [
    ("not JSON", b"{", {}, 400),
    ("not an object", b"5", {}, 400),
    ("no query", b"{}", {}, 400),
    ("a batch", b'[{"query": "{ __typename }"}]', {}, 400),
    ("a query that is no text", b'{"query": 5}', {}, 400),
    ("variables that are no object", b'{"query": "{ __typename }", "variables": 5}', {}, 400),
    ("a form", b"query=x", {"content-type": "application/x-www-form-urlencoded"}, 400),
    ("plain text", b'{"query": "{ __typename }"}', {"content-type": "text/plain"}, 400),
    ("too long", b'{"query": "' + b" " * 2_000_000 + b'"}', {}, 413),
]


@pytest.mark.parametrize(("what", "body", "headers", "status"), BAD_REQUESTS, ids=[row[0] for row in BAD_REQUESTS])
async def test_a_request_that_is_none_is_refused_in_json(
    api: Api, what: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    got, answer, _ = await api.post(body, **headers)
    assert got == status
    assert answer["errors"][0]["extensions"]["code"] == "REQUEST_INVALID"


async def test_only_post_is_answered(api: Api) -> None:
    assert (await get(api, "/graphql?query={__typename}"))[0] == 405


# --- what is never shown --------------------------------------------------------------------------------------------


async def test_an_unexpected_error_is_masked_and_can_be_found_in_the_log(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(project_resolvers, "PEOPLE", type("Broken", (), {"cut": fails})())
    body = await api.answer("{ people { nodes { id } } }")
    [error] = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in str(body)
    assert error["extensions"]["correlationId"] in error["message"]
    assert error["extensions"]["correlationId"] in capsys.readouterr().out


async def test_the_correlation_id_is_the_callers_when_it_gives_one(api: Api) -> None:
    _, _, headers = await api.post({"query": "{ __typename }"}, **{"x-correlation-id": "abc-123-def"})
    assert headers["x-correlation-id"] == "abc-123-def"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


async def test_production_shows_neither_its_schema_nor_graphiql(
    settings: Settings, database_url: str, tmp_path: Path, token_with: IssueToken
) -> None:
    from hourledger.core.access import Permission

    token = await token_with(Permission.VIEW_PROJECTS)
    production = Settings(environment="production", database_url=SecretStr(database_url), data_folder=tmp_path)
    async with served(production, token) as api:
        assert await api.code("{ __schema { types { name } } }") == "DOCUMENT_INVALID"
        body = await api.answer("{ projekts { id } }")
        assert "Did you mean" not in str(body)
        assert await api.query("{ __typename }") == {"__typename": "Query"}
        assert (await get(api, "/graphiql"))[0] == 404


async def test_graphiql_can_load_the_whole_schema(api: Api) -> None:
    assert (await api.query(get_introspection_query()))["__schema"]["types"]


# --- GraphiQL -------------------------------------------------------------------------------------------------------


async def test_graphiql_comes_from_this_server_alone(api: Api) -> None:
    status, page, headers = await get(api, "/graphiql")
    assert status == 200
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(files) == 7
    for file in files:
        assert file.startswith("/graphiql/")
        assert (await get(api, file))[0] == 200
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", page)
    own = (await get(api, "/graphiql/own/page.js"))[1]
    assert "http://" not in own
    assert "https://" not in own


async def test_files_beside_graphiqls_are_not_served(api: Api) -> None:
    for path in ("/graphiql/vendor/../__init__.py", "/graphiql/own/%2e%2e/page.py", "/graphiql/vendor/"):
        assert (await get(api, path))[0] == 404


# --- health ---------------------------------------------------------------------------------------------------------


async def test_a_working_process_says_so(api: Api) -> None:
    assert (await get(api, "/health"))[:2] == (200, '{"status":"up"}')
    assert (await get(api, "/ready"))[:2] == (200, '{"status":"ready"}')
    status, metrics, _ = await get(api, "/metrics")
    assert status == 200
    assert "hourledger_request" in metrics


async def test_without_migrations_it_is_not_ready(empty_database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(empty_database_url), data_folder=tmp_path)
    async with served(settings) as api:
        status, body, _ = await get(api, "/ready")
    assert (status, "MIGRATIONS_PENDING" in body) == (503, True)


async def test_without_a_database_it_says_what_to_look_at(tmp_path: Path) -> None:
    gone = SecretStr("postgresql://somebody:hidden@127.0.0.1:1/nothing")
    async with served(Settings(database_url=gone, data_folder=tmp_path), f"hl_{'a' * 12}_{'0' * 64}") as api:
        assert (await get(api, "/health"))[0] == 200
        status, body, _ = await get(api, "/ready")
        assert (status, "DATABASE_UNREACHABLE" in body, "hidden" in body) == (503, True, False)
        got, answer, _ = await api.post({"query": "{ __typename }"})
        assert (got, answer["errors"][0]["extensions"]["code"]) == (503, "DATABASE_UNREACHABLE")
        async with api.socket() as socket:
            await socket.send_json({"type": "connection_init", "payload": api.headers})
            assert (await socket.receive(timeout=10)).data == 1013


def test_it_does_not_start_without_knowing_its_database(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        create_app(Settings(data_folder=tmp_path))
    assert refused.value.code == "DATABASE_URL_MISSING"


async def test_other_origins_may_call_when_they_are_named(database_url: str, tmp_path: Path) -> None:
    settings = Settings(
        database_url=SecretStr(database_url), data_folder=tmp_path, allowed_origins=("https://app.example",)
    )
    async with served(settings) as api:
        for origin, allowed in (("https://app.example", True), ("https://evil.example", False)):
            asked = {"origin": origin, "access-control-request-method": "POST"}
            async with api.http.options(f"{api.url}/graphql", headers=asked) as response:
                assert ("access-control-allow-origin" in response.headers) == allowed


def test_the_app_is_one_starlette(app: Starlette) -> None:
    assert {route.path for route in app.routes} >= {"/graphql", "/health", "/ready", "/metrics"}  # type: ignore[attr-defined]
