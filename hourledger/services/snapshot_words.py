"""How a fact of a snapshot is written, and the names of what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.money import Money
from hourledger.core.periods import Period
from hourledger.core.snapshots import Fact, FactKind, Value
from hourledger.services.card_names import CardNames
from models.queries.listing.projects import TaskView
from models.tables import ProjectRow


@dataclass(frozen=True, slots=True)
class SnapshotOf:
    """The project, and the names of what its facts refer to. Names are kept, for what they name may be gone later."""

    project: ProjectRow
    tasks: Mapping[int, TaskView]
    people: Mapping[int, str]
    names: CardNames

    def task(self, task_id: int | None) -> str | None:
        """None on the project itself, and of an issue, which has no plan."""
        found = self.tasks.get(task_id or 0)
        return found.name if found else None

    def person(self, person_id: int | None) -> str | None:
        return self.people.get(person_id or 0)

    def role(self, role_id: int | None) -> str | None:
        return self.names.role_names.get(role_id or 0)


def fact(kind: FactKind, key: object, label: str, /, **values: Any) -> Fact:
    """Values as a snapshot keeps them: what is None is absent; numbers, days and rates are texts."""
    return Fact(kind, str(key), label, {name: _kept(value) for name, value in values.items() if value is not None})


def money(minor: int | None, currency: str) -> Money | None:
    """None where nothing is kept."""
    return None if minor is None else Money(minor, currency)


def days(period: Period) -> dict[str, date | None]:
    """Both days belong to it; None: no bound."""
    return {"first_day": period.valid_from, "last_day": period.last_day}


def _kept(value: Any) -> Value:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, bool | Money) else str(value)
