"""Change what is known about a person."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.checks import require_name
from hourledger.services.edit_row import edit_row
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_one
from models.tables import PersonRow

_EMAIL_LENGTH_MAX = 255


async def edit_person(
    unit: UnitOfWork,
    person_id: int,
    *,
    name: str | None = None,
    email: str | None = None,
    is_active: bool | None = None,
    cost_rate_override_allowed: bool | None = None,
) -> None:
    """What is None stays. For a person who is not active no new work is logged; what is logged stays.

    ``cost_rate_override_allowed``: whether a project may have a cost rate of its own for this person (§3.11); it
    decides a cost rate, so it needs the right to edit those, too (§9.4). Logged work keeps its value.

    Raises:
        Missing PERSON_UNKNOWN; Invalid NAME_INVALID, EMAIL_INVALID; Conflict EXISTS (the e-mail address).
        Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    if cost_rate_override_allowed is not None:
        unit.require(Permission.EDIT_COST_RATES)
    row = await select_one(unit.session, PersonRow, unit.organisation_id, person_id, lock=True)
    if row is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    given = {
        "name": None if name is None else require_name(name),
        "email": None if email is None else _require_email(email),
        "is_active": is_active,
        "cost_rate_override_allowed": cost_rate_override_allowed,
    }
    await edit_row(unit, "person", row, given)


def _require_email(value: str) -> str:
    cleaned = value.strip().lower()
    local, at, host = cleaned.rpartition("@")
    if not (local and at and host) or len(cleaned) > _EMAIL_LENGTH_MAX or any(one.isspace() for one in cleaned):
        raise Invalid(f"{value!r} is not an e-mail address.", code="EMAIL_INVALID", field="email")
    return cleaned
