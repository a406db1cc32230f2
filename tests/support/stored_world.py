"""A world of the oracle as rows of the database: by services where one does it in a line or two, else by the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hourledger.core.money import HourlyRate, Money
from hourledger.core.periods import Period
from hourledger.core.pricing import Price
from hourledger.core.rates import Level
from hourledger.core.work import ProjectStatus, RateKind, TaskStatus
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.attach_rate_card import attach_rate_card
from hourledger.services.create_issue import create_issue
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.rate_cards import CardDraft, create_rate_card
from hourledger.services.set_billing_role import set_billing_role
from hourledger.services.set_contour import set_contour
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company, create_person, create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_types import create_hour_type
from models.selecting import select_one
from models.tables import (
    AssignmentRow,
    AttributeSource,
    AttributeValueRow,
    HourTypeScope,
    PersonAttributeRow,
    PersonRoleRow,
    PersonRow,
    ProjectRow,
    RateAttributeRow,
    RateLineRow,
    RateScopeRow,
    TaskRow,
)
from tests.oracle.world import Attributes, Rate, Task, World

LONG_AGO = date(2000, 1, 1)


async def store(unit: UnitOfWork, world: World) -> StoredWorld:
    """Everything in it, hours last; they are logged in two goes, so that a cap has to be handed out anew."""
    stored = StoredWorld(unit, world)
    await stored.store_people()
    await stored.store_project()
    await stored.store_exchange_rates(stored.project)
    for task in world.tasks:
        await stored.store_task(task)
    for task in world.tasks:
        await stored.store_assignments(task)
    await stored.store_issues()
    await stored.store_preserved_rates()
    await stored.store_work()
    return stored


@dataclass
class StoredWorld:
    """The rows a world became, by what the world calls them."""

    unit: UnitOfWork
    world: World
    project: int = 0
    roles: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    entries: dict[int, int] = field(default_factory=dict)
    attributes: dict[str, int] = field(default_factory=dict)
    values: dict[tuple[str, ...], int] = field(default_factory=dict)

    async def store_people(self) -> None:
        """The organisation's exchange rates, attributes, roles and persons."""
        unit, world = self.unit, self.world
        await self.store_exchange_rates()
        for position, (name, source) in enumerate(
            (("group", AttributeSource.GROUP), ("place", AttributeSource.LOCATION)), start=1
        ):
            self.attributes[name] = await self.add(
                RateAttributeRow, position=position, name=name, source=source, is_hierarchical=name == "place"
            )
        for role in world.roles:
            self.roles[role.id] = id = await create_role(unit, role.id)
            await self.set_rates(RateKind.COST, Level.ROLE, role.cost_rates, role_id=id)
            await self.set_rates(RateKind.BILLING, Level.ROLE, role.billing_rates, role_id=id)
        for person in world.persons:
            self.persons[person.id] = id = await create_person(
                unit, person.id, f"{person.id}@brightwater.example", primary_role_id=None
            )
            row = await select_one(unit.session, PersonRow, unit.organisation_id, id)
            assert row is not None
            row.cost_rate_override_allowed = person.cost_override_allowed
            for held in person.role_sets:
                for role_id in (held.primary, *held.others):
                    self.keep(
                        PersonRoleRow,
                        person_id=id,
                        role_id=self.roles[role_id],
                        is_primary=role_id == held.primary,
                        share_percent=100 if role_id == held.primary else 0,
                        **_bounds(held),
                    )
            for had in person.attribute_sets:
                for attribute, value in (await self.owned(had.attributes)).items():
                    self.keep(
                        PersonAttributeRow,
                        person_id=id,
                        rate_attribute_id=int(attribute),
                        attribute_value_id=value,
                        **_bounds(had),
                    )
            await self.set_rates(RateKind.COST, Level.PERSON, person.cost_rates, person_id=id)
            await self.set_rates(RateKind.BILLING, Level.PERSON, person.billing_rates, person_id=id)

    async def store_exchange_rates(self, project_id: int | None = None) -> None:
        """The organisation's, or the project's own."""
        by_currency = defaultdict(list)
        for one in self.world.exchange_rates:
            if one.of_project == (project_id is not None):
                by_currency[one.currency].append((one.first_day or LONG_AGO, one.per_base))
        for currency, dated in by_currency.items():
            await set_exchange_rates(self.unit, currency, dated, source="test", project_id=project_id)

    async def store_project(self) -> None:
        """With its customer's rates, its card, its overrides and its job roles for billing."""
        unit, project = self.unit, self.world.project
        company = None
        if project.company_rates is not None:
            company = await create_company(unit, "Customer", project.currency)
            for role, rates in project.company_rates.items():
                await self.set_rates(
                    RateKind.BILLING, Level.COMPANY_ROLE, rates, company_id=company, role_id=self.roles[role]
                )
        self.project = await create_project(
            unit, code="ORACLE", name="Oracle", company_id=company, currency=project.currency
        )
        row = await select_one(unit.session, ProjectRow, unit.organisation_id, self.project)
        assert row is not None
        row.fixed_cost_minor = self.minor(project.fixed_cost)
        row.fixed_revenue_minor = self.minor(project.fixed_revenue)
        for kind, by_role in ((RateKind.BILLING, project.card_rates), (RateKind.COST, project.card_costs)):
            if by_role is None:
                continue
            card = await create_rate_card(unit, CardDraft(f"Card {kind.value}"), kind)
            for role, rates in by_role.items():
                await self.set_rates(kind, Level.RATE_CARD, rates, rate_card_id=card, role_id=self.roles[role])
            await attach_rate_card(unit, card, self.project)
        for kind, by_role in ((RateKind.BILLING, project.role_billing), (RateKind.COST, project.role_cost)):
            for role, rates in by_role.items():
                ids = {"project_id": self.project, "role_id": self.roles[role]}
                await self.set_rates(kind, Level.PROJECT_ROLE, rates, **ids)
        for kind, by_person in ((RateKind.BILLING, project.user_billing), (RateKind.COST, project.user_cost)):
            for person, rates in by_person.items():
                ids = {"project_id": self.project, "person_id": self.persons[person]}
                await self.set_rates(kind, Level.PROJECT_PERSON, rates, **ids)
        for one in project.job_roles_for_billing:
            days = Period.inclusive(one.first_day, one.last_day)
            await set_billing_role(unit, self.project, self.persons[one.person], self.roles[one.role], days)

    async def store_task(self, task: Task) -> None:
        """A parent plans nothing of its own (§2.6)."""
        is_priced = task.revenue_type == "FIXED_HOURLY"
        self.tasks[task.id] = await create_task(
            self.unit,
            self.project,
            TaskPlan(
                task.id,
                task.cost_type,
                task.revenue_type,
                parent_id=self.tasks[task.parent] if task.parent else None,
                cost_rate=task.cost_amount,
                billing_rate=task.billing_amount if is_priced else None,
                billing_amount=None if is_priced else task.billing_amount,
                planned_seconds=task.planned_seconds if self.is_leaf(task) else 0,
                planned_start=task.start,
                planned_completion=task.completion,
            ),
        )
        row = await select_one(self.unit.session, TaskRow, self.unit.organisation_id, self.tasks[task.id])
        assert row is not None
        row.overtime_ratio = task.overtime_ratio

    async def store_assignments(self, task: Task) -> None:
        for one in task.assignments:
            id = await assign(
                self.unit,
                self.tasks[task.id],
                person_id=self.persons[one.person] if one.person else None,
                role_id=self.roles[one.role] if one.role else None,
                planned_seconds=one.planned_seconds if self.is_leaf(task) else None,
            )
            if one.contour is not None and self.is_leaf(task):
                await set_contour(self.unit, id, one.contour)
            row = await select_one(self.unit.session, AssignmentRow, self.unit.organisation_id, id)
            assert row is not None
            row.is_primary, row.is_billable = one.is_primary, one.is_billable
            row.billing_role_id = self.roles[one.job_role_for_billing] if one.job_role_for_billing else None
            row.attributes = await self.owned(one.attributes)
            await self.set_rates(RateKind.BILLING, Level.ASSIGNMENT, one.billing_overrides, assignment_id=id)
            await self.set_rates(RateKind.COST, Level.ASSIGNMENT, one.cost_overrides, assignment_id=id)

    async def store_issues(self) -> None:
        for issue in self.world.issues:
            self.tasks[issue.id] = await create_issue(
                self.unit,
                self.project,
                issue.id,
                person_id=self.persons[issue.person] if issue.person else None,
                role_id=self.roles[issue.role] if issue.role else None,
            )

    async def store_preserved_rates(self) -> None:
        """As they are, without the project's flag: no service writes them from day to day."""
        by_holder: dict[tuple[str, str | None, str | None], list[Rate]] = defaultdict(list)
        for one in self.world.preserved_rates:
            by_holder[one.task, one.person, one.role].append(one.rate)
        for (task, person, role), rates in by_holder.items():
            level = Level.PRESERVED_PERSON if person else Level.PRESERVED_ROLE
            ids = {"person_id": self.persons[person]} if person else {"role_id": self.roles[role or ""]}
            scope = await self.add(
                RateScopeRow, kind=RateKind.BILLING, level=level, task_id=self.tasks[task], attributes={}, **ids
            )
            for rate in rates:
                self.keep(
                    RateLineRow,
                    scope_id=scope,
                    rate_scaled=HourlyRate.of(rate.per_hour, rate.currency).scaled,
                    currency=rate.currency,
                    recorded_at=self.unit.now,
                    recorded_by="test",
                    **_bounds(rate),
                )

    async def store_work(self) -> None:
        """Hours and expenses; then what is complete is completed."""
        unit, world = self.unit, self.world
        unearning = await create_hour_type(
            unit, "Does not earn", scope=HourTypeScope.PROJECT_SPECIFIC, counts_as_revenue=False
        )
        drafts = {
            one.id: TimeDraft(
                self.persons[one.owner],
                self.project,
                one.on,
                one.seconds,
                task_id=self.tasks[one.task or one.issue or ""] if one.task or one.issue else None,
                role_id=self.roles[one.chosen_role] if one.chosen_role else None,
                hour_type_id=None if one.counts_as_revenue else unearning,
            )
            for one in world.entries
        }
        half = len(drafts) // 2
        for ids in (list(drafts)[:half], list(drafts)[half:]):
            self.entries |= dict(zip(ids, await log_time(unit, [drafts[id] for id in ids]), strict=True))
        for one in world.expenses:
            draft = ExpenseDraft(
                self.project,
                "General",
                f"Expense {one.id}",
                task_id=self.tasks[one.task] if one.task else None,
                planned_minor=self.minor(one.planned),
                actual_minor=self.minor(one.actual),
                is_billable=one.is_billable,
            )
            await add_expense(unit, draft)
        for task in world.tasks:
            row = await select_one(unit.session, TaskRow, unit.organisation_id, self.tasks[task.id])
            assert row is not None
            row.status = TaskStatus.COMPLETE if task.is_complete else TaskStatus.NEW
        project = await select_one(unit.session, ProjectRow, unit.organisation_id, self.project)
        assert project is not None
        project.status = ProjectStatus.COMPLETE if world.project.is_complete else ProjectStatus.CURRENT
        await unit.session.flush()

    async def set_rates(self, kind: RateKind, level: Level, rates: Iterable[Rate], **ids: int) -> None:
        for rate in rates:
            attributes = {int(one): value for one, value in (await self.owned(rate.attributes)).items()}
            await set_rate(
                self.unit,
                RateScope(kind, level, attributes=attributes, **ids),
                Price(HourlyRate.of(rate.per_hour, rate.currency), is_locked=rate.locked),
                Period.inclusive(rate.first_day, rate.last_day),
            )

    async def owned(self, attributes: Attributes) -> dict[str, int]:
        """Values by attribute id, as assignments and rate scopes keep them."""
        found = {}
        if attributes.group:
            found[str(self.attributes["group"])] = await self.value(AttributeSource.GROUP, (attributes.group,))
        if attributes.location:
            found[str(self.attributes["place"])] = await self.value(AttributeSource.LOCATION, attributes.location)
        return found

    async def value(self, source: AttributeSource, path: tuple[str, ...]) -> int:
        """Of a group or of a place, with the places around it."""
        if (source, *path) not in self.values:
            parent = await self.value(source, path[:-1]) if len(path) > 1 else None
            self.values[source, *path] = await self.add(
                AttributeValueRow, source=source, name=path[-1], parent_id=parent
            )
        return self.values[source, *path]

    def keep(self, table: Any, **values: Any) -> Any:
        """A row whose id nobody needs: it is written with those that come after it."""
        row = table(organisation_id=self.unit.organisation_id, **values)
        self.unit.session.add(row)
        return row

    async def add(self, table: Any, **values: Any) -> int:
        row = self.keep(table, **values)
        await self.unit.session.flush()
        id: int = row.id
        return id

    def is_leaf(self, task: Task) -> bool:
        return not any(one.parent == task.id for one in self.world.tasks)

    def minor(self, amount: Any) -> int:
        return Money.of(amount, self.world.project.currency).minor


def _bounds(dated: Any) -> Mapping[str, date | None]:
    period = Period.inclusive(dated.first_day, dated.last_day)
    return {"valid_from": period.valid_from, "valid_until": period.valid_until}
