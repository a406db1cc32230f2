"""Amounts told in another currency than the one they are kept in (project-finances §7.7, docs/decisions/0014)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.money import Money, require_currency
from resolvers.context import RequestContext
from resolvers.visibility import may_see, note_unknown

FIELD = "Money.in"


@dataclass(frozen=True, slots=True)
class MoneyView:
    """An amount as it is kept, and whose exchange rates tell it in another currency.

    ``project_id`` None: the organisation's. ``told``: the amount in the currency it was asked in; None: as it is kept.
    ``is_converted``: it was converted before it was summed, and is not converted again.
    """

    kept: Money
    project_id: int | None
    told: Money | None = None
    is_converted: bool = False

    @property
    def amount(self) -> Decimal:
        return (self.kept if self.told is None else self.told).amount

    @property
    def currency(self) -> str:
        return (self.kept if self.told is None else self.told).currency


class OfProject:
    """A value that knows no project, as one of a project's: ``project_id`` beside the names of its own."""

    __slots__ = ("_value", "project_id")

    def __init__(self, value: object, project_id: int | None) -> None:
        self._value = value
        self.project_id = project_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._value, name)


class Summed:
    """A value whose amounts are sums, rounded project by project: they are not converted by themselves."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._value, name)


def of_project(value: object, project_id: int | None) -> OfProject | None:
    """None of None."""
    return None if value is None else OfProject(value, project_id)


def money_of(root: Any, value: Any) -> Any:
    """``value`` as ``root`` shows it: money with the project of ``root``, anything else as it is."""
    if type(value) is not Money:
        return value
    return in_one_currency(value) if isinstance(root, Summed) else MoneyView(value, root.project_id)


def in_one_currency(amount: Money) -> MoneyView:
    """An amount that was converted, where needed, before it was summed."""
    return MoneyView(amount, None, is_converted=True)


async def in_currency(context: RequestContext, view: MoneyView, currency: str, on: date | None) -> MoneyView | None:
    """The amount in ``currency`` by the exchange rates of ``on`` (None: today); rounded once, half away from zero.

    What was told in another currency before is converted from the amount that is kept. None, with the reason in the
    answer's extensions: there is no rate on that day, it was converted already, or the caller may not see rates.

    Raises:
        Invalid UNKNOWN_CURRENCY, AMOUNT_TOO_LARGE.
    """
    if require_currency(currency) == view.kept.currency:
        return replace(view, told=None)
    if not may_see(context, FIELD, (Permission.VIEW_PROJECTS,)):
        return None
    if view.is_converted:
        note_unknown(context, FIELD, _converted_already(view.kept.currency))
        return None
    day, exchange = await context.loaders.exchange(view.project_id, on)
    try:
        factor = exchange.factor(view.kept.currency, currency, day)
    except Missing as problem:
        note_unknown(context, FIELD, problem)
        return None
    return replace(view, told=view.kept.converted(factor, currency))


def _converted_already(currency: str) -> NotAllowed:
    return NotAllowed(
        f"These figures are told in {currency} only: they are sums, rounded project by project, or frozen in a "
        "snapshot. Ask portfolioFinances or groupedFinances for sums in the currency that you want.",
        code="CONVERTED_ALREADY",
    )
