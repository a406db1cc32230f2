"""A firm with many small projects, worker processes to kill, and what must hold whenever one was killed."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count, groupby
from pathlib import Path
from typing import IO, Any

from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.rates import cap_revenue
from hourledger.core.work import CostType, RevenueType
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.rate_entries import draft_valuation
from hourledger.services.rater import load_rater
from hourledger.services.set_up import create_person
from hourledger.services.undo_recalculation import undo_recalculation
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.rating import lock_facts
from models.queries.roll_ups import roll_up_differences
from models.tables import ValuationCause
from tests.support.runs import Runs, rows, set_rates_of, until
from tests.support.world import World, create_world

DAYS = [date(2026, 3, day) for day in (2, 3, 4, 5, 6, 9)]
HOURS_EACH = 2 * len(DAYS)
_ROOT = Path(__file__).parents[2]
_numbers = count(1)


@dataclass(frozen=True)
class Firm:
    """On each project Bob and Eve have worked six days; Bob on a task whose cap his last hours do not fit into."""

    transactions: Transactions
    admin: Principal
    database: Database
    runs: Runs
    world: World
    eve: int
    projects: list[int]

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        return await rows(self.database, query, **values)

    @asynccontextmanager
    async def holding_an_hour(self, project: int) -> AsyncIterator[None]:
        """Somebody is changing an hour of a project, and takes long."""
        async with self.transactions.begin(self.admin) as unit:
            await unit.session.execute(
                text("SELECT id FROM time_entry WHERE project_id = :project LIMIT 1 FOR UPDATE"), {"project": project}
            )
            yield

    async def cost_more(self, by: int) -> None:
        """So much an hour, and bill so much more, than at first."""
        async with self.transactions.begin(self.admin) as unit:
            await set_rates_of(unit, self.world.person, cost=str(50 + by), billing=str(100 + by))
            await set_rates_of(unit, self.eve, cost=str(60 + by), billing=str(120 + by))

    async def ask_to_undo(self, run_id: int) -> int:
        async with self.transactions.begin(self.admin) as unit:
            return await undo_recalculation(unit, run_id, reason="test")

    async def worth(self) -> list[tuple[Any, ...]]:
        return await self.rows(
            "SELECT id, cost_minor, revenue_minor, uncapped_revenue_minor, reason_id FROM time_entry ORDER BY id"
        )

    async def is_over(self, run_id: int) -> bool:
        return (
            await self.rows("SELECT FROM recalculation_run WHERE id = :run AND finished_at IS NOT NULL", run=run_id)
            != []
        )

    async def done(self, run_id: int) -> int:
        """Projects that are done."""
        found = await self.rows(
            "SELECT count(*) FROM recalculation_project WHERE run_id = :run AND outcome = 'DONE'", run=run_id
        )
        return int(found[0][0])

    async def require_whole_or_untouched(self, run_id: int) -> None:
        """Each project has a value of this run on all of its hours and is DONE, or on none and is not."""
        found = await self.rows(
            """
            SELECT p.project_id, p.outcome, count(v.id), count(v.id) FILTER (WHERE e.valuation_id = v.id)
            FROM recalculation_project p JOIN time_entry e ON e.project_id = p.project_id
            LEFT JOIN valuation v ON v.time_entry_id = e.id AND v.run_id = p.run_id
            WHERE p.run_id = :run GROUP BY p.project_id, p.outcome
            """,
            run=run_id,
        )
        assert len(found) == len(self.projects)
        for project, outcome, valued, present in found:
            expected = HOURS_EACH if outcome == "DONE" else 0
            assert (outcome in ("DONE", "PENDING"), valued, present) == (True, expected, expected), project

    async def require_exact(self) -> None:
        """Every hour is worth what rating it alone makes of it, caps are kept, and the sums are those of the rows."""
        async with self.transactions.begin(self.admin, dry_run=True) as unit:
            ids = [one for (one,) in await self.rows("SELECT id FROM time_entry WHERE deleted_at IS NULL ORDER BY id")]
            facts = await lock_facts(unit.session, unit.organisation_id, ids)
            rater = await load_rater(unit, facts)
        in_order = sorted(facts, key=lambda one: (one.task_id or 0, one.work_date, one.id))
        for _, of_task in groupby(in_order, key=lambda one: one.task_id):
            entries = list(of_task)
            drafts = [draft_valuation(rater, one, ValuationCause.RECALCULATED) for one in entries]
            uncapped = [one.uncapped_revenue_minor for one in drafts]
            cap = entries[0].cap_minor
            revenue = uncapped if cap is None else cap_revenue(uncapped, cap)
            assert [one.cost_minor for one in entries] == [one.cost_minor for one in drafts]
            assert [one.uncapped_revenue_minor for one in entries] == uncapped
            assert [one.revenue_minor for one in entries] == revenue
        await self.require_consistent()

    async def require_consistent(self) -> None:
        """The sums are those of the rows, the present values are the latest ones, and no run valued an hour twice."""
        async with self.database.session() as session:
            assert not await roll_up_differences(session)
        twice = "SELECT run_id, time_entry_id FROM valuation WHERE run_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
        assert await self.rows(twice) == []
        stale = """
            SELECT e.id FROM time_entry e JOIN LATERAL (
                SELECT * FROM valuation v WHERE v.time_entry_id = e.id ORDER BY v.id DESC LIMIT 1) v ON true
            WHERE (v.id, v.cost_minor, v.revenue_minor, v.uncapped_revenue_minor, v.reason_id)
                IS DISTINCT FROM (e.valuation_id, e.cost_minor, e.revenue_minor, e.uncapped_revenue_minor, e.reason_id)
        """
        assert await self.rows(stale) == []

    async def minutes_pass(self) -> None:
        """So many that a worker which sends no heartbeat counts as dead, and what is done each minute is due again."""
        async with self.database.session() as session:
            await session.execute(
                text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 h'")
            )
            await session.execute(
                text("UPDATE procrastinate_periodic_defers SET defer_timestamp = defer_timestamp - 3600")
            )
            await session.commit()


async def found_firm(transactions: Transactions, admin: Principal, runs: Runs, *, projects: int) -> Firm:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        eve = await create_person(unit, "Eve Early", "eve@brightwater.example", primary_role_id=None)
        await set_rates_of(unit, eve, cost="60", billing="120")
        ids, drafts = [], []
        for number in range(projects):
            project = await create_project(unit, code=f"P{number:03}", name=f"P{number:03}", company_id=world.museum)
            plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=Decimal(480))
            capped = await create_task(unit, project, plan)
            ids.append(project)
            drafts += [TimeDraft(world.person, project, day, 3600, task_id=capped) for day in DAYS]
            drafts += [TimeDraft(eve, project, day, 3600) for day in DAYS]
        await log_time(unit, drafts)
    return Firm(transactions, admin, transactions.database, runs, world, eve, ids)


class Worker:
    """A worker process. All of its connections are known by its name."""

    def __init__(self, firm: Firm, name: str, process: asyncio.subprocess.Process, log: IO[bytes]) -> None:
        self._firm = firm
        self._log = log
        self.name = name
        self.process = process

    def log(self) -> str:
        """What it has said so far."""
        return os.pread(self._log.fileno(), 1 << 20, 0).decode()  # the process goes on writing where it was

    async def backends(self, condition: str = "true") -> list[tuple[Any, ...]]:
        return await self._firm.rows(
            f"SELECT pid FROM pg_stat_activity WHERE application_name = :name AND {condition}", name=self.name
        )

    async def cut_off(self) -> None:
        """The server ends all of its connections, whatever they are at."""
        await self._firm.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name", name=self.name
        )

    async def kill(self) -> None:
        """SIGKILL; returns when the database has noticed, so that nothing of it is under way any more."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await until(self._is_gone, f"the database has noticed that {self.name} is gone")

    async def _is_gone(self) -> bool:
        return not await self.backends()


@asynccontextmanager
async def working(firm: Firm, *, batch_projects: int = 2) -> AsyncIterator[Worker]:
    """A worker until the block ends; it is killed then at the latest."""
    name = f"worker-{os.getpid()}-{next(_numbers)}"
    url = f"{firm.database.url}{'&' if '?' in firm.database.url else '?'}application_name={name}"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HOURLEDGER_")}
    log = tempfile.TemporaryFile()  # noqa: SIM115  (as long as the process)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.jobs.worker_process",
        url,
        str(batch_projects),
        cwd=_ROOT,
        env=clean,
        stdout=log,
        stderr=log,
    )
    worker = Worker(firm, name, process, log)
    try:
        yield worker
    finally:
        await worker.kill()
        log.close()
