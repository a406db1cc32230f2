"""Double entry: balanced or not constructed; reversed exactly; compared line by line with what the other side has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.ledger import (
    JournalEntry,
    OutgoingEntry,
    OutgoingLine,
    Posting,
    PostingType,
    RemoteEntry,
    RemoteLine,
    RemoteState,
    compare,
)
from hourledger.core.money import Money
from tests.core.tables import table

ON = date(2026, 6, 30)
NEXT_DAY = date(2026, 7, 1)
CURRENCIES = ("EUR", "USD", "JPY")


def postings(text: str) -> tuple[Posting, ...]:
    """Rows of ``amount  base amount``, such as ``200.00 USD  100.00 EUR``."""
    found = []
    for number, cells in enumerate(table("amount  base\n" + text)):
        amount, base = (Money.of(*cell.split()) for cell in cells)
        found.append(Posting(PostingType.INVOICED_REVENUE, number, amount, base, "work"))
    return tuple(found)


def entry(text: str) -> JournalEntry:
    return JournalEntry("BR-00001-r1", ON, "June", postings(text))


BALANCED = """
    1200.00 EUR   1200.00 EUR
    -800.00 EUR   -800.00 EUR
    -400.00 EUR   -400.00 EUR
"""


def test_an_entry_that_sums_to_zero_stands() -> None:
    assert len(entry(BALANCED).postings) == 3
    assert entry("""
        200.00 USD    100.00 EUR
        -200.00 USD   -100.00 EUR
    """)


UNBALANCED = {
    "in the document's currency": ("100.00 EUR   100.00 EUR\n-99.99 EUR   -100.00 EUR", "0.01 EUR"),
    "in the currency of the books": ("200.00 USD   100.00 EUR\n-200.00 USD   -100.01 EUR", "-0.01 EUR"),
    "two currencies that cancel only as numbers": ("100.00 EUR   100.00 EUR\n-100.00 USD   -100.00 EUR", "100.00 EUR"),
}


@pytest.mark.parametrize("name", UNBALANCED)
def test_i11_an_unbalanced_entry_cannot_be_constructed(name: str) -> None:
    text, off = UNBALANCED[name]
    with pytest.raises(Invalid) as caught:
        entry(text)
    assert caught.value.code == "ENTRY_UNBALANCED"
    assert off in caught.value.facts["off"]


@pytest.mark.parametrize("text", ["", "0.00 EUR   0.00 EUR"])
def test_an_entry_has_at_least_two_postings(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        entry(text)
    assert caught.value.code == "ENTRY_EMPTY"


def test_a_reversal_names_what_it_reverses_and_keeps_the_base_amounts() -> None:
    original = entry("""
        200.00 USD    99.99 EUR
        -200.00 USD   -99.99 EUR
    """)
    reversal = original.reverse("BR-00001-r2", NEXT_DAY)
    assert reversal.reverses_reference == "BR-00001-r1"
    assert reversal.accounting_date == NEXT_DAY
    assert [(one.amount, one.base_amount) for one in reversal.postings] == [
        (-one.amount, -one.base_amount) for one in original.postings
    ]


@st.composite
def balanced(draw: st.DrawFn) -> JournalEntry:
    """Any number of legs in some currencies, each currency closed by one more leg."""
    legs = []
    for currency in draw(st.lists(st.sampled_from(CURRENCIES), min_size=1, unique=True)):
        amounts = draw(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)), min_size=1))
        amounts.append((-sum(amount for amount, _ in amounts), -sum(base for _, base in amounts)))
        legs += [
            Posting(PostingType.INVOICED_REVENUE, 1, Money(amount, currency), Money(base, "EUR"), "")
            for amount, base in amounts
        ]
    return JournalEntry("R-1", ON, "any", tuple(draw(st.permutations(legs))))


@given(balanced())
def test_entries_sum_to_zero_in_every_currency(one: JournalEntry) -> None:
    for currency in CURRENCIES:
        assert sum(leg.amount.minor for leg in one.postings if leg.amount.currency == currency) == 0
    assert sum(leg.base_amount.minor for leg in one.postings) == 0


@given(balanced(), st.integers(1, 100))
def test_one_changed_cent_makes_it_unconstructible(one: JournalEntry, minor: int) -> None:
    first, *others = one.postings
    wrong = replace(first, amount=first.amount + Money(minor, first.amount.currency))
    with pytest.raises(Invalid):
        replace(one, postings=(wrong, *others))


@given(balanced())
def test_reversing_twice_gives_the_postings_back(one: JournalEntry) -> None:
    assert one.reverse("R-2", ON).reverse("R-3", ON).postings == one.postings


# --- what goes out, and what is found there ------------------------------------------------------------------------

SENT = OutgoingEntry(
    reference="BR-00001-r1",
    accounting_date=ON,
    text="June",
    lines=(
        OutgoingLine("1200", Money.of("300", "USD"), Money.of("150", "EUR"), party="Northwind Robotics"),
        OutgoingLine("8000", Money.of("-200", "USD"), Money.of("-100", "EUR"), text="Build"),
        OutgoingLine("8000", Money.of("-100", "USD"), Money.of("-50", "EUR"), text="Test"),
    ),
)


def remote(lines: str, **other: object) -> RemoteEntry:
    """What was read back; rows of ``account  amount  base``, base ``-`` where the other system does not tell."""
    read = [
        RemoteLine(account, Money.of(*amount.split()), None if base == "-" else Money.of(*base.split()))
        for account, amount, base in table("account  amount  base\n" + lines)
    ]
    found = RemoteEntry("17", "BR-00001-r1", RemoteState.POSTED, ON, tuple(read), number="2026/17")
    return replace(found, **other)  # type: ignore[arg-type]


EQUAL = """
    1200   300.00 USD    150.00 EUR
    8000   -200.00 USD   -100.00 EUR
    8000   -100.00 USD   -50.00 EUR
