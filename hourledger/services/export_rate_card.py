"""A rate card as text, now or as it stood at an instant; and what differs between two instants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.core.pricing import Change, changes
from hourledger.core.pricing.card_line import CardLine
from hourledger.core.pricing.card_text import CardFormat, write_card
from hourledger.core.work import RateKind
from hourledger.services.card_names import CardNames, card_names
from hourledger.services.scope_attributes import read_attributes
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rate_cards import CardScope, card_lines_at
from models.selecting import find_all, select_one
from models.tables import RateCardAliasRow, RateCardRow

Whom = tuple[int, tuple[tuple[int, int], ...]]
"""A role and its attributes."""


async def export_rate_card(unit: UnitOfWork, card_id: int, form: CardFormat, *, at: datetime | None = None) -> str:
    """Its lines with their aliases; to import them again changes nothing. ``at``: as they stood then.

    Raises Missing RATE_CARD_UNKNOWN, Denied PERMISSION_DENIED.
    """
    await see_card(unit, card_id)
    names = await card_names(unit)
    aliases = {
        (row.role_id, tuple(sorted(read_attributes(row.attributes).items()))): row.alias
        for row in await find_all(unit.session, RateCardAliasRow, unit.organisation_id, rate_card_id=card_id)
    }
    return write_card(await card_lines(unit, card_id, names, aliases, at=at), form)


async def card_lines(
    unit: UnitOfWork,
    card_id: int,
    names: CardNames,
    aliases: Mapping[Whom, str] | None = None,
    *,
    at: datetime | None = None,
) -> list[CardLine]:
    """The lines of a card by names; ``aliases`` of those that are to be told with them."""
    return [
        CardLine(
            names.role_names[scope.role_id],
            names.named(dict(scope.attributes)),
            scope.kind,
            ranged,
            (aliases or {}).get((scope.role_id, scope.attributes)),
        )
        for scope, ranges in (await card_lines_at(unit.session, unit.organisation_id, card_id, at)).items()
        for ranged in ranges
    ]


async def card_difference(
    unit: UnitOfWork, card_id: int, since: datetime, until: datetime | None
) -> list[Change[CardScope]]:
    """What changed on a card between two instants (None: now); ``whose`` is a CardScope.

    Raises Missing RATE_CARD_UNKNOWN, Denied PERMISSION_DENIED.
    """
    await see_card(unit, card_id)
    before = await card_lines_at(unit.session, unit.organisation_id, card_id, since)
    after = await card_lines_at(unit.session, unit.organisation_id, card_id, until)
    return changes(before, after)


async def see_card(unit: UnitOfWork, card_id: int) -> RateCardRow:
    """A card that may be deleted already. Raises Missing RATE_CARD_UNKNOWN, Denied PERMISSION_DENIED."""
    card = await select_one(unit.session, RateCardRow, unit.organisation_id, card_id)
    if card is None:
        raise Missing(f"There is no rate card {card_id}.", code="RATE_CARD_UNKNOWN", field="rateCardId")
    unit.require(Permission.VIEW_COST_RATES if card.kind is RateKind.COST else Permission.VIEW_BILLING_RATES)
    return card
