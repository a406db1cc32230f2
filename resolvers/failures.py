"""Expected failures as data, in the one shape all mutations use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hourledger.core.errors import HourledgerError

_SNAKE = re.compile(r"_([a-z])")


@dataclass(frozen=True, slots=True)
class UserErrorView:
    """``field`` is the input's field in the API's spelling; None when it is about no single field."""

    field: str | None
    message: str
    code: str


def user_error(error: HourledgerError) -> UserErrorView:
    return UserErrorView(None if error.field is None else api_name(error.field), error.message, error.code)


def user_errors(error: HourledgerError) -> tuple[UserErrorView, ...]:
    """One, or where an error sums up several (``causes``), each of them."""
    return tuple(user_error(one) for one in error.facts.get("causes") or [error])


def api_name(name: str) -> str:
    """camelCase, as the API spells its fields."""
    return _SNAKE.sub(lambda found: found[1].upper(), name)
