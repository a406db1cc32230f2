"""Small random worlds that meet every rule: few people, few days, many rates, all kinds of bounds.

A world is decided by its seed alone. It is always valid: ranges of one holder and variant do not overlap, every
exchange rate exists, types have the amounts they need, planned seconds of assignments add up to those of their task.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.oracle.generate_rates import (
    CURRENCIES,
    DAYS,
    amount,
    exchange_rates,
    owned,
    ranges,
    rates,
    role_rates,
    some,
)
from tests.oracle.generate_tasks import random_task
from tests.oracle.people import other_roles, primary_role
from tests.oracle.world import (
    AttributeSet,
    Currency,
    Entry,
    Expense,
    Issue,
    JobRoleForBilling,
    Person,
    PreservedRate,
    Project,
    Role,
    RoleSet,
    Task,
    World,
)

SECONDS = (1, 7, 900, 1800, 3600, 3601, 5400, 12345, 28800)


def random_world(seed: int) -> World:
    """The world of that seed: 1-4 persons and roles, 1-3 tasks with 0-3 assignments, 0-3 issues, 1-12 entries."""
    rng = Random(seed)
    base, currency = rng.choice(CURRENCIES), rng.choice(CURRENCIES)
    role_ids = [f"role-{number}" for number in range(rng.randint(1, 4))]
    # In half of the worlds one role has no rate anywhere, so that searches get to their last steps.
    unrated = rng.choice((role_ids[0], None))
    rated = [one for one in role_ids if one != unrated]
    roles = tuple(
        Role(one, some(rng, role_rates(rng), 0.75), some(rng, role_rates(rng), 0.75)) if one in rated else Role(one)
        for one in role_ids
    )
    persons = tuple(_person(rng, f"person-{number}", role_ids, base) for number in range(rng.randint(1, 4)))
    tasks: list[Task] = []
    for number in range(rng.randint(1, 3)):
        parent = rng.choice(tasks).id if tasks and rng.random() < 0.4 else None
        tasks.append(random_task(rng, f"task-{number}", parent, [one.id for one in persons], role_ids, currency))
    issues = tuple(_issue(rng, f"issue-{number}", persons, role_ids) for number in range(rng.randint(0, 3)))
    bare = World(
        base_currency=base.code,
        currencies=CURRENCIES,
        project=_project(rng, currency, persons, role_ids, rated),
        exchange_rates=exchange_rates(rng, base.code),
        roles=roles,
        persons=persons,
        tasks=tuple(tasks),
        issues=issues,
        expenses=tuple(_expense(rng, id, tasks, currency) for id in range(1, rng.randint(1, 5))),
        preserved_rates=_preserved_rates(rng, tasks, persons),
    )
    # Half of the worlds log nearly everything on one task, so that its cap is reached, left and reached again.
    often = (rng.choice(tasks),) * rng.choice((0, 9)) + bare.tasks
    entries = tuple(_entry(rng, id, bare, often) for id in range(1, rng.randint(2, 14)))
    return replace(bare, entries=entries)


def _person(rng: Random, id: str, role_ids: list[str], base: Currency) -> Person:
    """Role and attribute sets with gaps or for all days; profile rates in the base currency (§7.5)."""
    role_sets = []
    for first, last in rng.choice(([(None, None)], [(None, None)], ranges(rng, 3), ranges(rng, 3), [])):
        others = rng.sample(role_ids, min(len(role_ids), rng.choice((0, 0, 1, 2))))
        primary = rng.choice(role_ids)
        role_sets.append(RoleSet(primary, tuple(one for one in others if one != primary), first, last))
    sets = [AttributeSet(owned(rng), *days) for days in rng.choice(([(None, None)], ranges(rng, 3), []))]
    return Person(
        id,
        tuple(role_sets),
        tuple(sets),
        cost_rates=some(rng, rates(rng, 3, base), 0.5),
        billing_rates=some(rng, rates(rng, 3, base), 0.5),
        cost_override_allowed=rng.random() < 0.6,
    )


def _project(
    rng: Random, currency: Currency, persons: tuple[Person, ...], role_ids: list[str], rated: list[str]
) -> Project:
    """Overrides, a company and a card, each of which may be missing as a whole or for some."""
    company = {role: some(rng, rates(rng, 3)) for role in rated}
    card = {role: some(rng, role_rates(rng, lockable=True), 0.7) for role in rated}
    job_roles = [
        JobRoleForBilling(one.id, rng.choice(role_ids), *days)
        for one in persons
        if rng.random() < 0.5
        for days in rng.choice(([(None, None)], ranges(rng, 2)))
    ]
    return Project(
        currency=currency.code,
        planned_start=DAYS[0],
        fixed_cost=amount(rng, currency),
        fixed_revenue=amount(rng, currency),
        is_complete=rng.random() < 0.5,
        company_rates=company if rng.random() < 0.6 else None,
        card_rates=card if rng.random() < 0.75 else None,
        role_billing={role: some(rng, role_rates(rng), 0.4) for role in rated},
        user_billing={one.id: some(rng, rates(rng, 3), 0.4) for one in persons},
        user_cost={one.id: some(rng, rates(rng, 3), 0.5) for one in persons},
        role_cost={role: some(rng, role_rates(rng), 0.25) for role in rated},
        card_costs={role: some(rng, role_rates(rng), 0.25) for role in rated},
        job_roles_for_billing=tuple(job_roles),
    )


def _issue(rng: Random, id: str, persons: tuple[Person, ...], role_ids: list[str]) -> Issue:
    kind = rng.choice(("person", "person", "role", "nobody"))
    return Issue(
        id,
        person=rng.choice(persons).id if kind == "person" else None,
        role=rng.choice(role_ids) if kind == "role" else None,
    )


def _entry(rng: Random, id: int, world: World, tasks: tuple[Task, ...]) -> Entry:
    """Hours of anybody, one in six negative; a role by hand is one of the owner's or one assigned (§3.10)."""
    on, owner = rng.choice(DAYS), rng.choice(world.persons).id
    kind = rng.choice(("task", "task", "task", "task", "issue", "project"))
    task = rng.choice(tasks) if kind == "task" else None
    issue = rng.choice(world.issues) if kind == "issue" and world.issues else None
    may_choose = {primary_role(world, owner, on), *other_roles(world, owner, on), issue.role if issue else None}
    may_choose |= {one.role for one in task.assignments} if task else set()
    choosable = sorted(one for one in may_choose if one is not None)
    return Entry(
        id=id,
        on=on,
        seconds=rng.choice(SECONDS) * rng.choice((1, 1, 1, 1, 1, -1)),
        owner=owner,
        task=task.id if task else None,
        issue=issue.id if issue else None,
        chosen_role=rng.choice(choosable) if choosable and rng.random() < 0.3 else None,
        counts_as_revenue=rng.random() < 0.9,
    )


def _expense(rng: Random, id: int, tasks: list[Task], currency: Currency) -> Expense:
    sign = rng.choice((1, 1, -1))
    return Expense(
        id,
        planned=amount(rng, currency) * sign,
        actual=amount(rng, currency) * rng.choice((1, 1, -1)),
        is_billable=rng.random() < 0.5,
        task=rng.choice((None, rng.choice(tasks).id)),
    )


def _preserved_rates(rng: Random, tasks: list[Task], persons: tuple[Person, ...]) -> tuple[PreservedRate, ...]:
    """In one world of three: for assigned persons, for roles assigned alone, and for persons no longer assigned."""
    if rng.random() < 0.67:
        return ()
    found = []
    for task in tasks:
        for one in persons:
            found += [PreservedRate(task.id, rate, person=one.id) for rate in some(rng, rates(rng, 2), 0.4)]
        for row in task.assignments:
            if row.person is None:
                found += [PreservedRate(task.id, rate, role=row.role) for rate in some(rng, rates(rng, 2))]
    return tuple(found)
