"""Push a delivery: SENDING is committed before the call, the outcome after it; a crash in between means uncertain."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from procrastinate import App

from connectors.base import JournalTarget
from connectors.push import AttemptReport, push
from connectors.registry import target
from hourledger.core.errors import ExternalError, HourledgerError, Rejected
from hourledger.jobs.tools import Tools
from hourledger.observability import DELIVERIES, DELIVERY_SECONDS
from hourledger.services.create_connection import open_config
from hourledger.services.deliver import Sending, begin_sending, note_attempts, record_failure, record_outcome

log = structlog.get_logger(__name__)


def register_push(app: App, tools: Tools) -> None:
    """The task ``push_delivery``."""

    @app.task(name="push_delivery")
    async def push_delivery(organisation_id: int, delivery_id: int) -> None:
        await deliver(tools, organisation_id, delivery_id)


OpenTarget = Callable[[str, Any], JournalTarget]


def open_target(connector: str, config: Any) -> JournalTarget:
    """The target with this key, constructed."""
    return target(connector)(config)


async def deliver(tools: Tools, organisation_id: int, delivery_id: int, *, open_with: OpenTarget = open_target) -> None:
    """One push with its short retries. Longer waits are the queue's: record_failure enqueues the next try."""
    principal = tools.principal(organisation_id)
    async with tools.transactions.begin(principal) as unit:
        sending = await begin_sending(unit, delivery_id)
        if sending is None:
            return
    started = time.monotonic()
    reports: list[AttemptReport] = []

    async def note(report: AttemptReport) -> None:
        reports.append(report)

    failure: ExternalError
    try:
        async with tools.transactions.begin(principal) as unit:
            config = await open_config(unit, tools.box, sending.connection)
        async with open_with(sending.connection.connector, config) as opened:
            outcome = await push(opened, sending.entry, is_uncertain=sending.is_uncertain, on_attempt=note)
    except ExternalError as error:
        failure = error
    except HourledgerError as error:
        failure = Rejected(error.message, code=error.code)
    else:
        async with tools.transactions.begin(principal) as unit:
            await note_attempts(unit, delivery_id, reports)
            await record_outcome(unit, delivery_id, outcome)
        _count(sending, outcome.state.value, started)
        log.info("delivered", delivery_id=delivery_id, state=outcome.state.value, attempts=outcome.attempts)
        return
    async with tools.transactions.begin(principal) as unit:
        await note_attempts(unit, delivery_id, reports)
        await record_failure(unit, delivery_id, failure, was_uncertain=sending.is_uncertain)
    _count(sending, failure.code, started)
    log.warning("delivery_failed", delivery_id=delivery_id, code=failure.code)


def _count(sending: Sending, state: str, started: float) -> None:
    DELIVERIES.labels(sending.connection.connector, state).inc()
    DELIVERY_SECONDS.labels(sending.connection.connector).observe(time.monotonic() - started)
