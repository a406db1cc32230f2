"""A posted journal entry as an accounting system is to receive it, and as we read it back from there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.money import Money


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """One posting with the other system's own account code. ``amount`` > 0 is a debit.

    ``amount`` is in the document's currency, ``base_amount`` in the currency of the books; equal when those are one.
    ``party`` is the customer as the other system knows it; None where the account needs none.
    """

    account: str
    amount: Money
    base_amount: Money
    party: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingEntry:
    """What is sent: every account mapped, balanced, under a reference that is never used for other content."""

    reference: str
    accounting_date: date
    text: str
    lines: tuple[OutgoingLine, ...]

    def __post_init__(self) -> None:
        for side in ("amount", "base_amount"):
            sums: Counter[str] = Counter()
            for line in self.lines:
                money: Money = getattr(line, side)
                sums[money.currency] += money.minor
            if any(sums.values()):
                raise Invalid(f"{self.reference} does not balance: it is not sent.", code="ENTRY_UNBALANCED")

    def as_json(self) -> dict[str, Any]:
        """Plain values for storing; from_json gives the same entry back."""
        return {
            "reference": self.reference,
            "accounting_date": self.accounting_date.isoformat(),
            "text": self.text,
            "lines": [
                {
                    "account": line.account,
                    "minor": line.amount.minor,
                    "currency": line.amount.currency,
                    "base_minor": line.base_amount.minor,
                    "base_currency": line.base_amount.currency,
                    "party": line.party,
                    "text": line.text,
                }
                for line in self.lines
            ],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> OutgoingEntry:
        return cls(
            reference=stored["reference"],
            accounting_date=date.fromisoformat(stored["accounting_date"]),
            text=stored["text"],
            lines=tuple(
                OutgoingLine(
                    account=line["account"],
                    amount=Money(line["minor"], line["currency"]),
                    base_amount=Money(line["base_minor"], line["base_currency"]),
                    party=line["party"],
                    text=line["text"],
                )
                for line in stored["lines"]
            ),
        )


class RemoteState(StrEnum):
    """DRAFT: stored there but not in the books yet. POSTED: in the books. VOID: taken out of them again."""

    DRAFT = "DRAFT"
    POSTED = "POSTED"
    VOID = "VOID"


@dataclass(frozen=True, slots=True)
class RemoteLine:
    """A line as read back: account code there, signed amount in the document's currency."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """One entry found in the other system under a reference of ours; ``number`` is the one given there."""

    remote_id: str
    reference: str
    state: RemoteState
    accounting_date: date
    lines: tuple[RemoteLine, ...]
    number: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as we sent it: ``field`` with ours and theirs in words."""

    field: str
    ours: str
    theirs: str


def compare(sent: OutgoingEntry, found: RemoteEntry) -> list[Difference]:
    """Where the other system's entry differs from ours; empty when state, date, reference and every line agree.

    Lines are compared per account and currency with their signs, so neither order nor merging of lines matters.
    """
    differences = []
    if found.state is not RemoteState.POSTED:
        differences.append(Difference("state", RemoteState.POSTED.value, found.state.value))
    if found.reference != sent.reference:
        differences.append(Difference("reference", sent.reference, found.reference))
    if found.accounting_date != sent.accounting_date:
        differences.append(
            Difference("accountingDate", sent.accounting_date.isoformat(), found.accounting_date.isoformat())
        )
    ours: Counter[tuple[str, str]] = Counter()
    theirs: Counter[tuple[str, str]] = Counter()
    for line in sent.lines:
        ours[line.account, line.amount.currency] += line.amount.minor
    for remote_line in found.lines:
        theirs[remote_line.account, remote_line.amount.currency] += remote_line.amount.minor
    for account, currency in sorted({*ours, *theirs}):
        sent_minor, found_minor = ours[account, currency], theirs[account, currency]
        if sent_minor != found_minor:
            differences.append(
                Difference(f"amount on {account}", str(Money(sent_minor, currency)), str(Money(found_minor, currency)))
            )
    return differences
