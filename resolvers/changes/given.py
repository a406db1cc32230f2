"""Edits change what is given: a field that was left out stays as it is, which is not the same as null."""

from __future__ import annotations

from typing import Any

from strawberry import UNSET

from hourledger.core.errors import Invalid


def given(*, never_null: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """The fields that were not left out. Raises Invalid NULL_NOT_ALLOWED for one of ``never_null`` that is null."""
    found = {name: value for name, value in fields.items() if value is not UNSET}
    for name in never_null:
        if name in found and found[name] is None:
            raise Invalid("Give a value, or leave it out to keep what is there.", code="NULL_NOT_ALLOWED", field=name)
    return found
