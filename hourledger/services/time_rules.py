"""What may be logged by whom, on what and when: the rules of one entry, with everything they need loaded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.periods import Period
from hourledger.core.work import ProjectStatus
from hourledger.core.work_locks import PeriodLocks
from hourledger.services.checks import require_no_template
from hourledger.services.hour_type_rules import HourTypes, Place, load_hour_types
from hourledger.services.period_locks import load_period_locks
from hourledger.services.preferences import Preferences, preferences
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import AssignmentRow, PersonRoleRow, PersonRow, ProjectRow, RoleRow, TaskRow

SECONDS_MAX = 24 * 3600
"""The longest single entry: a day."""


@dataclass(frozen=True, slots=True)
class TimeDraft:
    """Work to be logged. ``seconds`` is not zero; negative is a correction of earlier work (C-27).

    Without a project it is general time. ``task_id`` may be an issue. Without a kind of hours it gets the built-in one
    of what it is on.
    """

    person_id: int
    project_id: int | None
    work_date: date
    seconds: int
    task_id: int | None = None
    role_id: int | None = None
    hour_type_id: int | None = None
    note: str = ""
    connection_id: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class TimeRules:
    """The rules for a set of drafts. ``held``: when a person has a role; ``assigned``: tasks with the roles on them."""

    today: date
    preferences: Preferences
    people: Mapping[int, PersonRow]
    projects: Mapping[int, ProjectRow]
    tasks: Mapping[int, TaskRow]
    roles: Mapping[int, RoleRow]
    held: Mapping[tuple[int, int], Sequence[Period]]
    assigned: frozenset[tuple[int, int]]
    hour_types: HourTypes
    period_locks: PeriodLocks

    def check(self, draft: TimeDraft) -> int:
        """The kind of hours that a new entry gets.

        Raises:
            Invalid HOURS_ZERO, HOURS_TOO_MANY, TASK_OF_OTHER_PROJECT, FUTURE_DATE, ROLE_NOT_THEIRS, ROLE_CHOICE_OFF.
            Missing PERSON_UNKNOWN, PROJECT_UNKNOWN, TASK_UNKNOWN, ROLE_UNKNOWN, HOUR_TYPE_UNKNOWN.
            NotAllowed PROJECT_CLOSED, TEMPLATE_HAS_NO_WORK, TIME_ON_PROJECT_OFF, PERSON_INACTIVE, HOUR_TYPE_SCOPE,
            HOUR_TYPE_NOT_AVAILABLE, PERIOD_LOCKED.
        """
        self.check_place(draft)
        self._check_person(draft)
        self.check_task(draft)
        if draft.role_id is not None:
            self.check_role(draft)
        hour_type_id = self.hour_type_of(draft)
        require_seconds(draft.seconds)
        self.check_day(draft)
        return hour_type_id

    def check_place(self, draft: TimeDraft) -> None:
        """Whether the project takes time."""
        if draft.project_id is None:
            return
        project = self.projects.get(draft.project_id)
        if project is None:
            raise Missing(f"There is no project {draft.project_id}.", code="PROJECT_UNKNOWN", field="projectId")
        require_no_template(project, "projectId")
        allowed = {
            ProjectStatus.COMPLETE: self.preferences.log_on_complete_projects,
            ProjectStatus.DEAD: self.preferences.log_on_dead_projects,
        }
        if not allowed.get(project.status, True):
            raise NotAllowed(
                f"Project {project.code} is {project.status.value.lower()}: reopen it to log time on it.",
                code="PROJECT_CLOSED",
                field="projectId",
            )
        if draft.task_id is None and not self.preferences.log_on_projects:
            raise NotAllowed(
                f"Time is not logged on a project itself here: choose a task of {project.code}.",
                code="TIME_ON_PROJECT_OFF",
                field="taskId",
            )

    def check_task(self, draft: TimeDraft) -> None:
        """Whether the task is one of the project."""
        if draft.task_id is None:
            return
        task = self.tasks.get(draft.task_id)
        if task is None:
            raise Missing(f"There is no task {draft.task_id}.", code="TASK_UNKNOWN", field="taskId")
        if draft.project_id is None:
            raise Invalid(
                f"{task.name} is part of a project: name the project, too.",
                code="TASK_OF_OTHER_PROJECT",
                field="projectId",
            )
        if task.project_id != draft.project_id:
            raise Invalid(
                f"Task {draft.task_id} belongs to another project.", code="TASK_OF_OTHER_PROJECT", field="taskId"
            )

    def check_day(self, draft: TimeDraft) -> None:
        if draft.work_date > self.today and not self.preferences.log_on_future_dates:
            raise Invalid(
                f"{draft.work_date} is still to come, and time is not logged ahead here.",
                code="FUTURE_DATE",
                field="workDate",
            )
        self.period_locks.require_open(draft.project_id, draft.work_date, "workDate")

    def check_role(self, draft: TimeDraft, *, is_new: bool = True) -> None:
        """A role chosen by hand is one of the person's on that day, or stands on the task (§3.10).

        One that was chosen before the choice was switched off stays (``is_new`` is false).
        """
        assert draft.role_id is not None
        if draft.role_id not in self.roles:
            raise Missing(f"There is no role {draft.role_id}.", code="ROLE_UNKNOWN", field="roleId")
        if is_new and not self.preferences.assign_roles_to_hours:
            raise Invalid(
                "Roles are not chosen for hours here: leave the role out.", code="ROLE_CHOICE_OFF", field="roleId"
            )
        held = self.held.get((draft.person_id, draft.role_id), ())
        is_theirs = any(draft.work_date in period for period in held)
        if not is_theirs and (draft.task_id, draft.role_id) not in self.assigned:
            raise Invalid(
                f"{self.roles[draft.role_id].name} is not a role of {self.people[draft.person_id].name} on "
                f"{draft.work_date}, and nobody is assigned in it. Choose one that is, or none.",
                code="ROLE_NOT_THEIRS",
                field="roleId",
            )

    def hour_type_of(self, draft: TimeDraft) -> int:
        """The kind of hours; the built-in one of what the work is on when none is named."""
        project = self.projects[draft.project_id] if draft.project_id is not None else None
        return self.hour_types.choose(draft.hour_type_id, self.place_of(draft), project, self.people[draft.person_id])

    def place_of(self, draft: TimeDraft) -> Place:
        if draft.project_id is None:
            return Place.GENERAL
        if draft.task_id is None:
            return Place.PROJECT
        return Place.ISSUE if self.tasks[draft.task_id].is_issue else Place.TASK

    def _check_person(self, draft: TimeDraft) -> None:
        person = self.people.get(draft.person_id)
        if person is None:
            raise Missing(f"There is no person {draft.person_id}.", code="PERSON_UNKNOWN", field="personId")
        if not person.is_active:
            raise NotAllowed(
                f"{person.name} is not active: no new work is logged for them.",
                code="PERSON_INACTIVE",
                field="personId",
            )


async def load_time_rules(unit: UnitOfWork, drafts: Sequence[TimeDraft]) -> TimeRules:
    """All that the rules need to know about these drafts, however many there are. No period is locked meanwhile."""
    session, organisation_id = unit.session, unit.organisation_id
    period_locks = await load_period_locks(unit, [(one.project_id, one.work_date) for one in drafts])
    people = {one.person_id for one in drafts}
    projects = {one.project_id for one in drafts if one.project_id is not None}
    tasks = {one.task_id for one in drafts if one.task_id is not None}
    roles = {one.role_id for one in drafts if one.role_id is not None}
    held: dict[tuple[int, int], list[Period]] = {}
    assigned: set[tuple[int, int]] = set()
    if roles:
        for row in await find_all(session, PersonRoleRow, organisation_id, person_id=people, role_id=roles):
            held.setdefault((row.person_id, row.role_id), []).append(Period(row.valid_from, row.valid_until))
        for on_task in await find_all(session, AssignmentRow, organisation_id, task_id=tasks, role_id=roles):
            assert on_task.role_id is not None
            assigned.add((on_task.task_id, on_task.role_id))
    found_projects = {row.id: row for row in await find_all(session, ProjectRow, organisation_id, id=projects)}
    found_people = {row.id: row for row in await find_all(session, PersonRow, organisation_id, id=people)}
    return TimeRules(
        today=unit.today,
        preferences=preferences(unit),
        people=found_people,
        projects=found_projects,
        tasks={row.id: row for row in await find_all(session, TaskRow, organisation_id, id=tasks)},
        roles={row.id: row for row in await find_all(session, RoleRow, organisation_id, id=roles)},
        held=held,
        assigned=frozenset(assigned),
        hour_types=await load_hour_types(unit, list(found_projects.values()), list(found_people.values())),
        period_locks=period_locks,
    )


def require_seconds(seconds: int) -> None:
    """Raises Invalid HOURS_ZERO, HOURS_TOO_MANY."""
    if seconds == 0:
        raise Invalid("An entry of zero hours says nothing: give a duration.", code="HOURS_ZERO", field="hours")
    if abs(seconds) > SECONDS_MAX:
        raise Invalid("More than 24 hours in one entry: split it by day.", code="HOURS_TOO_MANY", field="hours")
