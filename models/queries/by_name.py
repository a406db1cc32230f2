"""People, roles and customers by the names that somebody types."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hourledger.core.errors import Missing
from models.database import Session

_TABLES = frozenset({"person", "role", "company"})


async def ids_by_name(session: Session, organisation_id: int, table: str, names: Sequence[str]) -> tuple[int, ...]:
    """The ids behind these names; all of them, where several have the same.

    Raises:
        Missing NAME_UNKNOWN.
    """
    assert table in _TABLES
    rows = await session.execute(
        text(f"SELECT id, name FROM {table} WHERE organisation_id = :organisation AND name = ANY(:names) ORDER BY id"),
        {"organisation": organisation_id, "names": list(names)},
    )
    found = [(row.id, row.name) for row in rows]
    if unknown := set(names) - {name for _, name in found}:
        raise Missing(f"There is no {table} called {', '.join(sorted(unknown))}.", code="NAME_UNKNOWN")
    return tuple(number for number, _ in found)
