"""The bookkeeping around a push: what is written before the call, and what after it. The call itself is a job's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from connectors.push import AttemptReport, PushOutcome, PushState
from hourledger.core.access import Permission
from hourledger.core.errors import ExternalError, Missing, Transient
from hourledger.core.ledger import (
    DELIVERY_LIFE,
    DeliveryState,
    JournalEntry,
    OutgoingEntry,
    Posting,
)
from hourledger.core.money import Money
from hourledger.services.queue_deliveries import enqueue_delivery, map_delivery
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import (
    ConnectionRow,
    ConnectionStatus,
    DeliveryAttemptRow,
    DeliveryRow,
    JournalEntryRow,
    JournalPostingRow,
)

_WAIT_SECONDS_MAX = 3600


@dataclass(frozen=True, slots=True)
class Sending:
    """What the job needs for one push. ``is_uncertain``: an earlier try may have worked, so look first."""

    delivery_id: int
    connection: ConnectionRow
    entry: OutgoingEntry
    is_uncertain: bool


async def begin_sending(unit: UnitOfWork, delivery_id: int) -> Sending | None:
    """Mark a delivery SENDING; to be committed before the call. None when there is nothing to send any more.

    A delivery that is found SENDING was interrupted: nobody knows how far it came, so it counts as uncertain.
    """
    delivery = await _locked(unit, delivery_id)
    if not DELIVERY_LIFE.allows(delivery.state, "send") or delivery.payload is None:
        return None
    connection = await unit.session.get_one(ConnectionRow, delivery.connection_id)
    if connection.status is ConnectionStatus.PAUSED:
        return None
    # Looking first after any earlier try costs one request and is never wrong, whatever became of that try.
    was_uncertain = delivery.state in (DeliveryState.SENDING, DeliveryState.UNCERTAIN) or delivery.attempts > 0
    delivery.state = DELIVERY_LIFE.after(delivery.state, "send")
    delivery.attempts += 1
    unit.session.add(delivery)
    _note(unit, delivery, "send", "started", "looking first" if was_uncertain else "")
    return Sending(delivery.id, connection, OutgoingEntry.from_json(dict(delivery.payload)), was_uncertain)


async def record_outcome(unit: UnitOfWork, delivery_id: int, outcome: PushOutcome) -> None:
    """The push came to an end: read back and equal, or there with differences."""
    delivery = await _locked(unit, delivery_id)
    is_equal = outcome.state is PushState.VERIFIED
    delivery.state = DELIVERY_LIFE.after(delivery.state, "verify" if is_equal else "differ")
    delivery.remote_id = outcome.remote.remote_id
    delivery.remote_number = outcome.remote.number
    delivery.next_attempt_at = None
    if is_equal:
        delivery.verified_at, delivery.error_code, delivery.error, delivery.differences = unit.now, None, None, None
    else:
        delivery.error_code = "DIFFERS"
        delivery.error = "It is there, but not as we sent it."
        delivery.differences = {"differences": [asdict(one) for one in outcome.differences]}
    unit.session.add(delivery)
    _note(unit, delivery, "read_back", delivery.state.value, "found there" if outcome.was_found else "")
    _emit(unit, delivery)


async def record_failure(unit: UnitOfWork, delivery_id: int, error: ExternalError, *, was_uncertain: bool) -> None:
    """The push raised: postponed, uncertain or refused. What will pass by itself is enqueued again for later.

    ``was_uncertain``: it was so before this try, and a try that certainly did nothing leaves it so.
    """
    delivery = await _locked(unit, delivery_id)
    if not isinstance(error, Transient):
        event = "refuse"
    elif error.code in ("NOT_SENT", "RATE_LIMITED") and not was_uncertain:
        event = "postpone"
    else:
        event = "doubt"
    delivery.state = DELIVERY_LIFE.after(delivery.state, event)
    delivery.error_code, delivery.error = error.code, error.message
    if isinstance(error, Transient):
        delivery.next_attempt_at = _next_attempt(unit.now, delivery.attempts, error)
        await unit.enqueue(
            "push_delivery",
            lock=f"target-{delivery.connection_id}",
            at=delivery.next_attempt_at,
            organisation_id=unit.organisation_id,
            delivery_id=delivery.id,
        )
    else:
        delivery.next_attempt_at = None
    unit.session.add(delivery)
    _note(unit, delivery, "send", event, f"{error.code}: {error.message}")
    _emit(unit, delivery)


async def note_attempts(unit: UnitOfWork, delivery_id: int, reports: Sequence[AttemptReport]) -> None:
    """The single calls of a push, for the audit trail."""
    delivery = await _locked(unit, delivery_id)
    for report in reports:
        _note(unit, delivery, report.step, report.outcome, report.detail, report.milliseconds)


async def retry_delivery(unit: UnitOfWork, delivery_id: int) -> None:
    """Send again what was rejected, parked or in conflict, with the mapping as it is now.

    Raises:
        Missing DELIVERY_UNKNOWN; NotAllowed WRONG_STATE.
    """
    unit.require(Permission.MANAGE_CONNECTIONS)
    delivery = await _locked(unit, delivery_id)
    delivery.state = DELIVERY_LIFE.after(delivery.state, "retry")
    if delivery.state is DeliveryState.PENDING:
        connection = await unit.session.get_one(ConnectionRow, delivery.connection_id)
        entry = await load_entry(unit, delivery.journal_entry_id)
        await map_delivery(unit, delivery, connection, entry)
    unit.session.add(delivery)
    await unit.session.flush()
    await enqueue_delivery(unit, delivery)
    unit.audit("retry", "delivery", delivery.id)
    _emit(unit, delivery)


async def enqueue_open_deliveries(unit: UnitOfWork, *, older_than: timedelta) -> int:
    """The sweeper: put open deliveries whose job is missing back into the queue, so that the queue is disposable."""
    found = await find_all(
        unit.session,
        DeliveryRow,
        unit.organisation_id,
        state=[DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNCERTAIN],
    )
    for delivery in found:
        if (delivery.next_attempt_at or delivery.created_at) < unit.now - older_than:
            await unit.enqueue(
                "push_delivery",
                lock=f"target-{delivery.connection_id}",
                once=f"delivery-{delivery.id}",
                organisation_id=unit.organisation_id,
                delivery_id=delivery.id,
            )
    return len(found)


async def load_entry(unit: UnitOfWork, journal_entry_id: int) -> JournalEntry:
    """A posted journal entry as a core value."""
    row = await select_one(unit.session, JournalEntryRow, unit.organisation_id, journal_entry_id)
    if row is None:
        raise Missing(f"There is no journal entry {journal_entry_id}.", code="JOURNAL_ENTRY_UNKNOWN")
    lines = await find_all(
        unit.session, JournalPostingRow, unit.organisation_id, order_by="line_number", journal_entry_id=row.id
    )
    postings = tuple(
        Posting(
            posting_type=one.posting_type,
            account_id=one.account_id,
            amount=Money(one.amount_minor, one.currency),
            base_amount=Money(one.base_minor, one.base_currency),
            text=one.description,
            company_id=one.company_id,
            project_id=one.project_id,
        )
        for one in lines
    )
    return JournalEntry(row.reference, row.accounting_date, row.description, postings)


def _next_attempt(now: datetime, attempts: int, error: Transient) -> datetime:
    """2, 4, 8 ... seconds, at most an hour, for as long as it takes; or what the other system asked for."""
    wait = min(2.0 ** min(attempts, 20), _WAIT_SECONDS_MAX)
    asked = error.facts.get("retry_after_seconds")
    return now + timedelta(seconds=max(wait, float(asked or 0)))


async def _locked(unit: UnitOfWork, delivery_id: int) -> DeliveryRow:
    delivery = await select_one(unit.session, DeliveryRow, unit.organisation_id, delivery_id, lock=True)
    if delivery is None:
        raise Missing(f"There is no delivery {delivery_id}.", code="DELIVERY_UNKNOWN")
    return delivery


def _note(
    unit: UnitOfWork, delivery: DeliveryRow, step: str, outcome: str, detail: str, milliseconds: int | None = None
) -> None:
    unit.session.add(
        DeliveryAttemptRow(
            organisation_id=unit.organisation_id,
            delivery_id=delivery.id,
            step=step,
            outcome=outcome,
            detail=detail[:2000],
            duration_milliseconds=milliseconds,
            recorded_at=unit.now,
        )
    )


def _emit(unit: UnitOfWork, delivery: DeliveryRow) -> None:
    unit.emit(
        "DELIVERY_CHANGED",
        entity_id=delivery.id,
        state=delivery.state.value,
        reference=delivery.reference,
        error_code=delivery.error_code,
    )
