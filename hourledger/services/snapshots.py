"""Snapshots: freeze all of a project's money at one instant; compare two, or one and now; delete (§1.17, §10 P26)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.snapshots import Fact, FactChange, differences, seen
from hourledger.services.checks import require_name
from hourledger.services.snapshot_facts import project_facts
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.snapshots import delete_facts, record_facts, recorded_facts, sees_one_state
from models.selecting import select_one
from models.tables import ProjectRow, SnapshotRow


async def take_snapshot(unit: UnitOfWork, project_id: int, name: str) -> int:
    """Everything, whoever takes it; what a reader may see is decided when it is read. Returns its id.

    ``unit`` sees one state of the database from beginning to end (``Transactions.begin(one_state=True)``), so that no
    figure of it contradicts another.

    Raises:
        Missing PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING; Invalid NAME_INVALID.
        Conflict SNAPSHOT_EXISTS: the project has one of this name.
    """
    unit.require(Permission.EDIT_PROJECTS)
    assert await sees_one_state(unit.session), "begin this unit of work with one_state=True"
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    row = SnapshotRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        name=require_name(name),
        project_code=project.code,
        currency=project.currency,
        taken_on=unit.today,
        taken_at=unit.now,
        taken_by=unit.principal.subject,
    )
    unit.session.add(row)
    await unit.session.flush()
    facts = await project_facts(unit, project)
    await record_facts(unit.session, unit.organisation_id, row.id, facts)
    unit.audit("create", "snapshot", row.id, after={"name": row.name, "project_id": project_id, "facts": len(facts)})
    unit.emit("SNAPSHOT_TAKEN", project_id=project_id, entity_id=row.id, name=row.name)
    return row.id


async def delete_snapshot(unit: UnitOfWork, snapshot_id: int, *, reason: str = "") -> None:
    """Raises Missing SNAPSHOT_UNKNOWN."""
    unit.require(Permission.EDIT_PROJECTS)
    row = await select_one(unit.session, SnapshotRow, unit.organisation_id, snapshot_id, lock=True)
    if row is None:
        raise _unknown(snapshot_id, "snapshotId")
    facts = await delete_facts(unit.session, unit.organisation_id, snapshot_id)
    await unit.session.delete(row)
    await unit.session.flush()
    before = {"name": row.name, "project_id": row.project_id, "taken_at": row.taken_at.isoformat(), "facts": facts}
    unit.audit("delete", "snapshot", snapshot_id, reason=reason, before=before)
    unit.emit("SNAPSHOT_DELETED", project_id=row.project_id, entity_id=snapshot_id, name=row.name)


async def compare_snapshots(unit: UnitOfWork, from_id: int, to_id: int | None) -> list[FactChange]:
    """What was added, removed and changed from one snapshot to another of the project, or to now (``to_id`` None).

    Only of what the caller may see: a change of anything else does not show. ``unit`` sees one state of the database.

    Raises:
        Missing SNAPSHOT_UNKNOWN, EXCHANGE_RATE_MISSING; PROJECT_UNKNOWN: it is deleted, and has no now.
        Invalid OTHER_PROJECT; Denied PERMISSION_DENIED.
    """
    unit.require(Permission.VIEW_PROJECTS)
    before = await _snapshot(unit, from_id, "from")
    if to_id is None:
        assert await sees_one_state(unit.session), "begin this unit of work with one_state=True"
        project = await select_one(unit.session, ProjectRow, unit.organisation_id, before.project_id)
        if project is None:
            raise Missing(
                f"Project {before.project_code} is deleted, so there is no now: compare with another snapshot of it.",
                code="PROJECT_UNKNOWN",
                field="to",
            )
        facts = await project_facts(unit, project)
    else:
        after = await _snapshot(unit, to_id, "to")
        if after.project_id != before.project_id:
            raise Invalid("Compare snapshots of one project.", code="OTHER_PROJECT", field="to")
        facts = await recorded_facts(unit.session, unit.organisation_id, to_id)
    may = unit.principal.may
    was = await recorded_facts(unit.session, unit.organisation_id, from_id)
    return differences(seen(was, may), seen(facts, may))


async def read_snapshot(unit: UnitOfWork, snapshot_id: int) -> tuple[SnapshotRow, list[Fact]]:
    """All of it that the caller may see, in its order. Raises Missing SNAPSHOT_UNKNOWN, Denied PERMISSION_DENIED."""
    unit.require(Permission.VIEW_PROJECTS)
    row = await _snapshot(unit, snapshot_id, "id")
    return row, seen(await recorded_facts(unit.session, unit.organisation_id, snapshot_id), unit.principal.may)


async def _snapshot(unit: UnitOfWork, snapshot_id: int, field: str) -> SnapshotRow:
    row = await select_one(unit.session, SnapshotRow, unit.organisation_id, snapshot_id)
    if row is None:
        raise _unknown(snapshot_id, field)
    return row


def _unknown(snapshot_id: int, field: str) -> Missing:
    return Missing(f"There is no snapshot {snapshot_id}.", code="SNAPSHOT_UNKNOWN", field=field)
