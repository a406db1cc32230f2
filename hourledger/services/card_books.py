"""Workbooks of rate cards: make and update cards by what one says, all or nothing; write cards as one (§1.14, P11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hourledger.core.errors import Invalid, Missing
from hourledger.core.periods import Period
from hourledger.core.pricing.card_book import BookCard, CardBook
from hourledger.core.pricing.card_line import CardAlias, by_line
from hourledger.core.work import RateKind
from hourledger.services.card_names import CardNames, card_names
from hourledger.services.export_rate_card import card_lines, see_card
from hourledger.services.import_rate_card import Imported, import_card_lines
from hourledger.services.rate_cards import CardDraft, create_rate_card, edit_rate_card, lock_card
from hourledger.services.scope_attributes import read_attributes
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, find_one, select_one
from models.tables import AttributeSource, CompanyRow, RateCardAliasRow, RateCardRow


@dataclass(frozen=True, slots=True)
class BookImported:
    """What became of one card: new, described otherwise, and what changed on it."""

    card_id: int
    is_new: bool
    is_described_anew: bool
    imported: Imported


async def import_card_book(unit: UnitOfWork, book: CardBook, *, replace: bool = False) -> list[BookImported]:
    """Cards that are not there yet are made, the others updated; only what differs is written. A card is known by its
    name. ``replace``: cards of the book keep no rates and aliases that it does not name.

    Raises:
        Invalid CARD_INVALID: its ``causes`` name sheet, row and column of all that is wrong; nothing was changed.
        Denied PERMISSION_DENIED.
    """
    errors, done = list(book.errors), []
    names = await card_names(unit)
    for card in book.cards.values():
        try:
            card_id, is_new, is_described_anew = await _described(unit, card, names)
        except (Invalid, Missing) as error:
            errors.append(_at_card(card, error))
            continue
        try:
            imported = await import_card_lines(unit, card_id, card.lines, card.aliases, replace=replace)
            done.append(BookImported(card_id, is_new, is_described_anew, imported))
        except Invalid as error:
            errors += error.facts.get("causes") or [_at_card(card, error)]
    if errors:
        raise by_line(errors)
    return done


async def export_card_book(unit: UnitOfWork, card_ids: Sequence[int]) -> list[BookCard]:
    """The cards as they are now; to import the workbook again changes nothing.

    Raises Missing RATE_CARD_UNKNOWN, Denied PERMISSION_DENIED.
    """
    names = await card_names(unit)
    found = []
    for card_id in card_ids:
        row = await see_card(unit, card_id)
        aliases = await find_all(unit.session, RateCardAliasRow, unit.organisation_id, rate_card_id=card_id)
        found.append(
            BookCard(
                row.name,
                said=await _said(unit, row, names),
                lines=await card_lines(unit, card_id, names),
                aliases=[
                    CardAlias(names.role_names[one.role_id], names.named(read_attributes(one.attributes)), one.alias)
                    for one in aliases
                ],
            )
        )
    return found


async def _described(unit: UnitOfWork, card: BookCard, names: CardNames) -> tuple[int, bool, bool]:
    """The card's id, whether it was made just now, and whether an old one was described otherwise."""
    row = await find_one(unit.session, RateCardRow, unit.organisation_id, name=card.name, deleted_at=None)
    if row is None:
        if card.place.sheet is None:
            raise Missing(
                f"There is no rate card {card.name!r}. Add it to the sheet Cards.",
                code="RATE_CARD_UNKNOWN",
                field="card",
            )
        kind = card.said.get("kind", RateKind.BILLING)
        return await create_rate_card(unit, await _draft(unit, card.name, card.said, names), kind), True, False
    await lock_card(unit, row.id)
    if (kind := card.said.get("kind", row.kind)) is not row.kind:
        raise Invalid(
            f"{card.name} is a card of {row.kind.value} rates, not {kind.value}.", code="KIND_OF_CARD", field="kind"
        )
    before = await _said(unit, row, names)
    if all(before[name] == value for name, value in card.said.items()):
        return row.id, False, False
    await edit_rate_card(unit, row.id, await _draft(unit, card.name, {**before, **card.said}, names))
    return row.id, False, True


async def _draft(unit: UnitOfWork, name: str, said: Mapping[str, Any], names: CardNames) -> CardDraft:
    customer, group = said.get("customer") or "", said.get("group") or ""
    company = await find_one(unit.session, CompanyRow, unit.organisation_id, name=customer) if customer else None
    if customer and company is None:
        raise Missing(f"There is no customer {customer!r}.", code="COMPANY_UNKNOWN", field="customer")
    group_id = names.values.get((AttributeSource.GROUP, group))
    if group and group_id is None:
        raise Missing(f"There is no group {group!r}.", code="GROUP_UNKNOWN", field="group")
    days = Period.inclusive(said.get("first_day"), said.get("last_day"))
    return CardDraft(name, said.get("description") or "", company.id if company else None, group_id, days)


async def _said(unit: UnitOfWork, row: RateCardRow, names: CardNames) -> dict[str, Any]:
    """What a card says of itself, as a workbook does."""
    company = None
    if row.company_id is not None:
        company = await select_one(unit.session, CompanyRow, unit.organisation_id, row.company_id)
    return {
        "description": row.description,
        "kind": row.kind,
        "customer": company.name if company else "",
        "group": names.value_names[row.group_value_id] if row.group_value_id is not None else "",
        "first_day": row.valid_from,
        "last_day": Period(row.valid_from, row.valid_until).last_day,
    }


def _at_card(card: BookCard, error: Invalid | Missing) -> Invalid:
    """At the row of the card, or of the first row that names it."""
    named = [card.place, *(one.place for one in card.lines), *(one.place for one in card.aliases)]
    return next((place for place in named if place.sheet), card.place).of(error)
