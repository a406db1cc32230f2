"""A posted journal entry as an accounting system is to receive it, and as we read it back from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    """A line as read back: account code there, signed amount in the document's currency.

    ``base_amount`` is the amount in the currency of those books; None where the other system does not tell it.
    """

    account: str
    amount: Money
    base_amount: Money | None = None


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

    Lines are compared per account and currency with their signs, so neither order nor merging of lines matters; so are
    the amounts in the books' currency where the other system tells them.
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
    amounts = _differing_sums(
        [(line.account, line.amount) for line in sent.lines], [(line.account, line.amount) for line in found.lines]
    )
    differences += [_amount_difference("amount", key, *pair) for key, pair in amounts.items()]
    base_lines = [(line.account, line.base_amount) for line in found.lines if line.base_amount is not None]
    if len(base_lines) == len(found.lines):
        base_amounts = _differing_sums([(line.account, line.base_amount) for line in sent.lines], base_lines)
        differences += [
            _amount_difference("base amount", key, *pair)
            for key, pair in base_amounts.items()
            if key not in amounts  # one currency: the same difference again
        ]
    return differences


def _differing_sums(
    ours: Sequence[tuple[str, Money]], theirs: Sequence[tuple[str, Money]]
) -> dict[tuple[str, str], tuple[Money, Money]]:
    """Sums by account and currency that are not the same on both sides."""
    sums: tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]] = (Counter(), Counter())
    for side, lines in zip(sums, (ours, theirs), strict=True):
        for account, money in lines:
            side[account, money.currency] += money.minor
    return {
        key: (Money(sums[0][key], key[1]), Money(sums[1][key], key[1]))
        for key in sorted({*sums[0], *sums[1]})
        if sums[0][key] != sums[1][key]
    }


def _amount_difference(what: str, key: tuple[str, str], ours: Money, theirs: Money) -> Difference:
    return Difference(f"{what} on {key[0]}", str(ours), str(theirs))
