"""Recalculating from the command line: shown first, into a file, then committed, undone, cancelled."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.runtime import Runtime
from hourledger.transactions import Transactions
from models.database import Database
from tests.support.runs import Runs, rows, set_rates_of
from tests.support.world import World, create_world, log
from tests.test_cli import run

JUNE, JULY = date(2026, 6, 15), date(2026, 7, 15)
Command = Callable[..., CompletedProcess[str]]
WORTH = "SELECT revenue_minor FROM time_entry ORDER BY id"
OF_OURS = ("-o", "Brightwater Consulting")


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    def call(*arguments: str) -> CompletedProcess[str]:
        folder = ("--data-folder", str(tmp_path))
        return run(*folder, *arguments, *OF_OURS, HOURLEDGER_DATABASE_URL=database_url)

    return call


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    """Three hours in June and one in July, and then a raise by ten."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        await log(unit, world, "3", JUNE)
        await log(unit, world, "1", JULY)
        await log(unit, world, "1", JUNE, project="dashboard")
    async with transactions.begin(admin) as unit:
        await set_rates_of(unit, world.person, cost="60", billing="110")
    return world


def names_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def number_in(shown: CompletedProcess[str], words: str) -> str:
    found = re.search(rf"{words} (\d+)", " ".join(shown.stdout.split()))
    assert found is not None, shown.stdout
    return found[1]


async def test_what_a_dry_run_writes_into_a_file_is_what_committing_it_does(
    command: Command, world: World, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "changes.jsonl"
    shown = command(
        "recalculate", "--dry-run", "--export", str(file), "--project", "PORTAL", "--last-day", "2026-06-30"
    )
    assert shown.returncode == 0, shown.stderr
    assert "Together: cost 30.00 EUR, revenue 30.00 EUR." in shown.stdout
    assert "1 changes written" in shown.stdout
    (line,) = [json.loads(one) for one in file.read_text().splitlines()]
    assert line["work_date"] == "2026-06-15"
    assert (line["currency"], line["cost_before"], line["cost_after"]) == ("EUR", "150.00", "180.00")
    assert (line["revenue_before"], line["revenue_after"]) == ("300.00", "330.00")
    assert line["why_before"]["revenue"]["rate"] != line["why_after"]["revenue"]["rate"]
    assert await rows(database, WORTH) == [(30000,), (10000,), (20000,)]
    assert [one for one in names_in(tmp_path) if one.startswith("changes")] == ["changes.jsonl"]

    preview = number_in(shown, "runs commit")
    done = command("runs", "commit", preview, "--reason", "as shown")
    assert done.returncode == 0, done.stderr
    assert await rows(database, WORTH) == [(33000,), (10000,), (20000,)]
    again = command("runs", "commit", preview)
    assert (again.returncode, "RUN_TAKEN" in again.stderr) == (1, True)

    ((commit,),) = await rows(database, f"SELECT id FROM recalculation_run WHERE of_run_id = {preview}")
    undone = command("runs", "undo", str(commit), "--reason", "sorry")
    assert undone.returncode == 0, undone.stderr
    assert "revenue -30.00 EUR" in undone.stdout
    assert await rows(database, WORTH) == [(30000,), (10000,), (20000,)]
    listed = command("runs", "list").stdout
    assert [word in listed for word in ("PREVIEW", "RECALCULATION", "UNDO", "as shown", "sorry", "command line")] == [
        True
    ] * 6


async def test_a_project_that_cannot_be_done_ends_the_command_with_1_and_the_others_are_done(
    command: Command, world: World, database: Database
) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE exchange_rate SET retired_at = now()"))
        await session.commit()
    result = command("recalculate")
    assert result.returncode == 1
    assert "EXCHANGE_RATE" in result.stdout or "USD" in result.stdout
    assert "Traceback" not in result.stderr
    assert await rows(database, WORTH) == [(33000,), (11000,), (20000,)]


async def test_a_run_that_waits_is_cancelled_and_no_command_changes_anything_when_it_is_refused(
    command: Command, world: World, database: Database, transactions: Transactions, admin: Principal, runtime: Runtime,
    tmp_path: Path,
) -> None:  # fmt: skip
    run_id = await Runs(transactions, admin, runtime).ask()
    cancelled = command("runs", "cancel", str(run_id))
    assert cancelled.returncode == 0, cancelled.stderr
    assert await rows(database, f"SELECT status FROM recalculation_run WHERE id = {run_id}") == [("CANCELLED",)]
    for arguments, code in (
        (("runs", "cancel", str(run_id)), "RUN_OVER"),
        (("runs", "undo", "999"), "RUN_UNKNOWN"),
        (("recalculate", "--export", str(tmp_path / "file")), "EXPORT_NEEDS_DRY_RUN"),
        (("recalculate", "--dry-run", "--export", str(tmp_path / "none" / "file")), "FILE_NOT_WRITTEN"),
        (("recalculate", "--project", "NONE"), "PROJECT_UNKNOWN"),
    ):
        refused = command(*arguments)
        assert (refused.returncode, code in refused.stderr) == (1, True), (arguments, refused.stderr)
    assert await rows(database, "SELECT count(*) FROM recalculation_run") == [(1,)]
    assert await rows(database, WORTH) == [(30000,), (10000,), (20000,)]
