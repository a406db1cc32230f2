"""Documents about a project as an operator makes them."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader

from hourledger.core.access import Principal
from hourledger.transactions import Transactions
from tests.support.world import create_world
from tests.test_cli import run


async def test_a_business_case_is_written_to_a_file(
    transactions: Transactions, admin: Principal, database_url: str, tmp_path: Path
) -> None:
    await create_world(transactions, admin)
    environment = {"HOURLEDGER_DATABASE_URL": database_url}
    command = ("--data-folder", str(tmp_path), "projects", "business-case", "-o", "Brightwater Consulting")
    file = tmp_path / "case.pdf"
    done = run(*command, "PORTAL", "--out", str(file), "--language", "nl", **environment)
    assert done.returncode == 0, done.stderr
    assert "Nettowaarde" in PdfReader(file).pages[0].extract_text()
    for more, code in (
        (("NONE", "--out", str(file)), "PROJECT_UNKNOWN"),
        (("PORTAL", "--out", str(file), "--language", "xx"), "LANGUAGE_UNKNOWN"),
        (("PORTAL", "--out", str(tmp_path / "none" / "case.pdf")), "FILE_NOT_WRITTEN"),
    ):
        refused = run(*command, *more, **environment)
        assert (refused.returncode, refused.stderr.split()[0]) == (1, code), refused.stderr
