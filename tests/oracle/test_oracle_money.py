"""Rounding, exchange, the spread of plans, and the roll-up of tasks, computed by the oracle (§2.2, §2.5-§2.7, §7.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.core.tables import table
from tests.oracle.money import NoExchangeRateError, per_base
from tests.oracle.oracle import solve
from tests.oracle.small import CURRENCIES, START, assigned, logged, person, rates, seconds, solved, task
from tests.oracle.world import Assignment, ExchangeRate, Person, Project, World

ROUNDED = """                                # 1 USD is 0.80 EUR until 2024-01-01, then 0.50; 1 EUR is 150 JPY
    project  rate     hours  on          cost     # half away from zero, once
    EUR      EUR 0.5  0.01   2024-01-01  0.01     # 0.005
    EUR      EUR 0.5  -0.01  2024-01-01  -0.01
    JPY      JPY 45   0.1    2024-01-01  5        # 4.5
    KWD      KWD 4.5  0.001  2024-01-01  0.004    # three seconds of 3.6: 0.00375
    EUR      USD 10   1      2024-01-01  8.00
    EUR      USD 10   1      2024-01-02  5.00
    JPY      EUR 1    1      2024-01-01  150
    JPY      USD 1.01  1     2024-01-01  121      # 1.01 / 1.25 x 150 = 121.2
    KWD      USD 1    1      2024-01-01  0.320    # 1 / 1.25 x 0.4
"""


@pytest.mark.parametrize(("project", "rate", "hours", "on", "cost"), table(ROUNDED))
def test_amounts_are_exchanged_on_the_day_and_rounded_once(
    project: str, rate: str, hours: str, on: str, cost: str
) -> None:
    money = (
        ExchangeRate("USD", Decimal("1.25"), None, START),
        ExchangeRate("USD", Decimal(2), date(2024, 1, 2)),
        ExchangeRate("JPY", Decimal(160)),
        ExchangeRate("JPY", Decimal(150), of_project=True),
        ExchangeRate("KWD", Decimal("0.4")),
    )
    world = World(
        "EUR",
        CURRENCIES,
        Project(project, START),
        money,
        persons=(Person("ann", cost_rates=rates(rate)),),
        tasks=(task("USER_HOURLY"),),
        entries=(logged(1, hours, "ann", on),),
    )
    result, expected = solve(world).entries[1].cost, Decimal(cost)
    assert [result, result.as_tuple().exponent] == [expected, expected.as_tuple().exponent]


def test_7_2_of_a_currency_that_the_project_has_rates_of_the_system_s_count_for_nothing() -> None:
    """Not even on days that the project's leave out; other currencies have the system's."""
    world = World(
        "EUR",
        CURRENCIES,
        Project("EUR", START),
        (
            ExchangeRate("USD", Decimal(2)),
            ExchangeRate("JPY", Decimal(160)),
            ExchangeRate("USD", Decimal("1.25"), None, START, of_project=True),
        ),
    )
    assert [per_base(world, "USD", START), per_base(world, "JPY", START)] == [Fraction(5, 4), 160]
    with pytest.raises(NoExchangeRateError):
        per_base(world, "USD", date(2024, 1, 2))


SPREAD = """
    start       completion  seconds  by_day                                    # 2024-01-05 is a Friday
    2024-01-05  2024-01-09  10       2024-01-05 4, 2024-01-08 3, 2024-01-09 3  # no weekend; the rest to the earliest
    2024-01-06  2024-01-06  10       2024-01-06 10                             # one day, whatever its weekday
    2024-01-06  2024-01-07  10       2024-01-06 10                             # no working day at all
    2024-01-05  2024-01-12  2        2024-01-05 1, 2024-01-08 1
