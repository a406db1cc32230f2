"""A planned day in the terms of the rate policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from hourledger.core.periods import Period
from hourledger.core.rates import RatingInput, Subject
from hourledger.services.rater import Rater
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.finances import PlannedWork, planned_roles

Dated: TypeAlias = list[tuple[int, Period]]


@dataclass(frozen=True, slots=True)
class PlannedPeople:
    """What the people of a plan are, when: their primary roles, and the roles they are billed as, by project."""

    primary: dict[int, Dated]
    billed_as: dict[tuple[int, int], Dated]

    def changes(self, project_id: int, person_id: int | None) -> list[Period]:
        """The stretches between which a person's facts on a project change."""
        if person_id is None:
            return []
        return [
            held for _, held in (*self.primary.get(person_id, ()), *self.billed_as.get((project_id, person_id), ()))
        ]

    def role_on(self, one: PlannedWork, day: date) -> int | None:
        """As what the work is to be done: the assignment's role, else the primary one of who is assigned."""
        if one.role_id is not None or one.person_id is None:
            return one.role_id
        return _on(self.primary.get(one.person_id, []), day)


async def load_people(unit: UnitOfWork, work: Sequence[PlannedWork]) -> PlannedPeople:
    """Of everybody who is assigned."""
    people = sorted({one.person_id for one in work if one.person_id is not None})
    projects = sorted({one.project_id for one in work})
    primary: dict[int, Dated] = defaultdict(list)
    billed_as: dict[tuple[int, int], Dated] = defaultdict(list)
    for one in await planned_roles(unit.session, unit.organisation_id, people, projects):
        held = one.role_id, Period(one.valid_from, one.valid_until)
        if one.project_id is None:
            primary[one.person_id].append(held)
        else:
            billed_as[one.project_id, one.person_id].append(held)
    return PlannedPeople(dict(primary), dict(billed_as))


def plan_input(rater: Rater, people: PlannedPeople, one: PlannedWork, day: date, seconds: int) -> RatingInput:
    """A day of one assignment: a person is the owner of the hours, a role alone is the task's (§3.2 to §3.4)."""
    subjects: dict[Subject, int | None] = {
        Subject.TASK: one.task_id,
        Subject.PROJECT: one.project_id,
        Subject.COMPANY: one.company_id,
        Subject.ORGANISATION: one.organisation_id,
    }
    if one.person_id is not None:
        subjects |= {
            Subject.OWNER: one.person_id,
            Subject.OWNER_COST_OVERRIDE_ALLOWED: one.person_id if one.cost_override_allowed else None,
            Subject.OWNER_PRIMARY_ROLE: _on(people.primary.get(one.person_id, []), day),
            Subject.OWNER_ASSIGNMENT: one.assignment_id,
            Subject.OWNER_ASSIGNMENT_ROLE: one.role_id,
            Subject.OWNER_ASSIGNMENT_BILLING_ROLE: one.billing_role_id,
            Subject.OWNER_PROJECT_BILLING_ROLE: _on(people.billed_as.get((one.project_id, one.person_id), []), day),
        }
        attributes = rater.attributes.of(one.person_id, day, None)
    else:
        subjects |= {Subject.TASK_ROLE: one.role_id, Subject.TASK_ROLE_ASSIGNMENT: one.assignment_id}
        attributes = rater.attributes.of_open_role(one.attributes or {})
    return RatingInput(
        on=day,
        seconds=seconds,
        currency=one.currency,
        cost_type=one.cost_type,
        revenue_type=one.revenue_type,
        subjects={subject: known for subject, known in subjects.items() if known is not None},
        attributes=attributes,
        counts_as_revenue=one.is_billable,
        is_planned=True,
        overtime_ratio=Fraction(one.overtime_ratio) if one.overtime_ratio is not None else Fraction(1),
    )


def _on(dated: Dated, day: date) -> int | None:
    return next((role for role, held in dated if day in held), None)
