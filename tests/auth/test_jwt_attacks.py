"""Every known way to forge a JSON Web Token, and what nobody thought of; each gets the one answer."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from hourledger.auth import jwt
from hourledger.auth.authenticate import authenticate
from hourledger.core.errors import AuthFailed, Denied
from models.database import Database
from models.tables import TrustedIssuerRow
from tests.auth.issuer import AT, ENCRYPTION, JWKS, NOW, RSA, STRANGER, Trusted, encoded, part, sign


def signed_with_public_key(claims: dict[str, Any], public: bytes) -> str:
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims)}"
    return f"{signed}.{encoded(hmac.digest(public, signed.encode(), 'sha256'))}"


# By the cause that is logged, so that each attack is seen to fail for its own reason.
ATTACKS: dict[str, dict[str, Callable[[Trusted], str]]] = {
    "not a JWT with an algorithm that is accepted": {
        "alg none": lambda t: f"{part({'alg': 'none'})}.{part(t.claims())}.",
        "alg none with a key id": lambda t: f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(t.claims())}.",
        "alg NONE": lambda t: f"{part({'alg': 'NONE', 'kid': 'rsa'})}.{part(t.claims())}.",
        "HS256 with the public PEM as secret": lambda t: signed_with_public_key(t.claims(), RSA.as_pem(private=False)),
        "HS256 with the public JWK as secret": lambda t: signed_with_public_key(
            t.claims(), json.dumps(RSA.as_dict(private=False)).encode()
        ),
        "RS512, not on the list": lambda t: sign(t.claims(), RSA, alg="RS512"),
        "claims are a list": lambda _: f"{part({'alg': 'RS256', 'kid': 'rsa'})}.{part([])}.AAAA",
        "header is text": lambda t: f"{part('alg')}.{part(t.claims())}.AAAA",
        "header is a list": lambda t: f"{part(['alg'])}.{part(t.claims())}.AAAA",
    },
    "signature cannot be checked: InvalidKeyTypeError": {
        "key of another algorithm": lambda t: sign(t.claims(), RSA, kid="ec"),
    },
    "SIGNING_KEY_UNKNOWN": {
        "encryption key": lambda t: sign(
            t.claims(), RSAKey.import_key(ENCRYPTION.as_dict(private=True), {"use": "sig"})
        ),
        "unknown kid": lambda t: sign(t.claims(), STRANGER, kid="rotated"),
        "no kid though there are several keys": lambda t: sign(t.claims(), RSA, kid=None),
        "kid is no text": lambda t: f"{part({'alg': 'RS256', 'kid': ['rsa']})}.{part(t.claims())}.AAAA",
    },
    "wrong signature": {
        "stranger's key under our key id": lambda t: sign(t.claims(), STRANGER),
        "stranger's key in the header": lambda t: sign(t.claims(), STRANGER, jwk=STRANGER.as_dict(private=False)),
        "stranger's key at a URL": lambda t: sign(t.claims(), STRANGER, jku="https://attacker.example/jwks"),
        "signature of other claims": lambda t: ".".join(
            [sign(t.claims()).split(".")[0], part(t.claims(sub="root")), sign(t.claims()).split(".")[2]]
        ),
        "signature cut off": lambda t: sign(t.claims()).rpartition(".")[0] + ".",
    },
    "signature cannot be checked: UnsupportedHeaderError": {
        "critical extension": lambda t: sign(t.claims(), crit=["exp"], exp=AT),
    },
    "issuer and audience are not trusted": {
        "wrong audience": lambda t: sign(t.claims(aud="https://another.example")),
        "wrong issuer": lambda t: sign(t.claims(iss="https://attacker.example")),
        "issuer with a slash more": lambda t: sign(t.claims(iss=t.issuer + "/")),
    },
    "no issuer or no audience": {
        "no audience": lambda t: sign(t.claims(aud=None)),
        "empty audience": lambda t: sign(t.claims(aud=[])),
        "audience is no text": lambda t: sign(t.claims(aud=[t.audience, 7])),
        "issuer with NUL": lambda t: sign(t.claims(iss=t.issuer + "\0")),
        "issuer with half a character": lambda t: sign(t.claims(iss=t.issuer + "\ud800")),
        "no issuer": lambda t: sign(t.claims(iss=None)),
    },
    "claims: The token is not yet valid": {
        "not yet valid": lambda t: sign(t.claims(nbf=AT + 31)),
    },
    "claims: The token was issued in the future": {
        "issued in the future": lambda t: sign(t.claims(iat=AT + 31)),
    },
    "claims: Missing claim: 'exp'": {
        "no expiry": lambda t: sign(t.claims(exp=None)),
    },
    "claims: Claim 'exp' must be a NumericDate value": {
        "expiry is text": lambda t: sign(t.claims(exp="2099-01-01")),
        "expiry is not a number": lambda t: sign(t.claims(exp=float("nan"))),
        "expires never": lambda t: sign(t.claims(exp=float("inf"))),
    },
    "claims: Missing claim: 'sub'": {
        "no subject": lambda t: sign(t.claims(sub=None)),
    },
    "claims: Claim 'sub' must be a StringOrURI value": {
        "subject is no text": lambda t: sign(t.claims(sub=7)),
    },
    "the subject is not a name": {
        "subject with NUL": lambda t: sign(t.claims(sub="anna\0root")),
    },
    "claims: Invalid claim: 'sub'": {
        "empty subject": lambda t: sign(t.claims(sub="")),
    },
    "not a JWT": {
        "claims nested without end": lambda _: (
            f"{part({'alg': 'RS256'})}.{base64.urlsafe_b64encode(b'[' * 9_000).decode()}.AAAA"
        ),
        "encrypted, not signed": lambda _: "e30.e30.e30.e30.e30",
        "garbage": lambda _: "garbage",
        "two dots": lambda _: "..",
    },
}


@pytest.mark.parametrize(
    ("attack", "cause"), [(attack, cause) for cause, attacks in ATTACKS.items() for attack in attacks]
)
async def test_attacks_get_the_one_answer(database: Database, trusted: Trusted, attack: str, cause: str) -> None:
    token = ATTACKS[cause][attack](trusted)
    with capture_logs() as logged, pytest.raises(Denied) as refused:
        await authenticate(database, f"Bearer {token}", now=NOW)
    assert logged[-1]["cause"] == cause
    assert (refused.value.code, refused.value.facts) == ("TOKEN_INVALID", {})
    assert "is not valid here" in refused.value.message
    assert token not in str(logged)


@settings(deadline=None)  # time says nothing here
@given(st.text(st.characters(max_codepoint=0x24F)))
def test_any_text_is_refused_and_never_breaks_the_parser(text: str) -> None:
    with pytest.raises(Denied):
        jwt.read_claims(text)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)
CLAIMS = st.dictionaries(st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "permissions"]), JSON)


@settings(deadline=None)  # time says nothing here
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "crit", "b64", "jwk", "typ"]), JSON), claims=CLAIMS)
def test_any_unsigned_json_is_refused_and_never_breaks_the_parser(header: dict[str, Any], claims: Any) -> None:
    with pytest.raises((Denied, AuthFailed)):
        jwt.verify(jwt.read_claims(f"{part(header)}.{part(claims)}.AAAA"), stored_issuer(), NOW)


@settings(deadline=None)  # time says nothing here
@given(claims=CLAIMS)
def test_signed_nonsense_is_refused_or_harmless(claims: dict[str, Any]) -> None:
    token = sign({"iss": "i", "aud": "a", "sub": "anna", "exp": AT + 60} | claims)
    try:
        verified = jwt.verify(jwt.read_claims(token), stored_issuer(), NOW)
    except Denied:
        return
    assert verified.expires_at > NOW
    assert verified.principal.subject


def stored_issuer() -> TrustedIssuerRow:
    return TrustedIssuerRow(organisation_id=1, issuer="i", audience="a", jwks=JWKS, permission_claim="permissions")
