"""One line of a rate card by names: a role's price on some days; from named texts and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.money import decimal_hours, parse_hours
from hourledger.core.money.hourly import SECONDS_PER_HOUR
from hourledger.core.periods import Period
from hourledger.core.pricing.dated import PricedDays
from hourledger.core.pricing.price import price_of
from hourledger.core.rates import RateBasis
from hourledger.core.sheets import Place
from hourledger.core.work import RateKind

PATH_SEPARATOR = " > "
"""Between a place and those within it."""

ATTRIBUTE = "attribute:"
NAMES = ("role", "kind", "first_day", "last_day", "rate", "currency", "basis", "unit_hours", "locked", "alias")
LINES_MAX = 50_000

_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CardLine:
    """One range of a role's rates, by names. ``alias``: None where the line says nothing of it."""

    role: str
    attributes: Mapping[str, str]
    kind: RateKind | None
    ranged: PricedDays
    alias: str | None = None
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class CardAlias:
    """What a role with these attributes is called."""

    role: str
    attributes: Mapping[str, str]
    alias: str
    place: Place = field(default=Place(), compare=False)


def line_of(place: Place, cells: Mapping[str, Any]) -> CardLine:
    """What named texts say; ``attributes`` among them is a mapping. Raises Invalid, with the field it is about."""
    attributes = cells.get("attributes") or {}
    if not isinstance(attributes, dict) or not all(isinstance(one, str) for one in attributes.values()):
        raise wrong("The attributes are an object of names and values.", "attributes")
    role = text_in(cells, "role")
    if not role:
        raise wrong("It names no role.", "role")
    basis = parsed(cells, "basis", RateBasis, "TIME, ENTRY, COST_PLUS or PERCENT") or RateBasis.TIME
    kind = parsed(cells, "kind", RateKind, "COST, BILLING or MARKUP")
    if kind is None and basis is RateBasis.PERCENT:
        kind = RateKind.MARKUP
    amount = parsed(cells, "rate", Decimal, "a number")
    if amount is None or not amount.is_finite():
        raise wrong("It has no rate.", "rate")
    days = Period.inclusive(
        parsed(cells, "first_day", date.fromisoformat, "a day such as 2026-12-31"),
        parsed(cells, "last_day", date.fromisoformat, "a day such as 2026-12-31"),
    )
    price = price_of(
        amount,
        text_in(cells, "currency") or None,
        basis,
        unit_seconds=parsed(cells, "unit_hours", parse_hours, "a number of hours") or SECONDS_PER_HOUR,
        is_locked=_flag(cells, "locked"),
    )
    return CardLine(role, attributes, kind, PricedDays(days, price), text_in(cells, "alias") or None, place)


def cells_of(line: CardLine) -> dict[str, str]:
    """What ``line_of`` reads, but for the attributes."""
    period, price = line.ranged
    return {
        "role": line.role,
        "kind": line.kind.value if line.kind else "",
        "first_day": str(period.valid_from or ""),
        "last_day": str(period.last_day or ""),
        "rate": str(price.amount),
        "currency": "" if price.is_percentage else price.rate.currency,
        "basis": price.basis.value,
        "unit_hours": str(decimal_hours(price.rate.unit_seconds)),
        "locked": "yes" if price.is_locked else "no",
        "alias": line.alias or "",
    }


def text_in(cells: Mapping[str, Any], name: str) -> str:
    """The text in a cell; empty where there is none."""
    value = cells.get(name)
    if value is None or isinstance(value, str | Decimal | bool):
        return "" if value is None else str(value).strip()
    raise wrong(f"{name} is a text.", name)


def parsed(cells: Mapping[str, Any], name: str, parse: Callable[[str], T], wanted: str) -> T | None:
    """What ``parse`` makes of the text in a cell; None: it is empty. ``wanted`` says what it ought to be."""
    word = text_in(cells, name)
    if not word:
        return None
    try:
        return parse(word)
    except HourledgerError:
        raise
    except (ValueError, ArithmeticError):
        raise wrong(f"{name} {word!r} is not {wanted}.", name) from None


def _flag(cells: Mapping[str, Any], name: str) -> bool:
    word = text_in(cells, name).lower()
    if word not in _YES | _NO:
        raise wrong(f"{name} is yes or no.", name)
    return word in _YES


def wrong(message: str, field_name: str | None = None) -> Invalid:
    """Something about one line."""
    return Invalid(message, code="CARD_LINE_INVALID", field=field_name)


def by_line(errors: Iterable[Invalid]) -> Invalid:
    """All of them as one error, whose ``causes`` a client is shown one by one, in the order of their lines."""
    causes = sorted(errors, key=lambda one: (one.facts.get("sheet", ""), one.facts.get("row", 0)))
    return Invalid(
        f"{len(causes)} {'line' if len(causes) == 1 else 'lines'} cannot be imported; nothing was changed.",
        code="CARD_INVALID",
        field="text",
        causes=causes,
    )
