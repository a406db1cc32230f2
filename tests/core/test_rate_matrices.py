"""The matrices of project-finances §3.2 to §3.4 and the rules about single hours, one row a cell.

A row says which facts are known and in which order rates are found (numbers of EVERY_LEVEL in rating_world; "none":
no rate). The facts of a situation:

    nobody assigned       actual: owner main           planned: nobody
    a person assigned     actual, the owner: owner main assignment [assigned] first [first-role]
                          actual, another: owner main first [first-role] [first-main]
                          planned: owner main assignment [assigned]
    only a role assigned  actual: owner main open open-row [fitting] first first-role
                          planned: open open-row
"""

from __future__ import annotations

import pytest

from hourledger.core.rates import GENERAL_HOURS, ISSUE_HOURS, PROJECT_HOURS, StepTaken, Subject
from hourledger.core.work import RateKind
from tests.core.rating_world import order_of, rate, rates, search
from tests.core.tables import table

MATRICES = {
    "§3.2 USER_HOURLY revenue": (RateKind.BILLING, "USER_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       nobody                                              none
        planned  a person     owner main assignment                               23 31 32 33
        planned  a person     owner main assignment assigned                      23 31 32 33  # of the primary role
        planned  only a role  open open-row                                       61 62 63
        actual   nobody       owner main                                          23 31 32 33
        actual   nobody       owner                                               23
        actual   the owner    owner main assignment assigned first first-role     23 31 32 33
        actual   another      owner main first first-role first-main              23 31 32 33  # logger only
        actual   only a role  owner main open open-row first first-role           23 31 32 33 61 62 63
        actual   only a role  owner open open-row first first-role                23 61 62 63  # logger without role
        actual   only a role  owner main fitting open open-row first first-role   23 31 32 33 81 82 83  # that row
    """),
    "§3.2 USER_HOURLY cost": (RateKind.COST, "USER_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       nobody                                              none
        planned  a person     owner main assignment assigned                      13 14
        planned  only a role  open open-row                                       16
        actual   nobody       owner main                                          13 14
        actual   the owner    owner main assignment assigned first first-role     13 14
        actual   another      owner main first first-role first-main              13 14
        actual   only a role  owner main open open-row first first-role           13 14  # without the last fallback
        actual   only a role  owner open open-row first first-role                13     # §3.11: without a rate, 0
    """),
    "§3.3 ROLE_HOURLY revenue": (RateKind.BILLING, "ROLE_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       nobody                                              none
        planned  a person     owner main assignment assigned                      41 42 43
        planned  a person     owner main assignment                               none  # no role on the assignment
        planned  only a role  open open-row                                       61 62 63
        actual   nobody       owner main                                          31 32 33
        actual   nobody       owner                                               none
        actual   the owner    owner main assignment assigned first first-role     41 42 43
        actual   another      owner main first first-role first-main              31 32 33
        actual   another      owner first first-role first-main                   none
        actual   only a role  owner main fitting open open-row first first-role   81 82 83  # one of the logger's roles
        actual   only a role  owner main open open-row first first-role           31 32 33 61 62 63
        actual   only a role  owner open open-row first first-role                61 62 63  # logger has no role
    """),
    "§3.3 ROLE_HOURLY cost": (RateKind.COST, "ROLE_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       nobody                                              none
        planned  a person     owner main assignment assigned                      15
        planned  a person     owner main assignment                               none
        planned  only a role  open open-row                                       16
        actual   nobody       owner main                                          14    # C-14
        actual   nobody       owner                                               none
        actual   the owner    owner main assignment assigned first first-role     15    # own before primary assignment
        actual   the owner    owner main assignment first first-role              14    # no role on it: assignee's own
        actual   the owner    owner assignment first                              none
        actual   another      owner main first first-role first-main              91    # the role of the assignment
        actual   another      owner main first first-main                         92    # the assignee's primary role
        actual   another      owner main first                                    none  # never the logger's
        actual   only a role  owner main fitting open open-row first first-role   91
        actual   only a role  owner main open open-row first first-role           91    # and stops there
    """),
    "§3.4 USER_AND_ROLE_HOURLY revenue": (RateKind.BILLING, "USER_AND_ROLE_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       nobody                                              none
        planned  a person     owner main assignment assigned                      21 22 23 31 33
        planned  only a role  open open-row                                       20 61 63
        actual   nobody       owner main                                          22 23 31 33
        actual   the owner    owner main assignment assigned first first-role     21 22 23 31 33
        actual   another      owner main first first-role first-main              22 23 31 33
        actual   only a role  owner main open open-row first first-role           20 61 63
        actual   only a role  owner main fitting open open-row first first-role   20 81 83
    """),
    "§3.4 USER_AND_ROLE_HOURLY cost": (RateKind.COST, "USER_AND_ROLE_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       nobody                                              none
        planned  a person     owner main assignment assigned allowed              11 12 13 14
        planned  a person     owner main assignment assigned                      11 13 14  # §3.11: no override allowed
        planned  only a role  open open-row                                       10 16
        actual   nobody       owner main allowed                                  12 13 14
        actual   nobody       owner main                                          13 14
        actual   the owner    owner main assignment assigned allowed first        11 12 13 14
        actual   the owner    owner main assignment assigned first                11 13 14
        actual   another      owner main allowed first first-role first-main      12 13 14
        actual   only a role  owner main allowed open open-row first first-role   12 13 14
    """),
    "§2.8 issue hours, cost": (RateKind.COST, ISSUE_HOURS, """
        when     assigned     facts                                               rates found, in order
        actual   nobody       owner main task                                     13 14
        actual   another      owner main first first-role first-main task         13 14 92  # the assignee's role
        actual   another      owner first first-main task                         13 92
        actual   only a role  owner main open open-row first first-role task      13 14     # stops there
        actual   only a role  owner open open-row first first-role task           13
    """),
    "C-11 issue hours, revenue": (RateKind.BILLING, ISSUE_HOURS, """
        when     assigned     facts                                               rates found, in order
        actual   nobody       owner main task                                     23 31 32 33
        actual   another      owner main first first-role first-main task         23 31 32 33
        actual   only a role  owner open open-row first first-role task           23
    """),
    "§2.10 general hours, cost": (RateKind.COST, GENERAL_HOURS, """
        when     assigned     facts                                               rates found, in order
        actual   nobody       owner main counts                                   13        # of the profile
        actual   nobody       owner main                                          none      # does not count as revenue
    """),
    "§2.10 general hours, revenue": (RateKind.BILLING, GENERAL_HOURS, """
        when     assigned     facts                                               rates found, in order
        actual   nobody       owner main counts                                   none
    """),
    "§2.1 FIXED_HOURLY cost": (RateKind.COST, "FIXED_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       task                                                18    # §3.11: nobody is needed
        actual   nobody       owner main task                                     18
    """),
    "§2.3 FIXED_HOURLY revenue": (RateKind.BILLING, "FIXED_HOURLY", """
        when     assigned     facts                                               rates found, in order
        planned  nobody       task                                                71
        actual   nobody       owner main task                                     71
    """),
    "C-12 direct project hours, revenue": (RateKind.BILLING, PROJECT_HOURS, """
        when     assigned     facts                                               rates found, in order
        actual   nobody       owner main                                          23 31 32 33
        actual   nobody       owner main chosen                                   51 52 53
        actual   nobody       owner                                               23
    """),
    "C-12 direct project hours, cost": (RateKind.COST, PROJECT_HOURS, """
        when     assigned     facts                                               rates found, in order
        actual   nobody       owner main                                          13 14
        actual   nobody       owner main chosen other-chosen                      17
        actual   nobody       owner main chosen                                   13 14  # one's own primary role
        actual   nobody       owner                                               13
    """),
}  # fmt: skip


@pytest.mark.parametrize("rule", MATRICES)
def test_every_cell_finds_its_rates_in_order(rule: str) -> None:
    kind, type_name, cells = MATRICES[rule]
    for when, assigned, known, order in table(cells):
        found = order_of(kind, type_name, known, is_planned=when == "planned") or "none"
        assert found == order, f"{when}, {assigned} assigned: {known}"


def test_c_13_a_role_chosen_by_hand_counts_where_a_role_decides() -> None:
    for kind, type_name, known, order in table("""
        kind     type                  facts                                     rates found, in order
        BILLING  USER_HOURLY           owner main chosen                         23 51 52 53   # replaces the fallback
        BILLING  USER_HOURLY           owner main chosen open first              23 51 52 53 61 62 63
        COST     USER_HOURLY           owner main chosen                         13 14
        BILLING  ROLE_HOURLY           owner main assigned assignment chosen     51 52 53      # always the chosen role
        BILLING  ROLE_HOURLY           owner main fitting open chosen first      51 52 53
        COST     ROLE_HOURLY           owner main assigned assignment chosen     17
        BILLING  USER_AND_ROLE_HOURLY  owner main assigned assignment chosen     21 22 23 31 33
        COST     USER_AND_ROLE_HOURLY  owner main assigned assignment chosen     11 13 14      # only the primary role
    """):
        assert order_of(RateKind(kind), type_name, known) == order, (kind, type_name, known)


def test_c_12_hours_without_a_task_have_an_order_of_their_own() -> None:
    found_in = rates("""
        cost person owner      50    ..   ..
        cost role chosen       30    ..   ..
        billing person owner   100   ..   ..
        billing role chosen    80    ..   ..
    """)
    for known, counts, cost, revenue in table("""
        known              counts  cost         revenue
        owner main         yes     50.00 EUR    100.00 EUR
        owner main chosen other-chosen  yes     30.00 EUR    80.00 EUR
        owner main chosen other-chosen  no      30.00 EUR    0.00 EUR    # the hour type does not earn; cost stays
    """):
        rated = rate(found_in, known=known, cost_type=None, revenue_type=None, counts_as_revenue=counts == "yes")
        assert (str(rated.cost.amount), str(rated.revenue.amount)) == (cost, revenue)


def test_3_11_an_override_that_is_not_allowed_says_so() -> None:
    found_in = rates("""
        cost project-person owner   12   ..   ..
        cost person owner           13   ..   ..
    """)
    found = search(RateKind.COST, "USER_AND_ROLE_HOURLY", "owner main", found_in)
    assert found.steps[1:] == (
        StepTaken(found.steps[1].level, Subject.OWNER, "skipped: no owner.cost_override_allowed"),
        StepTaken(found.steps[2].level, Subject.OWNER, "found 13.00 EUR/h"),
    )


def test_3_3_a_search_that_ends_without_a_rate_says_what_ended_it() -> None:
    found_in = rates("cost role main   14   ..   ..")
    for known, outcome in table("""
        known                                            outcome
        owner main chosen                                stopped: chosen_role decides
        owner main assigned assignment first             stopped: owner.assignment_role decides
        owner main first first-role                      stopped: task.assignment_role decides
        owner main first                                 stopped: task.assignment decides
        owner main                                       found 14.00 EUR/h
    """):
        assert search(RateKind.COST, "ROLE_HOURLY", known, found_in).steps[-1].outcome == outcome


# An interior gap and an explicit zero mean the same on every level and in every type (CT-13, CT-R9).
DATED = """
    billing project {role}   0.00   ..           2026-02-28
    billing project {role}   65     2026-04-01   ..
    billing company {role}   50     ..           2026-03-15
    billing role {role}      40     ..           ..
"""


@pytest.mark.parametrize(
    ("type_name", "known", "role", "has_company"),
    [
        ("USER_HOURLY", "owner main", "main", True),
        ("USER_HOURLY", "owner main chosen", "chosen", True),
        ("USER_HOURLY", "owner open first", "open", True),
        ("ROLE_HOURLY", "owner main chosen", "chosen", True),
        ("ROLE_HOURLY", "owner main assignment assigned", "assigned", True),
        ("ROLE_HOURLY", "owner main fitting open first", "fitting", True),
        ("ROLE_HOURLY", "owner open first", "open", True),
        ("USER_AND_ROLE_HOURLY", "owner main", "main", False),
        ("USER_AND_ROLE_HOURLY", "owner main fitting open first", "fitting", False),
        ("USER_AND_ROLE_HOURLY", "owner open first", "open", False),
        (PROJECT_HOURS, "owner main", "main", True),
        (PROJECT_HOURS, "owner main chosen", "chosen", True),
    ],
)
def test_ct_13_and_ct_r9_hold_for_the_role_of_every_type(
    type_name: str, known: str, role: str, has_company: bool
) -> None:
    found_in = rates(DATED.format(role=role))
    for on, with_company, without in table("""
        on           company counts  full hierarchy
        2020-01-01   0.00            0.00    # stretched outward, and an explicit zero is a rate
        2026-02-28   0.00            0.00
        2026-03-01   50.00           40.00   # interior gap: company, system
        2026-03-16   40.00           40.00
        2026-04-01   65.00           65.00
        2030-01-01   65.00           65.00
    """):
        found = search(RateKind.BILLING, type_name, known, found_in, on).line
        assert found is not None
        assert str(found.rate.per_unit) == (with_company if has_company else without), on
