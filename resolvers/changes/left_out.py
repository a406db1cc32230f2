"""Fields of an input that were not given, where null is a value of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from strawberry import UNSET

from hourledger.services.changes import SAME, Same

T = TypeVar("T")


def unless_left_out(value: Any, read: Callable[[Any], T]) -> T | Same:
    """What was given, read; SAME when nothing was."""
    return SAME if value is UNSET else read(value)


def as_it_is(value: Any) -> Any:
    return value
