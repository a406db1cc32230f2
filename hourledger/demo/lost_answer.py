"""A fault for targets that have no network in between: the entry is written, and then the answer never comes."""

from __future__ import annotations

from typing import ClassVar, Self

from connectors.base import CheckResult, ConnectorMeta, JournalTarget
from hourledger.core.errors import Uncertain
from hourledger.core.ledger import OutgoingEntry, RemoteEntry


class LosesAnswers:
    """Passes every call on; of each write the answer is lost, as when a process dies after its write."""

    meta: ClassVar[ConnectorMeta]

    def __init__(self, target: JournalTarget) -> None:
        self._target = target
        self.writes = 0

    async def check(self) -> CheckResult:
        return await self._target.check()

    async def find(self, reference: str) -> list[RemoteEntry]:
        raise Uncertain(f"No answer to the search for {reference} (a fault of the demo).", code="UNCERTAIN")

    async def create(self, entry: OutgoingEntry) -> RemoteEntry:
        await self._target.create(entry)
        self.writes += 1
        raise Uncertain(f"No answer after {entry.reference} was written (a fault of the demo).", code="UNCERTAIN")

    async def post(self, remote: RemoteEntry) -> RemoteEntry:
        return await self._target.post(remote)

    async def __aenter__(self) -> Self:
        await self._target.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._target.__aexit__(*exc_info)
