"""What a caller may see of an entity: figures without the right to them are null, and the answer says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import HourledgerError
from hourledger.core.finances.as_of import NotKnown
from resolvers.context import RequestContext


def may_see(context: RequestContext, field: str, permissions: tuple[Permission, ...]) -> bool:
    """Whether the caller has all the permissions; otherwise the first that lacks is noted for the answer's extensions.

    ``field`` is the field's name in the API, such as ProjectFinances.actualCost.
    """
    for permission in permissions:
        if not context.principal.may(permission):
            context.hidden.add((field, permission))
            return False
    return True


def if_known(context: RequestContext, field: str, read: Callable[[], Any]) -> Any:
    """What ``read`` gives; None, with the reason noted for the answer's extensions, when history does not tell it."""
    try:
        return read()
    except NotKnown as gap:
        note_unknown(context, field, gap)
        return None


def note_unknown(context: RequestContext, field: str, problem: HourledgerError) -> None:
    """Note for the answer's extensions why a figure is null although the caller may see it."""
    context.unknown.add((field, problem.code, problem.message))
