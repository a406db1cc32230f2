"""Entries reach a real Tryton exactly once, over a line that loses requests and answers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from datetime import date

import psycopg
import pytest
from pydantic import SecretStr

from connectors.base import JournalTarget
from connectors.push import PushOutcome, PushState, push
from connectors.retry import without_waiting
from connectors.targets.tryton import TrytonConfig, TrytonTarget
from hourledger import embedded_postgres
from hourledger.core.errors import (
    AlreadyThere,
    AuthFailed,
    HourledgerError,
    Invalid,
    ReferenceTaken,
    Rejected,
    Transient,
)
from hourledger.core.ledger import Difference, OutgoingEntry, OutgoingLine, RemoteState
from hourledger.core.money import Money
from hourledger.embedded_postgres import EmbeddedPostgres
from hourledger.peers.fault_proxy import Fault, FaultPlan, run_fault_proxy
from hourledger.peers.tryton import TrytonServer, run_tryton
from tests.peers import FAST, PEER_FOLDER, WORKER, report

pytestmark = pytest.mark.peer

DATABASE = f"tryton_target_{WORKER}"
RECEIVABLE, REVENUE = "1.2.1", "4.1.1"
DAY = date(2026, 3, 15)


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    server = embedded_postgres.start(PEER_FOLDER / "postgres", stop_at_exit=False, settings=FAST)
    yield server
    server.stop()


@pytest.fixture(scope="module")
async def tryton(postgres: EmbeddedPostgres) -> AsyncIterator[TrytonServer]:
    async with run_tryton(
        PEER_FOLDER / "tryton",
        postgres,
        database=DATABASE,
        currency="EUR",
        fiscal_years=[2026],
        parties=("Acme", "Globex"),
        report=report,
        fresh=True,
    ) as server:
        yield server


@pytest.fixture(scope="module")
def books(postgres: EmbeddedPostgres, tryton: TrytonServer) -> Iterator[psycopg.Connection]:
    """Tryton's own tables, to see and to change what nobody may over REST."""
    with psycopg.connect(postgres.url(DATABASE), autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with without_waiting():
        yield


def config_of(tryton: TrytonServer, **changes: object) -> TrytonConfig:
    config = TrytonConfig(
        url=tryton.url, database=tryton.database, api_key=SecretStr(tryton.api_key), currency=tryton.currency
    )
    return config.model_copy(update=changes)


@pytest.fixture
async def target(tryton: TrytonServer) -> AsyncIterator[TrytonTarget]:
    async with TrytonTarget(config_of(tryton)) as target:
        yield target


def entry(
    reference: str,
    amount: str = "123.45",
    *,
    on: date = DAY,
    account: str = RECEIVABLE,
    party: str | None = "Acme",
    currency: str = "EUR",
) -> OutgoingEntry:
    money = Money.of(amount, currency)
    debit = OutgoingLine(account, money, money, party=party, text="Consulting")
    return OutgoingEntry(reference, on, "Invoice\nof March", (debit, OutgoingLine(REVENUE, -money, -money)))


async def test_an_entry_is_posted_with_a_number_and_read_back(target: TrytonTarget) -> None:
    outcome = await push(target, entry("plain:1"), is_uncertain=False)
    assert (outcome.state, outcome.differences, outcome.was_found) == (PushState.VERIFIED, (), False)
    assert (outcome.remote.state, outcome.remote.reference) == (RemoteState.POSTED, "plain:1")
    assert outcome.remote.number is not None
    again = await push(target, entry("plain:1"), is_uncertain=False)
    assert (again.state, again.was_found, again.remote) == (PushState.VERIFIED, True, outcome.remote)


async def test_the_same_reference_with_other_content_is_refused(target: TrytonTarget) -> None:
    await push(target, entry("taken:1"), is_uncertain=False)
    with pytest.raises(ReferenceTaken, match=r"ours 99\.00 EUR, theirs 123\.45 EUR"):
        await push(target, entry("taken:1", "99.00"), is_uncertain=False)
    with pytest.raises(AlreadyThere):
        await target.create(entry("taken:1", "99.00"))


async def test_dollars_stand_beside_euros_and_both_are_read_back(
    tryton: TrytonServer, target: TrytonTarget, books: psycopg.Connection
) -> None:
    domain = [["type.expense", "=", True], ["closed", "!=", True]]
    rounding = min(account["code"] for account in await tryton.find("account.account", domain, ["code"]))
    lines = [
        (RECEIVABLE, "333.33", "300.01", "Acme"),
        (REVENUE, "-111.11", "-100.01", None),
        (REVENUE, "-222.22", "-199.99", None),
        (rounding, "0.00", "-0.01", None),  # a cent in the books' currency alone
    ]
    sent = OutgoingEntry(
        "dollars:1",
        DAY,
        "In dollars",
        tuple(OutgoingLine(code, Money.of(usd, "USD"), Money.of(eur, "EUR"), who) for code, usd, eur, who in lines),
    )
    outcome = await push(target, sent, is_uncertain=False)
    assert (outcome.state, outcome.differences) == (PushState.VERIFIED, ())
    stored = books.execute(
        "select debit, credit, amount_second_currency from account_move_line where move = %s order by id",
        [int(outcome.remote.remote_id)],
    ).fetchall()
    assert [tuple(map(str, row)) for row in stored] == [
        ("300.01", "0.00", "333.33"),
        ("0.00", "100.01", "-111.11"),
        ("0.00", "199.99", "-222.22"),
        ("0.00", "0.01", "0.00"),
    ]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (entry("refused:1", account="9.9.9"), "ACCOUNT_UNKNOWN"),
        (entry("refused:2", account="1"), "ACCOUNT_UNKNOWN"),  # a heading of the chart
        (entry("refused:3", party="Nobody"), "PARTY_UNKNOWN"),
        (entry("refused:4", party=None), "PARTY_MISSING"),
        (entry("refused:5", on=date(2027, 1, 1)), "PERIOD_UNKNOWN"),
        (entry("refused:6", currency="USD"), "CURRENCY_MISMATCH"),
    ],
)
async def test_what_tryton_does_not_know_is_refused_and_leaves_nothing(
    target: TrytonTarget, sent: OutgoingEntry, code: str
) -> None:
    with pytest.raises(Rejected) as caught:
        await push(target, sent, is_uncertain=False)
    assert caught.value.code == code
    assert await target.find(sent.reference) == []


