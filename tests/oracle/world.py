"""One small world to rate: who works, at which rates, on which tasks of one project, and what was logged.

Plain frozen values without behaviour. All days are inclusive on both ends; None as an end means "no bound". Hours are
whole seconds, amounts are Decimal in the project's currency unless a currency stands beside them.
Source: project-finances §1 (fields), §7 (currencies); the names are the specification's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hourledger.core.work import CostType, RevenueType


@dataclass(frozen=True)
class Currency:
    """A currency and the number of decimals of its minor unit: JPY 0, EUR 2, KWD 3."""

    code: str
    decimals: int


@dataclass(frozen=True)
class ExchangeRate:
    """How many units of ``currency`` one unit of the base currency buys, from first to last day.

    ``of_project``: the project's own rate; of a currency that has one the system's count for nothing there.
    Source: §1.15, §7.2, §7.4.
    """

    currency: str
    per_base: Decimal
    first_day: date | None = None
    last_day: date | None = None
    of_project: bool = False


@dataclass(frozen=True)
class Attributes:
    """What a subject is, or what a rate asks for: level 1 a group, level 2 a path of places, widest first.

    On a rate None and () ask for nothing; on a subject they mean "has none". Source: §1.14, §3.5.
    """

    group: str | None = None
    location: tuple[str, ...] = ()


GENERIC = Attributes()


@dataclass(frozen=True)
class Rate:
    """A price per hour in its own currency, from first to last day; 0 is a price (§2.4).

    ``attributes`` narrow it down (rates of roles, cards and role overrides only); ``locked`` is read on cards only.
    """

    per_hour: Decimal
    currency: str
    first_day: date | None = None
    last_day: date | None = None
    attributes: Attributes = GENERIC
    locked: bool = False


Rates = tuple[Rate, ...]
RatesBy = Mapping[str, Rates]  # by role or person


@dataclass(frozen=True)
class Role:
    """A job role and its system rates (§1.7)."""

    id: str
    cost_rates: Rates = ()
    billing_rates: Rates = ()


@dataclass(frozen=True)
class RoleSet:
    """The roles a person has from first to last day: one primary, and others in the person's order (§1.6)."""

    primary: str
    others: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class AttributeSet:
    """The attributes a person has from first to last day (§1.6)."""

    attributes: Attributes
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Person:
    """Someone who logs hours; on days without a role set they have no role, without an attribute set no attributes."""

    id: str
    role_sets: tuple[RoleSet, ...] = ()
    attribute_sets: tuple[AttributeSet, ...] = ()
    cost_rates: Rates = ()
    billing_rates: Rates = ()
    cost_override_allowed: bool = False


@dataclass(frozen=True)
class JobRoleForBilling:
    """In the whole project ``person`` bills as ``role`` from first to last day (§3.4 JRFB)."""

    person: str
    role: str
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Project:
    """The project, with the rates that were copied into it or set on it.

    ``company_rates``: snapshot of the company's billing rates by role; None without a company (§3.6).
    ``card_rates``: rates of the attached rate card by role; None without a card (§3.7).
    ``role_billing``, ``user_billing``, ``user_cost``: project overrides by role, by person, by person.
    ``role_cost``, ``card_costs``: what the reference product looks for and can never have; the order is given (§3.4).
    """

    currency: str
    planned_start: date
    fixed_cost: Decimal = Decimal(0)
    fixed_revenue: Decimal = Decimal(0)
    is_complete: bool = False
    company_rates: RatesBy | None = None
    card_rates: RatesBy | None = None
    role_billing: RatesBy = field(default_factory=dict)
    user_billing: RatesBy = field(default_factory=dict)
    user_cost: RatesBy = field(default_factory=dict)
    role_cost: RatesBy = field(default_factory=dict)
    card_costs: RatesBy = field(default_factory=dict)
    job_roles_for_billing: tuple[JobRoleForBilling, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """A person (perhaps in a role), or a role alone, on a task (§1.4).

    ``planned_seconds``: this assignment's share of the task. ``contour``: seconds by day instead of an equal spread.
    ``billing_overrides``, ``cost_overrides``: dated rates of this assignment. ``job_role_for_billing``: persons only.
    ``attributes``: read on role-only rows; a person brings their own.
    """

    id: str
    person: str | None = None
    role: str | None = None
    is_primary: bool = False
    planned_seconds: int = 0
    is_billable: bool = True
    billing_overrides: Rates = ()
    cost_overrides: Rates = ()
    job_role_for_billing: str | None = None
    attributes: Attributes = GENERIC
    contour: Mapping[date, int] | None = None


@dataclass(frozen=True)
class Task:
    """A task (§1.3). Children name their ``parent``.

    ``cost_amount``: cost of an hour of FIXED_HOURLY. ``billing_amount``: cap, fixed amount or price of an hour, by
    type; None: no cap, no amount, no price. Both in the project's currency. ``overtime_ratio``: None is 1.
    ``planned_seconds``: of a leaf, the sum of its assignments if there are any; of a parent not read.
    """

    id: str
    cost_type: CostType
    revenue_type: RevenueType
    start: date
    completion: date
    parent: str | None = None
    cost_amount: Decimal | None = None
    billing_amount: Decimal | None = None
    overtime_ratio: Decimal | None = None
    planned_seconds: int = 0
    is_complete: bool = False
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True)
class Issue:
    """An issue of the project, assigned to a person, to a role, or to nobody (§1.5, §2.8)."""

    id: str
    person: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Entry:
    """Hours of ``owner`` on a task, on an issue, or (neither given) directly on the project (§1.9).

    ``seconds`` may be negative, never 0. ``chosen_role``: picked by hand (§3.10), else None.
    ``counts_as_revenue``: of its hour type. Ids give the order of entries of one day.
    """

    id: int
    on: date
    seconds: int
    owner: str
    task: str | None = None
    issue: str | None = None
    chosen_role: str | None = None
    counts_as_revenue: bool = True


@dataclass(frozen=True)
class Expense:
    """A planned and an actual amount on a task or (None) the project; both may be negative (§1.12, §6)."""

    id: int
    planned: Decimal
    actual: Decimal
    is_billable: bool = True
    task: str | None = None


@dataclass(frozen=True)
class PreservedRate:
    """A billing rate frozen for a task and either a person or a role; goes before everything else (§3.8)."""

    task: str
    rate: Rate
    person: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class World:
    """Everything there is. Ids are unique within their kind; references name ids of this world."""

    base_currency: str
    currencies: tuple[Currency, ...]
    project: Project
    exchange_rates: tuple[ExchangeRate, ...] = ()
    roles: tuple[Role, ...] = ()
    persons: tuple[Person, ...] = ()
    tasks: tuple[Task, ...] = ()
    issues: tuple[Issue, ...] = ()
    entries: tuple[Entry, ...] = ()
    expenses: tuple[Expense, ...] = ()
    preserved_rates: tuple[PreservedRate, ...] = ()
