"""Pushing a posted entry: one effect however it goes wrong, and a state a bookkeeper understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from connectors.base import JournalTarget
from connectors.retry import without_waiting
from connectors.targets.beancount import initialise
from hourledger.core.access import Principal
from hourledger.core.errors import NotAllowed
from hourledger.demo.lost_answer import LosesAnswers
from hourledger.jobs.push import deliver, open_target
from hourledger.jobs.tools import Tools
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_connection import create_connection
from hourledger.services.deliver import begin_sending, retry_delivery
from hourledger.services.map_target import map_account, map_party
from hourledger.services.post_billing_record import post_billing_record
from hourledger.transactions import Transactions
from models.database import Database
from models.secrets import SecretBox
from models.tables import ConnectionDirection
from tests.support.world import World, create_world, log

ACCOUNTS = {"1200": "Assets:Receivable", "8000": "Income:Services"}


@dataclass
class Desk:
    """What a bookkeeper has in front of them: a posted record, a ledger folder, and what became of the delivery."""

    tools: Tools
    admin: Principal
    world: World
    database: Database
    folder: Path
    connection: int = 0

    async def connect(self, *, map_accounts: bool = True, accounts: dict[str, str] | None = None) -> None:
        initialise(self.folder, list(ACCOUNTS.values()), "EUR", date(2026, 1, 1))
        async with self.tools.transactions.begin(self.admin) as unit:
            self.connection = await create_connection(
                unit, self.tools.box, direction=ConnectionDirection.TARGET, connector="beancount", name="Ledger",
                config={"folder": str(self.folder)}, secrets={},
            )  # fmt: skip
        if map_accounts:
            await self.map(accounts or ACCOUNTS)

    async def map(self, accounts: dict[str, str]) -> None:
        async with self.tools.transactions.begin(self.admin) as unit:
            for code, external in accounts.items():
                result = await unit.session.execute(text("SELECT id FROM account WHERE code = :code"), {"code": code})
                await map_account(unit, self.connection, result.scalar_one(), external)
            await map_party(unit, self.connection, self.world.museum, "Meridian Museum")

    async def post(self) -> int:
        """Bill eight hours and post them; the delivery's id."""
        async with self.tools.transactions.begin(self.admin) as unit:
            await log(unit, self.world, "8", date(2026, 6, 15))
            record = await create_billing_record(
                unit, BillingRequest([self.world.portal], billing_date=date(2026, 6, 30))
            )
            await confirm_billing_record(unit, record)
            await post_billing_record(unit, record)
        ((delivery,),) = await self.rows("SELECT max(id) FROM delivery")
        return int(str(delivery))

    async def push(self, delivery: int, **options: Any) -> None:
        with without_waiting():
            await deliver(self.tools, self.admin.organisation_id, delivery, **options)

    async def state(self, delivery: int) -> tuple[object, ...]:
        ((*state,),) = await self.rows(f"SELECT state, error_code, attempts FROM delivery WHERE id = {delivery}")
        return tuple(state)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        async with self.database.session() as session:
            return [tuple(row) for row in (await session.execute(text(query))).all()]

    def entries(self) -> list[str]:
        """The entries in the ledger, as file names."""
        return sorted(file.name for file in (self.folder / "inbox").glob("*.beancount") if "BR-" in file.read_text())


@pytest.fixture
async def desk(transactions: Transactions, admin: Principal, database: Database, tmp_path: Path) -> Desk:
    world = await create_world(transactions, admin)
    tools = Tools(transactions, SecretBox([SecretStr(Fernet.generate_key().decode())]))
    return Desk(tools, admin, world, database, tmp_path / "ledger")


def losing(connector: str, config: Any) -> JournalTarget:
    return LosesAnswers(open_target(connector, config))


async def test_a_posted_record_arrives_once_and_is_read_back(desk: Desk) -> None:
    await desk.connect()
    delivery = await desk.post()
    await desk.push(delivery)
    assert await desk.state(delivery) == ("VERIFIED", None, 1)
    assert len(desk.entries()) == 1
    await desk.push(delivery)  # a job that runs a second time
    assert await desk.state(delivery) == ("VERIFIED", None, 1)
    assert len(desk.entries()) == 1


