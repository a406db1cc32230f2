"""What keeps the queue and the event log in order: stalled jobs, forgotten deliveries, unnumbered events."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from procrastinate import App, JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from hourledger.core.errors import Transient
from hourledger.jobs.tools import Tools
from hourledger.services.deliver import enqueue_open_deliveries
from hourledger.services.recalculation_runs import take_up_forgotten_runs
from models.database import Database
from models.events import publish_events
from models.queries.organisations import organisation_ids
from models.queries.roll_ups import fold_roll_ups

log = structlog.get_logger(__name__)

_STALLED_AFTER = timedelta(minutes=2)


def register_upkeep(app: App, tools: Tools) -> None:
    """Three periodic tasks, each run by one worker a minute, however many there are."""

    @app.periodic(cron="* * * * *")
    @app.task(name="revive_stalled_jobs", queueing_lock="revive_stalled_jobs", pass_context=True)
    async def revive_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  (Procrastinate's shape)
        """Jobs whose worker died are put back; every task is safe to run again."""
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER.total_seconds())
        for job in stalled:
            try:
                await app.job_manager.retry_job(job)
                log.warning("job_revived", job_id=job.id, task=job.task_name)
            except UniqueViolation:
                # Of its kind only one may wait, and one does: that one does all there is to do.
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
                log.warning("job_given_up_for_its_successor", job_id=job.id, task=job.task_name)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep_deliveries", queueing_lock="sweep_deliveries")
    async def sweep_deliveries(timestamp: int) -> None:  # noqa: ARG001
        async with tools.transactions.database.session() as session:
            ids = await organisation_ids(session)
        for organisation_id in ids:
            async with tools.transactions.begin(tools.principal(organisation_id)) as unit:
                await enqueue_open_deliveries(unit, older_than=timedelta(minutes=5))

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep_recalculations", queueing_lock="sweep_recalculations")
    async def sweep_recalculations(timestamp: int) -> None:  # noqa: ARG001
        """Runs whose job is gone go on."""
        async with tools.transactions.database.session() as session:
            ids = await organisation_ids(session)
        for organisation_id in ids:
            async with tools.transactions.begin(tools.principal(organisation_id)) as unit:
                for run_id in await take_up_forgotten_runs(unit):
                    log.warning("recalculation_taken_up", run_id=run_id)


async def publish_forever(database: Database, *, pause_seconds: float = 1.0) -> None:
    """Number what a process left behind that died between its commit and its publishing; fold what was summed since."""
    while True:
        try:
            async with database.session() as session:
                if await publish_events(session) is not None:
                    await session.commit()
            async with database.session() as session:
                if await fold_roll_ups(session):
                    await session.commit()
        except Transient as error:
            log.warning("publishing_waits", code=error.code)
        await asyncio.sleep(pause_seconds)
