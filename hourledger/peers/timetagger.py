"""A real TimeTagger 26: people log in, enter time, and their records are read with a token of their own."""

import asyncio
import base64
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import aiohttp

from hourledger.peers.environment import ensure_environment
from hourledger.peers.failure import PeerError
from hourledger.peers.server import clean_environment, run_server

REQUIREMENTS = Path(__file__).parent / "requirements-timetagger.lock"
# Runs in TimeTagger's Python, which has bcrypt: names and passwords in, its "user:hash,user:hash" out.
# Eight rounds, not twelve: this server is for this machine only, and every log-in waits for them.
HASH_PASSWORDS = """
import bcrypt, json, sys
users = json.load(sys.stdin)
print(",".join(f"{n}:{bcrypt.hashpw(p.encode(), bcrypt.gensalt(8)).decode()}" for n, p in users.items()))
"""


class TimeTaggerRecord(TypedDict):
    """One stretch of time as TimeTagger keeps it; all times are seconds since 1970 in UTC.

    ``key`` names it for ever; ``mt`` is when it was last changed, and the later of two versions wins; it lasts from
    ``t1`` to ``t2``, and runs while they are equal; ``ds`` is free text whose #tags name projects and tasks.
    A record is deleted by a version whose ``ds`` begins with HIDDEN.
    """

    key: str
    mt: int
    t1: int
    t2: int
    ds: str


@dataclass(frozen=True, slots=True)
class TimeTaggerServer:
    """Where a running TimeTagger is, and how its users get in."""

    url: str  # base of the interface, such as http://127.0.0.1:8080/timetagger/api/v2
    users: Mapping[str, str]

    async def api_token(self, user: str) -> str:
        """The long-lived token of ``user``, which a connector is configured with."""
        login = {"method": "usernamepassword", "username": user, "password": self.users[user]}
        web = await self._call("POST", "bootstrap_authentication", data=base64.b64encode(json.dumps(login).encode()))
        answer = await self._call("GET", "apitoken", token=web["token"])
        return str(answer["token"])

    async def put_records(self, token: str, records: Sequence[TimeTaggerRecord]) -> None:
        """Enter ``records`` or new versions of them.

        Raises:
            PeerError: TimeTagger did not accept all of them. (It accepts, and ignores, a version with an older ``mt``.)
        """
        answer = await self._call("PUT", "records", token=token, data=json.dumps(list(records)).encode())
        if answer["failed"]:
            raise PeerError(f"TimeTagger refused records {answer['failed']}: {answer['errors']}")

    async def updates(self, token: str, since: float = 0) -> dict[str, Any]:
        """What changed since ``since``, the ``server_time`` of an earlier answer; everything for 0."""
        return await self._call("GET", f"updates?since={since}", token=token)

    async def _call(self, method: str, path: str, *, token: str = "", data: bytes | None = None) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=30)
        async with (
            aiohttp.ClientSession(headers={"authtoken": token} if token else {}, timeout=timeout) as client,
            client.request(method, f"{self.url}/{path}", data=data) as answer,
        ):
            if answer.status != 200:
                raise PeerError(f"TimeTagger answered {answer.status} to {method} {path}: {await answer.text()}")
            content: dict[str, Any] = await answer.json()
        return content


@asynccontextmanager
async def run_timetagger(
    folder: Path,
    *,
    users: Mapping[str, str],
    report: Callable[[str], None],
    instance: str = "main",
) -> AsyncIterator[TimeTaggerServer]:
    """Run TimeTagger for ``users`` (name to password) until the block ends.

    The first call installs it below ``folder``. The data of ``instance`` is kept for the next run; two runs at once
    need two instances. Names and passwords are without blanks at their ends, names without commas and colons.

    Raises:
        PeerError: it cannot be installed or started, or another process runs this instance.
    """
    python = await ensure_environment(folder / "environment", REQUIREMENTS, report=report)
    data_folder = folder / "instances" / instance
    credentials = await asyncio.to_thread(_hash_passwords, python, users)

    def command(port: int) -> list[str]:
        # The folder is an argument, not a variable, so that the process can be told from others by its command line.
        options = {"bind": f"127.0.0.1:{port}", "datadir": str(data_folder), "log_level": "warning"}
        return [str(python), "-m", "timetagger", *(f"--{name}={value}" for name, value in options.items())]

    environment = clean_environment(TIMETAGGER_CREDENTIALS=credentials)
    async with run_server(data_folder, command, path="/timetagger/status", environment=environment) as url:
        yield TimeTaggerServer(f"{url}/timetagger/api/v2", dict(users))


def _hash_passwords(python: Path, users: Mapping[str, str]) -> str:
    command = [str(python), "-c", HASH_PASSWORDS]
    answer = subprocess.run(command, check=False, input=json.dumps(dict(users)), capture_output=True, text=True)
    if answer.returncode != 0:
        raise PeerError(f"TimeTagger's Python could not hash the passwords: {answer.stderr}")
    return answer.stdout.strip()
