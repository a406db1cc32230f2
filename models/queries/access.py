"""API tokens and trusted issuers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select, update

from hourledger.core.access import Permission
from models.database import Session
from models.tables import ApiTokenRow, TrustedIssuerRow


@dataclass(frozen=True, slots=True)
class ListedToken:
    """What may be shown of a token: everything but its hash."""

    id: int
    prefix: str
    subject: str
    permissions: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def find_token(session: Session, prefix: str) -> ApiTokenRow | None:
    """The token with this prefix, of whichever organisation: this is how the organisation is found."""
    return (await session.exec(select(ApiTokenRow).where(ApiTokenRow.prefix == prefix))).one_or_none()


async def insert_token(
    session: Session,
    *,
    organisation_id: int,
    prefix: str,
    secret_hash: str,
    subject: str,
    permissions: Iterable[Permission],
    created_at: datetime,
    expires_at: datetime | None,
) -> int:
    """Returns the id."""
    row = ApiTokenRow(
        organisation_id=organisation_id,
        prefix=prefix,
        secret_hash=secret_hash,
        subject=subject,
        permissions=sorted(permission.value for permission in permissions),
        created_at=created_at,
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()
    return row.id


async def mark_token_revoked(session: Session, organisation_id: int, prefix: str, *, at: datetime) -> int | None:
    """The id of the token; None when the organisation has none with this prefix. The first revocation's time stays."""
    statement = (
        update(ApiTokenRow)
        .where(col(ApiTokenRow.organisation_id) == organisation_id, col(ApiTokenRow.prefix) == prefix)
        .values(revoked_at=func.coalesce(col(ApiTokenRow.revoked_at), at))
        .returning(col(ApiTokenRow.id))
    )
    return (await session.exec(statement)).scalar_one_or_none()


async def list_tokens(session: Session, organisation_id: int) -> list[ListedToken]:
    """All tokens of the organisation, revoked ones too, newest first."""
    rows = await session.exec(
        select(ApiTokenRow).where(ApiTokenRow.organisation_id == organisation_id).order_by(col(ApiTokenRow.id).desc())
    )
    return [
        ListedToken(
            row.id, row.prefix, row.subject, tuple(row.permissions), row.created_at, row.expires_at, row.revoked_at
        )
        for row in rows
    ]


async def find_issuers(session: Session, issuer: str, audiences: Sequence[str]) -> list[TrustedIssuerRow]:
    """The trusted issuers with this name for any of the audiences, of whichever organisation."""
    found = await session.exec(
        select(TrustedIssuerRow)
        .where(TrustedIssuerRow.issuer == issuer, col(TrustedIssuerRow.audience).in_(audiences))
        .order_by(col(TrustedIssuerRow.id))
    )
    return list(found)


async def insert_issuer(
    session: Session,
    *,
    organisation_id: int,
    issuer: str,
    audience: str,
    jwks: dict[str, Any],
    permission_claim: str = "permissions",
) -> int:
    """Returns the id. ``jwks``: checked with auth.jwt.read_keys before."""
    row = TrustedIssuerRow(
        organisation_id=organisation_id,
        issuer=issuer,
        audience=audience,
        jwks=jwks,
        permission_claim=permission_claim,
    )
    session.add(row)
    await session.flush()
    return row.id


async def replace_issuer_keys(
    session: Session, *, organisation_id: int, issuer: str, audience: str, jwks: dict[str, Any]
) -> bool:
    """Store the issuer's current key set. False when the organisation does not trust this issuer for this audience."""
    statement = (
        update(TrustedIssuerRow)
        .where(
            col(TrustedIssuerRow.organisation_id) == organisation_id,
            col(TrustedIssuerRow.issuer) == issuer,
            col(TrustedIssuerRow.audience) == audience,
        )
        .values(jwks=jwks)
        .returning(col(TrustedIssuerRow.id))
    )
    return (await session.exec(statement)).scalar_one_or_none() is not None