async def test_a_closed_period_is_refused_and_the_date_not_moved(
    tryton: TrytonServer, target: TrytonTarget, books: psycopg.Connection
) -> None:
    january = date(2026, 1, 15)
    async with TrytonTarget(config_of(tryton)) as early:
        await early._names.period(january)  # so that it learns of the closing from Tryton's refusal
        books.execute("update account_period set state = 'closed' where name = '2026-01'")
        for each in (early, target):
            with pytest.raises(Rejected, match="closed") as caught:
                await push(each, entry("closed:1", on=january), is_uncertain=False)
            assert caught.value.code == "PERIOD_CLOSED"
    assert await target.find("closed:1") == []


async def test_a_draft_that_does_not_balance_is_refused_and_one_that_differs_is_not_posted(
    target: TrytonTarget, books: psycopg.Connection
) -> None:
    draft = await target.create(entry("unbalanced:1"))
    assert draft.state is RemoteState.DRAFT
    books.execute("update account_move_line set credit = 23.45 where credit > 0 and move = %s", [int(draft.remote_id)])
    with pytest.raises(Rejected, match="you must balance all its lines") as caught:
        await target.post(draft)
    assert caught.value.code == "NOT_BALANCED"
    outcome = await push(target, entry("unbalanced:1"), is_uncertain=True)
    assert (outcome.state, outcome.remote.state) == (PushState.CONFLICT, RemoteState.DRAFT)
    assert Difference(f"amount on {REVENUE}", "-123.45 EUR", "-23.45 EUR") in outcome.differences


@pytest.mark.parametrize("is_uncertain", [False, True])
async def test_a_draft_left_by_a_crash_is_posted(target: TrytonTarget, is_uncertain: bool) -> None:
    reference = f"crashed:{is_uncertain}"
    draft = await target.create(entry(reference))
    outcome = await push(target, entry(reference), is_uncertain=is_uncertain)
    assert (outcome.state, outcome.was_found) == (PushState.VERIFIED, True)
    assert outcome.remote.remote_id == draft.remote_id


async def test_of_eight_copies_at_once_one_is_posted(target: TrytonTarget, books: psycopg.Connection) -> None:
    outcomes = await asyncio.gather(*[push(target, entry("at-once:1"), is_uncertain=False) for _ in range(8)])
    assert {outcome.state for outcome in outcomes} == {PushState.VERIFIED}
    assert len({outcome.remote.number for outcome in outcomes}) == 1
    assert moves(books, "at-once:%") == (1, 1, "123.45")


@pytest.mark.parametrize(
    "faults",
    [
        (Fault.DROP_AFTER,),
        (Fault.DROP_BEFORE,),
        (Fault.LATE,),
        (Fault.TRUNCATED,),
        (Fault.UNAVAILABLE, Fault.TOO_MANY, Fault.BUSY),
        (Fault.NONE, Fault.DROP_AFTER),  # the answer to the post
        (Fault.NONE, Fault.LATE),
        (Fault.DROP_AFTER, Fault.DROP_AFTER),
        (Fault.LATE, Fault.LATE),
        (Fault.TRICKLE, Fault.TRUNCATED),
    ],
    ids="+".join,
)
async def test_whatever_is_lost_one_entry_is_posted(
    tryton: TrytonServer, books: psycopg.Connection, faults: tuple[Fault, ...]
) -> None:
    reference = f"lost:{'+'.join(faults)}"
    async with (
        run_fault_proxy(tryton.url, plan=FaultPlan(faults, late_seconds=0.05)) as proxy,
        TrytonTarget(config_of(tryton, url=proxy.url)) as target,
    ):
        outcome = await push(target, entry(reference), is_uncertain=False)
        await proxy.settle()
        assert (outcome.state, outcome.was_found) == (PushState.VERIFIED, False)
        assert sum(proxy.counts[fault] for fault in Fault if fault is not Fault.NONE) == len(
            [fault for fault in faults if fault is not Fault.NONE]
        )
    assert moves(books, reference) == (1, 1, "123.45")


