"""What the names of a time source are here, and posting the rows whose names are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connectors.base import SourceEntry
from hourledger.core.errors import HourledgerError
from hourledger.services.log_time import log_time
from hourledger.services.time_rules import SECONDS_MAX, TimeDraft, load_time_rules
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import ExternalLinkRow, LinkKind, SourceRecordRow, SourceRecordStatus, TaskRow


@dataclass(frozen=True, slots=True)
class Names:
    """What names of the source are here."""

    people: dict[str, int]
    projects: dict[str, int]
    tasks: dict[tuple[str, str], int]
    project_of_task: dict[int, int]

    def missing(self, entry: SourceEntry) -> str | None:
        """The first name that is not linked yet, in words; None when the entry can be posted."""
        if entry.person not in self.people:
            return f"person {entry.person!r}"
        if entry.project is None:
            return "a project: the row names none"
        if entry.project not in self.projects:
            return f"project {entry.project!r}"
        if entry.task is not None and (entry.project, entry.task) not in self.tasks:
            return f"task {entry.task!r} of project {entry.project!r}"
        return None

    def objection(self, entry: SourceEntry) -> tuple[str, str] | None:
        """Code and reason why an entry whose names are known makes no sense; None when the rules may look at it."""
        if entry.seconds == 0 or abs(entry.seconds) > SECONDS_MAX:
            return "HOURS_INVALID", "The duration is zero or more than 24 hours."
        project_id = self.projects[entry.project or ""]
        if entry.task is not None:
            task_id = self.tasks[entry.project or "", entry.task]
            if self.project_of_task.get(task_id) != project_id:
                reason = (
                    f"Task {entry.task!r} is linked to a task of another project than {entry.project!r}. Link it anew."
                )
                return "TASK_OF_OTHER_PROJECT", reason
        return None

    def draft(self, entry: SourceEntry, connection_id: int) -> TimeDraft:
        assert entry.project is not None
        return TimeDraft(
            person_id=self.people[entry.person],
            project_id=self.projects[entry.project],
            task_id=self.tasks[entry.project, entry.task] if entry.task is not None else None,
            work_date=entry.work_date,
            seconds=entry.seconds,
            note=entry.note,
            connection_id=connection_id,
            external_id=entry.external_id,
        )


async def load_names(unit: UnitOfWork, connection_id: int) -> Names:
    """The external links of a connection."""
    people: dict[str, int] = {}
    projects: dict[str, int] = {}
    tasks: dict[tuple[str, str], int] = {}
    for link in await find_all(unit.session, ExternalLinkRow, unit.organisation_id, connection_id=connection_id):
        if link.kind is LinkKind.PERSON and link.person_id is not None:
            people[link.external_name] = link.person_id
        elif link.kind is LinkKind.PROJECT and link.project_id is not None:
            projects[link.external_name] = link.project_id
        elif link.task_id is not None:
            tasks[link.parent_name or "", link.external_name] = link.task_id
    linked = await find_all(unit.session, TaskRow, unit.organisation_id, id=set(tasks.values()))
    project_of_task = {task.id: task.project_id for task in linked}
    return Names(people, projects, tasks, project_of_task)


async def post_fresh(
    unit: UnitOfWork, connection_id: int, fresh: Sequence[SourceRecordRow], names: Names
) -> list[tuple[SourceRecordRow, HourledgerError]]:
    """Log the entries of these records and tie each to its time entry. Returns those that the rules refuse."""
    drafts = [names.draft(entry_of(record), connection_id) for record in fresh]
    rules = await load_time_rules(unit, drafts)
    admitted: list[tuple[SourceRecordRow, TimeDraft]] = []
    refused: list[tuple[SourceRecordRow, HourledgerError]] = []
    for record, draft in zip(fresh, drafts, strict=True):
        try:
            rules.check(draft)
            admitted.append((record, draft))
        except HourledgerError as error:
            refused.append((record, error))
    ids = await log_time(unit, [draft for _, draft in admitted], rules=rules)
    for (record, _), entry_id in zip(admitted, ids, strict=True):
        record.status, record.reason_code, record.reason = SourceRecordStatus.POSTED, None, None
        record.time_entry_id = entry_id
        unit.session.add(record)
    await unit.session.flush()
    return refused


def entry_of(record: SourceRecordRow) -> SourceEntry:
    """The normalised entry a record holds."""
    stored: dict[str, Any] = dict(record.entry or {})
    stored["work_date"] = date.fromisoformat(stored["work_date"])
    for name in ("started_at", "ended_at"):
        stored[name] = datetime.fromisoformat(stored[name]) if stored.get(name) else None
    return SourceEntry(**stored)
