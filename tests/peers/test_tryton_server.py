"""Tryton runs on PostgreSQL, books what is pushed over REST, and refuses the second copy of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import pytest

from hourledger import embedded_postgres
from hourledger.embedded_postgres import EmbeddedPostgres
from hourledger.peers.failure import PeerError
from hourledger.peers.tryton import TrytonServer, encode, run_tryton
from tests.peers import FAST, PEER_FOLDER, WORKER, report

pytestmark = pytest.mark.peer

Json = dict[str, Any]
DATABASE = f"tryton_test_{WORKER}"
DAY = {"__class__": "date", "year": 2026, "month": 3, "day": 15}


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    server = embedded_postgres.start(PEER_FOLDER / "postgres", stop_at_exit=False, settings=FAST)
    yield server
    server.stop()


def run(
    postgres: EmbeddedPostgres, database: str, *, fresh: bool, parties: tuple[str, ...] = ("Acme", "Globex")
) -> AbstractAsyncContextManager[TrytonServer]:
    return run_tryton(
        PEER_FOLDER / "tryton",
        postgres,
        database=database,
        currency="EUR",
        fiscal_years=[2026],
        parties=parties,
        report=report,
        fresh=fresh,
    )


@pytest.fixture(scope="module")
async def tryton(postgres: EmbeddedPostgres) -> AsyncIterator[TrytonServer]:
    async with run(postgres, DATABASE, fresh=True) as server:
        yield server


async def test_the_company_has_the_accounts_and_currencies_a_connector_needs(tryton: TrytonServer) -> None:
    assert (tryton.receivable.code, tryton.revenue.code) == ("1.2.1", "4.1.1")
    assert tryton.currencies == ("EUR", "USD")
    periods = await tryton.find("account.period", [["type", "=", "standard"]], ["state"])
    assert [period["state"] for period in periods] == ["open"] * 12


async def test_a_balanced_move_is_created_posted_and_read_back(tryton: TrytonServer) -> None:
    status, move = await create(tryton, "balanced:1", "100.00", "100.00")
    assert (status, move["state"], move["number"]) == (200, "draft", None)
    status, move = await post(tryton, move["id"])
    assert (status, move["state"]) == (200, "posted")
    (found,) = await find_moves(tryton, "balanced:1")
    assert (found["number"], found["state"], found["date"]) == (move["number"], "posted", DAY)
    assert lines(found) == [("1.2.1", "Acme", "100.00", "0", None, None), ("4.1.1", None, "0", "100.00", None, None)]


async def test_a_second_currency_stands_beside_the_company_currency_with_the_sign_of_its_side(
    tryton: TrytonServer,
) -> None:
    (dollar,) = await tryton.find("currency.currency", [["code", "=", "USD"]], ["code"])
    _, move = await create(tryton, "dollars:1", "100.00", "100.00", second=(dollar["id"], "110.00"))
    assert (await post(tryton, move["id"]))[0] == 200
    (found,) = await find_moves(tryton, "dollars:1")
    assert lines(found) == [
        ("1.2.1", "Acme", "100.00", "0", "USD", "110.00"),
        ("4.1.1", None, "0", "100.00", "USD", "-110.00"),
    ]


async def test_a_reference_that_is_taken_is_refused(tryton: TrytonServer) -> None:
    assert (await create(tryton, "taken:1", "5.00", "5.00"))[0] == 200
    status, answer = await create(tryton, "taken:1", "6.00", "6.00")
    assert (status, answer["message"]) == (400, "External reference must be unique.")


async def test_of_eight_copies_sent_at_once_one_is_created(tryton: TrytonServer) -> None:
    answers = await asyncio.gather(*[create(tryton, "at-once:1", "5.00", "5.00") for _ in range(8)])
    assert sorted(status for status, _ in answers) == [200] + [400] * 7
    assert len(await find_moves(tryton, "at-once:1")) == 1


@pytest.mark.parametrize("reference", [None, ""])
async def test_moves_without_a_reference_do_not_stand_in_each_others_way(
    tryton: TrytonServer, reference: str | None
) -> None:
    answers = [await create(tryton, reference, "5.00", "5.00") for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200]


async def test_a_move_that_does_not_balance_stays_a_draft(tryton: TrytonServer) -> None:
    _, move = await create(tryton, "unbalanced:1", "100.00", "90.00")
    status, answer = await post(tryton, move["id"])
    assert status == 400
    assert "you must balance all its lines" in answer["message"]
    (found,) = await find_moves(tryton, "unbalanced:1")
    assert (found["state"], found["number"]) == ("draft", None)


async def test_a_posted_move_keeps_its_reference(tryton: TrytonServer) -> None:
    _, move = await create(tryton, "kept:1", "5.00", "5.00")
    await post(tryton, move["id"])
    status, _ = await call(tryton, "PUT", f"account.move/{move['id']}", {"external_ref": "other"})
    assert status == 400
    assert len(await find_moves(tryton, "kept:1")) == 1


async def test_a_wrong_key_is_refused(tryton: TrytonServer) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": "bearer wrong"}) as client,
        client.get(f"{tryton.url}/{tryton.database}/rest/model/account.move") as answer,
    ):
        assert answer.status == 401


async def test_a_database_keeps_its_books_until_a_fresh_one_is_asked_for(postgres: EmbeddedPostgres) -> None:
    database = f"{DATABASE}_again"
    async with run(postgres, database, fresh=True) as first:
        await create(first, "first-run:1", "5.00", "5.00")
    async with run(postgres, database, fresh=False) as second:
        assert len(await find_moves(second, "first-run:1")) == 1
        with pytest.raises(PeerError, match="Another process runs a server"):
            async with run(postgres, database, fresh=False):
                pass
    with pytest.raises(PeerError, match="set up with other parameters"):
        async with run(postgres, database, fresh=False, parties=("Somebody else",)):
            pass
    async with run(postgres, database, fresh=True) as third:
        assert await find_moves(third, "first-run:1") == []


async def create(
    tryton: TrytonServer, reference: str | None, debit: str, credit: str, second: tuple[int, str] | None = None
) -> tuple[int, Json]:
    """A draft that debits the receivable account and credits revenue, perhaps with an amount in a second currency."""
    (journal,) = await tryton.find("account.journal", [["code", "=", "REV"]], [])
    (period,) = await tryton.find("account.period", [["name", "=", "2026-03"]], [])
    (party,) = await tryton.find("party.party", [["name", "=", "Acme"]], [])
    receivable = {"account": tryton.receivable.id, "party": party["id"], "debit": number(debit), "credit": number("0")}
    revenue = {"account": tryton.revenue.id, "debit": number("0"), "credit": number(credit)}
    if second:
        currency, amount = second
        receivable |= {"second_currency": currency, "amount_second_currency": number(amount)}
        revenue |= {"second_currency": currency, "amount_second_currency": number(f"-{amount}")}
    move = {
        "company": tryton.company_id,
        "journal": journal["id"],
        "period": period["id"],
        "date": DAY,
        "external_ref": reference,
        "lines": [["create", [receivable, revenue]]],
    }
    return await call(tryton, "POST", "account.move?f=state&f=number", move)


async def post(tryton: TrytonServer, move_id: int) -> tuple[int, Json]:
    return await call(tryton, "POST", f"account.move/{move_id}/post?f=state&f=number")


async def find_moves(tryton: TrytonServer, reference: str) -> list[Json]:
    of_lines = ("account.code", "party.name", "debit", "credit", "second_currency.code", "amount_second_currency")
    fields = ["number", "state", "date", *(f"lines.{field}" for field in of_lines)]
    return await tryton.find("account.move", [["external_ref", "=", reference]], fields)


def lines(move: Json) -> list[tuple[str | None, ...]]:
    """Account, party, debit, credit, second currency and amount of each line, in the order they were made."""
    return [
        (
            line["account"]["code"],
            line["party"] and line["party"]["name"],
            line["debit"]["decimal"],
            line["credit"]["decimal"],
            line["second_currency"] and line["second_currency"]["code"],
            line["amount_second_currency"] and line["amount_second_currency"]["decimal"],
        )
        for line in sorted(move["lines"], key=lambda line: int(line["id"]))
    ]


async def call(tryton: TrytonServer, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
    headers = {"Authorization": f"bearer {tryton.api_key}", "X-Tryton-Context": encode({"company": tryton.company_id})}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.request(method, f"{tryton.url}/{tryton.database}/rest/model/{path}", json=body) as answer,
    ):
        content: Json = await answer.json()
        return answer.status, content


def number(value: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": value}
