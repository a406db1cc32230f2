"""Entries get into a beancount ledger whole, once, and only if it loads with them."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from beancount import loader

from connectors.push import PushState, push
from connectors.retry import without_waiting
from connectors.targets._beancount_text import as_text, file_name
from connectors.targets.beancount import BeancountConfig, BeancountTarget, initialise
from hourledger.core.errors import (
    AlreadyThere,
    HourledgerError,
    Invalid,
    NotAllowed,
    NotSent,
    ReferenceTaken,
    Rejected,
)
from hourledger.core.ledger import OutgoingEntry, OutgoingLine, RemoteState
from hourledger.core.money import Money
from tests.support.faults import LosingTarget

ACCOUNTS = ("Assets:Receivable", "Income:Services", "Expenses:Rounding")
DAY = date(2026, 3, 31)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    initialise(tmp_path, ACCOUNTS, "EUR", date(2020, 1, 1))
    return tmp_path


@pytest.fixture
def target(ledger: Path) -> BeancountTarget:
    return BeancountTarget(BeancountConfig(folder=ledger))


def euros(reference: str = "INV-1", amount: str = "100.00", *, income: str = "Income:Services") -> OutgoingEntry:
    return entry(reference, ("Assets:Receivable", amount, amount), (income, f"-{amount}", f"-{amount}"), currency="EUR")


def dollars(reference: str = "INV-USD") -> OutgoingEntry:
    """Thirds that no exchange rate divides, and a cent of rounding in the books' currency alone."""
    return entry(
        reference,
        ("Assets:Receivable", "333.33", "300.01"),
        ("Income:Services", "-111.11", "-100.01"),
        ("Income:Services", "-222.22", "-199.99"),
        ("Expenses:Rounding", "0.00", "-0.01"),
        currency="USD",
    )


def entry(reference: str, *lines: tuple[str, str, str], currency: str) -> OutgoingEntry:
    return OutgoingEntry(
        reference,
        DAY,
        'Invoice "7" \\ March\nsecond line',
        tuple(
            OutgoingLine(
                account,
                Money.of(amount, currency),
                Money.of(base, "EUR"),
                party="Acme" if account == "Assets:Receivable" else None,
                text="Consulting",
            )
            for account, amount, base in lines
        ),
    )


def errors_of(ledger: Path) -> list[str]:
    _, errors, _ = loader.load_file(str(ledger / "main.beancount"))
    return [error.message for error in errors]


def test_a_file_says_all_of_the_entry() -> None:
    assert as_text(dollars()) == (
        '2026-03-31 * "Acme" "Invoice \\"7\\" \\\\ March second line"\n'
        '  hourledger_ref: "INV-USD"\n'
        "  Assets:Receivable  333.33 USD @@ 300.01 EUR\n"
        '    party: "Acme"\n'
        '    text: "Consulting"\n'
        "  Income:Services  -111.11 USD @@ 100.01 EUR\n"
        '    text: "Consulting"\n'
        "  Income:Services  -222.22 USD @@ 199.99 EUR\n"
        '    text: "Consulting"\n'
        "  Expenses:Rounding  -0.01 EUR\n"
        "    hourledger_amount: 0.00 USD\n"
        '    text: "Consulting"\n'
    )


@pytest.mark.parametrize("sent", [euros(), dollars()], ids=["euros", "dollars"])
async def test_an_entry_is_posted_read_back_and_equal(
    ledger: Path, target: BeancountTarget, sent: OutgoingEntry
) -> None:
    outcome = await push(target, sent, is_uncertain=False)
    assert (outcome.state, outcome.differences, outcome.was_found) == (PushState.VERIFIED, (), False)
    assert outcome.remote.remote_id == f"inbox/{sent.reference}.beancount"
    assert [line.base_amount for line in outcome.remote.lines] == [line.base_amount for line in sent.lines]
    assert errors_of(ledger) == []


