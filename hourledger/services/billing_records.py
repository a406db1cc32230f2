"""Reading and locking billing records; what all billing services share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hourledger.core.billing import BILLING_RECORD_LIFE, RecordTotals, record_totals
from hourledger.core.errors import Missing
from hourledger.core.ledger import PostingType
from hourledger.core.money import Money
from hourledger.core.work import BillingType, TransactionClass
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.billing import LineValue, line_values
from models.selecting import select_one
from models.tables import BillingRecordRow


async def lock_record(unit: UnitOfWork, record_id: int) -> BillingRecordRow:
    """The record, its row locked until the transaction ends. Raises Missing BILLING_RECORD_UNKNOWN."""
    record = await select_one(unit.session, BillingRecordRow, unit.organisation_id, record_id, lock=True)
    if record is None:
        raise Missing(f"There is no billing record {record_id}.", code="BILLING_RECORD_UNKNOWN")
    return record


def move(record: BillingRecordRow, event: str) -> None:
    """Give the record its next status. Raises NotAllowed WRONG_STATE."""
    record.status = BILLING_RECORD_LIFE.after(record.status, event)
    record.row_version += 1


def totals_of(record: BillingRecordRow, lines: list[LineValue]) -> RecordTotals:
    """The totals of a record from its lines as they count now (I3)."""
    return record_totals(
        [(line.transaction_class, line.billing_type, Money(line.amount_minor, record.currency)) for line in lines],
        record.currency,
    )


def revenue_of(record: BillingRecordRow, lines: Sequence[LineValue]) -> dict[tuple[int | None, PostingType], Money]:
    """Chargeable revenue by project and posting type; a fixed amount is revenue on account (J14), the rest invoiced."""
    sums: dict[tuple[int | None, PostingType], int] = defaultdict(int)
    for line in lines:
        if line.billing_type is BillingType.CHARGEABLE:
            on_account = line.transaction_class is TransactionClass.MILESTONE
            kind = PostingType.INVOICED_REVENUE_ON_ACCOUNT if on_account else PostingType.INVOICED_REVENUE
            sums[line.project_id, kind] += line.amount_minor
    return {key: Money(minor, record.currency) for key, minor in sums.items()}


async def emit_record_changed(unit: UnitOfWork, record: BillingRecordRow) -> None:
    """Tell subscribers the record's status and total, once per project on it."""
    await unit.session.flush()
    lines = (await line_values(unit.session, unit.organisation_id, [record.id]))[record.id]
    total = totals_of(record, lines).total
    projects: list[int | None] = [*sorted({line.project_id for line in lines if line.project_id is not None})]
    for project_id in projects or [None]:
        unit.emit(
            "BILLING_RECORD_CHANGED",
            project_id=project_id,
            entity_id=record.id,
            number=record.number,
            status=record.status.value,
            total_minor=total.minor,
            currency=record.currency,
        )
