"""Which files of this machine a connection may name: those below the folders that the operator allows.

Whoever may manage connections chooses the path of an export or of a ledger. Without a bound that would be every file
that our process can read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

_allowed: tuple[Path, ...] | None = None


def allow_only(folders: tuple[Path, ...] | None) -> None:
    """Set the bound for this process, at its start. None: no bound (a development machine)."""
    global _allowed  # noqa: PLW0603  (one bound per process, set once by hourledger.runtime)
    _allowed = None if folders is None else tuple(folder.absolute().resolve() for folder in folders)


def _within_bounds(path: Path) -> Path:
    # resolve() follows links and "..", so that neither leads out.
    resolved = path.absolute().resolve()
    if _allowed is not None and not any(resolved.is_relative_to(folder) for folder in _allowed):
        raise ValueError("this path is outside the folders that HOURLEDGER_LOCAL_FOLDERS allows")
    return path


LocalPath = Annotated[Path, AfterValidator(_within_bounds)]
"""A path in a connector's settings, within bounds."""
