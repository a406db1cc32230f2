"""Rules of the house that neither the type checker nor the import linter can see."""

from __future__ import annotations

import ast
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
ROOMS = ("hourledger", "models", "connectors", "resolvers", "schema")
NOT_INSTALLED = ("benchmarks", "tests")
ENVIRONMENT = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic",
               "time.perf_counter", "time.time_ns", "os.environ", "os.getenv")  # fmt: skip
IMPURE = {
    "asyncio",
    "os",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
    "urllib",
    "http",
    "sqlite3",
}


def calls(folder: str) -> Iterator[tuple[Path, int, str]]:
    """Every dotted name in the folder's code, such as ``date.today``; words in docstrings do not count."""
    for file in sorted((HOUSE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                yield file.relative_to(HOUSE), node.lineno, ast.unparse(node)


def imports(folder: str) -> Iterator[tuple[Path, str]]:
    """The top-level package of every import in the folder."""
    for file in sorted((HOUSE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.relative_to(HOUSE), name.name.split(".")[0]) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield file.relative_to(HOUSE), node.module.split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_our_import_names_belong_to_us_alone(room: str) -> None:
    """The rooms have generic names. Another distribution with one of them would be imported in our place."""
    others = set(importlib.metadata.packages_distributions().get(room, [])) - {"hourledger"}
    assert not others, f"{', '.join(sorted(others))} installs a package {room!r}, too"
    module = __import__(room)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(HOUSE), f"{room} is imported from {module.__file__}"


@pytest.mark.parametrize("folder", NOT_INSTALLED)
def test_nothing_that_is_installed_needs_what_is_not(folder: str) -> None:
    assert [(file, name) for room in ROOMS for file, name in imports(room) if name == folder] == []


def test_every_room_is_typed() -> None:
    assert [room for room in ROOMS if not (HOUSE / room / "py.typed").exists()] == []


def test_every_folder_of_tests_is_a_package() -> None:
    """Otherwise pytest would put tests/models on the path as ``models``."""
    folders = {file.parent for file in (HOUSE / "tests").rglob("test_*.py")}
    assert [str(folder.relative_to(HOUSE)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_core_asks_no_clock_and_reads_no_environment() -> None:
    """What day it is, is an argument; otherwise yesterday's calculation cannot be repeated."""
    assert [(file, line, name) for file, line, name in calls("hourledger/core") if name.endswith(ENVIRONMENT)] == []


def test_core_imports_nothing_that_waits_or_talks() -> None:
    """Reading a policy that ships with the package (importlib.resources) is all the input and output there is."""
    assert [(file, name) for file, name in imports("hourledger/core") if name in IMPURE] == []


def test_core_has_no_floats() -> None:
    """A float near money is a bug; times in seconds on errors are the exception."""
    found = []
    for file in sorted((HOUSE / "hourledger/core").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_call = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
            if isinstance(node, ast.expr) and (is_literal or is_call):
                found.append(f"{file.relative_to(HOUSE)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("folder", ["hourledger/services", "models/queries", "resolvers", "schema"])
def test_only_the_edge_commits(folder: str) -> None:
    """A service that commits takes the decision from whoever composed it; hourledger.transactions commits."""
    assert [(file, line, name) for file, line, name in calls(folder) if name.endswith(".commit")] == []


def test_services_ask_no_clock() -> None:
    """``unit.now`` and ``unit.today`` are the time of the unit of work, which tests can move."""
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "time.time")
    assert [(file, line, name) for file, line, name in calls("hourledger/services") if name.endswith(clocks)] == []
