"""Secrets of connections: unreadable without the key, and in another place than their own."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import literal
from sqlmodel import col, select, update

from hourledger.core.errors import Invalid, Missing
from models.database import Database, Session
from models.secrets import KEY_FILE, SecretBox, encrypt_again, open_box, read_key_file, read_secrets, store_secret
from models.tables import ConnectionDirection, ConnectionRow, OrganisationRow, SecretRow

OLD_KEY, NEW_KEY = SecretStr(Fernet.generate_key().decode()), SecretStr(Fernet.generate_key().decode())
PASSWORD = SecretStr("correct horse")
READ_KEY_FILE = """
import sys
from pathlib import Path
from models.secrets import read_key_file
print("ready", flush=True)
sys.stdin.readline()
print(read_key_file(Path(sys.argv[1])), flush=True)
"""


async def test_what_is_stored_is_read_back_and_not_readable_in_the_database(
    database: Database, organisation_id: int
) -> None:
    box = SecretBox([OLD_KEY])
    async with database.session() as session:
        connection_id = await new_connection(session, organisation_id)
        await store(session, box, organisation_id, connection_id, "password", PASSWORD)
        await store(session, box, organisation_id, connection_id, "empty", SecretStr(""))
        await session.commit()
        found = await read_secrets(session, box, connection_id)
        rows = (await session.exec(select(SecretRow))).all()
    assert found == {"password": PASSWORD, "empty": SecretStr("")}
    assert not [row for row in rows if b"correct horse" in row.ciphertext]
    assert "correct horse" not in f"{found!r} {rows!r} {box!r}"


async def test_storing_again_replaces_the_value(database: Database, organisation_id: int) -> None:
    box = SecretBox([OLD_KEY])
    async with database.session() as session:
        connection_id = await new_connection(session, organisation_id)
        for value in (PASSWORD, SecretStr("battery staple")):
            await store(session, box, organisation_id, connection_id, "password", value)
            assert await read_secrets(session, box, connection_id) == {"password": value}


async def test_a_connection_without_secrets_has_none(database: Database, organisation_id: int) -> None:
    async with database.session() as session:
        connection_id = await new_connection(session, organisation_id)
        assert await read_secrets(session, SecretBox([OLD_KEY]), connection_id) == {}


async def test_a_connection_of_another_organisation_does_not_exist(database: Database, organisation_id: int) -> None:
    async with database.session() as session:
        other = OrganisationRow(name="Other", base_currency="EUR")
        session.add(other)
        await session.flush()
        connection_id = await new_connection(session, other.id)
        for own, connection in [(organisation_id, connection_id), (organisation_id, 10**9)]:
            with pytest.raises(Missing) as refused:
                await store(session, SecretBox([OLD_KEY]), own, connection, "password", PASSWORD)
            assert refused.value.code == "CONNECTION_UNKNOWN"
        assert await read_secrets(session, SecretBox([OLD_KEY]), connection_id) == {}


async def test_another_key_is_a_clear_error_that_shows_no_secret(database: Database, organisation_id: int) -> None:
    async with database.session() as session:
        connection_id = await new_connection(session, organisation_id)
        await store(session, SecretBox([OLD_KEY]), organisation_id, connection_id, "password", PASSWORD)
        with pytest.raises(Invalid, match=r"the key in HOURLEDGER_SECRET_KEY .* is not the one") as refused:
            await read_secrets(session, SecretBox([NEW_KEY]), connection_id)
    error = refused.value
    assert (error.code, error.facts) == ("SECRET_UNREADABLE", {"connection_id": connection_id, "name": "password"})
    shown = "".join(traceback.format_exception(error))
    assert not [secret for secret in (PASSWORD, OLD_KEY, NEW_KEY) if secret.get_secret_value() in shown]


async def test_a_key_is_replaced_by_putting_the_new_one_in_front_and_encrypting_again(
    database: Database, organisation_id: int
) -> None:
    async with database.session() as session:
        connection_id = await new_connection(session, organisation_id)
        await store(session, SecretBox([OLD_KEY]), organisation_id, connection_id, "password", PASSWORD)
        both = SecretBox([NEW_KEY, OLD_KEY])
        assert await read_secrets(session, both, connection_id) == {"password": PASSWORD}
        assert await encrypt_again(session, both) == 1
        assert await read_secrets(session, SecretBox([NEW_KEY]), connection_id) == {"password": PASSWORD}


@pytest.mark.parametrize("moved_to", ["another connection", "another name"])
async def test_a_ciphertext_is_worthless_in_another_place(
    database: Database, organisation_id: int, moved_to: str
) -> None:
    box = SecretBox([OLD_KEY])
    async with database.session() as session:
        here = await new_connection(session, organisation_id, "here")
        there = await new_connection(session, organisation_id, "there")
        await store(session, box, organisation_id, here, "password", PASSWORD)
        changes = {"connection_id": there} if moved_to == "another connection" else {"name": "user"}
        await session.exec(update(SecretRow).where(col(SecretRow.connection_id) == here).values(**changes))
        with pytest.raises(Invalid) as refused:
            await read_secrets(session, box, there if moved_to == "another connection" else here)
    assert refused.value.code == "SECRET_UNREADABLE"


async def test_a_damaged_ciphertext_is_unreadable(database: Database, organisation_id: int) -> None:
    box = SecretBox([OLD_KEY])
    async with database.session() as session:
        connection_id = await new_connection(session, organisation_id)
        await store(session, box, organisation_id, connection_id, "password", PASSWORD)
        await session.exec(update(SecretRow).values(ciphertext=literal(b"gAAAAA\xff")))
        with pytest.raises(Invalid) as refused:
            await read_secrets(session, box, connection_id)
    assert refused.value.code == "SECRET_UNREADABLE"


@pytest.mark.parametrize(
    "keys",
    ["", "hunter2", f"{OLD_KEY.get_secret_value()},hunter2", ","],
    ids=["empty", "no key", "second no key", "comma"],  # the random key must not become part of a name
)
def test_a_key_that_is_none_is_refused_without_being_shown(tmp_path: Path, keys: str) -> None:
    with pytest.raises(Invalid, match="openssl rand -base64 32") as refused:
        SecretBox([SecretStr(key) for key in keys.split(",")])
    assert refused.value.code == "SECRET_KEY_INVALID"
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def test_without_a_key_a_file_is_made_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    first, second = open_box(None, folder), open_box(None, folder)
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [KEY_FILE], "nothing is left beside it"
    opened = second.open(first.close(PASSWORD, belongs_to="7/password"), belongs_to="7/password")
    assert opened == PASSWORD


def test_with_a_key_no_file_is_made(tmp_path: Path) -> None:
    open_box(SecretStr(f"{NEW_KEY.get_secret_value()}, {OLD_KEY.get_secret_value()}"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_key_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    read_key_file(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(Invalid, match="chmod 600") as refused:
        read_key_file(tmp_path)
    assert refused.value.code == "KEY_FILE_EXPOSED"


def test_processes_that_find_no_key_file_at_once_agree_on_one(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", READ_KEY_FILE, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert len(keys) == 1
    assert keys == {read_key_file(tmp_path)}


async def new_connection(session: Session, organisation_id: int, name: str = "Tryton") -> int:
    row = ConnectionRow(
        organisation_id=organisation_id, direction=ConnectionDirection.TARGET, connector="tryton", name=name
    )
    session.add(row)
    await session.flush()
    return row.id


async def store(
    session: Session, box: SecretBox, organisation_id: int, connection_id: int, name: str, value: SecretStr
) -> None:
    await store_secret(
        session, box, organisation_id=organisation_id, connection_id=connection_id, name=name, value=value
    )
