"""The services and the model of chain_model.py, side by side: every operation is done to both."""

from __future__ import annotations

import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import CostType, RateKind
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.delete_task import delete_task
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.move_task import Move, move_task
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.preferences import HoursOfDeletedTask, set_preferences
from hourledger.services.recalculate_projects import recalculate
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company, create_organisation, create_person
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.roll_ups import fold_roll_ups
from tests.conftest import MovableClock
from tests.services.chain_model import (
    CAP,
    EXCHANGE_BEFORE,
    EXCHANGE_FROM_15,
    EXPONENT,
    FIXED,
    Entry,
    Expense,
    Model,
    Record,
    to_minor,
)
from tests.services.chain_watch import GUEST_TASKS, TASKS, Watched, day_of_june
from tests.support.recalculating import recalculate_project

PROJECTS = (*EXPONENT, "APPROVAL")
SECONDS = (1, 1799, 3600, 5400, 20_000, 28_800, 86_400, -1, -3600, -28_800, 0, 86_401)
RATES = ("0", "0.0001", "33.3333", "50", "87.65", "100", "249.9999")
ADDITIONAL = (0, 0, 0, 1, 500, -500, 123_456, -99_999)

T = TypeVar("T")


@dataclass
class Walk(Watched):
    """One method for every operation; what has to be chosen is chosen by ``chance``."""

    async def attempt(
        self, chance: random.Random, expected: str | None, operation: Callable[[UnitOfWork], Awaitable[T]]
    ) -> T | None:
        """Do it, now and then after a rehearsal; it must be refused with the expected code, or done (None)."""
        self.clock.move(minutes=1)
        result: T | None = None
        for dry_run in (True, False) if chance.random() < 0.15 else (False,):
            code = None
            try:
                async with self.transactions.begin(self.principal, dry_run=dry_run) as unit:
                    result = await operation(unit)
            except HourledgerError as error:
                code = error.code
            assert code == expected
        return result

    async def rest(self, chance: random.Random) -> None:
        """What hypothesis puts in place of a step that does not matter."""

    async def fold(self, chance: random.Random) -> None:
        """What the worker does once a second."""
        async with self.transactions.database.session() as session:
            await fold_roll_ups(session, at_least=chance.choice((1, 40)))
            await session.commit()

    async def log(self, chance: random.Random) -> None:
        project, task = chance.choice(PROJECTS), chance.choice([*TASKS, "plain", "capped"])
        day, seconds = chance.randint(1, 30), chance.choice(SECONDS)
        draft = TimeDraft(
            self.person, self.projects[project], day_of_june(day), seconds, task_id=self.tasks[project, task]
        )
        ids = await self.attempt(chance, refusal_of_hours(seconds), lambda unit: log_time(unit, [draft]))
        if ids is not None:
            entry = self.model.entries[ids[0]] = Entry(
                ids[0], project, task, day, seconds, is_approved=project != "APPROVAL"
            )
            self.model.rate(entry)
            self.model.cap_with(entry)

    async def log_on_guest(self, chance: random.Random) -> None:
        project, task = self.model.guest_on, chance.choice([*GUEST_TASKS])
        day, seconds = chance.randint(1, 30), chance.choice(SECONDS)
        draft = TimeDraft(self.person, self.projects[project], day_of_june(day), seconds, task_id=self.guests[task])
        ids = await self.attempt(chance, refusal_of_hours(seconds), lambda unit: log_time(unit, [draft]))
        if ids is not None:
            entry = Entry(ids[0], project, task, day, seconds, is_approved=project != "APPROVAL")
            self.model.entries[entry.id] = entry
            self.model.rate(entry)

    async def move_guest(self, chance: random.Random) -> None:
        project, keeps_expenses = chance.choice(PROJECTS), chance.random() < 0.6
        refusal = self.model.refusal_of_move(project, keeps_expenses=keeps_expenses)
        move = Move(self.projects[project], keeps_expenses=keeps_expenses)
        await self.attempt(chance, refusal, lambda unit: move_task(unit, self.guests["guest"], move))
        if refusal is None:
            self.model.move_guest(project, keeps_expenses=keeps_expenses)

    async def delete_guest(self, chance: random.Random) -> None:
        """Another one comes in its place."""
        with_hours, refusal = chance.random() < 0.3, self.model.refusal_of_guest()
        wanted = HoursOfDeletedTask.DELETE if with_hours else HoursOfDeletedTask.MOVE_TO_PROJECT

        async def delete(unit: UnitOfWork) -> dict[str, int]:
            await set_preferences(unit, {"on_task_or_issue_delete": wanted})
            await delete_task(unit, self.guests["guest"])
            return await create_guest(unit, self.projects[self.model.guest_on])

        made = await self.attempt(chance, refusal, delete)
        if made is not None:
            self.model.delete_guest(with_hours=with_hours)
            self.guests = made

    async def edit(self, chance: random.Random) -> None:
        if not self.model.entries:
            return
        entry = chance.choice([*self.model.entries.values()])
        day, seconds = chance.randint(1, 30), chance.choice(SECONDS)
        refusal = refusal_of_hours(seconds) or self.model.refusal_of_change(entry)
        await self.attempt(
            chance,
            refusal,
            lambda unit: edit_time(unit, entry.id, seconds=seconds, work_date=day_of_june(day), note="edited"),
        )
        if refusal is None:
            entry.day, entry.seconds = day, seconds
            self.model.rate(entry)
            self.model.cap_with(entry)

    async def delete(self, chance: random.Random) -> None:
        if not self.model.entries:
            return
        entry = chance.choice([*self.model.entries.values()])
        refusal = self.model.refusal_of_change(entry)
        await self.attempt(chance, refusal, lambda unit: delete_time(unit, entry.id))
        if refusal is None:
            entry.is_deleted = True
            self.model.cap_with(entry)

    async def set_rate(self, chance: random.Random) -> None:
        kind = chance.choice((RateKind.COST, RateKind.BILLING))
        first, last = sorted((chance.randint(1, 30), chance.randint(1, 30)))
        per_hour, currency = chance.choice(RATES), chance.choice(("EUR", "EUR", "USD", "JPY"))
        period = Period.inclusive(day_of_june(first), day_of_june(last))
        scope = RateScope(kind, Level.PERSON, person_id=self.person)
        rate = HourlyRate.of(per_hour, currency)
        await self.attempt(chance, None, lambda unit: set_rate(unit, scope, rate, period, replace_overlapping=True))
        for day in range(first, last + 1):
            self.model.rates[kind][day] = Decimal(per_hour), currency

    async def recalculate(self, chance: random.Random) -> None:
        project = chance.choice(PROJECTS)
        await self.attempt(chance, None, lambda unit: recalculate_project(unit, self.projects[project]))
        self.model.recalculate(project)

    async def recalculate_billed_cost(self, chance: random.Random) -> None:
        """Of what posted records hold nothing moves but cost (I4)."""
        project = chance.choice(PROJECTS)
        records = [one for one in self.posted if self.model.records[one].project == project]
        before = [await self.reachable(one, but_cost=True) for one in records]
        scope = RecalculationScope(includes_billed_cost=True)
        await self.attempt(chance, None, lambda unit: recalculate(unit, [self.projects[project]], scope))
        self.model.recalculate(project, billed_cost=True)
        assert [await self.reachable(one, but_cost=True) for one in records] == before
        for one in records:
            self.posted[one] = await self.reachable(one)

    async def add_expense(self, chance: random.Random) -> None:
        project, day = chance.choice(PROJECTS), chance.randint(1, 30)
        amount, is_billable = chance.choice(ADDITIONAL), chance.random() < 0.6
        is_guests = chance.random() < 0.4
        project, task = (self.model.guest_on, chance.choice([*GUEST_TASKS])) if is_guests else (project, "none")
        draft = ExpenseDraft(
            self.projects[project],
            "Travel",
            "train",
            task_id=self.guests.get(task),
            actual_minor=amount,
            paid_on=day_of_june(day),
            is_billable=is_billable,
        )
        expense_id = await self.attempt(chance, None, lambda unit: add_expense(unit, draft))
        assert expense_id is not None
        self.model.expenses[expense_id] = Expense(
            expense_id, project, day, amount, is_billable, task=task, is_approved=project != "APPROVAL"
        )

    async def bill(self, chance: random.Random) -> None:
        project, until, additional = chance.choice(PROJECTS), chance.randint(1, 30), chance.choice(ADDITIONAL)
        with_fixed = chance.random() < 0.3
        work = self.model.open_work(project, until)
        expected = None
        if not (work or with_fixed or additional):
            expected = "NOTHING_TO_BILL"
        elif with_fixed and project in self.model.fixed_claimed:
            expected = "ALREADY_BILLED"
        request = BillingRequest(
            [self.projects[project]],
            until=day_of_june(until),
            fixed_task_ids=[self.tasks[project, "fixed"]] if with_fixed else [],
            additional_minor=additional,
            billing_date=day_of_june(until),
        )
        record_id = await self.attempt(chance, expected, lambda unit: create_billing_record(unit, request))
        if record_id is not None:
            currency = self.model.currency(project)
            fixed = to_minor(FIXED[currency], Decimal(1), currency) if with_fixed else 0
            record = Record(record_id, project, until, fixed=fixed, additional=additional)
            self.model.records[record_id] = record
            for one in work:
                one.record = record_id
            if with_fixed:
                self.model.fixed_claimed.add(project)

    async def bill_two_projects(self, chance: random.Random) -> None:
        two = chance.sample(PROJECTS, 2)
        request = BillingRequest([self.projects[one] for one in two], additional_minor=100)
        await self.attempt(chance, "SEVERAL_CUSTOMERS", lambda unit: create_billing_record(unit, request))

    async def confirm(self, chance: random.Random) -> None:
        if not self.model.records:
            return
        record = self.some_record(chance, "DRAFT")
        expected = None
        if record.status != "DRAFT":
            expected = "WRONG_STATE"
        elif not self.model.has_chargeable_line(record):
            expected = "NOTHING_CHARGEABLE"
        elif not (record.fixed or self.model.invoiced(record)):
            expected = "NOTHING_TO_POST"
        await self.attempt(chance, expected, lambda unit: confirm_billing_record(unit, record.id))
        if expected is None:
            self.model.confirm(record)

    async def post(self, chance: random.Random) -> None:
        if not self.model.records:
            return
        record = self.some_record(chance, "CONFIRMED")
        expected = None
        if record.status != "CONFIRMED":
            expected = "WRONG_STATE"
        await self.attempt(chance, expected, lambda unit: post_billing_record(unit, record.id))
        if expected is None:
            record.status = "POSTED"
            self.posted[record.id] = await self.reachable(record.id)
            await self.require_postings(record)

    async def delete_record(self, chance: random.Random) -> None:
        if not self.model.records:
            return
        record = self.some_record(chance, chance.choice(("DRAFT", "POSTED")))
        expected = None if record.status == "DRAFT" else "WRONG_STATE"
        await self.attempt(chance, expected, lambda unit: delete_billing_record(unit, record.id))
        if expected is None:
            self.model.delete(record)

    def some_record(self, chance: random.Random, status: str) -> Record:
        """Mostly one to which it can be done."""
        records = [*self.model.records.values()]
        fitting = [one for one in records if one.status == status]
        return chance.choice(fitting if fitting and chance.random() < 0.8 else records)


