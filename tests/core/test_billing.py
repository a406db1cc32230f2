"""The totals of a billing record, and the journal entry that posting it writes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.billing import billing_entry, record_totals
from hourledger.core.contracts import ContractLine, billing_type_of, is_billed_as_worked
from hourledger.core.errors import Invalid, Missing
from hourledger.core.ledger import JournalEntry, PostingType
from hourledger.core.money import ExchangeRate, ExchangeRates, Money
from hourledger.core.periods import Period
from hourledger.core.work import BillingMethod, BillingType, TransactionClass
from tests.core.tables import table

ON = date(2026, 6, 30)
ACCOUNTS = {
    PostingType.CUSTOMER_BALANCE: 1,
    PostingType.INVOICED_REVENUE: 2,
    PostingType.INVOICED_REVENUE_ON_ACCOUNT: 3,
}


def test_r_5_3_subtotals_sum_chargeable_lines_by_what_was_billed() -> None:
    lines = [
        (TransactionClass(kind), BillingType(charged), Money.of(amount, "EUR"))
        for kind, charged, amount in table("""
            class        charged           amount
            TIME         CHARGEABLE        800.00
            TIME         CHARGEABLE        -80.00
            TIME         NON_CHARGEABLE    999.00
            TIME         COMPLIMENTARY     999.00
            EXPENSE      CHARGEABLE        50.00
            MATERIAL     CHARGEABLE        5.00
            MILESTONE    CHARGEABLE        200.00
            FEE          CHARGEABLE        7.00
            RETAINER     CHARGEABLE        8.00
            ADDITIONAL   CHARGEABLE        -1.00
            ADDITIONAL   NOT_AVAILABLE     999.00
        """)
    ]
    totals = record_totals(lines, "EUR")
    parts = (totals.hours, totals.expenses, totals.fixed_revenue, totals.additional, totals.total)
    assert [str(one.amount) for one in parts] == ["720.00", "55.00", "200.00", "14.00", "989.00"]


def test_a_record_without_lines_totals_zero() -> None:
    assert record_totals([], "JPY").total == Money.zero("JPY")


def test_every_class_of_work_has_a_subtotal() -> None:
    for kind in TransactionClass:
        assert record_totals([(kind, BillingType.CHARGEABLE, Money(1, "EUR"))], "EUR").total == Money(1, "EUR")


def test_what_a_contract_line_covers_is_chargeable_unless_it_is_not() -> None:
    hours_only = ContractLine(BillingMethod.TIME_AND_MATERIAL, frozenset({TransactionClass.TIME}))
    fixed_price = ContractLine(BillingMethod.FIXED_PRICE, frozenset({TransactionClass.TIME}))
    for line, kind, chargeable, billing_type, becomes_sales in (
        # line        class                      chargeable  billing type                as worked
        (None,        TransactionClass.TIME,     True,       BillingType.NOT_AVAILABLE,  False),
        (hours_only,  TransactionClass.TIME,     True,       BillingType.CHARGEABLE,     True),
        (hours_only,  TransactionClass.TIME,     False,      BillingType.NON_CHARGEABLE, True),
        (hours_only,  TransactionClass.EXPENSE,  True,       BillingType.NOT_AVAILABLE,  False),
        (fixed_price, TransactionClass.TIME,     True,       BillingType.CHARGEABLE,     False),
    ):  # fmt: skip
        assert billing_type_of(line, kind, is_chargeable=chargeable) is billing_type
        assert is_billed_as_worked(line, kind) is becomes_sales


def entry(revenue: dict[tuple[int | None, PostingType], Money], exchange: ExchangeRates | None = None) -> JournalEntry:
    return billing_entry(
        reference="BR-00001-r1",
        accounting_date=ON,
        company_id=5,
        revenue_by_line=revenue,
        accounts=ACCOUNTS,
        exchange=exchange or ExchangeRates("EUR", []),
        text="June",
    )


def test_posting_debits_the_customer_and_credits_revenue_per_project() -> None:
    posted = entry({
        (8, PostingType.INVOICED_REVENUE): Money.of("100", "EUR"),
        (7, PostingType.INVOICED_REVENUE_ON_ACCOUNT): Money.of("50", "EUR"),
        (7, PostingType.INVOICED_REVENUE): Money.of("800", "EUR"),
        (9, PostingType.INVOICED_REVENUE): Money.zero("EUR"),
    })  # fmt: skip
    assert [(one.posting_type.value, one.project_id, str(one.amount.amount)) for one in posted.postings] == [
        ("CUSTOMER_BALANCE", None, "950.00"),
        ("INVOICED_REVENUE", 7, "-800.00"),
        ("INVOICED_REVENUE_ON_ACCOUNT", 7, "-50.00"),
        ("INVOICED_REVENUE", 8, "-100.00"),
    ]
    assert {one.company_id for one in posted.postings} == {5}


def test_the_customer_leg_is_the_sum_of_the_converted_legs() -> None:
    exchange = ExchangeRates("EUR", [ExchangeRate("USD", Decimal(3), Period(), 1)])
    posted = entry({(number, PostingType.INVOICED_REVENUE): Money.of("0.50", "USD") for number in (1, 2, 3)}, exchange)
    # 0.1666... each is 0.17 each; 1.50 converted at once would be 0.50 and leave a cent over.
    assert [str(one.base_amount.amount) for one in posted.postings] == ["0.51", "-0.17", "-0.17", "-0.17"]


def test_a_record_that_bills_nothing_is_not_posted() -> None:
    with pytest.raises(Invalid) as caught:
        entry({(7, PostingType.INVOICED_REVENUE): Money.zero("EUR")})
    assert caught.value.code == "NOTHING_TO_POST"


def test_posting_in_another_currency_needs_a_rate_on_the_accounting_date() -> None:
    with pytest.raises(Missing) as caught:
        entry({(7, PostingType.INVOICED_REVENUE): Money.of("100", "USD")})
    assert caught.value.code == "EXCHANGE_RATE_MISSING"


@given(
    st.dictionaries(st.integers(1, 9), st.integers(-(10**9), 10**9), min_size=1).filter(
        lambda sums: any(sums.values())
    ),
    st.decimals("0.0001", "10000", places=4),
)
def test_a_posted_record_balances_at_any_rate(sums: dict[int, int], rate: Decimal) -> None:
    exchange = ExchangeRates("EUR", [ExchangeRate("USD", rate, Period(), 1)])
    revenue: dict[tuple[int | None, PostingType], Money] = {
        (project, PostingType.INVOICED_REVENUE): Money(minor, "USD") for project, minor in sums.items()
    }
    posted = entry(revenue, exchange)  # an unbalanced one would not be constructed
    assert posted.postings[0].amount == Money(sum(sums.values()), "USD")
