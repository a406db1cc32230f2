"""How the dated exchange rates of one currency follow each other. Pure: a history in, the next one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hourledger.core.errors import Invalid, Missing
from hourledger.core.money.exchange import BASE_RATE, EXCHANGE_DIGITS, ExchangeRate, require_exchange_rate
from hourledger.core.money.rounding import round_half_up
from hourledger.core.periods import Period

History = list[ExchangeRate]
"""The rates of one currency by their first day, none overlapping another."""


def insert_rate(
    history: Sequence[ExchangeRate], added: ExchangeRate, last_day: date | None, *, replace_overlapping: bool = False
) -> History:
    """The history with one more rate from ``added``'s first day on, to ``last_day`` or until the next one begins.

    ::

        before       [A==================)[B==========
        from here          |
        after        [A====)[new=========)[B==========     A ends the day before (CT-36)

        before       [A==============================
        these days         |------|
        after        [A====)[new==)[A================      A goes on afterwards

    The same rate for the same days again changes nothing.

    Raises:
        Invalid EXCHANGE_RATE_OVERLAP: another rate begins on one of the new one's days; ``replace_overlapping`` cuts
            those days out of it. PERIOD_REVERSED: the last day comes before the first.
    Source: project-finances §1.15.
    """
    first = added.period.valid_from
    later = sorted(start for one in history if (start := one.period.valid_from) and (first is None or start > first))
    period = Period.inclusive(first, last_day) if last_day else Period(first, later[0] if later else None)
    if any((one.rate, one.period) == (added.rate, period) for one in history):
        return list(history)
    in_the_way = [one for one in history if one.period.overlaps(period) and _begins_on_or_after(one.period, first)]
    if in_the_way and not replace_overlapping:
        other = in_the_way[0]
        raise Invalid(
            f"{other.rate} {other.currency} is in force {other.period}, which overlaps {period}. "
            "Choose other days, or say that it is to be replaced.",
            code="EXCHANGE_RATE_OVERLAP",
            field="validFrom",
        )
    return _sorted([*cut(history, period), replace(added, period=period)])


def cut(history: Sequence[ExchangeRate], period: Period) -> History:
    """What is left of a history outside ``period``; rates that it does not touch stay the rows that they are."""
    left: History = []
    for one in history:
        if one.period.overlaps(period):
            left += [replace(one, period=piece, row_id=None) for piece in one.period.without(period)]
        else:
            left.append(one)
    return left


def splice_rates(history: Sequence[ExchangeRate], published: Sequence[ExchangeRate], last_published: date) -> History:
    """A history with what somebody publishes instead, from the first of it to ``last_published``.

    What was known before stays, and so do rates that begin after ``last_published``: an old file takes nothing away
    from what a newer one brought. The last published rate, unless it has ended, holds until those begin. Rates that are
    equal and touch become one row, so that the same file read again gives the same history.
    """
    if not published:
        return list(history)
    first = published[0].period.valid_from
    before = [] if first is None else cut(history, Period(first, None))
    behind = max(last_published, first or date.min)
    after = [one for one in history if (start := one.period.valid_from) and start > behind]
    *told, last = published
    if last.period.valid_until is None and after:
        last = replace(last, period=Period(last.period.valid_from, _sorted(after)[0].period.valid_from))
    return joined([*before, *told, last, *after])


def joined(history: Sequence[ExchangeRate]) -> History:
    """Neighbours with the same rate as one row."""
    found: History = []
    for one in _sorted(history):
        last = found[-1] if found else None
        touches = last is not None and last.period.valid_until == one.period.valid_from is not None
        if last is not None and touches and last.rate == one.rate:
            found[-1] = replace(last, period=Period(last.period.valid_from, one.period.valid_until), row_id=None)
        else:
            found.append(one)
    return found


def rebase(rates: Mapping[str, Sequence[ExchangeRate]], base: str, new_base: str) -> dict[str, History]:
    """The same worth of things, told in units per ``new_base``: x / b on every day, exact, then rounded to ten digits.

    Rounded once, half away from zero. The old base becomes one of the currencies. Days on which the new base has no
    rate have none.

    Raises:
        Missing EXCHANGE_RATE_MISSING: no rate of the new base at all.
        Invalid EXCHANGE_RATE_INVALID: a quotient has no ten digits that say anything.
    """
    if base == new_base:
        return {currency: _sorted(dated) for currency, dated in rates.items()}
    divisors = _sorted(rates.get(new_base, ()))
    if not divisors:
        raise Missing(
            f"There is no exchange rate of {new_base} to {base}, so nothing can be told in {new_base}. Add one first.",
            code="EXCHANGE_RATE_MISSING",
            field="currency",
            currency=new_base,
        )
    source = divisors[0].source
    everything = {**rates, base: [ExchangeRate(base, BASE_RATE, Period(), source=source)]}
    return {
        currency: joined(_quotients(_sorted(dated), divisors))
        for currency, dated in everything.items()
        if currency != new_base
    }


def _quotients(dividends: History, divisors: History) -> History:
    """Both are walked once, side by side; whichever ends first makes way for its next one."""
    found: History = []
    at, by = 0, 0
    while at < len(dividends) and by < len(divisors):
        one, other = dividends[at], divisors[by]
        if one.period.overlaps(other.period):
            common = Period(
                max((day for day in (one.period.valid_from, other.period.valid_from) if day), default=None),
                min((day for day in (one.period.valid_until, other.period.valid_until) if day), default=None),
            )
            found.append(replace(one, rate=_quotient(one, other), period=common, row_id=None))
        if (one.period.valid_until or date.max) <= (other.period.valid_until or date.max):
            at += 1
        else:
            by += 1
    return found


def _quotient(one: ExchangeRate, other: ExchangeRate) -> Decimal:
    scaled = round_half_up(Fraction(one.rate) / Fraction(other.rate) * 10**EXCHANGE_DIGITS)
    return require_exchange_rate(Decimal(scaled).scaleb(-EXCHANGE_DIGITS).normalize())


def _begins_on_or_after(period: Period, first: date | None) -> bool:
    return first is None or (period.valid_from is not None and period.valid_from >= first)


def _sorted(history: Sequence[ExchangeRate]) -> History:
    return sorted(history, key=lambda one: one.period.valid_from or date.min)
