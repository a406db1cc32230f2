"""The database: one engine per process, sessions for units of work, and its migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as SqlAlchemyAsyncSession
from sqlalchemy.orm import Session as SqlAlchemySession
from sqlmodel import Session as SyncSession
from sqlmodel.ext.asyncio.session import AsyncSession

from hourledger.core.errors import Transient
from models.errors import translate


class _Statements(SyncSession):
    """Runs plain SQL as well as SQLModel's queries; SQLModel deprecates ``execute`` to steer people to ``exec``."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        return SqlAlchemySession.execute(self, *args, **kwargs)


class Session(AsyncSession):
    """What services and queries are handed; they never open one. ``exec`` for rows, ``execute`` for SQL text."""

    sync_session_class = _Statements

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        return await SqlAlchemyAsyncSession.execute(self, *args, **kwargs)


_MIGRATION_LOCK = 0x686C_6D69  # any number, the same for everybody who migrates


def sqlalchemy_url(url: str) -> str:
    """A libpq URL (postgresql://...) for SQLAlchemy over psycopg 3."""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise ValueError("HOURLEDGER_DATABASE_URL must start with postgresql://")


class Database:
    """Engine and session factory. Sessions never expire what they loaded and are not shared between tasks."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # notes, e-mails and hashes do not belong in error texts
            # The job queue lives in the same database, so that a job is enqueued in the transaction that needs it.
            connect_args={"options": "-csearch_path=public,jobs"},
        )
        self._sessions = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session whose transaction is rolled back unless the caller commits it.

        What the database refuses comes out as the core error that says it in words (models.errors).

        Raises:
            Transient DATABASE_UNREACHABLE: no connection could be made, or it broke.
        """
        async with self._sessions() as session:
            try:
                yield session
            except DBAPIError as error:
                known = translate(error)
                if known is None and isinstance(error, OperationalError | InterfaceError):
                    known = unreachable(error)
                if known is None:
                    raise
                raise known from error

    async def close(self) -> None:
        await self.engine.dispose()


def unreachable(error: DBAPIError) -> Transient:
    """What to tell somebody whose request needed a database that does not answer; never shows the URL."""
    reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    return Transient(
        f"The database cannot be reached ({reason}). Check HOURLEDGER_DATABASE_URL and that PostgreSQL runs; "
        "nothing was changed.",
        code="DATABASE_UNREACHABLE",
    )


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("models").joinpath("migrations")))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(url).replace("%", "%%"))
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema to ``revision``, forwards. One process at a time; one transaction, so a crash leaves no half.

    Raises:
        Transient DATABASE_UNREACHABLE.
    """
    _run(url, revision, downgrade=False)


def migrate_down(url: str, revision: str) -> None:
    """Take migrations back, for tests and for operators who must."""
    _run(url, revision, downgrade=True)


def _run(url: str, revision: str, *, downgrade: bool) -> None:
    engine = create_engine(sqlalchemy_url(url))
    config = _alembic_config(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            (command.downgrade if downgrade else command.upgrade)(config, revision)
    except OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()


def pending_migrations(url: str) -> list[str]:
    """Revisions that the database still lacks, oldest first; empty when it is up to date."""
    script = ScriptDirectory.from_config(_alembic_config(url))
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()
    return [found.revision for found in reversed(list(script.iterate_revisions("head", current or "base")))]
