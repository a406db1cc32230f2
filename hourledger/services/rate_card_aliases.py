"""What a role is called on projects that use a card; shown in its place, and edited only on the card (§1.14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hourledger.core.errors import Missing
from hourledger.services.checks import require_name
from hourledger.services.rate_cards import lock_card
from hourledger.services.scope_attributes import check_attributes, stored_attributes
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_one, select_one
from models.tables import RateCardAliasRow, RoleRow


async def set_alias(
    unit: UnitOfWork, card_id: int, role_id: int, alias: str | None, *, attributes: Mapping[int, int]
) -> None:
    """The one alias of a role with these attributes on a card; None takes it away.

    Raises:
        Missing RATE_CARD_UNKNOWN, ROLE_UNKNOWN, ATTRIBUTE_UNKNOWN, ATTRIBUTE_VALUE_UNKNOWN. Denied.
        Invalid NAME_INVALID, ATTRIBUTE_OF_OTHER_SOURCE, ATTRIBUTE_NOT_FOR_KIND.
    """
    card = await lock_card(unit, card_id)
    if await select_one(unit.session, RoleRow, unit.organisation_id, role_id) is None:
        raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field="roleId")
    await check_attributes(unit, card.kind, attributes, needs_required=False)
    whose: dict[str, Any] = {"rate_card_id": card_id, "role_id": role_id, "attributes": stored_attributes(attributes)}
    row = await find_one(unit.session, RateCardAliasRow, unit.organisation_id, lock=True, **whose)
    before = {"alias": row.alias if row else None}
    if alias is None:
        if row is not None:
            await unit.session.delete(row)
    else:
        row = row or RateCardAliasRow(organisation_id=unit.organisation_id, alias="", **whose)
        row.alias = require_name(alias, "alias")
        unit.session.add(row)
    await unit.session.flush()
    unit.audit("set_alias", "rate_card", card_id, before=before, after={**whose, "alias": alias})
    unit.emit("RATE_CARD_CHANGED", entity_id=card_id, name=card.name)
