"""Loaders of one operation: what many fields ask for one by one is fetched together, and once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from hourledger.core.billing import RecordTotals, record_totals
from hourledger.core.errors import Invalid
from hourledger.core.finances import Grouping, ProjectMeasures
from hourledger.core.finances.as_of import HistoricFinances
from hourledger.core.money import ExchangeRates, Money
from hourledger.core.periods import spanned
from hourledger.services.assignment_money import AssignedMoney, assignment_money
from hourledger.services.finances_as_of import finances_as_of
from hourledger.services.grouped_finances import GroupedFinances, utilisation
from hourledger.services.measures import project_measures
from hourledger.services.plan_figures import PlanByDay, plan_by_day
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange_rates import load_exchange_of_projects
from models.queries.listing.billing import LineSum, line_sums
from models.queries.listing.keyset import Cut, Listing, Slice
from models.queries.listing.people import primary_roles_on
from models.queries.listing.runs import RunTotalView, run_totals
from models.queries.measures import TaskBilling, billing_by_task
from models.queries.recalculation import RunProgress, progress_of_runs
from models.queries.work_locks import Hold, holds_of_entries

R = TypeVar("R")
Reading = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
Fetch = Callable[[UnitOfWork, Sequence[Any]], Awaitable[Mapping[Any, Any]]]

_BATCH_MAX = 1000
ROWS_MAX = 50_000
"""Rows that the pages under other pages of one operation may come to."""


class Loaders:
    """Every fetch is one statement for all keys that were asked for at the same moment (finances take a few)."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._loaders: dict[Any, DataLoader[int | None, Any]] = {}
        self._rows_left = ROWS_MAX

    async def row(self, listing: Listing[R], row_id: int | None) -> R | None:
        """The row with this id; None when there is none for this organisation, or no id."""
        if row_id is None:
            return None
        found: R | None = await self._loader(("row", listing.name), partial(_rows, listing)).load(row_id)
        return found

    async def rows(self, listing: Listing[R], ids: Iterable[int]) -> list[R]:
        """Those that exist, in the order asked for."""
        loader = self._loader(("row", listing.name), partial(_rows, listing))
        return [row for row in await loader.load_many(list(ids)) if row is not None]

    async def page(self, listing: Listing[R], column: str, parent_id: int, cut: Cut) -> Slice[R]:
        """A page of what belongs to one parent; the pages of all parents come in one statement."""

        async def fetch(unit: UnitOfWork, parents: Sequence[int]) -> Mapping[int, Slice[R]]:
            self.take_rows(len(parents) * cut.limit)
            return await listing.pages_of(unit.session, unit.organisation_id, column, parents, cut)

        loader = self._loader(("page", listing.name, column, cut), fetch)
        found: Slice[R] = await loader.load(parent_id)
        return found

    async def all_of(self, listing: Listing[R], column: str, attribute: str, parent_id: int) -> list[R]:
        """All rows of one parent, for lists that are short by nature (the postings of an entry)."""
        loader = self._loader(("all", listing.name, column), partial(_all, listing, column, attribute))
        found: list[R] = await loader.load(parent_id)
        return found

    async def measures(self, project_id: int, on: date | None) -> ProjectMeasures | None:
        """Of a project and its tasks; ``on``: the day up to which work counts as scheduled, None: today."""
        fetch = partial(project_measures, on=on)
        found: ProjectMeasures | None = await self._loader(("measures", on), fetch).load(project_id)
        return found

    async def task_billing(self, project_id: int) -> dict[int, TaskBilling]:
        """How far billing has got with each task of a project by itself; tasks without any are absent."""
        found: dict[int, TaskBilling] = await self._loader(("task_billing",), _task_billing).load(project_id)
        return found

    async def plan_by_day(self, project_id: int) -> PlanByDay:
        """The project's planned days; computed once, whatever is asked of them."""
        found: PlanByDay | None = await self._loader(("plan_by_day",), plan_by_day).load(project_id)
        return found or PlanByDay()

    async def assignment_money(self, project_id: int) -> AssignedMoney:
        """What the project's assignments cost and earn by the day; computed once for all of them."""
        found: AssignedMoney | None = await self._loader(("assignment_money",), assignment_money).load(project_id)
        return found or AssignedMoney()

    async def utilisation(
        self, project_id: int, by: tuple[Grouping, ...], first_day: date | None, last_day: date | None
    ) -> GroupedFinances | None:
        """One project's finances, grouped; those of several projects are gathered together."""
        fetch = partial(utilisation, by=by, first_day=first_day, last_day=last_day)
        key = ("utilisation", by, first_day, last_day)
        found: GroupedFinances | None = await self._loader(key, fetch).load(project_id)
        return found

    async def finances_as_of(
        self, project_id: int, as_of: date | None, known_at: datetime | None
    ) -> HistoricFinances | None:
        fetch = partial(finances_as_of, as_of=as_of, known_at=known_at)
        found: HistoricFinances | None = await self._loader(("finances", as_of, known_at), fetch).load(project_id)
        return found

    async def line_sums(self, record_id: int) -> list[LineSum]:
        found: list[LineSum] = await self._loader(("line_sums",), _line_sums).load(record_id)
        return found

    async def run_progress(self, run_id: int) -> RunProgress:
        found: RunProgress = await self._loader(("run_progress",), _run_progress).load(run_id)
        return found

    async def run_totals(self, run_id: int) -> list[RunTotalView]:
        found: list[RunTotalView] | None = await self._loader(("run_totals",), _run_totals).load(run_id)
        return found or []

    async def totals(self, record_id: int, currency: str) -> RecordTotals:
        """Subtotals and total of a billing record, from its lines as they count now."""
        sums = await self.line_sums(record_id)
        return record_totals(
            [(one.transaction_class, one.billing_type, Money(one.minor, currency)) for one in sums], currency
        )

    async def project_of_record(self, record_id: int) -> int | None:
        """The project that a billing record bills, when it is only one."""
        found = {one for sums in await self.line_sums(record_id) for one in sums.project_ids}
        return found.pop() if len(found) == 1 else None

    async def exchange(self, project_id: int | None, on: date | None) -> tuple[date, ExchangeRates]:
        """The day, None: today, and its exchange rates that hold for a project; None: for the organisation."""
        found: tuple[date, ExchangeRates] = await self._loader(("exchange", on), partial(_exchange, on=on)).load(
            project_id
        )
        return found

    async def primary_role_id(self, person_id: int) -> int | None:
        found: int | None = await self._loader(("primary_role",), _primary_roles).load(person_id)
        return found

    async def holds(self, time_entry_id: int) -> list[Hold]:
        """What holds a time entry."""
        found: list[Hold] = await self._loader(("holds",), _holds).load(time_entry_id)
        return found

    def take_rows(self, count: int) -> None:
        """Raises Invalid QUERY_TOO_LARGE once the lists inside lists of the operation are too long together."""
        self._rows_left -= count
        if self._rows_left < 0:
            raise Invalid(
                f"Lists inside lists would come to more than {ROWS_MAX} rows. Ask for less at once.",
                code="QUERY_TOO_LARGE",
                field="first",
            )

    def _loader(self, key: Any, fetch: Fetch) -> DataLoader[int | None, Any]:
        if key not in self._loaders:

            async def load(ids: list[int | None]) -> list[Any]:
                async with self._reading() as unit:
                    found = await fetch(unit, ids)
                return [found.get(one) for one in ids]

            self._loaders[key] = DataLoader(load_fn=load, max_batch_size=_BATCH_MAX)
        return self._loaders[key]


