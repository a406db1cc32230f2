"""The commands about single projects: what one hands to somebody else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hourledger.cli_access import Organisation, administrator
from hourledger.core.errors import Invalid, Missing
from hourledger.documents import render
from hourledger.runtime import open_runtime
from hourledger.services.business_case import read_business_case
from hourledger.settings import load_settings
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.projects import project_ids_by_code

projects_cli = typer.Typer(help="Projects: documents about one of them.", no_args_is_help=True)

_out = Console()


@projects_cli.callback()
def _commands() -> None:
    """Keeps ``business-case`` a command of its own, though it is the only one."""


@projects_cli.command("business-case")
def business_case_command(
    code: Annotated[str, typer.Argument(help="The project's code.")],
    organisation: Organisation,
    out: Annotated[Path, typer.Option(help="The PDF file to write; one that is there is replaced.")],
    language: Annotated[str, typer.Option(help="Such as en, nl or de-AT.")] = "en",
) -> None:
    """Write the business case of a project as a PDF: figures, planned expenses, risks."""

    async def read(url: str) -> bytes:
        database = Database(url)
        try:
            principal = await administrator(database, organisation)
            async with Transactions(database).begin(principal, one_state=True) as unit:
                ids = await project_ids_by_code(unit.session, unit.organisation_id, [code])
                if code not in ids:
                    raise Missing(f"There is no project {code}.", code="PROJECT_UNKNOWN")
                case = await read_business_case(unit, ids[code])
                firm = unit.organisation.name
            return render("business_case", {"case": case, "firm": firm}, language)
        finally:
            await database.close()

    with open_runtime(load_settings()) as runtime:
        content = asyncio.run(read(runtime.database_url))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{out} cannot be written ({error.strerror}).", code="FILE_NOT_WRITTEN", field="out") from None
    _out.print(f"The business case of {code} is in {out}.")
