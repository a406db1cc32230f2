"""Which billing rate holds: the types by user and by role, fixed prices, issues and direct hours (§2.3, §3.2, §3.3)."""

from __future__ import annotations

from datetime import date

from hourledger.core.work import RevenueType
from tests.oracle import choices, hierarchy, people, sources
from tests.oracle.people import Assigned
from tests.oracle.results import Found, Level
from tests.oracle.world import Assignment, Entry, Task, World

NOTHING = Found(Level.NOTHING)
UNPRICED = (RevenueType.NOT_BILLABLE, RevenueType.FIXED_REVENUE)
BY_USER = (RevenueType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, RevenueType.USER_HOURLY_PLUS_FIXED)
BY_ROLE = (RevenueType.ROLE_HOURLY, RevenueType.ROLE_HOURLY_CAP, RevenueType.ROLE_HOURLY_PLUS_FIXED)


def fixed_price(world: World, task: Task) -> Found:
    """FIXED_HOURLY: the task's price of an hour, in the project's currency."""
    if task.billing_amount is None:
        return NOTHING
    return Found(Level.FIXED_HOURLY, task.billing_amount, world.project.currency)


def planned_billing_rate(world: World, task: Task, assignment: Assignment, on: date) -> Found:
    """What an hour planned for the assignment on that day earns, before overtime ratio and cap."""
    if task.revenue_type in UNPRICED:
        return Found(Level.TYPE)
    if not assignment.is_billable:
        return Found(Level.NOT_BILLABLE_ASSIGNMENT)
    if task.revenue_type is RevenueType.FIXED_HOURLY:
        return fixed_price(world, task)
    subject = people.attributes_planned(world, assignment, on)
    if (
        task.revenue_type in BY_ROLE
        and assignment.role is None
        and not choices.PLANNED_ROLE_HOURLY_WITHOUT_A_ROLE_SEES_PRESERVED_RATES
    ):
        return NOTHING
    if assignment.person is not None:
        found = sources.preserved_for_person(world, task.id, assignment.person, on)
    else:
        found = sources.preserved_for_role(world, task.id, assignment.role, on)
    if found is not None:
        return found
    if task.revenue_type in BY_USER:
        return _user_hourly_planned(world, assignment, on)
    if task.revenue_type in BY_ROLE:
        # No role on a person's assignment: 0, even if the person has a primary role.
        return sources.role_billing(world, assignment.role, subject, on) or NOTHING
    return hierarchy.of_assignment(world, assignment, subject, on)


def actual_billing_rate(world: World, entry: Entry) -> Found:
    """What an hour of the entry earns, before the cap."""
    if entry.task is None:
        if not entry.counts_as_revenue:
            return Found(Level.HOUR_TYPE)
        return _issue_revenue(world, entry) if entry.issue is not None else _direct_revenue(world, entry)
    task = people.task_of(world, entry.task)
    if task.revenue_type in UNPRICED:
        return Found(Level.TYPE)
    if not entry.counts_as_revenue:
        return Found(Level.HOUR_TYPE)
    assignment = people.assignment_of(world, task, entry)
    if assignment is not None and not assignment.is_billable:
        return Found(Level.NOT_BILLABLE_ASSIGNMENT)
    if task.revenue_type is RevenueType.FIXED_HOURLY:
        return fixed_price(world, task)
    found = _preserved_actual(world, task, entry)
    if found is not None:
        return found
    if task.revenue_type in BY_USER:
        return _user_hourly_actual(world, task, entry)
    if task.revenue_type in BY_ROLE:
        return _role_hourly_actual(world, task, entry)
    if assignment is not None:
        subject = people.attributes_of(world, entry.owner, entry.on)
        return hierarchy.of_assignment(world, assignment, subject, entry.on)
    return hierarchy.of_unassigned_owner(world, entry.owner, entry.on)


def _preserved_actual(world: World, task: Task, entry: Entry) -> Found | None:
    """Frozen for (task, owner); when no person is assigned, for (task, role that fits the owner) (§3.8).

    Choice: the role that fits is that of the row which fits (people.row_for); with nobody assigned there is none.
    """
    found = sources.preserved_for_person(world, task.id, entry.owner, entry.on)
    if found is not None:
        return found
    if people.column(task, entry.owner) is not Assigned.ONLY_ROLES:
        return None
    row = people.row_for(world, task, entry.owner, entry.on)
    return sources.preserved_for_role(world, task.id, row.role, entry.on)


