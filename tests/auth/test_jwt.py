"""JSON Web Tokens: what a trusted issuer signed is believed, and every known way to forge one is not."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from structlog.testing import capture_logs

from hourledger.auth import jwt
from hourledger.auth.authenticate import authenticate
from hourledger.core.access import Permission, Principal
from hourledger.core.errors import AuthFailed, Denied, Invalid
from models.database import Database
from models.queries.access import insert_issuer, replace_issuer_keys
from models.tables import TrustedIssuerRow
from tests.auth.conftest import NOW

AT = int(NOW.timestamp())
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "okp"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})  # an attacker's key under the name of ours
ENCRYPTION = RSAKey.generate_key(2048, {"kid": "enc", "use": "enc"})
JWKS: dict[str, Any] = json.loads(
    json.dumps({"keys": [key.as_dict(private=False) for key in (RSA, EC, OKP, ENCRYPTION)]})
)
KEYS = {"RS256": RSA, "ES256": EC, "EdDSA": OKP, "Ed25519": OKP}


@dataclass
class Trusted:
    """What our organisation trusts."""

    issuer: str
    audience: str
    organisation_id: int

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims that are right, but for ``changes``; a claim that is changed to None is left out."""
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": "anna",
            "iat": AT,
            "nbf": AT,
            "exp": AT + 3600,
            "permissions": ["LOG_TIME"],
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}


@pytest.fixture
async def trusted(database: Database, ours: int) -> Trusted:
    return await trust(database, ours)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "Ed25519"])
async def test_a_signed_token_gives_its_subject_in_the_organisation_of_the_issuer(
    database: Database, trusted: Trusted, algorithm: str
) -> None:
    principal = await authenticate(database, bearer(trusted.claims(), alg=algorithm), now=NOW)
    assert principal == Principal(trusted.organisation_id, "anna", frozenset({Permission.LOG_TIME}))


@pytest.mark.parametrize(
    ("claim", "permissions"),
    [
        (["LOG_TIME", "VIEW_LEDGER"], {Permission.LOG_TIME, Permission.VIEW_LEDGER}),
        ("LOG_TIME openid VIEW_LEDGER", {Permission.LOG_TIME, Permission.VIEW_LEDGER}),
        (["LOG_TIME", "FLY", 7, None, ["ADMINISTER"]], {Permission.LOG_TIME}),
        (["log_time", "ADMIN"], set()),
        ({"ADMINISTER": True}, set()),
        (True, set()),
        (None, set()),
    ],
)
def test_unknown_permissions_are_ignored(claim: object, permissions: set[Permission]) -> None:
    assert jwt.permissions_in(claim) == permissions


def sign(claims: dict[str, Any], key: Any = None, *, alg: str = "RS256", **header: Any) -> str:
    """A token as an issuer or an attacker would make it: no header is too odd; one that is None is left out."""
    key = key or KEYS[alg]
    named = {"alg": alg, "kid": key.kid, **header}
    signed = f"{part({name: value for name, value in named.items() if value is not None})}.{part(claims)}"
    return f"{signed}.{encoded(JWSRegistry.algorithms[alg].sign(signed.encode(), key))}"


def bearer(claims: dict[str, Any], key: Any = None, *, alg: str = "RS256", **header: Any) -> str:
    return f"Bearer {sign(claims, key, alg=alg, **header)}"


def part(content: object) -> str:
    return encoded(json.dumps(content).encode())


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed_with_public_key(claims: dict[str, Any], public: bytes) -> str:
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims)}"
    return f"{signed}.{encoded(hmac.digest(public, signed.encode(), 'sha256'))}"


