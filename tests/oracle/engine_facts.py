"""What rating asks about an hour, told from a world in plain Python, as the product's queries tell it from its tables.

Actual hours: models/queries/rating.py (the facts of entries); planned ones: hourledger/services/plan_inputs.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeVar

from hourledger.core.periods import Period
from hourledger.core.rates import ISSUE_HOURS, PROJECT_HOURS, Attributes, RatingInput, Subject
from tests.oracle.engine_rates import COMPANY, ORGANISATION, PROJECT, Numbers
from tests.oracle.world import Assignment, Entry, JobRoleForBilling, RoleSet, Task, World

Dated = TypeVar("Dated", RoleSet, JobRoleForBilling)


def input_of_entry(world: World, numbers: Numbers, attributes: Attributes, entry: Entry) -> RatingInput:
    """An hour that was logged."""
    task = next((one for one in world.tasks if one.id == entry.task), None)
    # ORDER BY is_primary DESC, id
    rows = sorted(_assignments(world, entry), key=lambda row: not row.is_primary)
    person = next(one for one in world.persons if one.id == entry.owner)
    held = _on(person.role_sets, entry.on)
    primary = held.primary if held else None

    own = next((row for row in rows if row.person == entry.owner), None)
    first = rows[0] if rows else None
    open_role = first if not any(row.person for row in rows) else None
    fitting = _fitting(rows, held) if open_role else None
    speaks = own or fitting or open_role
    first_person = next((one for one in world.persons if first and one.id == first.person), None)
    first_held = _on(first_person.role_sets, entry.on) if first_person else None

    owner = numbers.persons[entry.owner]
    counts = entry.counts_as_revenue and (speaks.is_billable if speaks else True)
    subjects = _place(world, numbers, entry.task or entry.issue) | {
        Subject.OWNER: owner,
        Subject.OWNER_COST_OVERRIDE_ALLOWED: owner if person.cost_override_allowed else None,
        Subject.OWNER_PRIMARY_ROLE: _role(numbers, primary),
        Subject.OWNER_ASSIGNMENT: _id(numbers, own),
        Subject.OWNER_ASSIGNMENT_ROLE: _role(numbers, own.role if own else None),
        Subject.OWNER_ASSIGNMENT_BILLING_ROLE: _role(numbers, own.job_role_for_billing if own else None),
        Subject.OWNER_PROJECT_BILLING_ROLE: _billed_as(world, numbers, entry.owner, entry.on),
        Subject.OWNER_ROLE_ON_TASK: _role(numbers, fitting.role if fitting else None),
        Subject.CHOSEN_ROLE: _role(numbers, entry.chosen_role),
        Subject.CHOSEN_OTHER_ROLE: _role(numbers, entry.chosen_role if entry.chosen_role != primary else None),
        Subject.TASK_ROLE: _role(numbers, open_role.role if open_role else None),
        Subject.TASK_ROLE_ASSIGNMENT: _id(numbers, fitting or open_role),
        Subject.TASK_ASSIGNMENT: _id(numbers, first),
        Subject.TASK_ASSIGNMENT_ROLE: _role(numbers, first.role if first else None),
        Subject.TASK_ASSIGNEE_PRIMARY_ROLE: _role(numbers, first_held.primary if first_held else None),
        Subject.HOURS_COUNT_AS_REVENUE: 1 if counts else None,
    }
    return RatingInput(
        on=entry.on,
        seconds=entry.seconds,
        currency=world.project.currency,
        cost_type=task.cost_type if task else None,
        revenue_type=task.revenue_type if task else None,
        subjects=_known(subjects),
        attributes=attributes.of(owner, entry.on, None),
        untyped=ISSUE_HOURS if entry.issue else PROJECT_HOURS,
        counts_as_revenue=counts,
    )


def input_of_plan(
    world: World, numbers: Numbers, attributes: Attributes, task: Task, row: Assignment | None, on: date, seconds: int
) -> RatingInput:
    """A day planned for an assignment, or (None) for nobody."""
    subjects = _place(world, numbers, task.id)
    has = attributes.of_open_role(
        {str(id): value for id, value in numbers.owned(row.attributes).items()} if row else {}
    )
    if row is not None and row.person is not None:
        person = next(one for one in world.persons if one.id == row.person)
        held = _on(person.role_sets, on)
        owner = numbers.persons[row.person]
        has = attributes.of(owner, on, None)
        subjects |= {
            Subject.OWNER: owner,
            Subject.OWNER_COST_OVERRIDE_ALLOWED: owner if person.cost_override_allowed else None,
            Subject.OWNER_PRIMARY_ROLE: _role(numbers, held.primary if held else None),
            Subject.OWNER_ASSIGNMENT: _id(numbers, row),
            Subject.OWNER_ASSIGNMENT_ROLE: _role(numbers, row.role),
            Subject.OWNER_ASSIGNMENT_BILLING_ROLE: _role(numbers, row.job_role_for_billing),
            Subject.OWNER_PROJECT_BILLING_ROLE: _billed_as(world, numbers, row.person, on),
        }
    elif row is not None:
        subjects |= {
            Subject.TASK_ROLE: _role(numbers, row.role),
            Subject.TASK_ROLE_ASSIGNMENT: _id(numbers, row),
        }
    return RatingInput(
        on=on,
        seconds=seconds,
        currency=world.project.currency,
        cost_type=task.cost_type,
        revenue_type=task.revenue_type,
        subjects=_known(subjects),
        attributes=has,
        counts_as_revenue=row.is_billable if row else True,
        is_planned=True,
        overtime_ratio=Fraction(1) if task.overtime_ratio is None else Fraction(task.overtime_ratio),
    )


def _assignments(world: World, entry: Entry) -> tuple[Assignment, ...]:
    """Of the task or the issue that the entry is on, in the order of their ids."""
    for task in world.tasks:
        if task.id == entry.task:
            return task.assignments
    for issue in world.issues:
        if issue.id == entry.issue and (issue.person or issue.role):
            return (Assignment(issue.id, issue.person, issue.role, is_primary=True),)
    return ()


def _fitting(rows: Sequence[Assignment], held: RoleSet | None) -> Assignment | None:
    """The row of one of the owner's roles: of the primary one first; ``rows`` are in order already."""
    roles = [held.primary, *held.others] if held else []
    fitting = [row for row in rows if row.role in roles]
    return min(fitting, key=lambda row: row.role != roles[0], default=None)


def _place(world: World, numbers: Numbers, task: str | None) -> dict[Subject, int | None]:
    return {
        Subject.TASK: numbers.tasks[task] if task else None,
        Subject.PROJECT: PROJECT,
        Subject.COMPANY: COMPANY if world.project.company_rates is not None else None,
        Subject.ORGANISATION: ORGANISATION,
    }


def _billed_as(world: World, numbers: Numbers, person: str, on: date) -> int | None:
    found = _on([one for one in world.project.job_roles_for_billing if one.person == person], on)
    return _role(numbers, found.role if found else None)


def _on(dated: Iterable[Dated], on: date) -> Dated | None:
    return next((one for one in dated if on in Period.inclusive(one.first_day, one.last_day)), None)


def _role(numbers: Numbers, role: str | None) -> int | None:
    return None if role is None else numbers.roles[role]


def _id(numbers: Numbers, row: Assignment | None) -> int | None:
    return None if row is None else numbers.assignments[row.id]


def _known(subjects: dict[Subject, int | None]) -> dict[Subject, int]:
    return {subject: id for subject, id in subjects.items() if id is not None}
