"""Three further policies, without a line of code for any: price lists, a four-level fall-through, a scored search."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from hourledger.core.money import ExchangeRate, ExchangeRates, HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    NO_CURRENCY,
    AttributeValues,
    Level,
    RateBasis,
    Rated,
    RateKey,
    RateLine,
    RateTable,
    RatingInput,
    Subject,
    rate_hours,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from tests.core.tables import table

IDS = {"bob": 1, "ann": 2, "dev": 11, "lead": 12, "task": 31, "project": 7, "company": 8, "us": 9}
INDIA, ONSITE, OVERTIME, LOCAL, US, DELHI = range(101, 107)
UNIT, PLACE, HOURS = 1, 2, 3
"""Positions of the attributes resourcing unit, work location and work hours."""

EXCHANGE = ExchangeRates("EUR", [ExchangeRate("GBP", Decimal("0.8"), Period())])
BOB = {
    Subject.OWNER: IDS["bob"],
    Subject.OWNER_PRIMARY_ROLE: IDS["dev"],
    Subject.TASK: IDS["task"],
    Subject.PROJECT: IDS["project"],
    Subject.COMPANY: IDS["company"],
    Subject.ORGANISATION: IDS["us"],
}


def line(
    level: Level,
    whose: str,
    rate: str,
    *,
    kind: RateKind = RateKind.BILLING,
    first: str | None = None,
    last: str | None = None,
    basis: RateBasis = RateBasis.TIME,
    hours: str = "1",
    currency: str = "EUR",
    attributes: dict[int, int] | None = None,
) -> tuple[RateKey, RateLine]:
    scope = level.scope
    key = RateKey(kind, level, BOB[scope] if scope else None, IDS[whose])
    period = Period.inclusive(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
    if basis in (RateBasis.COST_PLUS, RateBasis.PERCENT):
        priced = HourlyRate(int(Decimal(rate) * 10_000), NO_CURRENCY)
    else:
        priced = HourlyRate.of(rate, currency, int(Decimal(hours) * 3600))
    return key, RateLine(priced, period, 1, basis, tuple(sorted((attributes or {}).items())))


def rated(
    policy: str,
    lines: list[tuple[RateKey, RateLine]],
    *,
    on: str = "2026-06-15",
    hours: str = "1",
    subjects: dict[Subject, int] | None = None,
    attributes: AttributeValues | None = None,
    revenue_type: RevenueType = RevenueType.USER_HOURLY,
) -> Rated:
    entry = RatingInput(
        on=date.fromisoformat(on),
        seconds=int(Fraction(hours) * 3600),
        currency="EUR",
        cost_type=CostType.USER_HOURLY,
        revenue_type=revenue_type,
        subjects=BOB if subjects is None else subjects,
        attributes=attributes or {},
    )
    found = shipped_policy(policy)
    return rate_hours(entry, found, RateTable(lines, found.stretched), EXCHANGE)


# --- price lists (project-invoicing §4.3 to §4.5) ------------------------------------------------------------------

LISTS = "price-lists-1"


def test_4_3_role_and_unit_match_before_the_role_alone() -> None:
    prices = [
        line(Level.RATE_CARD, "dev", "100"),
        line(Level.RATE_CARD, "dev", "60", attributes={UNIT: INDIA}),
        line(Level.RATE_CARD, "lead", "150", attributes={UNIT: INDIA}),
    ]
    for role, unit, amount in table("""
        role  unit   revenue of an hour
        dev   india  60.00 EUR      # both match
        dev   us     100.00 EUR     # the unit is dropped: a price without one
        lead  india  150.00 EUR
        lead  us     0.00 EUR       # none at all: 0
    """):
        subjects = BOB | {Subject.OWNER_PRIMARY_ROLE: IDS[role]}
        unit_id = INDIA if unit == "india" else US
        found = rated(LISTS, prices, subjects=subjects, attributes={UNIT: (unit_id,)})
        assert str(found.revenue.amount) == amount, (role, unit)


def test_4_3_prices_per_day_are_never_rounded_to_an_hour() -> None:
    for rate, per_hours, hours, amount in table("""
        price  per  hours worked  revenue
        1000   10   1             100.00 EUR    # an India Day of ten hours
        1000   10   3             300.00 EUR
        800    8    3             300.00 EUR
        1000   9    9             1,000.00 EUR  # 111.11 an hour would give 999.99
    """):
        found = rated(LISTS, [line(Level.RATE_CARD, "dev", rate, hours=per_hours)], hours=hours)
        assert str(found.revenue.amount) == amount


def test_4_4_at_cost_and_markup_over_cost() -> None:
    """The cost is in the list's own currency and is converted first: 80 GBP are 100 EUR."""
    cost = line(Level.RATE_CARD, "dev", "80", kind=RateKind.COST, currency="GBP")
    for basis, number, cost_amount, revenue in table("""
        pricing     number  cost        revenue
        COST_PLUS   0       100.00 EUR  100.00 EUR   # at cost
        COST_PLUS   10      100.00 EUR  110.00 EUR
        COST_PLUS   -10     100.00 EUR  90.00 EUR    # a markdown
        TIME        200     100.00 EUR  200.00 EUR   # price per unit
    """):
        found = rated(LISTS, [cost, line(Level.RATE_CARD, "dev", number, basis=RateBasis(basis))])
        assert (str(found.cost.amount), str(found.revenue.amount)) == (cost_amount, revenue)


