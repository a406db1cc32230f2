"""Rates in force as they are shown: the line and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class RateView:
    """``rate_scaled`` in 1/10,000 of the currency per ``unit_seconds``, or what ``basis`` says; in force in
    ``[valid_from, valid_until)``. ``attributes``: {rate attribute id: value id}."""

    id: int
    scope_id: int
    kind: RateKind
    level: Level
    person_id: int | None
    role_id: int | None
    company_id: int | None
    project_id: int | None
    assignment_id: int | None
    task_id: int | None
    rate_card_id: int | None
    attributes: dict[str, int]
    rate_scaled: int
    currency: str
    unit_seconds: int
    basis: RateBasis
    is_locked: bool
    valid_from: date | None
    valid_until: date | None
    recorded_at: datetime
    recorded_by: str
    retired_at: datetime | None


_COLUMNS = (
    "l.id, l.scope_id, s.kind, s.level, s.person_id, s.role_id, s.company_id, s.project_id, s.assignment_id, "
    "s.task_id, s.rate_card_id, s.attributes, l.rate_scaled, l.currency, l.unit_seconds, l.basis, l.is_locked, "
    "l.valid_from, l.valid_until, l.recorded_at, l.recorded_by, l.retired_at"
)
_SOURCE = "rate_line l JOIN rate_scope s ON s.id = l.scope_id"
_CASTS = {"kind": RateKind, "level": Level, "basis": RateBasis}
_ORDER = (("l.scope_id", "bigint"), ("coalesce(l.valid_from, DATE '0001-01-01')", "date"), ("l.id", "bigint"))

_STILL_THERE = """NOT EXISTS (SELECT FROM project p WHERE p.id = s.project_id AND p.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM task t WHERE t.deleted_at IS NOT NULL
        AND t.id = coalesce(s.task_id, (SELECT n.task_id FROM assignment n WHERE n.id = s.assignment_id)))"""
"""Rates of a deleted project or task go with it (§4.7)."""

RATES = Listing(
    name="rates",
    row=RateView,
    alias="l",
    columns=_COLUMNS,
    source=_SOURCE,
    order=_ORDER,
    where=f"l.retired_at IS NULL AND {_STILL_THERE}",
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

RATES_AT = Listing(
    name="rates_at", row=RateView, alias="l", columns=_COLUMNS, source=_SOURCE, order=_ORDER, casts=_CASTS
)
"""In the order of RATES, with a condition such as KNOWN_AT that says which of the retired lines count."""

KNOWN_AT = "(l.recorded_at <= :known_at AND (l.retired_at IS NULL OR l.retired_at > :known_at))"
OF_KINDS = "s.kind = ANY(:kinds)"
ON_DAY = "daterange(l.valid_from, l.valid_until) @> cast(:day AS date)"
OF_PROJECT = "s.project_id = :project"
OF_PERSON = "s.person_id = :person"
OF_ROLE = "s.role_id = :role"
OF_COMPANY = "s.company_id = :company"
OF_TASK = "s.task_id = :task"
OF_CARD = "s.rate_card_id = :card"
OF_LEVEL = "s.level = :level"
WITH_VALUES = (
    "cast(:values AS bigint[]) <@ (SELECT array_agg(cast(one.value AS bigint)) FROM jsonb_each_text(s.attributes) one)"
)

_AS_ATTACHED = """a.retired_at IS NULL AND l.recorded_at <= a.known_at
    AND (l.retired_at IS NULL OR l.retired_at > a.known_at)"""

ON_PROJECT = f"""CASE
    WHEN s.level = 'RATE_CARD' THEN EXISTS (
        SELECT FROM rate_attachment a WHERE a.rate_card_id = s.rate_card_id AND {_AS_ATTACHED}
        AND a.organisation_id = l.organisation_id AND (a.project_id = :project OR a.project_id IS NULL)
        AND daterange(a.valid_from, a.valid_until) && daterange(l.valid_from, l.valid_until)
        AND (cast(:day AS date) IS NULL OR daterange(a.valid_from, a.valid_until) @> cast(:day AS date)))
    WHEN s.company_id IS NOT NULL THEN EXISTS (
        SELECT FROM rate_attachment a WHERE a.company_id = s.company_id AND a.project_id = :project AND {_AS_ATTACHED})
    WHEN s.level = 'ROLE' THEN l.retired_at IS NULL AND s.role_id = ANY(:roles)
    ELSE l.retired_at IS NULL AND :project IN (
        s.project_id,
        (SELECT t.project_id FROM task t WHERE t.id = s.task_id),
        (SELECT t.project_id FROM assignment n JOIN task t ON t.id = n.task_id WHERE n.id = s.assignment_id))
        AND (s.task_id IS NULL OR s.project_id IS NULL
             OR s.project_id = (SELECT t.project_id FROM task t WHERE t.id = s.task_id))
END AND (cast(:day AS date) IS NULL OR daterange(l.valid_from, l.valid_until) @> cast(:day AS date))"""
"""All rates a project can use: its own, those of its cards and customer as it has them, those of its roles."""
