"""Servers of other products, real ones; what they need is kept between runs, so that only the first is slow."""

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PEER_FOLDER = Path(os.environ.get("HOURLEDGER_PEER_FOLDER", ROOT / ".data" / "peers")).absolute()
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")  # workers run at once, so each has its own data
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def report(line: str) -> None:
    """What a peer says while it is installed; pytest shows it with a test that fails."""
    print(line)
