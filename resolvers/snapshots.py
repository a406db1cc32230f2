"""Snapshots of projects: listed, read page by page, compared; each caller sees of them what they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.money import Money
from hourledger.core.snapshots import Fact, FactChange, FactKind, Value, from_json, seen, visible_kinds
from hourledger.services.snapshots import compare_snapshots
from models.queries.listing.keyset import Ordered
from models.queries.listing.snapshots import (
    OF_KINDS,
    OF_SNAPSHOT,
    SNAPSHOT_FACTS,
    SNAPSHOTS,
    SnapshotFactView,
    SnapshotView,
)
from resolvers.context import RequestContext
from resolvers.failures import api_name
from resolvers.ids import optional_row_id, row_id
from resolvers.paging import Page, PageRequest, page_of, page_of_values, page_under

_CHANGES = Ordered(name="snapshot_changes", order=(("kind", "bigint"), ("length", "bigint"), ("key", "text")))
_FINANCES = (Permission.VIEW_COST_RATES, Permission.VIEW_BILLING_RATES, Permission.VIEW_GENERAL_FINANCE)


@dataclass(frozen=True, slots=True)
class ValueView:
    """``field`` in the API's spelling; an amount is ``money``, everything else ``text``."""

    field: str
    text: str | None
    money: Money | None


async def of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[SnapshotView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_under(context, SNAPSHOTS, "s.project_id", project_id, page)


async def snapshot_by_id(context: RequestContext, snapshot_id: int | None) -> SnapshotView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(SNAPSHOTS, snapshot_id)


async def facts(
    context: RequestContext, snapshot_id: int, page: PageRequest, *, kinds: Sequence[FactKind] | None
) -> Page[SnapshotFactView]:
    """In the order of the snapshot; ``kinds``: only these. Things that the caller may not know of are left out."""
    context.principal.require(Permission.VIEW_PROJECTS)
    context.loaders.take_rows(page.first)
    _note_hidden(context, "Snapshot.facts")
    shown = [kind.value for kind in visible_kinds(context.principal.may) if kinds is None or kind in kinds]
    conditions: dict[str, dict[str, object]] = {OF_SNAPSHOT: {"snapshot": snapshot_id}, OF_KINDS: {"kinds": shown}}
    return await page_of(context, SNAPSHOT_FACTS, page, conditions)


async def values(context: RequestContext, fact: SnapshotFactView) -> list[ValueView]:
    """By field; those that the caller may not see are left out."""
    [found] = seen([Fact(fact.kind, fact.key, fact.label, from_json(fact.facts))], context.principal.may)
    return [value_view(name, value) for name, value in sorted(found.values.items())]


async def comparison(
    context: RequestContext, before: str, after: str | None, page: PageRequest, *, kinds: Sequence[FactKind] | None
) -> Page[FactChange]:
    """Raises Missing SNAPSHOT_UNKNOWN; Invalid OTHER_PROJECT; Denied PERMISSION_DENIED."""
    numbers = row_id(before, "Snapshot", "from"), optional_row_id(after, "Snapshot", "to")
    async with context.reading() as unit:
        changes = await compare_snapshots(unit, *numbers)
    _note_hidden(context, "Query.compareSnapshots")
    shown = [(one.order, one) for one in changes if kinds is None or one.kind in kinds]
    return page_of_values(_CHANGES, shown, page)


def value_view(field: str, value: Value) -> ValueView:
    if isinstance(value, Money):
        return ValueView(api_name(field), None, value)
    return ValueView(api_name(field), value if isinstance(value, str) else "yes" if value else "no", None)


def _note_hidden(context: RequestContext, field: str) -> None:
    """Say in the answer's extensions that there may be more than is shown."""
    context.hidden.update((field, one) for one in _FINANCES if not context.principal.may(one))
