"""A run while others work: whoever is first is seen by the other, in both orders, and nobody is held up for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hourledger.core.access import Principal
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.runtime import Runtime
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.log_time import TimeDraft, edit_time, log_time
from hourledger.services.recalculation_runs import cancel_recalculation, take_batch, write_outcomes
from hourledger.services.run_batch import run_batch
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.tables import ProjectOutcome, RunKind, RunStatus
from tests.jobs.firm import DAYS, Firm, found_firm
from tests.support.runs import Runs, until

DONE = ProjectOutcome.DONE
WAITING = """SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND application_name = :name"""


@pytest.fixture
async def firm(transactions: Transactions, admin: Principal, runtime: Runtime) -> Firm:
    """Three projects, and everybody costs ten more than when their hours were logged."""
    firm = await found_firm(transactions, admin, Runs(transactions, admin, runtime), projects=3)
    await firm.cost_more(10)
    return firm


@pytest.fixture
async def worker(database: Database, admin: Principal, runtime: Runtime) -> AsyncIterator[Tools]:
    """What a worker has; the database knows its connections by name."""
    apart = Database(f"{database.url}&application_name=worker")
    yield Tools(Transactions(apart), runtime.box)
    await apart.close()


async def waits(firm: Firm, name: str = "") -> None:
    await until(lambda: firm.rows(WAITING, name=name), f"{name or 'somebody'} waits for a lock")


async def nothing_but_whole(firm: Firm, run: int) -> None:
    assert {one.outcome for one in (await firm.runs.outcomes(run)).values()} == {DONE}
    await firm.require_consistent()


@asynccontextmanager
async def recalculating(firm: Firm, run: int) -> AsyncIterator[UnitOfWork]:
    """All of a run is rated and not committed before the block ends: what a worker's transaction is."""
    async with firm.transactions.begin(firm.admin) as unit:
        batch = await take_batch(unit, run)
        await write_outcomes(unit, run, await run_batch(unit, batch))
        yield unit


async def revenue(firm: Firm, project: int) -> list[int]:
    """By day, on the task with the cap of 480."""
    found = await firm.rows(
        "SELECT revenue_minor FROM time_entry WHERE project_id = :project AND task_id IS NOT NULL "
        "AND deleted_at IS NULL ORDER BY work_date, id",
        project=project,
    )
    return [one for (one,) in found]


# --- one project, one run at a time


async def test_a_project_that_one_run_is_at_is_not_taken_by_another(firm: Firm) -> None:
    first, second = await firm.runs.ask(firm.projects[:2]), await firm.runs.ask(firm.projects)
    async with firm.transactions.begin(firm.admin) as one, firm.transactions.begin(firm.admin) as other:
        assert (await take_batch(one, first)).projects == firm.projects[:2]
        assert (await take_batch(other, second)).projects == firm.projects[2:]
    await asyncio.gather(firm.runs.work(first), firm.runs.work(second))
    for run in (first, second):
        await nothing_but_whole(firm, run)
    await firm.require_exact()


async def test_a_preview_keeps_its_projects_until_their_outcomes_are_written(firm: Firm) -> None:
    """Nobody takes or cancels them in between."""
    preview = await firm.runs.ask(firm.projects, RunKind.PREVIEW)
    async with recalculating(firm, preview):
        async with firm.transactions.begin(firm.admin) as other:
            assert (await take_batch(other, preview)).projects == []
            await cancel_recalculation(other, preview, reason="too late")
        assert await firm.runs.status(preview) is RunStatus.QUEUED
    await firm.runs.work(preview)
    assert {one.outcome for one in (await firm.runs.outcomes(preview)).values()} == {DONE}
    assert await firm.runs.status(preview) is RunStatus.DONE
    assert await firm.rows("SELECT count(*) FROM valuation WHERE run_id = :run", run=preview) == [(0,)]


async def test_cancelling_does_not_wait_for_what_is_being_rated(firm: Firm) -> None:
    run = await firm.runs.ask(firm.projects)
    async with recalculating(firm, run), asyncio.timeout(10), firm.transactions.begin(firm.admin) as unit:
        await cancel_recalculation(unit, run, reason="enough")
    await firm.runs.work(run)
    assert await firm.runs.status(run) is RunStatus.DONE  # all of it had been begun
    await firm.require_exact()


async def test_a_run_that_is_under_way_says_so_while_its_first_project_is_rated(firm: Firm, worker: Tools) -> None:
    run = await firm.runs.ask(firm.projects)
    async with firm.holding_an_hour(firm.projects[0]):
        working = asyncio.create_task(work_on(worker, firm.admin, run))
        await waits(firm, "worker")
        assert await firm.runs.status(run) is RunStatus.RUNNING
    await working
    await firm.require_exact()


# --- the connection goes


