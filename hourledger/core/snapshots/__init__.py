"""Snapshots: a project's money at one instant as plain facts, who may see them, and what differs between two."""

from hourledger.core.snapshots.difference import ChangeType, FactChange, FieldChange, differences
from hourledger.core.snapshots.facts import Fact, FactKind, Value, Values, as_json, from_json
from hourledger.core.snapshots.sight import SIGHTS, seen, visible_kinds

__all__ = [
    "SIGHTS",
    "ChangeType",
    "Fact",
    "FactChange",
    "FactKind",
    "FieldChange",
    "Value",
    "Values",
    "as_json",
    "differences",
    "from_json",
    "seen",
    "visible_kinds",
]
