"""However the line and the other system behave, an entry is in the books once, or somebody is told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from connectors.push import AttemptReport, PushOutcome, PushState, push
from connectors.retry import without_waiting
from hourledger.core.errors import AuthFailed, ExternalError, ReferenceTaken, Rejected, Transient, Uncertain
from hourledger.core.ledger import Difference, RemoteState
from hourledger.core.money import Money
from tests.support.fake_books import FakeBooks, entry


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with without_waiting():
        yield


# A peer is "one" or "two" steps; "open" takes a second entry with the same reference. Faults are met call by call.
# fmt: off
TABLE = """
    peer      | faults                                                        | ends in             | stored | posted
    one       |                                                               | VERIFIED            | 1      | 1
    two       |                                                               | VERIFIED            | 1      | 1
    one       | create: not_sent                                              | VERIFIED            | 1      | 1
    one       | create: wait_0s                                               | VERIFIED            | 1      | 1
    one       | create: locked                                                | VERIFIED            | 1      | 1
    one       | create: lost_before                                           | VERIFIED            | 1      | 1
    one       | create: lost                                                  | VERIFIED            | 1      | 1
    one       | create: late                                                  | VERIFIED            | 1      | 1
    one       | create: late refused                                          | VERIFIED            | 1      | 1
    one       | create: error_500 error_500                                   | VERIFIED            | 1      | 1
    one       | create: error_500 error_500 error_500                         | FAILS_EVERY_TIME    | 0      | 0
    one       | create: lost | find: not_sent locked                          | VERIFIED            | 1      | 1
    one       | find: lost_before                                             | VERIFIED            | 1      | 1
    two       | create: lost | post: lost                                     | VERIFIED            | 1      | 1
    two       | create: late | post: late                                     | VERIFIED            | 1      | 1
    two       | post: not_sent                                                | VERIFIED            | 1      | 1
    two       | post: lost_before                                             | VERIFIED            | 1      | 1
    two       | post: late                                                    | VERIFIED            | 1      | 1
    two       | post: error_500 error_500 error_500                           | FAILS_EVERY_TIME    | 1      | 0
    two       | post: refused                                                 | PERIOD_CLOSED       | 1      | 0
    two       | post: bad_key                                                 | AUTH_FAILED         | 1      | 0
    one       | create: refused                                               | PERIOD_CLOSED       | 0      | 0
    one       | create: bad_key                                               | AUTH_FAILED         | 0      | 0
    one       | create: wait_60s                                              | RATE_LIMITED        | 0      | 0
    one       | create: not_sent not_sent not_sent not_sent not_sent          | NOT_SENT            | 0      | 0
    one       | create: lost_before | find: wait_60s                          | UNCERTAIN           | 0      | 0
    one       | create: lost | find: not_sent not_sent not_sent not_sent      | UNCERTAIN           | 1      | 1
    two       | post: not_sent not_sent not_sent not_sent not_sent            | UNCERTAIN           | 1      | 0
    open      | create: lost                                                  | VERIFIED            | 1      | 1
    open      | create: late                                                  | DUPLICATE_IN_TARGET | 2      | 2
