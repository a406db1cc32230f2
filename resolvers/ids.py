"""Global ids: base64 of ``Type:id``. Clients treat them as opaque; every entity has one that is unique in the API."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode

from hourledger.core.errors import Invalid

_ID_MAX = 2**63 - 1


def global_id(type_name: str, row_id: int) -> str:
    return b64encode(f"{type_name}:{row_id}".encode()).decode()


def parse_global_id(value: str, field: str = "id") -> tuple[str, int]:
    """Type and row id. Raises Invalid ID_INVALID."""
    try:
        type_name, _, number = b64decode(value, validate=True).decode("ascii").partition(":")
        if not (type_name.isalpha() and number.isdecimal() and int(number) <= _ID_MAX):
            raise ValueError
    except (binascii.Error, ValueError):
        raise Invalid(
            "This is not an id of this API. Use the ids that the API gave you, unchanged.",
            code="ID_INVALID",
            field=field,
        ) from None
    return type_name, int(number)


def row_id(value: str, type_name: str, field: str) -> int:
    """The row id of a global id that must be of one type. Raises Invalid ID_INVALID, ID_OF_OTHER_TYPE."""
    found, number = parse_global_id(value, field)
    if found != type_name:
        raise Invalid(
            f"A {type_name} is needed here, and this id is one of {found}.", code="ID_OF_OTHER_TYPE", field=field
        )
    return number


def optional_row_id(value: str | None, type_name: str, field: str) -> int | None:
    return None if value is None else row_id(value, type_name, field)
