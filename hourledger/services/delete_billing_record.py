"""Delete a draft: what it held may be billed again."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.services.billing_records import emit_record_changed, lock_record, move
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import billing
from models.queries.confirming import lock_work_of


async def delete_billing_record(unit: UnitOfWork, record_id: int) -> None:
    """Release its claims and mark it deleted; the row stays as history, its number is not used again.

    Raises:
        Missing BILLING_RECORD_UNKNOWN; NotAllowed WRONG_STATE once it is confirmed.
    """
    unit.require(Permission.MANAGE_BILLING_RECORDS)
    record = await lock_record(unit, record_id)
    # In the order in which rating locks them, before the claims do.
    await lock_work_of(unit.session, record_id)
    move(record, "delete")
    record.deleted_at = unit.now
    lines = (await billing.line_values(unit.session, unit.organisation_id, [record_id]))[record_id]
    await billing.release_claims(unit.session, record_id, at=unit.now)
    unit.session.add(record)
    unit.audit("delete", "billing_record", record_id, before={"number": record.number})
    await emit_record_changed(unit, record)
    projects = {line.project_id for line in lines if line.project_id is not None}
    await emit_finances_changed(unit, sorted(projects), cause="BILLING_RECORD_DELETED")
