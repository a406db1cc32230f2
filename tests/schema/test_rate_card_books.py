"""Rate cards as spreadsheets over the API and on the command line."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from pathlib import Path

from connectors.spreadsheets import read_sheets, write_workbook
from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.sheets import Table
from hourledger.transactions import Transactions
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.schema.test_documents import get
from tests.support.world import create_world
from tests.test_cli import run

IMPORTED = "rateCards { isNew isDescribedAnew aliasesChanged changes { after { price } } rateCard { id name } }"


def workbook(rate: object = 10.5, role: str = "Developer") -> bytes:
    return write_workbook(
        [
            Table("Cards", [["card"], ["Soda"]]),
            Table("Rates", [["role", "first_day", "rate", "currency"], [role, date(2026, 6, 1), rate, "EUR"]]),  # type: ignore[list-item]
        ]
    )


def coded(content: bytes) -> str:
    return b64encode(content).decode()


async def test_tick_30_a_spreadsheet_makes_a_card_and_comes_back_without_a_difference(api: Api, ids: Ids) -> None:
    tried = await api.do("importRateCardWorkbook", IMPORTED, content=coded(workbook()), dryRun=True)
    assert (tried[0]["isNew"], tried[0]["changes"]) == (True, [{"after": {"price": "10.50 EUR/h"}}])
    given = {"content": coded(workbook()), "idempotencyKey": "once"}
    [made] = await api.do("importRateCardWorkbook", IMPORTED, **given)
    assert await api.do("importRateCardWorkbook", IMPORTED, **given) == [made]
    status, content, headers = await get(api, f"rate-card/{made['rateCard']['id']}.xlsx")
    assert (status, headers["content-disposition"].split(";")[1]) == (200, ' filename="rate-card-Soda.xlsx"')
    assert [one.name for one in read_sheets(content)] == ["Cards", "Rates", "Aliases"]
    [again] = await api.do("importRateCardWorkbook", IMPORTED, content=coded(content), replace=True)
    assert again == {**made, "isNew": False, "changes": []}


async def test_what_is_wrong_is_told_by_sheet_row_and_column(api: Api, ids: Ids, token_with: IssueToken) -> None:
    payload = await api.mutate("importRateCardWorkbook", IMPORTED, content=coded(workbook(10.12345, "Nobody")))
    assert [(one["field"], one["code"]) for one in payload["userErrors"]] == [("Rates!C2", "RATE_INVALID")]
    payload = await api.mutate("importRateCardWorkbook", IMPORTED, content=coded(workbook(role="Nobody")))
    assert payload["userErrors"] == [
        {
            "field": "Rates!A2",
            "code": "ROLE_UNKNOWN",
            "message": "Rates row 2, column A: There is no role 'Nobody'. Make it first.",
        }
    ]
    for content, code in (
        ("§", "CONTENT_NOT_BASE64"),
        (coded(b"PK"), "SPREADSHEET_UNREADABLE"),
        ("", "SPREADSHEET_UNREADABLE"),
    ):
        assert await api.user_error("importRateCardWorkbook", content=content) == code
    blind = api.as_caller(await token_with(*(EVERYTHING - {Permission.EDIT_BILLING_RATES})))
    assert await blind.user_error("importRateCardWorkbook", content=coded(workbook())) == "PERMISSION_DENIED"


async def test_a_card_is_downloaded_with_the_right_to_its_rates(api: Api, ids: Ids, token_with: IssueToken) -> None:
    [made] = await api.do("importRateCardWorkbook", IMPORTED, content=coded(workbook()))
    blind = api.as_caller(await token_with(*(EVERYTHING - {Permission.VIEW_BILLING_RATES})))
    assert (await get(blind, f"rate-card/{made['rateCard']['id']}.xlsx"))[0] == 403
    assert (await get(api, f"rate-card/{ids.portal}.xlsx"))[0] == 422


async def test_the_command_line_imports_and_exports(
    transactions: Transactions, admin: Principal, database_url: str, tmp_path: Path
) -> None:
    await create_world(transactions, admin)
    environment = {"HOURLEDGER_DATABASE_URL": database_url}
    command = ("--data-folder", str(tmp_path), "rate-cards")
    whose = ("-o", "Brightwater Consulting")
    file, copy = tmp_path / "cards.xlsx", tmp_path / "copy.xlsx"
    file.write_bytes(workbook())

    def numbers(*more: str) -> list[list[str]]:
        done = run(*command, "import", *more, *whose, **environment)
        assert done.returncode == 0, done.stderr
        return [line.replace("│", " ").split() for line in done.stdout.splitlines() if line.startswith("│")]

    assert numbers(str(file), "--dry-run") == [["Soda", "yes", "no", "1", "0"]]
    assert numbers(str(file)) == [["Soda", "yes", "no", "1", "0"]]
    done = run(*command, "export", "Soda", "--out", str(copy), *whose, **environment)
    assert done.returncode == 0, done.stderr
    assert numbers(str(copy), "--replace") == [["Soda", "no", "no", "0", "0"]]
    file.write_bytes(workbook(role="Nobody"))
    refused = run(*command, "import", str(file), *whose, **environment)
    assert refused.returncode == 1
    assert [line.split()[0] for line in refused.stderr.splitlines()] == ["ROLE_UNKNOWN", "CARD_INVALID"]
    assert "Rates row 2, column A" in refused.stderr
    missing = run(*command, "export", "None", "--out", str(copy), *whose, **environment)
    assert (missing.returncode, missing.stderr.split()[0]) == (1, "RATE_CARD_UNKNOWN")
