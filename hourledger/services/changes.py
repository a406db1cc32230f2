"""Values that stay as they are, in changes where None is a value of its own."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeVar

T = TypeVar("T")


class Same(Enum):
    SAME = "SAME"


SAME: Final = Same.SAME


def changed(value: T | Same, before: T) -> T:
    """The new value, or the one before where it stays."""
    return before if isinstance(value, Same) else value
