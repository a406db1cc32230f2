"""Checks of input that several services make."""

from __future__ import annotations

from hourledger.core.errors import Invalid

_NAME_LENGTH_MAX = 255


def require_name(value: str, field: str = "name") -> str:
    """``value`` without spaces around it. Raises Invalid NAME_INVALID: empty, or more than 255 characters."""
    cleaned = value.strip()
    if not cleaned or len(cleaned) > _NAME_LENGTH_MAX:
        raise Invalid(f"A {field} has 1 to {_NAME_LENGTH_MAX} characters.", code="NAME_INVALID", field=field)
    return cleaned
