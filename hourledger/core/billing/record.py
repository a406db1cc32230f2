"""The billing record: Workfront's record and Dynamics' pro-forma invoice are this one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hourledger.core.errors import Invalid
from hourledger.core.ledger import JournalEntry, Posting, PostingType
from hourledger.core.money import ExchangeRates, Money
from hourledger.core.states import StateTable
from hourledger.core.work import BillingType, TransactionClass


class BillingRecordStatus(StrEnum):
    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    CONFIRMED = "CONFIRMED"
    POSTED = "POSTED"
    DELETED = "DELETED"


BILLING_RECORD_LIFE = StateTable(
    BillingRecordStatus,
    "billing record",
    """
                 edit       review     return   confirm    post    delete
    draft        draft      in_review  -        confirmed  -       deleted
    in_review    in_review  -          draft    confirmed  -       deleted
    confirmed    -          -          -        -          posted  -
    posted       -          -          -        -          -       -
    deleted      -          -          -        -          -       -
    """,
)
"""Source: project-invoicing §6.4; project-finances §5.7 (not billed is all before posted, billed is posted)."""


def billing_status(status: BillingRecordStatus) -> str:
    """The two words of shops that know only those: BILLED once posted, NOT_BILLED before (design §3)."""
    return "BILLED" if status is BillingRecordStatus.POSTED else "NOT_BILLED"


@dataclass(frozen=True, slots=True)
class RecordTotals:
    """Subtotals by what was billed, and their sum; only chargeable lines count (R-5.3)."""

    hours: Money
    expenses: Money
    fixed_revenue: Money
    additional: Money

    @property
    def total(self) -> Money:
        return self.hours + self.expenses + self.fixed_revenue + self.additional


_SUBTOTAL = {
    TransactionClass.TIME: "hours",
    TransactionClass.EXPENSE: "expenses",
    TransactionClass.MATERIAL: "expenses",
    TransactionClass.MILESTONE: "fixed_revenue",
    TransactionClass.FEE: "additional",
    TransactionClass.RETAINER: "additional",
    TransactionClass.ADDITIONAL: "additional",
}


def record_totals(lines: Iterable[tuple[TransactionClass, BillingType, Money]], currency: str) -> RecordTotals:
    """The totals of a billing record from its lines, all of which are in ``currency``."""
    sums = {name: Money.zero(currency) for name in ("hours", "expenses", "fixed_revenue", "additional")}
    for transaction_class, billing_type, amount in lines:
        if billing_type is BillingType.CHARGEABLE:
            sums[_SUBTOTAL[transaction_class]] += amount
    return RecordTotals(**sums)


def billing_entry(
    *,
    reference: str,
    accounting_date: date,
    company_id: int,
    revenue_by_line: Mapping[tuple[int | None, PostingType], Money],
    accounts: Mapping[PostingType, int],
    exchange: ExchangeRates,
    text: str,
) -> JournalEntry:
    """Debit customer balance, credit revenue per project: what posting a billing record writes (J12, J14, without tax).

    ``revenue_by_line`` is keyed by (project, revenue posting type), in one currency. Base amounts are converted on the
    accounting date; the customer leg is the sum of the converted revenue legs, so no rounding cent is left over.

    Raises:
        Invalid NOTHING_TO_POST: every amount is zero.
        Missing EXCHANGE_RATE_MISSING.
    """
    base = exchange.base_currency
    revenue = {key: amount for key, amount in revenue_by_line.items() if amount}
    if not revenue:
        raise Invalid(
            "This billing record bills nothing: its chargeable lines sum to zero. Add work or an additional amount.",
            code="NOTHING_TO_POST",
        )
    currency = next(iter(revenue.values())).currency
    conversion = exchange.factor(currency, base, accounting_date)
    credits: list[Posting] = []
    for (project_id, posting_type), amount in sorted(revenue.items(), key=lambda item: (item[0][0] or 0, item[0][1])):
        in_base = amount.converted(conversion, base)
        credits.append(Posting(posting_type, accounts[posting_type], -amount, -in_base, text, company_id, project_id))
    total = Money.total((posting.amount for posting in credits), currency)
    base_total = Money.total((posting.base_amount for posting in credits), base)
    debit = Posting(
        PostingType.CUSTOMER_BALANCE,
        accounts[PostingType.CUSTOMER_BALANCE],
        -total,
        -base_total,
        text,
        company_id,
        None,
    )
    return JournalEntry(reference, accounting_date, text, (debit, *credits))
