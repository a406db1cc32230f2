"""An issuer of tokens, honest or not: keys, claims, and a signature under anything."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from models.database import Database
from models.queries.access import insert_issuer

NOW = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)
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
