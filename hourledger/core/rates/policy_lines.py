"""In which line of a policy's text something stands, for error messages: TOML readers do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRINGS_AND_REMARKS = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')


def line_of(text: str, table: str, key: str | None, number: int | None) -> int | None:
    """The line, from 1, of a table, of a key in it, or of the numbered step (from 1) of that key; None: not found.

    A step begins with its brace. A table that is only there through its members (``planned``) is where the first is.
    """
    lines = list(enumerate(_bare(text), start=1))
    start = next((number for number, line in lines if _opens(line, table)), None)
    if start is None:
        return None
    if key is None:
        return start
    at_key = next((at for at, line in lines if at >= start and _sets(line, key)), None)
    if at_key is None or number is None:
        return at_key or start
    braces = [at for at, line in lines if at >= at_key for _ in range(line.count("{"))]
    return braces[number - 1] if number <= len(braces) else at_key


def _bare(text: str) -> Iterator[str]:
    """The lines without what stands in quotes or behind #, so that a brace is a brace."""
    for line in text.splitlines():
        yield _STRINGS_AND_REMARKS.sub(lambda found: "" if found[0].startswith("#") else '""', line)


def _opens(line: str, table: str) -> bool:
    words = re.escape(table).replace(r"\.", r"\s*\.\s*")
    return re.match(rf"\s*(\[\s*{words}\s*(\]|\.)|{words}\s*=)", line) is not None


def _sets(line: str, key: str) -> bool:
    return re.match(rf"\s*{re.escape(key)}\s*=", line) is not None
