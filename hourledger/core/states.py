"""State tables: every status meets every event, written as the table a person checks."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from hourledger.core.errors import NotAllowed

S = TypeVar("S", bound=StrEnum)


class StateTable(Generic[S]):
    """Transitions read from an aligned text table: events across, statuses down, ``-``: not allowed."""

    def __init__(self, statuses: type[S], noun: str, table: str) -> None:
        self._noun = noun
        header, *rows = [line.split() for line in table.strip().splitlines()]
        self.events = tuple(header)
        self._next: dict[tuple[S, str], S] = {}
        for name, *targets in rows:
            for event, target in zip(header, targets, strict=True):
                if target != "-":
                    self._next[statuses(name.upper()), event] = statuses(target.upper())

    def after(self, status: S, event: str) -> S:
        """The status that follows.

        Raises:
            NotAllowed WRONG_STATE: the event does not exist here; the message lists those that do.
        """
        if event not in self.events:
            raise KeyError(event)
        try:
            return self._next[status, event]
        except KeyError:
            possible = [name for name in self.events if (status, name) in self._next]
            moves = f"It can {', '.join(possible)}." if possible else "Nothing can be done to it any more."
            raise NotAllowed(
                f"A {self._noun} that is {status.value.replace('_', ' ').lower()} cannot {event.replace('_', ' ')}. "
                f"{moves}",
                code="WRONG_STATE",
                status=status.value,
                event=event,
                possible=possible,
            ) from None

    def allows(self, status: S, event: str) -> bool:
        return (status, event) in self._next
