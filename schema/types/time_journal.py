"""The journal of hours."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from hourledger.core.money import decimal_hours
from models.queries.listing.time_journal import TimeChange, TimeChangeView
from resolvers.ids import global_id
from schema.fields import is_value, reads


def _hours(description: str, attribute: str) -> Any:
    def read(value: Any) -> Decimal | None:
        seconds = getattr(value, attribute)
        return None if seconds is None else decimal_hours(seconds)

    return reads(Decimal | None, description, read)


@strawberry.type(description="One change of hours: of how many, or of their day.")
class TimeJournalEntry:
    is_type_of = is_value(TimeChangeView)
    change: TimeChange = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    by: str | None = strawberry.field(description="Who did it: a person, or a connection; null: it is not known.")
    hours_before = _hours("Decimal hours before; null when added.", "seconds_before")
    hours_after = _hours("Decimal hours after; null when deleted.", "seconds_after")
    work_date_before: date | None = strawberry.field(description="The day of the work before; null when added.")
    work_date_after: date | None = strawberry.field(description="The day of the work after; null when deleted.")
    time_entry_id = reads(
        strawberry.ID,
        "The id of the time entry; `node` finds it unless it was deleted.",
        lambda it: strawberry.ID(global_id("TimeEntry", it.time_entry_id)),
    )
