"""The worker: one process that takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from procrastinate import App

from hourledger.jobs.exchange_rates import register_exchange_rates
from hourledger.jobs.pull import register_pull
from hourledger.jobs.push import register_push
from hourledger.jobs.recalculate import register_recalculate
from hourledger.jobs.tools import Tools
from hourledger.jobs.upkeep import publish_forever, register_upkeep
from hourledger.queue import job_app
from hourledger.runtime import Runtime
from hourledger.transactions import Transactions
from models.database import Database

log = structlog.get_logger(__name__)


def build_app(database_url: str, tools: Tools) -> App:
    """The queue with all tasks registered."""
    app = job_app(database_url)
    register_exchange_rates(app, tools)
    register_pull(app, tools)
    register_push(app, tools)
    register_recalculate(app, tools)
    register_upkeep(app, tools)
    return app


async def run_worker(
    runtime: Runtime, *, concurrency: int = 4, until_idle: bool = False, owns_signals: bool = True
) -> None:
    """Work until SIGTERM or SIGINT, or until cancelled: running jobs are finished, waiting ones stay in the queue.

    ``until_idle``: stop when the queue is empty, for scripts and tests. ``owns_signals``: false inside another server.
    """
    database = Database(runtime.database_url, pool_size=runtime.settings.database_pool_size)
    tools = Tools(Transactions(database), runtime.box, runtime.settings.exchange_rates_url)
    app = build_app(runtime.database_url, tools)
    publisher: asyncio.Task[None] | None = None
    try:
        async with app.open_async():
            if not until_idle:
                publisher = asyncio.create_task(publish_forever(database))
            log.info("worker_started", concurrency=concurrency)
            await app.run_worker_async(
                concurrency=concurrency,
                wait=not until_idle,
                install_signal_handlers=owns_signals and not until_idle,
                listen_notify=not until_idle,
                fetch_job_polling_interval=1.0,
            )
    finally:
        if publisher is not None:
            publisher.cancel()
            with suppress(asyncio.CancelledError):
                await publisher
        await database.close()
        log.info("worker_stopped")
