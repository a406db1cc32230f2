"""JSON Web Tokens: what a trusted issuer signed is believed, for its organisation and its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from hourledger.auth import jwt
from hourledger.auth.authenticate import authenticate
from hourledger.core.access import Permission, Principal
from hourledger.core.errors import AuthFailed, Denied, Invalid
from models.database import Database
from models.queries.access import replace_issuer_keys
from models.tables import TrustedIssuerRow
from tests.auth.issuer import AT, EC, JWKS, NOW, RSA, STRANGER, Trusted, bearer, sign, trust


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
