"""Which rate applies: the shipped policy workfront-1, level by level (project-finances §3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    Level,
    RateKey,
    RateLine,
    RateTable,
    Step,
    Subject,
    resolve,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from tests.core.rating_world import MAIN, POLICY, PROJECT, facts, order_of, rates, search
from tests.core.tables import table

ALL_FACTS = "owner main assigned chosen assignment allowed first first-role first-main task"
"""Of somebody who is assigned, and has chosen a role by hand."""


@pytest.mark.parametrize(
    ("kind", "type_name", "known", "order"),
    [
        # The person who logs counts, then that person's primary role; the assignment says nothing (§3.2).
        (RateKind.COST, CostType.USER_HOURLY, ALL_FACTS, "13 14"),
        (RateKind.COST, CostType.USER_HOURLY, "owner", "13"),
        # A role chosen by hand, the role of the assignment; the primary role where nobody is assigned (§3.3, C-14).
        (RateKind.COST, CostType.ROLE_HOURLY, ALL_FACTS, "17"),
        (RateKind.COST, CostType.ROLE_HOURLY, "owner main assigned assignment first first-role", "15"),
        (RateKind.COST, CostType.ROLE_HOURLY, "owner main first first-role", "91"),
        (RateKind.COST, CostType.ROLE_HOURLY, "owner main", "14"),
        (RateKind.COST, CostType.USER_AND_ROLE_HOURLY, ALL_FACTS, "11 12 13 14"),
        (RateKind.COST, CostType.USER_AND_ROLE_HOURLY, "owner main allowed", "12 13 14"),
        (RateKind.COST, CostType.FIXED_HOURLY, ALL_FACTS, "18"),
        # Rates of roles: project override, company, system. The open role comes last and only for revenue (§3.2).
        (RateKind.BILLING, RevenueType.USER_HOURLY, ALL_FACTS, "23 51 52 53"),
        (RateKind.BILLING, RevenueType.USER_HOURLY, "owner main open", "23 31 32 33 61 62 63"),
        (RateKind.BILLING, RevenueType.USER_HOURLY, "owner", "23"),
        (RateKind.BILLING, RevenueType.USER_HOURLY, "owner open", "23 61 62 63"),
        # The role is decided first; a decided role that has no rate is not replaced by another one (§3.3, C-13).
        (RateKind.BILLING, RevenueType.ROLE_HOURLY, ALL_FACTS, "51 52 53"),
        (RateKind.BILLING, RevenueType.ROLE_HOURLY, "owner main assigned open", "41 42 43"),
        (RateKind.BILLING, RevenueType.ROLE_HOURLY, "owner main open", "31 32 33 61 62 63"),
        # Company rates are no part of the full hierarchy (§3.4).
        (RateKind.BILLING, RevenueType.USER_AND_ROLE_HOURLY, ALL_FACTS, "21 22 23 31 33"),
        (RateKind.BILLING, RevenueType.USER_AND_ROLE_HOURLY, "owner main", "22 23 31 33"),
        (RateKind.BILLING, RevenueType.FIXED_HOURLY, ALL_FACTS, "71"),
        (RateKind.BILLING, RevenueType.FIXED_HOURLY, "owner main", ""),
    ],
)
def test_levels_are_searched_in_the_order_of_the_type(kind: RateKind, type_name: str, known: str, order: str) -> None:
    assert order_of(kind, type_name, known) == order


CT_13 = """
    billing project main   0.00   ..           2017-06-11
    billing project main   45     2017-06-12   2017-06-17
    billing project main   95     2017-06-21   ..
    billing role main      70     ..           ..
"""


def test_ct_13_an_explicit_zero_is_a_rate_and_a_gap_is_not() -> None:
    found_in = rates(CT_13)
    for on, rate, level in table("""
        on           rate    level
        2017-06-11   0.00    PROJECT_ROLE    # used, not skipped
        2017-06-12   45.00   PROJECT_ROLE
        2017-06-17   45.00   PROJECT_ROLE
        2017-06-18   70.00   ROLE            # the gap falls through to the next level
        2017-06-20   70.00   ROLE
        2017-06-21   95.00   PROJECT_ROLE
    """):
        found = search(RateKind.BILLING, "ROLE_HOURLY", "owner main", found_in, on)
        assert found.line is not None
        assert (str(found.line.rate.per_unit), found.level) == (rate, level)


CT_R9 = """
    billing project main   60   2026-02-01   2026-02-28
    billing project main   65   2026-04-01   2026-04-30
    billing company main   50   2026-03-01   2026-03-15
    billing role main      40   2026-01-01   2026-12-31
