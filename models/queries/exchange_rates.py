"""Exchange rates as rating uses them: the organisation's, and those of projects that have their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from hourledger.core.money import ExchangeRate, ExchangeRates
from hourledger.core.periods import Period
from models.database import Session


async def load_exchange(
    session: Session,
    organisation_id: int,
    base_currency: str,
    *,
    days: Period | None = None,
    known_at: datetime | None = None,
) -> ExchangeRates:
    """The organisation's exchange rates of these days (None: of all), now or as they stood at an instant."""
    rows = await session.execute(
        text("""
            SELECT id, currency, rate, valid_from, valid_until FROM exchange_rate
            WHERE organisation_id = :organisation AND project_id IS NULL
              AND daterange(valid_from, valid_until) && daterange(cast(:first AS date), cast(:until AS date))
              AND CASE WHEN cast(:known_at AS timestamptz) IS NULL THEN retired_at IS NULL
                       ELSE recorded_at <= :known_at AND (retired_at IS NULL OR retired_at > :known_at) END
        """),
        {
            "organisation": organisation_id,
            "first": days.valid_from if days else None,
            "until": days.valid_until if days else None,
            "known_at": known_at,
        },
    )
    return ExchangeRates(base_currency, [_exchange_rate(row) for row in rows])


async def load_exchange_of_projects(
    session: Session,
    organisation_id: int,
    base_currency: str,
    project_ids: Iterable[int],
    *,
    currencies: Iterable[str] | None,
    days: Period,
    known_at: datetime | None = None,
) -> dict[int | None, ExchangeRates]:
    """By project: the organisation's exchange rates and those of its own, which win currency by currency (§7.2).

    Only of these currencies (None: all) and days: an imported history has thousands of rows. That a project has rates
    of its own is told from all days, though, so that a day they leave out is missing. Under None: for what is on no
    project.
    """
    wanted = sorted(set(project_ids))
    rows = await session.execute(
        text("""
            SELECT id, project_id, currency, rate, valid_from, valid_until FROM exchange_rate
            WHERE organisation_id = :organisation
              AND (cast(:currencies AS text[]) IS NULL OR currency = ANY(cast(:currencies AS text[])))
              AND (project_id = ANY(:projects) OR (project_id IS NULL AND daterange(valid_from, valid_until)
                   && daterange(cast(:first AS date), cast(:until AS date))))
              AND CASE WHEN cast(:known_at AS timestamptz) IS NULL THEN retired_at IS NULL
                       ELSE recorded_at <= :known_at AND (retired_at IS NULL OR retired_at > :known_at) END
        """),
        {
            "organisation": organisation_id,
            "projects": wanted,
            "currencies": None if currencies is None else sorted(set(currencies)),
            "first": days.valid_from,
            "until": days.valid_until,
            "known_at": known_at,
        },
    )
    by_project: dict[int | None, list[ExchangeRate]] = defaultdict(list)
    for row in rows:
        by_project[row.project_id].append(_exchange_rate(row))
    found: dict[int | None, ExchangeRates] = {None: ExchangeRates(base_currency, by_project[None])}
    return found | {one: ExchangeRates(base_currency, by_project[None], by_project[one]) for one in wanted}


def _exchange_rate(row: Any) -> ExchangeRate:
    return ExchangeRate(row.currency, row.rate, Period(row.valid_from, row.valid_until), row.id)