async def _rows(listing: Listing[R], unit: UnitOfWork, ids: Sequence[int]) -> dict[int, R]:
    return await listing.by_ids(unit.session, unit.organisation_id, ids)


async def _all(
    listing: Listing[R], column: str, attribute: str, unit: UnitOfWork, parents: Sequence[int]
) -> dict[int, list[R]]:
    found: dict[int, list[R]] = {parent: [] for parent in parents}
    for row in await listing.where_in(unit.session, unit.organisation_id, column, parents):
        found[getattr(row, attribute)].append(row)
    return found


async def _task_billing(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, dict[int, TaskBilling]]:
    return await billing_by_task(unit.session, unit.organisation_id, ids)


async def _run_progress(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, RunProgress]:
    return await progress_of_runs(unit.session, ids)


async def _run_totals(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, list[RunTotalView]]:
    return await run_totals(unit.session, ids)


async def _line_sums(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, list[LineSum]]:
    return await line_sums(unit.session, unit.organisation_id, ids)


async def _exchange(
    unit: UnitOfWork, project_ids: Sequence[int | None], *, on: date | None
) -> dict[int | None, tuple[date, ExchangeRates]]:
    day = on or unit.today
    found = await load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        [one for one in project_ids if one is not None],
        currencies=None,
        days=spanned([day]),
    )
    return {one: (day, exchange) for one, exchange in found.items()}


async def _holds(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Hold]]:
    return await holds_of_entries(unit.session, unit.organisation_id, ids)


async def _primary_roles(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, int]:
    return await primary_roles_on(unit.session, unit.organisation_id, ids, unit.today)
