"""Child servers and environments outlive neither their runs nor a crash of who started them."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from hourledger.peers.environment import ensure_environment
from hourledger.peers.failure import PeerError
from hourledger.peers.server import run_server

DYING_RUN = """
import asyncio, os, signal, sys
from pathlib import Path
from hourledger.peers.server import run_server
async def main():
    folder = Path(sys.argv[1])
    def command(port):
        return [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    async with run_server(folder, command):
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_a_server_answers_while_the_block_runs_and_is_gone_after_it(tmp_path: Path) -> None:
    async with run_server(tmp_path, file_server(tmp_path)) as url:
        pid = int((tmp_path / "server.pid").read_text())
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            assert answer.status == 200
    assert command_line(pid) == ""
    assert not (tmp_path / "server.pid").exists()


async def test_a_server_left_behind_by_a_killed_run_is_ended_by_the_next_one(tmp_path: Path) -> None:
    run = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DYING_RUN, str(tmp_path)], check=False)
    assert run.returncode == -signal.SIGKILL
    left_behind = int((tmp_path / "server.pid").read_text())
    assert str(tmp_path) in command_line(left_behind)
    async with run_server(tmp_path, file_server(tmp_path)):
        assert str(tmp_path) not in command_line(left_behind)


async def test_a_pid_that_now_belongs_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        (tmp_path / "server.pid").write_text(f"{stranger.pid}\n")
        async with run_server(tmp_path, file_server(tmp_path)):
            assert stranger.returncode is None
    finally:
        stranger.kill()
        await stranger.wait()


async def test_a_server_that_ends_at_once_shows_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="no such setting: colour"):
        async with run_server(tmp_path, lambda _port: [sys.executable, "-c", "exit('no such setting: colour')"]):
            pass


@pytest.mark.peer
async def test_an_interrupted_environment_is_made_again_a_complete_one_costs_nothing_and_two_askers_share_it(
    tmp_path: Path,
) -> None:
    lock = tmp_path / "requirements-small.lock"
    lock.write_text("markupsafe==3.0.4\n")
    folder = tmp_path / "environment"
    (folder / "bin").mkdir(parents=True)  # what an interrupted run left: something, but no stamp
    reports: list[str] = []
    python, again = await asyncio.gather(*[ensure_environment(folder, lock, report=reports.append) for _ in range(2)])
    assert python == again
    assert len(reports) == 1
    assert await asyncio.to_thread(run_python, python, "import markupsafe; print(markupsafe.__version__)") == "3.0.4"
    before = time.monotonic()
    await ensure_environment(folder, lock, report=reports.append)
    assert time.monotonic() - before < 1
    assert len(reports) == 1


@pytest.mark.peer
async def test_an_environment_that_cannot_be_made_says_why_and_is_not_taken_for_complete(tmp_path: Path) -> None:
    lock = tmp_path / "requirements-broken.lock"
    lock.write_text("this is not a requirement\n")
    for _ in range(2):
        with pytest.raises(PeerError, match="Invalid requirement"):
            await ensure_environment(tmp_path / "environment", lock, report=print)


def file_server(folder: Path) -> Callable[[int], list[str]]:
    return lambda port: [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder)]


def run_python(python: Path, program: str) -> str:
    return subprocess.run([python, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except FileNotFoundError:
        return ""
