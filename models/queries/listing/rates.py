"""Rates in force as they are shown: the line and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class RateView:
    """``rate_scaled`` in 1/10,000 of the currency per hour; in force in ``[valid_from, valid_until)``."""

    id: int
    kind: RateKind
    level: Level
    person_id: int | None
    role_id: int | None
    company_id: int | None
    project_id: int | None
    assignment_id: int | None
    rate_scaled: int
    currency: str
    valid_from: date | None
    valid_until: date | None
    recorded_at: datetime
    recorded_by: str


_COLUMNS = (
    "l.id, s.kind, s.level, s.person_id, s.role_id, s.company_id, s.project_id, s.assignment_id, l.rate_scaled, "
    "l.currency, l.valid_from, l.valid_until, l.recorded_at, l.recorded_by"
)
_SOURCE = "rate_line l JOIN rate_scope s ON s.id = l.scope_id"
_CASTS = {"kind": RateKind, "level": Level}

RATES = Listing(
    name="rates",
    row=RateView,
    alias="l",
    columns=_COLUMNS,
    source=_SOURCE,
    order=(("l.scope_id", "bigint"), ("coalesce(l.valid_from, DATE '0001-01-01')", "date"), ("l.id", "bigint")),
    where="l.retired_at IS NULL",
    casts=_CASTS,
)

RATES_EVER = Listing(
    name="rates_ever",
    row=RateView,
    alias="l",
    columns=_COLUMNS,
    source=_SOURCE,
    order=(("l.id", "bigint"),),
    casts=_CASTS,
)
"""Retired lines too: what an earlier answer named can still be looked at."""

OF_KINDS = "s.kind = ANY(:kinds)"
ON_DAY = "daterange(l.valid_from, l.valid_until) @> cast(:day AS date)"
OF_PROJECT = "s.project_id = :project"
OF_PERSON = "s.person_id = :person"
OF_ROLE = "s.role_id = :role"
OF_COMPANY = "s.company_id = :company"
