"""Rate cards, their aliases, and where they are attached, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hourledger.core.work import RateKind
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class RateCardView:
    """Lines count in ``[valid_from, valid_until)``. ``deleted_at``: it is gone, and kept for what was rated by it."""

    id: int
    name: str
    description: str
    kind: RateKind
    company_id: int | None
    group_value_id: int | None
    valid_from: date | None
    valid_until: date | None
    created_at: datetime
    created_by: str
    deleted_at: datetime | None


_CARD = (
    "c.id, c.name, c.description, c.kind, c.company_id, c.group_value_id, c.valid_from, c.valid_until, c.created_at, "
    "c.created_by, c.deleted_at"
)

RATE_CARDS = Listing(
    name="rate_cards",
    row=RateCardView,
    alias="c",
    columns=_CARD,
    source="rate_card c",
    order=(("c.name", "text"), ("c.id", "bigint")),
    where="c.deleted_at IS NULL",
    casts={"kind": RateKind},
)

RATE_CARDS_EVER = Listing(
    name="rate_cards_ever",
    row=RateCardView,
    alias="c",
    columns=_CARD,
    source="rate_card c",
    order=(("c.id", "bigint"),),
    casts={"kind": RateKind},
)
"""Deleted ones too: what was rated by a card can still name it."""

NAMED_LIKE = "(c.name ILIKE :text OR c.description ILIKE :text)"
OF_COMPANY = "c.company_id = :company"
OF_GROUP = "c.group_value_id = :group"
OF_KINDS = "c.kind = ANY(:kinds)"
OFFERED_TO_PROJECT = """(
    c.company_id IS NULL OR c.company_id = (SELECT p.company_id FROM project p WHERE p.id = :project
        AND p.organisation_id = c.organisation_id)
)"""
"""Cards for no customer in particular fit every project (§3.7)."""
OFFERED_TO_GROUP = "(c.group_value_id IS NULL OR c.group_value_id = :offered_group)"


@dataclass(frozen=True, slots=True)
class AliasView:
    id: int
    rate_card_id: int
    role_id: int
    attributes: dict[str, int]
    alias: str


ALIASES = Listing(
    name="rate_card_aliases",
    row=AliasView,
    alias="x",
    columns="x.id, x.rate_card_id, x.role_id, x.attributes, x.alias",
    source="rate_card_alias x",
    order=(("x.alias", "text"), ("x.id", "bigint")),
)


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A card, or the customer's rates, on a project as they stood at ``known_at``; no project: on all of them."""

    id: int
    project_id: int | None
    rate_card_id: int | None
    company_id: int | None
    kind: RateKind
    valid_from: date | None
    valid_until: date | None
    known_at: datetime
    recorded_at: datetime
    recorded_by: str
    retired_at: datetime | None


ATTACHMENTS = Listing(
    name="rate_attachments",
    row=AttachmentView,
    alias="a",
    columns="a.id, a.project_id, a.rate_card_id, a.company_id, a.kind, a.valid_from, a.valid_until, a.known_at, "
    "a.recorded_at, a.recorded_by, a.retired_at",
    source="rate_attachment a",
    order=(("a.id", "bigint"),),
    casts={"kind": RateKind},
)
"""Retired ones too."""

LIVE = """a.retired_at IS NULL
    AND NOT EXISTS (SELECT FROM project p WHERE p.id = a.project_id AND p.deleted_at IS NOT NULL)"""
ON_PROJECT = "a.project_id = :project"
ON_ALL_PROJECTS = "a.project_id IS NULL"
ATTACHED_KINDS = "a.kind = ANY(:kinds)"
