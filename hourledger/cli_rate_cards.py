"""The commands about rate cards as spreadsheets."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from connectors.spreadsheets import read_sheets, write_workbook
from hourledger.cli_access import Organisation, administrator
from hourledger.core.errors import HourledgerError, Invalid, Missing
from hourledger.core.pricing.card_book import BookCard, read_book, write_book
from hourledger.runtime import open_runtime
from hourledger.services.card_books import BookImported, export_card_book, import_card_book
from hourledger.settings import load_settings
from hourledger.transactions import Transactions
from models.database import Database
from models.selecting import find_all
from models.tables import RateCardRow

rate_cards_cli = typer.Typer(help="Rate cards as spreadsheets (.xlsx).", no_args_is_help=True)

_out = Console()


@rate_cards_cli.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="An .xlsx file with the sheets Cards, Rates and Aliases.")],
    organisation: Organisation,
    replace: Annotated[bool, typer.Option(help="Take away what the file does not name on its cards.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Show what would change and change nothing.")] = False,
) -> None:
    """Make and update rate cards by a spreadsheet: only what differs is written, all or nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Invalid(f"{file} cannot be read ({error.strerror}).", code="FILE_UNREADABLE", field="file") from None
    book = read_book(read_sheets(content))

    async def run(url: str) -> list[BookImported]:
        database = Database(url)
        try:
            principal = await administrator(database, organisation)
            async with Transactions(database).begin(principal, dry_run=dry_run) as unit:
                return await import_card_book(unit, book, replace=replace)
        finally:
            await database.close()

    try:
        with open_runtime(load_settings()) as runtime:
            done = asyncio.run(run(runtime.database_url))
    except Invalid as error:
        _show_causes(error)
        raise
    table = Table("card", "new", "described anew", "ranges changed", "aliases changed")
    for name, one in zip(book.cards, done, strict=True):
        words = ("yes" if one.is_new else "no", "yes" if one.is_described_anew else "no")
        table.add_row(name, *words, str(len(one.imported.changes)), str(one.imported.aliases))
    _out.print(table)
    if dry_run:
        _out.print("Nothing was changed.")


@rate_cards_cli.command("export")
def export_command(
    names: Annotated[list[str], typer.Argument(help="The names of the cards.")],
    organisation: Organisation,
    out: Annotated[Path, typer.Option(help="The .xlsx file to write; one that is there is replaced.")],
) -> None:
    """Write rate cards as a spreadsheet; to import it again changes nothing."""

    async def read(url: str) -> list[BookCard]:
        database = Database(url)
        try:
            principal = await administrator(database, organisation)
            async with Transactions(database).begin(principal, one_state=True) as unit:
                rows = await find_all(unit.session, RateCardRow, unit.organisation_id, name=names, deleted_at=None)
                if unknown := set(names) - {row.name for row in rows}:
                    raise Missing(f"There is no rate card {', '.join(sorted(unknown))}.", code="RATE_CARD_UNKNOWN")
                return await export_card_book(unit, [row.id for row in rows])
        finally:
            await database.close()

    with open_runtime(load_settings()) as runtime:
        cards = asyncio.run(read(runtime.database_url))
    try:
        out.write_bytes(write_workbook(write_book(cards)))
    except OSError as error:
        raise Invalid(f"{out} cannot be written ({error.strerror}).", code="FILE_NOT_WRITTEN", field="out") from None
    _out.print(f"{len(cards)} {'card is' if len(cards) == 1 else 'cards are'} in {out}.")


def _show_causes(error: Invalid) -> None:
    """All that is wrong, line by line; the sum of it follows as the error."""
    causes: list[HourledgerError] = error.facts.get("causes") or []
    for one in causes:
        Console(stderr=True).print(f"{one.code} {one.message}", soft_wrap=True, highlight=False, markup=False)
