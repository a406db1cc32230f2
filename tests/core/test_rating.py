"""Rating one entry: the worked examples of project-finances §12 that concern one hour or one task."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Missing
from hourledger.core.money import ExchangeRate, ExchangeRates, Money
from hourledger.core.periods import Period
from hourledger.core.rates import RatingInput, Subject, cap_revenue, rate_hours
from hourledger.core.work import CostType, RevenueType
from tests.core.rating_world import MAIN, PERSON, PLACE, POLICY, rate, rates
from tests.core.tables import table


def test_ct_03_user_hourly_cost_is_hours_times_the_loggers_rate() -> None:
    found_in = rates("cost person owner   20   ..   ..")
    assert rate(found_in, hours="5").cost.amount == Money.of("100", "EUR")


def test_ct_04_role_hourly_cost_takes_the_role_of_the_assignment() -> None:
    found_in = rates("""
        cost role assigned   20   ..   ..
        cost role main       99   ..   ..
        cost person owner    99   ..   ..
    """)
    rated = rate(found_in, hours="5", known="owner main assigned", cost_type=CostType.ROLE_HOURLY)
    assert rated.cost.amount == Money.of("100", "EUR")


CT_05 = """
    billing person owner   30   ..   ..
    billing person other   40   ..   ..
"""


def test_ct_05_user_hourly_revenue_follows_whoever_logs() -> None:
    found_in = rates(CT_05)
    for hours, known, revenue in table("""
        hours  known              revenue
        2      owner main         60.00
        1.5    owner main         45.00
        1.5    other main         60.00    # the other person's own rate, whoever is assigned
    """):
        assert rate(found_in, hours=hours, known=known).revenue.amount == Money.of(revenue, "EUR")


def test_ct_06_an_hour_of_a_role_is_billed_at_the_rate_of_the_role() -> None:
    found_in = rates("billing role main   20   ..   ..")
    rated = rate(found_in, hours="10", revenue_type=RevenueType.ROLE_HOURLY)
    assert rated.revenue.amount == Money.of("200", "EUR")  # the project's 100 of fixed revenue is not the hour's


def test_ct_07_five_hours_at_twenty() -> None:
    found_in = rates("billing person owner   20   ..   ..")
    assert rate(found_in, hours="5").revenue.amount == Money.of("100", "EUR")


CT_08 = """
    billing person owner   20   ..           2023-04-30
    billing person owner   25   2023-05-01   ..
"""


def test_ct_08_each_hour_has_the_rate_of_its_own_day() -> None:
    found_in = rates(CT_08)
    amounts = [rate(found_in, on="2023-04-28", hours="2"), rate(found_in, on="2023-05-02", hours="3")]
    assert [one.revenue.amount for one in amounts] == [Money.of("40", "EUR"), Money.of("75", "EUR")]
    assert Money.total((one.revenue.amount for one in amounts), "EUR") == Money.of("115", "EUR")


def test_ct_09_a_capped_task_earns_its_cap() -> None:
    found_in = rates("billing person owner   25   ..   ..")
    rated = rate(found_in, revenue_type=RevenueType.USER_HOURLY_CAP)
    assert rated.revenue.amount == Money.of("25", "EUR")  # before the cap, which is the task's
    assert cap_revenue([rated.revenue.amount.minor], cap=2000) == [2000]


CT_10 = """
    billing person owner   50    ..           2026-03-31
    billing person owner   55    2026-04-01   2026-08-20
    billing person owner   205   2026-08-21   ..
"""


def test_ct_10_a_rate_holds_up_to_and_including_its_last_day() -> None:
    found_in = rates(CT_10)
    for on, revenue in table("""
        on           revenue
        2026-03-31   50.00
        2026-04-01   55.00
        2026-08-20   55.00
        2026-08-21   205.00
    """):
        assert rate(found_in, on=on).revenue.amount == Money.of(revenue, "EUR")


CT_11 = """
    billing project main   90    ..           2026-06-16    # R1
    billing project main   110   2026-06-17   ..            # R2
    billing role main      1     ..           ..
"""


def test_ct_11_a_week_over_a_change_of_rate_is_16_r1_and_24_r2() -> None:
    found_in = rates(CT_11)
    week = ["2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18", "2026-06-19"]
    amounts = [rate(found_in, on=on, hours="8", revenue_type=RevenueType.ROLE_HOURLY).revenue.amount for on in week]
    assert Money.total(amounts, "EUR") == Money.of(16 * 90 + 24 * 110, "EUR")


CT_12 = """
    billing project main   80    2026-06-19   2026-06-25    # R1
    billing project main   95    2026-06-26   ..            # R2
