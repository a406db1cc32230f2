"""Scalars: exact decimals as strings, positions in the event log, JSON."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

Seq = NewType("Seq", int)

_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,10})?", re.ASCII)
_SEQ_MAX = 2**53


def _write_decimal(value: Any) -> str:
    return f"{value:f}"


def _read_decimal(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    # A JSON number with a fraction has been through binary floating point already: 0.1 is not 0.1 there.
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise GraphQLError('A decimal is written as a string of digits, such as "12.50".')
    return Decimal(value)


def _read_seq(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _SEQ_MAX:
        raise GraphQLError("A position in the event log is a whole number from 0.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, always as a string such as "1234.50", never a floating-point number.',
        serialize=_write_decimal,
        parse_value=_read_decimal,
    ),
    Seq: strawberry.scalar(
        name="Seq",
        description="A position in the event log: a whole number up to 2^53 that only grows.",
        serialize=int,
        parse_value=_read_seq,
    ),
}
