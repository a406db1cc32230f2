"""Passwords and keys of connections: encrypted in the database, readable only with a key that is kept elsewhere."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr
from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hourledger.core.errors import Invalid, Missing
from models.database import Session
from models.tables import ConnectionRow, SecretRow

KEY_FILE: Final = "secret.key"


class SecretBox:
    """Encrypts with the first key, decrypts with any: so a key is replaced by putting the new one in front.

    Each ciphertext carries where it belongs. Moved to another connection's row it is worthless, and so somebody who can
    write to the database still cannot have a password sent to a server of their choice.
    """

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        """``keys``: Fernet keys, newest first.

        Raises:
            Invalid SECRET_KEY_INVALID.
        """
        try:
            self._fernet = MultiFernet([Fernet(key.get_secret_value().strip()) for key in keys])
        except ValueError:  # also of an empty list
            raise Invalid(
                "The secret key cannot be used: it must be 32 random bytes in URL-safe base64, or several such keys "
                "separated by commas. Make one with: openssl rand -base64 32 | tr '+/' '-_'",
                code="SECRET_KEY_INVALID",
                field="HOURLEDGER_SECRET_KEY",
            ) from None
        self._count = len(keys)

    def __repr__(self) -> str:
        return f"SecretBox({self._count} keys)"

    def close(self, value: SecretStr, *, belongs_to: str) -> bytes:
        """The ciphertext of ``value``, for this place only."""
        return self._fernet.encrypt(f"{belongs_to}\0{value.get_secret_value()}".encode())

    def open(self, ciphertext: bytes, *, belongs_to: str) -> SecretStr | None:
        """The value; None when no key fits, the ciphertext is damaged, or it belongs elsewhere."""
        try:
            place, _, value = self._fernet.decrypt(ciphertext).decode().partition("\0")
        except InvalidToken:
            return None
        return SecretStr(value) if place == belongs_to else None


def open_box(secret_key: SecretStr | None, data_folder: Path) -> SecretBox:
    """The box with the operator's key, or without one with the key file in ``data_folder``, made when it is missing.

    Raises:
        Invalid SECRET_KEY_INVALID, KEY_FILE_EXPOSED.
    """
    keys = secret_key.get_secret_value() if secret_key else read_key_file(data_folder)
    return SecretBox([SecretStr(key) for key in keys.split(",")])


def read_key_file(data_folder: Path) -> str:
    """The content of the key file; of processes that find it missing at once, one makes it and all read that one.

    Raises:
        Invalid KEY_FILE_EXPOSED: others than its owner may read it.
    """
    path = data_folder / KEY_FILE
    if not path.exists():
        data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Invalid(
            f"Others than its owner may read or change the key file {KEY_FILE} in the data folder. "
            "Allow only its owner (chmod 600) and think about whether to replace the key.",
            code="KEY_FILE_EXPOSED",
        )
    return path.read_text(encoding="ascii").strip()


def _create(path: Path) -> None:
    """Write beside, then link: the name appears with the whole content or not at all, and never replaces another."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # somebody was quicker: theirs is the key
            os.link(beside, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # a key that vanishes in a power cut takes every secret with it
        finally:
            os.close(folder)
    finally:
        Path(beside).unlink()


async def store_secret(
    session: Session, box: SecretBox, *, organisation_id: int, connection_id: int, name: str, value: SecretStr
) -> None:
    """Store a value under its name, in place of an earlier one.

    Raises:
        Missing CONNECTION_UNKNOWN: the organisation has no such connection.
    """
    ciphertext = box.close(value, belongs_to=_place(connection_id, name))
    own_connection = select(
        col(ConnectionRow.organisation_id), col(ConnectionRow.id), literal(name), literal(ciphertext)
    ).where(col(ConnectionRow.id) == connection_id, col(ConnectionRow.organisation_id) == organisation_id)
    statement = insert(SecretRow).from_select(
        ["organisation_id", "connection_id", "name", "ciphertext"], own_connection
    )
    stored = await session.exec(
        statement.on_conflict_do_update(
            index_elements=["connection_id", "name"], set_={"ciphertext": statement.excluded.ciphertext}
        ).returning(col(SecretRow.id))
    )
    if stored.first() is None:
        raise Missing(
            "This connection does not exist: define it before its secrets.",
            code="CONNECTION_UNKNOWN",
            field="connection",
        )


async def read_secrets(session: Session, box: SecretBox, connection_id: int) -> dict[str, SecretStr]:
    """All secrets of a connection by name; empty when it has none.

    Raises:
        Invalid SECRET_UNREADABLE: no key fits one of them.
    """
    return {row.name: _open(box, row) for row in await _rows(session, connection_id)}


async def encrypt_again(session: Session, box: SecretBox) -> int:
    """Encrypt every secret with the newest key, so that older ones can be thrown away. Returns how many there are.

    Raises:
        Invalid SECRET_UNREADABLE: then none was changed, once the caller rolls back.
    """
    rows = await _rows(session, None)
    for row in rows:
        row.ciphertext = box.close(_open(box, row), belongs_to=_place(row.connection_id, row.name))
        session.add(row)
    await session.flush()
    return len(rows)


async def _rows(session: Session, connection_id: int | None) -> Sequence[SecretRow]:
    statement = select(SecretRow).order_by(col(SecretRow.id))
    if connection_id is None:
        statement = statement.with_for_update()  # a value that is stored meanwhile must not be overwritten
    else:
        statement = statement.where(SecretRow.connection_id == connection_id)
    # The rows may be in this session already, from before they were stored anew by a statement.
    return (await session.exec(statement, execution_options={"populate_existing": True})).all()


def _open(box: SecretBox, row: SecretRow) -> SecretStr:
    value = box.open(row.ciphertext, belongs_to=_place(row.connection_id, row.name))
    if value is None:
        raise Invalid(
            f"The secret {row.name!r} of connection {row.connection_id} cannot be decrypted: the key in "
            f"HOURLEDGER_SECRET_KEY (without it: the file {KEY_FILE} in the data folder) is not the one it was stored "
            "with. Put the former key back, after a comma behind the new one, or enter the secret again.",
            code="SECRET_UNREADABLE",
            connection_id=row.connection_id,
            name=row.name,
        )
    return value


def _place(connection_id: int, name: str) -> str:
    return f"{connection_id}/{name}"
