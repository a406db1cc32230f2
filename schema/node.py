"""What Relay and every other client library expects: global ids and connections."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import strawberry

from resolvers.ids import global_id
from schema.fields import Info

T = TypeVar("T")


def _global_id(root: strawberry.Parent[Any], info: Info) -> strawberry.ID:
    return strawberry.ID(global_id(info.path.typename or "", root.id))


@strawberry.interface(description="Anything with an id of its own, which `node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(
        resolver=_global_id, description="Unique in the whole API; opaque, to be passed back unchanged."
    )


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page was asked for with a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor to pass as `after` for the next page.")


@strawberry.type(description="An item of a list with its place in it.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Its place; opaque, and valid however the list changes.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page with their cursors.")
    nodes: list[T] = strawberry.field(description="The items of this page, for those who need no cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")
