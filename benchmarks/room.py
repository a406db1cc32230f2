"""A database of its own for a benchmark, with projects of any size in it, and clocks to hold against them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hourledger import embedded_postgres
from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Found, Level, Reason
from hourledger.core.work import RateKind
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company, create_organisation, create_person
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database, migrate
from models.queries import actuals
from models.queries.valuations import NewValuation, append_valuations
from models.tables import ValuationCause

TASKS = 20
CHUNK = 10_000
COST_MINOR, REVENUE_MINOR = 5_000, 10_000

_WORK = """
    INSERT INTO time_entry (organisation_id, person_id, project_id, task_id, hour_type_id, work_date, seconds, note,
        status, row_version, is_locked, logged_by, cost_minor, revenue_minor)
    SELECT :organisation, :person, :project, (cast(:tasks AS bigint[]))[1 + n % :count],
           (SELECT id FROM hour_type WHERE organisation_id = :organisation AND name = 'Project Time'),
           DATE '2024-01-01' + n % 1000, 3600, 'An hour of work on this and that', 'APPROVED', 1, false, 'benchmark',
           0, 0
    FROM generate_series(cast(:first AS int), cast(:last AS int)) AS n RETURNING id
"""


@dataclass(frozen=True)
class Room:
    """An organisation with one person, who costs 50 and bills 100 an hour, and a customer."""

    transactions: Transactions
    principal: Principal
    person: int
    company: int


@asynccontextmanager
async def fresh_room() -> AsyncIterator[Room]:
    """An embedded PostgreSQL with its default settings, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hourledger-benchmark-") as folder:
        server = embedded_postgres.start(Path(folder) / "postgres")
        try:
            server.ensure_database("benchmark")
            url = server.url("benchmark")
            migrate(url)
            database = Database(url)
            try:
                yield await _furnish(database)
            finally:
                await database.close()
        finally:
            server.stop()


async def _furnish(database: Database) -> Room:
    transactions = Transactions(database)
    async with database.session() as session:
        organisation = await create_organisation(session, "Benchmark", base_currency="EUR", time_zone="UTC")
        await session.commit()
    principal = Principal(organisation.id, "benchmark", EVERYTHING)
    async with transactions.begin(principal) as unit:
        person = await create_person(unit, "Bob Best", "bob@brightwater.example", primary_role_id=None)
        company = await create_company(unit, "Meridian Museum", "EUR")
        for kind, rate in ((RateKind.COST, "50"), (RateKind.BILLING, "100")):
            await set_rate(unit, RateScope(kind, Level.PERSON, person_id=person), HourlyRate.of(rate, "EUR"), Period())
    return Room(transactions, principal, person, company)


async def project_of_size(room: Room, entries: int) -> int:
    """A project with so many entries of an hour each, on 20 tasks and the days of three years. Returns its id."""
    async with room.transactions.begin(room.principal) as unit:
        project = await create_project(unit, code=f"P{entries}", name=f"{entries} entries", company_id=room.company)
        tasks = [await create_task(unit, project, TaskPlan(f"Task {number}")) for number in range(TASKS)]
    for first in range(1, entries + 1, CHUNK):
        async with room.transactions.begin(room.principal) as unit:
            rows = await unit.session.execute(
                text(_WORK),
                {
                    "organisation": unit.organisation_id,
                    "person": room.person,
                    "project": project,
                    "tasks": tasks,
                    "count": TASKS,
                    "first": first,
                    "last": min(first + CHUNK - 1, entries),
                },
            )
            ids = [row.id for row in rows]
            await rate(unit, "id = ANY(:which)", ids, revenue_minor=REVENUE_MINOR)
            await actuals.append_for_entries(unit.session, unit.organisation_id, ids, at=unit.now)
    await vacuum(room)
    return project


async def rate(unit: UnitOfWork, condition: str, which: Any, *, revenue_minor: int) -> float:
    """Append a valuation to every entry that fits, in the statement the services use; that statement's seconds."""
    rows = await unit.session.execute(
        text(f"SELECT id, work_date, seconds FROM time_entry WHERE {condition}"), {"which": which}
    )
    valuations = [
        NewValuation(
            time_entry_id=row.id,
            work_date=row.work_date,
            seconds=row.seconds,
            currency="EUR",
            cost_minor=COST_MINOR,
            revenue_minor=revenue_minor,
            uncapped_revenue_minor=revenue_minor,
            reason=Reason("workfront-1", Found(), Found()),
            cause=ValuationCause.RECALCULATED,
        )
        for row in rows
    ]
    started = time.perf_counter()
    await append_valuations(unit.session, unit.organisation_id, valuations, at=unit.now, run_id=None)
    return time.perf_counter() - started


async def vacuum(room: Room) -> None:
    """As after a quiet night: no dead rows, fresh statistics."""
    engine = room.transactions.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
