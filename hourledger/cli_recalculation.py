"""The commands that rate again: preview, commit, undo, the history of runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from hourledger.cli_access import Organisation, administrator
from hourledger.core.access import Principal
from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import Money
from hourledger.core.periods import Period
from hourledger.core.recalculation import RecalculationScope
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.runtime import Runtime, open_runtime
from hourledger.services.preview_changes import preview_changes
from hourledger.services.recalculation_runs import cancel_recalculation, commit_preview, request_recalculation, run_of
from hourledger.services.undo_recalculation import undo_recalculation
from hourledger.settings import load_settings
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.by_name import ids_by_name
from models.queries.listing.keyset import Cut
from models.queries.listing.runs import OF_RUN, RUN_PROJECTS, RUNS, RunChangeView, RunProjectView, RunView
from models.queries.projects import codes_of_projects, project_ids_by_code
from models.queries.recalculation import progress_of_runs
from models.tables import ProjectOutcome, RunKind

runs_cli = typer.Typer(
    help="Recalculations: their history, committing a preview, taking one back.", no_args_is_help=True
)

_SHOWN_MAX = 50
_PAGE = 1000
_T = TypeVar("_T")
_out = Console()

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Reason = Annotated[str, typer.Option(help="Why, for the history of runs and the audit log.")]


def recalculate_command(
    organisation: Organisation,
    project: Annotated[list[str] | None, typer.Option(help="Project code; repeat for several.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Name of a person; repeat for several.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Name of a role; repeat for several.")] = None,
    company: Annotated[list[str] | None, typer.Option(help="Name of a customer; repeat for several.")] = None,
    first_day: Day = None,
    last_day: Day = None,
    only_new: Annotated[bool, typer.Option(help="Only hours that no recalculation has valued yet.")] = False,
    include_billed_cost: Annotated[
        bool, typer.Option(help="The cost, never the revenue, of billed hours too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Show what would change and change nothing.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="With --dry-run: every change into this file, as JSON lines.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Rate what is not billed again, and show what moved; without a choice: everything.

    Ends with 1 when some project could not be done; the others are.
    """
    if export is not None:
        _require_exportable(export, dry_run=dry_run)

    async def ask(transactions: Transactions, principal: Principal) -> int:
        async with transactions.begin(principal) as unit:
            found = await project_ids_by_code(unit.session, unit.organisation_id, project or [])
            if unknown := set(project or []) - found.keys():
                raise Missing(f"There is no project {', '.join(sorted(unknown))}.", code="PROJECT_UNKNOWN")
            named = {
                table: await ids_by_name(unit.session, unit.organisation_id, table, names or [])
                for table, names in (("person", person), ("role", role), ("company", company))
            }
            scope = RecalculationScope(
                project_ids=tuple(found.values()),
                person_ids=named["person"],
                role_ids=named["role"],
                company_ids=named["company"],
                days=Period.inclusive(first_day.date() if first_day else None, last_day.date() if last_day else None),
                only_new=only_new,
                includes_billed_cost=include_billed_cost,
            )
            kind = RunKind.PREVIEW if dry_run else RunKind.RECALCULATION
            return await request_recalculation(unit, scope, reason=reason, kind=kind)

    _run_through(organisation, ask, export=export)


@runs_cli.command("commit")
def commit_command(
    organisation: Organisation,
    preview: Annotated[int, typer.Argument(help="Number of the preview.")],
    reason: Reason = "",
) -> None:
    """Do what a preview has shown, exactly."""

    async def ask(transactions: Transactions, principal: Principal) -> int:
        async with transactions.begin(principal) as unit:
            return await commit_preview(unit, preview, reason=reason)

    _run_through(organisation, ask)


@runs_cli.command("undo")
def undo_command(
    organisation: Organisation, run: Annotated[int, typer.Argument(help="Number of the run.")], reason: Reason = ""
) -> None:
    """Give hours back what they were worth before a run."""

    async def ask(transactions: Transactions, principal: Principal) -> int:
        async with transactions.begin(principal) as unit:
            return await undo_recalculation(unit, run, reason=reason)

    _run_through(organisation, ask)


@runs_cli.command("cancel")
def cancel_command(
    organisation: Organisation, run: Annotated[int, typer.Argument(help="Number of the run.")], reason: Reason = ""
) -> None:
    """Begin no further project of a run."""

    async def cancel(_runtime: Runtime, transactions: Transactions, principal: Principal) -> None:
        async with transactions.begin(principal) as unit:
            await cancel_recalculation(unit, run, reason=reason)

    _connected(organisation, cancel)
    _out.print(f"Run {run} begins no further project.")


@runs_cli.command("list")
def list_command(organisation: Organisation) -> None:
    """The latest runs: who, why, and what came of them."""

    async def read(_runtime: Runtime, transactions: Transactions, principal: Principal) -> list[RunView]:
        async with transactions.database.session() as session:
            found = await RUNS.page(session, principal.organisation_id, Cut(_SHOWN_MAX))
            return list(found.rows)

    table = Table("run", "kind", "status", "asked for", "by", "reason")
    for one in _connected(organisation, read):
        asked = one.started_at.isoformat(" ", "minutes")
        table.add_row(str(one.id), one.kind, one.status, asked, one.requested_by, one.reason)
    _out.print(table)


