"""Tables in strings: worked examples that a person can check line by line, and the formatter leaves alone."""

from __future__ import annotations

import re

_GAP = re.compile(r" {2,}")


def table(text: str) -> list[tuple[str, ...]]:
    """The rows below the header; cells stand two or more spaces apart, what follows ``#`` is a remark."""
    lines = [line.split("#", 1)[0].strip() for line in text.strip().splitlines()]
    header, *rows = [tuple(_GAP.split(line)) for line in lines if line]
    for row in rows:
        assert len(row) == len(header), f"{row} has not the columns {header}"
    return rows
