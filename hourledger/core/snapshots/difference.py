"""What differs between two moments: things added, removed and changed, field by field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hourledger.core.snapshots.facts import Fact, FactKind, Value

Order = tuple[int, int, str]
"""Where a change stands in a comparison: by kind, then by key, shorter keys (smaller numbers) first."""

_KINDS = {kind: place for place, kind in enumerate(FactKind)}


class ChangeType(StrEnum):
    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """``before`` and ``after``: None where the field had no value, or the thing was not there."""

    field: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class FactChange:
    """One thing that differs; ``fields`` are those that differ, by name. A thing that changed has at least one."""

    kind: FactKind
    key: str
    label: str
    change: ChangeType
    fields: tuple[FieldChange, ...]

    @property
    def order(self) -> Order:
        return _KINDS[self.kind], len(self.key), self.key


def differences(before: Iterable[Fact], after: Iterable[Fact]) -> list[FactChange]:
    """What is in one of the two and not in the other, or not with the same values; in the order of ``Order``.

    Turned round, additions are removals and every field's before is its after. ``label`` is the later one.
    """
    was, now = _by_key(before), _by_key(after)
    found = [_change(was.get(which), now.get(which)) for which in was.keys() | now.keys()]
    return sorted((one for one in found if one is not None), key=lambda one: one.order)


def _by_key(facts: Iterable[Fact]) -> dict[tuple[FactKind, str], Fact]:
    return {(fact.kind, fact.key): fact for fact in facts}


def _change(before: Fact | None, after: Fact | None) -> FactChange | None:
    latest = after or before
    assert latest is not None
    was, now = before.values if before else {}, after.values if after else {}
    fields = tuple(
        FieldChange(name, was.get(name), now.get(name))
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    )
    if before is None or after is None:
        change = ChangeType.ADDED if before is None else ChangeType.REMOVED
        return FactChange(latest.kind, latest.key, latest.label, change, fields)
    return FactChange(latest.kind, latest.key, latest.label, ChangeType.CHANGED, fields) if fields else None
