"""Pages of a list as the API shows them: a limit that is always there, and cursors that clients pass back unread."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from hourledger.core.errors import Invalid
from models.queries.listing.keyset import Cut, Key, Listing, Slice
from resolvers.context import RequestContext

R = TypeVar("R")

FIRST_DEFAULT = 50
FIRST_MAX = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """``first`` rows behind the cursor ``after`` (None: from the start)."""

    first: int = FIRST_DEFAULT
    after: str | None = None

    def cut(self, listing: Listing[Any]) -> Cut:
        """Raises Invalid PAGE_SIZE, CURSOR_INVALID."""
        self.require_size()
        kinds = [kind for _, kind in listing.order]
        return Cut(self.first, None if self.after is None else _read_cursor(listing.name, kinds, self.after))

    def require_size(self) -> None:
        """Raises Invalid PAGE_SIZE."""
        if not 1 <= self.first <= FIRST_MAX:
            raise Invalid(
                f"Ask for 1 to {FIRST_MAX} at a time; more come with further pages.", code="PAGE_SIZE", field="first"
            )


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


def page_from(listing: Listing[R], found: Slice[R], request: PageRequest) -> Page[R]:
    """What was found as a page, each row with its cursor."""
    cursors = [_write_cursor(listing.name, key) for key in found.keys]
    return _page(list(zip(found.rows, cursors, strict=True)), request, has_more=found.has_more)


def page_of_computed(name: str, rows: Sequence[R], order: Callable[[R], Key], request: PageRequest) -> Page[R]:
    """A page of what is computed as a whole, in the order of keys of whole numbers; ``name`` tells its cursors apart.

    Raises Invalid PAGE_SIZE, CURSOR_INVALID.
    """
    request.require_size()
    if request.after is not None and rows:
        behind = _read_cursor(name, ["bigint"] * len(order(rows[0])), request.after)
        rows = [row for row in rows if order(row) > behind]
    shown = [(row, _write_cursor(name, order(row))) for row in rows[: request.first]]
    return _page(shown, request, has_more=len(rows) > request.first)


def _page(rows: Sequence[tuple[R, str]], request: PageRequest, *, has_more: bool) -> Page[R]:
    return Page(
        tuple(EdgeView(row, cursor) for row, cursor in rows),
        PageInfoView(
            has_next_page=has_more,
            has_previous_page=request.after is not None,
            start_cursor=rows[0][1] if rows else None,
            end_cursor=rows[-1][1] if rows else None,
        ),
    )


def _write_cursor(name: str, key: Key) -> str:
    values = [value.isoformat() if isinstance(value, date) else value for value in key]
    return urlsafe_b64encode(json.dumps([name, *values], separators=(",", ":")).encode()).decode()


def _read_cursor(name: str, kinds: Sequence[str], cursor: str) -> Key:
    try:
        named, *values = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
        if named != name or len(values) != len(kinds):
            raise ValueError
        return tuple(_checked(value, kind) for value, kind in zip(values, kinds, strict=True))
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
