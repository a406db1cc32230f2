"""What keeps the queue going: jobs of dead workers are put back, whatever else waits, and lost ones are added anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.jobs.tools import Tools
from hourledger.jobs.worker import build_app
from hourledger.runtime import Runtime
from hourledger.transactions import Transactions
from models.database import Database
from tests.support.runs import Runs, rows
from tests.support.world import World, create_world, log

JOBS = "SELECT task_name, status FROM procrastinate_jobs ORDER BY id"


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", date(2026, 6, 15))
    return world


async def do(database: Database, statement: str) -> None:
    async with database.session() as session:
        await session.execute(text(statement))
        await session.commit()


async def upkeep(runtime: Runtime, transactions: Transactions, *tasks: str) -> None:
    """What is due each minute, and whatever waits behind it."""
    app = build_app(runtime.database_url, Tools(transactions, runtime.box))
    async with app.open_async():
        for task in tasks:
            await app.configure_task(task).defer_async(timestamp=int(datetime.now(UTC).timestamp()))
        await app.run_worker_async(concurrency=1, wait=False, install_signal_handlers=False, listen_notify=False)


@pytest.mark.parametrize("worker", ["gone", "silent"])
async def test_the_job_of_a_dead_worker_is_put_back_and_its_run_goes_on(
    transactions: Transactions, admin: Principal, world: World, database: Database, runtime: Runtime, worker: str
) -> None:
    run = await Runs(transactions, admin, runtime).ask()
    if worker == "silent":
        await do(database, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '3 min')")
    await do(
        database,
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = 1, "
        "worker_id = (SELECT max(id) FROM procrastinate_workers)",
    )
    await upkeep(runtime, transactions, "revive_stalled_jobs")
    assert await rows(database, f"SELECT status FROM recalculation_run WHERE id = {run}") == [("DONE",)]


async def test_a_job_that_is_being_worked_on_is_left_alone(
    transactions: Transactions, admin: Principal, world: World, database: Database, runtime: Runtime
) -> None:
    await Runs(transactions, admin, runtime).ask()
    await do(database, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    await do(
        database, "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)"
    )
    await upkeep(runtime, transactions, "revive_stalled_jobs")
    assert (await rows(database, JOBS))[0] == ("recalculate", "doing")


async def test_a_dead_job_of_which_only_one_may_wait_does_not_keep_the_others_from_being_put_back(
    transactions: Transactions, admin: Principal, world: World, database: Database, runtime: Runtime
) -> None:
    """A worker died in a sweep and in a recalculation; the next sweep waits already."""
    async with transactions.begin(admin) as unit:
        await unit.enqueue("sweep_deliveries", once="sweep_deliveries", timestamp=0)
    run = await Runs(transactions, admin, runtime).ask()
    await do(database, "UPDATE procrastinate_jobs SET status = 'doing', attempts = 1")
    await upkeep(runtime, transactions, "revive_stalled_jobs", "sweep_deliveries")
    dead, revived, *later = await rows(database, JOBS)
    assert (dead, revived) == (("sweep_deliveries", "failed"), ("recalculate", "succeeded"))
    assert {status for _, status in later} == {"succeeded"}
    assert await rows(database, f"SELECT status FROM recalculation_run WHERE id = {run}") == [("DONE",)]


@pytest.mark.parametrize("lost", ["DELETE FROM procrastinate_jobs", "UPDATE procrastinate_jobs SET status = 'failed'"])
async def test_a_run_whose_job_was_given_up_or_lost_is_taken_up_again(
    transactions: Transactions, admin: Principal, world: World, database: Database, runtime: Runtime, lost: str
) -> None:
    run = await Runs(transactions, admin, runtime).ask()
    await do(database, lost)
    await upkeep(runtime, transactions, "sweep_recalculations")
    assert await rows(database, f"SELECT status FROM recalculation_run WHERE id = {run}") == [("DONE",)]
