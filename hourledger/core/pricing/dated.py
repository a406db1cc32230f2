"""Ranges of days with a price: set, cut, adjust, lock. Every function gives the ranges as they are to be.

Days that an operation does not name keep their price (I7), and ranges never overlap.

::

    was           [ 100 ==========================)
    put 120            [=====)
    is            [100=)[120=)[ 100 ==============)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from hourledger.core.periods import Period
from hourledger.core.pricing.price import Price
from hourledger.core.rates.timeline import day_in, stretches


class PricedDays(NamedTuple):
    """A price and the days on which it is in force."""

    period: Period
    price: Price


Ranges = list[PricedDays]
K = TypeVar("K", bound=Hashable)


def _first_day(period: Period) -> date:
    return period.valid_from or date.min


def _in_order(ranges: Iterable[PricedDays]) -> Ranges:
    return sorted(ranges, key=lambda one: _first_day(one.period))


def put(ranges: Sequence[PricedDays], period: Period, price: Price) -> Ranges:
    """``price`` on all days of ``period``, whatever was there."""
    return _in_order([*remove(ranges, period), PricedDays(period, price)])


def remove(ranges: Sequence[PricedDays], period: Period) -> Ranges:
    """No price on the days of ``period``."""
    return _in_order(PricedDays(left, one.price) for one in ranges for left in one.period.without(period))


def adjust(ranges: Sequence[PricedDays], period: Period, percent: Decimal) -> Ranges:
    """Prices on the days of ``period`` are ``percent`` more; other days keep theirs, so ranges are split there.

    Raises Invalid RATE_INVALID: a result below zero.
    """
    return _changed(ranges, period, lambda price: price.adjusted(percent))


def lock(ranges: Sequence[PricedDays], period: Period, *, is_locked: bool) -> Ranges:
    """Prices on the days of ``period`` are locked, or no longer."""
    return _changed(ranges, period, lambda price: replace(price, is_locked=is_locked))


def broken_lock(before: Sequence[PricedDays], after: Sequence[PricedDays]) -> PricedDays | None:
    """The first locked range that says something else on some of its days afterwards; None: all locks are kept.

    Unlocking it, or cutting it in two of the same price, says the same.
    """
    for one in before:
        left = [one.period] if one.price.is_locked else []
        for other in after:
            if replace(other.price, is_locked=True) == one.price:
                left = [piece for period in left for piece in period.without(other.period)]
        if left:
            return one
    return None


def _changed(ranges: Sequence[PricedDays], period: Period, change: Callable[[Price], Price]) -> Ranges:
    result: Ranges = []
    for one in ranges:
        left = one.period.without(period)
        if left == [one.period]:
            result.append(one)
            continue
        result += [PricedDays(piece, one.price) for piece in left]
        result += [PricedDays(common, change(one.price)) for common in _common(one.period, left)]
    return _in_order(result)


def _common(whole: Period, left: Sequence[Period]) -> list[Period]:
    """What was cut out of ``whole`` when ``left`` remained."""
    pieces = [whole]
    for piece in left:
        pieces = [rest for one in pieces for rest in one.without(piece)]
    return pieces


def says_already(ranges: Sequence[PricedDays], period: Period, price: Price) -> bool:
    """Whether every day of ``period`` has this price."""
    missing = [period]
    for one in ranges:
        if one.price == price:
            missing = [rest for piece in missing for rest in piece.without(one.period)]
    return not missing


def changed_days(
    before: Sequence[PricedDays], after: Sequence[PricedDays], *, reach_outward: bool = False
) -> list[Period]:
    """The days with another price than before, with a new one or with none any more; neighbouring days joined.

    ``reach_outward``: the first range counts before its first day, too, and the last one after its last (§3.1)::

        before    <== 100 ==[----------)==>              one range: all days
        after     <== 100 ==[----------)    [-- 120 --)==>
        changed                        [====================>
    """
    was, now = (_reaching(one) if reach_outward else [*one] for one in (before, after))
    bounds = {day for one in (*was, *now) for day in (one.period.valid_from, one.period.valid_until) if day}
    found: list[Period] = []
    for stretch in stretches(bounds):
        day = day_in(stretch)
        if _price_on(was, day) == _price_on(now, day):
            continue
        if found and found[-1].valid_until == stretch.valid_from:
            found[-1] = Period(found[-1].valid_from, stretch.valid_until)
        else:
            found.append(stretch)
    return found


def _reaching(ranges: Sequence[PricedDays]) -> Ranges:
    reaching = _in_order(ranges)
    if reaching:
        reaching[0] = PricedDays(Period(None, reaching[0].period.valid_until), reaching[0].price)
        reaching[-1] = PricedDays(Period(reaching[-1].period.valid_from, None), reaching[-1].price)
    return reaching


def _price_on(ranges: Sequence[PricedDays], day: date) -> Price | None:
    return next((one.price for one in ranges if day in one.period), None)


def gaps(periods: Iterable[Period]) -> list[Period]:
    """Days between the first and the last period that none covers; legal, but worth telling (§3.1).

    ``periods`` do not overlap.
    """
    found = []
    for before, after in pairwise(sorted(periods, key=_first_day)):
        if before.valid_until is not None and after.valid_from is not None and before.valid_until < after.valid_from:
            found.append(Period(before.valid_until, after.valid_from))
    return found


class Change(NamedTuple, Generic[K]):
    """One range of a price list that is new (no ``before``), gone (no ``after``) or different from its first day on."""

    whose: K
    before: PricedDays | None
    after: PricedDays | None


def changes(before: Mapping[K, Sequence[PricedDays]], after: Mapping[K, Sequence[PricedDays]]) -> list[Change[K]]:
    """What differs between two states of the same price list, in the order of ``before``, then of ``after``."""
    found = []
    for whose in dict.fromkeys([*before, *after]):
        was = {_first_day(one.period): one for one in before.get(whose, ())}
        now = {_first_day(one.period): one for one in after.get(whose, ())}
        pairs = [(was.get(day), now.get(day)) for day in sorted({*was, *now})]
        found += [Change(whose, old, new) for old, new in pairs if old != new]
    return found
