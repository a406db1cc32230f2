"""A real Tryton 8.2 on the embedded PostgreSQL: a company with a chart of accounts, reachable over REST.

PostgreSQL and not SQLite, which would be simpler to set up: on SQLite, Tryton 8.2 posts moves that do not balance.
"""

import asyncio
import base64
import hashlib
import json
import secrets
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from hourledger.embedded_postgres import EmbeddedPostgres
from hourledger.peers.environment import ensure_environment
from hourledger.peers.failure import PeerError
from hourledger.peers.server import clean_environment, run_server
from hourledger.processes import hold_exclusively, log_tail

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements-tryton.lock"
SETUP = HERE / "tryton_setup.py"
COMPANION = HERE.parent.parent / "connectors" / "companions" / "trytond-hourledger"
COMPANION_MODULE = "hourledger_reference"
COMPANY_ID = 1  # the set-up makes one company, the first of its database


@dataclass(frozen=True, slots=True)
class TrytonAccount:
    """An account of the chart that takes entries. ``code`` is None where the chart gives none."""

    id: int
    code: str | None
    name: str


@dataclass(frozen=True, slots=True)
class TrytonServer:
    """Where a running Tryton is, and what a connector needs to be configured with."""

    url: str
    database: str
    api_key: str
    company_id: int
    currency: str
    currencies: tuple[str, ...]
    receivable: TrytonAccount
    revenue: TrytonAccount

    async def find(self, model: str, domain: Sequence[Any], fields: Sequence[str]) -> list[dict[str, Any]]:
        """The records of ``model`` that match ``domain``, as Tryton's REST interface gives them."""
        return await _find(f"{self.url}/{self.database}", self.api_key, model, domain, fields)


@asynccontextmanager
async def run_tryton(
    folder: Path,
    postgres: EmbeddedPostgres,
    *,
    database: str,
    currency: str,
    fiscal_years: Sequence[int],
    parties: Sequence[str],
    report: Callable[[str], None],
    fresh: bool = False,
) -> AsyncIterator[TrytonServer]:
    """Run Tryton on ``database`` until the block ends.

    The first call installs Tryton below ``folder`` and builds a template database (about half a minute); later ones
    copy the template, or use ``database`` as the last run left it unless ``fresh``.

    Raises:
        PeerError: Tryton cannot be installed, set up or started, ``database`` is in use by another run, or it was set
            up for other parameters or by another version.
    """
    python = await ensure_environment(folder / "environment", REQUIREMENTS, extra_packages=[COMPANION], report=report)
    setup = _Setup(folder, python, postgres, currency, tuple(fiscal_years), tuple(parties))
    instance = folder / "instances" / database
    config = instance / "trytond.conf"

    def command(port: int) -> list[str]:
        _write_config(config, postgres, port)
        return [str(python), "-m", "trytond.cli", "-c", str(config), "-d", database]

    async def prepare() -> None:
        await asyncio.to_thread(setup.ensure_database, database, fresh, report)

    async with run_server(instance, command, prepare=prepare, environment=clean_environment()) as url:
        yield await _describe(url, database, currency, await asyncio.to_thread(_api_key, postgres, database))


