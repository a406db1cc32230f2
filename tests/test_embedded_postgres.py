"""The embedded PostgreSQL survives what happens to servers and to the processes that start them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hourledger import embedded_postgres
from hourledger.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
DYING_USER = """
import os, signal, sys
from pathlib import Path
from hourledger import embedded_postgres
embedded_postgres.start(Path(sys.argv[1]), settings={"fsync": "off", "synchronous_commit": "off",
                                                     "full_page_writes": "off"})
print("started", flush=True)
sys.stdin.readline()
"""

Start = Callable[..., EmbeddedPostgres]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """``embedded_postgres.start`` on ``folder`` with fast settings; what it started is stopped after the test."""
    started: list[EmbeddedPostgres] = []

    def start_it(data_folder: Path = folder, settings: dict[str, str] = FAST) -> EmbeddedPostgres:
        started.append(embedded_postgres.start(data_folder, stop_at_exit=False, settings=settings))
        return started[-1]

    yield start_it
    for postgres in started:
        postgres.stop()


def test_settings_are_durable_and_only_the_socket_listens_unless_asked_otherwise(start: Start) -> None:
    postgres = start(settings={})
    expected = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": ""}
    assert {name: value_of(postgres, f"show {name}") for name in expected} == expected


def test_stopping_ends_the_server_and_starting_again_keeps_the_data(start: Start, folder: Path) -> None:
    write_note(start(), "kept")
    pid = postmaster_pid(folder)
    postgres = start()
    postgres.stop()
    assert postmaster_pid(folder) == pid, "the first use of this process is not over"


def test_databases_are_created_once_copied_renamed_and_dropped(start: Start) -> None:
    postgres = start()
    assert postgres.ensure_database("first")
    assert not postgres.ensure_database("first")
    write_note(postgres, "in the template", database="first")
    postgres.copy_database("first", "second")
    postgres.rename_database("second", "third")
    assert notes(postgres, database="third") == ["in the template"]
    postgres.drop_database("third")
    postgres.drop_database("third")
    assert [postgres.has_database(name) for name in ("first", "second", "third")] == [True, False, False]


def test_copying_a_database_that_does_not_exist_says_what_to_do(start: Start) -> None:
    with pytest.raises(EmbeddedPostgresError, match="Close what is connected to the template"):
        start().copy_database("missing", "copy")


def test_a_killed_server_starts_again_with_what_was_committed(start: Start, folder: Path) -> None:
    settings = {"fsync": "off"}  # what the kernel was given survives; only FAST's asynchronous commits would not
    write_note(start(settings=settings), "committed")
    os.kill(postmaster_pid(folder), signal.SIGKILL)
    assert notes(start(settings=settings)) == ["committed"]


def test_a_pid_file_with_the_number_of_another_process_does_not_keep_the_server_out(start: Start, folder: Path) -> None:
    postgres = start()
    write_note(postgres, "kept")
    postgres.stop()
    owner = folder.stat()
    # Same account as the server's: the case in which PostgreSQL itself refuses to start.
    user = owner.st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user) as stranger:
        try:
            pid_file = folder / "cluster" / "postmaster.pid"
            pid_file.write_text(f"{stranger.pid}\n{folder / 'cluster'}\n1\n5432\n{folder}\n\n 1 1\nready\n")
            os.chown(pid_file, owner.st_uid, owner.st_gid)
            assert notes(start()) == ["kept"]
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.parametrize("content", ["", "99999999\n"], ids=["empty", "nobody"])
def test_a_pid_file_that_names_nobody_does_not_keep_the_server_out(start: Start, folder: Path, content: str) -> None:
    postgres = start()
    write_note(postgres, "kept")
    postgres.stop()
    (folder / "cluster" / "postmaster.pid").write_text(content)
    assert notes(start()) == ["kept"]


@pytest.mark.parametrize("with_children", [True, False])
def test_a_cluster_whose_creation_was_killed_is_created_afresh(start: Start, folder: Path, with_children: bool) -> None:
    user = start_user(folder, new_session=True)
    wait_until((folder / "cluster.new" / "base").exists)
    # Killed alone, it leaves an initdb at work, which must not meet the next one in the same folder.
    (os.killpg if with_children else os.kill)(user.pid, signal.SIGKILL)
    finish(user)
    assert not (folder / "cluster").exists()
    assert value_of(start(), "select 1") == 1
    assert not (folder / "cluster.new").exists()


def test_a_server_outlives_a_user_that_was_killed_and_the_next_one_takes_it_over(start: Start, folder: Path) -> None:
    user = start_user(folder)
    await_started(user)
    pid = postmaster_pid(folder)
    user.kill()
    finish(user)
    postgres = start()
    assert postmaster_pid(folder) == pid
    postgres.stop()
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_a_server_is_not_stopped_under_another_process_that_uses_it(start: Start, folder: Path) -> None:
    user = start_user(folder)
    await_started(user)
    pid = postmaster_pid(folder)
    postgres = start()
    postgres.stop()
    assert postmaster_pid(folder) == pid
    with pytest.raises(EmbeddedPostgresError, match="in use by another process with the settings"):
        start(settings={})
    finish(user)
    assert not (folder / "cluster" / "postmaster.pid").exists(), "the last user stops it when it ends"


def test_a_server_nobody_uses_restarts_with_the_settings_that_are_asked_for(start: Start, folder: Path) -> None:
    user = start_user(folder)
    await_started(user)
    user.kill()
    finish(user)
    assert value_of(start(settings={}), "show fsync") == "on"


def test_two_processes_that_start_it_at_once_share_one_server(start: Start, folder: Path) -> None:
    users = [start_user(folder) for _ in range(2)]
    for user in users:
        await_started(user)
    assert value_of(start(), "select count(*) from pg_stat_activity where backend_type = 'checkpointer'") == 1
    for user in users:
        finish(user)


def test_a_path_too_long_for_a_socket_gets_a_private_folder_for_it(start: Start, tmp_path: Path) -> None:
    postgres = start(tmp_path / ("long" * 25) / "postgres")
    assert value_of(postgres, "select 1") == 1
    assert postgres.socket_folder != postgres.data_folder
    assert postgres.socket_folder.stat().st_mode & 0o077 == 0
    postgres.stop()
    postgres.socket_folder.rmdir()


def test_a_folder_with_other_content_is_refused_and_left_alone(start: Start, tmp_path: Path) -> None:
    stranger = tmp_path / "documents"
    stranger.mkdir(mode=0o755)
    (stranger / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedPostgresError, match="was not made by this program"):
        start(stranger)
    assert [path.name for path in stranger.iterdir()] == ["PG_VERSION"]
    assert stranger.stat().st_mode & 0o777 == 0o755


def test_a_server_that_cannot_start_says_what_its_log_says(start: Start) -> None:
    with pytest.raises(EmbeddedPostgresError, match='unrecognized configuration parameter "no_such_setting"'):
        start(settings={"no_such_setting": "1"})


def value_of(postgres: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(postgres.url("postgres")) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def write_note(postgres: EmbeddedPostgres, text: str, *, database: str = "postgres") -> None:
    with psycopg.connect(postgres.url(database)) as connection:
        connection.execute("create table if not exists note (text text)")
        connection.execute("insert into note values (%s)", [text])


def notes(postgres: EmbeddedPostgres, *, database: str = "postgres") -> list[str]:
    with psycopg.connect(postgres.url(database)) as connection:
        return [text for (text,) in connection.execute("select text from note").fetchall()]


def postmaster_pid(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


def start_user(folder: Path, *, new_session: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DYING_USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=new_session,
    )


def await_started(user: subprocess.Popen[str]) -> None:
    assert user.stdout is not None
    assert user.stdout.readline() == "started\n"


def finish(user: subprocess.Popen[str]) -> None:
    user.communicate("\n" if user.poll() is None else None, timeout=60)


def wait_until(is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.002)
