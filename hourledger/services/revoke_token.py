"""Revoke an API token."""

from __future__ import annotations

from datetime import datetime

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Missing
from models.database import Session
from models.queries.access import mark_token_revoked
from models.tables import AuditRow


async def revoke_token(session: Session, principal: Principal, *, prefix: str, now: datetime) -> None:
    """Make a token of the principal's organisation worthless, a few seconds from the commit. Twice is as good as once.

    ``prefix`` is the middle of ``hl_<prefix>_...``: what lists show, and what a found or leaked token shows.

    Raises:
        Denied PERMISSION_DENIED: may not administer.
        Missing TOKEN_UNKNOWN: this organisation has no such token.
    """
    principal.require(Permission.ADMINISTER)
    token_id = await mark_token_revoked(session, principal.organisation_id, prefix, at=now)
    if token_id is None:
        raise Missing(
            "There is no token with this prefix. The list of tokens shows the prefixes that exist.",
            code="TOKEN_UNKNOWN",
            field="prefix",
        )
    session.add(
        AuditRow(
            organisation_id=principal.organisation_id,
            actor=principal.subject,
            action="revoke",
            entity="api_token",
            entity_id=token_id,
            after={"prefix": prefix},
            recorded_at=now,
        )
    )