"""


@pytest.mark.parametrize(("start", "completion", "planned", "by_day"), table(SPREAD))
def test_plans_are_spread_over_working_days(start: str, completion: str, planned: str, by_day: str) -> None:
    row = Assignment("row", "ann", is_primary=True, planned_seconds=int(planned))
    days = {"start": date.fromisoformat(start), "completion": date.fromisoformat(completion)}
    it = solved(persons=(person("ann"),), tasks=(task("NO_COST", "NOT_BILLABLE", row, **days),))
    assert ", ".join(f"{day.day} {day.seconds}" for day in it.planned_days) == by_day


PARENT = """                     # an hour each on parent and child, earning 20; 7 are fixed on the parent
    parent_is  child_is  parent_type        actual_parent  planned_parent
    open       open      USER_HOURLY        40             20      # the parent's own plan does not count
    open       open      NOT_BILLABLE       20             20      # and does not silence the child
    open       open      FIXED_REVENUE      20             27
    complete   open      FIXED_REVENUE      27             27      # realised on completion
    open       complete  USER_HOURLY_PLUS_FIXED  40        27
    complete   complete  USER_HOURLY_PLUS_FIXED  47        27
"""


@pytest.mark.parametrize(("parent_is", "child_is", "revenue", "actual", "planned"), table(PARENT))
def test_parents_add_their_children_and_their_own_fixed_amount(
    parent_is: str, child_is: str, revenue: str, actual: str, planned: str
) -> None:
    fixed: dict[str, Any] = {"billing_amount": Decimal(7)} if revenue != "USER_HOURLY" else {}
    row = assigned("ann", hours="1")
    it = solved(
        {"fixed_revenue": Decimal(100), "is_complete": parent_is == "complete"},
        persons=(person("ann", cost="10", billing="20"),),
        tasks=(
            task("NO_COST", revenue, row, id="parent", is_complete=parent_is == "complete", **fixed),
            task("USER_HOURLY", "USER_HOURLY", row, id="child", parent="parent", is_complete=child_is == "complete"),
        ),
        entries=(logged(1, "1", "ann", task="parent"), logged(2, "1", "ann", task="child")),
    )
    figures = it.tasks["parent"].figures
    assert [figures.actual_revenue, figures.planned_revenue] == [Decimal(actual), Decimal(planned)]
    assert [figures.actual_labour_cost, figures.planned_labour_cost] == [Decimal(10), Decimal(10)]
    assert [it.tasks["parent"].actual_seconds_own, it.tasks["parent"].actual_seconds] == [3600, 7200]
    assert it.project.planned_revenue == figures.planned_revenue + 100
    realised = 100 if parent_is == "complete" else 0
    assert it.project.actual_revenue == figures.actual_revenue + realised


SILENT = """                       # who logs, what silences the hour; its cost stays 10 (C-11, C-18)
    hour_type  assignment   type          revenue  planned
    counts     billable     USER_HOURLY   20       20
    not        billable     USER_HOURLY   0        20
    counts     not          USER_HOURLY   0        0
    counts     not          FIXED_HOURLY  0        0
    counts     unassigned   FIXED_HOURLY  30       30    # nobody assigned: FIXED types are unaffected
    counts     unassigned   USER_HOURLY   20       0
"""


@pytest.mark.parametrize(("hour_type", "assignment", "type", "revenue", "planned"), table(SILENT))
def test_hours_that_earn_nothing_still_cost(
    hour_type: str, assignment: str, type: str, revenue: str, planned: str
) -> None:
    rows = [] if assignment == "unassigned" else [assigned("ann", hours="1", is_billable=assignment == "billable")]
    it = solved(
        persons=(person("ann", cost="10", billing="20"),),
        tasks=(task("USER_HOURLY", type, *rows, billing_amount=Decimal(30), planned_seconds=seconds("1")),),
        entries=(logged(1, "1", "ann", counts_as_revenue=hour_type == "counts"),),
    )
    assert [it.entries[1].cost, it.entries[1].revenue] == [Decimal(10), Decimal(revenue)]
    assert it.project.planned_revenue == Decimal(planned)
