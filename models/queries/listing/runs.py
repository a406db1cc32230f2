"""Recalculation runs as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.queries.listing.keyset import Listing
from models.tables import RunStatus


@dataclass(frozen=True, slots=True)
class RunView:
    """``result`` holds one document per project once the run has finished."""

    id: int
    status: RunStatus
    requested_by: str
    reason: str
    scope: dict[str, Any]
    result: dict[str, Any]
    started_at: datetime
    finished_at: datetime | None


RUNS = Listing(
    name="recalculation_runs",
    row=RunView,
    alias="r",
    columns="r.id, r.status, r.requested_by, r.reason, r.scope, r.result, r.started_at, r.finished_at",
    source="recalculation_run r",
    order=(("r.id", "bigint"),),
    descending=True,
    casts={"status": RunStatus},
)
