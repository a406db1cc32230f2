"""Figures of several projects told in one currency, for lists and reports (§7.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from hourledger.core.money import ConvertedTotal, Money, convert_total, fixed_amount_day, require_currency
from hourledger.core.periods import spanned
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import days_of_projects
from models.queries.exchange_rates import load_exchange_of_projects


async def convert_figures(
    unit: UnitOfWork, amounts: Mapping[int, Money], currency: str, on: date
) -> ConvertedTotal[int]:
    """``amounts`` by project id and their sum, in ``currency``, by the exchange rates of each project on ``on``.

    Each is rounded once, so that the parts sum to the total.

    Raises:
        Invalid UNKNOWN_CURRENCY; Missing EXCHANGE_RATE_MISSING.
    """
    exchange = await load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        amounts,
        currencies={require_currency(currency), *(one.currency for one in amounts.values())},
        days=spanned([on]),
    )
    return convert_total(amounts, currency, {one: exchange[one] for one in amounts}, on)


async def fixed_amount_days(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, date]:
    """By project: the day on which its fixed amounts are converted; unknown projects are absent (§7.4)."""
    zone = ZoneInfo(unit.organisation.time_zone)
    return {
        project_id: fixed_amount_day(one.exchange_rate_date, one.planned_start, one.created_at.astimezone(zone).date())
        for project_id, one in (await days_of_projects(unit.session, unit.organisation_id, project_ids)).items()
    }
