"""What was found out a moment ago, so that it need not be found out again for every request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values remembered for ``seconds``, at most ``entries_max`` of them: the oldest goes first. Safe between threads.

    Ages are counted from when the caller began to look, not from when it was told: what a slow look-up brings is old.
    """

    def __init__(self, *, seconds: float, entries_max: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.entries_max = entries_max
        self.clock = clock
        self._entries: dict[bytes, tuple[float, Value]] = {}  # in the order they were remembered
        self._lock = threading.Lock()

    def find(self, key: bytes) -> Value | None:
        """The value, unless it was never there or has become too old."""
        entry = self._entries.get(key)
        if entry is None or self.clock() - entry[0] >= self.seconds:
            return None
        return entry[1]

    def remember(self, key: bytes, value: Value, *, since: float) -> None:
        """``since``: what ``clock()`` said when the look-up began."""
        with self._lock:
            self._entries.pop(key, None)
            while len(self._entries) >= self.entries_max:
                del self._entries[next(iter(self._entries))]
            self._entries[key] = (since, value)

    def forget_all(self) -> None:
        with self._lock:
            self._entries.clear()
