"""The command line as an operator meets it: each command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from joserfc.jwk import RSAKey

from hourledger.embedded_postgres import EmbeddedPostgres


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command; the environment holds none of the HOURLEDGER_ variables of whoever runs the tests."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOURLEDGER_")}
    return subprocess.run(
        [sys.executable, "-m", "hourledger.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**clean, "COLUMNS": "200", **environment},
    )


def test_help_names_the_commands() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    for command in ("serve", "worker", "migrate", "organisation", "token", "recalculate", "demo"):
        assert command in shown.stdout


def test_an_organisation_and_a_token_are_created_on_the_embedded_database(tmp_path: Path) -> None:
    folder = ("--data-folder", str(tmp_path / "data"))
    created = run(*folder, "organisation", "create", "Brightwater", "--currency", "EUR")
    assert created.returncode == 0, created.stderr
    assert "hl_" in created.stdout
    again = run(*folder, "organisation", "create", "Brightwater")
    assert again.returncode == 1
    assert "EXISTS" in again.stderr
    token = run(*folder, "token", "create", "reporting", "-o", "Brightwater", "--read-only")
    assert token.returncode == 0, token.stderr
    assert token.stdout.startswith("hl_")
    prefix = token.stdout.split("_")[1]
    revoked = run(*folder, "token", "revoke", prefix, "-o", "Brightwater")
    assert revoked.returncode == 0, revoked.stderr


def test_an_issuer_is_trusted_with_its_public_keys_and_never_with_a_private_one(
    database_url: str, tmp_path: Path
) -> None:
    folder = ("--data-folder", str(tmp_path))
    environment = {"HOURLEDGER_DATABASE_URL": database_url}
    assert run(*folder, "organisation", "create", "Brightwater", **environment).returncode == 0
    key = RSAKey.generate_key(2048)
    keys = tmp_path / "jwks.json"
    trust = (*folder, "issuer", "trust", "https://login.example.com", "-o", "Brightwater", "--audience", "hourledger",
             "--keys", str(keys))  # fmt: skip
    for private, code in ((True, 1), (False, 0), (False, 0)):  # the last one again: new keys
        keys.write_text(json.dumps({"keys": [key.as_dict(private=private)]}), encoding="utf-8")
        result = run(*trust, **environment)
        assert result.returncode == code, result.stderr
        assert ("ISSUER_KEYS_INVALID" in result.stderr) == private


def test_roll_ups_are_compared_with_their_rows_and_mended(database_url: str, tmp_path: Path) -> None:
    folder = ("--data-folder", str(tmp_path))
    environment = {"HOURLEDGER_DATABASE_URL": database_url}
    assert run(*folder, "organisation", "create", "Brightwater", **environment).returncode == 0
    verify = (*folder, "finances", "verify", "-o", "Brightwater")
    exact = run(*verify, **environment)
    assert (exact.returncode, "0 differences" in exact.stdout) == (0, True)
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO roll_up_delta (organisation_id, project_id, seconds) SELECT id, 7, 60 "
                           "FROM organisation")  # fmt: skip
    wrong = run(*verify, **environment)
    assert (wrong.returncode, "1 difference found" in wrong.stdout, "-60" in wrong.stdout) == (1, True, True)
    mended = run(*folder, "finances", "rebuild", **environment)
    assert (mended.returncode, "Roll-ups mended: 1" in mended.stdout) == (0, True)
    assert run(*verify, **environment).returncode == 0


WRONG = (
    # what is wrong                 arguments                                              code
    ("an unknown currency",         ("organisation", "create", "X", "--currency", "EURO"), "UNKNOWN_CURRENCY"),
    ("an unknown time zone",        ("organisation", "create", "X", "--time-zone", "Mars"), "ZONE"),
    ("an unknown organisation",     ("token", "create", "me", "-o", "Nobody"),             "ORGANISATION_UNKNOWN"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "arguments", "code"), WRONG, ids=[one[0] for one in WRONG])
def test_wrong_input_is_one_line_with_a_code(
    database_url: str, tmp_path: Path, what: str, arguments: tuple[str, ...], code: str
) -> None:
    result = run("--data-folder", str(tmp_path), *arguments, HOURLEDGER_DATABASE_URL=database_url)
    assert result.returncode == 1
    assert code in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    nowhere = "postgresql://nobody:secret-word@127.0.0.1:1/none"
    result = run("--data-folder", str(tmp_path), "migrate", HOURLEDGER_DATABASE_URL=nowhere)
    assert result.returncode == 1
    assert "DATABASE_UNREACHABLE" in result.stderr
    assert "secret-word" not in result.stderr


def test_a_database_of_ones_own_is_migrated_only_when_asked(
    empty_database_url: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    folder = ("--data-folder", str(tmp_path))
    refused = run(*folder, "organisation", "create", "X", HOURLEDGER_DATABASE_URL=empty_database_url)
    assert (refused.returncode, "MIGRATIONS_PENDING" in refused.stderr) == (1, True)
    for _ in range(2):
        assert run(*folder, "migrate", HOURLEDGER_DATABASE_URL=empty_database_url).returncode == 0
    created = run(*folder, "organisation", "create", "X", HOURLEDGER_DATABASE_URL=empty_database_url)
    assert created.returncode == 0, created.stderr
