"""A journal entry in our own books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from hourledger.core.errors import Invalid
from hourledger.core.money import Money


class PostingType(StrEnum):
    """What a posting is for; the organisation's account selection says which account that is (§7.5)."""

    CUSTOMER_BALANCE = "CUSTOMER_BALANCE"
    INVOICED_REVENUE = "INVOICED_REVENUE"
    INVOICED_REVENUE_ON_ACCOUNT = "INVOICED_REVENUE_ON_ACCOUNT"


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg: ``amount`` in the document's currency and ``base_amount`` in the books' currency; debit is positive."""

    posting_type: PostingType
    account_id: int
    amount: Money
    base_amount: Money
    text: str
    company_id: int | None = None
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """Postings that sum to zero in every currency, or it cannot be constructed.

    ``reference`` is unique for ever; a correction is a further entry that names what it reverses.

    Raises:
        Invalid ENTRY_UNBALANCED: says by how much in which currency.
        Invalid ENTRY_EMPTY: fewer than two postings.
    Source: design principle 2; project-invoicing I11.
    """

    reference: str
    accounting_date: date
    text: str
    postings: tuple[Posting, ...]
    reverses_reference: str | None = field(default=None)

    def __post_init__(self) -> None:
        if len(self.postings) < 2:
            raise Invalid(f"Journal entry {self.reference} needs at least two postings.", code="ENTRY_EMPTY")
        for sums in (self._sums("amount"), self._sums("base_amount")):
            wrong = {currency: minor for currency, minor in sums.items() if minor}
            if wrong:
                off = ", ".join(str(Money(minor, currency)) for currency, minor in sorted(wrong.items()))
                raise Invalid(
                    f"Journal entry {self.reference} does not balance: debits exceed credits by {off}. "
                    "Nothing was posted; correct the postings.",
                    code="ENTRY_UNBALANCED",
                    off=off,
                )

    def reverse(self, reference: str, on: date) -> JournalEntry:
        """The same postings with opposite signs and the stored base amounts (never converted anew, §7.8)."""
        return JournalEntry(
            reference=reference,
            accounting_date=on,
            text=f"Reversal of {self.reference}",
            postings=tuple(
                replace(posting, amount=-posting.amount, base_amount=-posting.base_amount) for posting in self.postings
            ),
            reverses_reference=self.reference,
        )

    def _sums(self, side: str) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            amount: Money = getattr(posting, side)
            sums[amount.currency] += amount.minor
        return sums
