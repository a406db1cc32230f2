"""Say what a name of a time source is here; what waited for it becomes time entries, without fetching again."""

from __future__ import annotations

from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.create_connection import load_connection
from hourledger.services.source_names import entry_of, load_names, post_fresh
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, find_one, select_one
from models.tables import (
    ExternalLinkRow,
    LinkKind,
    PersonRow,
    ProjectRow,
    SourceRecordRow,
    SourceRecordStatus,
    TaskRow,
)

_TABLE: dict[LinkKind, Any] = {
    LinkKind.PERSON: PersonRow,
    LinkKind.PROJECT: ProjectRow,
    LinkKind.TASK: TaskRow,
}


async def link_external_name(
    unit: UnitOfWork,
    connection_id: int,
    kind: LinkKind,
    external_name: str,
    *,
    parent_name: str | None = None,
    target_id: int,
) -> int:
    """Link a person, project or task (``parent_name``: the source's project it is in). Returns the entries posted.

    A name that is linked already is linked anew for what comes; work posted under the old link stays where it is.

    Raises:
        Missing PERSON_UNKNOWN, PROJECT_UNKNOWN, TASK_UNKNOWN, CONNECTION_UNKNOWN.
        Invalid PARENT_NEEDED: a task without the project it belongs to in the source.
    """
    unit.require(Permission.MANAGE_CONNECTIONS)
    await load_connection(unit, connection_id, lock=True)
    if (kind is LinkKind.TASK) != (parent_name is not None):
        raise Invalid("A task is named within a project; people and projects stand alone.", code="PARENT_NEEDED")
    if await select_one(unit.session, _TABLE[kind], unit.organisation_id, target_id) is None:
        raise Missing(f"There is no {kind.value.lower()} {target_id}.", code=f"{kind.value}_UNKNOWN", field="targetId")
    await _store(unit, connection_id, kind, external_name, parent_name, target_id)
    return await replay_unmapped(unit, connection_id)


async def replay_unmapped(unit: UnitOfWork, connection_id: int) -> int:
    """Post every waiting row of a connection whose names are all known now, and what was held up by a wrong link."""
    names = await load_names(unit, connection_id)
    waiting = await find_all(
        unit.session,
        SourceRecordRow,
        unit.organisation_id,
        lock=True,
        connection_id=connection_id,
        status=[SourceRecordStatus.UNMAPPED, SourceRecordStatus.QUARANTINED],
        deleted_at=None,
    )
    ready = []
    for record in waiting:
        if record.entry is None or record.time_entry_id is not None:
            continue  # not understood, or an entry already: linking changes nothing about it
        entry = entry_of(record)
        missing = names.missing(entry)
        if missing is not None:
            record.reason = f"Not known here yet: {missing}. Link it, and the row becomes a time entry."
            unit.session.add(record)
        elif (objection := names.objection(entry)) is not None:
            record.status = SourceRecordStatus.QUARANTINED
            record.reason_code, record.reason = objection
            unit.session.add(record)
        else:
            ready.append(record)
    refused = await post_fresh(unit, connection_id, ready, names)
    for record, error in refused:
        if error.code != "PROJECT_CLOSED":  # a project may be opened again
            record.status = SourceRecordStatus.QUARANTINED
        record.reason_code, record.reason = error.code, error.message
        unit.session.add(record)
    return len(ready) - len(refused)


async def _store(
    unit: UnitOfWork, connection_id: int, kind: LinkKind, external_name: str, parent_name: str | None, target_id: int
) -> None:
    link = await find_one(
        unit.session,
        ExternalLinkRow,
        unit.organisation_id,
        connection_id=connection_id,
        kind=kind,
        external_name=external_name,
        parent_name=parent_name,
    ) or ExternalLinkRow(
        organisation_id=unit.organisation_id,
        connection_id=connection_id,
        kind=kind,
        parent_name=parent_name,
        external_name=external_name,
        method="manual",
        linked_at=unit.now,
    )
    link.person_id = target_id if kind is LinkKind.PERSON else None
    link.project_id = target_id if kind is LinkKind.PROJECT else None
    link.task_id = target_id if kind is LinkKind.TASK else None
    unit.session.add(link)
    await unit.session.flush()
