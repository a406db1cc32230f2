"""The two ports every connector has: a time source is pulled from, a journal target is pushed to.

A connector is one file in ``sources/`` or ``targets/`` with one class that has a ``meta``; connectors.registry finds it
without registration. Connectors speak HTTP (through connectors.http) or files, know nothing of our database, and keep
no state: the cursor is handed in and out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self

from pydantic import BaseModel

from hourledger.core.ledger import OutgoingEntry, RemoteEntry

Cursor = dict[str, Any]
"""Belongs to the connector: opaque to everybody else, stored in one transaction with the rows it stands behind."""


@dataclass(frozen=True, slots=True)
class ConnectorMeta:
    """What an operator sees before connecting. ``config`` is a pydantic model; its SecretStr fields are the secrets."""

    key: str
    title: str
    config: type[BaseModel]
    verified_against: str
    """Product and version our tests run it against, or "never run against the vendor"."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer of a connection test: who we are over there, and what an operator should know."""

    identity: str
    warnings: tuple[str, ...] = ()


# --- pull ---------------------------------------------------------------------------------------------------------


class DeleteEvidence(StrEnum):
    """How a source shows that something is gone; without evidence nothing is ever removed."""

    TOMBSTONE = "TOMBSTONE"
    WINDOW_ABSENCE = "WINDOW_ABSENCE"
    LEDGER_REVERSAL = "LEDGER_REVERSAL"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One time entry as the source has it, normalised: the only shape the rest of Hourledger knows.

    ``seconds`` may be negative only for a source that keeps a ledger of corrections. ``work_date`` is the local date
    as entered there, never shifted by a time zone. Names of people, projects, tasks and activities are the source's
    own; what they are here is decided by the external links of the connection.
    """

    external_id: str
    work_date: date
    seconds: int
    person: str
    project: str | None
    task: str | None = None
    activity: str | None = None
    note: str = ""
    is_billable: bool | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call the four above, when the names are ids: {"person": "Ann Able"}."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be understood: kept with its reason, retried when the reason is mended, never lost."""

    external_id: str
    code: str
    reason: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is understood and not wanted now, such as a running timer."""

    external_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as received (``raw``, JSON values only) and what it means."""

    raw: Mapping[str, Any]
    entry: SourceEntry


@dataclass(frozen=True, slots=True)
class Batch:
    """What is stored together with ``cursor`` in one transaction.

    ``complete_days`` is the closed range of work days of which this pull has seen every entry (only then does absence
    mean anything); None when it has not. ``resync`` says that the cursor before was no longer valid and all was read.
    """

    rows: tuple[SourceRow, ...] = ()
    deleted_ids: tuple[str, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    cursor: Cursor | None = None
    complete_days: tuple[date, date] | None = None
    resync: bool = False


class TimeSource(Protocol):
    """Work recorded in another system. Implementations take their config model and are async context managers."""

    meta: ClassVar[ConnectorMeta]
    deletes: ClassVar[DeleteEvidence]

    def __init__(self, config: Any) -> None: ...

    async def check(self) -> CheckResult:
        """One cheap call that proves identity. Raises AuthFailed, Transient or Invalid."""

    def read(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """All that changed behind ``cursor`` (None: everything), in batches, each with the cursor that follows it.

        Raises the errors of core.errors; what was yielded before stays valid.
        """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc_info: object) -> None: ...


# --- push ---------------------------------------------------------------------------------------------------------


class JournalTarget(Protocol):
    """Books kept in another system. Every call is one request (or one file operation) without any retry of its own.

    connectors.push composes them into exactly one effect; the errors they raise decide what it does next:
    NotSent, RateLimited (safe to send again), Uncertain (look first), AlreadyThere, Rejected, AuthFailed.
    """

    meta: ClassVar[ConnectorMeta]

    def __init__(self, config: Any) -> None: ...

    async def check(self) -> CheckResult:
        """One cheap call that proves identity and that the books can be reached."""

    async def find(self, reference: str) -> list[RemoteEntry]:
        """Every entry there that carries our reference; more than one is a finding, never normal."""

    async def create(self, entry: OutgoingEntry) -> RemoteEntry:
        """Store it there under its reference: as a draft where the product posts in two steps, else posted at once.

        Raises AlreadyThere when the other system itself refuses a second entry with this reference.
        """

    async def post(self, remote: RemoteEntry) -> RemoteEntry:
        """Bring a draft into the books. Where create already did, this is never called."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc_info: object) -> None: ...
