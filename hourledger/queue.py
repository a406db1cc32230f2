"""The job queue: Procrastinate on our own PostgreSQL. Tasks are registered in hourledger.jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector


def job_app(database_url: str | None = None) -> App:
    """The queue of one process; without a URL it can only enqueue on connections that are handed to it."""
    url = database_url.replace("postgresql+psycopg://", "postgresql://") if database_url else None
    kwargs: dict[str, Any] = {"options": "-csearch_path=public,jobs"}
    return App(connector=PsycopgConnector(conninfo=url or "", kwargs=kwargs))


_enqueuer = job_app()


async def enqueue(
    connection: Any,
    task: str,
    *,
    lock: str | None = None,
    once: str | None = None,
    at: datetime | None = None,
    **args: Any,
) -> None:
    """Put a job into the queue on an open psycopg connection: it exists if and only if that transaction commits.

    ``lock``: jobs with the same lock run one after the other. ``once``: while such a job waits, no second one is added.
    ``at``: not before that instant.
    """
    from procrastinate.exceptions import AlreadyEnqueued

    deferrer = _enqueuer.configure_task(task, lock=lock, queueing_lock=once, schedule_at=at, connection=connection)
    if once is None:
        await deferrer.defer_async(**args)
        return
    # A refused insert would abort the caller's transaction: a savepoint keeps it.
    try:
        async with connection.transaction():
            await deferrer.defer_async(**args)
    except AlreadyEnqueued:
        return