async def test_after_a_lost_answer_it_is_uncertain_and_then_found_not_sent_again(desk: Desk) -> None:
    await desk.connect()
    delivery = await desk.post()
    await desk.push(delivery, open_with=losing)
    assert (await desk.state(delivery))[:2] == ("UNCERTAIN", "UNCERTAIN")
    assert len(desk.entries()) == 1
    await desk.push(delivery)
    assert (await desk.state(delivery))[0] == "VERIFIED"
    assert len(desk.entries()) == 1


async def test_a_push_that_was_interrupted_by_a_crash_counts_as_uncertain(desk: Desk) -> None:
    await desk.connect()
    delivery = await desk.post()
    async with desk.tools.transactions.begin(desk.admin) as unit:
        assert (await begin_sending(unit, delivery)) is not None
    assert await desk.state(delivery) == ("SENDING", None, 1)  # and here the process died
    async with desk.tools.transactions.begin(desk.admin, dry_run=True) as unit:
        sending = await begin_sending(unit, delivery)
        assert sending is not None
        assert sending.is_uncertain
    await desk.push(delivery)
    assert (await desk.state(delivery))[0] == "VERIFIED"


async def test_without_a_mapping_it_is_parked_with_the_names_that_are_missing(desk: Desk) -> None:
    await desk.connect(map_accounts=False)
    delivery = await desk.post()
    ((state, error),) = await desk.rows("SELECT state, error FROM delivery")
    assert state == "PARKED"
    assert error == "Ledger has no name for account 1200, account 8000, customer Meridian Museum. Map them, then retry."
    await desk.map(ACCOUNTS)
    async with desk.tools.transactions.begin(desk.admin) as unit:
        await retry_delivery(unit, delivery)
    await desk.push(delivery)
    assert (await desk.state(delivery))[0] == "VERIFIED"


async def test_what_the_target_refuses_waits_for_a_person_and_goes_after_the_mapping_is_mended(desk: Desk) -> None:
    await desk.connect(accounts={**ACCOUNTS, "8000": "Income:NotOpened"})
    delivery = await desk.post()
    await desk.push(delivery)
    assert (await desk.state(delivery))[0] == "REJECTED"
    assert desk.entries() == []
    await desk.map(ACCOUNTS)
    async with desk.tools.transactions.begin(desk.admin) as unit:
        await retry_delivery(unit, delivery)
    await desk.push(delivery)
    assert (await desk.state(delivery))[0] == "VERIFIED"
    with pytest.raises(NotAllowed):
        async with desk.tools.transactions.begin(desk.admin) as unit:
            await retry_delivery(unit, delivery)


async def test_a_target_that_is_down_delays_its_deliveries_and_nothing_else(desk: Desk) -> None:
    async with desk.tools.transactions.begin(desk.admin) as unit:
        desk.connection = await create_connection(
            unit, desk.tools.box, direction=ConnectionDirection.TARGET, connector="tryton", name="Tryton",
            config={"url": "http://127.0.0.1:1", "database": "none", "currency": "EUR"}, secrets={"api_key": "k"},
        )  # fmt: skip
    await desk.map({"1200": "1", "8000": "2"})
    delivery = await desk.post()
    await desk.push(delivery)
    ((state, code, waits),) = await desk.rows("SELECT state, error_code, next_attempt_at IS NOT NULL FROM delivery")
    assert (state, code, waits) == ("PENDING", "NOT_SENT", True)
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'push_delivery' AND scheduled_at IS NOT NULL"
    assert await desk.rows(jobs) == [(1,)]
    assert await desk.rows("SELECT status FROM billing_record") == [("POSTED",)]  # a dead ERP changes nothing here


async def test_every_call_leaves_a_line_in_the_audit_trail(desk: Desk) -> None:
    await desk.connect()
    delivery = await desk.post()
    await desk.push(delivery)
    steps = [step for (step,) in await desk.rows("SELECT step FROM delivery_attempt ORDER BY id")]
    assert steps[0] == "send"
    assert steps[-1] == "read_back"
    assert "create" in steps
