"""The amounts of a template in the currency of the project that it is applied to (project-finances §7.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from hourledger.core.money import ExchangeRates, HourlyRate, Money, fixed_amount_day
from hourledger.core.periods import spanned
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import first_planned_day
from models.queries.exchange_rates import load_exchange_of_projects
from models.tables import ProjectRow


@dataclass(frozen=True, slots=True)
class TemplateCurrency:
    """Turns amounts in ``source`` into ``target``; those that are fixed by the rates of ``fixed_on``.

    Each is rounded once, half away from zero. Zero needs no exchange rate, nor does one and the same currency.
    """

    source: str
    target: str
    fixed_on: date
    exchange: ExchangeRates

    def amount(self, minor: int, on: date | None = None) -> Money:
        """``on``: the day that the amount counts on; None: a fixed amount. Raises Missing EXCHANGE_RATE_MISSING."""
        if not minor:
            return Money.zero(self.target)
        factor = self.exchange.factor(self.source, self.target, on or self.fixed_on)
        return Money(minor, self.source).converted(factor, self.target)

    def rate(self, scaled: int) -> HourlyRate:
        """A price per hour that is kept on a task, to 1/10,000. Raises Missing EXCHANGE_RATE_MISSING."""
        if not scaled:
            return HourlyRate(0, self.target)
        factor = self.exchange.factor(self.source, self.target, self.fixed_on)
        return HourlyRate(scaled, self.source).converted(factor, self.target)


async def template_currency(
    unit: UnitOfWork,
    project: ProjectRow,
    template: ProjectRow,
    *,
    planned_days: Iterable[date],
    expense_days: Iterable[date],
) -> TemplateCurrency:
    """By the exchange rates that hold for the project.

    ``planned_days``: the first days of the tasks that come along; they are the project's plan as much as those it has.
    ``expense_days``: on which the template's expenses will count.
    """
    own = await first_planned_day(unit.session, unit.organisation_id, project.id)
    made_on = project.created_at.astimezone(ZoneInfo(unit.organisation.time_zone)).date()
    planned = [*planned_days, *([own] if own else [])]
    fixed_on = fixed_amount_day(project.exchange_rate_date, planned, made_on)
    exchange: ExchangeRates = ExchangeRates(unit.base_currency, [])
    if template.currency != project.currency:
        loaded = await load_exchange_of_projects(
            unit.session,
            unit.organisation_id,
            unit.base_currency,
            [project.id],
            currencies={template.currency, project.currency},
            days=spanned([fixed_on, *expense_days]),
        )
        exchange = loaded[project.id]
    return TemplateCurrency(template.currency, project.currency, fixed_on, exchange)
