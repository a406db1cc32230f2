"""Importing exchange rates as an operator does it: each command in a process of its own."""

from __future__ import annotations

from pathlib import Path

from tests.test_cli import run


def test_exchange_rates_are_imported_shown_and_imported_again_without_a_change(
    database_url: str, tmp_path: Path
) -> None:
    environment = {"HOURLEDGER_DATABASE_URL": database_url}
    folder = ("--data-folder", str(tmp_path))
    assert run(*folder, "organisation", "create", "Brightwater", **environment).returncode == 0
    command = (*folder, "exchange-rates", "import", "-o", "Brightwater", "--since", "2026-10-26")
    named = ("--currency", "USD", "--currency", "GBP")

    def numbers(*more: str) -> list[list[str]]:
        done = run(*command, *more, **environment)
        assert done.returncode == 0, done.stderr
        return [line.replace("│", " ").split() for line in done.stdout.splitlines() if line.startswith("│")]

    assert numbers("--shipped", *named, "--dry-run") == [["GBP", "5", "0", "0", "open"], ["USD", "5", "0", "0", "open"]]
    assert numbers("--shipped", *named) == [["GBP", "5", "0", "0", "open"], ["USD", "5", "0", "0", "open"]]
    file = tmp_path / "rates.csv"
    file.write_text("Date,USD,\n2026-11-02,1.12,\n")
    assert numbers("--file", str(file)) == [["GBP", "0", "0", "5", "not", "published"], ["USD", "2", "1", "4", "open"]]
    assert numbers("--shipped") == [["GBP", "0", "0", "5", "open"], ["USD", "0", "0", "6", "open"]]

    file.write_text("Date,USD,\n2026-11-02,1.1")
    for more, code in (
        (("--file", str(file)), "EXCHANGE_FILE_UNREADABLE"),
        (("--file", str(tmp_path / "none")), "FILE_UNREADABLE"),
        (("--shipped", "--currency", "EUR"), "BASE_CURRENCY"),
        (("--shipped", "--file", str(file)), "FILE_TWICE"),
    ):
        refused = run(*command, *more, **environment)
        assert (refused.returncode, refused.stderr.split()[0]) == (1, code), refused.stderr
