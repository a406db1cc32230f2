"""What starting servers of other products asks of the operating system: locks, and whose process is whose.

A lock belongs to the kernel and vanishes with the process that holds it, however that process ends. A list of pids in
a file does not: it survives a crash, and its numbers are given to other processes.
"""

import fcntl
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def hold_exclusively(lock: Path, *, wait: bool = True) -> Iterator[int]:
    """Hold ``lock`` (created when missing, in a folder that exists) against every other holder, in any process.

    Gives the descriptor that holds it. A child process that is passed the descriptor holds the lock as well: when we
    are killed, nobody starts anew on what the child still works on.

    Raises:
        BlockingIOError: somebody holds it and ``wait`` is false.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def take_alone(descriptor: int) -> bool:
    """Turn a share of a lock into the whole of it. False when others have a share too; then ours is given up."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def command_of(pid: int) -> str | None:
    """The command line of a running process; None when there is none, it has ended, or it may not be read."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip() or None
    if Path("/proc/self").exists():
        return None
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]  # macOS has no /proc
    answer = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed program, a number
    return answer.stdout.decode(errors="replace").strip() or None


def exists(pid: int) -> bool:
    """Whether ``pid`` names a process, be it another user's or a dead one that waits to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def log_tail(log: Path, *, offset: int = 0, lines: int = 20) -> str:
    """The last ``lines`` of ``log`` after byte ``offset``; empty when there is no log."""
    try:
        with log.open("rb") as content:
            content.seek(offset)
            return "\n".join(content.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def find_or_create_account(names: tuple[str, ...]) -> pwd.struct_passwd:
    """The first of the system accounts ``names`` that exists; otherwise the last one, created. For root only.

    Raises:
        OSError, subprocess.CalledProcessError, KeyError: it cannot be created.
    """
    for name in names:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    command = ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", names[-1]]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed program, names are constants
    return pwd.getpwnam(names[-1])


def make_searchable(path: Path, account: pwd.struct_passwd) -> None:
    """Let ``account`` pass through the folders above ``path``: not list them, not read what is in them."""
    for folder in path.parents:
        status = folder.stat()
        if status.st_uid != account.pw_uid and not status.st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
