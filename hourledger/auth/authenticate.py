"""From the Authorization header of a request to who is asking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from hourledger.auth import jwt, tokens
from hourledger.auth.recent import Recent
from hourledger.auth.refusals import not_authenticated, token_expired, token_invalid
from hourledger.core.access import Permission, Principal
from hourledger.core.errors import AuthFailed, Invalid
from models.database import Database
from models.queries.access import find_issuers, find_token

_HEADER_LENGTH_MAX = 24_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """``expires_at``: None means never."""

    principal: Principal
    expires_at: datetime | None


# How long a revoked token can still be used, and how long a change of permissions takes to show.
_seen: Recent[_Seen] = Recent(seconds=5, entries_max=4096)


async def authenticate(database: Database, authorization: str | None, *, now: datetime | None = None) -> Principal:
    """The caller with the permissions of its token: an API token of ours or a JWT of an issuer that we trust.

    ``authorization`` is the header's value; None: there was none. ``now`` is the present unless a test says otherwise.

    Raises:
        Denied NOT_AUTHENTICATED: no bearer token came.
        Denied TOKEN_INVALID: unknown, wrong, revoked, forged, not for us; one message for all of them.
        Denied TOKEN_EXPIRED: the token is real and too old.
        Transient DATABASE_UNREACHABLE.
    """
    text = _bearer_token(authorization)
    at = now or datetime.now(UTC)
    # By digest, so that no token lies in memory; with the URL, so that one process may use several databases.
    digest = hashlib.sha256(f"{database.url}\0{text}".encode()).digest()
    seen = _seen.find(digest)
    if seen is None:
        since = _seen.clock()
        seen = await (_by_api_token if text.startswith(tokens.START) else _by_jwt)(database, text, at)
        _seen.remember(digest, seen, since=since)
    if seen.expires_at is not None and seen.expires_at <= at:
        raise token_expired()
    return seen.principal


def _bearer_token(authorization: str | None) -> str:
    scheme, _, text = (authorization or "").strip().partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise not_authenticated()
    if len(text) > _HEADER_LENGTH_MAX or not text.isascii():
        raise token_invalid("too long or not ASCII")
    return text


async def _by_api_token(database: Database, text: str, _at: datetime) -> _Seen:
    prefix = tokens.prefix_of(text)
    if prefix is None:
        raise token_invalid("not the shape of an API token")
    async with database.session() as session:
        row = await find_token(session, prefix)
    # After the session: its connection must not wait for argon2.
    if not await tokens.verify(text, row.secret_hash if row else None) or row is None:
        raise token_invalid("unknown prefix or wrong secret", prefix=prefix)
    if row.revoked_at is not None:  # whatever the clock of the machine says that wrote it
        raise token_invalid("revoked", prefix=prefix)
    known = frozenset(permission for permission in Permission if permission.value in row.permissions)
    return _Seen(Principal(row.organisation_id, row.subject, known), row.expires_at)


async def _by_jwt(database: Database, text: str, at: datetime) -> _Seen:
    claimed = jwt.read_claims(text)
    async with database.session() as session:
        trusted = await find_issuers(session, claimed.issuer, claimed.audiences)
    if len(trusted) != 1:
        # Two audiences of ours may belong to two organisations: nobody may choose.
        raise token_invalid("two audiences of ours" if trusted else "issuer and audience are not trusted")
    try:
        verified = jwt.verify(claimed, trusted[0], at)
    except (AuthFailed, Invalid) as error:
        # The operator must act, so the operator is told; the caller learns no more than from a forged signature.
        _log.warning("trusted issuer needs attention", code=error.code, reason=error.message, issuer=claimed.issuer)
        raise token_invalid(error.code) from None
    return _Seen(verified.principal, verified.expires_at)
