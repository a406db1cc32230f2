"""Recalculation in the background: batch by batch, each in a transaction of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog
from procrastinate import App, RetryStrategy

from hourledger.core.access import Principal
from hourledger.core.errors import Transient
from hourledger.jobs.tools import Tools
from hourledger.services.recalculation_runs import begin_run, finish_if_over, is_over, take_batch, write_outcomes
from hourledger.services.run_batch import run_batch

log = structlog.get_logger(__name__)

TRIES_MAX = 8
_WAIT_SECONDS_MIN, _WAIT_SECONDS_MAX = 0.05, 1.0


def register_recalculate(app: App, tools: Tools) -> None:
    """The task ``recalculate``."""

    # Later tries are the sweeper's (hourledger.jobs.upkeep): a run is never given up.
    @app.task(name="recalculate", retry=RetryStrategy(max_attempts=5, linear_wait=5))
    async def recalculate(organisation_id: int, run_id: int) -> None:
        """Take batches of the run until none is left; any number of workers may be at one run.

        A project is done whole or not at all; one that fails does not stop the others (CT-R8).
        """
        await work_on(tools, tools.principal(organisation_id), run_id)


async def work_on(
    tools: Tools, principal: Principal, run_id: int, *, after_batch: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Do what is left of a run, and close it. Projects that somebody else is at are waited for."""
    async with tools.transactions.begin(principal) as unit:
        await begin_run(unit, run_id)
    waits = 0
    while True:
        if done := await _next_batch(tools, principal, run_id):
            waits = 0
            log.info("recalculated", run_id=run_id, projects=done)
            if after_batch is not None:
                await after_batch()
            continue
        async with tools.transactions.begin(principal) as unit:
            await finish_if_over(unit, run_id)
            if await is_over(unit, run_id):
                return
        # Another worker has the last projects of this run, or another run is at them.
        await _wait(waits)
        waits += 1


async def _next_batch(tools: Tools, principal: Principal, run_id: int) -> int:
    """How many projects were done; 0: none could be taken.

    Somebody who edits or bills the same hours at the same moment goes first: then it is all read again.
    """
    attempt = 0
    while True:
        attempt += 1
        is_last = attempt == TRIES_MAX
        try:
            async with tools.transactions.begin(principal) as unit:
                batch = await take_batch(unit, run_id, patiently=is_last)
                if not batch.projects:
                    return 0
                await write_outcomes(unit, run_id, await run_batch(unit, batch, is_last=is_last))
            return len(batch.projects)
        except Transient as error:
            if is_last:
                raise
            log.info("recalculation_tried_again", run_id=run_id, code=error.code, attempt=attempt)
        await _wait(attempt)


async def _wait(times: int) -> None:
    """Longer each time, and never two workers alike."""
    seconds = min(_WAIT_SECONDS_MAX, _WAIT_SECONDS_MIN * 2**times)
    await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311  (spreads them)
