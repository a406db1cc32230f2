"""Short ways to write small worlds in tests: rates in the specification's notation, hours as hours, and defaults.

Everything is in EUR unless a rate says otherwise; two US dollars and half a pound buy one euro.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.work import CostType, RevenueType
from tests.oracle.oracle import solve
from tests.oracle.results import Solution
from tests.oracle.world import (
    GENERIC,
    Assignment,
    Attributes,
    Currency,
    Entry,
    ExchangeRate,
    Person,
    Project,
    Rate,
    Rates,
    RoleSet,
    Task,
    World,
)

CURRENCIES = (Currency("EUR", 2), Currency("USD", 2), Currency("GBP", 2), Currency("JPY", 0), Currency("KWD", 3))
EXCHANGE_RATES = (ExchangeRate("USD", Decimal(2)), ExchangeRate("GBP", Decimal("0.5")))
START = date(2024, 1, 1)  # a Monday


def rates(text: str, attributes: Attributes = GENERIC, *, locked: bool = False) -> Rates:
    """``20: ..2023-04-30; USD 25: 2023-05-01..`` or just ``20``: prices per hour with inclusive days; empty is none."""
    rows = []
    for row in filter(None, (part.strip() for part in text.split(";"))):
        price, _, days = row.partition(":")
        first, _, last = days.strip().partition("..")
        currency, _, per_hour = price.rpartition(" ")
        rows.append(
            Rate(Decimal(per_hour), currency or "EUR", _day(first), _day(last), attributes=attributes, locked=locked)
        )
    return tuple(rows)


def places(path: str, group: str | None = None) -> Attributes:
    """``USA/California``: a place, widest first, and perhaps a group."""
    return Attributes(group, tuple(filter(None, path.split("/"))))


def person(id: str, role: str | None = None, *others: str, cost: str = "", billing: str = "", **rest: Any) -> Person:
    """A person with one set of roles for all days, and rates."""
    role_sets = (RoleSet(role, others),) if role is not None else ()
    return Person(id, role_sets=role_sets, cost_rates=rates(cost), billing_rates=rates(billing), **rest)


def task(cost: str = "NO_COST", revenue: str = "NOT_BILLABLE", *assignments: Assignment, **rest: Any) -> Task:
    """A task "task" on Monday 2024-01-01 alone, unless told otherwise; its plan is that of its assignments."""
    rest = {"id": "task", "start": START, "completion": rest.get("start", START), **rest}
    planned = sum(one.planned_seconds for one in assignments)
    return Task(
        cost_type=CostType(cost),
        revenue_type=RevenueType(revenue),
        assignments=assignments,
        **{"planned_seconds": planned, **rest},
    )


def assigned(person: str | None = None, role: str | None = None, hours: str = "0", **rest: Any) -> Assignment:
    """The primary assignment of the task, named after whom it assigns."""
    id = rest.pop("id", f"{person or ''}/{role or ''}")
    return Assignment(id, person, role, planned_seconds=seconds(hours), **{"is_primary": True, **rest})


def logged(id: int, hours: str, owner: str, on: str = "2024-01-01", task: str | None = "task", **rest: Any) -> Entry:
    """Hours of the owner on the task "task"."""
    return Entry(id, date.fromisoformat(on), seconds(hours), owner, task=task, **rest)


def seconds(hours: str) -> int:
    """Hours in seconds."""
    return int(Decimal(hours) * 3600)


def solved(project: dict[str, Any] | None = None, **parts: Any) -> Solution:
    """The oracle's answer for a world in EUR with these parts; ``project`` are fields of the project."""
    whole = Project(**{"currency": "EUR", "planned_start": START, **(project or {})})
    return solve(World("EUR", CURRENCIES, whole, **{"exchange_rates": EXCHANGE_RATES, **parts}))


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None
