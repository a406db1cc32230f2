"""Whatever is done to a rate, each day has what was said of it last, in the database (project-finances I7, storage)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import Invalid, NotAllowed
from hourledger.core.periods import Period
from hourledger.core.pricing import Price, PricedDays
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.adjust_rates import adjust_rates, lock_rates
from hourledger.services.rate_lines import lines_in_force, priced
from hourledger.services.rate_scopes import RateScope
from hourledger.services.remove_rate import remove_rate
from hourledger.services.set_rate import set_rate
from hourledger.transactions import Transactions
from models.queries.rate_cards import card_lines_at
from models.selecting import find_all
from models.tables import RateLineRow, RateScopeRow
from tests.services.rate_world import Rates, price
from tests.support.world import create_world

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(30)]
SEEN = [DAYS[0] - timedelta(days=1), *DAYS, DAYS[-1] + timedelta(days=1)]
"""With a day on either side, which all that has no bound there holds."""
Told = dict[date, Price]


@pytest.fixture
async def rates(transactions: Transactions, admin: Principal) -> AsyncIterator[Rates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Rates(unit, world, {"Developer": world.role})


def by_day(ranges: list[PricedDays]) -> Told:
    found: Told = {}
    for one in ranges:
        for day in SEEN:
            if day in one.period:
                assert day not in found, f"{day} has two rates"
                found[day] = one.price
    return found


class Walk:
    """Random changes of the rates of one role on a card, and what they should have come to, day by day."""

    def __init__(self, rates: Rates, card: int, chance: random.Random) -> None:
        self.rates, self.card, self.chance = rates, card, chance
        self.told: Told = {}
        self.history: list[tuple[datetime, Told]] = []

    def period(self) -> Period:
        first, last = sorted(self.chance.choices(DAYS, k=2))
        return Period.inclusive(
            first if self.chance.random() < 0.8 else None, last if self.chance.random() < 0.8 else None
        )

    async def lines(self) -> list[RateLineRow]:
        scopes = await find_all(
            self.rates.unit.session, RateScopeRow, self.rates.unit.organisation_id, rate_card_id=self.card
        )
        return await lines_in_force(self.rates.unit, [one.id for one in scopes])

    async def step(self) -> None:
        lines, period = await self.lines(), self.period()
        line = self.chance.choice(lines) if lines else None
        what = self.chance.choice(("set", "replace", "remove", "adjust", "lock"))
        named = Period() if line is None else Period(line.valid_from, line.valid_until)
        cut = [day for day in SEEN if day in period and day in named]
        doing: Awaitable[Any]
        if what in ("set", "replace") or line is None:
            said = price(f"{self.chance.randint(0, 300)}{self.chance.choice(['', 'L'])}")
            scope = RateScope(RateKind.BILLING, Level.RATE_CARD, role_id=self.rates.world.role, rate_card_id=self.card)
            doing = set_rate(self.rates.unit, scope, said, period, replace_overlapping=what == "replace")
            after = self.told | {day: said for day in SEEN if day in period}
        elif what == "remove":
            doing = remove_rate(self.rates.unit, line.id, period=period)
            after = {day: one for day, one in self.told.items() if day not in cut}
        elif what == "adjust":
            percent = Decimal(self.chance.randint(-30, 30))
            if not period.overlaps(named):
                return
            doing = adjust_rates(self.rates.unit, [line.id], percent, period=period)
            after = self.told | {day: self.told[day].adjusted(percent) for day in cut}
        else:
            is_locked = self.chance.random() < 0.5
            doing = lock_rates(self.rates.unit, [line.id], is_locked=is_locked)
            whole = [day for day in SEEN if day in named]
            after = self.told | {day: Price(self.told[day].rate, is_locked=is_locked) for day in whole}
        await self.does(doing, after, may_overlap=what == "set")

    async def does(self, doing: Awaitable[Any], after: Told, *, may_overlap: bool) -> None:
        """Refused exactly where a locked day would say something else."""
        breaks = [
            day for day, one in self.told.items() if one.is_locked and (day not in after or after[day].rate != one.rate)
        ]
        refused = ""
        try:
            await doing
        except (Invalid, NotAllowed) as error:
            refused = error.code
        if refused == "RATE_OVERLAP":
            assert may_overlap
            return
        assert refused == ("RATE_LOCKED" if breaks else "")
        if not refused:
            self.told = after

    async def check(self) -> None:
        assert by_day([priced(one) for one in await self.lines()]) == self.told
        self.history.append((self.rates.unit.now, dict(self.told)))


@pytest.mark.parametrize("seed", range(6))
async def test_i7_each_day_has_what_was_said_last_and_every_earlier_state_can_be_read(rates: Rates, seed: int) -> None:
    walk = Walk(rates, await rates.card(), random.Random(seed))
    for _ in range(25):
        rates.tick()
        await walk.step()
        await walk.check()
    for at, told in walk.history:
        stood = await card_lines_at(rates.unit.session, rates.unit.organisation_id, walk.card, at)
        assert by_day([one for ranges in stood.values() for one in ranges]) == told
