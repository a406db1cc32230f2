"""The commands that prove the figures: roll-ups against the rows they sum."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from hourledger.cli_access import administrator
from hourledger.runtime import open_runtime
from hourledger.settings import load_settings
from models.database import Database, Session
from models.queries.roll_ups import Difference, fold_roll_ups, rebuild_roll_ups, roll_up_differences

finances_cli = typer.Typer(help="Figures: are the kept sums those of the rows?", no_args_is_help=True)

OneOrganisation = Annotated[
    str | None, typer.Option("--organisation", "-o", help="Name of the organisation; all of them when not given.")
]
_SHOWN_MAX = 50
_T = TypeVar("_T")
_out = Console()


@finances_cli.command("verify")
def verify_command(organisation: OneOrganisation = None) -> None:
    """Compare every roll-up with the rows it sums, while others work. Exit code 1 when one differs."""
    differences = _run(organisation, roll_up_differences)
    if not differences:
        _out.print("Every roll-up is the sum of its rows: 0 differences.")
        return
    table = Table("project", "task", "figure", "rows less roll-up")
    for one in differences[:_SHOWN_MAX]:
        table.add_row(str(one.project_id), str(one.task_id or "-"), one.figure, f"{one.rows_less_roll_up:+d}")
    _out.print(table)
    _out.print(f"{_differences(differences)} found. Mend them with: hourledger finances rebuild")
    raise typer.Exit(1)


@finances_cli.command("rebuild")
def rebuild_command(organisation: OneOrganisation = None) -> None:
    """Make every roll-up the sum of its rows again, while others work."""

    async def rebuild(session: Session, organisation_id: int | None) -> int:
        mended = await rebuild_roll_ups(session, organisation_id)
        await session.commit()
        while await fold_roll_ups(session):
            await session.commit()
        return mended

    mended = _run(organisation, rebuild)
    _out.print(f"Roll-ups mended: {mended}.")


def _differences(found: list[Difference]) -> str:
    return "1 difference" if len(found) == 1 else f"{len(found)} differences"


def _run(organisation: str | None, command: Callable[[Session, int | None], Awaitable[_T]]) -> _T:
    async def run(url: str) -> _T:
        database = Database(url)
        try:
            organisation_id = None
            if organisation is not None:
                organisation_id = (await administrator(database, organisation)).organisation_id
            async with database.session() as session:
                return await command(session, organisation_id)
        finally:
            await database.close()

    with open_runtime(load_settings()) as runtime:
        return asyncio.run(run(runtime.database_url))
