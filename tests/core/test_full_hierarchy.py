"""Billing by USER_AND_ROLE_HOURLY with all it can meet: preserved rates, cards, job roles for billing (§3.4, §3.8).

Rates are numbered by where they are: 1x what was frozen, 2x locked lines of the card, 3x overrides, then for each role
project, card, system. A row says in which order they are found as each one found is taken away.
"""

from __future__ import annotations

from datetime import date

import pytest

from hourledger.core.rates import resolve
from hourledger.core.work import RateKind
from tests.core.rating_world import PLACE, POLICY, facts, order_of, rates
from tests.core.tables import table

UNLOCKED = """
    billing own assignment          31  ..  ..
    billing own open-row            32  ..  ..
    billing project-person owner    33  ..  ..
    billing person owner            34  ..  ..
    billing project main            41  ..  ..
    billing card main               42  ..  ..
    billing company main            43  ..  ..
    billing role main               44  ..  ..
    billing project billed-here     51  ..  ..
    billing card billed-here        52  ..  ..
    billing role billed-here        54  ..  ..
    billing project billed-as       61  ..  ..
    billing card billed-as          62  ..  ..
    billing role billed-as          64  ..  ..
    billing project open            71  ..  ..
    billing card open               72  ..  ..
    billing role open               74  ..  ..
    billing project fitting         81  ..  ..
    billing card fitting            82  ..  ..
    billing role fitting            84  ..  ..
"""
LOCKED = UNLOCKED.replace("billing card", "billing locked")
FROZEN = (
    UNLOCKED
    + """
    billing frozen owner            11  ..  ..
    billing frozen-role open        12  ..  ..
    billing frozen-role fitting     13  ..  ..
"""
)

CASES = {
    "an unlocked card comes after the overrides": (UNLOCKED, """
        when     facts                                                  rates found, in order
        actual   owner main assignment                                  31 33 34 41 42 44     # no company rates
        planned  owner main assignment                                  31 33 34 41 42 44
        actual   owner main assignment billed-here                      31 51 52 54           # decides, and stops
        planned  owner main assignment billed-here                      31 51 52 54
        actual   owner main assignment billed-here billed-as            31 51 52 54           # the assignment's wins
        actual   owner main assignment billed-as                        31 33 61 62 64        # C-15: the override first
        actual   owner main                                             33 34 41 42 44        # not assigned
        actual   owner main billed-as                                   33 61 62 64           # C-16
        actual   owner main open open-row billed-as                     32 71 72 74           # the role decides
        actual   owner main fitting open open-row                       32 81 82 84
        planned  open open-row                                          32 71 72 74
        planned  nobody                                                 none                  # §3.11
    """),
    "a locked card comes before them": (LOCKED, """
        when     facts                                                  rates found, in order
        actual   owner main assignment                                  42 31 33 34 41 44
        actual   owner main assignment billed-here                      52 31 51 54           # not that of main
        actual   owner main assignment billed-here billed-as            52 31 51 54
        actual   owner main assignment billed-as                        62 31 33 61 64
        actual   owner main                                             42 33 34 41 44
        actual   owner main open open-row                               72 32 71 74
        actual   owner main fitting open open-row                       82 32 81 84
        planned  open open-row                                          72 32 71 74
    """),
    "§3.8 what was frozen comes before all of it": (FROZEN, """
        when     facts                                                  rates found, in order
        actual   owner main assignment task                             11 31 33 34 41 42 44
        planned  owner main assignment task                             11 31 33 34 41 42 44
        actual   owner main open open-row task                          11 12 32 71 72 74
        actual   owner main fitting open open-row task                  11 13 32 81 82 84
        planned  open open-row task                                     12 32 71 72 74
    """),
}  # fmt: skip


@pytest.mark.parametrize("rule", CASES)
def test_rates_are_found_in_order(rule: str) -> None:
    rows, cases = CASES[rule]
    for when, known, order in table(cases):
        found = order_of(RateKind.BILLING, "USER_AND_ROLE_HOURLY", known, rows, is_planned=when == "planned")
        assert (found or "none") == order, f"{when}: {known}"


def test_ct_14_somebody_is_billed_as_another_role_and_costs_what_he_costs() -> None:
    """John is Designer 1 (main); in August the project bills him as Senior, one assignment as Principal."""
    found_in = rates("""
        billing role main          80    ..  ..
        billing role billed-as     120   ..  ..
        billing role billed-here   150   ..  ..
        cost role main             40    ..  ..
    """)
    for when, kind, known, found in table("""
        when                   kind     facts                                         rate
        July                   BILLING  owner main assignment                         80.00 EUR/h
        August                 BILLING  owner main assignment billed-as               120.00 EUR/h
        August, that one task  BILLING  owner main assignment billed-as billed-here   150.00 EUR/h
        August, that one task  COST     owner main assignment billed-as billed-here   40.00 EUR/h
    """):
        steps = POLICY.steps_for(RateKind(kind), "USER_AND_ROLE_HOURLY")
        line = resolve(RateKind(kind), steps, PLACE | facts(known), found_in, date(2026, 8, 15)).line
        assert str(line) == found, when


def test_ct_51_the_plan_follows_who_is_assigned_and_the_actual_who_logs() -> None:
    """Michael (owner of the plan) is assigned, Joanna (other) logs; each has a rate."""
    found_in = rates("""
        billing person owner   70   ..  ..
        billing person other   90   ..  ..
    """)
    for who, is_planned, known, found in table("""
        whose hours   planned  facts              rate
        Michael's     yes      owner assignment   70.00 EUR/h
        Joanna's      no       other              90.00 EUR/h
    """):
        steps = POLICY.steps_for(RateKind.BILLING, "USER_AND_ROLE_HOURLY", is_planned=is_planned == "yes")
        line = resolve(RateKind.BILLING, steps, PLACE | facts(known), found_in, date(2026, 8, 15)).line
        assert str(line) == found, who


def test_3_4_job_role_for_billing_that_has_no_rate_stops_the_search() -> None:
    found_in = rates("billing person owner   70   ..  ..")
    for known, outcome in table("""
        facts                                outcome
        owner main assignment billed-here    stopped: owner.assignment_billing_role decides
        owner main assignment billed-as      stopped: owner.project_billing_role decides
        owner main open open-row             stopped: task.role decides
        owner main assignment                found 70.00 EUR/h
    """):
        steps = POLICY.steps_for(RateKind.BILLING, "USER_AND_ROLE_HOURLY")
        found = resolve(RateKind.BILLING, steps, PLACE | facts(known), found_in, date(2026, 8, 15))
        assert found.steps[-1].outcome == outcome
