"""A server of another product as a child process: started on a free loopback port, awaited, stopped, found again."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp

from hourledger.peers.failure import PeerError
from hourledger.processes import command_of, hold_exclusively, log_tail

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0
PORT_ATTEMPTS = 3  # between choosing a free port and the server's taking it, somebody else may


@asynccontextmanager
async def run_server(
    folder: Path,
    command: Callable[[int], Sequence[str]],
    *,
    path: str = "/",
    prepare: Callable[[], Awaitable[None]] | None = None,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[str]:
    """Run ``command(port)`` until the block ends; gives its base URL once ``path`` answers anything at all.

    The command must name ``folder`` in its arguments: that is how a server is recognised that an earlier run, killed
    before it could stop it, left behind. Log and pid file are kept in ``folder``. ``prepare`` runs when no other
    process uses the folder any more. ``environment`` is all the server gets.

    Raises:
        PeerError: it ended or did not answer in time, or another live process runs a server in ``folder``.
    """
    with _hold_folder(folder):
        await _stop_left_behind(folder)
        if prepare:
            await prepare()
        process, url = await _start(folder, command, path, environment)
        try:
            yield url
        finally:
            await _stop(process)
            (folder / "server.pid").unlink(missing_ok=True)


def clean_environment(**additions: str) -> dict[str, str]:
    """Our environment without what was meant for our own Python or for other servers of these products."""
    foreign = ("PG", "PYTHON", "TRYTON", "TIMETAGGER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | additions


def choose_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _hold_folder(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as lock:
        try:
            lock.enter_context(hold_exclusively(folder / "server.lock", wait=False))
        except BlockingIOError:
            raise PeerError(
                f"Another process runs a server in {folder}. End it, or use another folder (or database name)."
            ) from None
        yield


async def _start(
    folder: Path, command: Callable[[int], Sequence[str]], path: str, environment: Mapping[str, str] | None
) -> tuple[subprocess.Popen[bytes], str]:
    log = folder / "server.log"
    for attempt in range(1, PORT_ATTEMPTS + 1):
        port = choose_port()
        arguments = command(port)
        process = _launch(folder, arguments, environment)
        url = f"http://127.0.0.1:{port}"
        try:
            answered = await _await_answer(process, url + path)
        except BaseException:
            await _stop(process)
            raise
        if answered:
            return process, url
        await _stop(process)
        said = log_tail(log)
        if "ddress already in use" not in said or attempt == PORT_ATTEMPTS:
            break
    raise PeerError(
        f"{' '.join(arguments)} did not answer at {url}{path} within {START_SECONDS_MAX:.0f} s "
        f"or ended (status {process.returncode}). It said:\n{said}\nThe whole log is {log}."
    )


def _launch(folder: Path, arguments: Sequence[str], environment: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("wb") as output:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us; we stop the server when we have finished with it
        )
    (folder / "server.pid").write_text(f"{process.pid}\n", encoding="utf-8")
    return process


async def _await_answer(process: subprocess.Popen[bytes], url: str) -> bool:
    give_up_at = time.monotonic() + START_SECONDS_MAX
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        while process.poll() is None and time.monotonic() < give_up_at:
            try:
                async with client.get(url, allow_redirects=False):
                    # If ours has just ended, what answered is somebody else's server on the same port.
                    return process.poll() is None
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.05)
    return False


async def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


async def _stop_left_behind(folder: Path) -> None:
    """End the server of an earlier run whose process was killed; we hold the folder's lock, so nobody uses it."""
    pid_file = folder / "server.pid"
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        give_up_at = time.monotonic() + STOP_SECONDS_MAX
        # The number may belong to somebody else by now; then there is nothing of ours to end.
        while _is_ours(pid, folder) and time.monotonic() < give_up_at:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal_number)
            await asyncio.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _is_ours(pid: int, folder: Path) -> bool:
    command = command_of(pid)
    return command is not None and str(folder) in command