ATTACKS: dict[str, Callable[[Trusted], str]] = {
    "alg none": lambda t: f"{part({'alg': 'none'})}.{part(t.claims())}.",
    "alg none with a key id": lambda t: f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(t.claims())}.",
    "alg NONE": lambda t: f"{part({'alg': 'NONE', 'kid': 'rsa'})}.{part(t.claims())}.",
    "HS256 with the public PEM as secret": lambda t: signed_with_public_key(t.claims(), RSA.as_pem(private=False)),
    "HS256 with the public JWK as secret": lambda t: signed_with_public_key(
        t.claims(), json.dumps(RSA.as_dict(private=False)).encode()
    ),
    "RS512, not on the list": lambda t: sign(t.claims(), RSA, alg="RS512"),
    "key of another algorithm": lambda t: sign(t.claims(), RSA, kid="ec"),
    "encryption key": lambda t: sign(t.claims(), RSAKey.import_key(ENCRYPTION.as_dict(private=True), {"use": "sig"})),
    "stranger's key under our key id": lambda t: sign(t.claims(), STRANGER),
    "stranger's key in the header": lambda t: sign(t.claims(), STRANGER, jwk=STRANGER.as_dict(private=False)),
    "stranger's key at a URL": lambda t: sign(t.claims(), STRANGER, jku="https://attacker.example/jwks"),
    "unknown kid": lambda t: sign(t.claims(), STRANGER, kid="rotated"),
    "no kid though there are several keys": lambda t: sign(t.claims(), RSA, kid=None),
    "kid is no text": lambda t: f"{part({'alg': 'RS256', 'kid': ['rsa']})}.{part(t.claims())}.AAAA",
    "critical extension": lambda t: sign(t.claims(), crit=["exp"], exp=AT),
    "signature of other claims": lambda t: ".".join(
        [sign(t.claims()).split(".")[0], part(t.claims(sub="root")), sign(t.claims()).split(".")[2]]
    ),
    "signature cut off": lambda t: sign(t.claims()).rpartition(".")[0] + ".",
    "wrong audience": lambda t: sign(t.claims(aud="https://another.example")),
    "no audience": lambda t: sign(t.claims(aud=None)),
    "empty audience": lambda t: sign(t.claims(aud=[])),
    "audience is no text": lambda t: sign(t.claims(aud=[t.audience, 7])),
    "wrong issuer": lambda t: sign(t.claims(iss="https://attacker.example")),
    "issuer with a slash more": lambda t: sign(t.claims(iss=t.issuer + "/")),
    "issuer with NUL": lambda t: sign(t.claims(iss=t.issuer + "\0")),
    "issuer with half a character": lambda t: sign(t.claims(iss=t.issuer + "\ud800")),
    "no issuer": lambda t: sign(t.claims(iss=None)),
    "not yet valid": lambda t: sign(t.claims(nbf=AT + 31)),
    "issued in the future": lambda t: sign(t.claims(iat=AT + 31)),
    "no expiry": lambda t: sign(t.claims(exp=None)),
    "expiry is text": lambda t: sign(t.claims(exp="2099-01-01")),
    "expiry is not a number": lambda t: sign(t.claims(exp=float("nan"))),
    "expires never": lambda t: sign(t.claims(exp=float("inf"))),
    "no subject": lambda t: sign(t.claims(sub=None)),
    "subject is no text": lambda t: sign(t.claims(sub=7)),
    "subject with NUL": lambda t: sign(t.claims(sub="anna\0root")),
    "empty subject": lambda t: sign(t.claims(sub="")),
    "claims are a list": lambda _: f"{part({'alg': 'RS256', 'kid': 'rsa'})}.{part([])}.AAAA",
    "header is text": lambda t: f"{part('alg')}.{part(t.claims())}.AAAA",
    "header is a list": lambda t: f"{part(['alg'])}.{part(t.claims())}.AAAA",
    "claims nested without end": lambda _: (
        f"{part({'alg': 'RS256'})}.{base64.urlsafe_b64encode(b'[' * 9_000).decode()}.AAAA"
    ),
    "encrypted, not signed": lambda _: "e30.e30.e30.e30.e30",
    "garbage": lambda _: "garbage",
    "two dots": lambda _: "..",
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_attacks_get_the_one_answer(
    database: Database, trusted: Trusted, attack: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = ATTACKS[attack](trusted)
    with capture_logs() as logged, pytest.raises(Denied) as refused:
        await authenticate(database, f"Bearer {token}", now=NOW)
    print("CAUSE", attack, "|", logged[-1]["cause"])
    assert (refused.value.code, refused.value.facts) == ("TOKEN_INVALID", {})
    assert "is not valid here" in refused.value.message
    assert token not in str(logged)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": AT - 29}, None),  # clocks may differ by 30 seconds
        ({"exp": AT - 30}, "TOKEN_EXPIRED"),
        ({"exp": 0}, "TOKEN_EXPIRED"),
        ({"exp": 10**20}, None),
        ({"nbf": AT + 30, "iat": AT + 30}, None),
        ({"nbf": None, "iat": None}, None),
    ],
)
async def test_times_have_a_leeway(
    database: Database, trusted: Trusted, changes: dict[str, Any], code: str | None
) -> None:
    authorization = bearer(trusted.claims(**changes))
    if code is None:
        assert (await authenticate(database, authorization, now=NOW)).subject == "anna"
        return
    with pytest.raises(Denied) as refused:
        await authenticate(database, authorization, now=NOW)
    assert refused.value.code == code


