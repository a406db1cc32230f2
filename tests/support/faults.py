"""Targets that lose the result of what they did, where there is no line on which a proxy could lose it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import ClassVar, Self

from connectors.base import CheckResult, ConnectorMeta, JournalTarget
from hourledger.core.errors import Uncertain
from hourledger.core.ledger import OutgoingEntry, RemoteEntry


class LosingTarget:
    """Passes everything on to ``target``; the next creates whose turn is true raise Uncertain after they worked."""

    meta: ClassVar[ConnectorMeta]

    def __init__(self, target: JournalTarget, loses: Iterable[bool] = (True,)) -> None:
        self.meta = target.meta  # type: ignore[misc]  # whatever it wraps, it stands for that
        self._target = target
        self._loses = deque(loses)

    async def __aenter__(self) -> Self:
        await self._target.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._target.__aexit__(*exc_info)

    async def check(self) -> CheckResult:
        return await self._target.check()

    async def find(self, reference: str) -> list[RemoteEntry]:
        return await self._target.find(reference)

    async def create(self, entry: OutgoingEntry) -> RemoteEntry:
        remote = await self._target.create(entry)
        if self._loses and self._loses.popleft():
            raise Uncertain(f"{entry.reference}: the answer was lost")
        return remote

    async def post(self, remote: RemoteEntry) -> RemoteEntry:
        return await self._target.post(remote)