@dataclass(frozen=True, slots=True)
class _Setup:
    folder: Path
    python: Path
    postgres: EmbeddedPostgres
    currency: str
    fiscal_years: tuple[int, ...]
    parties: tuple[str, ...]

    def ensure_database(self, database: str, fresh: bool, report: Callable[[str], None]) -> None:
        content = self._content()
        if fresh:
            self.postgres.drop_database(database)
        if not self.postgres.has_database(database):
            self.postgres.copy_database(self._ensure_template(content, report), database)
        elif _mark_of(self.postgres, database) != content:
            raise PeerError(
                f"The Tryton database {database!r} was set up with other parameters or by another version. "
                "Use another name, or ask for a fresh one, which deletes what was booked in it."
            )

    def _ensure_template(self, content: str, report: Callable[[str], None]) -> str:
        template = f"tryton_template_{content[:12]}"
        building = f"{template}_building"
        with hold_exclusively(self.folder / "template.lock") as lock:
            if not self.postgres.has_database(template):
                report("Setting up a Tryton company with its chart of accounts")
                self.postgres.drop_database(building)  # what a set-up left that did not reach its end
                self.postgres.ensure_database(building)
                self._fill(building, lock)
                with psycopg.connect(self.postgres.url(building)) as connection:
                    connection.execute("create table hourledger_setup as select %s::text as content", [content])
                self.postgres.rename_database(building, template)
        return template

    def _fill(self, database: str, lock: int) -> None:
        config = self.folder / "setup.conf"
        _write_config(config, self.postgres, 0)
        password = self.folder / "admin-password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(f"{secrets.token_urlsafe(16)}\n", encoding="utf-8")
        modules = ["account", COMPANION_MODULE]
        admin = ["-m", "trytond.cli.admin", "-c", str(config), "-d", database]
        self._run([*admin, "-u", *modules, "--activate-dependencies", "--email", "admin@example.com"], password, lock)
        company = ["--config", str(config), "--database-uri", self.postgres.url(database), "--currency", self.currency]
        years = [argument for year in self.fiscal_years for argument in ("--fiscal-year", str(year))]
        parties = [argument for name in self.parties for argument in ("--party", name)]
        self._run([str(SETUP), *company, *years, *parties], password, lock)

    def _run(self, arguments: list[str], password: Path, lock: int) -> None:
        log = self.folder / "setup.log"
        environment = clean_environment(TRYTONPASSFILE=str(password))
        with log.open("wb") as output:
            command = [str(self.python), *arguments]
            answer = subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                pass_fds=[lock],
            )
        if answer.returncode != 0:
            raise PeerError(f"{' '.join(command)} failed. It said:\n{log_tail(log)}\nThe whole log is {log}.")

    def _content(self) -> str:
        parts = [self.currency, *map(str, self.fiscal_years), *self.parties, REQUIREMENTS.read_text(encoding="utf-8")]
        parts += [SETUP.read_text(encoding="utf-8")]
        parts += [path.read_text(encoding="utf-8") for path in sorted((COMPANION / "trytond_hourledger").glob("*.*"))]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _write_config(config: Path, postgres: EmbeddedPostgres, port: int) -> None:
    # Tryton puts the name of the database into the address itself, and keeps what follows the question mark.
    lines = ["[database]", f"uri = {postgres.url('')}", "list = False", "[web]", f"listen = 127.0.0.1:{port}"]
    config.touch(mode=0o600)
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _mark_of(postgres: EmbeddedPostgres, database: str) -> str | None:
    with psycopg.connect(postgres.url(database)) as connection:
        try:
            row = connection.execute("select content from hourledger_setup").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return None if row is None else str(row[0])


def _api_key(postgres: EmbeddedPostgres, database: str) -> str:
    with psycopg.connect(postgres.url(database)) as connection:
        row = connection.execute("select key from res_user_application where application = 'rest'").fetchone()
    if row is None:
        raise PeerError(f"The Tryton database {database!r} has no key for REST. Ask for a fresh one.")
    return str(row[0])


async def _describe(url: str, database: str, currency: str, api_key: str) -> TrytonServer:
    base = f"{url}/{database}"
    currencies = await _find(base, api_key, "currency.currency", [], ["code"])
    return TrytonServer(
        url=url,
        database=database,
        api_key=api_key,
        company_id=COMPANY_ID,
        currency=currency,
        currencies=tuple(sorted(record["code"] for record in currencies)),
        receivable=await _main_account(base, api_key, "receivable"),
        revenue=await _main_account(base, api_key, "revenue"),
    )


async def _main_account(base: str, api_key: str, kind: str) -> TrytonAccount:
    domain = [[f"type.{kind}", "=", True], ["closed", "!=", True]]  # closed: the headings of the chart
    accounts = await _find(base, api_key, "account.account", domain, ["code", "name"])
    account = min(accounts, key=lambda account: (account["code"] or "", account["id"]))
    return TrytonAccount(account["id"], account["code"], account["name"])


async def _find(
    base: str, api_key: str, model: str, domain: Sequence[Any], fields: Sequence[str]
) -> list[dict[str, Any]]:
    headers = {"Authorization": f"bearer {api_key}", "X-Tryton-Context": encode({"company": COMPANY_ID})}
    parameters = [("d", encode(domain)), *(("f", field) for field in fields)]
    timeout = aiohttp.ClientTimeout(total=30)
    async with (
        aiohttp.ClientSession(headers=headers, timeout=timeout) as client,
        client.get(f"{base}/rest/model/{model}", params=parameters) as answer,
    ):
        if answer.status != 200:
            raise PeerError(f"Tryton answered {answer.status} to a search in {model}: {(await answer.text())[:500]}")
        found: list[dict[str, Any]] = await answer.json()
    return found


def encode(value: Any) -> str:
    """``value`` as Tryton reads it in a query parameter or header: JSON in URL-safe base64."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
