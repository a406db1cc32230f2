"""Snapshots and what they hold, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hourledger.core.snapshots import FactKind
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """``project_code`` and ``currency``: as they were when it was taken."""

    id: int
    project_id: int
    name: str
    project_code: str
    currency: str
    taken_on: date
    taken_at: datetime
    taken_by: str


SNAPSHOTS = Listing(
    name="snapshots",
    row=SnapshotView,
    alias="s",
    columns="s.id, s.project_id, s.name, s.project_code, s.currency, s.taken_on, s.taken_at, s.taken_by",
    source="snapshot s",
    order=(("s.id", "bigint"),),
    descending=True,
)


@dataclass(frozen=True, slots=True)
class SnapshotFactView:
    """``facts`` as they are stored, whoever may see them."""

    kind: FactKind
    key: str
    label: str
    facts: dict[str, Any]


SNAPSHOT_FACTS = Listing(
    name="snapshot_facts",
    row=SnapshotFactView,
    alias="f",
    columns="f.kind, f.key, f.label, f.facts",
    source="snapshot_fact f",
    order=(("f.place", "bigint"),),
    casts={"kind": FactKind},
)

OF_SNAPSHOT = "f.snapshot_id = :snapshot"
OF_KINDS = "f.kind = ANY(:kinds)"
