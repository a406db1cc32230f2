"""Importing exchange rates in the background: download what the bank publishes, then store it in one transaction."""

from __future__ import annotations

from datetime import date

import structlog
from procrastinate import App

from connectors.exchange_rates.ecb import SOURCE, EcbFeed, download_rates
from hourledger.core.errors import HourledgerError
from hourledger.jobs.tools import Tools
from hourledger.services.import_exchange_rates import import_exchange_rates, note_failed_import

log = structlog.get_logger(__name__)


def register_exchange_rates(app: App, tools: Tools) -> None:
    """The task ``import_exchange_rates``."""

    @app.task(name="import_exchange_rates")
    async def import_rates(organisation_id: int, currencies: list[str], since: str | None, feed: str) -> None:
        """All currencies or none; a failure is told as an event and not raised, for a person must look or ask again."""
        principal = tools.principal(organisation_id)
        try:
            published = await download_rates(EcbFeed(feed), url=tools.exchange_rates_url)
            async with tools.transactions.begin(principal) as unit:
                results = await import_exchange_rates(
                    unit,
                    published,
                    currencies=currencies,
                    since=None if since is None else date.fromisoformat(since),
                    source=SOURCE,
                )
        except HourledgerError as error:
            log.warning("exchange_rate_import_failed", code=error.code, error=error.message)
            async with tools.transactions.begin(principal) as unit:
                note_failed_import(unit, code=error.code, message=error.message)
            return
        log.info("exchange_rates_imported", added=sum(one.added for one in results))
