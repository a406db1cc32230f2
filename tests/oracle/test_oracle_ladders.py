"""Which level and which role decide, cell by cell of the matrices, level after level taken away (§3.2-§3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from tests.core.tables import table
from tests.oracle.results import Level, Solution
from tests.oracle.small import assigned, logged, person, places, rates, solved, task
from tests.oracle.world import (
    Assignment,
    AttributeSet,
    Issue,
    JobRoleForBilling,
    Person,
    PreservedRate,
    Rates,
    RatesBy,
    Role,
    RoleSet,
)

BILLING_LADDERS = """            # the level that wins, then the one that wins without it, and so on
    type  figure   assigned      job_role    levels
    URH   planned  ann           -           PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   ann           -           PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   planned  ann           assignment  PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_ROLE CARD ROLE JOB_ROLE_STOP
    URH   actual   ann           assignment  PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_ROLE CARD ROLE JOB_ROLE_STOP
    URH   planned  ann           project     PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_USER PROJECT_ROLE CARD ROLE JOB_ROLE_STOP
    URH   actual   ann           project     PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_USER PROJECT_ROLE CARD ROLE JOB_ROLE_STOP
    URH   planned  role          -           PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   role          -           PRESERVED LOCKED_CARD ASSIGNMENT PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   bob           -           PRESERVED LOCKED_CARD PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   bob           project     PRESERVED LOCKED_CARD PROJECT_USER PROJECT_ROLE CARD ROLE JOB_ROLE_STOP
    URH   actual   -             -           PRESERVED LOCKED_CARD PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    USER  planned  ann           -           PRESERVED USER PROJECT_ROLE CARD COMPANY ROLE NOTHING
    USER  actual   ann           -           PRESERVED USER PROJECT_ROLE CARD COMPANY ROLE NOTHING
    USER  planned  role          -           PRESERVED PROJECT_ROLE CARD COMPANY ROLE NOTHING
    USER  actual   role          -           PRESERVED USER PROJECT_ROLE CARD COMPANY ROLE NOTHING
    USER  actual   bob           -           PRESERVED USER PROJECT_ROLE CARD COMPANY ROLE NOTHING
    ROLE  planned  ann           -           PRESERVED PROJECT_ROLE CARD COMPANY ROLE NOTHING
    ROLE  actual   ann           project     PRESERVED PROJECT_ROLE CARD COMPANY ROLE NOTHING
    ROLE  actual   role          -           PRESERVED PROJECT_ROLE CARD COMPANY ROLE NOTHING
    ROLE  actual   -             -           PRESERVED PROJECT_ROLE CARD COMPANY ROLE NOTHING
"""  # noqa: E501  one line of a ladder is one line
COST_LADDERS = """
    type  figure   assigned      job_role    levels
    URH   planned  ann           assignment  ASSIGNMENT PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   ann           project     ASSIGNMENT PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   planned  role          -           ASSIGNMENT PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   role          -           PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   bob           -           PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    URH   actual   -             -           PROJECT_USER USER PROJECT_ROLE CARD ROLE NOTHING
    USER  planned  ann           -           USER PROJECT_ROLE CARD ROLE NOTHING
    USER  planned  role          -           PROJECT_ROLE CARD ROLE NOTHING
    USER  actual   role          -           USER PROJECT_ROLE CARD ROLE NOTHING
    ROLE  planned  ann           -           PROJECT_ROLE CARD ROLE NOTHING
    ROLE  actual   bob           -           PROJECT_ROLE CARD ROLE NOTHING
    ROLE  actual   -             -           PROJECT_ROLE CARD ROLE NOTHING
