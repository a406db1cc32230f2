"""The connectors there are: every class with a ``meta`` in a module of connectors.sources or connectors.targets.

A connector is found because its file is there. Modules whose name begins with an underscore are parts of one.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from connectors import sources as source_modules
from connectors import targets as target_modules
from connectors.base import ConnectorMeta, JournalTarget, TimeSource
from hourledger.core.errors import Missing


def source(key: str) -> type[TimeSource]:
    """The class of a time source. Raises Missing CONNECTOR_UNKNOWN, which names those there are."""
    found: type[TimeSource] = _named(key, "time source", source_modules)
    return found


def target(key: str) -> type[JournalTarget]:
    """The class of a journal target. Raises Missing CONNECTOR_UNKNOWN, which names those there are."""
    found: type[JournalTarget] = _named(key, "journal target", target_modules)
    return found


def sources() -> list[ConnectorMeta]:
    """Every time source, by key."""
    return [one.meta for one in _connectors(source_modules).values()]


def targets() -> list[ConnectorMeta]:
    """Every journal target, by key."""
    return [one.meta for one in _connectors(target_modules).values()]


def _named(key: str, kind: str, package: ModuleType) -> Any:
    known = _connectors(package)
    if key not in known:
        raise Missing(
            f"There is no {kind} {key!r}. Known are: {', '.join(known) or 'none'}.",
            code="CONNECTOR_UNKNOWN",
            field="connector",
            known=list(known),
        )
    return known[key]


@cache
def _connectors(package: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for one in vars(module).values():
            meta = getattr(one, "meta", None)
            # Defined there, not imported: a connector that builds on another must not count twice.
            if isinstance(one, type) and isinstance(meta, ConnectorMeta) and one.__module__ == module.__name__:
                other = found.setdefault(meta.key, one)
                if other is not one:
                    raise TypeError(f"{one.__qualname__} and {other.__qualname__} both call themselves {meta.key!r}")
    return dict(sorted(found.items()))
