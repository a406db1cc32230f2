"""The job roles that people are billed as on projects, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class BillingRoleView:
    """In force in ``[valid_from, valid_until)``."""

    id: int
    project_id: int
    person_id: int
    role_id: int
    valid_from: date | None
    valid_until: date | None


BILLING_ROLES = Listing(
    name="project_billing_roles",
    row=BillingRoleView,
    alias="b",
    columns="b.id, b.project_id, b.person_id, b.role_id, b.valid_from, b.valid_until",
    source="project_billing_role b JOIN person o ON o.id = b.person_id",
    order=(
        ("o.name", "text"),
        ("coalesce(b.valid_from, DATE '0001-01-01')", "date"),
        ("b.id", "bigint"),
    ),
)
