"""A small consultancy to test with; amounts are chosen so that a person can check them by head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.access import Principal
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company, create_person, create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions


@dataclass(frozen=True)
class World:
    """Bob, a developer, costs 50 and bills 100 an hour; the USD project bills him at 2 USD to the EUR."""

    person: int
    role: int
    museum: int
    robotics: int
    portal: int
    dashboard: int
    build: int
    dashboard_build: int


async def create_world(transactions: Transactions, admin: Principal) -> World:
    async with transactions.begin(admin) as unit:
        role = await create_role(unit, "Developer")
        person = await create_person(unit, "Bob Best", "bob@brightwater.example", primary_role_id=role)
        museum = await create_company(unit, "Meridian Museum", "EUR")
        robotics = await create_company(unit, "Northwind Robotics", "USD")
        portal = await create_project(unit, code="PORTAL", name="Collection Portal", company_id=museum)
        dashboard = await create_project(unit, code="FLEET", name="Fleet Dashboard", company_id=robotics)
        build = await create_task(unit, portal, TaskPlan("Build"))
        dashboard_build = await create_task(
            unit, dashboard, TaskPlan("Build", CostType.USER_HOURLY, RevenueType.USER_HOURLY)
        )
        await assign(unit, build, person_id=person, role_id=role)
        await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal(2))], source="test")
        await set_rate(
            unit, RateScope(RateKind.COST, Level.PERSON, person_id=person), HourlyRate.of("50", "EUR"), Period()
        )
        await set_rate(
            unit, RateScope(RateKind.BILLING, Level.PERSON, person_id=person), HourlyRate.of("100", "EUR"), Period()
        )
    return World(person, role, museum, robotics, portal, dashboard, build, dashboard_build)


async def log(unit: UnitOfWork, world: World, hours: str, on: date, *, project: str = "portal", note: str = "") -> int:
    """Bob works; returns the entry's id."""
    task = world.build if project == "portal" else world.dashboard_build
    draft = TimeDraft(world.person, getattr(world, project), on, int(Decimal(hours) * 3600), task_id=task, note=note)
    return (await log_time(unit, [draft]))[0]
