"""Days as people read them: the last one belongs to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import strawberry

from schema.fields import reads


def last_day(description: str = "Last day, inclusive; null: open end.") -> Any:
    """Of a value with ``valid_until``, which is the first day behind."""
    return reads(
        date | None, description, lambda it: it.valid_until - timedelta(days=1) if it.valid_until is not None else None
    )


@strawberry.type(description="Days from the first to the last, both included.")
class Days:
    first_day = reads(date | None, "The first; null: always was.", lambda it: it.valid_from)
    last_day = last_day("The last; null: open end.")