async def test_a_token_expires_while_it_is_remembered(database: Database, trusted: Trusted) -> None:
    authorization = bearer(trusted.claims(exp=AT + 1))
    await authenticate(database, authorization, now=NOW)
    with pytest.raises(Denied) as refused:
        await authenticate(database, authorization, now=NOW + timedelta(seconds=31))
    assert refused.value.code == "TOKEN_EXPIRED"


async def test_the_organisation_is_the_issuers_whatever_the_token_says(
    database: Database, trusted: Trusted, theirs: int
) -> None:
    claims = trusted.claims(organisation_id=theirs, organisation="theirs", tenant=theirs)
    assert (await authenticate(database, bearer(claims), now=NOW)).organisation_id == trusted.organisation_id


async def test_the_keys_of_another_organisations_issuer_open_nothing_here(
    database: Database, trusted: Trusted, theirs: int
) -> None:
    """They may even trust an issuer of the same name, for an audience of theirs and with keys of their own."""
    attacker = await trust(database, theirs, issuer=trusted.issuer, jwks={"keys": [STRANGER.as_dict(private=False)]})
    own = bearer(attacker.claims(), STRANGER)
    assert (await authenticate(database, own, now=NOW)).organisation_id == theirs
    for audience in (trusted.audience, [trusted.audience, attacker.audience], [attacker.audience, trusted.audience]):
        with pytest.raises(Denied) as refused:
            await authenticate(database, bearer(trusted.claims(aud=audience), STRANGER), now=NOW)
        assert refused.value.code == "TOKEN_INVALID"


async def test_other_audiences_beside_ours_do_not_matter(database: Database, trusted: Trusted) -> None:
    claims = trusted.claims(aud=["account", trusted.audience])
    assert (await authenticate(database, bearer(claims), now=NOW)).subject == "anna"


async def test_after_a_key_change_the_operator_is_told_and_the_new_key_set_helps(
    database: Database, trusted: Trusted
) -> None:
    rotated = RSAKey.generate_key(2048, {"kid": "rotated"})
    token = sign(trusted.claims(), rotated)
    row = TrustedIssuerRow(
        organisation_id=1, issuer=trusted.issuer, audience=trusted.audience, jwks=JWKS, permission_claim="permissions"
    )
    with pytest.raises(AuthFailed, match="signing key 'rotated', which its stored key set does not have") as failed:
        jwt.verify(jwt.read_claims(token), row, NOW)
    assert failed.value.code == "SIGNING_KEY_UNKNOWN"
    async with database.session() as session:
        assert await replace_issuer_keys(
            session,
            organisation_id=trusted.organisation_id,
            issuer=trusted.issuer,
            audience=trusted.audience,
            jwks={"keys": [rotated.as_dict(private=False)]},
        )
        await session.commit()
    assert (await authenticate(database, f"Bearer {token}", now=NOW)).subject == "anna"
    without_kid = bearer(trusted.claims(), rotated, kid=None)
    assert (await authenticate(database, without_kid, now=NOW)).subject == "anna", "there is only one key to mean"


