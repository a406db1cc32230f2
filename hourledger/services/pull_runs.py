"""Pulls as operators see them: asked for, begun, ended, and what they brought."""

from __future__ import annotations

from collections import Counter

from hourledger.core.access import Permission
from hourledger.core.errors import HourledgerError
from hourledger.services.create_connection import load_connection
from hourledger.services.unit_of_work import UnitOfWork
from models.tables import ConnectionRow, ConnectionStatus, PullRunRow

Counts = Counter[str]


async def request_pull(unit: UnitOfWork, connection_id: int) -> None:
    """Enqueue a pull; while one waits, no second one is added."""
    unit.require(Permission.MANAGE_CONNECTIONS)
    await load_connection(unit, connection_id)
    name = f"source-{connection_id}"
    await unit.enqueue(
        "pull_connection", lock=name, once=name, organisation_id=unit.organisation_id, connection_id=connection_id
    )


async def start_run(unit: UnitOfWork, connection_id: int) -> int:
    """Note that a pull begins; returns the run's id."""
    run = PullRunRow(organisation_id=unit.organisation_id, connection_id=connection_id, started_at=unit.now)
    unit.session.add(run)
    await unit.session.flush()
    return run.id


async def finish_run(unit: UnitOfWork, run_id: int, counts: Counts, error: HourledgerError | None) -> None:
    """Note how a pull ended, on the run and on its connection."""
    run = await unit.session.get_one(PullRunRow, run_id)
    connection = await unit.session.get_one(ConnectionRow, run.connection_id)
    run.finished_at, run.counts = unit.now, dict(counts)
    if error is None:
        connection.status, connection.status_reason = ConnectionStatus.ACTIVE, None
        connection.last_success_at = unit.now
    else:
        run.error_code, run.error = error.code, error.message
        connection.status, connection.status_reason = ConnectionStatus.NEEDS_ATTENTION, error.message
    unit.session.add_all([run, connection])
    unit.emit("CONNECTION_CHANGED", entity_id=connection.id, name=connection.name, counts=dict(counts))
