"""Books of another system in memory, with the habits that such systems have, on a line that loses things."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self, TypeVar

from pydantic import BaseModel

from connectors.base import CheckResult, ConnectorMeta
from hourledger.core.errors import AlreadyThere, AuthFailed, NotSent, RateLimited, Rejected, Transient, Uncertain
from hourledger.core.ledger import OutgoingEntry, OutgoingLine, RemoteEntry, RemoteLine, RemoteState
from hourledger.core.money import Money

_Result = TypeVar("_Result")

REFUSALS: dict[str, Callable[[], Exception]] = {
    "not_sent": lambda: NotSent("connection refused"),
    "locked": lambda: Transient("locked by somebody else"),
    "wait_0s": lambda: RateLimited("too many", retry_after_seconds=0),
    "wait_60s": lambda: RateLimited("too many", retry_after_seconds=60),
    "error_500": lambda: Uncertain("answered 500 'foo'", status=500),
    "refused": lambda: Rejected("period closed", code="PERIOD_CLOSED"),
    "bad_key": lambda: AuthFailed("key not accepted"),
}


def entry(reference: str = "INV-1", amount: str = "100.00", *, on: date = date(2026, 3, 15)) -> OutgoingEntry:
    """Receivable of Acme against services."""
    money = Money.of(amount, "EUR")
    return OutgoingEntry(
        reference,
        on,
        "Invoice",
        (OutgoingLine("AR", money, money, party="Acme"), OutgoingLine("REV", -money, -money)),
    )


@dataclass
class FakeBooks:
    """A journal target. ``faults`` by step: each call takes the next word, ``ok`` when there is none left.

    lost_before: it did not arrive. lost: it did, its answer not. late: it arrives behind the next look.
    """

    has_two_steps: bool = False
    refuses_twins: bool = True
    moves_dates_to: date | None = None
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stored: list[RemoteEntry] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    meta: ClassVar[ConnectorMeta] = ConnectorMeta("fake", "Fake books", BaseModel, "nothing")

    def __post_init__(self) -> None:
        self._faults = {step: deque(words) for step, words in self.faults.items()}
        self._arriving: list[Callable[[], object]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        pass

    async def check(self) -> CheckResult:
        return CheckResult("fake books")

    async def find(self, reference: str) -> list[RemoteEntry]:
        found = self._meet("find", lambda: [one for one in self.stored if one.reference == reference])
        arriving, self._arriving = self._arriving, []
        for write in arriving:
            with contextlib.suppress(Rejected):  # nobody is there any more to be told
                write()
        return found

    async def create(self, entry: OutgoingEntry) -> RemoteEntry:
        return self._meet("create", lambda: self._store(entry))

    async def post(self, remote: RemoteEntry) -> RemoteEntry:
        return self._meet("post", lambda: self._post(remote.remote_id))

    @property
    def posted(self) -> list[RemoteEntry]:
        return [one for one in self.stored if one.state is RemoteState.POSTED]

    def _store(self, entry: OutgoingEntry) -> RemoteEntry:
        if self.refuses_twins and any(one.reference == entry.reference for one in self.stored):
            raise AlreadyThere("reference must be unique")
        remote = RemoteEntry(
            remote_id=str(len(self.stored) + 1),
            reference=entry.reference,
            state=RemoteState.DRAFT if self.has_two_steps else RemoteState.POSTED,
            accounting_date=self.moves_dates_to or entry.accounting_date,
            lines=tuple(RemoteLine(line.account, line.amount, line.base_amount) for line in entry.lines),
        )
        self.stored.append(remote)
        return remote

    def _post(self, remote_id: str) -> RemoteEntry:
        place = int(remote_id) - 1
        if self.stored[place].state is RemoteState.POSTED:
            raise Rejected("it is posted already")
        self.stored[place] = replace(self.stored[place], state=RemoteState.POSTED, number=f"N{remote_id}")
        return self.stored[place]

    def _meet(self, step: str, work: Callable[[], _Result]) -> _Result:
        self.calls.append(step)
        words = self._faults.get(step)
        fault = words.popleft() if words else "ok"
        if fault in REFUSALS:
            refusal = REFUSALS[fault]()
            raise refusal
        if fault == "lost_before":
            raise Uncertain("no answer")
        if fault == "late":
            self._arriving.append(work)
            raise Uncertain("no answer")
        result = work()
        if fault == "lost":
            raise Uncertain("no answer")
        assert fault == "ok", fault
        return result
