"""Plain-text books: one file per journal entry in a folder that a beancount ledger includes.

    main.beancount ── include "inbox/*.beancount" ──> inbox/<reference>.beancount

The file name is the reference, and a file is linked to its name in one step that fails when the name is taken. So of
any number of copies one gets in, and what is there is whole. Before that, beancount checks the entry together with the
whole ledger: a ledger that loads keeps loading.

Source: accounting-targets §A3
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from beancount import loader
from beancount.core.data import Transaction
from pydantic import BaseModel, ConfigDict, Field

from connectors.base import CheckResult, ConnectorMeta
from connectors.local_files import LocalPath
from connectors.targets._beancount_files import INBOX, TOLERANCE, add_file, initialise
from connectors.targets._beancount_text import REFERENCE, as_remote, as_text, file_name
from hourledger.core.errors import AlreadyThere, ReferenceTaken, Rejected
from hourledger.core.ledger import OutgoingEntry, RemoteEntry

__all__ = ["BeancountConfig", "BeancountTarget", "initialise"]

_STAGED = "<string>"  # what beancount calls a text that is no file
_CODES = {
    "unknown account": "ACCOUNT_UNKNOWN",
    "inactive account": "ACCOUNT_UNKNOWN",
    "does not balance": "NOT_BALANCED",
}
_loading = threading.Lock()  # beancount changes sys.path while it loads


class BeancountConfig(BaseModel):
    """Where the ledger is. Accounts are beancount's names and must be open; they come from the account mapping."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: LocalPath = Field(description="Folder of the ledger, on the machine the worker runs on.")
    main_file: str = Field("main.beancount", pattern=r"^[^/\\]+$", description="The file that includes all others.")


class BeancountTarget:
    """A file target: create and find only, as a file that is there is in the books."""

    meta: ClassVar[ConnectorMeta] = ConnectorMeta(
        key="beancount", title="Beancount ledger (files)", config=BeancountConfig, verified_against="beancount 3.2.3"
    )

    def __init__(self, config: BeancountConfig) -> None:
        self._folder = config.folder.absolute()
        self._main = self._folder / config.main_file
        self._inbox = self._folder / INBOX

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Nothing is held open."""

    async def check(self) -> CheckResult:
        """Load the ledger, and say what is wrong with it or would be.

        Raises:
            Rejected LEDGER_NOT_FOUND.
        """
        transactions, errors, options = await asyncio.to_thread(self._load)
        warnings = [self._told(error) for error in errors[:3]]
        if not any(Path(name).parent == self._inbox for name in options["include"]):
            warnings.append(f'The ledger does not include the inbox. Add: include "{INBOX}/*.beancount"')
        if "*" not in options["inferred_tolerance_default"]:
            warnings.append(f"Entries in a foreign currency may be refused. Add: {TOLERANCE}")
        return CheckResult(f"{self._main.name} with {len(transactions)} transactions", tuple(warnings))

    async def find(self, reference: str) -> list[RemoteEntry]:
        """Every transaction of the whole ledger that carries it, so also one that was moved to another file."""
        return await asyncio.to_thread(self._find, reference)

    async def create(self, entry: OutgoingEntry) -> RemoteEntry:
        """Add the file.

        Raises:
            AlreadyThere, ReferenceTaken: the reference is in the ledger, as the same text or not.
            Rejected ACCOUNT_UNKNOWN, NOT_BALANCED, LEDGER_REFUSES: beancount does not accept the ledger with it.
            NotSent: the disk is full or gone. Uncertain: it failed just behind the last step.
        """
        return await asyncio.to_thread(self._create, entry)

    async def post(self, remote: RemoteEntry) -> RemoteEntry:
        """What is stored is posted."""
        return remote

    def _find(self, reference: str) -> list[RemoteEntry]:
        transactions, errors, _ = self._load()
        wrong = {_position(error.source) for error in errors}
        return [
            as_remote(one, self._place(one), is_valid=_position(one.meta) not in wrong)
            for one in transactions
            if one.meta.get(REFERENCE) == reference
        ]

    def _create(self, entry: OutgoingEntry) -> RemoteEntry:
        text = as_text(entry)
        file = self._inbox / file_name(entry.reference)
        self._raise_if_taken(file, text, entry.reference)
        transactions, errors, _ = self._load(text)
        carrying = [one for one in transactions if one.meta.get(REFERENCE) == entry.reference]
        if len(carrying) > 1:
            places = ", ".join(self._place(one) for one in carrying if one.meta["filename"] != _STAGED)
            raise AlreadyThere(f"{entry.reference} is in the ledger already: {places}.")
        if errors or not carrying:
            raise _refusal([self._told(error) for error in errors])
        try:
            add_file(file, text)
        except FileExistsError:
            self._raise_if_taken(file, text, entry.reference)  # somebody was quicker
            raise
        return as_remote(carrying[0], f"{INBOX}/{file.name}", is_valid=True)

    def _raise_if_taken(self, file: Path, text: str, reference: str) -> None:
        try:
            there = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        if there == text:
            raise AlreadyThere(f"{reference} is in the ledger already.")
        raise ReferenceTaken(f"{INBOX}/{file.name} has other content. Nothing was written; compare the two.")

    def _load(self, staged: str | None = None) -> tuple[list[Transaction], list[Any], dict[str, Any]]:
        """Transactions, errors and options of the ledger, with ``staged`` as if it were one of its files."""
        if not self._main.is_file() or not self._inbox.is_dir():
            raise Rejected(f"There is no {self._main.name} with a folder {INBOX} there.", code="LEDGER_NOT_FOUND")
        parts = [(str(self._main), True)]
        if staged is not None:
            parts.append((staged, False))
        with _loading:
            # The public functions take one file or one text. Only the options and plugins of the first part count, so
            # the text cannot be the first and include the ledger: it would be checked by other rules than the ledger's.
            entries, errors, options = loader._load(parts, None, None, None)  # noqa: SLF001
        return [one for one in entries if isinstance(one, Transaction)], errors, options

    def _place(self, transaction: Transaction) -> str:
        file = Path(transaction.meta["filename"])
        return file.relative_to(self._folder).as_posix() if file.is_relative_to(self._folder) else file.name

    def _told(self, error: Any) -> str:
        source = error.source or {}
        name = source.get("filename", "")
        return error.message if name == _STAGED else f"{Path(name).name}:{source.get('lineno', 0)}: {error.message}"


def _position(meta: Mapping[str, Any] | None) -> tuple[Any, Any]:
    return (meta or {}).get("filename"), (meta or {}).get("lineno")


def _refusal(told: Sequence[str]) -> Rejected:
    """Beancount's own words, with the code of the first thing it names."""
    message = " ".join(told[:3]) or "It is not read as a transaction."
    code = next((code for words, code in _CODES.items() if words in message), "LEDGER_REFUSES")
    return Rejected(f"The ledger does not accept it: {message}", code=code)
