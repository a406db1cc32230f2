"""What a caller may see of an entity: figures without the right to them, or that nobody knows, are null, and the answer
says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hourledger.core.access import Permission
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
        context.unknown.add((field, gap.reason))
        return None
