"""What a process needs before it can do anything: the database (started here when it is the embedded one) and keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connectors.local_files import allow_only
from hourledger import embedded_postgres
from hourledger.core.errors import NotAllowed
from hourledger.settings import Settings
from models.database import migrate, pending_migrations
from models.secrets import SecretBox, open_box

_DATABASE = "hourledger"


@dataclass(frozen=True)
class Runtime:
    """An open database (by URL) and the key to the secrets in it."""

    settings: Settings
    database_url: str
    box: SecretBox


@contextmanager
def open_runtime(settings: Settings, *, migrated: bool = True) -> Iterator[Runtime]:
    """The runtime; the embedded PostgreSQL runs until the last process that uses it has left.

    ``migrated``: the embedded database is brought up to date by itself; of one's own database it is only checked, for
    there an operator decides when (``hourledger migrate``).

    Raises:
        NotAllowed MIGRATIONS_PENDING; Transient DATABASE_UNREACHABLE; EmbeddedPostgresError.
    """
    box = open_box(settings.secret_key, settings.data_folder)
    allow_only(settings.local_folders)
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        if migrated and (pending := pending_migrations(url)):
            raise NotAllowed(
                f"The database lacks {len(pending)} migrations ({', '.join(pending)}). Run: hourledger migrate",
                code="MIGRATIONS_PENDING",
            )
        yield Runtime(settings, url, box)
        return
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.start(settings.postgres_folder)
    try:
        server.ensure_database(_DATABASE)
        url = server.url(_DATABASE)
        if migrated and pending_migrations(url):
            migrate(url)
        yield Runtime(settings, url, box)
    finally:
        server.stop()
