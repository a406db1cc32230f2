"""Connections to other systems as they are shown, and the source rows that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.queries.listing.keyset import Listing
from models.tables import ConnectionDirection, ConnectionStatus, SourceRecordStatus


@dataclass(frozen=True, slots=True)
class ExternalSystemView:
    """``unmapped``: source rows with a name nobody has linked yet; ``quarantined``: rows that cannot be understood."""

    id: int
    direction: ConnectionDirection
    connector: str
    name: str
    status: ConnectionStatus
    status_reason: str | None
    last_success_at: datetime | None
    unmapped: int
    quarantined: int
    last_pull: dict[str, Any] | None


EXTERNAL_SYSTEMS = Listing(
    name="connections",
    row=ExternalSystemView,
    alias="k",
    columns="""k.id, k.direction, k.connector, k.name, k.status, k.status_reason, k.last_success_at,
        (SELECT count(*) FROM source_record s WHERE s.connection_id = k.id AND s.status = 'UNMAPPED') AS unmapped,
        (SELECT count(*) FROM source_record s WHERE s.connection_id = k.id AND s.status = 'QUARANTINED')
            AS quarantined,
        (SELECT to_jsonb(r) FROM pull_run r WHERE r.connection_id = k.id ORDER BY r.id DESC LIMIT 1) AS last_pull""",
    source="connection k",
    order=(("k.name", "text"), ("k.id", "bigint")),
    casts={"direction": ConnectionDirection, "status": ConnectionStatus},
)


@dataclass(frozen=True, slots=True)
class SourceRecordView:
    """A row of the source: what is known of it in our terms (None where it was not understood), and what it lacks."""

    id: int
    connection_id: int
    external_id: str
    status: SourceRecordStatus
    reason_code: str | None
    reason: str | None
    seconds: int | None
    work_date: date | None
    person: str | None
    project: str | None
    task: str | None
    note: str | None
    raw: dict[str, Any]
    time_entry_id: int | None
    first_seen_at: datetime
    last_changed_at: datetime


SOURCE_RECORDS = Listing(
    name="source_records",
    row=SourceRecordView,
    alias="s",
    columns="""s.id, s.connection_id, s.external_id, s.status, s.reason_code, s.reason,
        cast(s.entry ->> 'seconds' AS bigint) AS seconds, cast(s.entry ->> 'work_date' AS date) AS work_date,
        s.entry ->> 'person' AS person, s.entry ->> 'project' AS project, s.entry ->> 'task' AS task,
        s.entry ->> 'note' AS note, s.raw, s.time_entry_id, s.first_seen_at, s.last_changed_at""",
    source="source_record s",
    order=(("s.id", "bigint"),),
    casts={"status": SourceRecordStatus},
)

OF_CONNECTION = "s.connection_id = :connection"
OF_STATUSES = "s.status = ANY(:statuses)"