"""


def test_ct_12_two_hours_of_r1_and_three_of_r2() -> None:
    found_in = rates(CT_12)
    worked = [("2026-06-20", "2"), ("2026-06-28", "3")]
    amounts = [
        rate(found_in, on=on, hours=hours, revenue_type=RevenueType.ROLE_HOURLY).revenue.amount for on, hours in worked
    ]
    assert Money.total(amounts, "EUR") == Money.of(2 * 80 + 3 * 95, "EUR")


def test_r_2_4_an_absent_rate_earns_nothing_and_says_so() -> None:
    zero = rate(rates("billing person owner   0.00   ..   ..")).revenue
    none = rate(rates("billing person other   50     ..   ..")).revenue
    assert zero.amount == none.amount == Money.zero("EUR")
    assert zero.resolution.line is not None
    assert none.resolution.line is None


def test_types_without_an_hourly_part_search_no_rate() -> None:
    found_in = rates("""
        cost person owner      50    ..   ..
        billing person owner   100   ..   ..
    """)
    for cost_type, revenue_type, counts, cost, revenue in table("""
        cost type     revenue type             counts  cost     revenue
        USER_HOURLY   USER_HOURLY              yes     50.00    100.00
        NO_COST       USER_HOURLY              yes     0.00     100.00
        USER_HOURLY   NOT_BILLABLE             yes     50.00    0.00
        USER_HOURLY   FIXED_REVENUE            yes     50.00    0.00      # the amount is the task's, not the hour's
        USER_HOURLY   USER_HOURLY_CAP          yes     50.00    100.00
        USER_HOURLY   USER_HOURLY_PLUS_FIXED   yes     50.00    100.00
        USER_HOURLY   USER_HOURLY              no      50.00    0.00      # the hour type does not earn; cost stays
    """):
        rated = rate(
            found_in,
            cost_type=CostType(cost_type),
            revenue_type=RevenueType(revenue_type),
            counts_as_revenue=counts == "yes",
        )
        assert (rated.cost.amount, rated.revenue.amount) == (Money.of(cost, "EUR"), Money.of(revenue, "EUR"))
        assert rated.policy_version == "workfront-1"


def entry(currency: str, on: date) -> RatingInput:
    subjects = PLACE | {Subject.OWNER: PERSON, Subject.OWNER_PRIMARY_ROLE: MAIN}
    return RatingInput(on, 5400, currency, CostType.USER_HOURLY, RevenueType.USER_HOURLY, subjects)


def test_c_23_a_rate_in_another_currency_is_converted_on_the_day_of_work() -> None:
    exchange = ExchangeRates("EUR", [ExchangeRate("USD", Decimal("1.1"), Period(date(2026, 6, 1), None), 1)])
    found_in = rates("billing person owner   95   ..   ..")
    rated = rate_hours(entry("USD", date(2026, 6, 15)), POLICY, found_in, exchange)
    assert rated.revenue.amount == Money.of("156.75", "USD")  # 1.5 h x 95 EUR x 1.1
    assert rated.revenue.conversion == Fraction(11, 10)
    with pytest.raises(Missing) as caught:
        rate_hours(entry("USD", date(2026, 5, 31)), POLICY, found_in, exchange)
    assert caught.value.code == "EXCHANGE_RATE_MISSING"


def test_without_a_rate_no_exchange_rate_is_needed() -> None:
    rated = rate_hours(entry("USD", date(2026, 6, 15)), POLICY, rates(""), ExchangeRates("EUR", []))
    assert rated.revenue.amount == Money.zero("USD")


# --- caps ----------------------------------------------------------------------------------------------------------


def test_ct_r4_a_cap_is_handed_out_in_date_order_and_given_back_in_reverse() -> None:
    for uncapped, cap, frozen, capped in table("""
        uncapped          cap   frozen  capped
        80 40 40          100   0       80 20 0
        80 40 40 -40      100   0       80 20 0 0          # 120 is still above the cap
        80 40 40 -40 -40  100   0       80 20 0 0 -20
        80 40             0     0       0 0
        80 40             100   60      40 0               # what is billed uses the cap first
        80 40             100   120     0 0                # and keeps what it has, even above the cap
        -40 80            100   0       -40 80
        80 40             1000  0       80 40
        nothing           100   0       nothing
    """):
        given_revenue = [] if uncapped == "nothing" else [int(one) for one in uncapped.split()]
        expected = [] if capped == "nothing" else [int(one) for one in capped.split()]
        assert cap_revenue(given_revenue, int(cap), int(frozen)) == expected


REVENUES = st.lists(st.integers(-(10**6), 10**6), max_size=30)
CAPS = st.integers(0, 10**7)


@given(REVENUES, CAPS, st.integers(0, 10**7))
def test_i1_capped_revenue_sums_to_the_smaller_of_cap_and_total(uncapped: list[int], cap: int, frozen: int) -> None:
    assert sum(cap_revenue(uncapped, cap, frozen)) == min(max(0, cap - frozen), sum(uncapped))


@given(REVENUES, CAPS, st.data())
def test_an_entry_is_capped_by_those_before_it_alone(uncapped: list[int], cap: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(uncapped)))
    assert cap_revenue(uncapped, cap)[:first] == cap_revenue(uncapped[:first], cap)


@given(st.lists(st.integers(0, 10**6), max_size=30), CAPS)
def test_a_cap_never_raises_revenue_nor_makes_it_negative(uncapped: list[int], cap: int) -> None:
    for before, after in zip(uncapped, cap_revenue(uncapped, cap), strict=True):
        assert 0 <= after <= before
