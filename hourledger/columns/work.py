"""Whose rates count for many hours at once: what core's one hour at a time is told by models.queries.rating."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hourledger.columns.lookup import NONE, Dated, Int, Row, pick, undated
from hourledger.core.periods import Period
from hourledger.core.rates import GENERAL_HOURS, ISSUE_HOURS, PROJECT_HOURS, Subject, day_in, stretches
from hourledger.core.work import CostType, RevenueType


class TaskTerms(NamedTuple):
    """How a task costs and earns; an issue has no types. ``cap_minor``: None without a cap."""

    id: int
    project_id: int
    is_issue: bool
    cost_type: CostType
    revenue_type: RevenueType
    cost_rate_scaled: int | None
    billing_rate_scaled: int | None
    cap_minor: int | None


class ProjectTerms(NamedTuple):
    id: int
    company_id: int | None
    currency: str
    preserves_billing_rates: bool


class Assigned(NamedTuple):
    """A row of a task's assignments: of a person, or of a role that is open."""

    id: int
    task_id: int
    person_id: int | None
    role_id: int | None
    billing_role_id: int | None
    is_billable: bool
    is_primary: bool


class HeldRole(NamedTuple):
    person_id: int
    role_id: int
    is_primary: bool
    valid_from: date | None
    valid_until: date | None


class BilledAs(NamedTuple):
    """The job role that a person is billed as on a project."""

    project_id: int
    person_id: int
    role_id: int
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Hours:
    """Columns of time entries; ids of NONE: on no project, on no task, no role chosen. ``day``: as an ordinal."""

    project: Int
    task: Int
    person: Int
    chosen_role: Int
    hour_type: Int
    day: Int
    seconds: Int

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class Situation:
    """Of each hour: who and what can have a rate, where the policy lists its searches, whether it may earn."""

    subjects: Mapping[Subject, Int]
    cost_type: npt.NDArray[np.str_]
    billing_type: npt.NDArray[np.str_]
    """The name under which the policy lists the search; empty: nothing to search."""