def test_4_4_at_cost_without_a_cost_is_nothing() -> None:
    found = rated(LISTS, [line(Level.RATE_CARD, "dev", "10", basis=RateBasis.COST_PLUS)])
    assert str(found.revenue.amount) == "0.00 EUR"
    assert found.revenue.resolution.line is not None


def test_4_4_one_markup_row_is_put_on_top_of_the_base_rate() -> None:
    """India/Onsite/Overtime 15 %, India/Local/Overtime 10 %, US/Local/Overtime 20 %; a blank field is any."""

    def markup(percent: str, **attributes: int) -> tuple[RateKey, RateLine]:
        positions = {UNIT: attributes["unit"], PLACE: attributes["place"], HOURS: OVERTIME}
        return line(Level.ANYONE, "us", percent, kind=RateKind.MARKUP, basis=RateBasis.PERCENT, attributes=positions)

    prices = [
        line(Level.RATE_CARD, "dev", "100"),
        markup("15", unit=INDIA, place=ONSITE),
        markup("10", unit=INDIA, place=LOCAL),
        markup("20", unit=US, place=LOCAL),
    ]
    names = {"india": INDIA, "us": US, "onsite": ONSITE, "local": LOCAL, "regular": 0, "overtime": OVERTIME}
    for unit, place, kind, hours, revenue in table("""
        unit   place   work hours  hours  revenue
        india  onsite  regular     8      800.00 EUR     # no markup row
        india  onsite  overtime    2      230.00 EUR     # 2 x 115
        india  local   overtime    2      220.00 EUR
        us     local   overtime    2      240.00 EUR
        us     onsite  overtime    2      200.00 EUR
    """):
        attributes = {UNIT: (names[unit],), PLACE: (names[place],), HOURS: (names[kind],)}
        found = rated(LISTS, prices, hours=hours, attributes=attributes)
        assert str(found.revenue.amount) == revenue, (unit, place, kind)


def test_4_5_a_dated_override_holds_until_the_next_one_and_not_before_its_day() -> None:
    """Example 1: list 100 in the first half-year, 110 from March 15, 120 from April 1."""
    prices = [
        line(Level.RATE_CARD, "dev", "100", first="2026-01-01", last="2026-06-30"),
        line(Level.PROJECT_ROLE, "dev", "110", first="2026-03-15", last="2026-03-31"),
        line(Level.PROJECT_ROLE, "dev", "120", first="2026-04-01", last="2026-06-30"),
    ]
    for on, revenue in table("""
        on           revenue of an hour
        2025-12-31   0.00 EUR       # outside the list
        2026-01-01   100.00 EUR
        2026-03-14   100.00 EUR
        2026-03-15   110.00 EUR
        2026-03-31   110.00 EUR     # the source prints March 30: an erratum
        2026-04-01   120.00 EUR
        2026-06-30   120.00 EUR
        2026-07-01   0.00 EUR
    """):
        assert str(rated(LISTS, prices, on=on).revenue.amount) == revenue, on


def test_4_5_the_contract_goes_before_the_customer_and_both_before_the_list() -> None:
    """Example 3: from March 15 one contract has 110, every other one of the customer 120; before, 100."""
    own = line(Level.PROJECT_ROLE, "dev", "110", first="2026-03-15")
    others = [
        line(Level.RATE_CARD, "dev", "100"),
        line(Level.COMPANY_ROLE, "dev", "120", first="2026-03-15"),
    ]
    for on, has_own, revenue in table("""
        on           the contract's own  revenue
        2026-03-14   yes                 100.00 EUR
        2026-03-15   yes                 110.00 EUR
        2026-03-15   no                  120.00 EUR
    """):
        prices = [own, *others] if has_own == "yes" else others
        assert str(rated(LISTS, prices, on=on).revenue.amount) == revenue


