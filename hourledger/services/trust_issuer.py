"""Trust the tokens of an OIDC issuer for one audience."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hourledger.auth.jwt import read_keys
from hourledger.core.access import Permission, Principal
from models.database import Session
from models.queries.access import insert_issuer, replace_issuer_keys
from models.tables import AuditRow


async def trust_issuer(
    session: Session, principal: Principal, *, issuer: str, audience: str, jwks: dict[str, Any], now: datetime
) -> None:
    """Accept its tokens from now on; trusting it again replaces its keys, which is how keys are rotated.

    Raises:
        Denied PERMISSION_DENIED; Invalid ISSUER_KEYS_INVALID: not a set of public keys.
        Conflict EXISTS: another organisation trusts this issuer for this audience.
    """
    principal.require(Permission.ADMINISTER)
    read_keys(jwks)
    known = await replace_issuer_keys(
        session, organisation_id=principal.organisation_id, issuer=issuer, audience=audience, jwks=jwks
    )
    if not known:
        await insert_issuer(
            session, organisation_id=principal.organisation_id, issuer=issuer, audience=audience, jwks=jwks
        )
    session.add(
        AuditRow(
            organisation_id=principal.organisation_id,
            actor=principal.subject,
            action="trust",
            entity="trusted_issuer",
            after={"issuer": issuer, "audience": audience},
            recorded_at=now,
        )
    )
