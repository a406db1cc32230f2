"""The files of a beancount ledger that entries are pushed to: how one is added, and how a new ledger begins."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from beancount.core import account as beancount_account

from hourledger.core.errors import Invalid, NotAllowed, NotSent, Rejected, Uncertain
from hourledger.core.money import require_currency

INBOX = "inbox"
# Not 0: the total of a foreign currency comes back from beancount's price per unit wrong in the 26th digit.
# Amounts in cents cannot hide below it; beancount's own tolerance, for those, is half a cent.
TOLERANCE = 'option "inferred_tolerance_default" "*:0.0000001"'
_PLACEHOLDER = "+keep.beancount"  # no reference has this name: the plus would be escaped


def add_file(file: Path, text: str) -> None:
    """``file`` with ``text``, whole and on the disk; written aside, then linked to its name if that is free.

    Raises:
        FileExistsError: the name is taken; nothing was changed.
        Rejected NO_PERMISSION; NotSent: the disk is full or gone; Uncertain: it failed behind the last step.
    """
    aside = file.with_name(f".{secrets.token_hex(8)}.new")  # no include matches this
    try:
        with aside.open("x", encoding="utf-8", newline="\n") as output:
            output.write(text)
            output.flush()
            os.fsync(output.fileno())
        os.link(aside, file)
    except FileExistsError:
        raise
    except PermissionError as error:
        raise Rejected(
            f"{file.name} could not be added to its folder: {error.strerror}.", code="NO_PERMISSION"
        ) from None
    except OSError as error:
        raise NotSent(f"{file.name} could not be written: {error.strerror}.") from None
    finally:
        aside.unlink(missing_ok=True)
    try:
        _sync_folder(file.parent)
    except OSError as error:
        raise Uncertain(f"{file.name} is written, but perhaps not on the disk: {error.strerror}.") from None


def initialise(folder: Path, accounts: Sequence[str], currency: str, opened_on: date) -> Path:
    """A new ledger in ``folder`` with ``accounts`` open from ``opened_on``; returns its main file.

    Raises:
        Invalid ACCOUNT_INVALID: not a name such as Income:Services.
        NotAllowed LEDGER_EXISTS: there is one; open accounts in it by hand.
    """
    require_currency(currency)
    for account in accounts:
        if not beancount_account.is_valid(account):
            raise Invalid(
                f"{account!r} is not an account of beancount. Write a name such as Income:Services.",
                code="ACCOUNT_INVALID",
                field="accounts",
            )
    main = folder / "main.beancount"
    lines = [
        f'option "operating_currency" "{currency}"',
        TOLERANCE,
        f'include "{INBOX}/*.beancount"',
        "",
        *(f"{opened_on.isoformat()} open {account}" for account in accounts),
    ]
    inbox = folder / INBOX
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / _PLACEHOLDER).write_text("; An include must match at least one file: this one.\n", encoding="utf-8")
    try:
        add_file(main, "\n".join(lines) + "\n")
    except FileExistsError:
        raise NotAllowed(
            f"There is a ledger in {folder.name} already: open accounts in it.", code="LEDGER_EXISTS"
        ) from None
    return main


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