def _run_through(
    organisation: str, ask: Callable[[Transactions, Principal], Awaitable[int]], *, export: Path | None = None
) -> None:
    """Ask for a run, work on it beside any other worker, show what came of it."""

    async def run(runtime: Runtime, transactions: Transactions, principal: Principal) -> bool:
        run_id = await ask(transactions, principal)
        with _bar() as bar:
            task = bar.add_task(f"Run {run_id}", total=None)

            async def advance() -> None:
                async with transactions.database.session() as session:
                    found = (await progress_of_runs(session, [run_id]))[run_id]
                bar.update(task, total=found.entries, completed=found.entries_done)

            await work_on(Tools(transactions, runtime.box), principal, run_id, after_batch=advance)
        projects, names = await _outcomes(transactions, principal, run_id)
        async with transactions.begin(principal) as unit:
            ran = await run_of(unit, run_id)
        _show(projects, names)
        if ran.kind is RunKind.PREVIEW:
            _out.print(f"Nothing was changed. To do exactly this: hourledger runs commit {run_id} -o ...")
        if export is not None:
            await _export(transactions, principal, export, projects, RecalculationScope.from_json(ran.scope))
        return all(one.outcome in (ProjectOutcome.DONE, ProjectOutcome.SKIPPED) for one in projects)

    if not _connected(organisation, run):
        raise typer.Exit(1)


def _require_exportable(path: Path, *, dry_run: bool) -> None:
    """Before anything is changed."""
    if not dry_run:
        raise Invalid("--export writes what would change: use it with --dry-run.", code="EXPORT_NEEDS_DRY_RUN")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise Invalid(f"{path} cannot be written: name a file in a folder that is there.", code="FILE_NOT_WRITTEN")


async def _outcomes(
    transactions: Transactions, principal: Principal, run_id: int
) -> tuple[list[RunProjectView], dict[int, str]]:
    found: list[RunProjectView] = []
    async with transactions.database.session() as session:
        after = None
        while True:
            page = await RUN_PROJECTS.page(
                session, principal.organisation_id, Cut(_PAGE, after), (OF_RUN,), {"run": run_id}
            )
            found += page.rows
            if not page.has_more:
                break
            after = page.keys[-1]
        ids = [one.project_id for one in found if one.project_id is not None]
        return found, await codes_of_projects(session, principal.organisation_id, ids)


def _show(projects: list[RunProjectView], names: dict[int, str]) -> None:
    table = Table("project", "outcome", "changed", "unchanged", "billed", "cost", "revenue")
    for one in projects[:_SHOWN_MAX]:
        name = "general time" if one.project_id is None else names.get(one.project_id, str(one.project_id))
        deltas = [
            str(Money(minor, one.currency)) if one.currency else ""
            for minor in (one.cost_delta_minor, one.revenue_delta_minor)
        ]
        table.add_row(name, one.outcome, str(one.changed), str(one.unchanged), str(one.frozen), *deltas)
        if one.message:
            table.add_row("", one.message)
    _out.print(table)
    if len(projects) > _SHOWN_MAX:
        _out.print(f"... and {len(projects) - _SHOWN_MAX} more projects.")
    sums: dict[str, list[int]] = {}
    for one in projects:
        if one.currency:
            total = sums.setdefault(one.currency, [0, 0])
            total[0] += one.cost_delta_minor
            total[1] += one.revenue_delta_minor
    for currency, (cost, revenue) in sorted(sums.items()):
        _out.print(f"Together: cost {Money(cost, currency)}, revenue {Money(revenue, currency)}.")


async def _export(
    transactions: Transactions,
    principal: Principal,
    path: Path,
    projects: list[RunProjectView],
    scope: RecalculationScope,
) -> None:
    """Every hour that would change, a JSON object a line; the file is there once it is complete."""
    written = 0
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        for one in projects:
            after, has_more = 0, one.outcome is ProjectOutcome.DONE
            while has_more:
                async with transactions.begin(principal, dry_run=True) as unit:
                    rows, has_more = await preview_changes(
                        unit, one.project_id, scope, digest=one.digest, after_entry=after, limit=_PAGE
                    )
                file.writelines(orjson.dumps(_line(one.project_id, row)) + b"\n" for row in rows)
                written += len(rows)
                after = rows[-1].time_entry_id if rows else after
    unfinished.replace(path)
    _out.print(f"{written} changes written to {path}.")


def _line(project_id: int | None, row: RunChangeView) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return str(Money(minor, row.currency).amount)

    return {
        "time_entry": row.time_entry_id,
        "project": project_id,
        "work_date": row.work_date.isoformat(),
        "currency": row.currency,
        "cost_before": amount(row.cost_before_minor),
        "cost_after": amount(row.cost_after_minor),
        "revenue_before": amount(row.revenue_before_minor),
        "revenue_after": amount(row.revenue_after_minor),
        "why_before": row.provenance_before,
        "why_after": row.provenance_after,
        "only_the_cap_moved": row.is_cap_moved,
    }


def _connected(organisation: str, command: Callable[[Runtime, Transactions, Principal], Awaitable[_T]]) -> _T:
    async def run(runtime: Runtime) -> _T:
        database = Database(runtime.database_url)
        try:
            return await command(runtime, Transactions(database), await administrator(database, organisation))
        finally:
            await database.close()

    with open_runtime(load_settings()) as runtime:
        return asyncio.run(run(runtime))


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("entries"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=_out,
    )
