"""Fixtures of all tests: a real PostgreSQL, a database of its own for every test, an organisation, a clock to move."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from hourledger import embedded_postgres
from hourledger.core.access import EVERYTHING, Principal
from hourledger.embedded_postgres import EmbeddedPostgres
from hourledger.processes import hold_exclusively
from hourledger.runtime import Runtime
from hourledger.services.set_up import create_organisation
from hourledger.settings import Settings
from hourledger.transactions import Transactions
from models.database import Database, migrate
from models.secrets import SecretBox

_DATA = Path(__file__).parents[1] / ".data" / "tests"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class MovableClock:
    """The time is what the test says it is."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    _DATA.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.start(_DATA / "postgres", settings=_FAST)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template_database(postgres: EmbeddedPostgres) -> str:
    """A migrated database to copy, named after the migrations, so that changing one makes a new one."""
    digest = hashlib.sha256()
    for file in sorted(resources.files("models.migrations.versions").iterdir(), key=lambda one: one.name):
        if file.is_file():
            digest.update(file.read_bytes())
    name = f"template_{digest.hexdigest()[:16]}"
    with hold_exclusively(_DATA / "template.lock"):
        if not postgres.has_database(name):
            building = f"building_{secrets.token_hex(4)}"
            postgres.ensure_database(building)
            migrate(postgres.url(building))
            postgres.rename_database(building, name)
    return name


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database without any schema."""
    name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
    postgres.ensure_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template_database: str) -> Iterator[str]:
    """A migrated database of this test's own."""
    name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
    postgres.copy_database(template_database, name)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def transactions(database: Database, clock: MovableClock) -> Transactions:
    return Transactions(database, clock)


@pytest.fixture
async def organisation_id(database: Database) -> int:
    """Brightwater, with books in EUR."""
    async with database.session() as session:
        organisation = await create_organisation(
            session, "Brightwater Consulting", base_currency="EUR", time_zone="Europe/Amsterdam"
        )
        await session.commit()
        return organisation.id


@pytest.fixture
def admin(organisation_id: int) -> Principal:
    """May do everything in the organisation."""
    return Principal(organisation_id, "admin@brightwater.example", EVERYTHING)


@pytest.fixture
def runtime(database: Database) -> Runtime:
    """What a worker is started with."""
    return Runtime(Settings(), database.url, SecretBox([SecretStr(Fernet.generate_key().decode())]))
