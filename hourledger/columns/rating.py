"""Cost and revenue of many hours, and why: each distinct case once, plain products as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from hourledger.columns.lookup import NONE, Int
from hourledger.columns.search import RateColumns, search
from hourledger.columns.work import Hours, Situation, Work
from hourledger.core.errors import HourledgerError
from hourledger.core.money import RATE_SCALE, ExchangeRate, ExchangeRates, currency_exponent
from hourledger.core.rates import (
    NO_CURRENCY,
    Attributes,
    AttributeValues,
    Found,
    Level,
    Policy,
    RateBasis,
    RateLine,
    RateTable,
    Reason,
    exchange_rows,
    price_hours,
)
from hourledger.core.work import RateKind

_LEVELS = list(Level)
_PRODUCT_MAX = float(2**62)


@dataclass(frozen=True)
class RatedHours:
    """``cost`` and ``revenue`` (before any cap) in minor units; ``reason``: places in ``reasons``.

    ``billing_type``: the name by which the policy lists the steps for what they bill; empty: nothing is billed.
    ``problems``: by project (NONE: general time) what kept its hours from being rated; their amounts mean nothing.
    """

    cost: Int
    revenue: Int
    reason: Int
    reasons: list[Reason]
    billing_type: npt.NDArray[np.str_]
    problems: Mapping[int, HourledgerError]


@dataclass(frozen=True)
class _Searched:
    line: Int
    step: Int
    level: Int


@dataclass
class _Pricing:
    """What pricing shares: the hours, what they are valued in, and what went wrong by project."""

    hours: Hours
    names: list[str]
    currency: Int
    problems: dict[int, HourledgerError] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnRater:
    """What hours are rated by: the same parts as hourledger.services.rater.Rater, and the work they are on."""

    work: Work
    policy: Policy
    rates: RateTable
    attributes: Attributes
    exchange: Mapping[int | None, ExchangeRates]

    def rate(self, hours: Hours) -> RatedHours:
        """Rates of each hour's own day, as ``rate_hours`` of core gives them one by one."""
        columns = RateColumns(self.rates)
        situation = self.work.situation(hours)
        places, known = self._attributes(hours)

        def searched(kind: RateKind) -> _Searched:
            return self._search(kind, hours, situation, columns, places, known)

        cost, billing, markup = searched(RateKind.COST), searched(RateKind.BILLING), searched(RateKind.MARKUP)
        marked_up = np.where(billing.line == NONE, NONE, markup.line)
        names, currency = np.unique(self.work.currencies(hours), return_inverse=True)
        pricing = _Pricing(hours, names.tolist(), currency.reshape(-1).astype(np.int64))
        nothing = np.full(len(hours), NONE, dtype=np.int64)
        costs = self._price(pricing, columns.lines, cost.line, nothing, nothing)
        revenues = self._price(pricing, columns.lines, billing.line, cost.line, marked_up)
        reason, reasons = self._reasons(pricing, columns.lines, cost, billing, marked_up)
        return RatedHours(costs, revenues, reason, reasons, situation.billing_type, pricing.problems)

    def _search(
        self,
        kind: RateKind,
        hours: Hours,
        situation: Situation,
        columns: RateColumns,
        places: Int,
        known: list[AttributeValues],
    ) -> _Searched:
        names = situation.cost_type if kind is RateKind.COST else situation.billing_type
        found = _Searched(*(np.full(len(hours), fill, dtype=np.int64) for fill in (NONE, 0, NONE)))
        for name in np.unique(names):
            steps = self.policy.steps_for(kind, str(name)) if name else ()
            if not steps:
                continue
            at = np.flatnonzero(names == name)
            subjects = {subject: column[at] for subject, column in situation.subjects.items()}
            lines, numbers = search(kind, steps, subjects, columns, hours.day[at], places[at], known)
            found.line[at], found.step[at] = lines, numbers
            of_step = np.array([NONE, *(NONE if one.level is None else _LEVELS.index(one.level) for one in steps)])
            found.level[at] = of_step[numbers]
        return found

    def _attributes(self, hours: Hours) -> tuple[Int, list[AttributeValues]]:
        """What rates may be narrowed to, once for each person, kind of hours and stretch without a change."""
        if not self.attributes.defined:
            return np.zeros(len(hours), dtype=np.int64), [{}]
        bounds = np.array(sorted(day.toordinal() for day in self.attributes.bounds()), dtype=np.int64)
        stretch = np.searchsorted(bounds, hours.day, side="right")
        cases, first, which = _distinct(hours.person, hours.hour_type, stretch)
        known = [
            self.attributes.of(person, date.fromordinal(int(hours.day[at])), hour_type)
            for (person, hour_type, _), at in zip(cases, first.tolist(), strict=True)
        ]
        return which, known

    def _price(self, pricing: _Pricing, lines: list[RateLine], line: Int, cost: Int, markup: Int) -> Int:
        """Minor units; 0 without a line."""
        hours = pricing.hours
        result = np.zeros(len(hours), dtype=np.int64)
        per_unit, unit, of_currency, is_time = _as_columns(lines, pricing.names)
        scale = np.array([10 ** currency_exponent(name) for name in pricing.names], dtype=np.int64)[pricing.currency]
        size = np.abs(hours.seconds).astype(float) * per_unit[line].astype(float) * scale * 2
        plain = is_time[line] & (of_currency[line] == pricing.currency) & (markup == NONE) & (size < _PRODUCT_MAX)
        at = np.flatnonzero(plain)
        product = hours.seconds[at] * per_unit[line[at]] * scale[at]
        # Half away from zero on what is twice as large, so that the half is a whole number.
        divisor = RATE_SCALE * unit[line[at]]
        result[at] = np.sign(product) * ((2 * np.abs(product) + divisor) // (2 * divisor))
        at = np.flatnonzero((line != NONE) & ~plain)
        if len(at):
            result[at] = self._price_by_case(pricing, lines, at, line[at], cost[at], markup[at])
        return result

    def _price_by_case(
        self, pricing: _Pricing, lines: list[RateLine], at: Int, line: Int, cost: Int, markup: Int
    ) -> Int:
        """By core: other currencies, prices per entry, percentages, amounts that fill 64 bits."""
        hours = pricing.hours
        cases, _, which = _distinct(
            line, cost, markup, hours.seconds[at], pricing.currency[at], hours.day[at], hours.project[at]
        )
        amounts = np.zeros(len(cases), dtype=np.int64)
        for number, (one, cost_at, markup_at, seconds, currency, day, project) in enumerate(cases):
            factor = Fraction(1) if markup_at == NONE else 1 + Fraction(lines[markup_at].percent) / 100
            try:
                amount, _ = price_hours(
                    lines[one],
                    seconds,
                    pricing.names[currency],
                    date.fromordinal(day),
                    self._exchange(project),
                    None if cost_at == NONE else lines[cost_at],
                    factor,
                )
                amounts[number] = amount.minor
            except HourledgerError as error:
                pricing.problems.setdefault(project, error)
        return np.asarray(amounts[which], dtype=np.int64)

    def _reasons(
        self, pricing: _Pricing, lines: list[RateLine], cost: _Searched, billing: _Searched, markup: Int
    ) -> tuple[Int, list[Reason]]:
        """Each distinct one once. Day, project and currency matter only where something is converted."""
        hours = pricing.hours
        _, _, of_currency, _ = _as_columns(lines, pricing.names)
        converted = np.zeros(len(hours), dtype=bool)
        for line in (cost.line, billing.line):
            converted |= (of_currency[line] != pricing.currency) & (of_currency[line] != _NO_CURRENCY)
        cases, _, which = _distinct(
            cost.line,
            cost.step,
            cost.level,
            billing.line,
            billing.step,
            billing.level,
            markup,
            np.where(converted, hours.day, 0),
            np.where(converted, hours.project, NONE),
            np.where(converted, pricing.currency, 0),
        )
        return which, [self._reason(pricing, lines, case) for case in cases]

    def _reason(self, pricing: _Pricing, lines: list[RateLine], case: tuple[int, ...]) -> Reason:
        *_, markup, day, project, currency = case

        def found(line: int, step: int, level: int) -> Found:
            if line == NONE:
                return Found()
            rows: tuple[ExchangeRate, ...] = ()
            if day and project not in pricing.problems:
                on = date.fromordinal(day)
                rows = exchange_rows(lines[line], pricing.names[currency], on, self._exchange(project))
            return Found(lines[line], _LEVELS[level], step, rows)

        return Reason(
            self.policy.version,
            found(*case[0:3]),
            found(*case[3:6]),
            None if markup == NONE else lines[markup],
        )

    def _exchange(self, project: int) -> ExchangeRates:
        return self.exchange[None if project == NONE else project]


_CODE_MAX = 2**62
_NO_CURRENCY = -2
_OTHER_CURRENCY = -3


def _as_columns(lines: list[RateLine], names: list[str]) -> tuple[Int, Int, Int, npt.NDArray[np.bool_]]:
    """Of each line: rate in 1/10,000, seconds of its unit, place of its currency in ``names``, whether it is per time.

    A last row stands for no line.
    """
    at_name = {name: at for at, name in enumerate(names)} | {NO_CURRENCY: _NO_CURRENCY}
    return (
        np.array([line.rate.scaled for line in lines] + [0], dtype=np.int64),
        np.array([line.rate.unit_seconds for line in lines] + [1], dtype=np.int64),
        np.array([at_name.get(line.rate.currency, _OTHER_CURRENCY) for line in lines] + [_NO_CURRENCY], dtype=np.int64),
        np.array([line.basis is RateBasis.TIME for line in lines] + [False]),
    )


def _distinct(*columns: Int) -> tuple[list[tuple[int, ...]], Int, Int]:
    """The rows that occur, where each occurs first, and which of them each row is."""
    codes, width = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        least, most = (int(column.min()), int(column.max())) if len(column) else (0, 0)
        if width * (most - least + 1) >= _CODE_MAX:
            codes = np.unique(codes, return_inverse=True)[1].reshape(-1).astype(np.int64)
            width = len(codes)
        if width * (most - least + 1) >= _CODE_MAX:
            values, column = np.unique(column, return_inverse=True)
            least, most = 0, len(values)
        codes = codes * (most - least + 1) + (column.reshape(-1) - least)
        width *= most - least + 1
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    cases = list(zip(*(column[first].tolist() for column in columns), strict=True))
    return cases, first.astype(np.int64), which.reshape(-1).astype(np.int64)