async def create_guest(unit: UnitOfWork, project_id: int) -> dict[str, int]:
    """A task and one below it, which move together."""
    guest = await create_task(unit, project_id, TaskPlan("guest", CostType.USER_HOURLY, GUEST_TASKS["guest"]))
    gift = TaskPlan("guest's gift", CostType.USER_HOURLY, GUEST_TASKS["guest's gift"], parent_id=guest)
    return {"guest": guest, "guest's gift": await create_task(unit, project_id, gift)}


def refusal_of_hours(seconds: int) -> str | None:
    return {0: "HOURS_ZERO", 86_401: "HOURS_TOO_MANY"}.get(seconds)


async def begin_walk(database: Database, clock: MovableClock) -> Walk:
    """An organisation of its own, with a project in every currency and a task of every kind in each."""
    transactions = Transactions(database, clock)
    async with database.session() as session:
        organisation = await create_organisation(
            session, f"Walkers {secrets.token_hex(8)}", base_currency="EUR", time_zone="Europe/Amsterdam"
        )
        await session.commit()
    principal = Principal(organisation.id, "walker", EVERYTHING)
    projects: dict[str, int] = {}
    tasks: dict[tuple[str, str], int] = {}
    async with transactions.begin(principal) as unit:
        person = await create_person(unit, "Bob Best", "bob@brightwater.example", primary_role_id=None)
        for name in PROJECTS:
            currency = Model.currency(name)
            company = await create_company(unit, f"Customer {name}", currency)
            projects[name] = await create_project(
                unit, code=name, name=name, company_id=company, require_time_approval=name == "APPROVAL"
            )
            for task, revenue_type in TASKS.items():
                amount = {"capped": CAP, "fixed": FIXED}.get(task, {}).get(currency)
                plan = TaskPlan(task, CostType.USER_HOURLY, revenue_type, billing_amount=amount)
                tasks[name, task] = await create_task(unit, projects[name], plan)
            if name not in {"EUR", "APPROVAL"}:
                dated = [(date(2026, 1, 1), EXCHANGE_BEFORE[name]), (day_of_june(15), EXCHANGE_FROM_15[name])]
                await set_exchange_rates(unit, name, dated, source="test")
        guests = await create_guest(unit, projects["EUR"])
        for kind, rate in ((RateKind.COST, "50"), (RateKind.BILLING, "100")):
            await set_rate(unit, RateScope(kind, Level.PERSON, person_id=person), HourlyRate.of(rate, "EUR"), Period())
    return Walk(transactions, clock, principal, person, projects, tasks, guests)


OPERATIONS: dict[str, Callable[[Walk, random.Random], Awaitable[None]]] = {
    "rest": Walk.rest,
    "fold": Walk.fold,
    "log": Walk.log,
    "log on guest": Walk.log_on_guest,
    "move guest": Walk.move_guest,
    "delete guest": Walk.delete_guest,
    "edit": Walk.edit,
    "delete": Walk.delete,
    "set rate": Walk.set_rate,
    "recalculate": Walk.recalculate,
    "recalculate billed cost": Walk.recalculate_billed_cost,
    "add expense": Walk.add_expense,
    "bill": Walk.bill,
    "bill two projects": Walk.bill_two_projects,
    "confirm": Walk.confirm,
    "post": Walk.post,
    "delete record": Walk.delete_record,
}
