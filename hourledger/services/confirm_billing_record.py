"""Confirm a billing record: from here on it is final, and its sales are billed."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.billing import BILLING_RECORD_LIFE
from hourledger.core.errors import Invalid
from hourledger.core.work import BillingType
from hourledger.services.billing_records import emit_record_changed, lock_record, move, revenue_of
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import confirming
from models.queries.billing import line_values


async def confirm_billing_record(unit: UnitOfWork, record_id: int) -> None:
    """Freeze lines and amounts; write the reversal of unbilled and the billed sales (project-invoicing §3.5, §6.5).

    Values that moved since the work was logged are settled first, so that every reversal is exact.

    Raises:
        Missing BILLING_RECORD_UNKNOWN; NotAllowed WRONG_STATE.
        Invalid NOTHING_CHARGEABLE, NOTHING_TO_POST: it would bill nothing.
    """
    unit.require(Permission.MANAGE_BILLING_RECORDS)
    record = await lock_record(unit, record_id)
    BILLING_RECORD_LIFE.after(record.status, "confirm")
    await confirming.lock_work_of(unit.session, record_id)
    lines = (await line_values(unit.session, unit.organisation_id, [record_id]))[record_id]
    if not any(line.billing_type is BillingType.CHARGEABLE for line in lines):
        raise Invalid(
            f"Billing record {record.number} has no chargeable line. Add work to it or delete it.",
            code="NOTHING_CHARGEABLE",
        )
    if not any(revenue_of(record, lines).values()):
        raise Invalid(
            f"The chargeable lines of billing record {record.number} sum to zero, so nothing could be booked. "
            "Bill something, or delete it.",
            code="NOTHING_TO_POST",
        )
    await confirming.freeze_lines(unit.session, record_id)
    await confirming.settle_work(unit.session, record_id, at=unit.now, on=unit.today)
    move(record, "confirm")
    record.confirmed_at = unit.now
    record.accounting_date = record.accounting_date or record.billing_date
    unit.session.add(record)
    await confirming.bill_sales(
        unit.session, record_id, at=unit.now, confirmed_on=unit.today, accounting_date=record.accounting_date
    )
    await confirming.lock_billed_work(unit.session, record_id)
    unit.audit("confirm", "billing_record", record_id, after={"number": record.number})
    await emit_record_changed(unit, record)
    projects = {line.project_id for line in lines if line.project_id is not None}
    await emit_finances_changed(unit, sorted(projects), cause="BILLING_RECORD_CONFIRMED")