async def test_thirty_deliveries_over_a_bad_line_are_thirty_posted_entries(
    tryton: TrytonServer, books: psycopg.Connection
) -> None:
    plan = FaultPlan(
        probabilities={
            Fault.DROP_AFTER: 0.12,
            Fault.DROP_BEFORE: 0.08,
            Fault.LATE: 0.06,
            Fault.TRUNCATED: 0.04,
            Fault.UNAVAILABLE: 0.04,
            Fault.TOO_MANY: 0.04,
            Fault.BUSY: 0.02,
        },
        seed=11,
        late_seconds=0.1,
    )
    chance = random.Random(11)
    cents = [chance.randint(1, 999_999) for _ in range(30)]
    async with (
        run_fault_proxy(tryton.url, plan=plan) as proxy,
        TrytonTarget(config_of(tryton, url=proxy.url)) as target,
    ):
        line = asyncio.Semaphore(4)

        async def deliver(number: int, amount: Money) -> PushOutcome:
            async with line:
                return await push_as_the_queue_does(target, entry(f"bad-line:{number}", str(amount.amount)))

        outcomes = await asyncio.gather(*[deliver(number, Money(one, "EUR")) for number, one in enumerate(cents)])
        await proxy.settle()
    assert {outcome.state for outcome in outcomes} == {PushState.VERIFIED}
    assert {Fault.DROP_AFTER, Fault.DROP_BEFORE, Fault.LATE} <= proxy.counts.keys()
    assert proxy.counts.total() - proxy.counts[Fault.NONE] >= 20, "the line should have been bad"
    assert moves(books, "bad-line:%") == (30, 30, str(Money(sum(cents), "EUR").amount))


async def test_without_a_unique_reference_the_same_line_would_have_made_twins(
    tryton: TrytonServer, books: psycopg.Connection
) -> None:
    """Why the companion module is needed. Without its rule a late write makes a second move, which is reported."""
    rule = "account_move_external_ref_unique"
    books.execute(f"alter table account_move drop constraint {rule}")  # type: ignore[arg-type, unused-ignore]
    try:
        async with (
            run_fault_proxy(tryton.url, plan=FaultPlan((Fault.LATE,), late_seconds=0.5)) as proxy,
            TrytonTarget(config_of(tryton, url=proxy.url)) as target,
        ):
            with pytest.raises(Rejected) as caught:
                await push(target, entry("twins:1"), is_uncertain=False)
                await proxy.settle()
                await push(target, entry("twins:1"), is_uncertain=True)
        assert caught.value.code == "DUPLICATE_IN_TARGET"
        assert moves(books, "twins:1")[0] == 2
    finally:
        books.execute("delete from account_move where external_ref = 'twins:1' and state = 'draft'")
        books.execute(f"alter table account_move add constraint {rule} unique (company, external_ref)")  # type: ignore[arg-type, unused-ignore]


async def test_check_says_whose_books_these_are(target: TrytonTarget) -> None:
    checked = await target.check()
    assert (checked.identity, checked.warnings) == (f"Hourledger Demo Company in {DATABASE}", ())


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"api_key": SecretStr("wrong-key")}, AuthFailed, "AUTH_FAILED"),
        ({"database": "no_such_database"}, Rejected, "REJECTED"),
        ({"currency": "USD"}, Invalid, "CURRENCY_MISMATCH"),
        ({"journal": "NONE"}, Rejected, "JOURNAL_UNKNOWN"),
        ({"company_id": 99}, Invalid, "COMPANY_UNKNOWN"),
    ],
)
async def test_check_says_what_is_wrong_with_the_connection(
    tryton: TrytonServer, changes: dict[str, object], kind: type[HourledgerError], code: str
) -> None:
    async with TrytonTarget(config_of(tryton, **changes)) as target:
        with pytest.raises(kind) as caught:
            await target.check()
    assert caught.value.code == code
    assert "wrong-key" not in str(caught.value)


async def push_as_the_queue_does(target: JournalTarget, sent: OutgoingEntry) -> PushOutcome:
    """Again and again until it ends; uncertain once it was, unless a try certainly did nothing."""
    is_uncertain = False
    for _ in range(20):
        try:
            return await push(target, sent, is_uncertain=is_uncertain)
        except Transient as error:
            is_uncertain = is_uncertain or error.code not in ("NOT_SENT", "RATE_LIMITED")
    raise AssertionError(f"{sent.reference} never arrived")


def moves(books: psycopg.Connection, like: str) -> tuple[int, int, str]:
    """How many moves have such a reference, how many of them are posted, and the sum of those."""
    row = books.execute(
        "select count(distinct m.id), count(distinct m.id) filter (where m.state = 'posted'),"
        " sum(l.debit) filter (where m.state = 'posted')"
        " from account_move m join account_move_line l on l.move = m.id where m.external_ref like %s",
        [like],
    ).fetchone()
    assert row is not None
    return row[0], row[1], str(row[2])
