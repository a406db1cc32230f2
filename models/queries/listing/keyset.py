"""A list that is read page by page: behind the key of the last row seen, never by counting rows.

Rows that are added or removed while somebody pages neither repeat nor hide others. The same listing gives the pages of
one list, the pages of many parents in one statement, and rows by id for a loader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import text

from models.database import Session

R = TypeVar("R")

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Slice(Generic[R]):
    """One page: rows with the key of each, and whether more follow."""

    rows: tuple[R, ...] = ()
    keys: tuple[Key, ...] = ()
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part of a list: at most ``limit`` rows behind ``after`` (None: from the start)."""

    limit: int
    after: Key | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """By what a list is in order: ``order`` is the key's columns with their SQL types, the last one unique."""

    name: str
    order: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Ordered, Generic[R]):
    """``source`` is the FROM clause in which ``alias`` carries organisation_id and id. ``where`` always holds."""

    row: type[R]
    alias: str
    columns: str
    source: str
    descending: bool = False
    where: str = "true"
    casts: Mapping[str, Any] = field(default_factory=dict)
    """Functions that turn a column's stored text into the row's own type, such as an enumeration."""

    async def page(
        self,
        session: Session,
        organisation_id: int,
        cut: Cut,
        conditions: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
    ) -> Slice[R]:
        """One page of the rows that meet all ``conditions`` (constant SQL, values in ``parameters``)."""
        statement = text(self._select(cut, conditions))
        rows = await session.execute(statement, self._bound(organisation_id, cut, parameters))
        return self._slice(list(rows.mappings()), cut.limit)

    async def pages_of(
        self, session: Session, organisation_id: int, column: str, parents: Sequence[int], cut: Cut
    ) -> dict[int, Slice[R]]:
        """The same cut of each parent's rows, in one statement; a parent without rows has an empty page."""
        inner = self._select(cut, (f"{column} = parent.id",))
        statement = text(f"""
            SELECT parent.id AS listed_under, page.*
            FROM unnest(cast(:parents AS bigint[])) AS parent(id) CROSS JOIN LATERAL ({inner}) AS page
            ORDER BY parent.id, {self._ordering([f"page.key_{index}" for index in range(len(self.order))])}
        """)
        bound = self._bound(organisation_id, cut, {"parents": list(parents)})
        by_parent: dict[int, list[Mapping[str, Any]]] = {parent: [] for parent in parents}
        for found in (await session.execute(statement, bound)).mappings():
            by_parent[found["listed_under"]].append(found)
        return {parent: self._slice(rows, cut.limit) for parent, rows in by_parent.items()}

    async def by_ids(self, session: Session, organisation_id: int, ids: Iterable[int]) -> dict[int, R]:
        """Rows by id; those of other organisations are absent."""
        found = await self.where_in(session, organisation_id, f"{self.alias}.id", ids)
        return {row.id: row for row in found}  # type: ignore[attr-defined]

    async def where_in(self, session: Session, organisation_id: int, column: str, values: Iterable[Any]) -> list[R]:
        """All rows whose ``column`` is one of ``values``, in the list's order; for lists that are short by nature."""
        statement = text(f"""
            SELECT {self.columns} FROM {self.source}
            WHERE {self.alias}.organisation_id = :organisation AND {self.where} AND {column} = ANY(:values)
            ORDER BY {self._ordering([expression for expression, _ in self.order])}
        """)
        bound = {"organisation": organisation_id, "values": list(values)}
        return [self._row(found) for found in (await session.execute(statement, bound)).mappings()]

    def _select(self, cut: Cut, conditions: Sequence[str]) -> str:
        expressions = [expression for expression, _ in self.order]
        keys = ", ".join(f"{expression} AS key_{index}" for index, expression in enumerate(expressions))
        behind = "true"
        if cut.after is not None:
            casts = ", ".join(f"cast(:after_{index} AS {kind})" for index, (_, kind) in enumerate(self.order))
            behind = f"({', '.join(expressions)}) {'<' if self.descending else '>'} ({casts})"
        wanted = " AND ".join(
            [f"{self.alias}.organisation_id = :organisation", self.where, behind, *conditions],
        )
        ordering = self._ordering(expressions)
        return f"SELECT {self.columns}, {keys} FROM {self.source} WHERE {wanted} ORDER BY {ordering} LIMIT :limit"

    def _ordering(self, expressions: Sequence[str]) -> str:
        return ", ".join(f"{expression} {'DESC' if self.descending else 'ASC'}" for expression in expressions)

    def _bound(self, organisation_id: int, cut: Cut, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
        # One more than asked for: whether it is there says whether there is a next page.
        bound = {"organisation": organisation_id, "limit": cut.limit + 1, **(parameters or {})}
        for index, value in enumerate(cut.after or ()):
            bound[f"after_{index}"] = value
        return bound

    def _slice(self, rows: Sequence[Mapping[str, Any]], limit: int) -> Slice[R]:
        shown = rows[:limit]
        keys = tuple(tuple(row[f"key_{index}"] for index in range(len(self.order))) for row in shown)
        return Slice(tuple(self._row(row) for row in shown), keys, len(rows) > limit)

    def _row(self, found: Mapping[str, Any]) -> R:
        values = {name: found[name] for name in self.row.__dataclass_fields__}  # type: ignore[attr-defined]
        for name, cast in self.casts.items():
            if values[name] is not None:
                values[name] = cast(values[name])
        return self.row(**values)