"""


def test_ct_r9_an_override_stretches_outward_and_an_interior_gap_falls_through() -> None:
    found_in = rates(CT_R9)
    for on, rate in table("""
        on           rate
        2020-01-01   60.00     # before the first override: the first one
        2026-02-28   60.00
        2026-03-01   50.00     # interior gap: company
        2026-03-16   40.00     # and where the company has none: system
        2026-03-31   40.00
        2026-04-01   65.00
        2030-01-01   65.00     # after the last one: the last one
    """):
        found = search(RateKind.BILLING, "ROLE_HOURLY", "owner main", found_in, on)
        assert found.line is not None
        assert str(found.line.rate.per_unit) == rate, on


def test_c_10_company_and_system_rates_keep_their_outer_bounds() -> None:
    found_in = rates("billing role main   40   2026-01-01   2026-12-31")
    for on, has_rate in table("""
        on           has rate
        2025-12-31   no
        2026-01-01   yes
        2026-12-31   yes
        2027-01-01   no
    """):
        found = search(RateKind.BILLING, "ROLE_HOURLY", "owner main", found_in, on)
        assert (found.line is not None) == (has_rate == "yes")


@pytest.mark.parametrize("level", [Level.PROJECT_ROLE, Level.PROJECT_PERSON, Level.ASSIGNMENT])
def test_a_single_override_holds_for_ever(level: Level) -> None:
    key = RateKey(RateKind.BILLING, level, PROJECT, MAIN)
    line = RateLine(HourlyRate.of("60", "EUR"), Period(date(2026, 2, 1), date(2026, 3, 1)), 1)
    found_in = RateTable([(key, line)], POLICY.stretched)
    for day in (date.min, date(2026, 2, 15), date.max):
        found = found_in.on(key, day)
        assert found is not None
        assert found.row_id == 1


def test_a_decided_role_without_a_rate_stops_the_search() -> None:
    found_in = rates("billing role main   40   ..   ..")
    for known, outcome in table("""
        known                  outcome
        owner main             found 40.00 EUR/h
        owner main chosen      stopped: chosen_role decides
        owner main assigned    stopped: owner.assignment_role decides
    """):
        found = search(RateKind.BILLING, "ROLE_HOURLY", known, found_in)
        assert found.steps[-1].outcome == outcome
        assert (found.line is None) == outcome.startswith("stopped")


def test_every_step_says_why_it_was_skipped() -> None:
    found_in = rates("""
        billing person owner   23   2026-07-01   ..
        billing role main      33   ..           ..
    """)
    found = search(RateKind.BILLING, "USER_HOURLY", "owner main", found_in, "2026-06-15")
    assert [(step.level, step.subject, step.outcome) for step in found.steps] == [
        (Level.PRESERVED_PERSON, Subject.OWNER, "skipped: no task"),
        (Level.PRESERVED_ROLE, Subject.OWNER_ROLE_ON_TASK, "skipped: no owner.role_on_task"),
        (Level.PRESERVED_ROLE, Subject.TASK_ROLE, "skipped: no task.role"),
        (Level.PERSON, Subject.OWNER, "no rate on 2026-06-15"),
        (Level.PROJECT_ROLE, Subject.CHOSEN_ROLE, "skipped: no chosen_role"),
        (Level.RATE_CARD, Subject.CHOSEN_ROLE, "skipped: no chosen_role"),
        (Level.COMPANY_ROLE, Subject.CHOSEN_ROLE, "skipped: no chosen_role"),
        (Level.ROLE, Subject.CHOSEN_ROLE, "skipped: no chosen_role"),
        (Level.PROJECT_ROLE, Subject.OWNER_PRIMARY_ROLE, "no rates"),
        (Level.RATE_CARD, Subject.OWNER_PRIMARY_ROLE, "no rates"),
        (Level.COMPANY_ROLE, Subject.OWNER_PRIMARY_ROLE, "no rates"),
        (Level.ROLE, Subject.OWNER_PRIMARY_ROLE, "found 33.00 EUR/h"),
    ]


def test_a_step_needs_its_facts() -> None:
    steps = [
        Step(Level.PERSON, Subject.OWNER, when=(Subject.CHOSEN_ROLE,)),
        Step(Level.PERSON, Subject.OWNER, unless=(Subject.OWNER,)),
        Step(Level.ROLE, Subject.CHOSEN_ROLE),
        Step(Level.COMPANY_ROLE, Subject.OWNER_PRIMARY_ROLE),
        Step(None, None, unless=(Subject.OWNER,), stop=True),
        Step(None, None, stop=True),
        Step(Level.PERSON, Subject.OWNER),
    ]
    found = resolve(RateKind.COST, steps, facts("owner main"), rates("cost person owner  1  ..  .."), date.min)
    assert [step.outcome for step in found.steps] == [
        "skipped: no chosen_role",
        "skipped: owner is known",
        "skipped: no chosen_role",
        "skipped: no project",
        "skipped: owner is known",
        "stopped: always decides",  # so the last step is never reached
    ]


def test_cost_and_billing_rates_are_different_tables() -> None:
    found_in = rates("billing person owner   23   ..   ..")
    assert search(RateKind.COST, "USER_HOURLY", "owner", found_in).line is None


DAYS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(40)]


@given(st.lists(st.integers(0, 39), min_size=2, max_size=8, unique=True), st.data())
def test_i7_moving_a_rate_changes_no_day_outside_the_ranges_touched(bounds: list[int], data: st.DataObject) -> None:
    cuts = sorted(bounds)
    periods = [Period(DAYS[first], DAYS[until]) for first, until in zip(cuts[::2], cuts[1::2], strict=False)]
    key = RateKey(RateKind.BILLING, Level.ROLE, None, MAIN)
    lines = [RateLine(HourlyRate.of(number, "EUR"), period, number) for number, period in enumerate(periods)]
    touched = data.draw(st.integers(0, len(lines) - 1))
    changed = [
        RateLine(HourlyRate.of(99, "EUR"), line.period, 99) if number == touched else line
        for number, line in enumerate(lines)
    ]
    before, after = RateTable((key, line) for line in lines), RateTable((key, line) for line in changed)
    for day in DAYS:
        assert (before.on(key, day) == after.on(key, day)) == (day not in periods[touched])
