"""An import that was asked for: downloaded by the worker, stored at once, and told either way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.jobs.worker import run_worker
from hourledger.runtime import Runtime
from hourledger.services.import_exchange_rates import request_exchange_rate_import
from hourledger.settings import Settings
from hourledger.transactions import Transactions
from models.database import Database
from models.secrets import SecretBox

SHIPPED = Path(__file__).parents[2] / "connectors/exchange_rates/eurofxref-hist.csv"
EVENTS = "SELECT topic, payload FROM event WHERE topic LIKE 'EXCHANGE_RATE%' ORDER BY id DESC LIMIT 1"
JOBS = "FROM procrastinate_jobs WHERE task_name = 'import_exchange_rates'"


@pytest.fixture
def bank() -> dict[str, bytes]:
    """Files by name; what is not there is 404."""
    return {"eurofxref-hist.zip": SHIPPED.read_bytes()}  # the form is told by the content, not by the name


@pytest.fixture
async def runtime(database: Database, bank: dict[str, bytes]) -> AsyncIterator[Runtime]:
    async def handle(request: web.Request) -> web.Response:
        content = bank.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    application = web.Application()
    application.router.add_get("/{name}", handle)
    async with TestServer(application) as server:
        settings = Settings(exchange_rates_url=str(server.make_url("/")).rstrip("/"))
        yield Runtime(settings, database.url, SecretBox([SecretStr(Fernet.generate_key().decode())]))


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


async def ask(transactions: Transactions, principal: Principal, *currencies: str) -> None:
    async with transactions.begin(principal) as unit:
        await request_exchange_rate_import(unit, currencies=currencies, since=date(2026, 10, 1), feed="history")


async def test_the_worker_downloads_and_stores_what_was_asked_for(
    transactions: Transactions, admin: Principal, database: Database, runtime: Runtime
) -> None:
    await ask(transactions, admin, "USD", "GBP")
    await run_worker(runtime, until_idle=True)
    held = (
        "SELECT currency, min(valid_from)::text, bool_or(valid_until IS NULL) FROM exchange_rate GROUP BY 1 ORDER BY 1"
    )
    assert await rows(database, held) == [("GBP", "2026-10-01", True), ("USD", "2026-10-01", True)]
    ((topic, payload),) = await rows(database, EVENTS)
    assert topic == "EXCHANGE_RATES_IMPORTED"
    assert payload == {"source": "ECB reference rates", "currencies": ["GBP", "USD"]}


@pytest.mark.parametrize(("content", "code"), [(None, "REJECTED"), (b"<html>Sorry</html>", "EXCHANGE_FILE_UNREADABLE")])
async def test_an_import_that_fails_is_told_and_changes_nothing(
    transactions: Transactions,
    admin: Principal,
    database: Database,
    runtime: Runtime,
    bank: dict[str, bytes],
    content: bytes | None,
    code: str,
) -> None:
    bank.clear()
    if content is not None:
        bank["eurofxref-hist.zip"] = content
    await ask(transactions, admin, "USD")
    await run_worker(runtime, until_idle=True)
    ((topic, payload),) = await rows(database, EVENTS)
    assert topic == "EXCHANGE_RATE_IMPORT_FAILED"
    assert isinstance(payload, dict)
    assert payload["code"] == code
    assert await rows(database, "SELECT count(*) FROM exchange_rate") == [(0,)]
    assert await rows(database, f"SELECT status::text {JOBS}") == [("succeeded",)]


async def test_only_administrators_ask_and_only_for_currencies(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    manager = Principal(admin.organisation_id, "manager", EVERYTHING - {Permission.ADMINISTER})
    for principal, currencies, code in (
        (manager, ("USD",), "PERMISSION_DENIED"),
        (admin, ("XYZ",), "UNKNOWN_CURRENCY"),
        (admin, (), "CURRENCIES_NEEDED"),
    ):
        with pytest.raises(HourledgerError) as caught:
            await ask(transactions, principal, *currencies)
        assert caught.value.code == code
    assert await rows(database, f"SELECT count(*) {JOBS}") == [(0,)]
