"""A run of recalculation whose workers are killed, cut off and doubled: every project whole, all of them in the end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.runtime import Runtime
from hourledger.transactions import Transactions
from models.database import Database
from tests.jobs.firm import HOURS_EACH, Firm, Worker, found_firm, working
from tests.support.runs import Runs, until

BATCH = 2
CUTS = 8


@pytest.fixture
def transactions(database: Database) -> Transactions:
    """By the real clock: the processes beside us have no other."""
    return Transactions(database)


@pytest.fixture
def found(transactions: Transactions, admin: Principal, runtime: Runtime) -> Callable[[int], Awaitable[Firm]]:
    async def found(projects: int) -> Firm:
        return await found_firm(transactions, admin, Runs(transactions, admin, runtime), projects=projects)

    return found


@dataclass
class Killings:
    """Workers killed at random moments of runs; ``met`` of them while some projects were done and some were not."""

    firm: Firm
    chance: random.Random
    left: int
    met: int = 0

    async def end(self, run: int) -> None:
        """Work on a run to its end; each worker but the last is killed, and then minutes pass."""
        while not await self.firm.is_over(run):
            async with working(self.firm, batch_projects=BATCH) as worker:
                if self.left:
                    await self.kill(worker, run)
                else:
                    await until(lambda: self.firm.is_over(run), "the run is over")
            await self.firm.require_whole_or_untouched(run)
            await self.firm.minutes_pass()
        assert await self.firm.done(run) == len(self.firm.projects)

    async def kill(self, worker: Worker, run: int) -> None:
        """After a few more projects, or while it starts; some milliseconds later or earlier in what it does then."""
        before = await self.firm.done(run)
        enough = before + self.chance.randrange(4) * BATCH

        async def is_far_enough() -> bool:
            if await self.firm.is_over(run) or worker.process.returncode is not None:
                return True
            return bool(await worker.backends()) and await self.firm.done(run) >= enough

        await until(is_far_enough, f"{enough} projects are done")
        await asyncio.sleep(self.chance.uniform(0, 0.1))
        await worker.kill()
        self.left -= 1
        self.met += before < await self.firm.done(run) < len(self.firm.projects)


async def survives(firm: Firm, kills: int, seed: int) -> int:
    """Recalculates and takes back, again and again; how many of the kills met a run under way."""
    killings = Killings(firm, random.Random(seed), kills)
    for raise_by in count(10, 10):
        await firm.cost_more(raise_by)
        before = await firm.worth()
        run = await firm.runs.ask(firm.projects)
        await killings.end(run)
        await firm.require_exact()
        await killings.end(await firm.ask_to_undo(run))
        await firm.require_consistent()
        assert await firm.worth() == before
        if not killings.left:
            break
    return killings.met


async def test_a_run_whose_worker_is_killed_again_and_again_leaves_no_project_half_done_and_ends(
    found: Callable[[int], Awaitable[Firm]],
) -> None:
    await survives(await found(12), kills=3, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_thirty_kills_at_random_moments_of_runs_over_sixty_projects(
    found: Callable[[int], Awaitable[Firm]], seed: int
) -> None:
    met = await survives(await found(60), kills=30, seed=seed)
    assert met >= 10, "too few of the kills met a run under way"


async def test_a_run_goes_on_when_its_connections_are_cut_and_its_worker_lives(
    found: Callable[[int], Awaitable[Firm]],
) -> None:
    """As when PostgreSQL is restarted, or a fail-over takes place: now at rest, now in the middle of a statement."""
    firm = await found(12)
    chance = random.Random(1)
    met = 0
    async with working(firm, batch_projects=1) as worker:
        for raise_by in range(10, 1000, 10):
            await firm.cost_more(raise_by)
            run = await firm.runs.ask(firm.projects)
            while not await firm.is_over(run):
                before = await firm.done(run)
                await until(partial(goes_on, firm, run, before), "the run goes on")
                await asyncio.sleep(chance.uniform(0, 0.2))
                await worker.cut_off()
                met += not await firm.is_over(run)
                await firm.require_whole_or_untouched(run)
            assert await firm.done(run) == len(firm.projects)
            if met >= CUTS:
                break
        assert worker.process.returncode is None, worker.log()
        assert worker.log().count("DATABASE_UNREACHABLE") >= 1
    await firm.require_exact()


async def goes_on(firm: Firm, run: int, done: int) -> bool:
    return await firm.is_over(run) or await firm.done(run) > done


@pytest.mark.parametrize("one_dies", [False, True])
async def test_two_workers_share_a_run_and_when_one_dies_the_other_ends_it(
    found: Callable[[int], Awaitable[Firm]], monkeypatch: pytest.MonkeyPatch, one_dies: bool
) -> None:
    """What a dead one was at is nobody's as soon as its connection is gone: no job has to be put back for that."""
    monkeypatch.setattr("hourledger.services.recalculation_runs.BATCH_PROJECTS", 1)  # so that it is worth two jobs
    firm = await found(12)
    await firm.cost_more(10)
    run = await firm.runs.ask(firm.projects)
    jobs = (
        "SELECT count(DISTINCT worker_id) FROM procrastinate_jobs WHERE task_name = 'recalculate' AND status = 'doing'"
    )

    async def both_are_at_it() -> bool:
        return await firm.rows(jobs) == [(2,)]

    async with working(firm, batch_projects=1) as first, working(firm, batch_projects=1):
        async with firm.holding_an_hour(firm.projects[-1]):  # so that it cannot be over before
            await until(both_are_at_it, "both workers are at the run")
            if one_dies:
                await first.kill()
        await until(lambda: firm.is_over(run), "the run is over")
    assert await firm.done(run) == len(firm.projects)
    await firm.require_exact()


async def test_two_runs_over_the_same_projects_at_once_both_end_and_no_hour_is_lost(
    found: Callable[[int], Awaitable[Firm]],
) -> None:
    firm = await found(16)
    await firm.cost_more(10)
    first = await firm.runs.ask(firm.projects[:12])
    await firm.cost_more(20)
    second = await firm.runs.ask(firm.projects[4:])
    async with working(firm), working(firm):
        for run in (first, second):
            await until(partial(firm.is_over, run), "both runs are over")
    for run in (first, second):
        assert await firm.done(run) == 12
    # By the rates of now, whichever came first; what the one has done leaves the other nothing to do.
    changed = "SELECT run_id, sum(changed) FROM recalculation_project WHERE run_id = ANY(:runs) GROUP BY 1 ORDER BY 1"
    counts = await firm.rows(changed, runs=[first, second])
    assert sum(int(one) for _, one in counts) == 16 * HOURS_EACH
    await firm.require_exact()


@pytest.mark.slow
async def test_a_run_whose_only_worker_died_goes_on_within_a_minute_of_its_being_known_without_anybodys_doing(
    found: Callable[[int], Awaitable[Firm]],
) -> None:
    """The next worker's own clock does it: nothing but the last heartbeat is moved here."""
    firm = await found(12)
    await firm.cost_more(10)
    run = await firm.runs.ask(firm.projects)
    async with working(firm) as worker:
        await until(lambda: firm.done(run), "some projects are done")
        await worker.kill()
    assert not await firm.is_over(run)
    async with firm.database.session() as session:
        await session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '3 min'"))
        await session.commit()
    async with working(firm):
        await until(lambda: firm.is_over(run), "the run is over", seconds=90)
    await firm.require_whole_or_untouched(run)
    await firm.require_exact()
