"""Taking and deleting snapshots."""

from __future__ import annotations

from hourledger.services import snapshots
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.snapshots import SNAPSHOTS
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, Mutation, mutation


@mutation("takeSnapshot", SNAPSHOTS, one_state=True)
async def take_snapshot(_context: RequestContext, unit: UnitOfWork, *, project_id: str, name: str) -> Answer:
    return {"id": await snapshots.take_snapshot(unit, row_id(project_id, "Project", "projectId"), name)}


async def _delete_snapshot(_context: RequestContext, unit: UnitOfWork, *, snapshot_id: str, reason: str) -> Answer:
    number = row_id(snapshot_id, "Snapshot", "snapshotId")
    await snapshots.delete_snapshot(unit, number, reason=reason)
    return {"id": number}


async def _deleted(_context: RequestContext, answer: Answer) -> int:
    return int(answer["id"])


delete_snapshot: Mutation[int] = Mutation("deleteSnapshot", _delete_snapshot, _deleted)
"""Its entity is the row id of what is gone."""
