"""A run of recalculation whose workers are killed, cut off and doubled: every project whole, all of them in the end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from hourledger.core.access import Principal
from hourledger.runtime import Runtime
from hourledger.transactions import Transactions
from models.database import Database
from tests.jobs.firm import Firm, Worker, found_firm, working
from tests.support.runs import Runs, until

BATCH = 2


@pytest.fixture
def transactions(database: Database) -> Transactions:
    """By the real clock: the processes beside us have no other."""
    return Transactions(database)


@pytest.fixture
def found(transactions: Transactions, admin: Principal, runtime: Runtime) -> Callable[[int], Awaitable[Firm]]:
    async def found(projects: int) -> Firm:
        return await found_firm(transactions, admin, Runs(transactions, admin, runtime), projects=projects)

    return found


async def killed_at_random(firm: Firm, run: int, worker: Worker, chance: random.Random) -> None:
    """After a few projects, or while it starts; a few milliseconds later or earlier in what it is doing then."""
    enough = await firm.done(run) + chance.randrange(4) * BATCH

    async def is_far_enough() -> bool:
        if await firm.is_over(run) or worker.process.returncode is not None:
            return True
        return bool(await worker.backends()) and await firm.done(run) >= enough

    await until(is_far_enough, f"{enough} projects are done")
    await asyncio.sleep(chance.uniform(0, 0.1))
    await worker.kill()


async def survives(firm: Firm, kills: int, seed: int) -> int:
    """Runs one after the other, killed so many times in all; how many of the kills met a run under way."""
    chance = random.Random(seed)
    met = killed = 0
    for raise_by in range(10, 1000, 10):
        await firm.cost_more(raise_by)
        run = await firm.runs.ask(firm.projects)
        while not await firm.is_over(run):
            async with working(firm, batch_projects=BATCH) as worker:
                if killed < kills:
                    before = await firm.done(run)
                    await killed_at_random(firm, run, worker, chance)
                    killed += 1
                    met += before < await firm.done(run) < len(firm.projects)
                else:
                    await until(lambda: firm.is_over(run), "the run is over")  # noqa: B023
            await firm.require_whole_or_untouched(run)
            await firm.minutes_pass()
        assert await firm.done(run) == len(firm.projects)
        await firm.require_exact()
        if killed >= kills:
            return met
    raise AssertionError("a hundred runs were over before so many kills")


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
