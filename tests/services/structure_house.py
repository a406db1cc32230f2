"""One unit of work with projects to move between: same rates, an override, another currency, no customer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.finances import WorkMeasures
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_issue import create_issue
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.measures import project_measures
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.finances import stored_sums
from models.queries.roll_ups import roll_up_differences
from tests.services.chain_rules import BROKEN_IF_FOUND
from tests.support.world import World, create_world

JUNE = date(2026, 6, 15)
_TABLES = ("task", "project", "assignment", "time_entry", "expense", "actual", "valuation", "rate_scope", "audit")


@dataclass
class House:
    """Bob costs 50 and bills 100 an hour; on OVERRIDE 123. Tasks are made on the portal unless said otherwise."""

    unit: UnitOfWork
    world: World
    projects: dict[str, int]

    async def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        await self.unit.session.flush()
        return [tuple(row) for row in await self.unit.session.execute(text(query), values)]

    async def everything(self) -> list[tuple[Any, ...]]:
        """A fingerprint of every row that a move may touch, table by table."""
        return [
            (table, *row)
            for table in _TABLES
            for row in await self.rows(
                f"SELECT count(*), md5(string_agg(to_jsonb(one)::text, ',' ORDER BY id)) FROM {table} one"
            )
        ]

    async def task(
        self,
        name: str,
        revenue: RevenueType = RevenueType.USER_HOURLY,
        amount: str | None = None,
        *,
        project: str | None = None,
        **more: Any,
    ) -> int:
        rate = Decimal(90) if revenue is RevenueType.FIXED_HOURLY else None
        plan = TaskPlan(
            name,
            CostType.USER_HOURLY,
            revenue,
            billing_amount=None if amount is None else Decimal(amount),
            billing_rate=rate,
            **more,
        )
        return await create_task(self.unit, self.projects[project or "PORTAL"], plan)

    async def issue(self, name: str) -> int:
        return await create_issue(self.unit, self.world.portal, name, person_id=self.world.person)

    async def log(
        self, task: int | None, hours: int, *, on: date = JUNE, project: str = "PORTAL", kind: int | None = None
    ) -> int:
        draft = TimeDraft(self.world.person, self.projects[project], on, hours * 3600, task_id=task, hour_type_id=kind)
        return (await log_time(self.unit, [draft]))[0]

    async def expense(self, task: int | None, minor: int, *, project: str = "PORTAL") -> int:
        return await add_expense(
            self.unit,
            ExpenseDraft(
                self.projects[project], "Travel", "train", task_id=task, actual_minor=minor, paid_on=JUNE,
                is_billable=True,
            ),
        )  # fmt: skip

    async def bill(self, status: str, *, fixed: Sequence[int] = (), project: str = "PORTAL") -> int:
        """All open work of the project, on a record that goes as far as that."""
        request = BillingRequest([self.projects[project]], fixed_task_ids=fixed, billing_date=JUNE)
        record = await create_billing_record(self.unit, request)
        if status in {"CONFIRMED", "POSTED"}:
            await confirm_billing_record(self.unit, record)
        if status == "POSTED":
            await post_billing_record(self.unit, record)
        return record

    async def rate(self, level: Level, per_hour: str, **whose: int) -> None:
        scope = RateScope(RateKind.BILLING, level, **whose)
        await set_rate(self.unit, scope, HourlyRate.of(per_hour, "EUR"), Period(), replace_overlapping=True)

    async def bill_bob_at(self, per_hour: str, *, level: Level = Level.PERSON, project: int | None = None) -> None:
        more = {} if project is None else {"project_id": project}
        await self.rate(level, per_hour, person_id=self.world.person, **more)

    async def worth(self, entry: int) -> tuple[int, int]:
        """Cost and revenue in minor units."""
        [(cost, revenue)] = await self.rows("SELECT cost_minor, revenue_minor FROM time_entry WHERE id = :id", id=entry)
        return cost, revenue

    async def figures(self, project_id: int) -> dict[str, int]:
        found = (await stored_sums(self.unit.session, self.unit.organisation_id, [project_id]))[project_id]
        return {name: value for name, value in asdict(found).items() if name not in {"project_id", "currency"}}

    async def measures(self, task: int) -> WorkMeasures:
        return (await project_measures(self.unit, [self.world.portal]))[self.world.portal].tasks[task]

    async def require_sound(self) -> None:
        """Roll-ups equal their rows, and no rule of the chain is broken (I1, I2, I3)."""
        await self.unit.session.flush()
        assert await roll_up_differences(self.unit.session, self.unit.organisation_id) == []
        for rule, query in BROKEN_IF_FOUND.items():
            assert await self.rows(query, organisation=self.unit.organisation_id) == [], rule


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        projects = {"PORTAL": world.portal, "USD": world.dashboard}
        for name, company in (("EUR", world.museum), ("OVERRIDE", world.museum), ("INTERNAL", None)):
            projects[name] = await create_project(unit, code=name, name=name, company_id=company)
        found = House(unit, world, projects)
        await found.bill_bob_at("123", level=Level.PROJECT_PERSON, project=projects["OVERRIDE"])
        yield found


async def refused(doing: Awaitable[object]) -> str:
    """The code of the error that it must raise."""
    with pytest.raises(HourledgerError) as caught:
        await doing
    return caught.value.code


async def rolled_back(unit: UnitOfWork, doing: Awaitable[object]) -> None:
    """As the edge does it: what raises leaves nothing behind."""
    async with unit.session.begin_nested():
        await doing
