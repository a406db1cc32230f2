"""An environment of its own for each peer: its packages at the versions we tested, and none of them among ours."""

import asyncio
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hourledger.peers.failure import PeerError
from hourledger.processes import hold_exclusively, log_tail

NOT_CONTENT = ("__pycache__", "build", "dist", "*.egg-info")  # what building leaves in a package's folder


async def ensure_environment(
    folder: Path, requirements: Path, *, extra_packages: Sequence[Path] = (), report: Callable[[str], None]
) -> Path:
    """The Python of a virtual environment in ``folder`` that holds exactly ``requirements`` and ``extra_packages``.

    ``requirements`` is a lock: every package at one version, dependencies included. ``extra_packages`` are folders of
    source packages. What is complete is used as it is; what is not (interrupted, or made for other content) is made
    again. Two processes may ask at once: one builds, the other waits for it.

    Raises:
        PeerError: it cannot be made; the message ends with what pip said.
    """
    return await asyncio.to_thread(_ensure, folder, requirements, extra_packages, report)


def _ensure(folder: Path, requirements: Path, extra_packages: Sequence[Path], report: Callable[[str], None]) -> Path:
    folder = folder.absolute()
    content = _digest(requirements, extra_packages)
    python = folder / "bin" / "python"
    if _is_complete(folder, content):
        return python
    folder.parent.mkdir(parents=True, exist_ok=True)
    with hold_exclusively(folder.with_name(f"{folder.name}.lock")) as lock:
        if not _is_complete(folder, content):
            report(f"Installing {requirements.stem.removeprefix('requirements-')} into {folder}")
            _stamp(folder).unlink(missing_ok=True)  # first: nobody may take what is being removed for complete
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, requirements, extra_packages, lock)
            _stamp(folder).write_text(content, encoding="utf-8")
    return python


def _build(folder: Path, requirements: Path, extra_packages: Sequence[Path], lock: int) -> None:
    log = folder.with_name(f"{folder.name}.log")
    log.unlink(missing_ok=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-input"]
    pip.append("--disable-pip-version-check")
    _run([sys.executable, "-m", "venv", str(folder)], log, lock)
    _run([*pip, "--requirement", str(requirements)], log, lock)
    for package in extra_packages:
        # Built from a copy, with the environment's own setuptools: the source folder stays as it is, and two
        # processes that build the same package do not meet in it.
        with tempfile.TemporaryDirectory() as temporary:
            copy = shutil.copytree(package, Path(temporary) / "source", ignore=shutil.ignore_patterns(*NOT_CONTENT))
            _run([*pip, "--no-build-isolation", str(copy)], log, lock)


def _run(command: list[str], log: Path, lock: int) -> None:
    with log.open("ab") as output:
        answer = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=[lock]
        )
    if answer.returncode != 0:
        raise PeerError(
            f"{' '.join(command)} failed. It said:\n{log_tail(log)}\n"
            f"The whole log is {log}. Check that the package index can be reached, then run this again."
        )


def _is_complete(folder: Path, content: str) -> bool:
    stamp = _stamp(folder)
    # The interpreter is a link: it dangles when the Python it was made from has been removed.
    return stamp.exists() and stamp.read_text(encoding="utf-8") == content and (folder / "bin" / "python").exists()


def _stamp(folder: Path) -> Path:
    return folder / "complete"


def _digest(requirements: Path, extra_packages: Sequence[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode() + requirements.read_bytes())
    for package in extra_packages:
        for file in _files(package):
            digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if any(path.match(pattern) for pattern in NOT_CONTENT):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path
