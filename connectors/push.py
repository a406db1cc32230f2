"""Bring one entry into another system's books exactly once, over a line that loses answers.

                   ┌─ nothing ──> create ──┐              ┌────────── draft ──> post ──┐
    look (if ──────┤                       ├─> look at ───┤                            ├─> read back, compare
    uncertain)     └─ found ───────────────┘   its state  └────────── posted ──────────┘

After a call without an answer the next try begins with a look. That alone is not enough: a write may arrive later
than our look. So the other system must refuse a second entry with our reference by itself (AlreadyThere), and what it
has then is compared. Where it cannot refuse, two entries can come to be; they are found and reported, never ignored.

Source: accounting-targets §C (outcome classes), proven against Tryton through hourledger.peers.fault_proxy
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from connectors.base import JournalTarget
from connectors.retry import RetryPolicy, retrying
from hourledger.core.errors import (
    AlreadyThere,
    AuthFailed,
    ExternalError,
    NotSent,
    RateLimited,
    ReferenceTaken,
    Rejected,
    Transient,
    Uncertain,
)
from hourledger.core.ledger import Difference, OutgoingEntry, RemoteEntry, RemoteState, compare

POLICY = RetryPolicy(attempts_max=5, seconds_max=8.0, first_wait_seconds=0.2, wait_seconds_max=2.0)
_EQUAL_SERVER_ERRORS_MAX = 3
_Result = TypeVar("_Result", RemoteEntry, list[RemoteEntry])


class PushState(StrEnum):
    """VERIFIED: read back and equal. CONFLICT: it is there, but not as we sent it; a person must look."""

    VERIFIED = "VERIFIED"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """``remote`` as read back at the end. ``was_found``: it was there before this push sent anything."""

    state: PushState
    remote: RemoteEntry
    attempts: int
    was_found: bool
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """One call to the other system, for the audit trail: step find, create, post or read_back; outcome ok or a code."""

    attempt: int
    step: str
    outcome: str
    detail: str
    milliseconds: int


OnAttempt = Callable[[AttemptReport], Awaitable[None]]


async def push(
    target: JournalTarget, entry: OutgoingEntry, *, is_uncertain: bool, on_attempt: OnAttempt | None = None
) -> PushOutcome:
    """Bring ``entry`` into the target's books, or find it there. ``is_uncertain``: an earlier push may have sent it.

    Retries within seconds. Calling it again with the same entry is always safe where the target refuses a second entry
    with the same reference; ``is_uncertain`` must be true when an earlier push did not end in an outcome.

    Raises:
        Uncertain: it may be there now. Push again later, with ``is_uncertain``.
        NotSent, RateLimited: certainly not there by this push. Push again later.
        Transient: not known whether by this push; treat as Uncertain.
        ReferenceTaken: there is an entry with our reference that is not ours.
        Rejected DUPLICATE_IN_TARGET: there is more than one.
        Rejected FAILS_EVERY_TIME: the same server error each time, while everything else works.
        Rejected, AuthFailed: refused; a person must look.
    """
    run = _Push(target, entry, is_uncertain=is_uncertain, on_attempt=on_attempt)
    try:
        async for attempt in retrying(POLICY):
            with attempt:
                return await run.attempt()
    except Transient as error:
        raise run.as_last_error(error) from error
    raise AssertionError("tenacity either returns or raises")  # pragma: no cover


class _Push:
    """What one push knows between its tries."""

    def __init__(
        self, target: JournalTarget, entry: OutgoingEntry, *, is_uncertain: bool, on_attempt: OnAttempt | None
    ) -> None:
        self._target = target
        self._entry = entry
        self._on_attempt = on_attempt
        self._may_be_there = is_uncertain  # sent at least once, by us: look before sending, and it can be ours
        self._was_sent = False  # by this push
        self._is_created = False  # an answer told us so
        self._was_found = False
        self._attempts = 0
        self._server_errors: Counter[str] = Counter()

    async def attempt(self) -> PushOutcome:
        self._attempts += 1
        remote = await self._look("find") if self._may_be_there else None
        if remote is not None and not self._was_sent:
            self._was_found = True
        is_changed = False
        if remote is None:
            remote, is_changed = await self._create()
        if remote.state is RemoteState.DRAFT and not self._differs_in_content(remote):
            await self._post(remote)
            is_changed = True
        return self._judge(await self._read_back() if is_changed else remote)

    def as_last_error(self, error: Transient) -> Transient:
        """Uncertain also where the last call certainly did nothing but an earlier one may have."""
        if isinstance(error, Uncertain) or not self._may_be_there:
            return error
        return Uncertain(f"It may be there already. The last try: {error.message}", **error.facts)

    async def _create(self) -> tuple[RemoteEntry, bool]:
        """The entry there, and whether this call made it."""
        self._give_up_on_equal_errors()
        if self._is_created:
            raise Uncertain(f"{self._entry.reference} was stored there, but is not to be seen.", code="NOT_VISIBLE")
        try:
            remote = await self._call("create", self._target.create(self._entry))
        except AuthFailed:
            raise
        except Rejected as refusal:
            # It has our reference; or what we sent before has arrived since we looked. Then that one counts.
            is_there = isinstance(refusal, AlreadyThere) or self._may_be_there
            found = await self._look("find") if is_there else None
            if found is None:
                raise
            self._was_found = not self._was_sent
            return found, False
        except (NotSent, RateLimited):
            raise
        except Transient:
            self._was_sent = self._may_be_there = True
            raise
        self._was_sent = self._may_be_there = self._is_created = True
        return remote, True

    async def _post(self, draft: RemoteEntry) -> None:
        self._give_up_on_equal_errors()
        self._may_be_there = True
        try:
            await self._call("post", self._target.post(draft))
        except AuthFailed:
            raise
        except Rejected:
            found = await self._look("find")  # a request of ours that came late may have posted it
            if found is None or found.state is not RemoteState.POSTED:
                raise

    async def _read_back(self) -> RemoteEntry:
        remote = await self._look("read_back")
        if remote is None:
            raise Uncertain(f"{self._entry.reference} was stored there, but is not to be seen.", code="NOT_VISIBLE")
        return remote

    async def _look(self, step: str) -> RemoteEntry | None:
        found = await self._call(step, self._target.find(self._entry.reference))
        if len(found) > 1:
            names = ", ".join(remote.number or remote.remote_id for remote in found)
            raise Rejected(
                f"{self._entry.reference} is there {len(found)} times: {names}. Keep one of them, then retry.",
                code="DUPLICATE_IN_TARGET",
                remote_ids=[remote.remote_id for remote in found],
            )
        return found[0] if found else None

    def _judge(self, remote: RemoteEntry) -> PushOutcome:
        differences = tuple(compare(self._entry, remote))
        if self._differs_in_content(remote) and not self._may_be_there:
            told = "; ".join(f"{one.field}: ours {one.ours}, theirs {one.theirs}" for one in differences)
            raise ReferenceTaken(
                f"{self._entry.reference} is there with other content ({remote.state.lower()}). {told}. "
                "Remove that one there if it is not wanted, then retry.",
                remote_id=remote.remote_id,
            )
        state = PushState.CONFLICT if differences else PushState.VERIFIED
        return PushOutcome(state, remote, self._attempts, self._was_found, differences)

    def _differs_in_content(self, remote: RemoteEntry) -> bool:
        return any(one.field != "state" for one in compare(self._entry, remote))

    def _give_up_on_equal_errors(self) -> None:
        """Some products answer 500 to what they do not understand. It is an outage only if looking fails as well."""
        for message, times in self._server_errors.items():
            if times >= _EQUAL_SERVER_ERRORS_MAX:
                raise Rejected(f"The same {times} times: {message}", code="FAILS_EVERY_TIME")

    async def _call(self, step: str, call: Awaitable[_Result]) -> _Result:
        started = time.perf_counter()
        try:
            result = await call
        except ExternalError as error:
            if error.facts.get("status") == HTTPStatus.INTERNAL_SERVER_ERROR and step in {"create", "post"}:
                self._server_errors[error.message] += 1
            await self._report(step, error.code, error.message, started)
            raise
        await self._report(step, "ok", _in_words(result), started)
        return result

    async def _report(self, step: str, outcome: str, detail: str, started: float) -> None:
        if self._on_attempt is not None:
            milliseconds = round((time.perf_counter() - started) * 1000)
            await self._on_attempt(AttemptReport(self._attempts, step, outcome, detail, milliseconds))


def _in_words(result: RemoteEntry | list[RemoteEntry]) -> str:
    found = result if isinstance(result, list) else [result]
    return ", ".join(f"{one.state.lower()} {one.number or one.remote_id}" for one in found) or "nothing"
