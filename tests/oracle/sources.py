"""One look-up for each place a rate can live: the rate there and its level, or None when that place has none.

Every function takes a day; those for roles take the attributes of the subject, too. Chains of two or three places that
the specification names as one thing stand below.
"""

from __future__ import annotations

from datetime import date

from tests.oracle import choices, people, rates
from tests.oracle.results import Found, Level
from tests.oracle.world import Assignment, Attributes, World


def user_cost(world: World, person: str, on: date) -> Found | None:
    """The cost rate in the person's profile."""
    return rates.only(Level.USER, rates.bounded(people.person_of(world, person).cost_rates, on))


def user_billing(world: World, person: str, on: date) -> Found | None:
    """The billing rate in the person's profile."""
    return rates.only(Level.USER, rates.bounded(people.person_of(world, person).billing_rates, on))


def role_cost(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """A role's cost rate: project, card, system (§3.4), of which the reference has the last alone. No role: None."""
    if role is None:
        return None
    on_project = rates.stretched(world.project.role_cost.get(role, ()), on)
    found = rates.best(Level.PROJECT_ROLE, on_project, subject, role)
    if found is not None:
        return found
    on_card = rates.bounded(world.project.card_costs.get(role, ()), on)
    found = rates.best(Level.CARD, on_card, subject, role)
    if found is not None:
        return found
    return rates.best(Level.ROLE, rates.bounded(people.role_of(world, role).cost_rates, on), subject, role)


def system_role_billing(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """The role's system billing rate. No role: None."""
    if role is None:
        return None
    return rates.best(Level.ROLE, rates.bounded(people.role_of(world, role).billing_rates, on), subject, role)


def company_billing(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """The company's rate for the role, as copied into the project (§3.6)."""
    if role is None or world.project.company_rates is None:
        return None
    return rates.best(Level.COMPANY, rates.bounded(world.project.company_rates.get(role, ()), on), subject, role)


def project_role_billing(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """The project's override for the role; stretches outward (§3.1)."""
    if role is None:
        return None
    return rates.best(Level.PROJECT_ROLE, rates.stretched(world.project.role_billing.get(role, ()), on), subject, role)


def project_user_billing(world: World, person: str, on: date) -> Found | None:
    """The project's billing override for the person; stretches outward."""
    return rates.only(Level.PROJECT_USER, rates.stretched(world.project.user_billing.get(person, ()), on))


def project_user_cost(world: World, person: str, on: date) -> Found | None:
    """The project's cost override for the person, if their profile allows it (§3.11); stretches outward."""
    if not people.person_of(world, person).cost_override_allowed:
        return None
    return rates.only(Level.PROJECT_USER, rates.stretched(world.project.user_cost.get(person, ()), on))


def card(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """The attached rate card's rate for the role, locked or not; respects its bounds (§3.1 REC)."""
    if role is None or world.project.card_rates is None:
        return None
    return rates.best(Level.CARD, rates.bounded(world.project.card_rates.get(role, ()), on), subject, role)


def locked_card(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """The card's most specific **locked** rate for the role.

    Choice: unlocked rates are skipped one by one, so a locked generic rate goes before an unlocked specific one.
    """
    if role is None or world.project.card_rates is None:
        return None
    locked = tuple(rate for rate in world.project.card_rates.get(role, ()) if rate.locked)
    return rates.best(Level.LOCKED_CARD, rates.bounded(locked, on), subject, role)


def assignment_billing(assignment: Assignment, on: date) -> Found | None:
    """The assignment's own billing rate; stretches outward."""
    return rates.only(Level.ASSIGNMENT, rates.stretched(assignment.billing_overrides, on))


def assignment_cost(assignment: Assignment, on: date) -> Found | None:
    """The assignment's own cost rate; stretches outward."""
    return rates.only(Level.ASSIGNMENT, rates.stretched(assignment.cost_overrides, on))


def preserved_for_person(world: World, task: str, person: str, on: date) -> Found | None:
    """The rate frozen for the person on the task; respects its bounds (§3.8)."""
    rows = tuple(one.rate for one in world.preserved_rates if one.task == task and one.person == person)
    return rates.only(Level.PRESERVED, rates.bounded(rows, on))


def preserved_for_role(world: World, task: str, role: str | None, on: date) -> Found | None:
    """The rate frozen for the role on the task; respects its bounds (§3.8)."""
    if role is None:
        return None
    rows = tuple(one.rate for one in world.preserved_rates if one.task == task and one.role == role)
    return rates.best(Level.PRESERVED, rates.bounded(rows, on), Attributes(), role)


def project_job_role(world: World, person: str, on: date) -> str | None:
    """The person's job role for billing in the project on that day."""
    for one in world.project.job_roles_for_billing:
        if one.person == person and (one.first_day or date.min) <= on <= (one.last_day or date.max):
            return one.role
    return None


def role_billing(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """A role's billing rate outside the hierarchy: project override, card, company, system (§3.3, §2.9, §3.7)."""
    found = project_role_billing(world, role, subject, on)
    if found is not None:
        return found
    if choices.ATTACHED_CARD_COUNTS_OUTSIDE_THE_HIERARCHY:
        found = card(world, role, subject, on)
        if found is not None:
            return found
    found = company_billing(world, role, subject, on)
    if found is not None:
        return found
    return system_role_billing(world, role, subject, on)


def hierarchy_role_billing(world: World, role: str | None, subject: Attributes, on: date) -> Found | None:
    """A role's billing rate inside the hierarchy: project override, card, system; never the company (§3.4)."""
    found = project_role_billing(world, role, subject, on)
    if found is not None:
        return found
    found = card(world, role, subject, on)
    if found is not None:
        return found
    return system_role_billing(world, role, subject, on)
