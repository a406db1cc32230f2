"""Which cost rate holds: one plain function for each cost type, planned and actual (§2.1, §2.8, §2.9, §3.2-§3.4)."""

from __future__ import annotations

from datetime import date

from hourledger.core.work import CostType
from tests.oracle import choices, people, sources
from tests.oracle.people import Assigned
from tests.oracle.results import Found, Level
from tests.oracle.world import Assignment, Attributes, Entry, Issue, Task, World

NOTHING = Found(Level.NOTHING)


def fixed_cost(world: World, task: Task) -> Found:
    """FIXED_HOURLY: the task's amount for an hour, in the project's currency, whoever works."""
    if task.cost_amount is None:
        return NOTHING
    return Found(Level.FIXED_HOURLY, task.cost_amount, world.project.currency)


def planned_cost_rate(world: World, task: Task, assignment: Assignment, on: date) -> Found:
    """What an hour planned for the assignment on that day costs."""
    if task.cost_type is CostType.NO_COST:
        return Found(Level.TYPE)
    if task.cost_type is CostType.FIXED_HOURLY:
        return fixed_cost(world, task)
    subject = people.attributes_planned(world, assignment, on)
    if task.cost_type is CostType.USER_HOURLY:
        if assignment.person is None:
            return sources.role_cost(world, assignment.role, subject, on) or NOTHING
        return _profile_else_primary_role(world, assignment.person, on)
    if task.cost_type is CostType.ROLE_HOURLY:
        role = assignment.role
        if (
            role is None
            and assignment.person is not None
            and choices.PLANNED_ROLE_HOURLY_COST_FALLS_BACK_TO_PRIMARY_ROLE
        ):
            role = people.primary_role(world, assignment.person, on)
        return sources.role_cost(world, role, subject, on) or NOTHING
    return _hierarchy_of_assignment(world, assignment, subject, on)


def actual_cost_rate(world: World, entry: Entry) -> Found:
    """What an hour of the entry costs; the hour type does not matter (C-11)."""
    if entry.issue is not None:
        return _issue_cost(world, next(one for one in world.issues if one.id == entry.issue), entry)
    if entry.task is None:
        return _direct_cost(world, entry)
    task = people.task_of(world, entry.task)
    if task.cost_type is CostType.NO_COST:
        return Found(Level.TYPE)
    if task.cost_type is CostType.FIXED_HOURLY:
        return fixed_cost(world, task)
    if task.cost_type is CostType.USER_HOURLY:
        return _user_hourly_actual(world, entry)
    if task.cost_type is CostType.ROLE_HOURLY:
        return _role_hourly_actual(world, task, entry)
    return _hierarchy_actual(world, task, entry)


def _profile_else_primary_role(world: World, person: str, on: date) -> Found:
    found = sources.user_cost(world, person, on)
    if found is not None:
        return found
    role = people.primary_role(world, person, on)
    return sources.role_cost(world, role, people.attributes_of(world, person, on), on) or NOTHING


def _user_hourly_actual(world: World, entry: Entry) -> Found:
    """The logger's profile, then the logger's primary role; who is assigned does not matter."""
    if choices.CHOSEN_ROLE_REPLACES_COST_FALLBACK_OF_USER_HOURLY and entry.chosen_role is not None:
        found = sources.user_cost(world, entry.owner, entry.on)
        if found is not None:
            return found
        subject = people.attributes_of(world, entry.owner, entry.on)
        return sources.role_cost(world, entry.chosen_role, subject, entry.on) or NOTHING
    return _profile_else_primary_role(world, entry.owner, entry.on)


def _role_hourly_actual(world: World, task: Task, entry: Entry) -> Found:
    """The role of the assignment, whoever logs (§3.3); a role chosen by hand goes before it (§3.10)."""
    on = entry.on
    logger = people.attributes_of(world, entry.owner, on)
    if entry.chosen_role is not None:
        found = sources.role_cost(world, entry.chosen_role, logger, on)
        if found is not None or not choices.CHOSEN_ROLE_WITHOUT_A_RATE_IS_PASSED_OVER:
            return found or NOTHING
    where = people.column(task, entry.owner)
    if where is Assigned.NOBODY:  # C-14
        return sources.role_cost(world, people.primary_role(world, entry.owner, on), logger, on) or NOTHING
    if where is Assigned.ONLY_ROLES:
        row = people.primary_assignment(task)
        if choices.ACTUAL_ROLE_HOURLY_COST_OF_ROLES_ALONE_FOLLOWS_THE_LOGGER:
            row = people.row_for(world, task, entry.owner, on)
        return sources.role_cost(world, row.role, logger, on) or NOTHING
    # Persons are assigned: the logger's own assignment, else the primary one (which may be a role alone).
    assignment = people.own_assignment(task, entry.owner) or people.primary_assignment(task)
    role = assignment.role
    if role is None and assignment.person is not None:
        role = people.primary_role(world, assignment.person, on)
    return sources.role_cost(world, role, logger, on) or NOTHING


def _hierarchy_of_assignment(world: World, assignment: Assignment, subject: Attributes, on: date) -> Found:
    """USER_AND_ROLE_HOURLY "user assigned" and "role assigned" (§3.4); ``subject``: the attributes of these hours."""
    found = sources.assignment_cost(assignment, on)
    if found is not None:
        return found
    if assignment.person is None:
        return sources.role_cost(world, assignment.role, subject, on) or NOTHING
    found = sources.project_user_cost(world, assignment.person, on)
    if found is not None:
        return found
    return _profile_else_primary_role(world, assignment.person, on)


def _hierarchy_actual(world: World, task: Task, entry: Entry) -> Found:
    """USER_AND_ROLE_HOURLY actual: by the owner's own assignment, else by the owner (§3.4)."""
    assignment = people.own_assignment(task, entry.owner)
    if choices.ACTUAL_HIERARCHY_COST_OF_ROLES_ALONE_IS_THE_ROWS:
        assignment = people.assignment_of(world, task, entry)
    if assignment is not None:
        subject = people.attributes_of(world, entry.owner, entry.on)
        return _hierarchy_of_assignment(world, assignment, subject, entry.on)
    found = sources.project_user_cost(world, entry.owner, entry.on)
    if found is not None:
        return found
    return _profile_else_primary_role(world, entry.owner, entry.on)


def _issue_cost(world: World, issue: Issue, entry: Entry) -> Found:
    """Logger's profile, logger's primary role, then the primary role of a *person* assigned to the issue (§2.8)."""
    found = _profile_else_primary_role(world, entry.owner, entry.on)
    if found.per_hour is not None:
        return found
    if issue.person is None:
        return NOTHING
    role = people.primary_role(world, issue.person, entry.on)
    subject = people.attributes_of(world, entry.owner, entry.on)
    return sources.role_cost(world, role, subject, entry.on) or NOTHING


def _direct_cost(world: World, entry: Entry) -> Found:
    """Hours on the project: a *different* role chosen by hand, else the profile, else the primary role (§2.9)."""
    primary = people.primary_role(world, entry.owner, entry.on)
    if entry.chosen_role is not None and entry.chosen_role != primary:
        subject = people.attributes_of(world, entry.owner, entry.on)
        found = sources.role_cost(world, entry.chosen_role, subject, entry.on)
        if found is not None or not choices.CHOSEN_ROLE_WITHOUT_A_RATE_IS_PASSED_OVER:
            return found or NOTHING
    return _profile_else_primary_role(world, entry.owner, entry.on)
