"""Pulling real exports: kept, mapped, posted, and pulled twice without effect."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.demo.consultancy import PEOPLE, PROJECTS, Consultancy, set_up
from hourledger.jobs.pull import pull
from hourledger.jobs.tools import Tools
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_connection import create_connection
from hourledger.services.link_external_name import link_external_name
from hourledger.services.post_billing_record import post_billing_record
from hourledger.transactions import Transactions
from models.database import Database
from models.secrets import SecretBox
from models.tables import ConnectionDirection, LinkKind

SAMPLES = Path(str(resources.files("hourledger.demo"))) / "data"


@pytest.fixture
async def firm(database: Database) -> Consultancy:
    return await set_up(database)


@pytest.fixture
def tools(transactions: Transactions) -> Tools:
    return Tools(transactions, SecretBox([SecretStr(Fernet.generate_key().decode())]))


async def connect(tools: Tools, principal: Principal, path: Path, profile: str = "toggl-detailed", **more: str) -> int:
    async with tools.transactions.begin(principal) as unit:
        return await create_connection(
            unit,
            tools.box,
            direction=ConnectionDirection.SOURCE,
            connector="csv",
            name=f"Export {path.name}",
            config={"path": str(path), "profile": profile, "time_zone": "Europe/Amsterdam", **more},
            secrets={},
        )


async def link_all(tools: Tools, firm: Consultancy, connection: int) -> int:
    """Everything the firm knows; what it does not know stays waiting. Returns the entries posted."""
    posted = 0
    async with tools.transactions.begin(firm.principal) as unit:
        for name in PEOPLE:
            posted += await link_external_name(unit, connection, LinkKind.PERSON, name, target_id=firm.people[name])
        for (_, project, _), tasks in PROJECTS.items():
            posted += await link_external_name(
                unit, connection, LinkKind.PROJECT, project, target_id=firm.projects[project]
            )
            for task in tasks:
                posted += await link_external_name(
                    unit, connection, LinkKind.TASK, task, parent_name=project, target_id=firm.tasks[project, task]
                )
    return posted


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


BY_PERSON = """
    SELECT p.name, count(*), sum(e.seconds) FROM time_entry e JOIN person p ON p.id = e.person_id
    WHERE e.deleted_at IS NULL GROUP BY p.name ORDER BY p.name
