"""Budgeted cost, risk, net value, return, variances and margin (project-finances §8.9 to §8.13)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from hourledger.core.errors import Invalid
from hourledger.core.finances import (
    ProjectValue,
    Risk,
    RoleBudget,
    budgeted_cost,
    budgeted_labor_cost,
    cost_variance,
    displayed,
    full_time_persons,
    full_time_seconds,
    margin_percent,
    on_budget_percent,
    potential_risk_cost,
    remaining,
    remaining_risk_cost,
    revenue_variance,
    total_potential_cost,
)
from hourledger.core.money import HourlyRate, Money, parse_hours
from tests.core.tables import table

JUNE = date(2026, 6, 1)


def euros(amount: str | int) -> Money:
    return Money.of(amount, "EUR")


def worth(benefit: int, cost: int, risk: int = 0) -> ProjectValue:
    return ProjectValue(euros(benefit), euros(cost), euros(risk))


def test_ct_41_a_full_time_person_is_160_hours_a_month() -> None:
    month = full_time_seconds(1, JUNE)
    designer, web_designer = HourlyRate.of(50, "EUR"), HourlyRate.of(100, "EUR")
    budgets = [RoleBudget(month, designer)] * 6 + [RoleBudget(month, web_designer)] * 2
    assert budgeted_labor_cost(budgets, "EUR") == euros(80_000)
    assert full_time_seconds(Decimal("0.5"), JUNE) == parse_hours(80)
    assert full_time_persons(parse_hours(40)) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("persons", "month", "code"),
    [
        (Decimal("-0.01"), JUNE, "PERSONS_INVALID"),
        (Decimal("NaN"), JUNE, "PERSONS_INVALID"),
        (Decimal("Infinity"), JUNE, "PERSONS_INVALID"),
        (10**6, JUNE, "PERSONS_INVALID"),
        (1, date(2026, 6, 2), "MONTH_EXPECTED"),
    ],
)
def test_full_time_persons_are_zero_or_more_in_a_month(persons: Decimal | int, month: date, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        full_time_seconds(persons, month)
    assert caught.value.code == code


def test_c_08_budgeted_cost_includes_the_fixed_cost() -> None:
    assert budgeted_cost(euros(1000), [euros(100), euros(-30)], euros(200)) == euros(1270)


def test_budgets_in_two_currencies_do_not_add_up() -> None:
    with pytest.raises(Invalid) as caught:
        budgeted_labor_cost([RoleBudget(3600, HourlyRate.of(50, "USD"))], "EUR")
    assert caught.value.code == "CURRENCY_MISMATCH"


def test_ct_26_a_risk_weighs_as_much_as_it_is_likely() -> None:
    assert potential_risk_cost([Risk(euros(100), 10, euros(0))], "EUR") == euros(10)


def test_remaining_risk_is_what_was_expected_less_what_it_cost() -> None:
    risks = [Risk(euros(100), 10, euros(0)), Risk(euros(200), Decimal("2.5"), euros(7))]
    assert total_potential_cost(risks, "EUR") == euros(300)
    assert potential_risk_cost(risks, "EUR") == euros(15)
    assert remaining_risk_cost(risks, "EUR") == euros(8)
    assert remaining_risk_cost([], "EUR") == euros(0)


@pytest.mark.parametrize("percent", [-1, 101, Decimal("100.01"), Decimal("NaN"), Decimal("Infinity"), Fraction(-1, 3)])
def test_a_probability_is_a_percent(percent: Decimal | Fraction | int) -> None:
    with pytest.raises(Invalid) as caught:
        Risk(euros(100), percent, euros(0))
    assert caught.value.code == "PERCENT_INVALID"


def test_net_value_and_return() -> None:
    for benefit, cost, risk, net, roi in table("""
        benefit  cost   risk  net    roi
        1500     1000   100   400    50.00
        500      1000   0     -500   -50.00
        1000     300    0     700    233.33
        0        0      50    -50    none      # no cost, no return
    """):
        value = worth(int(benefit), int(cost), int(risk))
        assert value.net_value == euros(net)
        assert value.roi_percent is None if roi == "none" else shown(value.roi_percent) == roi


def shown(value: Fraction | None) -> str:
    assert value is not None
    return str(displayed(value))


def test_a_planned_benefit_is_not_negative() -> None:
    with pytest.raises(Invalid) as caught:
        worth(-1, 0)
    assert caught.value.code == "BENEFIT_NEGATIVE"


def test_ct_47_the_indicators_share_one_between_risk_and_net_value() -> None:
    value = worth(1500, 1000, 100)  # r 100, n 400
    assert (value.risk_indicator, value.net_value_indicator) == (Fraction(100, 500), Fraction(400, 500))
    nothing = worth(1000, 1000)
    assert (nothing.risk_indicator, nothing.net_value_indicator) == (None, None)


def test_projects_on_budget() -> None:
    assert on_budget_percent(3, 4) == 75
    assert on_budget_percent(0, 0) is None


def test_a_positive_variance_is_good() -> None:
    assert cost_variance(euros(100), euros(80)) == euros(20)
    assert revenue_variance(euros(100), euros(80)) == euros(-20)
    assert remaining(euros(100), euros(120)) == euros(-20)


def test_margin_percent_is_zero_without_revenue() -> None:
    for revenue, cost, margin in table("""
        revenue  cost  margin
        300      120   60.00
        300      400   -33.33
        0        120   0.00
    """):
        assert shown(margin_percent(euros(revenue), euros(cost))) == margin
