"""Where rates are kept and whose they can be: the words that rate policies are written in."""

from __future__ import annotations

from enum import StrEnum


class Noun(StrEnum):
    """What an id names."""

    PERSON = "person"
    ROLE = "role"
    ASSIGNMENT = "assignment"
    TASK = "task"
    PROJECT = "project"
    COMPANY = "company"
    ORGANISATION = "organisation"
    FACT = "fact"


class Level(StrEnum):
    """Where a rate is kept (project-finances §1.14).

    TASK: the amount on the task itself. PRESERVED_PERSON and PRESERVED_ROLE: what a person or open role on a task was
    frozen at. RATE_CARD: a card attached to the project. COMPANY_ROLE: the customer's rates as the project has them.
    TASK_ANYONE, PROJECT_ANYONE, COMPANY_ANYONE, ANYONE: rates that depend on nobody.
    """

    PRESERVED_PERSON = "PRESERVED_PERSON"
    PRESERVED_ROLE = "PRESERVED_ROLE"
    ASSIGNMENT = "ASSIGNMENT"
    TASK_PERSON = "TASK_PERSON"
    TASK_ANYONE = "TASK_ANYONE"
    PROJECT_PERSON = "PROJECT_PERSON"
    PROJECT_ROLE = "PROJECT_ROLE"
    PROJECT_ANYONE = "PROJECT_ANYONE"
    RATE_CARD = "RATE_CARD"
    COMPANY_PERSON = "COMPANY_PERSON"
    COMPANY_ROLE = "COMPANY_ROLE"
    COMPANY_ANYONE = "COMPANY_ANYONE"
    PERSON = "PERSON"
    ROLE = "ROLE"
    ANYONE = "ANYONE"
    TASK = "TASK"

    @property
    def whose(self) -> Noun:
        """What the rate belongs to."""
        return _WHOSE[self][1]

    @property
    def scope(self) -> Subject | None:
        """Within what; None: everywhere."""
        return _WHOSE[self][0]


class Subject(StrEnum):
    """Whose rate is asked for; an unknown one is skipped. The owner is who worked, in a plan who is assigned.

    ``owner.cost_override_allowed``: the owner again, known only when a project may override what the person costs.
    ``owner.assignment_billing_role`` and ``owner.project_billing_role``: the job role the owner is billed as here.
    ``chosen_role``: the one picked by hand; ``chosen_other_role``: likewise, when it is not the owner's primary role.
    ``task.role`` and ``task.role_assignment``: the role a task is open for while no person is assigned, and the
    assignment that says so; ``owner.role_on_task``: the one of the owner's own roles among them. ``task.assignment``:
    the task's primary assignment, with the role on it and the primary role of the person it names.
    ``hours.count_as_revenue``: known, whatever its number, where the kind of the hours may earn.
    """

    OWNER = "owner"
    OWNER_COST_OVERRIDE_ALLOWED = "owner.cost_override_allowed"
    OWNER_PRIMARY_ROLE = "owner.primary_role"
    OWNER_ASSIGNMENT = "owner.assignment"
    OWNER_ASSIGNMENT_ROLE = "owner.assignment_role"
    OWNER_ASSIGNMENT_BILLING_ROLE = "owner.assignment_billing_role"
    OWNER_PROJECT_BILLING_ROLE = "owner.project_billing_role"
    OWNER_ROLE_ON_TASK = "owner.role_on_task"
    CHOSEN_ROLE = "chosen_role"
    CHOSEN_OTHER_ROLE = "chosen_other_role"
    TASK_ROLE = "task.role"
    TASK_ROLE_ASSIGNMENT = "task.role_assignment"
    TASK_ASSIGNMENT = "task.assignment"
    TASK_ASSIGNMENT_ROLE = "task.assignment_role"
    TASK_ASSIGNEE_PRIMARY_ROLE = "task.assignee_primary_role"
    TASK = "task"
    PROJECT = "project"
    COMPANY = "company"
    ORGANISATION = "organisation"
    HOURS_COUNT_AS_REVENUE = "hours.count_as_revenue"

    @property
    def names(self) -> Noun:
        """What its id is the id of."""
        return _NAMES.get(self, Noun.ROLE)


_NAMES = {
    Subject.OWNER: Noun.PERSON,
    Subject.OWNER_COST_OVERRIDE_ALLOWED: Noun.PERSON,
    Subject.OWNER_ASSIGNMENT: Noun.ASSIGNMENT,
    Subject.TASK_ROLE_ASSIGNMENT: Noun.ASSIGNMENT,
    Subject.TASK_ASSIGNMENT: Noun.ASSIGNMENT,
    Subject.TASK: Noun.TASK,
    Subject.PROJECT: Noun.PROJECT,
    Subject.COMPANY: Noun.COMPANY,
    Subject.ORGANISATION: Noun.ORGANISATION,
    Subject.HOURS_COUNT_AS_REVENUE: Noun.FACT,
}
"""All others name roles."""

_WHOSE: dict[Level, tuple[Subject | None, Noun]] = {
    # level                 within            whose
    Level.PRESERVED_PERSON: (Subject.TASK,    Noun.PERSON),
    Level.PRESERVED_ROLE:   (Subject.TASK,    Noun.ROLE),
    Level.ASSIGNMENT:       (None,            Noun.ASSIGNMENT),
    Level.TASK_PERSON:      (Subject.TASK,    Noun.PERSON),
    Level.TASK_ANYONE:      (None,            Noun.TASK),
    Level.PROJECT_PERSON:   (Subject.PROJECT, Noun.PERSON),
    Level.PROJECT_ROLE:     (Subject.PROJECT, Noun.ROLE),
    Level.PROJECT_ANYONE:   (None,            Noun.PROJECT),
    Level.RATE_CARD:        (Subject.PROJECT, Noun.ROLE),
    Level.COMPANY_PERSON:   (Subject.COMPANY, Noun.PERSON),
    Level.COMPANY_ROLE:     (Subject.PROJECT, Noun.ROLE),    # as the project has them: a snapshot
    Level.COMPANY_ANYONE:   (None,            Noun.COMPANY),
    Level.PERSON:           (None,            Noun.PERSON),
    Level.ROLE:             (None,            Noun.ROLE),
    Level.ANYONE:           (None,            Noun.ORGANISATION),
    Level.TASK:             (None,            Noun.TASK),
}  # fmt: skip

PROJECT_HOURS = "PROJECT_HOURS"
ISSUE_HOURS = "ISSUE_HOURS"
GENERAL_HOURS = "GENERAL_HOURS"
UNTYPED_HOURS = frozenset({PROJECT_HOURS, ISSUE_HOURS, GENERAL_HOURS})
"""In a policy, beside the cost and revenue types: hours on a project itself, an issue, no project (§2.8 to §2.10)."""