async def test_the_same_entry_again_is_found_and_not_added(ledger: Path, target: BeancountTarget) -> None:
    await push(target, euros(), is_uncertain=False)
    outcome = await push(target, euros(), is_uncertain=False)
    assert (outcome.state, outcome.was_found) == (PushState.VERIFIED, True)
    assert len(await target.find("INV-1")) == 1
    with pytest.raises(AlreadyThere):
        await target.create(euros())


async def test_the_same_reference_with_other_content_is_refused(ledger: Path, target: BeancountTarget) -> None:
    await push(target, euros(), is_uncertain=False)
    before = (ledger / "inbox" / "INV-1.beancount").read_bytes()
    with pytest.raises(ReferenceTaken):
        await push(target, euros(amount="100.01"), is_uncertain=False)
    assert (ledger / "inbox" / "INV-1.beancount").read_bytes() == before


async def test_a_transaction_that_was_moved_to_another_file_still_counts(ledger: Path, target: BeancountTarget) -> None:
    await push(target, euros(), is_uncertain=False)
    moved = ledger / "inbox" / "INV-1.beancount"
    with (ledger / "main.beancount").open("a") as main:
        main.write(moved.read_text())
    moved.unlink()
    outcome = await push(target, euros(), is_uncertain=False)
    assert (outcome.state, outcome.remote.remote_id) == (PushState.VERIFIED, "main.beancount")
    assert not moved.exists()


async def test_a_copy_by_hand_is_reported(ledger: Path, target: BeancountTarget) -> None:
    await push(target, euros(), is_uncertain=False)
    (ledger / "inbox" / "copy.beancount").write_text(as_text(euros()))
    with pytest.raises(Rejected) as caught:
        await push(target, euros(), is_uncertain=True)
    assert caught.value.code == "DUPLICATE_IN_TARGET"


async def test_of_eight_copies_at_once_one_is_added(target: BeancountTarget) -> None:
    outcomes = await asyncio.gather(*[push(target, euros(), is_uncertain=False) for _ in range(8)])
    assert [outcome.state for outcome in outcomes] == [PushState.VERIFIED] * 8
    assert sorted(outcome.was_found for outcome in outcomes) == [False] + [True] * 7
    assert len(await target.find("INV-1")) == 1


async def test_a_lost_result_is_found_again(target: BeancountTarget) -> None:
    with without_waiting():
        outcome = await push(LosingTarget(target), dollars(), is_uncertain=False)
    assert (outcome.state, outcome.attempts, outcome.was_found) == (PushState.VERIFIED, 2, False)
    assert len(await target.find("INV-USD")) == 1


@pytest.mark.parametrize(
    ("sent", "code", "words"),
    [
        (euros(income="Income:Nobody"), "ACCOUNT_UNKNOWN", "Invalid reference to unknown account 'Income:Nobody'"),
        (euros(income="4000"), "ACCOUNT_UNKNOWN", "'4000' cannot be an account"),
        (euros(income='Income:X\n2026-01-01 open Income:Y "'), "ACCOUNT_UNKNOWN", "cannot be an account"),
        (euros(reference=""), "REFERENCE_UNUSABLE", "cannot be a file name"),
        (euros(reference="x" * 300), "REFERENCE_UNUSABLE", "cannot be a file name"),
    ],
)
async def test_what_the_ledger_does_not_accept_is_refused_in_its_words(
    ledger: Path, target: BeancountTarget, sent: OutgoingEntry, code: str, words: str
) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        await push(target, sent, is_uncertain=False)
    assert caught.value.code == code
    assert [file.name for file in (ledger / "inbox").iterdir()] == ["+keep.beancount"]


async def test_nothing_is_added_to_a_ledger_that_is_broken(ledger: Path, target: BeancountTarget) -> None:
    (ledger / "inbox" / "broken.beancount").write_text('2026-01-01 * "x"\n  Income:Services 1.00 EUR\n')
    with pytest.raises(Rejected, match=r"broken\.beancount:1: Transaction does not balance: \(1\.00 EUR\)") as caught:
        await target.create(euros())
    assert caught.value.code == "NOT_BALANCED"
    assert (await target.check()).warnings == ("broken.beancount:1: Transaction does not balance: (1.00 EUR)",)


