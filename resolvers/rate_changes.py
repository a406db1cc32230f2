"""What changed on a rate card, as it is shown, and as it is kept in the answer to a mutation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hourledger.core.pricing import Change, PricedDays
from hourledger.core.work import RateKind
from models.queries.rate_cards import CardScope


@dataclass(frozen=True, slots=True)
class RangeView:
    """A range in words; ``last_day`` belongs to it."""

    price: str
    is_locked: bool
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A range that is new (nothing before), gone (nothing after), or different. ``attributes``: as of a rate line."""

    kind: RateKind
    role_id: int
    attributes: dict[str, int]
    before: RangeView | None
    after: RangeView | None


def change_view(change: Change[CardScope]) -> ChangeView:
    whose = change.whose
    attributes = {str(key): value for key, value in whose.attributes}
    return ChangeView(whose.kind, whose.role_id, attributes, _range(change.before), _range(change.after))


def change_as_json(change: ChangeView) -> dict[str, Any]:
    """What ``change_from_json`` reads."""
    ranges = {"before": _range_as_json(change.before), "after": _range_as_json(change.after)}
    return {"kind": change.kind.value, "role_id": change.role_id, "attributes": change.attributes, **ranges}


def change_from_json(stored: dict[str, Any]) -> ChangeView:
    ranges = [_range_from_json(stored[name]) for name in ("before", "after")]
    return ChangeView(RateKind(stored["kind"]), stored["role_id"], stored["attributes"], *ranges)


def _range(one: PricedDays | None) -> RangeView | None:
    if one is None:
        return None
    return RangeView(str(one.price), one.price.is_locked, one.period.valid_from, one.period.last_day)


def _range_as_json(one: RangeView | None) -> list[Any] | None:
    if one is None:
        return None
    days = [day.isoformat() if day else None for day in (one.first_day, one.last_day)]
    return [one.price, one.is_locked, *days]


def _range_from_json(stored: list[Any] | None) -> RangeView | None:
    if stored is None:
        return None
    price, is_locked, *days = stored
    first_day, last_day = (date.fromisoformat(day) if day else None for day in days)
    return RangeView(price, is_locked, first_day, last_day)
