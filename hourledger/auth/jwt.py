"""Bearer JSON Web Tokens of trusted OpenID Connect issuers.

An issuer and an audience together name one organisation, ours to know from the table of trusted issuers: nothing in
the token can choose another. Keys come from the stored key set alone, never from ``jwk``, ``jku``, ``x5u`` in a header.

Source: RFC 7519 (claims), RFC 8725 (what goes wrong), RFC 9864 (Ed25519, formerly EdDSA).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact
from joserfc.jwt import JWTClaimsRegistry

from hourledger.auth.refusals import token_expired, token_invalid
from hourledger.core.access import Permission, Principal
from hourledger.core.errors import AuthFailed, Invalid
from models.tables import TrustedIssuerRow

LEEWAY_SECONDS: Final = 30  # how far the issuer's clock may be from ours
ALGORITHMS: Final = frozenset({"RS256", "ES256", "EdDSA", "Ed25519"})  # signatures only: no "none", no shared secrets
_NAME_LENGTH_MAX = 1_000

PublicKey = RSAKey | ECKey | OKPKey


class _Algorithms(JWSRegistry):
    """The allow-list and nothing besides. Unknown header fields are ignored, as RFC 7515 asks, unless critical."""

    max_header_length = 4_096
    max_payload_length = 16_384

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """The algorithm, without the library's warning that EdDSA has a new name: issuers still use the old one."""
        if name not in ALGORITHMS:
            return super().get_alg(name)  # raises
        return self.algorithms[name]


_registry = _Algorithms()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A token that has been read and not yet believed."""

    issuer: str
    audiences: tuple[str, ...]
    signature: CompactSignature = field(repr=False)
    claims: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A token that was believed; use it until ``expires_at``, which includes the leeway."""

    principal: Principal
    expires_at: datetime


def read_claims(text: str) -> Claimed:
    """Who the token says it is from and for, to find the issuer that can vouch for it.

    Raises:
        Denied TOKEN_INVALID: it is no signed JWT.
    """
    try:
        signature = extract_compact(text.encode(), registry=_registry)
        claims = json.loads(signature.payload)
        headers: object = signature.headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):  # what garbage does to the parser
        raise token_invalid("not a JWT") from None
    algorithm = headers.get("alg") if isinstance(headers, dict) else None
    if not isinstance(claims, dict) or not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise token_invalid("not a JWT with an algorithm that is accepted")
    issuer, audience = claims.get("iss"), claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    audiences = tuple(name for name in named if _is_name(name))
    if not _is_name(issuer) or not audiences or len(audiences) != len(named):
        raise token_invalid("no issuer or no audience")
    return Claimed(issuer, audiences, signature, claims)


def verify(claimed: Claimed, trusted: TrustedIssuerRow, now: datetime) -> Verified:
    """The caller, once signature, issuer, audience and times are right; times with a leeway of 30 seconds.

    The permissions are those names in the issuer's permission claim that we know: a list, or words in one string.

    Raises:
        Denied TOKEN_INVALID, TOKEN_EXPIRED.
        AuthFailed SIGNING_KEY_UNKNOWN: signed with a key that the stored key set does not have.
        Invalid ISSUER_KEYS_INVALID: the stored key set is broken.
    """
    key = _signing_key(claimed, trusted)
    try:
        if not validate_compact(claimed.signature, key, registry=_registry):
            raise token_invalid("wrong signature", issuer=trusted.issuer)
    except (JoseError, ValueError, TypeError, AttributeError) as error:  # key and algorithm do not fit, odd headers
        raise token_invalid(f"signature cannot be checked: {type(error).__name__}", issuer=trusted.issuer) from None
    seconds_now = int(now.timestamp())
    rules = JWTClaimsRegistry(
        now=seconds_now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": trusted.issuer},
        aud={"essential": True, "value": trusted.audience},
        sub={"essential": True},
        exp={"essential": True},
    )
    try:
        rules.validate(claimed.claims)
    except ExpiredTokenError:
        raise token_expired() from None
    except JoseError as error:
        raise token_invalid(f"claims: {error.description}", issuer=trusted.issuer) from None
    subject = claimed.claims["sub"]
    if not _is_name(subject):
        raise token_invalid("the subject is not a name", issuer=trusted.issuer)
    granted = permissions_in(claimed.claims.get(trusted.permission_claim))
    # A day at most, because issuers may write years that no datetime can hold.
    seconds_left = min(claimed.claims["exp"] + LEEWAY_SECONDS - seconds_now, 86_400)
    return Verified(Principal(trusted.organisation_id, subject, granted), now + timedelta(seconds=seconds_left))


def permissions_in(claim: object) -> frozenset[Permission]:
    """The permissions a claim names. Names that are not ours belong to other programs and are ignored."""
    names = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(permission for permission in Permission if permission.value in names)


def read_keys(jwks: Mapping[str, Any]) -> dict[str | None, PublicKey]:
    """The public signature keys of a key set (RFC 7517) by their ``kid``; other kinds of key are left out.

    Raises:
        Invalid ISSUER_KEYS_INVALID: not a key set, a key is malformed, or it is a private one.
    """
    keys: dict[str | None, PublicKey] = {}
    try:
        for data in jwks["keys"]:
            if data.get("kty") not in {"RSA", "EC", "OKP"} or data.get("use", "sig") != "sig":
                continue
            key = JWKRegistry.import_key(data)
            if key.is_private:
                raise ValueError("private key")
            if isinstance(key, RSAKey | ECKey | OKPKey):
                keys[data.get("kid")] = key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid(
            f"The key set of the issuer cannot be used ({type(error).__name__}): it must be what the issuer publishes "
            "as jwks_uri, public keys only. Fetch it again and store that.",
            code="ISSUER_KEYS_INVALID",
        ) from None
    return keys


def _signing_key(claimed: Claimed, trusted: TrustedIssuerRow) -> PublicKey:
    keys = read_keys(trusted.jwks)
    kid = claimed.signature.headers().get("kid")
    if kid is None and len(keys) == 1:
        return next(iter(keys.values()))
    if isinstance(kid, str) and (key := keys.get(kid)) is not None:
        return key
    shown = repr(kid[:80]) if isinstance(kid, str) else "no key id"
    raise AuthFailed(
        f"A token of {trusted.issuer} names the signing key {shown}, which its stored key set does not have. If the "
        "issuer has changed its keys, store its current key set; tokens signed with the new key work from then on.",
        code="SIGNING_KEY_UNKNOWN",
        issuer=trusted.issuer,
    )


def _is_name(value: object) -> TypeGuard[str]:
    """Printable text of reasonable length: the database cannot store NUL, and nobody can read the rest."""
    return isinstance(value, str) and 0 < len(value) <= _NAME_LENGTH_MAX and value.isprintable()
