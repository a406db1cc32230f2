"""The command line: hourledger --help."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import start_http_server
from rich.console import Console

from hourledger.cli_access import issuer_cli, organisation_cli, token_cli
from hourledger.cli_exchange_rates import exchange_rates_cli
from hourledger.cli_finances import finances_cli
from hourledger.cli_projects import projects_cli
from hourledger.cli_rate_cards import rate_cards_cli
from hourledger.cli_recalculation import recalculate_command, runs_cli
from hourledger.core.errors import HourledgerError, NotAllowed
from hourledger.embedded_postgres import EmbeddedPostgresError
from hourledger.observability import REGISTRY, configure_logging
from hourledger.peers.failure import PeerError
from hourledger.runtime import open_runtime
from hourledger.settings import load_settings

cli = typer.Typer(
    help="From logged hours to posted journals. Settings are environment variables that start with HOURLEDGER_; "
    "without HOURLEDGER_DATABASE_URL an embedded PostgreSQL runs in the data folder.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
cli.add_typer(organisation_cli, name="organisation")
cli.add_typer(token_cli, name="token")
cli.add_typer(issuer_cli, name="issuer")
cli.add_typer(exchange_rates_cli, name="exchange-rates")
cli.add_typer(finances_cli, name="finances")
cli.add_typer(projects_cli, name="projects")
cli.add_typer(rate_cards_cli, name="rate-cards")
cli.add_typer(runs_cli, name="runs")
cli.command("recalculate")(recalculate_command)

out = Console()


@cli.callback()
def options(
    data_folder: Annotated[
        Path | None,
        typer.Option(help="Folder of the embedded PostgreSQL and the key file; sets HOURLEDGER_DATA_FOLDER."),
    ] = None,
) -> None:
    """Options that come before the command."""
    if data_folder is not None:
        os.environ["HOURLEDGER_DATA_FOLDER"] = str(data_folder)


@cli.command()
def migrate() -> None:
    """Bring the database schema up to date. Safe to run twice, and by two at once."""
    from models.database import migrate as migrate_database

    with open_runtime(load_settings(), migrated=False) as runtime:
        migrate_database(runtime.database_url)
    out.print("The database is up to date.")


@cli.command()
def serve(
    with_worker: Annotated[bool, typer.Option(help="Run jobs in this process as well.")] = False,
    port: Annotated[int | None, typer.Option(help="Port instead of HOURLEDGER_PORT.")] = None,
) -> None:
    """Serve the GraphQL API (and GraphiQL at /graphiql in development) until stopped."""
    import uvicorn

    from hourledger.app import create_app
    from hourledger.jobs.worker import run_worker

    if port is not None:
        os.environ["HOURLEDGER_PORT"] = str(port)
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    with _listen(settings.host, settings.port) as listener, open_runtime(settings) as runtime:
        app = create_app(settings, database_url=runtime.database_url, box=runtime.box)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                loop="uvloop",
                http="httptools",
                ws="websockets-sansio",
                ws_per_message_deflate=False,  # it costs 40 KB a subscriber and most of the fan-out's time
                log_config=None,
                access_log=False,
                server_header=False,
            )
        )

        async def serve_and_work() -> None:
            jobs = asyncio.create_task(run_worker(runtime, owns_signals=False)) if with_worker else None
            try:
                await server.serve(sockets=[listener])
            finally:
                if jobs is not None:
                    jobs.cancel()
                    with suppress(asyncio.CancelledError):
                        await jobs

        out.print(f"GraphQL: http://{settings.host}:{settings.port}/graphql")
        if settings.graphiql:
            out.print(f"GraphiQL: http://{settings.host}:{settings.port}/graphiql   Stop with Ctrl+C.")
        asyncio.run(serve_and_work())


@cli.command()
def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Jobs at the same time.")] = 4,
    until_idle: Annotated[bool, typer.Option(help="Stop when the queue is empty.")] = False,
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve this worker's metrics on this port, loopback.")
    ] = None,
    exit_with_parent: Annotated[bool, typer.Option(help="Stop when the process that started this one ends.")] = False,
) -> None:
    """Run jobs: recalculations, pulls and deliveries. Start as many as you need, on as many machines."""
    from hourledger.jobs.worker import run_worker

    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    with open_runtime(settings) as runtime:
        if metrics_port is not None:
            start_http_server(metrics_port, addr="127.0.0.1", registry=REGISTRY)

        async def work() -> None:
            watcher = asyncio.create_task(_stop_with_parent()) if exit_with_parent else None
            await run_worker(runtime, concurrency=concurrency, until_idle=until_idle)
            if watcher is not None:
                watcher.cancel()

        asyncio.run(work())


@cli.command()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave the server running when the story is told.")] = False,
) -> None:
    """Show the main job end to end on real input: hours become posted journals in a real accounting system."""
    from hourledger.demo.story import tell

    asyncio.run(tell(keep=keep))


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises NotAllowed PORT_TAKEN, before anything else is started."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise NotAllowed(
            f"Nothing can listen on {host} port {port} ({error.strerror}). Stop what is there or set HOURLEDGER_PORT.",
            code="PORT_TAKEN",
        ) from None
    return listener


async def _stop_with_parent() -> None:
    """Ends this process in good order when its parent is gone, so that a crash of the parent leaves nobody behind."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110  (nobody tells us: there is nothing to wait for)
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run a command; expected failures are one line, not a traceback."""
    try:
        cli()
    except (HourledgerError, EmbeddedPostgresError, PeerError) as error:
        code = getattr(error, "code", "NOT STARTED")
        Console(stderr=True).print(f"[red]{code}[/red] {error}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