async def test_keys_of_another_organisations_issuer_cannot_be_replaced(
    database: Database, trusted: Trusted, theirs: int
) -> None:
    async with database.session() as session:
        assert not await replace_issuer_keys(
            session, organisation_id=theirs, issuer=trusted.issuer, audience=trusted.audience, jwks={"keys": []}
        )


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": None},
        {"keys": ["text"]},
        {"keys": [{"kty": "RSA", "kid": "a"}]},
        {"keys": [{"kty": "RSA", "kid": "a", "n": "!", "e": "AQAB"}]},
        {"keys": [RSA.as_dict(private=True)]},
        {"keys": [EC.as_dict(private=True)]},
    ],
    ids=["empty", "none", "text", "no numbers", "malformed", "private RSA", "private EC"],
)
def test_a_broken_or_private_key_set_is_refused_without_showing_it(jwks: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        jwt.read_keys(jwks)
    assert refused.value.code == "ISSUER_KEYS_INVALID"
    assert str(RSA.as_dict(private=True)["d"]) not in f"{refused.value!r} {refused.value.__cause__}"


def test_shared_secrets_in_a_key_set_are_left_out() -> None:
    shared = OctKey.generate_key(256, {"kid": "shared"})
    assert list(jwt.read_keys({"keys": [shared.as_dict(private=True), RSA.as_dict(private=False)]})) == ["rsa"]


async def test_a_broken_stored_key_set_does_not_tell_callers(database: Database, ours: int) -> None:
    broken = await trust(database, ours, jwks={"keys": None})
    with pytest.raises(Denied) as refused:
        await authenticate(database, bearer(broken.claims()), now=NOW)
    assert refused.value.code == "TOKEN_INVALID"


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_any_text_is_refused_and_never_breaks_the_parser(text: str) -> None:
    with pytest.raises(Denied):
        jwt.read_claims(text)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)
CLAIMS = st.dictionaries(st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "permissions"]), JSON)


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "crit", "b64", "jwk", "typ"]), JSON), claims=CLAIMS)
def test_any_unsigned_json_is_refused_and_never_breaks_the_parser(header: dict[str, Any], claims: Any) -> None:
    with pytest.raises(Denied):
        jwt.read_claims(f"{part(header)}.{part(claims)}.AAAA")


@given(claims=CLAIMS)
def test_signed_nonsense_is_refused_or_harmless(claims: dict[str, Any]) -> None:
    row = TrustedIssuerRow(organisation_id=1, issuer="i", audience="a", jwks=JWKS, permission_claim="permissions")
    token = sign({"iss": "i", "aud": "a", "sub": "anna", "exp": AT + 60} | claims)
    try:
        verified = jwt.verify(jwt.read_claims(token), row, NOW)
    except Denied:
        return
    assert verified.expires_at > NOW
    assert verified.principal.subject


async def trust(
    database: Database, organisation_id: int, *, issuer: str | None = None, jwks: dict[str, Any] | None = None
) -> Trusted:
    trusted = Trusted(
        issuer or f"https://login.example/{uuid.uuid4().hex}", f"hourledger-{uuid.uuid4().hex}", organisation_id
    )
    async with database.session() as session:
        await insert_issuer(
            session,
            organisation_id=organisation_id,
            issuer=trusted.issuer,
            audience=trusted.audience,
            jwks=JWKS if jwks is None else json.loads(json.dumps(jwks)),
        )
        await session.commit()
    return trusted
