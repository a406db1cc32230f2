"""How a caller is turned away. The caller gets one message for every cause, the operator's log gets the cause."""

from __future__ import annotations

import structlog

from hourledger.core.errors import Denied

_log = structlog.get_logger(__name__)


def not_authenticated() -> Denied:
    """No credentials came, or of a kind that we do not take."""
    return Denied(
        "This needs a token: send the header Authorization: Bearer <token>. An administrator can issue one.",
        code="NOT_AUTHENTICATED",
    )


def token_invalid(cause: str, **facts: str) -> Denied:
    """Unknown, wrong, revoked or forged: the answer does not say which, so that nothing can be probed.

    ``cause`` and ``facts`` are logged, never answered; they must not contain the token.
    """
    _log.info("credentials refused", cause=cause, **facts)
    return Denied(
        "The token is not valid here: it is unknown, revoked, or not meant for us. "
        "Check that it was copied whole, or ask an administrator for a new one.",
        code="TOKEN_INVALID",
    )


def token_expired() -> Denied:
    """The token was good once. Only somebody who holds it can learn this."""
    return Denied("The token has expired. Get a new one from whoever issued it.", code="TOKEN_EXPIRED")
