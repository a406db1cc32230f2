"""A project to measure: its tasks, hours and expenses in the words of the published examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import event

from hourledger.core.finances import ProjectMeasures, WorkMeasures
from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType, TaskStatus
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.measures import project_measures
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_person, create_role
from hourledger.services.task_status import set_task_status
from hourledger.services.unit_of_work import UnitOfWork
from models.database import Database

HOUR = 3600
_LONGEST = 24
MONDAY = date(2026, 6, 1)
_NUMBERS: Iterator[int] = count(1)


def euros(amount: str | int) -> Money:
    return Money.of(amount, "EUR")


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is sent to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@dataclass
class Measured:
    """A project in EUR without a customer; people and roles come with a rate for cost and for billing."""

    unit: UnitOfWork
    project: int
    tasks: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def begin(cls, unit: UnitOfWork, **project: str) -> Measured:
        number = next(_NUMBERS)
        made = await create_project(unit, code=f"M{number}", name="Measured", company_id=None, **project)  # type: ignore[arg-type]
        return cls(unit, made)

    async def role(self, name: str, rate: str) -> int:
        """Costs and bills ``rate`` an hour."""
        role = await create_role(self.unit, f"{name} {next(_NUMBERS)}")
        for kind in (RateKind.COST, RateKind.BILLING):
            scope = RateScope(kind, Level.ROLE, role_id=role)
            await set_rate(self.unit, scope, HourlyRate.of(rate, "EUR"), Period())
        return role

    async def person(self, name: str, rate: str | None, *, role_id: int | None = None) -> int:
        """Costs and bills ``rate`` an hour; None: has no rate of their own."""
        email = f"{name.lower()}{next(_NUMBERS)}@brightwater.example"
        person = await create_person(self.unit, name, email, primary_role_id=role_id)
        for kind in (RateKind.COST, RateKind.BILLING) if rate is not None else ():
            scope = RateScope(kind, Level.PERSON, person_id=person)
            await set_rate(self.unit, scope, HourlyRate.of(rate or 0, "EUR"), Period())
        return person

    async def task(
        self,
        name: str,
        hours: str | int = 0,
        *,
        person: int | None = None,
        role: int | None = None,
        below: str | None = None,
        percent: int = 0,
        cost: CostType = CostType.USER_HOURLY,
        revenue: RevenueType = RevenueType.USER_HOURLY,
        amount: str | None = None,
        plan: tuple[date, date] = (MONDAY, MONDAY + timedelta(days=4)),
    ) -> int:
        """A task with planned hours of one person or role; ``below`` another one."""
        seconds = int(Decimal(hours) * HOUR)
        draft = TaskPlan(
            name,
            cost,
            revenue,
            parent_id=self.tasks[below] if below else None,
            billing_amount=None if amount is None else Decimal(amount),
            planned_seconds=seconds,
            planned_start=plan[0],
            planned_completion=plan[1],
        )
        task = self.tasks[name] = await create_task(self.unit, self.project, draft)
        if person is not None or role is not None:
            await assign(self.unit, task, person_id=person, role_id=role, planned_seconds=seconds)
        if percent:
            await set_task_status(self.unit, task, TaskStatus.IN_PROGRESS, percent_complete=Decimal(percent))
        return task

    async def log(self, person: int, hours: str | int, task: str | None = None, *, on: date = MONDAY) -> list[int]:
        """Hours in entries of at most a day, on as many days as that takes."""
        left = Decimal(hours)
        drafts: list[TimeDraft] = []
        while left:
            now = min(left, Decimal(_LONGEST))
            day = on + timedelta(days=len(drafts))
            task_id = self.tasks[task] if task else None
            drafts.append(TimeDraft(person, self.project, day, int(now * HOUR), task_id=task_id))
            left -= now
        return await log_time(self.unit, drafts)

    async def spend(self, pairs: str, task: str | None = None, *, is_billable: bool = False) -> None:
        """Expenses as (planned/actual) in euros."""
        for planned, actual in re.findall(r"\((-?[\d.]+)/(-?[\d.]+)\)", pairs):
            draft = ExpenseDraft(
                self.project,
                "Travel",
                "as planned",
                task_id=self.tasks[task] if task else None,
                planned_minor=euros(planned).minor,
                actual_minor=euros(actual).minor,
                paid_on=MONDAY,
                is_billable=is_billable,
            )
            await add_expense(self.unit, draft)

    async def measures(self, *, on: date | None = None) -> ProjectMeasures:
        await self.unit.session.flush()
        return (await project_measures(self.unit, [self.project], on=on))[self.project]

    async def of(self, name: str, *, on: date | None = None) -> WorkMeasures:
        """Of a task by its name, or of the ``project``."""
        found = await self.measures(on=on)
        return found if name == "project" else found.tasks[self.tasks[name]]
