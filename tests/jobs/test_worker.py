"""The worker and its queue: jobs exist if and only if their transaction committed, and survive a dead worker."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.jobs.worker import run_worker
from hourledger.runtime import Runtime
from hourledger.services.recalculation_runs import request_recalculation
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.database import Database
from tests.support.world import World, create_world, log


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


JOBS = "SELECT task_name, status FROM procrastinate_jobs ORDER BY id"


async def test_a_recalculation_runs_in_the_worker_and_tells_what_it_did(
    transactions: Transactions, admin: Principal, world: World, database: Database, runtime: Runtime
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", date(2026, 6, 15))
        scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=world.person)
        await set_rate(unit, scope, HourlyRate.of("120", "EUR"), Period(), replace_overlapping=True)
    async with transactions.begin(admin) as unit:
        run_id = await request_recalculation(unit, [world.portal, 999_999], reason="new rate")
    await run_worker(runtime, until_idle=True)
    assert await rows(database, f"SELECT status FROM recalculation_run WHERE id = {run_id}") == [("FAILED",)]
    # One project does not exist; the other is done all the same (CT-R8).
    outcomes = await rows(
        database, "SELECT outcome, changed, revenue_delta_minor FROM recalculation_project ORDER BY project_id"
    )
    assert outcomes == [("DONE", 1, 16000), ("MISSING", 0, 0)]


async def test_a_job_is_gone_with_its_transaction(
    transactions: Transactions, admin: Principal, world: World, database: Database
) -> None:
    async with transactions.begin(admin, dry_run=True) as unit:
        await request_recalculation(unit, [world.portal], reason="never")
    assert await rows(database, JOBS) == []


async def test_a_job_that_is_to_exist_once_is_added_once_and_keeps_its_transaction_alive(
    transactions: Transactions, admin: Principal, database: Database
) -> None:
    async with transactions.begin(admin) as unit:
        for _ in range(3):
            await unit.enqueue("pull_connection", once="source-1", organisation_id=1, connection_id=1)
        unit.audit("test", "nothing", None)
    assert await rows(database, JOBS) == [("pull_connection", "todo")]
    assert await rows(database, "SELECT action FROM audit") == [("test",)]
