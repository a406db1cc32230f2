"""Who somebody is on a day, and which assignment of a task speaks for them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from tests.oracle.world import GENERIC, Assignment, Attributes, Entry, Person, Role, Task, World


class Assigned(StrEnum):
    """The columns of the matrices in §3.2-§3.4, as the logger stands; beside a person, rows of roles do not count."""

    NOBODY = "NOBODY"
    OWNER = "OWNER"  # the owner is one of the assigned persons
    OTHERS = "OTHERS"  # persons are assigned, the owner is not among them
    ONLY_ROLES = "ONLY_ROLES"


def person_of(world: World, person: str) -> Person:
    """The person with that id."""
    return next(one for one in world.persons if one.id == person)


def role_of(world: World, role: str) -> Role:
    """The role with that id."""
    return next(one for one in world.roles if one.id == role)


def task_of(world: World, task: str) -> Task:
    """The task with that id."""
    return next(one for one in world.tasks if one.id == task)


def primary_role(world: World, person: str, on: date) -> str | None:
    """The person's primary role on that day; None outside every role set."""
    for one in person_of(world, person).role_sets:
        if (one.first_day or date.min) <= on <= (one.last_day or date.max):
            return one.primary
    return None


def other_roles(world: World, person: str, on: date) -> tuple[str, ...]:
    """The person's roles on that day beside the primary one."""
    for one in person_of(world, person).role_sets:
        if (one.first_day or date.min) <= on <= (one.last_day or date.max):
            return one.others
    return ()


def attributes_of(world: World, person: str, on: date) -> Attributes:
    """The person's attributes on that day; none outside every set (§3.5)."""
    for one in person_of(world, person).attribute_sets:
        if (one.first_day or date.min) <= on <= (one.last_day or date.max):
            return one.attributes
    return GENERIC


def attributes_planned(world: World, assignment: Assignment, on: date) -> Attributes:
    """Of hours planned for an assignment: the person's on that day; a role alone carries its own (§3.5).

    Hours that somebody logged have that person's attributes, whatever is assigned: they replace the placeholder.
    """
    if assignment.person is not None:
        return attributes_of(world, assignment.person, on)
    return assignment.attributes


def own_assignment(task: Task, person: str) -> Assignment | None:
    """The person's own assignment on the task."""
    for one in task.assignments:
        if one.person == person:
            return one
    return None


def primary_assignment(task: Task) -> Assignment:
    """The assignment marked as primary, else the first."""
    for one in task.assignments:
        if one.is_primary:
            return one
    return task.assignments[0]


def column(task: Task, owner: str) -> Assigned:
    """Which column of the matrices an hour of ``owner`` on ``task`` falls into."""
    if not task.assignments:
        return Assigned.NOBODY
    if own_assignment(task, owner) is not None:
        return Assigned.OWNER
    if any(one.person is not None for one in task.assignments):
        return Assigned.OTHERS
    return Assigned.ONLY_ROLES


def matching_row(world: World, task: Task, owner: str, on: date) -> Assignment | None:
    """Of a task with roles alone: the row of the owner's primary role, else of any other of their roles (§3.4 REC c).

    Choice: of several rows that fit, the primary assignment, else the first of the task's assignments.
    """
    primary_first = sorted(task.assignments, key=lambda one: not one.is_primary)
    primary = primary_role(world, owner, on)
    for one in primary_first:
        if primary is not None and one.role == primary:
            return one
    others = other_roles(world, owner, on)
    for one in primary_first:
        if one.role in others:
            return one
    return None


def row_for(world: World, task: Task, owner: str, on: date) -> Assignment:
    """The matching row, else the primary assignment (§3.4 REC c)."""
    return matching_row(world, task, owner, on) or primary_assignment(task)


def assignment_of(world: World, task: Task, entry: Entry) -> Assignment | None:
    """The assignment an entry belongs to: the owner's own; with roles alone the row that fits; else none.

    Choice: this one's ``is_billable`` decides for the entry (§3.11, C-18), whatever the revenue type.
    """
    where = column(task, entry.owner)
    if where is Assigned.OWNER:
        return own_assignment(task, entry.owner)
    if where is Assigned.ONLY_ROLES:
        return row_for(world, task, entry.owner, entry.on)
    return None
