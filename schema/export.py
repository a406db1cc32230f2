"""schema.graphql from the code, and the check that it is up to date and breaks no client.

``python -m schema.export`` writes it. ``--check`` exits 1 when the file is stale, and says which of the differences
would break a client. ``--against FILE`` compares with the schema of a release: only what breaks its clients counts.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from graphql import build_schema as parse_schema
from graphql.utilities import find_breaking_changes

from schema.assembly import build_schema

FILE: Final = Path(__file__).with_name("schema.graphql")
_HEADER = "# Written by `python -m schema.export`; do not edit. Comments in the code become the descriptions here.\n\n"


def sdl() -> str:
    """The schema as it is in the code."""
    return f"{_HEADER}{build_schema(introspection=True).as_str()}\n"


def findings(committed: str, current: str) -> list[str]:
    """What is wrong with the committed schema, in sentences; empty when it is as it should be."""
    if committed == current:
        return []
    changes = find_breaking_changes(parse_schema(committed), parse_schema(current))
    return [
        "schema.graphql is not what the code says. Run python -m schema.export and commit the file.",
        *(f"breaking: {change.description}" for change in changes),
    ]


def main(arguments: list[str] | None = None, file: Path = FILE) -> int:
    parser = argparse.ArgumentParser(prog="python -m schema.export", description="Write or check schema.graphql.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the file is not up to date")
    parser.add_argument("--against", type=Path, help="a schema that clients use; exit 1 when ours would break them")
    given = parser.parse_args(arguments)
    current = sdl()
    if given.against:
        broken = find_breaking_changes(parse_schema(given.against.read_text(encoding="utf-8")), parse_schema(current))
        problems = [f"breaking: {change.description}" for change in broken]
    elif given.check:
        problems = findings(file.read_text(encoding="utf-8") if file.exists() else "type Query { none: Int }", current)
    else:
        file.write_text(current, encoding="utf-8")
        problems = []
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
