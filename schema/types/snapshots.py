"""Snapshots, what they hold, and what differs between two."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from hourledger.core.snapshots import ChangeType, FactKind, FieldChange, Value
from models.queries.listing.snapshots import SnapshotView
from resolvers import projects, snapshots
from resolvers.failures import api_name
from resolvers.paging import FIRST_DEFAULT, PageRequest
from resolvers.told_money import in_one_currency
from schema.fields import After, First, Info, asks, is_value, reads, resolves
from schema.node import Connection, Node
from schema.references import MONEY, PROJECT


@strawberry.type(description="A value of a field: an amount, or anything else as a text.")
class SnapshotValue:
    field: str = strawberry.field(description="The field's name, such as actualLabor.")
    text: str | None = strawberry.field(description="Numbers, days and rates as people write them; null: an amount.")
    money = reads(
        MONEY | None,
        "The amount; null: it is none.",
        lambda it: None if it.money is None else in_one_currency(it.money),
    )


@strawberry.type(description="One thing as it was when a snapshot was taken.")
class SnapshotFact:
    kind: FactKind = strawberry.field(description="What it is.")
    key: str = strawberry.field(description="Which one; the same in every snapshot of the project.")
    label: str = strawberry.field(description="What people called it.")
    values = resolves(
        list[SnapshotValue], "Its fields by name; those you may not see, or that were empty, are left out.",
        snapshots.values,
    )  # fmt: skip


async def _facts(
    root: strawberry.Parent[Any],
    info: Info,
    kinds: Annotated[
        list[FactKind] | None, strawberry.argument(description="Only things of these kinds; all you may see if null.")
    ] = None,
    first: First = FIRST_DEFAULT,
    after: After = None,
) -> Any:
    return await snapshots.facts(info.context, root.id, PageRequest(first, after), kinds=kinds)


@strawberry.type(description="All that a project's money was made of at one instant; nothing changes it.")
class Snapshot(Node):
    is_type_of = is_value(SnapshotView)
    name: str = strawberry.field(description="Unique among the project's snapshots.")
    project_code: str = strawberry.field(description="The project's code then.")
    currency: str = strawberry.field(description="The project's currency then.")
    taken_on: date = strawberry.field(description="The day it was taken.")
    taken_at: datetime = strawberry.field(description="The instant it is of.")
    taken_by: str = strawberry.field(description="Who took it.")
    facts = asks(
        Connection[SnapshotFact],
        "What it holds: the project and its tasks with their figures, assignments, rates with their sources, exchange "
        "rates, expenses, risks, budgets, billing records and their lines.",
    )(_facts)
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )


def _value(change: FieldChange, value: Value | None) -> Any:
    return None if value is None else snapshots.value_view(change.field, value)


@strawberry.type(description="A field that differs.")
class SnapshotFieldChange:
    field = reads(str, "The field's name, such as actualLabor.", lambda it: api_name(it.field))
    before = reads(
        SnapshotValue | None, "At the first moment; null: empty, or the thing was not there.",
        lambda it: _value(it, it.before),
    )  # fmt: skip
    after = reads(
        SnapshotValue | None, "At the second moment; null: empty, or the thing was not there.",
        lambda it: _value(it, it.after),
    )  # fmt: skip


@strawberry.type(description="A thing that was added, removed or changed between two moments.")
class SnapshotChange:
    kind: FactKind = strawberry.field(description="What it is.")
    key: str = strawberry.field(description="Which one; the same in every snapshot of the project.")
    label: str = strawberry.field(description="What people call it, as of the later moment that has it.")
    change: ChangeType = strawberry.field(description="What became of it.")
    fields = reads(list[SnapshotFieldChange], "The fields that differ, by name.", lambda it: it.fields)
