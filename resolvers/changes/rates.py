"""Setting, removing, adjusting and locking rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from hourledger.core.errors import Invalid
from hourledger.core.money import parse_hours
from hourledger.core.periods import Period
from hourledger.core.pricing import price_of
from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from hourledger.services import adjust_rates as adjusting
from hourledger.services import remove_rate as removing
from hourledger.services import set_rate as setting
from hourledger.services.rate_scopes import RateScope
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.rates import RATES_EVER
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, mutation, mutation_of_rows

_AT_ONCE_MAX = 500


class AttributeGiven(Protocol):
    """A rate attribute and its value, by their ids in the API."""

    @property
    def attribute_id(self) -> str: ...

    @property
    def value_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RateGiven:
    """One rate to set, in the API's terms."""

    kind: RateKind
    level: Level
    rate: Decimal
    currency: str | None
    basis: RateBasis
    unit_hours: Decimal
    is_locked: bool
    valid_from: date | None
    last_day: date | None
    replace_overlapping: bool
    person_id: str | None
    role_id: str | None
    company_id: str | None
    project_id: str | None
    assignment_id: str | None
    task_id: str | None
    rate_card_id: str | None
    attributes: Sequence[AttributeGiven]


@mutation("setRate", RATES_EVER)
async def set_rate(_context: RequestContext, unit: UnitOfWork, **given: Any) -> Answer:
    change = _change(RateGiven(**given))
    line = await setting.set_rate(
        unit, change.scope, change.price, change.period, replace_overlapping=change.replace_overlapping
    )
    return {"id": line}


@mutation_of_rows("setRates", RATES_EVER)
async def set_rates(_context: RequestContext, unit: UnitOfWork, *, rates: Sequence[RateGiven]) -> Answer:
    if not 1 <= len(rates) <= _AT_ONCE_MAX:
        raise Invalid(f"Set 1 to {_AT_ONCE_MAX} rates at once.", code="RATE_COUNT", field="rates")
    return {"ids": await setting.set_rates(unit, [_change(one, f"rates.{at}.") for at, one in enumerate(rates)])}


@mutation("removeRate", RATES_EVER)
async def remove_rate(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    rate_line_id: str,
    valid_from: date | None,
    last_day: date | None,
) -> Answer:
    period = Period.inclusive(valid_from, last_day)
    return {"id": await removing.remove_rate(unit, row_id(rate_line_id, "RateLine", "rateLineId"), period=period)}


@mutation_of_rows("adjustRates", RATES_EVER)
async def adjust_rates(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    rate_line_ids: Sequence[str],
    percent: Decimal,
    valid_from: date | None,
    last_day: date | None,
) -> Answer:
    period = Period.inclusive(valid_from, last_day)
    return {"ids": await adjusting.adjust_rates(unit, _lines(rate_line_ids), percent, period=period)}


@mutation_of_rows("lockRates", RATES_EVER)
async def lock_rates(
    _context: RequestContext, unit: UnitOfWork, *, rate_line_ids: Sequence[str], is_locked: bool
) -> Answer:
    return {"ids": await adjusting.lock_rates(unit, _lines(rate_line_ids), is_locked=is_locked)}


def attribute_ids(given: Sequence[AttributeGiven], field: str = "attributes") -> dict[int, int]:
    """Attribute to value. Raises Invalid ID_INVALID, ATTRIBUTE_TWICE."""
    found: dict[int, int] = {}
    for one in given:
        attribute_id = row_id(one.attribute_id, "RateAttribute", field)
        if attribute_id in found:
            raise Invalid("Give each attribute once.", code="ATTRIBUTE_TWICE", field=field)
        found[attribute_id] = row_id(one.value_id, "AttributeValue", field)
    return found


def _change(given: RateGiven, at: str = "") -> setting.RateChange:
    def number(name: str, type_name: str) -> int | None:
        return optional_row_id(getattr(given, name), type_name, at + name)

    scope = RateScope(
        given.kind,
        given.level,
        person_id=number("person_id", "Person"),
        role_id=number("role_id", "Role"),
        company_id=number("company_id", "Company"),
        project_id=number("project_id", "Project"),
        assignment_id=number("assignment_id", "Assignment"),
        task_id=number("task_id", "Task"),
        rate_card_id=number("rate_card_id", "RateCard"),
        attributes=attribute_ids(given.attributes, at + "attributes"),
    )
    try:
        period = Period.inclusive(given.valid_from, given.last_day)
        price = price_of(
            given.rate,
            given.currency,
            given.basis,
            unit_seconds=parse_hours(given.unit_hours),
            is_locked=given.is_locked,
        )
    except Invalid as error:
        error.field = f"{at}{error.field}" if error.field else None
        raise
    return setting.RateChange(scope, price, period, given.replace_overlapping)


def _lines(ids: Sequence[str]) -> list[int]:
    return [row_id(one, "RateLine", "rateLineIds") for one in ids]