async def test_what_was_edited_so_that_it_no_longer_counts_is_not_posted(ledger: Path, target: BeancountTarget) -> None:
    await push(target, euros(), is_uncertain=False)
    file = ledger / "inbox" / "INV-1.beancount"
    file.write_text(file.read_text().replace("-100.00", "-90.00"))
    (found,) = await target.find("INV-1")
    assert found.state is RemoteState.VOID
    assert (await push(target, euros(), is_uncertain=True)).state is PushState.CONFLICT


@pytest.mark.parametrize("units", ["3 HOOL", "1.005 EUR"])
async def test_what_is_not_money_is_told_and_not_compared(ledger: Path, target: BeancountTarget, units: str) -> None:
    text = as_text(euros()).replace("-100.00 EUR", f"-{units}").replace("100.00 EUR", units)
    (ledger / "inbox" / "INV-1.beancount").write_text(text)
    with pytest.raises(Rejected) as caught:
        await target.find("INV-1")
    assert caught.value.code == "UNREADABLE"


async def test_a_full_disk_leaves_nothing_behind(
    ledger: Path, target: BeancountTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(NotSent, match="No space left"):
        await target.create(euros())
    assert [file.name for file in (ledger / "inbox").iterdir()] == ["+keep.beancount"]


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("INV-2026.07_1", "INV-2026.07_1.beancount"),
        ("a/b:r1", "a%2Fb%3Ar1.beancount"),
        ("a%2Fb", "a%252Fb.beancount"),
        ("../x", "%2E.%2Fx.beancount"),
        (".hidden", "%2Ehidden.beancount"),
        ("a*?[b] ü", "a%2A%3F%5Bb%5D%20%C3%BC.beancount"),
        ("+keep", "%2Bkeep.beancount"),
    ],
)
def test_a_reference_has_a_file_name_of_its_own(reference: str, name: str) -> None:
    assert file_name(reference) == name


async def test_any_reference_can_be_pushed_and_found(target: BeancountTarget) -> None:
    references = ["a/b:r1", "../x", ".hidden", 'quote"d\\', "+keep", "ü*"]
    for reference in references:
        assert (await push(target, euros(reference), is_uncertain=False)).state is PushState.VERIFIED
    for reference in references:
        assert [found.reference for found in await target.find(reference)] == [reference]


async def test_check_tells_what_an_older_ledger_lacks(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "books.beancount").write_text("2020-01-01 open Assets:Receivable\n")
    checked = await BeancountTarget(BeancountConfig(folder=tmp_path, main_file="books.beancount")).check()
    assert checked.identity == "books.beancount with 0 transactions"
    assert [warning.partition("Add: ")[2] for warning in checked.warnings] == [
        'include "inbox/*.beancount"',
        'option "inferred_tolerance_default" "*:0.0000001"',
    ]


async def test_a_ledger_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        await BeancountTarget(BeancountConfig(folder=tmp_path)).check()
    assert caught.value.code == "LEDGER_NOT_FOUND"


@pytest.mark.parametrize(
    ("accounts", "kind", "code"),
    [(ACCOUNTS, NotAllowed, "LEDGER_EXISTS"), (["4000"], Invalid, "ACCOUNT_INVALID")],
)
def test_a_ledger_begins_once(ledger: Path, accounts: list[str], kind: type[HourledgerError], code: str) -> None:
    before = (ledger / "main.beancount").read_bytes()
    with pytest.raises(kind) as caught:
        initialise(ledger, accounts, "EUR", DAY)
    assert caught.value.code == code
    assert (ledger / "main.beancount").read_bytes() == before


async def test_rules_of_the_ledger_hold_for_what_is_added(ledger: Path, target: BeancountTarget) -> None:
    main = ledger / "main.beancount"
    main.write_text('plugin "beancount.plugins.noduplicates"\n' + main.read_text())
    await push(target, euros("INV-1"), is_uncertain=False)
    with pytest.raises(Rejected, match="Duplicate entry"):  # the plugin looks at date, accounts and amounts only
        await push(target, euros("INV-2"), is_uncertain=False)
