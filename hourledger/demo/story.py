"""The story of the demo: hours become posted journals in a real accounting system, and only once."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from hourledger import embedded_postgres
from hourledger.core.errors import NotAllowed
from hourledger.demo import chapters, delivery
from hourledger.demo.client import Api
from hourledger.demo.console import Teller
from hourledger.demo.consultancy import PEOPLE, set_up
from hourledger.demo.processes import run_api, run_worker_process
from hourledger.demo.scene import Scene
from hourledger.embedded_postgres import EmbeddedPostgres
from hourledger.observability import configure_logging
from hourledger.peers.timetagger import run_timetagger
from hourledger.peers.tryton import run_tryton
from hourledger.processes import hold_exclusively
from models.database import Database, migrate
from models.secrets import SecretBox, open_box

_DATABASE = "hourledger"


async def tell(*, keep: bool, folder: Path | None = None) -> None:
    """Run the whole story. ``keep``: the servers stay up afterwards until Ctrl+C."""
    configure_logging("json", "error")
    folder = (folder or Path(".data/demo")).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    teller = Teller()
    started = datetime.now(UTC)
    async with AsyncExitStack() as alone:
        try:
            alone.enter_context(hold_exclusively(folder / "demo.lock", wait=False))
        except BlockingIOError:
            raise NotAllowed(
                "The demo is running already (perhaps with KEEP=1 in another terminal). Stop it there with Ctrl+C.",
                code="DEMO_RUNNING",
            ) from None
        async with AsyncExitStack() as stack:
            scene = await _prepare(stack, teller, folder)
            await stack.enter_async_context(delivery.faulty_line(scene))
            await chapters.introduce(scene)
            async with delivery.working(scene):
                await chapters.pull_exports(scene)
                await chapters.pull_timetagger(scene)
                await chapters.look_at_finances(scene)
                await chapters.change_a_rate(scene)
            await delivery.bill(scene)
            await delivery.push_through_faults(scene)
            took = (datetime.now(UTC) - started).total_seconds()
            await _farewell(stack, scene, took, keep=keep)


async def _prepare(stack: AsyncExitStack, teller: Teller, folder: Path) -> Scene:
    """Start everything; each step says what it is and how long it takes."""
    teller.chapter(0, "Preparing")
    with teller.working("PostgreSQL 18, embedded: starting and migrating") as report:
        postgres: EmbeddedPostgres = await asyncio.to_thread(embedded_postgres.start, folder / "postgres")
        stack.callback(postgres.stop)
        if postgres.has_database(_DATABASE):
            postgres.drop_database(_DATABASE)
        postgres.ensure_database(_DATABASE)
        database_url = postgres.url(_DATABASE)
        await asyncio.to_thread(migrate, database_url)
        report("Setting up Brightwater Consulting")
        database = Database(database_url)
        try:
            firm = await set_up(database)
        finally:
            await database.close()
        box: SecretBox = open_box(None, folder)
        report("TimeTagger: starting a real server")
        users = {name.split()[0].lower(): "demo-password" for name in PEOPLE}
        timetagger = await stack.enter_async_context(
            run_timetagger(folder / "timetagger", users=users, report=report, instance="demo")
        )
        report("Tryton 8.2: installing (first time only) and starting a real server")
        years = sorted({2026, datetime.now(UTC).year})
        tryton = await stack.enter_async_context(
            run_tryton(
                folder / "tryton",
                postgres,
                database="tryton_demo",
                currency="EUR",
                fiscal_years=years,
                parties=["Meridian Museum", "Northwind Robotics"],
                report=report,
                fresh=True,
            )
        )
        report("Hourledger: starting the API")
        url = await stack.enter_async_context(run_api(folder))
        api = await stack.enter_async_context(Api(url, firm.token))
    teller.say("PostgreSQL, TimeTagger, Tryton and the Hourledger API are running, all on this machine only.")
    return Scene(teller, folder, database_url, box, firm, url, api, timetagger, tryton)


async def _farewell(stack: AsyncExitStack, scene: Scene, seconds: float, *, keep: bool) -> None:
    teller = scene.teller
    teller.chapter(8, "Look for yourself")
    teller.say(f"Told in {seconds:.0f} s. The token of the demo, for the header  Authorization: Bearer ...")
    teller.say(f"  [cyan]{scene.firm.token}[/cyan]")
    if not keep:
        teller.say("Everything is stopped again. To keep it running:  [bold]make demo KEEP=1[/bold]")
        return
    await stack.enter_async_context(run_worker_process(scene.folder))
    teller.link("GraphiQL, works offline", f"{scene.url}/graphiql#token={scene.firm.token}")
    teller.link("GraphQL", f"{scene.url}/graphql")
    teller.link("The beancount ledger", str(scene.found["beancount_folder"]))
    teller.say("[bold]Stop with Ctrl+C.[/bold]")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