def test_4_5_a_markup_has_dates_too() -> None:
    """Example 2: base 100; overtime 10 %, from March 15 20 %, from April 1 25 %."""
    prices = [
        line(Level.RATE_CARD, "dev", "100"),
        *(
            line(Level.ANYONE, "us", percent, kind=RateKind.MARKUP, basis=RateBasis.PERCENT, first=first, last=last)
            for percent, first, last in (
                ("10", None, "2026-03-14"),
                ("20", "2026-03-15", "2026-03-31"),
                ("25", "2026-04-01", None),
            )
        ),
    ]
    for on, revenue in table("""
        on           revenue of an hour
        2026-03-14   110.00 EUR
        2026-03-31   120.00 EUR
        2026-04-01   125.00 EUR
    """):
        found = rated(LISTS, prices, on=on)
        assert str(found.revenue.amount) == revenue
        assert found.revenue.markup is not None


# --- four levels that may be empty ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [RateKind.COST, RateKind.BILLING])
def test_the_first_of_four_levels_that_says_something_wins(kind: RateKind) -> None:
    levels = {
        "member here": (Level.PROJECT_PERSON, "bob"),
        "project": (Level.PROJECT_ANYONE, "project"),
        "member": (Level.PERSON, "bob"),
        "all": (Level.ANYONE, "us"),
    }
    for *cells, found in table("""
        member here  project  member  all    rate found
        90           80       70      60     90.00
        -            80       70      60     80.00
        -            -        70      60     70.00
        -            -        -       60     60.00
        -            -        -       -      none
        0            80       70      60     0.00      # an explicit zero is a rate
        -            0        70      60     0.00
    """):
        lines = [line(*levels[name], rate, kind=kind) for name, rate in zip(levels, cells, strict=True) if rate != "-"]
        one = rated("fall-through-1", lines)
        side = one.cost if kind is RateKind.COST else one.revenue
        assert (str(side.resolution.line.rate.per_unit) if side.resolution.line else "none") == found


def test_the_four_levels_do_not_reach_beyond_their_days() -> None:
    lines = [line(Level.PROJECT_PERSON, "bob", "90", first="2026-06-01"), line(Level.PERSON, "bob", "70")]
    assert str(rated("fall-through-1", lines, on="2026-05-31").revenue.amount) == "70.00 EUR"


# --- the most specific one, by score -------------------------------------------------------------------------------


def test_the_highest_score_wins_and_the_user_breaks_the_tie() -> None:
    holders = {
        "customer": (Level.COMPANY_ANYONE, "company"),
        "customer+user": (Level.COMPANY_PERSON, "bob"),
        "project": (Level.PROJECT_ANYONE, "project"),
        "project+user": (Level.PROJECT_PERSON, "bob"),
        "activity": (Level.TASK_ANYONE, "task"),
        "activity+user": (Level.TASK_PERSON, "bob"),
        "profile": (Level.PERSON, "bob"),
        "project of another": (Level.PROJECT_PERSON, "ann"),
    }
    for names, winner in table("""
        rates there are                                     the one that counts
        profile                                             profile         # nothing more specific
        customer profile                                    customer        # 1
        customer customer+user                              customer+user   # 2
        customer+user project                               project         # 3
        project project+user                                project+user    # 4
        project+user activity                               activity        # 5
        customer+user project+user activity activity+user   activity+user   # 6
        customer activity profile                           activity
    """):
        listed = [*names.split(), "project of another"]
        lines = [line(*holders[name], str(10 + number)) for number, name in enumerate(listed)]
        expected = 10 + listed.index(winner)
        assert str(rated("most-specific-1", lines).revenue.amount) == f"{expected}.00 EUR", names


def test_a_fixed_rate_counts_once_per_entry_whatever_its_hours() -> None:
    lines = [line(Level.TASK_PERSON, "bob", "250", basis=RateBasis.ENTRY), line(Level.PERSON, "bob", "100")]
    for hours, revenue in table("""
        hours  revenue
        0.5    250.00 EUR
        8      250.00 EUR
        -1     -250.00 EUR   # a correction takes it back
    """):
        assert str(rated("most-specific-1", lines, hours=hours).revenue.amount) == revenue


def test_nothing_earns_on_a_task_that_is_not_billable_under_any_policy() -> None:
    for policy in (LISTS, "fall-through-1", "most-specific-1"):
        lines = [line(Level.PERSON, "bob", "100"), line(Level.RATE_CARD, "dev", "100")]
        found = rated(policy, lines, revenue_type=RevenueType.NOT_BILLABLE)
        assert found.revenue.resolution.line is None, policy
