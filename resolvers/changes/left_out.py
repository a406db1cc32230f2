"""Fields of an input that were not given, where null is a value of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from strawberry import UNSET

from hourledger.core.errors import Invalid
from hourledger.services.changes import SAME, Same

T = TypeVar("T")


def unless_left_out(value: Any, read: Callable[[Any], T]) -> T | Same:
    """What was given, read; SAME when nothing was."""
    return SAME if value is UNSET else read(value)


def as_it_is(value: Any) -> Any:
    return value


def given(*, never_null: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """The fields that were not left out. Raises Invalid NULL_NOT_ALLOWED for one of ``never_null`` that is null."""
    found = {name: value for name, value in fields.items() if value is not UNSET}
    for name in never_null:
        if name in found and found[name] is None:
            raise Invalid("Give a value, or leave it out to keep what is there.", code="NULL_NOT_ALLOWED", field=name)
    return found