@dataclass(frozen=True)
class Work:
    """The tasks, projects and people that some hours are on and by."""

    organisation_id: int
    base_currency: str
    tasks: Sequence[TaskTerms]
    projects: Sequence[ProjectTerms]
    assignments: Sequence[Assigned]
    roles: Sequence[HeldRole]
    billed_as: Sequence[BilledAs]
    cost_overrides_allowed: Iterable[int]
    """People who may be given another cost on a project."""
    earning_hour_types: Iterable[int]
    _fitting: dict[tuple[int, int], list[Row]] = field(default_factory=dict, repr=False)

    def task_places(self, hours: Hours) -> Int:
        """Where each hour's task stands in ``tasks``."""
        return self._task_at.find([hours.task], hours.day)

    def currencies(self, hours: Hours) -> npt.NDArray[np.str_]:
        """The currency each hour is valued in."""
        known = np.array([one.currency for one in self.projects] + [self.base_currency])
        return known[self._project_at.find([hours.project], hours.day)]

    def situation(self, hours: Hours) -> Situation:
        """See project-finances §2.8 to §2.10, §3.2 to §3.4, §3.10; models.queries.rating says the same of one hour."""
        task = self.task_places(hours)
        own = self._own.find([hours.task, hours.person], hours.day)
        open_row = self._open.find([hours.task], hours.day)
        fitting = self._fitting_rows(hours, open_row)
        first = self._first.find([hours.task], hours.day)
        primary_role = self._primary.find([hours.person], hours.day)
        first_person = pick([one.person_id for one in self.assignments], first)
        ids = [one.id for one in self.assignments]
        roles = [one.role_id for one in self.assignments]
        speaks = np.where(own != NONE, own, np.where(fitting != NONE, fitting, open_row))
        is_billable = np.array([one.is_billable for one in self.assignments] + [True])[speaks]
        earns = np.isin(hours.hour_type, np.fromiter(self.earning_hour_types, dtype=np.int64)) & is_billable
        allowed = np.isin(hours.person, np.fromiter(self.cost_overrides_allowed, dtype=np.int64))
        subjects = {
            Subject.OWNER: hours.person,
            Subject.OWNER_COST_OVERRIDE_ALLOWED: np.where(allowed, hours.person, NONE),
            Subject.OWNER_PRIMARY_ROLE: primary_role,
            Subject.OWNER_ASSIGNMENT: pick(ids, own),
            Subject.OWNER_ASSIGNMENT_ROLE: pick(roles, own),
            Subject.OWNER_ASSIGNMENT_BILLING_ROLE: pick([one.billing_role_id for one in self.assignments], own),
            Subject.OWNER_PROJECT_BILLING_ROLE: self._billed_as.find([hours.project, hours.person], hours.day),
            Subject.OWNER_ROLE_ON_TASK: pick(roles, fitting),
            Subject.CHOSEN_ROLE: hours.chosen_role,
            Subject.CHOSEN_OTHER_ROLE: np.where(hours.chosen_role != primary_role, hours.chosen_role, NONE),
            Subject.TASK_ROLE: pick(roles, open_row),
            Subject.TASK_ROLE_ASSIGNMENT: pick(ids, np.where(fitting != NONE, fitting, open_row)),
            Subject.TASK_ASSIGNMENT: pick(ids, first),
            Subject.TASK_ASSIGNMENT_ROLE: pick(roles, first),
            Subject.TASK_ASSIGNEE_PRIMARY_ROLE: self._primary.find([first_person], hours.day),
            Subject.TASK: hours.task,
            Subject.PROJECT: hours.project,
            Subject.COMPANY: pick(
                [one.company_id for one in self.projects], self._project_at.find([hours.project], hours.day)
            ),
            Subject.ORGANISATION: np.full(len(hours), self.organisation_id, dtype=np.int64),
            Subject.HOURS_COUNT_AS_REVENUE: np.where(earns, hours.hour_type, NONE),
        }
        untyped = np.where(hours.project == NONE, GENERAL_HOURS, PROJECT_HOURS)
        cost_names = np.array([ISSUE_HOURS if one.is_issue else one.cost_type.value for one in self.tasks] + [""])
        earning_names = np.array([_billing_name(one) for one in self.tasks] + [""])
        return Situation(
            subjects,
            np.where(task == NONE, untyped, cost_names[task]),
            np.where(earns, np.where(task == NONE, untyped, earning_names[task]), ""),
        )

    @cached_property
    def _task_at(self) -> Dated:
        return undated(((one.id,), at) for at, one in enumerate(self.tasks))

    @cached_property
    def _project_at(self) -> Dated:
        return undated(((one.id,), at) for at, one in enumerate(self.projects))

    @cached_property
    def _primary(self) -> Dated:
        return Dated(
            ((one.person_id,), one.valid_from, one.valid_until, one.role_id) for one in self.roles if one.is_primary
        )

    @cached_property
    def _billed_as(self) -> Dated:
        return Dated(
            ((one.project_id, one.person_id), one.valid_from, one.valid_until, one.role_id) for one in self.billed_as
        )

    @cached_property
    def _of_task(self) -> dict[int, list[int]]:
        """By task: the places of its assignments, the primary one first."""
        found: dict[int, list[int]] = defaultdict(list)
        for at in sorted(range(len(self.assignments)), key=self._rank):
            found[self.assignments[at].task_id].append(at)
        return found

    def _rank(self, at: int) -> tuple[bool, int]:
        return not self.assignments[at].is_primary, self.assignments[at].id

    @cached_property
    def _own(self) -> Dated:
        first: dict[tuple[int, ...], int] = {}
        for task_id, places in self._of_task.items():
            for at in places:
                if (person_id := self.assignments[at].person_id) is not None:
                    first.setdefault((task_id, person_id), at)
        return undated(first.items())

    @cached_property
    def _first(self) -> Dated:
        return undated(((task_id,), places[0]) for task_id, places in self._of_task.items())

    @cached_property
    def _open_tasks(self) -> dict[int, list[int]]:
        """Those on which no person is assigned."""
        return {
            task_id: places
            for task_id, places in self._of_task.items()
            if all(self.assignments[at].person_id is None for at in places)
        }

    @cached_property
    def _open(self) -> Dated:
        return undated(((task_id,), places[0]) for task_id, places in self._open_tasks.items())

    @cached_property
    def _held(self) -> dict[int, list[HeldRole]]:
        found: dict[int, list[HeldRole]] = defaultdict(list)
        for one in self.roles:
            found[one.person_id].append(one)
        return found

    def _fitting_rows(self, hours: Hours, open_row: Int) -> Int:
        """On tasks that are open: the row of one of the person's roles of the day, the primary role before others."""
        result = np.full(len(hours), NONE, dtype=np.int64)
        on_open = np.flatnonzero(open_row != NONE)
        if not len(on_open):
            return result
        pairs = np.unique(np.stack([hours.task[on_open], hours.person[on_open]], axis=1), axis=0)
        found = Dated(row for task_id, person_id in pairs.tolist() for row in self._fitting_of(task_id, person_id))
        result[on_open] = found.find([hours.task[on_open], hours.person[on_open]], hours.day[on_open])
        return result

    def _fitting_of(self, task_id: int, person_id: int) -> list[Row]:
        if (task_id, person_id) in self._fitting:
            return self._fitting[task_id, person_id]
        candidates = [
            (held, at)
            for at in self._open_tasks[task_id]
            for held in self._held[person_id]
            if held.role_id == self.assignments[at].role_id
        ]
        candidates.sort(key=lambda one: (not one[0].is_primary, *self._rank(one[1])))
        bounds = {day for held, _ in candidates for day in (held.valid_from, held.valid_until) if day is not None}
        rows: list[Row] = []
        for stretch in stretches(bounds) if candidates else ():
            day = day_in(stretch)
            at = next((at for held, at in candidates if day in Period(held.valid_from, held.valid_until)), None)
            if at is not None:
                rows.append(((task_id, person_id), stretch.valid_from, stretch.valid_until, at))
        self._fitting[task_id, person_id] = rows
        return rows


def _billing_name(task: TaskTerms) -> str:
    if task.is_issue:
        return ISSUE_HOURS
    return task.revenue_type.hourly.value if task.revenue_type.hourly else ""