"""
# fmt: on
ROWS = [[cell.strip() for cell in line.rsplit("|", 3)] for line in TABLE.strip().splitlines()[1:]]


@pytest.mark.parametrize(("peer_and_faults", "ends", "stored", "posted"), ROWS)
async def test_an_entry_gets_there_once_or_an_error_says_what_to_do(
    peer_and_faults: str, ends: str, stored: str, posted: str
) -> None:
    books = peer(peer_and_faults)
    try:
        result = (await push(books, entry(), is_uncertain=False)).state.value
    except ExternalError as error:
        result = error.code
    assert (result, len(books.stored), len(books.posted)) == (ends, int(stored), int(posted))


def peer(row: str) -> FakeBooks:
    kind, *steps = [cell.strip() for cell in row.split("|")]
    faults = {step: words.split() for step, _, words in (cell.partition(":") for cell in steps if cell)}
    return FakeBooks(has_two_steps=kind == "two", refuses_twins=kind != "open", faults=faults)


async def test_nothing_is_looked_up_before_the_first_send_and_everything_before_the_next() -> None:
    books = FakeBooks(has_two_steps=True, faults={"create": ["lost"]})
    await push(books, entry(), is_uncertain=False)
    assert books.calls == ["create", "find", "post", "find"]


async def test_after_an_interrupted_push_what_is_there_is_not_sent_again() -> None:
    books = FakeBooks()
    await push(books, entry(), is_uncertain=False)
    books.calls.clear()
    outcome = await push(books, entry(), is_uncertain=True)
    assert outcome == PushOutcome(PushState.VERIFIED, books.stored[0], attempts=1, was_found=True)
    assert books.calls == ["find"]


async def test_after_an_interrupted_push_that_never_arrived_it_is_sent() -> None:
    books = FakeBooks()
    outcome = await push(books, entry(), is_uncertain=True)
    assert (outcome.state, outcome.was_found, len(books.posted)) == (PushState.VERIFIED, False, 1)


@pytest.mark.parametrize("is_uncertain", [False, True])
async def test_a_draft_left_by_a_crashed_push_is_posted(is_uncertain: bool) -> None:
    books = FakeBooks(has_two_steps=True)
    await books.create(entry())
    outcome = await push(books, entry(), is_uncertain=is_uncertain)
    assert (outcome.state, outcome.was_found, outcome.remote.number) == (PushState.VERIFIED, True, "N1")
    assert len(books.stored) == 1


async def test_the_same_entry_sent_by_somebody_else_is_a_success() -> None:
    books = FakeBooks()
    await books.create(entry())
    outcome = await push(books, entry(), is_uncertain=False)
    assert (outcome.state, outcome.was_found) == (PushState.VERIFIED, True)


@pytest.mark.parametrize("has_two_steps", [False, True])
async def test_another_entry_under_our_reference_is_left_alone(has_two_steps: bool) -> None:
    books = FakeBooks(has_two_steps=has_two_steps)
    before = await books.create(entry(amount="999.00"))
    with pytest.raises(ReferenceTaken, match=r"ours 100\.00 EUR, theirs 999\.00 EUR"):
        await push(books, entry(), is_uncertain=False)
    assert books.stored == [before]


async def test_a_date_that_the_other_system_moves_is_a_conflict_and_not_a_success() -> None:
    books = FakeBooks(moves_dates_to=date(2026, 4, 1))
    outcome = await push(books, entry(), is_uncertain=False)
    assert outcome.state is PushState.CONFLICT
    assert outcome.differences == (Difference("accountingDate", "2026-03-15", "2026-04-01"),)


async def test_what_was_changed_there_since_is_a_conflict() -> None:
    books = FakeBooks(has_two_steps=True)
    await books.create(entry())
    changed = replace(books.stored[0].lines[0], base_amount=Money(9999, "EUR"))
    books.stored[0] = replace(books.stored[0], lines=(changed, books.stored[0].lines[1]))
    outcome = await push(books, entry(), is_uncertain=True)
    assert outcome.state is PushState.CONFLICT
    assert [one.field for one in outcome.differences] == ["state", "base amount on AR"]
    assert books.posted == []  # a draft that is not as we sent it is not brought into the books


async def test_what_was_taken_out_of_the_books_again_is_not_sent_again() -> None:
    books = FakeBooks()
    await books.create(entry())
    books.stored[0] = replace(books.stored[0], state=RemoteState.VOID)
    outcome = await push(books, entry(), is_uncertain=True)
    assert outcome.differences == (Difference("state", "POSTED", "VOID"),)
    assert len(books.stored) == 1


async def test_uncertain_keeps_how_long_to_wait() -> None:
    books = FakeBooks(faults={"create": ["lost_before"], "find": ["wait_60s"]})
    with pytest.raises(Uncertain) as caught:
        await push(books, entry(), is_uncertain=False)
    assert caught.value.facts["retry_after_seconds"] == 60


async def test_what_is_stored_but_not_to_be_seen_is_not_sent_again() -> None:
    class Blind(FakeBooks):
        async def find(self, reference: str) -> list:  # type: ignore[type-arg]
            await super().find(reference)
            return []

    books = Blind(refuses_twins=False)
    with pytest.raises(Uncertain) as caught:
        await push(books, entry(), is_uncertain=False)
    assert (caught.value.code, len(books.stored)) == ("NOT_VISIBLE", 1)


async def test_every_call_is_reported() -> None:
    reports: list[AttemptReport] = []

    async def note(report: AttemptReport) -> None:
        reports.append(report)

    books = FakeBooks(has_two_steps=True, faults={"create": ["lost"], "post": ["refused"]})
    with pytest.raises(Rejected):
        await push(books, entry(), is_uncertain=False, on_attempt=note)
    assert [(one.attempt, one.step, one.outcome, one.detail) for one in reports] == [
        (1, "create", "UNCERTAIN", "no answer"),
        (2, "find", "ok", "draft 1"),
        (2, "post", "PERIOD_CLOSED", "period closed"),
        (2, "find", "ok", "draft 1"),
    ]


@pytest.mark.parametrize("has_two_steps", [False, True])
async def test_over_any_line_every_entry_is_there_once(has_two_steps: bool) -> None:
    chance = random.Random(7)
    words = ["ok"] * 9 + ["lost", "late", "lost_before", "not_sent", "wait_0s", "wait_60s", "locked", "error_500"]
    for number in range(150):
        faults = {step: chance.choices(words, k=12) for step in ("find", "create", "post")}
        books = FakeBooks(has_two_steps=has_two_steps, faults=faults)
        await push_as_the_queue_does(books, f"INV-{number}")
        assert [one.state for one in books.stored] == [RemoteState.POSTED], faults


async def push_as_the_queue_does(books: FakeBooks, reference: str) -> None:
    """Again and again until it ends; uncertain once it was, unless a try certainly did nothing."""
    is_uncertain = False
    while True:
        try:
            outcome = await push(books, entry(reference), is_uncertain=is_uncertain)
        except AuthFailed:
            raise
        except Transient as error:
            is_uncertain = is_uncertain or error.code not in ("NOT_SENT", "RATE_LIMITED")
        except Rejected as error:
            assert error.code == "FAILS_EVERY_TIME"  # noqa: PT017 - a person would press retry
            is_uncertain = True
        else:
            assert outcome.state is PushState.VERIFIED
            return
