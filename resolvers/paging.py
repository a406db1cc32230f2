"""Pages of a list as the API shows them: a limit that is always there, and cursors that clients pass back unread."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from hourledger.core.errors import Invalid
from models.queries.listing.keyset import Cut, Key, Listing, Ordered, Slice
from resolvers.context import RequestContext

R = TypeVar("R")

FIRST_DEFAULT = 50
FIRST_MAX = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """``first`` rows behind the cursor ``after`` (None: from the start)."""

    first: int = FIRST_DEFAULT
    after: str | None = None

    def cut(self, listing: Ordered) -> Cut:
        """Raises Invalid PAGE_SIZE, CURSOR_INVALID."""
        if not 1 <= self.first <= FIRST_MAX:
            raise Invalid(
                f"Ask for 1 to {FIRST_MAX} at a time; more come with further pages.", code="PAGE_SIZE", field="first"
            )
        return Cut(self.first, None if self.after is None else _read_cursor(listing, self.after))


@dataclass(frozen=True, slots=True)
class EdgeView(Generic[R]):
    node: R
    cursor: str


@dataclass(frozen=True, slots=True)
class PageInfoView:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    edges: tuple[EdgeView[R], ...]
    page_info: PageInfoView

    @property
    def nodes(self) -> list[R]:
        return [edge.node for edge in self.edges]


async def page_of(
    context: RequestContext,
    listing: Listing[R],
    request: PageRequest,
    conditions: Mapping[str, Mapping[str, Any]] | None = None,
) -> Page[R]:
    """A page of a whole list; ``conditions`` are constant SQL with the values they need."""
    cut = request.cut(listing)
    given = conditions or {}
    values = {name: value for needed in given.values() for name, value in needed.items()}
    async with context.reading() as unit:
        found = await listing.page(unit.session, unit.organisation_id, cut, tuple(given), values)
    return page_from(listing, found, request)


async def page_under(
    context: RequestContext, listing: Listing[R], column: str, parent_id: int, request: PageRequest
) -> Page[R]:
    """A page of what belongs to a parent; asked for many parents at once, it is still one statement."""
    found = await context.loaders.page(listing, column, parent_id, request.cut(listing))
    return page_from(listing, found, request)


def page_of_values(listing: Ordered, rows: Sequence[tuple[Key, R]], request: PageRequest) -> Page[R]:
    """A page of a list that was computed: all of its rows in order, each with its key."""
    cut = request.cut(listing)
    behind = [(key, row) for key, row in rows if cut.after is None or key > cut.after]
    shown = behind[: cut.limit]
    found = Slice(tuple(row for _, row in shown), tuple(key for key, _ in shown), len(behind) > cut.limit)
    return page_from(listing, found, request)


def page_from(listing: Ordered, found: Slice[R], request: PageRequest) -> Page[R]:
    """What was found as a page, each row with its cursor."""
    cursors = [_write_cursor(listing, key) for key in found.keys]
    return Page(
        tuple(EdgeView(row, cursor) for row, cursor in zip(found.rows, cursors, strict=True)),
        PageInfoView(
            has_next_page=found.has_more,
            has_previous_page=request.after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )


def _write_cursor(listing: Ordered, key: Key) -> str:
    values = [value.isoformat() if isinstance(value, date) else value for value in key]
    return urlsafe_b64encode(json.dumps([listing.name, *values], separators=(",", ":")).encode()).decode()


def _read_cursor(listing: Ordered, cursor: str) -> Key:
    try:
        name, *values = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
        if name != listing.name or len(values) != len(listing.order):
            raise ValueError
        return tuple(_checked(value, kind) for value, (_, kind) in zip(values, listing.order, strict=True))
    except (ValueError, TypeError, binascii.Error):
        raise Invalid(
            "This is not a cursor of this list. Pass the endCursor of the page before, unchanged, or none.",
            code="CURSOR_INVALID",
            field="after",
        ) from None


def _checked(value: Any, kind: str) -> Any:
    """A cursor's value as the type of its column; anything else would only fail in the database."""
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "text" and isinstance(value, str) and "\0" not in value:
        return value.encode().decode()
    if kind == "bigint" and type(value) is int and abs(value) < 2**63:
        return value
    raise ValueError(kind)


def chosen(values: Sequence[Any] | None) -> list[str] | None:
    """The texts of an enumeration filter; None when it does not filter."""
    return None if values is None else [value.value for value in values]
