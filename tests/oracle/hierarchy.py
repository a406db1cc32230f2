"""The full hierarchy of billing rates: USER_AND_ROLE_HOURLY, with its cap and its fixed part (§3.4, C-15, C-16).

Preserved rates have been looked at before (billing.py); company rates are not part of it; only the primary role counts,
and a role chosen by hand does not (§3.10).
"""

from __future__ import annotations

from datetime import date

from tests.oracle import choices, people, sources
from tests.oracle.results import Found, Level
from tests.oracle.world import Assignment, Attributes, World

NOTHING = Found(Level.NOTHING)
JOB_ROLE_STOP = Found(Level.JOB_ROLE_STOP)


def of_assignment(world: World, assignment: Assignment, subject: Attributes, on: date) -> Found:
    """For hours planned for an assignment, or logged on it; ``subject``: the attributes of these hours."""
    if assignment.person is None:
        return _of_role_alone(world, assignment, subject, on)
    return _of_assigned_person(world, assignment, assignment.person, on)


def _of_role_alone(world: World, assignment: Assignment, subject: Attributes, on: date) -> Found:
    """Locked card, assignment override, role rate."""
    found = sources.locked_card(world, assignment.role, subject, on)
    if found is not None:
        return found
    found = sources.assignment_billing(assignment, on)
    if found is not None:
        return found
    return sources.hierarchy_role_billing(world, assignment.role, subject, on) or NOTHING


def _of_assigned_person(world: World, assignment: Assignment, person: str, on: date) -> Found:
    subject = people.attributes_of(world, person, on)
    primary = people.primary_role(world, person, on)
    of_assignment = assignment.job_role_for_billing
    of_project = sources.project_job_role(world, person, on)

    # 2: locked card, for the job role for billing (the assignment's beats the project's), else the primary role
    found = sources.locked_card(world, of_assignment or of_project or primary, subject, on)
    if found is not None:
        return found
    # 3: the assignment's own rate
    found = sources.assignment_billing(assignment, on)
    if found is not None:
        return found
    # 4: the assignment's job role for billing; nothing found ends the search
    if of_assignment is not None:
        return sources.hierarchy_role_billing(world, of_assignment, subject, on) or JOB_ROLE_STOP
    # 5: the project's rate for the person
    found = sources.project_user_billing(world, person, on)
    if found is not None:
        return found
    # between 5 and 6: the project's job role for billing (REC a, C-15)
    if of_project is not None:
        return sources.hierarchy_role_billing(world, of_project, subject, on) or JOB_ROLE_STOP
    # 6: the profile
    found = sources.user_billing(world, person, on)
    if found is not None:
        return found
    # 7: the primary role
    return sources.hierarchy_role_billing(world, primary, subject, on) or NOTHING


def of_unassigned_owner(world: World, owner: str, on: date) -> Found:
    """For hours logged by someone who is not assigned, when persons are assigned or nobody is."""
    subject = people.attributes_of(world, owner, on)
    primary = people.primary_role(world, owner, on)
    of_project = sources.project_job_role(world, owner, on)

    locked_role = primary
    if of_project is not None and choices.LOCKED_CARD_OF_AN_UNASSIGNED_OWNER_SEES_THE_JOB_ROLE_FOR_BILLING:
        locked_role = of_project
    found = sources.locked_card(world, locked_role, subject, on)
    if found is not None:
        return found
    found = sources.project_user_billing(world, owner, on)
    if found is not None:
        return found
    if of_project is not None:  # project override of that role, too: REC b, C-16
        return sources.hierarchy_role_billing(world, of_project, subject, on) or JOB_ROLE_STOP
    found = sources.user_billing(world, owner, on)
    if found is not None:
        return found
    return sources.hierarchy_role_billing(world, primary, subject, on) or NOTHING
