"""What a bank publishes: one rate per currency and working day, with holes, from which periods in force are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hourledger.core.errors import Invalid
from hourledger.core.money.exchange import ExchangeRate, require_exchange_rate
from hourledger.core.money.exchange_history import joined
from hourledger.core.periods import Period

SILENT_DAYS_MAX = 31
"""A currency that is not published for longer has ended, or is suspended: its last rate says nothing any more."""


@dataclass(frozen=True, slots=True)
class ReferenceRates:
    """``quotes``: units of each currency per unit of ``base`` on the days on which it was published.

    ``days`` are all days of the publication in order; a currency may be absent on some of them.

    Raises:
        Invalid EXCHANGE_RATE_INVALID: no day at all, or a rate that is none.
    """

    base: str
    days: tuple[date, ...]
    quotes: Mapping[str, Mapping[date, Decimal]]

    def __post_init__(self) -> None:
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise Invalid(
                "Reference rates need at least one day, and each day once.", code="EXCHANGE_RATE_INVALID", field="file"
            )
        for dated in self.quotes.values():
            for rate in dated.values():
                require_exchange_rate(rate, "file")

    @property
    def last_day(self) -> date:
        """The last day of the publication, whichever currencies are in it."""
        return self.days[-1]

    def in_force(self, currency: str, *, since: date | None, source: str) -> list[ExchangeRate]:
        """The rates of one currency as periods, each until the next one: weekends and holidays have the day's before.

        ::

            published   Mon  Tue  Wed   -    -   Mon   N/A   N/A ...
            in force    [Mon)[Tue)[Wed==========)[Mon==)            ended: until the next day of the publication

        A currency that the last day does not have has ended, on the day before the first publication without it. One
        that is silent for more than 31 days has a hole there, while shorter ones are bridged. ``since``: no day before
        it; what was in force on that day begins on it. Neighbours with the same rate are one.
        """
        quoted = sorted(self.quotes.get(currency, {}).items())
        found: list[ExchangeRate] = []
        followings: list[date | None] = [*(day for day, _ in quoted[1:]), None]
        for (day, rate), following in zip(quoted, followings[: len(quoted)], strict=True):
            until = following
            if following is None or following - day > timedelta(days=SILENT_DAYS_MAX):
                until = self._first_day_after(day)
            if since is not None and until is not None and until <= since:
                continue
            first = day if since is None else max(day, since)
            found.append(ExchangeRate(currency, rate, Period(first, until), source=source))
        return joined(found)

    def _first_day_after(self, day: date) -> date | None:
        return next((one for one in self.days if one > day), None)
