"""The demo's own servers: the API and the worker, each a process of its own, as in production."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hourledger.peers.server import run_server

STOP_SECONDS_MAX = 20.0


def _environment(data_folder: Path) -> dict[str, str]:
    """None of the operator's own settings: the demo must not touch a real database."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOURLEDGER_")}
    return own | {"HOURLEDGER_DATA_FOLDER": str(data_folder), "HOURLEDGER_LOG_FORMAT": "json"}


@asynccontextmanager
async def run_api(data_folder: Path) -> AsyncIterator[str]:
    """``hourledger serve`` on a free port; gives its base URL once it is ready."""

    def command(port: int) -> list[str]:
        # That the folder is named is also how run_server knows a server that a killed run left behind.
        return [sys.executable, "-m", "hourledger.cli", "--data-folder", str(data_folder), "serve", "--port", str(port)]

    async with run_server(data_folder, command, path="/ready", environment=_environment(data_folder)) as url:
        yield url


@asynccontextmanager
async def run_worker_process(data_folder: Path) -> AsyncIterator[int]:
    """``hourledger worker``; gives its process id. It ends with this process, however that ends."""
    with (data_folder / "worker.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hourledger.cli", "worker", "--exit-with-parent",
            stdout=log, stderr=log, env=_environment(data_folder),
        )  # fmt: skip
        try:
            yield process.pid
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                try:
                    await asyncio.wait_for(process.wait(), STOP_SECONDS_MAX)
                except TimeoutError:
                    process.kill()
                    await process.wait()
