"""Recalculations as an operator has them: asked for, worked on to the end, looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import RateKind
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.runtime import Runtime
from hourledger.services.preview_changes import preview_changes
from hourledger.services.recalculation_runs import commit_preview, request_recalculation, run_of
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.undo_recalculation import undo_recalculation
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.listing.keyset import Cut
from models.queries.listing.runs import (
    BY_RUN,
    OF_RUN,
    ON_PROJECT,
    RUN_CHANGES,
    RUN_PROJECTS,
    RunChangeView,
    RunProjectView,
)
from models.tables import RunKind, RunStatus

EVERYTHING_THERE_IS = RecalculationScope()
_PAGE = 3  # so that whatever is compared was read page by page


class Runs:
    """Asks for runs and works on them in this process, as a worker does."""

    def __init__(self, transactions: Transactions, admin: Principal, runtime: Runtime) -> None:
        self.transactions = transactions
        self.admin = admin
        self.tools = Tools(transactions, runtime.box)

    async def ask(
        self, scope: RecalculationScope | Sequence[int] = EVERYTHING_THERE_IS, kind: RunKind = RunKind.RECALCULATION
    ) -> int:
        async with self.transactions.begin(self.admin) as unit:
            return await request_recalculation(unit, scope, reason="test", kind=kind)

    async def work(self, run_id: int, *, after_batch: Callable[[], Awaitable[None]] | None = None) -> int:
        await work_on(self.tools, self.admin, run_id, after_batch=after_batch)
        return run_id

    async def recalculate(self, scope: RecalculationScope | Sequence[int] = EVERYTHING_THERE_IS) -> int:
        return await self.work(await self.ask(scope))

    async def preview(self, scope: RecalculationScope | Sequence[int] = EVERYTHING_THERE_IS) -> int:
        return await self.work(await self.ask(scope, RunKind.PREVIEW))

    async def commit(self, preview_id: int) -> int:
        async with self.transactions.begin(self.admin) as unit:
            run_id = await commit_preview(unit, preview_id, reason="as shown")
        return await self.work(run_id)

    async def undo(self, run_id: int) -> int:
        async with self.transactions.begin(self.admin) as unit:
            undoing = await undo_recalculation(unit, run_id, reason="a mistake")
        return await self.work(undoing)

    async def status(self, run_id: int) -> RunStatus:
        async with self.transactions.begin(self.admin) as unit:
            return (await run_of(unit, run_id)).status

    async def outcomes(self, run_id: int) -> dict[int | None, RunProjectView]:
        """By project; None: general time."""
        async with self.transactions.database.session() as session:
            found = await RUN_PROJECTS.page(session, self.admin.organisation_id, Cut(1000), (OF_RUN,), {"run": run_id})
        return {one.project_id: one for one in found.rows}

    async def changes(self, run_id: int, project_id: int | None) -> list[RunChangeView]:
        """What a run has changed on a project."""
        found: list[RunChangeView] = []
        after = None
        async with self.transactions.database.session() as session:
            while True:
                page = await RUN_CHANGES.page(
                    session,
                    self.admin.organisation_id,
                    Cut(_PAGE, after),
                    (BY_RUN, ON_PROJECT),
                    {"run": run_id, "project": project_id},
                )
                found += page.rows
                if not page.has_more:
                    return found
                after = page.keys[-1]

    async def shown_changes(self, preview_id: int, project_id: int | None) -> list[RunChangeView]:
        """What a preview shows of a project."""
        shown = (await self.outcomes(preview_id))[project_id]
        async with self.transactions.begin(self.admin) as unit:
            scope = RecalculationScope.from_json((await run_of(unit, preview_id)).scope)
        found: list[RunChangeView] = []
        has_more = True
        while has_more:
            async with self.transactions.begin(self.admin, dry_run=True) as unit:
                page, has_more = await preview_changes(
                    unit,
                    project_id,
                    scope,
                    digest=shown.digest,
                    after_entry=found[-1].time_entry_id if found else 0,
                    limit=_PAGE,
                )
            found += page
        return found


async def set_rates_of(unit: UnitOfWork, person: int, *, cost: str, billing: str) -> None:
    """What somebody costs and bills an hour in EUR, on all days."""
    for kind, amount in ((RateKind.COST, cost), (RateKind.BILLING, billing)):
        scope = RateScope(kind, Level.PERSON, person_id=person)
        await set_rate(unit, scope, HourlyRate.of(amount, "EUR"), Period(), replace_overlapping=True)


async def rows(database: Database, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query), values)).all()]


async def until(holds: Callable[[], Awaitable[Any]], what: str, *, seconds: float = 60) -> Any:
    """The first answer of ``holds`` that is true; the database tells nobody that it is, so it is asked."""
    try:
        async with asyncio.timeout(seconds):
            while not (answer := await holds()):  # noqa: ASYNC110  (the database tells nobody)
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"waited {seconds} seconds until {what}") from None
    return answer
