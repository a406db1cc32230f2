"""Pull from a time source: batch after batch, each stored with the cursor behind it in one transaction."""

from __future__ import annotations

import time
from collections import Counter

import structlog
from procrastinate import App

from connectors.registry import source
from hourledger.core.errors import HourledgerError
from hourledger.jobs.tools import Tools
from hourledger.observability import PULL_SECONDS, PULLED_RECORDS, PULLS
from hourledger.services.create_connection import load_connection, open_config
from hourledger.services.pull_entries import store_batch
from hourledger.services.pull_runs import finish_run, start_run

log = structlog.get_logger(__name__)


def register_pull(app: App, tools: Tools) -> None:
    """The task ``pull_connection``."""

    @app.task(name="pull_connection")
    async def pull_connection(organisation_id: int, connection_id: int) -> None:
        await pull(tools, organisation_id, connection_id)


async def pull(tools: Tools, organisation_id: int, connection_id: int) -> Counter[str]:
    """Everything that changed since the last pull. What was stored before an error stays; the next pull goes on there.

    The error is kept on the run and on the connection, which then needs attention; it is not raised.
    """
    principal = tools.principal(organisation_id)
    started = time.monotonic()
    async with tools.transactions.begin(principal) as unit:
        connection = await load_connection(unit, connection_id)
        run_id = await start_run(unit, connection_id)
        config = None
        failure: HourledgerError | None = None
        try:
            config = await open_config(unit, tools.box, connection)
        except HourledgerError as error:
            failure = error
        cursor = connection.cursor
    counts: Counter[str] = Counter()
    if config is not None:
        try:
            async with source(connection.connector)(config) as opened:
                async for batch in opened.read(cursor):
                    async with tools.transactions.begin(principal) as unit:
                        counts += await store_batch(unit, connection_id, batch, cursor_before=cursor)
                    cursor = batch.cursor if batch.cursor is not None else cursor
        except HourledgerError as error:
            failure = error
    async with tools.transactions.begin(principal) as unit:
        await finish_run(unit, run_id, counts, failure)
    PULLS.labels(connection.connector, "failed" if failure else "ok").inc()
    PULL_SECONDS.labels(connection.connector).observe(time.monotonic() - started)
    for status, count in counts.items():
        PULLED_RECORDS.labels(connection.connector, status).inc(count)
    log.info(
        "pulled",
        connection=connection.name,
        run_id=run_id,
        error=failure.code if failure else None,
        counts=dict(counts),
    )
    return counts
