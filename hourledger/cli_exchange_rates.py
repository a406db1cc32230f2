"""The commands about exchange rates."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from connectors.exchange_rates.ecb import SOURCE, EcbFeed, download_rates, rates_of_file, shipped_rates
from hourledger.cli_access import Organisation, administrator
from hourledger.core.errors import Invalid
from hourledger.core.money import ReferenceRates
from hourledger.runtime import open_runtime
from hourledger.services.import_exchange_rates import CurrencyImported, import_exchange_rates
from hourledger.settings import load_settings
from hourledger.transactions import Transactions
from models.database import Database

exchange_rates_cli = typer.Typer(help="Exchange rates to the currency of the books.", no_args_is_help=True)

_out = Console()


@exchange_rates_cli.callback()
def _commands() -> None:
    """Keeps ``import`` a command of its own, though it is the only one."""


@exchange_rates_cli.command("import")
def import_command(
    organisation: Organisation,
    file: Annotated[
        Path | None, typer.Option(help="A file that the bank publishes (zip, CSV or XML), instead of a download.")
    ] = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="The reduced file that comes with Hourledger, for a first look.")
    ] = False,
    feed: Annotated[EcbFeed, typer.Option(help="How far a download goes back.")] = EcbFeed.HISTORY,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day that is wanted; 1 January of last year if not given."),
    ] = None,
    currency: Annotated[
        list[str] | None, typer.Option(help="Only this one; repeat for several. Without: those in use.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Show what would change and change nothing.")] = False,
) -> None:
    """Import the reference rates of the European Central Bank. Safe to run again: only what differs is changed."""
    if file is not None and shipped:
        raise Invalid("Give a file or --shipped, not both.", code="FILE_TWICE", field="file")
    settings = load_settings()
    first_day = since.date() if since else datetime.now(UTC).date().replace(month=1, day=1)
    if since is None:
        first_day = first_day.replace(year=first_day.year - 1)

    async def run(url: str, progress: Progress) -> list[CurrencyImported]:
        task = progress.add_task("Reading the bank's rates", total=None)
        published = await _published(file, feed, settings.exchange_rates_url, shipped=shipped)
        progress.update(task, description=f"Storing rates up to {published.last_day}")
        database = Database(url)
        try:
            principal = await administrator(database, organisation)
            async with Transactions(database).begin(principal, dry_run=dry_run) as unit:
                return await import_exchange_rates(
                    unit, published, currencies=currency or (), since=first_day, source=SOURCE
                )
        finally:
            await database.close()

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with open_runtime(settings) as runtime, Progress(*columns, console=_out) as progress:
        results = asyncio.run(run(runtime.database_url, progress))
    _show(results, dry_run=dry_run)


async def _published(file: Path | None, feed: EcbFeed, url: str, *, shipped: bool) -> ReferenceRates:
    if shipped:
        return shipped_rates()
    return rates_of_file(file) if file is not None else await download_rates(feed, url=url)


def _show(results: list[CurrencyImported], *, dry_run: bool) -> None:
    table = Table("currency", "added", "retired", "unchanged", "last day")
    for one in results:
        ended = str(one.last_day) if one.last_day else "open"
        numbers = (str(one.added), str(one.retired), str(one.kept))
        table.add_row(one.currency, *numbers, ended if one.is_published else "not published")
    _out.print(table)
    if dry_run:
        _out.print("Nothing was changed.")