"""
TYPES = {"URH": "USER_AND_ROLE_HOURLY", "USER": "USER_HOURLY", "ROLE": "ROLE_HOURLY"}
USA = places("USA")
FROZEN = (PreservedRate("task", rates("1")[0], person="ann"), PreservedRate("task", rates("1")[0], role="dev"))


def solve_with(levels: set[Level], type: str, who: str, job_role: str) -> Solution:
    """Ann, a dev in the USA, logs an hour; every level in ``levels`` has a rate, for both persons and both roles."""

    def at(level: Level) -> Rates:
        return rates("1") if level in levels else ()

    def each(names: Iterable[str], level: Level) -> RatesBy:
        return {name: at(level) for name in names}

    def row(who: str | None, role: str | None, job_role: str | None = None) -> Assignment:
        own = at(Level.ASSIGNMENT)
        return assigned(
            who,
            role,
            "1",
            billing_overrides=own,
            cost_overrides=own,
            job_role_for_billing=job_role,
            attributes=USA,
        )

    to = {
        "ann": [row("ann", "dev", "senior" if job_role == "assignment" else None)],
        "bob": [row("bob", "dev")],
        "role": [row(None, "dev")],
        "-": [],
    }
    locked = rates("1", locked=True) if Level.LOCKED_CARD in levels and type == "URH" else ()
    card = rates("1", USA) if Level.CARD in levels else ()  # more specific, and yet later
    roles = ("dev", "senior")
    ann = Person("ann", (RoleSet("dev"),), (AttributeSet(USA),), at(Level.USER), at(Level.USER), True)
    return solved(
        {
            "role_billing": each(roles, Level.PROJECT_ROLE),
            "user_billing": each(("ann", "bob"), Level.PROJECT_USER),
            "user_cost": each(("ann", "bob"), Level.PROJECT_USER),
            "role_cost": each(roles, Level.PROJECT_ROLE),
            "card_costs": each(roles, Level.CARD),
            "company_rates": each(roles, Level.COMPANY),
            "card_rates": dict.fromkeys(roles, locked + card),
            "job_roles_for_billing": (JobRoleForBilling("ann", "senior"),) if job_role == "project" else (),
        },
        roles=tuple(Role(role, at(Level.ROLE), at(Level.ROLE)) for role in roles),
        persons=(ann, person("bob", "dev")),
        tasks=(task(TYPES[type], TYPES[type], *to[who]),),
        entries=(logged(1, "1", "ann"),),
        preserved_rates=FROZEN if Level.PRESERVED in levels else (),
    )


@pytest.mark.parametrize(
    ("kind", "type", "figure", "who", "job_role", "levels"),
    [("cost", *row) for row in table(COST_LADDERS)] + [("billing", *row) for row in table(BILLING_LADDERS)],
)
def test_levels_come_in_this_order(kind: str, type: str, figure: str, who: str, job_role: str, levels: str) -> None:
    present, seen = set(Level), list[Level]()
    for _ in levels.split():
        it = solve_with(present, type, who, job_role)
        one = it.entries[1] if figure == "actual" else it.planned_days[0]
        seen.append((one.cost_rate if kind == "cost" else one.billing_rate).level)
        present.discard(seen[-1])
    assert seen == levels.split()


ROLES = """                    # the role whose rate is used; ann's primary role is a, her other one b; bob's is c
    type  assigned       chosen  planned  planned_cost  actual  actual_cost
    ROLE  -              -       -        -             a       a       # C-14
    ROLE  -              c       -        -             c       c
    ROLE  ann:b          -       b        b             b       b
    ROLE  ann:b          c       b        b             c       c
    ROLE  ann            -       none     none          a       a       # no role on the assignment: no plan
    ROLE  bob:c          -       c        c             a       c       # revenue by logger, cost by assignment
    ROLE  bob            -       none     none          a       c
    ROLE  :b             -       b        b             b       b       # one of ann's roles is assigned
    ROLE  :c             -       c        c             a       c       # none of them is
    ROLE  :c             b       c        c             b       b
    ROLE  :c :b          -       c        c             b       c       # cost: the primary assignment's role
    ROLE  :b :a          -       b        b             a       b
    ROLE  bob:c ann:b    -       c        c             b       b       # cost: the logger's own assignment
    ROLE  bob:c :a       -       c        c             a       c
    USER  ann:b          -       a        a             a       a       # the primary role, whatever the assignment
    USER  ann:b          b       a        a             b       a       # C-13
    USER  bob:b          -       c        c             a       a
    USER  :c             -       c        c             a       a
    USER  :c             b       c        c             b       a
    URH   ann:b          c       a        a             a       a       # only the primary role counts
    URH   bob:c          -       c        c             a       a
    URH   :c :b          -       c        c             b       a       # revenue by the row that fits ann, cost by ann
    URH   :b :a          -       b        b             a       a
    URH   :c             -       c        c             c       a       # else the primary assignment
