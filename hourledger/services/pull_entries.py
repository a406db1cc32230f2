"""Store what a time source sent: as received, what it means, and what became of it. Cursor and rows go together."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from connectors.base import Batch, SourceEntry, SourceRow
from hourledger.core.errors import Conflict, HourledgerError, NotAllowed
from hourledger.services.create_connection import load_connection
from hourledger.services.log_time import delete_time, edit_time
from hourledger.services.source_names import Names, entry_of, load_names, post_fresh
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import ConnectionRow, SourceRecordRow, SourceRecordStatus, TimeEntryRow

Counts = Counter[str]


async def store_batch(
    unit: UnitOfWork, connection_id: int, batch: Batch, *, cursor_before: dict[str, Any] | None
) -> Counts:
    """Everything of one batch and the cursor behind it, in this one transaction. Seeing a row again changes nothing,
    unless the lock of a period has kept it away.

    Counts: new, changed, same, deleted, unmapped, quarantined, skipped, needs_reversal.

    Raises:
        Conflict PULLED_AT_ONCE: another pull moved the cursor meanwhile; start again from there.
    """
    connection = await load_connection(unit, connection_id, lock=True)
    if connection.cursor != cursor_before:
        raise Conflict(f"{connection.name} is being pulled by somebody else.", code="PULLED_AT_ONCE")
    counts: Counts = Counter(skipped=len(batch.skipped))
    known = await _known(unit, connection_id, batch)
    names = await load_names(unit, connection_id)
    fresh: list[SourceRecordRow] = []
    for row in batch.rows:
        record = known.get(row.entry.external_id)
        content = _content(row.entry)
        if record is not None and _is_settled(record) and record.content_hash == content and record.deleted_at is None:
            counts["same"] += 1
            continue
        record = _received(unit, connection, record, row, content)
        known[row.entry.external_id] = record
        await _place(unit, record, names, fresh, counts)
    for record, error in await post_fresh(unit, connection_id, fresh, names):
        counts["new"] -= 1
        _hold(record, error.code, error.message, counts)
    for external_id in batch.deleted_ids:
        await _delete(unit, known.get(external_id), counts)
    for bad in batch.bad_rows:
        _quarantine_bad(unit, connection, known, bad.external_id, dict(bad.raw), bad.code, bad.reason, counts)
    if batch.cursor is not None:
        connection.cursor = dict(batch.cursor)
    unit.session.add(connection)
    await unit.session.flush()
    return counts


async def _known(unit: UnitOfWork, connection_id: int, batch: Batch) -> dict[str, SourceRecordRow]:
    ids = [row.entry.external_id for row in batch.rows]
    ids += [*batch.deleted_ids, *(bad.external_id for bad in batch.bad_rows)]
    found = await find_all(
        unit.session, SourceRecordRow, unit.organisation_id, connection_id=connection_id, external_id=ids
    )
    return {record.external_id: record for record in found}


def _received(
    unit: UnitOfWork, connection: ConnectionRow, record: SourceRecordRow | None, row: SourceRow, content: str
) -> SourceRecordRow:
    if record is None:
        record = SourceRecordRow(
            organisation_id=unit.organisation_id,
            connection_id=connection.id,
            external_id=row.entry.external_id,
            content_hash=content,
            status=SourceRecordStatus.UNMAPPED,
            first_seen_at=unit.now,
        )
    record.raw = dict(row.raw)
    record.entry = json.loads(_as_json(row.entry))
    record.content_hash = content
    record.last_changed_at = unit.now
    record.deleted_at = None
    unit.session.add(record)
    return record


async def _place(
    unit: UnitOfWork, record: SourceRecordRow, names: Names, fresh: list[SourceRecordRow], counts: Counts
) -> None:
    """Decide what becomes of a row that is new or has changed."""
    entry = entry_of(record)
    if record.time_entry_id is not None and not await _change(unit, record, entry, names, counts):
        return
    if (missing := names.missing(entry)) is not None:
        record.status, record.reason_code = SourceRecordStatus.UNMAPPED, "NAME_UNKNOWN"
        record.reason = f"Not known here yet: {missing}. Link it, and the row becomes a time entry."
        counts["unmapped"] += 1
    elif (objection := names.objection(entry)) is not None:
        _hold(record, *objection, counts)
    else:
        fresh.append(record)
        counts["new"] += 1


async def _change(unit: UnitOfWork, record: SourceRecordRow, entry: SourceEntry, names: Names, counts: Counts) -> bool:
    """A row that is a time entry already was changed there; what is billed or locked becomes a reversal to be decided.

    Moved to another person, project or task, the old entry goes and the row is to be placed anew (returns True then).
    """
    entry_id = record.time_entry_id
    assert entry_id is not None
    try:
        if await _has_moved(unit, entry_id, names, entry):
            await delete_time(unit, entry_id, reason="moved in the time source")
            record.time_entry_id = None
            return True
        async with unit.session.begin_nested():  # a change that cannot be rated leaves the entry as it was
            await edit_time(unit, entry_id, seconds=entry.seconds, work_date=entry.work_date, note=entry.note)
    except NotAllowed as error:
        _needs_reversal(record, error, counts)
        return False
    except HourledgerError as error:
        _hold(record, error.code, error.message, counts)
        return False
    record.status, record.reason_code, record.reason = SourceRecordStatus.POSTED, None, None
    counts["changed"] += 1
    return False


async def _has_moved(unit: UnitOfWork, entry_id: int, names: Names, entry: SourceEntry) -> bool:
    row = await select_one(unit.session, TimeEntryRow, unit.organisation_id, entry_id)
    assert row is not None
    if names.missing(entry) is not None:
        return True
    draft = names.draft(entry, row.connection_id or 0)
    return (row.person_id, row.project_id, row.task_id) != (draft.person_id, draft.project_id, draft.task_id)


async def _delete(unit: UnitOfWork, record: SourceRecordRow | None, counts: Counts) -> None:
    """Gone there: gone here, unless it is billed. An id we never had, or that is gone already, is nothing to do."""
    if record is None or (record.deleted_at is not None and _is_settled(record)):
        return
    record.deleted_at = unit.now
    unit.session.add(record)
    if record.time_entry_id is not None:
        try:
            await delete_time(unit, record.time_entry_id, reason="deleted in the time source")
        except NotAllowed as error:
            _needs_reversal(record, error, counts)
            return
        record.time_entry_id = None
    record.status, record.reason_code, record.reason = SourceRecordStatus.GONE, None, None
    counts["deleted"] += 1


def _is_settled(record: SourceRecordRow) -> bool:
    """Whether there is nothing to try again when the row comes a second time: the lock of a period can be lifted."""
    return record.reason_code != "PERIOD_LOCKED"


def _needs_reversal(record: SourceRecordRow, error: NotAllowed, counts: Counts) -> None:
    record.status, record.reason_code, record.reason = SourceRecordStatus.NEEDS_REVERSAL, error.code, error.message
    counts["needs_reversal"] += 1


def _hold(record: SourceRecordRow, code: str, reason: str, counts: Counts) -> None:
    record.status, record.reason_code, record.reason = SourceRecordStatus.QUARANTINED, code, reason
    counts["quarantined"] += 1


def _quarantine_bad(
    unit: UnitOfWork,
    connection: ConnectionRow,
    known: dict[str, SourceRecordRow],
    external_id: str,
    raw: dict[str, Any],
    code: str,
    reason: str,
    counts: Counts,
) -> None:
    record = known.get(external_id)
    content = hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()
    if record is not None and record.content_hash == content:
        counts["same"] += 1
        return
    if record is None:
        record = SourceRecordRow(
            organisation_id=unit.organisation_id,
            connection_id=connection.id,
            external_id=external_id,
            content_hash=content,
            status=SourceRecordStatus.QUARANTINED,
            first_seen_at=unit.now,
        )
    record.raw, record.content_hash, record.last_changed_at = raw, content, unit.now
    _hold(record, code, reason, counts)
    known[external_id] = record
    unit.session.add(record)


def _as_json(entry: SourceEntry) -> str:
    values = {name: getattr(entry, name) for name in entry.__slots__}
    return json.dumps(values, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else value.isoformat()


def _content(entry: SourceEntry) -> str:
    """The fingerprint of what matters for business: not the labels, which follow every renaming."""
    values = {name: getattr(entry, name) for name in entry.__slots__ if name != "labels"}
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=_plain).encode()).hexdigest()