"""
BY_STATUS = "SELECT status, reason_code, count(*) FROM source_record GROUP BY 1, 2 ORDER BY 1, 2"


async def test_the_sample_exports_end_with_the_totals_they_were_made_of(
    tools: Tools, firm: Consultancy, database: Database
) -> None:
    toggl = await connect(tools, firm.principal, SAMPLES / "toggl")
    harvest = await connect(tools, firm.principal, SAMPLES / "harvest", "harvest-detailed", decimal=",")
    for connection in (toggl, harvest):
        first = await pull(tools, firm.organisation_id, connection)
        assert first["new"] == 0
        assert first["unmapped"] > 600
        assert await link_all(tools, firm, connection) > 600
    totals = json.loads((SAMPLES / "totals.json").read_text(encoding="utf-8"))
    expected = {
        name: (one["rows"], one["seconds"]) for file in totals.values() for name, one in file.items() if name in PEOPLE
    }
    waiting = await rows(
        database,
        "SELECT entry->>'person', count(*), sum((entry->>'seconds')::int) FROM source_record "
        "WHERE status = 'UNMAPPED' GROUP BY 1",
    )
    for person, count, seconds in waiting:
        if person in expected:
            known = expected[str(person)]
            expected[str(person)] = (known[0] - int(str(count)), known[1] - int(str(seconds)))
    found = {str(name): (count, int(str(seconds))) for name, count, seconds in await rows(database, BY_PERSON)}
    assert found == expected
    assert await rows(database, BY_STATUS) == [
        ("POSTED", None, sum(count for count, _ in expected.values())),
        ("QUARANTINED", "DATE_INVALID", 1),
        ("QUARANTINED", "DURATION_NEGATIVE", 1),
        ("UNMAPPED", "NAME_UNKNOWN", 2),
    ]


async def test_pulling_twice_changes_nothing(tools: Tools, firm: Consultancy, database: Database) -> None:
    connection = await connect(tools, firm.principal, SAMPLES / "toggl")
    await pull(tools, firm.organisation_id, connection)
    await link_all(tools, firm, connection)
    before = await rows(database, BY_PERSON)
    assert not await pull(tools, firm.organisation_id, connection)  # no file has new content: none is read
    async with tools.transactions.begin(firm.principal) as unit:
        await unit.session.execute(text("UPDATE connection SET cursor = NULL"))  # as if nothing had been pulled yet
    again = await pull(tools, firm.organisation_id, connection)
    # The one row that the two files disagree about goes to the first file's hours and back to the second's.
    assert {name: count for name, count in again.items() if name != "same" and count} == {"skipped": 1, "changed": 2}
    assert await rows(database, BY_PERSON) == before


HEADER = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,"
    "Amount ()"
)


def export(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return folder


def line(duration: str, *, day: str = "2026-06-15", task: str = "Discovery") -> str:
    return (
        f"Ann Able,ann@brightwater.example,Meridian Museum,Collection Portal,{task},Work,Yes,"
        f"{day},09:00:00,{day},12:00:00,{duration},,"
    )


async def test_a_changed_row_updates_its_entry_and_one_that_is_billed_waits_for_a_reversal(
    tools: Tools, firm: Consultancy, database: Database, tmp_path: Path
) -> None:
    folder = export(tmp_path / "in", line("02:00:00"), line("03:00:00", day="2026-06-16"))
    connection = await connect(tools, firm.principal, folder)
    await pull(tools, firm.organisation_id, connection)
    await link_all(tools, firm, connection)
    async with tools.transactions.begin(firm.principal) as unit:
        record = await create_billing_record(
            unit, BillingRequest([firm.projects["Collection Portal"]], until=date(2026, 6, 15))
        )
        await confirm_billing_record(unit, record)
        await post_billing_record(unit, record)
    export(folder, line("02:30:00"), line("03:30:00", day="2026-06-16"))
    counts = await pull(tools, firm.organisation_id, connection)
    assert (counts["changed"], counts["needs_reversal"]) == (1, 1)
    assert await rows(database, "SELECT work_date, seconds FROM time_entry ORDER BY 1") == [
        (date(2026, 6, 15), 7200),
        (date(2026, 6, 16), 12600),
    ]


async def test_a_row_moved_to_another_task_moves_its_entry(
    tools: Tools, firm: Consultancy, database: Database, tmp_path: Path
) -> None:
    # In a source with ids of its own a row keeps its id when it moves; the csv identity would make it a new row.
    folder = export(tmp_path / "in", line("02:00:00"))
    connection = await connect(tools, firm.principal, folder)
    await pull(tools, firm.organisation_id, connection)
    await link_all(tools, firm, connection)
    async with tools.transactions.begin(firm.principal) as unit:
        await link_external_name(
            unit,
            connection,
            LinkKind.TASK,
            "Discovery",
            parent_name="Collection Portal",
            target_id=firm.tasks["Collection Portal", "Build"],
        )
    export(folder, line("02:15:00"))
    await pull(tools, firm.organisation_id, connection)
    live = await rows(database, "SELECT task_id, seconds FROM time_entry WHERE deleted_at IS NULL")
    assert live == [(firm.tasks["Collection Portal", "Build"], 8100)]
    standing = (
        "SELECT transaction_type, quantity FROM actual WHERE adjustment_status = 'STANDS' "
        "AND transaction_class = 'TIME' ORDER BY 1"
    )
    assert await rows(database, standing) == [("COST", 8100), ("UNBILLED_SALES", 8100)]


async def test_a_task_linked_to_another_project_holds_its_rows_until_it_is_linked_anew(
    tools: Tools, firm: Consultancy, database: Database, tmp_path: Path
) -> None:
    connection = await connect(tools, firm.principal, export(tmp_path / "in", line("02:00:00")))
    await pull(tools, firm.organisation_id, connection)
    async with tools.transactions.begin(firm.principal) as unit:
        wrong = firm.tasks["Fleet Dashboard", "Build"]
        for kind, name, parent, target in (
            (LinkKind.TASK, "Discovery", "Collection Portal", wrong),
            (LinkKind.PERSON, "Ann Able", None, firm.people["Ann Able"]),
            (LinkKind.PROJECT, "Collection Portal", None, firm.projects["Collection Portal"]),
        ):
            assert await link_external_name(unit, connection, kind, name, parent_name=parent, target_id=target) == 0
    assert await rows(database, BY_STATUS) == [("QUARANTINED", "TASK_OF_OTHER_PROJECT", 1)]
    async with tools.transactions.begin(firm.principal) as unit:
        right = firm.tasks["Collection Portal", "Discovery"]
        posted = await link_external_name(
            unit, connection, LinkKind.TASK, "Discovery", parent_name="Collection Portal", target_id=right
        )
    assert posted == 1
    assert await rows(database, BY_STATUS) == [("POSTED", None, 1)]


BROKEN = (
    # what is wrong           file content                    profile            code
    ("a missing column",      "User,Email\nAnn,a@b.example",  "toggl-detailed",  "COLUMN_MISSING"),
    ("an undecodable file",   b"\xff\xfeU\x00\xd8",           "toggl-detailed",  "FILE_UNDECODABLE"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "content", "profile", "code"), BROKEN, ids=[one[0] for one in BROKEN])
async def test_a_file_that_cannot_be_read_puts_its_reason_on_the_connection(
    tools: Tools, firm: Consultancy, database: Database, tmp_path: Path, what: str, content: str | bytes,
    profile: str, code: str,
) -> None:  # fmt: skip
    file = tmp_path / "broken.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    connection = await connect(tools, firm.principal, file, profile)
    await pull(tools, firm.organisation_id, connection)
    assert await rows(database, "SELECT error_code FROM pull_run") == [(code,)]
    found = await rows(database, "SELECT status, status_reason IS NOT NULL, cursor FROM connection")
    assert found == [("NEEDS_ATTENTION", True, None)]
    assert await rows(database, "SELECT count(*) FROM source_record") == [(0,)]