"""


@pytest.mark.parametrize(("type", "to", "chosen", "planned", "planned_cost", "actual", "actual_cost"), table(ROLES))
def test_whose_role_decides(
    type: str, to: str, chosen: str, planned: str, planned_cost: str, actual: str, actual_cost: str
) -> None:
    """No person has a rate; of the plan, the first assignment is looked at. Ann logs."""
    rows = [one.split(":") for one in to.replace("-", "").split()]
    assignments = [
        assigned(who or None, role[0] if role else None, "1", is_primary=number == 0)
        for number, (who, *role) in enumerate(rows)
    ]
    it = solved(
        roles=tuple(Role(role, rates("1"), rates("1")) for role in "abc"),
        persons=(person("ann", "a", "b"), person("bob", "c")),
        tasks=(task(TYPES[type], TYPES[type], *assignments),),
        entries=(logged(1, "1", "ann", chosen_role=chosen.strip("-") or None),),
    )
    assert [it.entries[1].billing_rate.role, it.entries[1].cost_rate.role] == [actual, actual_cost]
    if rows:
        day = it.planned_days[0]
        assert [day.billing_rate.role or "none", day.cost_rate.role or "none"] == [planned, planned_cost]


def test_a_logger_without_roles_earns_the_assigned_roles_rate_and_costs_nothing() -> None:
    """§3.11, fourth row: USER_HOURLY on a task with a role alone; ROLE_HOURLY alike for revenue."""
    for type in ("USER_HOURLY", "ROLE_HOURLY"):
        it = solved(
            roles=(Role("a", rates("10"), rates("20")),),
            persons=(person("ann"),),
            tasks=(task("USER_HOURLY", type, assigned(role="a", hours="1")),),
            entries=(logged(1, "1", "ann"),),
        )
        assert [it.entries[1].revenue, it.entries[1].cost] == [Decimal(20), Decimal(0)]


BESIDE_TASKS = """                    # ann's primary role is a; of the issue's assignee bob, c; rates by role alone
    where     role_a  profile  chosen  cost_is  revenue_is
    issue     10      15       -       15       15
    issue     10      -        -       10       10
    issue     10      -        c       10       10      # a chosen role does not matter
    issue     -       -        -       7        0       # cost: primary role of the assignee, who is a person
    roleonly  -       -        -       0        0
    nobody    -       -        -       0        0
    project   10      15       -       15       15
    project   10      -        -       10       10
    project   10      15       c       7        7       # a different role goes first
    project   10      15       a       15       10      # the same role: revenue by C-12, cost as without
    project   -       -        -       0        0
"""


@pytest.mark.parametrize(("where", "role_a", "profile", "chosen", "cost_is", "revenue_is"), table(BESIDE_TASKS))
def test_hours_on_issues_and_on_the_project(
    where: str, role_a: str, profile: str, chosen: str, cost_is: str, revenue_is: str
) -> None:
    role_a, profile = role_a.strip("-"), profile.strip("-")
    issue = None if where == "project" else where
    entry = logged(1, "1", "ann", task=None, issue=issue, chosen_role=chosen.strip("-") or None)
    it = solved(
        roles=(Role("a", rates(role_a), rates(role_a)), Role("c", rates("7"), rates("7"))),
        persons=(person("ann", "a", cost=profile, billing=profile), person("bob", "c")),
        issues=(Issue("issue", person="bob"), Issue("roleonly", role="c"), Issue("nobody")),
        entries=(entry,),
    )
    assert [it.entries[1].cost, it.entries[1].revenue] == [Decimal(cost_is), Decimal(revenue_is)]
    assert [it.project.actual_labour_cost, it.project.actual_revenue] == [Decimal(cost_is), Decimal(revenue_is)]
