"""What a time source changed afterwards: all of a change arrives or none of it, and no row blocks the others."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from connectors.base import Batch, SourceEntry, SourceRow
from hourledger.core.access import Principal
from hourledger.services.create_connection import create_connection
from hourledger.services.link_external_name import link_external_name
from hourledger.services.preferences import set_preferences
from hourledger.services.pull_entries import store_batch
from hourledger.transactions import Transactions
from models.database import Database
from models.secrets import SecretBox
from models.tables import ConnectionDirection, LinkKind
from tests.support.world import World, create_world

JUNE = date(2026, 6, 15)
BEFORE_ANY_EXCHANGE_RATE = date(2024, 12, 31)
COLUMNS = "SELECT seconds, work_date, cost_minor, revenue_minor FROM time_entry WHERE deleted_at IS NULL ORDER BY id"
STANDING = "SELECT transaction_type, amount_minor FROM actual WHERE adjustment_status = 'STANDS' ORDER BY id"


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


@pytest.fixture
async def connection(transactions: Transactions, admin: Principal) -> int:
    async with transactions.begin(admin) as unit:
        return await create_connection(
            unit,
            SecretBox([SecretStr(Fernet.generate_key().decode())]),
            direction=ConnectionDirection.SOURCE,
            connector="csv",
            name="Export",
            config={"path": "export.csv", "profile": "toggl-detailed", "time_zone": "Europe/Amsterdam"},
            secrets={},
        )


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    async with database.session() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


def row(external_id: str, seconds: int, on: date = JUNE) -> SourceRow:
    return SourceRow({"id": external_id, "s": seconds}, SourceEntry(external_id, on, seconds, "Bob", "Fleet"))


async def receive(transactions: Transactions, admin: Principal, connection: int, *entries: SourceRow) -> dict[str, int]:
    async with transactions.begin(admin) as unit:
        counts = await store_batch(unit, connection, Batch(rows=entries), cursor_before=None)
        return {name: count for name, count in counts.items() if count}


async def link(transactions: Transactions, admin: Principal, world: World, connection: int) -> None:
    async with transactions.begin(admin) as unit:
        await link_external_name(unit, connection, LinkKind.PERSON, "Bob", target_id=world.person)
        await link_external_name(unit, connection, LinkKind.PROJECT, "Fleet", target_id=world.dashboard)


async def test_a_change_that_cannot_be_rated_leaves_the_entry_and_its_actuals_as_they_were(
    transactions: Transactions, admin: Principal, world: World, connection: int, database: Database
) -> None:
    await link(transactions, admin, world, connection)
    assert await receive(transactions, admin, connection, row("1", 3600), row("2", 3600)) == {"new": 2}
    before = await rows(database, COLUMNS), await rows(database, STANDING)
    changed = row("1", 7200, BEFORE_ANY_EXCHANGE_RATE)
    assert await receive(transactions, admin, connection, changed) == {"quarantined": 1}
    assert (await rows(database, COLUMNS), await rows(database, STANDING)) == before
    assert await rows(database, "SELECT status, reason_code FROM source_record WHERE external_id = '1'") == [
        ("QUARANTINED", "EXCHANGE_RATE_MISSING")
    ]
    assert await receive(transactions, admin, connection, row("1", 7200), row("2", 1800)) == {"changed": 2}
    assert [seconds for seconds, *_ in await rows(database, COLUMNS)] == [7200, 1800]


async def test_a_row_without_duration_that_waited_for_its_names_does_not_stop_the_others(
    transactions: Transactions, admin: Principal, world: World, connection: int, database: Database
) -> None:
    assert await receive(transactions, admin, connection, row("1", 0), row("2", 3600)) == {"unmapped": 2}
    await link(transactions, admin, world, connection)
    assert await rows(database, "SELECT status, reason_code FROM source_record ORDER BY external_id") == [
        ("QUARANTINED", "HOURS_INVALID"),
        ("POSTED", None),
    ]


async def test_1_1_a_row_that_the_rules_refuse_is_held_and_the_others_become_entries(
    transactions: Transactions, admin: Principal, world: World, connection: int, database: Database
) -> None:
    await link(transactions, admin, world, connection)
    async with transactions.begin(admin) as unit:
        await set_preferences(unit, {"log_on_future_dates": False})
    received = await receive(transactions, admin, connection, row("1", 3600), row("2", 3600, date(2026, 11, 3)))
    assert received == {"new": 1, "quarantined": 1}
    assert await rows(database, "SELECT status, reason_code FROM source_record ORDER BY external_id") == [
        ("POSTED", None),
        ("QUARANTINED", "FUTURE_DATE"),
    ]
    kinds = "SELECT h.name FROM time_entry e JOIN hour_type h ON h.id = e.hour_type_id"
    assert await rows(database, kinds) == [("Project Time",)]
