"""The whole application on loopback, with a token that may do everything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from starlette.applications import Starlette

from hourledger.app import create_app
from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.services.issue_token import issue_token
from hourledger.settings import Settings
from hourledger.transactions import Transactions
from models.database import Database
from models.secrets import SecretBox
from resolvers.ids import global_id
from tests.conftest import MovableClock
from tests.schema.api import Api, serving
from tests.support.world import World, create_world

IssueToken = Callable[..., Awaitable[str]]


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(environment="development", database_url=SecretStr(database_url), data_folder=tmp_path)


@pytest.fixture
def app(settings: Settings, clock: MovableClock) -> Starlette:
    return create_app(settings, clock=clock, box=SecretBox([SecretStr(Fernet.generate_key().decode())]))


@pytest.fixture
def token_with(database: Database, admin: Principal) -> IssueToken:
    """Issues a token with exactly these permissions."""

    async def issue(*permissions: Permission) -> str:
        async with database.session() as session:
            text = await issue_token(
                session,
                admin,
                subject="api@brightwater.example",
                permissions=frozenset(permissions),
                expires_at=None,
                now=datetime.now(UTC),
            )
            await session.commit()
        return text

    return issue


@pytest.fixture
async def api(app: Starlette, token_with: IssueToken) -> AsyncIterator[Api]:
    token = await token_with(*EVERYTHING)
    async with serving(app) as url, aiohttp.ClientSession() as http:
        yield Api(http, url, token)


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


class Ids:
    """The world's rows by their global ids."""

    def __init__(self, world: World) -> None:
        self.person = global_id("Person", world.person)
        self.role = global_id("Role", world.role)
        self.museum = global_id("Company", world.museum)
        self.portal = global_id("Project", world.portal)
        self.dashboard = global_id("Project", world.dashboard)
        self.build = global_id("Task", world.build)


@pytest.fixture
def ids(world: World) -> Ids:
    return Ids(world)
