"""Connections to other systems, and their rows that wait."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.scalars import JSON

from hourledger.core.money import decimal_hours
from models.queries.listing.connections import ExternalSystemView, SourceRecordView
from models.tables import ConnectionDirection, ConnectionStatus, SourceRecordStatus
from resolvers import time_entries
from schema.fields import is_value, reads, resolves
from schema.node import Node
from schema.references import TIME_ENTRY


@strawberry.type(description="The last time a source was read: what it brought, or why it failed.")
class LastPull:
    id: strawberry.ID = strawberry.field(description="Tells one pull from the next.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null: it is going on.")
    error_code: str | None = strawberry.field(description="Why it failed, for programs.")
    error: str | None = strawberry.field(description="Why it failed, and the way out.")
    new: int = strawberry.field(description="Rows that became time entries at once.")
    changed: int = strawberry.field(description="Entries that were changed there.")
    same: int = strawberry.field(description="Rows that were known already.")
    deleted: int = strawberry.field(description="Entries that were deleted there.")
    unmapped: int = strawberry.field(description="Rows that wait for a name to be linked.")
    quarantined: int = strawberry.field(description="Rows that could not be understood.")
    skipped: int = strawberry.field(description="Rows that are not wanted now, such as running timers.")
    needs_reversal: int = strawberry.field(description="Changes of work that is billed already.")


_COUNTS = ("new", "changed", "same", "deleted", "unmapped", "quarantined", "skipped", "needs_reversal")


def _last_pull(run: dict[str, Any] | None) -> LastPull | None:
    if run is None:
        return None
    return LastPull(
        id=strawberry.ID(str(run["id"])),
        started_at=datetime.fromisoformat(run["started_at"]),
        finished_at=datetime.fromisoformat(run["finished_at"]) if run["finished_at"] else None,
        error_code=run["error_code"],
        error=run["error"],
        **{name: int(run["counts"].get(name, 0)) for name in _COUNTS},
    )


@strawberry.type(description="A connection to another system. Its secrets can be set, never read.")
class ExternalSystem(Node):
    is_type_of = is_value(ExternalSystemView)
    name: str = strawberry.field(description="Unique in the organisation.")
    direction: ConnectionDirection = strawberry.field(description="Whether it is pulled from or pushed to.")
    connector: str = strawberry.field(description="Which connector speaks to it.")
    status: ConnectionStatus = strawberry.field(description="Whether it works.")
    status_reason: str | None = strawberry.field(description="What a person must look at.")
    last_success_at: datetime | None = strawberry.field(description="When it last worked; its age is its health.")
    unmapped: int = strawberry.field(description="Rows that wait for a name to be linked.")
    quarantined: int = strawberry.field(description="Rows that cannot be understood.")
    last_pull = reads(
        LastPull | None, "The last pull of a source; null: none yet.", lambda it: _last_pull(it.last_pull)
    )


@strawberry.type(description="A row of a time source as received, and what became of it. Never lost.")
class SourceRecord(Node):
    is_type_of = is_value(SourceRecordView)
    external_id: str = strawberry.field(description="Its id in the source.")
    status: SourceRecordStatus = strawberry.field(description="What became of it.")
    reason_code: str | None = strawberry.field(description="Why it waits, for programs.")
    reason: str | None = strawberry.field(description="Why it waits, and the way out.")
    hours = reads(
        Decimal | None,
        "The duration; null: not understood.",
        lambda it: None if it.seconds is None else decimal_hours(it.seconds),
    )
    work_date: date | None = strawberry.field(description="The day of the work.")
    person: str | None = strawberry.field(description="The source's name of the person.")
    project: str | None = strawberry.field(description="The source's name of the project.")
    task: str | None = strawberry.field(description="The source's name of the task.")
    note: str | None = strawberry.field(description="What was done.")
    raw: JSON = strawberry.field(description="The row as received.")
    first_seen_at: datetime = strawberry.field(description="When it first came.")
    last_changed_at: datetime = strawberry.field(description="When it last changed there.")
    time_entry = resolves(
        TIME_ENTRY | None,
        "What it is here; null: nothing yet.",
        lambda context, it: time_entries.time_entry_by_id(context, it.time_entry_id),
    )