def _user_hourly_planned(world: World, assignment: Assignment, on: date) -> Found:
    """§3.2 planned."""
    subject = people.attributes_planned(world, assignment, on)
    if assignment.person is None:
        return sources.role_billing(world, assignment.role, subject, on) or NOTHING
    found = sources.user_billing(world, assignment.person, on)
    if found is not None:
        return found
    primary = people.primary_role(world, assignment.person, on)  # even if assigned in another role
    if choices.PLANNED_USER_HOURLY_SEES_PROJECT_ROLE_OVERRIDE:
        return sources.role_billing(world, primary, subject, on) or NOTHING
    found = sources.company_billing(world, primary, subject, on)
    if found is not None:
        return found
    return sources.system_role_billing(world, primary, subject, on) or NOTHING


def _user_hourly_actual(world: World, task: Task, entry: Entry) -> Found:
    """§3.2 actual: the logger's profile, the logger's primary role, and with roles alone the assigned role.

    A role chosen by hand takes the place of the primary role (C-13).
    """
    on = entry.on
    found = sources.user_billing(world, entry.owner, on)
    if found is not None:
        return found
    role = entry.chosen_role or people.primary_role(world, entry.owner, on)
    found = sources.role_billing(world, role, people.attributes_of(world, entry.owner, on), on)
    if found is not None:
        return found
    row = people.row_for(world, task, entry.owner, on) if task.assignments else None
    if not choices.ACTUAL_USER_HOURLY_FALLBACK_FOLLOWS_THE_LOGGER and task.assignments:
        row = people.primary_assignment(task)
    return _assigned_role_revenue(world, task, row, entry) or NOTHING


def _role_hourly_actual(world: World, task: Task, entry: Entry) -> Found:
    """§3.3 actual revenue: it follows the logger.

    Choice: a role chosen by hand takes the place of the logger's role (§3.10), also when a row fits the logger.
    """
    on = entry.on
    logger = people.attributes_of(world, entry.owner, on)
    where = people.column(task, entry.owner)
    role = entry.chosen_role
    if role is not None and not choices.CHOSEN_ROLE_WITHOUT_A_RATE_IS_PASSED_OVER:
        return sources.role_billing(world, role, logger, on) or NOTHING
    if role is None and where is Assigned.OWNER:
        own = people.own_assignment(task, entry.owner)
        role = own.role if own is not None else None
        if role is None and not choices.ACTUAL_ROLE_HOURLY_REVENUE_OF_AN_ASSIGNEE_WITHOUT_ROLE_IS_PRIMARY_ROLE:
            return NOTHING
    if role is None and where is Assigned.ONLY_ROLES:
        row = people.matching_row(world, task, entry.owner, on)
        if row is not None:
            return sources.role_billing(world, row.role, logger, on) or NOTHING
    if role is None:
        role = people.primary_role(world, entry.owner, on)
    found = sources.role_billing(world, role, logger, on)
    if found is not None:
        return found
    row = people.row_for(world, task, entry.owner, on) if task.assignments else None
    return _assigned_role_revenue(world, task, row, entry) or NOTHING


def _assigned_role_revenue(world: World, task: Task, row: Assignment | None, entry: Entry) -> Found | None:
    """With roles alone: the rate of the role of ``row``."""
    if row is None or people.column(task, entry.owner) is not Assigned.ONLY_ROLES:
        return None
    subject = people.attributes_of(world, entry.owner, entry.on)
    return sources.role_billing(world, row.role, subject, entry.on)


def _issue_revenue(world: World, entry: Entry) -> Found:
    """The logger's profile, then the primary role: project override, company, system (§2.8, C-11).

    Choice: a role chosen by hand does not matter on an issue (§3.10 names tasks and direct hours).
    """
    found = sources.user_billing(world, entry.owner, entry.on)
    if found is not None:
        return found
    primary = people.primary_role(world, entry.owner, entry.on)
    subject = people.attributes_of(world, entry.owner, entry.on)
    return sources.role_billing(world, primary, subject, entry.on) or NOTHING


def _direct_revenue(world: World, entry: Entry) -> Found:
    """Hours on the project: the role chosen by hand, else the profile, else the primary role (C-12)."""
    if entry.chosen_role is not None:
        subject = people.attributes_of(world, entry.owner, entry.on)
        found = sources.role_billing(world, entry.chosen_role, subject, entry.on)
        if found is not None or not choices.CHOSEN_ROLE_WITHOUT_A_RATE_IS_PASSED_OVER:
            return found or NOTHING
    return _issue_revenue(world, entry)
