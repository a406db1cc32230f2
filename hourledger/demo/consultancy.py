"""Brightwater Consulting, set up through the same services that the API calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.money import HourlyRate, parse_hours
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.demo.ecb import ecb_rates
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.issue_token import issue_token
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company, create_organisation, create_person, create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions, utc_now
from models.database import Database

NAME = "Brightwater Consulting"

ROLES = {
    # role: cost, billing, billing from July on
    "Senior Consultant": ("62", "135", "140"),
    "Project Manager": ("58", "125", "130"),
    "Designer": ("48", "105", "110"),
    "Developer": ("50", "110", "115"),
    "Analyst": ("45", "98", "102"),
}
PEOPLE = {
    # person: role, own cost rate, own billing rate (None: that of the role)
    "Ann Able": ("Senior Consultant", "65", "145"),
    "Bob Best": ("Developer", "52", "112"),
    "Carla Chen": ("Designer", "47", None),
    "Dirk de Vries": ("Project Manager", "60", "128"),
    "Eva Ek": ("Analyst", "44", None),
    "Farid Fassi": ("Developer", "49", None),
}
_STARTS, _ENDS = date(2026, 5, 1), date(2026, 12, 18)
_U, _R, _B = CostType.USER_HOURLY, CostType.ROLE_HOURLY, CostType.USER_AND_ROLE_HOURLY


@dataclass(frozen=True)
class _Task:
    """How a task costs and earns, its planned hours, and who is assigned with which share of them."""

    cost: CostType
    revenue: RevenueType
    hours: int
    people: tuple[str, ...]
    cost_rate: str | None = None
    billing_rate: str | None = None
    amount: str | None = None


PROJECTS: dict[tuple[str, str, str], dict[str, _Task]] = {
    ("CP", "Collection Portal", "Meridian Museum"): {
        "Discovery": _Task(_U, RevenueType.USER_HOURLY, 420, ("Ann Able", "Eva Ek")),
        "Build": _Task(_B, RevenueType.USER_AND_ROLE_HOURLY, 900, ("Bob Best", "Farid Fassi")),
        "Design": _Task(_R, RevenueType.ROLE_HOURLY_CAP, 600, ("Carla Chen",), amount="28000"),
        "Project management": _Task(_U, RevenueType.NOT_BILLABLE, 500, ("Dirk de Vries",)),
    },
    ("AM", "Archive Migration", "Meridian Museum"): {
        "Analysis": _Task(_R, RevenueType.ROLE_HOURLY, 500, ("Ann Able", "Eva Ek")),
        "Migration": _Task(_U, RevenueType.FIXED_HOURLY, 700, ("Bob Best", "Farid Fassi"), billing_rate="95"),
        "Training": _Task(_U, RevenueType.FIXED_REVENUE, 160, ("Dirk de Vries",), amount="12500"),
    },
    ("FD", "Fleet Dashboard", "Northwind Robotics"): {
        "Build": _Task(_R, RevenueType.ROLE_HOURLY, 800, ("Bob Best", "Farid Fassi")),
        "Design": _Task(_R, RevenueType.ROLE_HOURLY, 300, ("Carla Chen",)),
        "Support": _Task(_U, RevenueType.USER_HOURLY_PLUS_FIXED, 260, ("Dirk de Vries",), amount="4800"),
        "Travel time": _Task(CostType.FIXED_HOURLY, RevenueType.FIXED_HOURLY, 60, (), "30", "55"),
    },
}


@dataclass
class Consultancy:
    """What was set up, by the names people use; ``token`` may do everything."""

    organisation_id: int
    token: str
    roles: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    companies: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    tasks: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def principal(self) -> Principal:
        return Principal(self.organisation_id, "demo", EVERYTHING)


async def set_up(database: Database) -> Consultancy:
    """People, roles, dated rates at system, person, company and project level, two customers, three projects."""
    async with database.session() as session:
        organisation = await create_organisation(session, NAME, base_currency="EUR", time_zone="Europe/Amsterdam")
        token = await issue_token(
            session,
            Principal(organisation.id, "demo", EVERYTHING),
            subject="demo",
            permissions=EVERYTHING,
            expires_at=None,
            now=utc_now(),
        )
        await session.commit()
    firm = Consultancy(organisation.id, token)
    async with Transactions(database).begin(firm.principal) as unit:
        await set_exchange_rates(unit, "USD", ecb_rates("USD", since=date(2026, 1, 1)), source="ECB reference rates")
        await _people(unit, firm)
        for name, currency in (("Meridian Museum", "EUR"), ("Northwind Robotics", "USD")):
            firm.companies[name] = await create_company(unit, name, currency)
        await _projects(unit, firm)
        await _special_rates(unit, firm)
        await _expenses(unit, firm)
    return firm


async def _people(unit: UnitOfWork, firm: Consultancy) -> None:
    july = date(2026, 7, 1)
    for role, (cost, billing, later) in ROLES.items():
        role_id = firm.roles[role] = await create_role(unit, role)
        await set_rate(unit, RateScope(RateKind.COST, Level.ROLE, role_id=role_id), _eur(cost), Period())
        scope = RateScope(RateKind.BILLING, Level.ROLE, role_id=role_id)
        await set_rate(unit, scope, _eur(billing), Period(None, july))
        await set_rate(unit, scope, _eur(later), Period(july, None))
    for name, (role, person_cost, person_billing) in PEOPLE.items():
        email = f"{name.split()[0].lower()}@brightwater.example"
        person_id = await create_person(unit, name, email, primary_role_id=firm.roles[role])
        firm.people[name] = person_id
        await set_rate(unit, RateScope(RateKind.COST, Level.PERSON, person_id=person_id), _eur(person_cost), Period())
        if person_billing is not None:
            scope = RateScope(RateKind.BILLING, Level.PERSON, person_id=person_id)
            await set_rate(unit, scope, _eur(person_billing), Period())


async def _projects(unit: UnitOfWork, firm: Consultancy) -> None:
    for (code, name, company), tasks in PROJECTS.items():
        project_id = await create_project(unit, code=code, name=name, company_id=firm.companies[company])
        firm.projects[name] = project_id
        for task_name, task in tasks.items():
            plan = TaskPlan(
                task_name,
                task.cost,
                task.revenue,
                cost_rate=_decimal(task.cost_rate),
                billing_rate=_decimal(task.billing_rate),
                billing_amount=_decimal(task.amount),
                planned_seconds=parse_hours(task.hours),
                planned_start=_STARTS,
                planned_completion=_ENDS,
            )
            task_id = firm.tasks[name, task_name] = await create_task(unit, project_id, plan)
            share = parse_hours(task.hours) // max(len(task.people), 1)
            for person in task.people:
                role_id = firm.roles[PEOPLE[person][0]]
                await assign(unit, task_id, person_id=firm.people[person], role_id=role_id, planned_seconds=share)


async def _special_rates(unit: UnitOfWork, firm: Consultancy) -> None:
    """A company rate in the customer's own currency, and overrides on two projects."""
    robotics, fleet = firm.companies["Northwind Robotics"], firm.projects["Fleet Dashboard"]
    portal = firm.projects["Collection Portal"]
    developer, designer = firm.roles["Developer"], firm.roles["Designer"]
    scope = RateScope(RateKind.BILLING, Level.COMPANY_ROLE, company_id=robotics, role_id=developer)
    await set_rate(unit, scope, HourlyRate.of("132", "USD"), Period())
    scope = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=fleet, role_id=designer)
    await set_rate(unit, scope, HourlyRate.of("128", "USD"), Period())
    scope = RateScope(RateKind.BILLING, Level.PROJECT_PERSON, project_id=portal, person_id=firm.people["Bob Best"])
    await set_rate(unit, scope, _eur("118"), Period(date(2026, 5, 1), date(2027, 1, 1)))


async def _expenses(unit: UnitOfWork, firm: Consultancy) -> None:
    fleet, archive = firm.projects["Fleet Dashboard"], firm.projects["Archive Migration"]
    for project_id, kind, description, minor, paid_on, is_billable in (
        (fleet, "Travel", "Flights to Detroit, kick-off", 184050, date(2026, 5, 18), True),
        (fleet, "General", "Test telemetry units", 62000, date(2026, 6, 3), False),
        (archive, "Materials", "Archive-grade storage", 94025, date(2026, 6, 22), True),
    ):
        await add_expense(
            unit,
            ExpenseDraft(project_id, kind, description, actual_minor=minor, paid_on=paid_on, is_billable=is_billable),
        )


def _eur(rate: str) -> HourlyRate:
    return HourlyRate.of(rate, "EUR")


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
