"""Issue an API token."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime

from hourledger.auth import tokens
from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied, Invalid
from models.database import Session
from models.queries.access import insert_token
from models.tables import AuditRow

_SUBJECT_LENGTH_MAX = 200


async def issue_token(
    session: Session,
    principal: Principal,
    *,
    subject: str,
    permissions: AbstractSet[Permission],
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """The text of a new token for ``subject`` in the organisation of ``principal``; it is not kept, nor shown again.

    ``expires_at``: None means that it works until it is revoked.

    Raises:
        Denied PERMISSION_DENIED: may not administer. Denied PERMISSION_NOT_HELD: would grant what it may not do itself.
        Invalid SUBJECT_INVALID, PERMISSIONS_EMPTY, EXPIRY_INVALID.
    """
    principal.require(Permission.ADMINISTER)
    if lacking := sorted(permissions - principal.permissions):
        raise Denied(
            f"{principal.subject} cannot grant what it lacks itself: {', '.join(lacking)}. "
            "Leave these out, or ask somebody who has them.",
            code="PERMISSION_NOT_HELD",
            field="permissions",
            permissions=[permission.value for permission in lacking],
        )
    subject = subject.strip()
    _check(subject, permissions, expires_at, now)
    token = await tokens.generate()
    token_id = await insert_token(
        session,
        organisation_id=principal.organisation_id,
        prefix=token.prefix,
        secret_hash=token.secret_hash,
        subject=subject,
        permissions=permissions,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(
        AuditRow(
            organisation_id=principal.organisation_id,
            actor=principal.subject,
            action="issue",
            entity="api_token",
            entity_id=token_id,
            after={
                "prefix": token.prefix,
                "subject": subject,
                "permissions": sorted(permissions),
                "expires_at": expires_at.isoformat() if expires_at else None,
            },
            recorded_at=now,
        )
    )
    return token.text


def _check(subject: str, permissions: AbstractSet[Permission], expires_at: datetime | None, now: datetime) -> None:
    if not subject or len(subject) > _SUBJECT_LENGTH_MAX or not subject.isprintable():
        raise Invalid(
            f"The subject names who uses the token, in 1 to {_SUBJECT_LENGTH_MAX} printable characters.",
            code="SUBJECT_INVALID",
            field="subject",
        )
    if not permissions:
        raise Invalid(
            "A token without permissions can do nothing: name at least one.",
            code="PERMISSIONS_EMPTY",
            field="permissions",
        )
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= now):
        raise Invalid(
            "The expiry must be an instant with a time zone that is still to come; leave it out for a token that "
            "works until it is revoked.",
            code="EXPIRY_INVALID",
            field="expires_at",
        )
