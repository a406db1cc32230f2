"""Bring a rate card to what a text says: only what differs is written, and errors are told line by line (§10 P11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hourledger.core.errors import HourledgerError, Invalid, NotAllowed
from hourledger.core.pricing import Change, PricedDays, changes, put, says_already
from hourledger.core.pricing.card_line import CardAlias, CardLine, by_line
from hourledger.core.pricing.card_text import CardFormat, read_card
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.card_names import CardNames, card_names
from hourledger.services.checks import require_name
from hourledger.services.rate_card_aliases import set_alias
from hourledger.services.rate_cards import lock_card
from hourledger.services.rate_lines import lines_in_force, priced, write_lines
from hourledger.services.rate_scopes import RateScope, open_scope
from hourledger.services.scope_attributes import check_attributes, read_attributes
from hourledger.services.set_rate import check_price
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rate_cards import CardScope, card_lines_at
from models.selecting import find_all, select_one
from models.tables import RateCardAliasRow, RateCardRow, RoleRow


@dataclass(frozen=True, slots=True)
class Imported:
    """What the import changed: ranges (``whose`` is a CardScope), and how many aliases."""

    changes: list[Change[CardScope]]
    aliases: int = 0


Whom = tuple[int, tuple[tuple[int, int], ...]]
"""A role and its attributes: it has one alias on a card, whatever the kind of its lines."""


@dataclass(slots=True)
class _Wanted:
    lines: dict[CardScope, list[CardLine]] = field(default_factory=lambda: defaultdict(list))
    aliases: dict[Whom, str] = field(default_factory=dict)


async def import_rate_card(
    unit: UnitOfWork, card_id: int, text: str, form: CardFormat, *, replace: bool = False
) -> Imported:
    """Every line sets its days; days, roles and aliases that the text does not name stay, unless ``replace``: then the
    card has what the text has and nothing else. Ranges that are right already keep their rows.

    Raises:
        Invalid CARD_INVALID: its ``causes`` say what is wrong with which line; nothing was changed. CARD_UNREADABLE.
        NotAllowed RATE_LOCKED: it would change a locked rate; unlocking one and changing it are two imports.
        Missing RATE_CARD_UNKNOWN, Denied PERMISSION_DENIED.
    """
    await lock_card(unit, card_id)  # whoever may not touch the card learns nothing about the text
    lines, errors = read_card(text, form)
    return await import_card_lines(unit, card_id, lines, errors=errors, replace=replace)


async def import_card_lines(
    unit: UnitOfWork,
    card_id: int,
    lines: Sequence[CardLine],
    aliases: Sequence[CardAlias] = (),
    *,
    errors: Sequence[Invalid] = (),
    replace: bool = False,
) -> Imported:
    """Likewise of lines, wherever they were read. ``errors``: what is wrong with others, told together with these.

    Raises as ``import_rate_card``.
    """
    card = await lock_card(unit, card_id)
    before = await card_lines_at(unit.session, unit.organisation_id, card_id, None)
    wanted = await _understood(unit, card, lines, aliases, errors, known=set(before))
    after: dict[CardScope, Sequence[PricedDays]] = {} if replace else dict(before)
    for whose, ranges in wanted.lines.items():
        after[whose] = _merged([] if replace else before.get(whose, []), ranges)
    different = changes(before, after)
    for whose in dict.fromkeys(one.whose for one in different):
        await _write(unit, card_id, whose, after.get(whose, ()))
    renamed = await _write_aliases(unit, card_id, wanted.aliases, replace=replace)
    if different or renamed:
        after_words = {"changes": len(different), "aliases": renamed, "replace": replace}
        unit.audit("import", "rate_card", card_id, after=after_words)
        unit.emit("RATE_CARD_CHANGED", entity_id=card_id, name=card.name)
    return Imported(different, renamed)


def _merged(ranges: Sequence[PricedDays], lines: Iterable[CardLine]) -> Sequence[PricedDays]:
    for line in lines:
        if not says_already(ranges, *line.ranged):
            ranges = put(ranges, *line.ranged)
    return ranges


async def _understood(
    unit: UnitOfWork,
    card: RateCardRow,
    lines: Iterable[CardLine],
    aliases: Iterable[CardAlias],
    errors: Iterable[Invalid],
    *,
    known: set[CardScope],
) -> _Wanted:
    """``known``: what has lines already, and may go on without an attribute that is required since.

    Raises Invalid CARD_INVALID with every line that is wrong.
    """
    found, names, wanted = list(errors), await card_names(unit), _Wanted()
    checked = known
    for line in lines:
        try:
            whose = await _whose(unit, card, line, names, checked)
            _refuse_twice(wanted.lines[whose], line)
            _note_alias(wanted.aliases, (whose.role_id, whose.attributes), line.role, line.alias)
            wanted.lines[whose].append(line)
        except HourledgerError as error:
            found.append(line.place.of(error))
    for one in aliases:
        try:
            attributes = names.ids(one.attributes)
            await check_attributes(unit, card.kind, attributes, needs_required=False)
            whom = names.role(one.role), tuple(sorted(attributes.items()))
            _note_alias(wanted.aliases, whom, one.role, require_name(one.alias, "alias"))
        except HourledgerError as error:
            found.append(one.place.of(error))
    if found:
        raise by_line(found)
    return wanted


async def _whose(
    unit: UnitOfWork, card: RateCardRow, line: CardLine, names: CardNames, checked: set[CardScope]
) -> CardScope:
    kind = line.kind or card.kind
    if (kind is RateKind.COST) != (card.kind is RateKind.COST):
        raise Invalid(f"This is a card of {card.kind.value} rates.", code="KIND_OF_CARD", field="kind")
    attributes = names.ids(line.attributes)
    whose = CardScope(kind, names.role(line.role), tuple(sorted(attributes.items())))
    check_price(_scope(card.id, whose), line.ranged.price)
    if whose not in checked:
        await check_attributes(unit, kind, attributes, needs_required=True)
        checked.add(whose)
    return whose


def _refuse_twice(others: Iterable[CardLine], line: CardLine) -> None:
    for other in others:
        if other.ranged.period.overlaps(line.ranged.period):
            raise Invalid(
                f"{other.place} has {other.ranged.price} on some of these days already.",
                code="RATE_OVERLAP",
                field="first_day",
            )


def _note_alias(aliases: dict[Whom, str], whose: Whom, role: str, alias: str | None) -> None:
    if alias is None:
        return
    if aliases.setdefault(whose, alias) != alias:
        raise Invalid(f"{role} is called {aliases[whose]!r} in an earlier line.", code="TWO_ALIASES", field="alias")


async def _write(unit: UnitOfWork, card_id: int, whose: CardScope, ranges: Sequence[PricedDays]) -> None:
    scope = await open_scope(unit, _scope(card_id, whose))
    lines = await lines_in_force(unit, scope.id)
    before = [f"{one.price} {one.period}" for one in map(priced, lines)]
    try:
        await write_lines(unit, scope.id, lines, ranges)
    except NotAllowed as locked:
        role = await select_one(unit.session, RoleRow, unit.organisation_id, whose.role_id)
        raise NotAllowed(f"{role.name if role else whose.role_id}: {locked.message}", code=locked.code) from None
    after = [f"{one.price} {one.period}" for one in ranges]
    unit.audit("import_rates", "rate_scope", scope.id, before={"ranges": before}, after={"ranges": after})


async def _write_aliases(unit: UnitOfWork, card_id: int, wanted: Mapping[Whom, str], *, replace: bool) -> int:
    """How many differ."""
    was: dict[Whom, str] = {
        (row.role_id, tuple(sorted(read_attributes(row.attributes).items()))): row.alias
        for row in await find_all(unit.session, RateCardAliasRow, unit.organisation_id, rate_card_id=card_id)
    }
    different: dict[Whom, str | None] = {whose: alias for whose, alias in wanted.items() if was.get(whose) != alias}
    if replace:
        different |= {whose: None for whose in was if whose not in wanted}
    for (role_id, attributes), alias in different.items():
        await set_alias(unit, card_id, role_id, alias, attributes=dict(attributes))
    return len(different)


def _scope(card_id: int, whose: CardScope) -> RateScope:
    return RateScope(
        whose.kind, Level.RATE_CARD, role_id=whose.role_id, rate_card_id=card_id, attributes=dict(whose.attributes)
    )
