"""One unit of work in the world of rates: roles, customers, cards and a clock that moves between changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from hourledger.core.access import Principal
from hourledger.core.periods import Period
from hourledger.core.pricing import Price, price_of
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.rate_cards import CardDraft, create_rate_card
from hourledger.services.rate_lines import lines_in_force, priced
from hourledger.services.rate_scopes import RateScope
from hourledger.services.set_rate import set_rate
from hourledger.services.set_up import create_role
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import RateScopeRow
from tests.support.world import World


@dataclass
class Rates:
    """``tick`` before each change, so that what was known before it can be told from what is known after."""

    unit: UnitOfWork
    world: World
    roles: dict[str, int] = field(default_factory=dict)

    def tick(self) -> None:
        self.unit.now += timedelta(minutes=1)

    async def role(self, name: str) -> int:
        if name not in self.roles:
            self.roles[name] = await create_role(self.unit, name)
        return self.roles[name]

    async def card(self, name: str = "Soda", *, kind: RateKind = RateKind.BILLING, days: str = "..") -> int:
        return await create_rate_card(self.unit, CardDraft(name, days=span(days)), kind)

    async def on_card(self, card: int, role: str, amount: str, days: str = "..", **more: object) -> int:
        """``amount``: 10 EUR, with L: locked."""
        attributes = more.get("attributes") or {}
        assert isinstance(attributes, dict)
        scope = RateScope(
            RateKind.BILLING,
            Level.RATE_CARD,
            rate_card_id=card,
            role_id=await self.role(role),
            attributes=attributes,
        )
        return await set_rate(self.unit, scope, price(amount), span(days), replace_overlapping=True)

    async def card_lines(self, card: int) -> list[str]:
        """Role, price and days of what is in force on a card, in order."""
        names = {number: name for name, number in self.roles.items()}
        found = []
        for scope in await find_all(self.unit.session, RateScopeRow, self.unit.organisation_id, rate_card_id=card):
            found += [f"{names[scope.role_id or 0]} {one}" for one in await self.in_force(scope.id)]
        return sorted(found)

    async def in_force(self, scope_id: int) -> list[str]:
        """Price and days, by their first day."""
        lines = sorted(map(priced, await lines_in_force(self.unit, scope_id)), key=lambda one: str(one.period))
        lines = sorted(lines, key=lambda one: one.period.valid_from or date.min)
        return [f"{one.price.amount.normalize():f}{'L' if one.price.is_locked else ''} {one.period}" for one in lines]


def price(text: str) -> Price:
    """``10`` or ``10 USD``; with L behind the number: locked."""
    amount, _, currency = text.partition(" ")
    return price_of(Decimal(amount.rstrip("L")), currency or "EUR", is_locked=amount.endswith("L"))


def span(text: str) -> Period:
    """``2026-06-01..2026-06-30``, both days included; an empty one is no bound."""
    first, last = (date.fromisoformat(one) if one else None for one in text.split(".."))
    return Period.inclusive(first, last)


def without(principal: Principal, *permissions: str) -> Principal:
    return Principal(
        principal.organisation_id,
        principal.subject,
        frozenset(one for one in principal.permissions if one not in permissions),
    )
