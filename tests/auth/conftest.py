"""Two organisations, a clock that stands still, and a short memory that every test begins without."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import pytest

from hourledger.auth import authenticate as authenticate_module
from hourledger.auth import tokens
from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.embedded_postgres import EmbeddedPostgres
from hourledger.services.issue_token import issue_token
from models.database import Database
from models.tables import OrganisationRow
from tests.auth.issuer import NOW, Trusted, trust

Issue = Callable[..., Awaitable[str]]


@pytest.fixture(scope="package")
async def database(postgres: EmbeddedPostgres, template_database: str) -> AsyncIterator[Database]:
    """One database for all tests of this folder: each makes its own organisations, and copying would take longer."""
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    postgres.copy_database(template_database, name)
    database = Database(postgres.url(name))
    yield database
    await database.close()
    postgres.drop_database(name)


@pytest.fixture(autouse=True)
def _forget() -> None:
    authenticate_module._seen.forget_all()
    tokens._proven.forget_all()


@pytest.fixture
async def ours(database: Database) -> int:
    return await new_organisation(database)


@pytest.fixture
async def theirs(database: Database) -> int:
    return await new_organisation(database)


@pytest.fixture
async def trusted(database: Database, ours: int) -> Trusted:
    """An issuer that our organisation trusts."""
    return await trust(database, ours)


@pytest.fixture
def issue(database: Database) -> Issue:
    async def issue_it(
        organisation_id: int,
        *permissions: Permission,
        subject: str = "nightly import",
        expires_at: datetime | None = None,
    ) -> str:
        async with database.session() as session:
            text = await issue_token(
                session,
                administrator(organisation_id),
                subject=subject,
                permissions=frozenset(permissions or [Permission.LOG_TIME]),
                expires_at=expires_at,
                now=NOW,
            )
            await session.commit()
        return text

    return issue_it


def administrator(organisation_id: int) -> Principal:
    return Principal(organisation_id, "root", EVERYTHING)


async def new_organisation(database: Database) -> int:
    async with database.session() as session:
        row = OrganisationRow(name=f"auth {uuid.uuid4().hex}", base_currency="EUR")
        session.add(row)
        await session.commit()
        return row.id