"""
SAME = {
    "as sent": EQUAL,
    "in another order": """
        8000   -100.00 USD   -50.00 EUR
        1200   300.00 USD    150.00 EUR
        8000   -200.00 USD   -100.00 EUR
    """,
    "with lines of one account merged": """
        1200   300.00 USD    150.00 EUR
        8000   -300.00 USD   -150.00 EUR
    """,
    "without base amounts": """
        1200   300.00 USD    -
        8000   -300.00 USD   -
    """,
    "with base amounts on some lines only": """
        1200   300.00 USD    1.00 EUR
        8000   -300.00 USD   -
    """,
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_there_as_sent_has_no_differences(name: str) -> None:
    assert compare(SENT, remote(SAME[name])) == []


OTHER: dict[str, tuple[str, dict[str, object], str]] = {
    "a draft": (EQUAL, {"state": RemoteState.DRAFT}, "state: POSTED / DRAFT"),
    "taken back": (EQUAL, {"state": RemoteState.VOID}, "state: POSTED / VOID"),
    "another reference": (EQUAL, {"reference": "BR-00002-r1"}, "reference: BR-00001-r1 / BR-00002-r1"),
    "another day": (EQUAL, {"accounting_date": NEXT_DAY}, "accountingDate: 2026-06-30 / 2026-07-01"),
    "another amount": (
        """
        1200   300.01 USD    150.00 EUR
        8000   -300.00 USD   -150.00 EUR
        """,
        {},
        "amount on 1200: 300.00 USD / 300.01 USD",
    ),
    "the other sign": (
        """
        1200   300.00 USD    150.00 EUR
        8000   300.00 USD    -150.00 EUR
        """,
        {},
        "amount on 8000: -300.00 USD / 300.00 USD",
    ),
    "a line is missing": (
        "1200   300.00 USD   150.00 EUR",
        {},
        "amount on 8000: -300.00 USD / 0.00 USD; base amount on 8000: -150.00 EUR / 0.00 EUR",
    ),
    "a line too many": (
        EQUAL + "    9999   1.00 USD   0.00 EUR",
        {},
        "amount on 9999: 0.00 USD / 1.00 USD",
    ),
    "another account": (
        """
        1200   300.00 USD    -
        8001   -300.00 USD   -
        """,
        {},
        "amount on 8000: -300.00 USD / 0.00 USD; amount on 8001: 0.00 USD / -300.00 USD",
    ),
    "another currency": (
        """
        1200   300.00 EUR    -
        8000   -300.00 USD   -
        """,
        {},
        "amount on 1200: 0.00 EUR / 300.00 EUR; amount on 1200: 300.00 USD / 0.00 USD",
    ),
    "converted at another rate": (
        """
        1200   300.00 USD    151.00 EUR
        8000   -300.00 USD   -150.00 EUR
        """,
        {},
        "base amount on 1200: 150.00 EUR / 151.00 EUR",
    ),
}


@pytest.mark.parametrize("name", OTHER)
def test_each_difference_is_found_and_named(name: str) -> None:
    lines, other, says = OTHER[name]
    found = compare(SENT, remote(lines, **other))
    assert "; ".join(f"{one.field}: {one.ours} / {one.theirs}" for one in found) == says


def test_in_one_currency_a_difference_is_told_once() -> None:
    sent = replace(
        SENT,
        lines=(
            OutgoingLine("1200", Money.of("100", "EUR"), Money.of("100", "EUR")),
            OutgoingLine("8000", Money.of("-100", "EUR"), Money.of("-100", "EUR")),
        ),
    )
    found = compare(
        sent,
        remote("""
            1200   99.00 EUR     99.00 EUR
            8000   -100.00 EUR   -100.00 EUR
        """),
    )
    assert [one.field for one in found] == ["amount on 1200"]


def test_an_unbalanced_entry_is_never_sent() -> None:
    for line in (
        replace(SENT.lines[0], amount=Money.of("300.01", "USD")),
        replace(SENT.lines[0], base_amount=Money.of("150.01", "EUR")),
    ):
        with pytest.raises(Invalid) as caught:
            replace(SENT, lines=(line, *SENT.lines[1:]))
        assert caught.value.code == "ENTRY_UNBALANCED"


def test_what_is_stored_reads_back_as_what_was_sent() -> None:
    assert OutgoingEntry.from_json(SENT.as_json()) == SENT