@pytest.mark.parametrize("kind", [RunKind.RECALCULATION, RunKind.PREVIEW, RunKind.UNDO])
async def test_a_connection_that_is_cut_in_the_middle_of_a_statement_leaves_nothing_and_the_batch_is_done_again(
    firm: Firm, worker: Tools, kind: RunKind
) -> None:
    if kind is RunKind.UNDO:
        run = await firm.ask_to_undo(await firm.runs.recalculate(firm.projects))
    else:
        run = await firm.runs.ask(firm.projects, kind)
    before = await firm.rows("SELECT count(*) FROM valuation")
    async with firm.holding_an_hour(firm.projects[-1]):
        working = asyncio.create_task(work_on(worker, firm.admin, run))
        await waits(firm, "worker")
        await firm.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'worker' "
            "AND wait_event_type = 'Lock'"
        )
        assert await firm.rows("SELECT count(*) FROM valuation") == before
    await working
    await nothing_but_whole(firm, run)
    if kind is RunKind.RECALCULATION:
        await firm.require_exact()


async def test_who_takes_long_with_an_hour_is_waited_for_in_the_end(
    firm: Firm, worker: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hourledger.services.recalculation_runs.LOCK_MILLISECONDS_MAX", 10)
    monkeypatch.setattr("hourledger.jobs.recalculate.TRIES_MAX", 3)
    run = await firm.runs.ask(firm.projects)
    async with firm.holding_an_hour(firm.projects[0]):
        working = asyncio.create_task(work_on(worker, firm.admin, run))
        patient = f"{WAITING} AND clock_timestamp() - state_change > interval '1 second'"
        await until(lambda: firm.rows(patient, name="worker"), "the worker waits for longer than it first would")
    await working
    await nothing_but_whole(firm, run)
    await firm.require_exact()


# --- rates change


async def test_a_rate_that_changes_while_a_run_is_going_counts_from_the_next_project_on(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hourledger.services.recalculation_runs.BATCH_PROJECTS", 1)
    raised = False

    async def raise_once() -> None:
        nonlocal raised
        if not raised:
            raised = True
            await firm.cost_more(20)

    run = await firm.runs.ask(firm.projects)
    await firm.runs.work(run, after_batch=raise_once)
    await nothing_but_whole(firm, run)
    assert [(await revenue(firm, one))[0] for one in firm.projects] == [11000, 12000, 12000]
    again = await firm.runs.recalculate(firm.projects)
    assert {one: done.changed > 0 for one, done in (await firm.runs.outcomes(again)).items()} == {
        firm.projects[0]: True,
        firm.projects[1]: False,
        firm.projects[2]: False,
    }
    await firm.require_exact()


async def test_a_rate_that_changes_while_a_project_is_rated_does_not_wait_for_it(firm: Firm) -> None:
    run = await firm.runs.ask(firm.projects)
    async with recalculating(firm, run), asyncio.timeout(10):
        await firm.cost_more(20)
    await firm.runs.work(run)
    assert [(await revenue(firm, one))[0] for one in firm.projects] == [11000] * 3
    await firm.require_consistent()


# --- billing


async def billed(firm: Firm) -> list[tuple[object, ...]]:
    """Of the first project: what its record's lines, actuals and hours say, hour by hour."""
    return await firm.rows("""
        SELECT l.amount_minor, a.amount_minor, e.revenue_minor, e.is_locked
        FROM billing_record_line l JOIN actual a ON a.billing_line_id = l.id AND a.transaction_type = 'BILLED_SALES'
        JOIN time_entry e ON e.id = a.time_entry_id ORDER BY e.work_date, e.id
    """)


async def drafted(firm: Firm) -> int:
    async with firm.transactions.begin(firm.admin) as unit:
        return await create_billing_record(unit, BillingRequest([firm.projects[0]]))


async def confirm(firm: Firm, record: int) -> None:
    async with firm.transactions.begin(firm.admin) as unit:
        await confirm_billing_record(unit, record)


async def test_hours_that_are_billed_after_they_were_rated_anew_are_billed_at_what_they_are_worth_then(
    firm: Firm,
) -> None:
    record, run = await drafted(firm), await firm.runs.ask(firm.projects)
    async with recalculating(firm, run):
        confirming = asyncio.create_task(confirm(firm, record))
        await waits(firm)
    await confirming
    await firm.runs.work(run)
    await nothing_but_whole(firm, run)
    found = await billed(firm)
    # Eve's at 130 an hour, and Bob's at 110 until 480 are used.
    assert sum(int(str(line)) for line, *_ in found) == 6 * 13000 + 48000
    assert all(line == actual == revenue and locked for line, actual, revenue, locked in found)


async def test_hours_that_were_billed_while_a_run_waited_for_them_keep_what_was_billed(
    firm: Firm, worker: Tools
) -> None:
    record, run = await drafted(firm), await firm.runs.ask(firm.projects)
    async with firm.transactions.begin(firm.admin) as unit:
        await confirm_billing_record(unit, record)
        working = asyncio.create_task(work_on(worker, firm.admin, run))
        await waits(firm, "worker")
    await working
    await nothing_but_whole(firm, run)
    found = await billed(firm)
    assert sum(int(str(line)) for line, *_ in found) == 6 * 12000 + 48000
    assert all(line == actual == revenue and locked for line, actual, revenue, locked in found)
    first = (await firm.runs.outcomes(run))[firm.projects[0]]
    # Bob's last two hours had nothing left of the cap, and what is worth nothing is billed all the same.
    assert (first.frozen, first.changed, first.entries) == (12, 0, 12)


async def test_a_run_that_is_undone_while_hours_are_billed_leaves_those(firm: Firm, worker: Tools) -> None:
    run = await firm.runs.recalculate(firm.projects)
    record = await drafted(firm)
    undo = await firm.ask_to_undo(run)
    async with firm.transactions.begin(firm.admin) as unit:
        await confirm_billing_record(unit, record)
        working = asyncio.create_task(work_on(worker, firm.admin, undo))
        await waits(firm, "worker")
    await working
    await nothing_but_whole(firm, undo)
    found = await billed(firm)
    assert sum(int(str(line)) for line, *_ in found) == 6 * 13000 + 48000
    assert all(line == actual == revenue for line, actual, revenue, _ in found)
    assert (await firm.runs.outcomes(undo))[firm.projects[0]].changed == 0
    assert [(await revenue(firm, one))[0] for one in firm.projects] == [11000, 10000, 10000]


async def test_hours_that_are_billed_while_their_run_is_undone_are_billed_at_what_they_were_before(firm: Firm) -> None:
    run = await firm.runs.recalculate(firm.projects)
    record = await drafted(firm)
    undo = await firm.ask_to_undo(run)
    async with recalculating(firm, undo):
        confirming = asyncio.create_task(confirm(firm, record))
        await waits(firm)
    await confirming
    await firm.runs.work(undo)
    await nothing_but_whole(firm, undo)
    found = await billed(firm)
    assert sum(int(str(line)) for line, *_ in found) == 6 * 12000 + 48000
    assert all(line == actual == revenue for line, actual, revenue, _ in found)


# --- logging and editing


async def log_early(firm: Firm, unit: UnitOfWork) -> int:
    """Bob remembers an hour of the first day, on the task with the cap."""
    ((task,),) = await firm.rows("SELECT id FROM task WHERE project_id = :project", project=firm.projects[0])
    return (await log_time(unit, [TimeDraft(firm.world.person, firm.projects[0], DAYS[0], 3600, task_id=task)]))[0]


CAPPED = [11000, 11000, 11000, 11000, 4000, 0, 0]


async def test_c05_an_hour_that_is_logged_on_a_capped_task_while_it_is_rated_gets_its_share_afterwards(
    firm: Firm,
) -> None:
    run = await firm.runs.ask(firm.projects)

    async def log() -> None:
        async with firm.transactions.begin(firm.admin) as unit:
            await log_early(firm, unit)

    async with recalculating(firm, run):
        logging = asyncio.create_task(log())
        await waits(firm)
    await logging
    await firm.runs.work(run)
    assert await revenue(firm, firm.projects[0]) == CAPPED
    await firm.require_exact()


async def test_c05_a_run_that_comes_while_an_hour_is_logged_on_a_capped_task_sees_it(firm: Firm, worker: Tools) -> None:
    run = await firm.runs.ask(firm.projects)
    async with firm.transactions.begin(firm.admin) as unit:
        await log_early(firm, unit)
        working = asyncio.create_task(work_on(worker, firm.admin, run))
        await waits(firm, "worker")
    await working
    assert await revenue(firm, firm.projects[0]) == CAPPED
    assert (await firm.runs.outcomes(run))[firm.projects[0]].entries == 13
    await firm.require_exact()


async def test_c05_a_run_that_is_undone_while_an_hour_is_logged_on_a_capped_task_keeps_the_cap(
    firm: Firm, worker: Tools
) -> None:
    undo = await firm.ask_to_undo(await firm.runs.recalculate(firm.projects))
    async with firm.transactions.begin(firm.admin) as unit:
        await log_early(firm, unit)
        working = asyncio.create_task(work_on(worker, firm.admin, undo))
        await waits(firm, "worker")
    await working
    # The day's first hour is worth 100 again, the one that was logged since 110, and later ones what is left of 480.
    assert await revenue(firm, firm.projects[0]) == [10000, 11000, 10000, 10000, 7000, 0, 0]
    await firm.require_consistent()


async def test_an_hour_that_is_edited_while_a_run_waits_for_it_is_rated_as_edited(firm: Firm, worker: Tools) -> None:
    run = await firm.runs.ask(firm.projects)
    ((hour,),) = await firm.rows(
        "SELECT min(id) FROM time_entry WHERE project_id = :project AND task_id IS NULL", project=firm.projects[1]
    )
    async with firm.transactions.begin(firm.admin) as unit:
        await edit_time(unit, hour, seconds=7200, work_date=DAYS[0], note="")
        working = asyncio.create_task(work_on(worker, firm.admin, run))
        await waits(firm, "worker")
    await working
    await nothing_but_whole(firm, run)
    assert await firm.rows("SELECT revenue_minor FROM time_entry WHERE id = :id", id=hour) == [(26000,)]
    await firm.require_exact()
