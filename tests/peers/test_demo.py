"""The demo is the main job: it must work, and work again, on what an earlier run left behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.peers import PEER_FOLDER, WORKER


@pytest.mark.peer
def test_the_demo_tells_its_story_to_the_end_and_both_books_agree() -> None:
    folder = PEER_FOLDER / "demo" / WORKER
    script = (
        "import asyncio, pathlib; from hourledger.demo.story import tell; "
        f"asyncio.run(tell(keep=False, folder=pathlib.Path({str(folder)!r})))"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOURLEDGER_")}
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=400, check=False, env=clean
    )
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-4000:]
    read_back = re.findall(r"^\s+(Tryton|beancount)\s+(BR-\S+)\s+posted\s+(.*?)\s*$", told.stdout, re.MULTILINE)
    assert [one[0] for one in read_back] == ["Tryton", "beancount"]
    assert read_back[0][1:] == read_back[1][1:]
    assert "RECALCULATED" in told.stdout
    assert "NOTHING_TO_BILL" in told.stdout
