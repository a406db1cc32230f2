"""Who works, for whom, and who may call us."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ARRAY, Index, LargeBinary, Numeric, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables.columns import choice, document, instant, key, one_of, refers_to


class OrganisationRow(SQLModel, table=True):
    """A tenant. ``base_currency`` is the currency of its books; dates are calendar dates in ``time_zone``."""

    __tablename__ = "organisation"

    id: int = key()
    name: str = Field(unique=True)
    base_currency: str
    time_zone: str = "UTC"
    rate_policy: str = "workfront-1"
    settings: dict[str, object] = document()
    created_at: datetime = instant()


class PersonRow(SQLModel, table=True):
    """``filters_hour_types``: of the organisation's own kinds of hours only those in person_hour_type are theirs to log
    (§1.10)."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("organisation_id", "email"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    email: str
    is_active: bool = True
    cost_rate_override_allowed: bool = False
    filters_hour_types: bool = False


class PersonHourTypeRow(SQLModel, table=True):
    """A kind of hours that a person may log who has a selection of them."""

    __tablename__ = "person_hour_type"
    __table_args__ = (UniqueConstraint("person_id", "hour_type_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    person_id: int = refers_to("person.id")
    hour_type_id: int = refers_to("hour_type.id")


class RoleRow(SQLModel, table=True):
    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    description: str = ""
    is_active: bool = True


class PersonRoleRow(SQLModel, table=True):
    """Which roles a person has, when; of the rows in force on a day at most one is primary (exclusion constraint)."""

    __tablename__ = "person_role"
    __table_args__ = (Index(None, "person_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    person_id: int = refers_to("person.id")
    role_id: int = refers_to("role.id")
    is_primary: bool = True
    share_percent: Decimal = Field(default=Decimal(100), sa_type=Numeric(5, 2))
    valid_from: date | None = None
    valid_until: date | None = None


class CompanyRow(SQLModel, table=True):
    """A customer. ``payment_terms_days``: None means due at once."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    currency: str
    payment_terms_days: int | None = None
    is_active: bool = True


class HourTypeScope(StrEnum):
    PROJECT_SPECIFIC = "PROJECT_SPECIFIC"
    GENERAL = "GENERAL"


class HourTypeRow(SQLModel, table=True):
    __tablename__ = "hour_type"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), one_of("scope", HourTypeScope))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    description: str = ""
    scope: HourTypeScope = choice(HourTypeScope, default=HourTypeScope.PROJECT_SPECIFIC)
    counts_as_revenue: bool = True
    is_built_in: bool = False
    is_active: bool = True


class ExpenseTypeRow(SQLModel, table=True):
    """``unit_rate_scaled``: price per unit in 1/10,000 of the currency; None when amounts are typed.

    ``is_active`` is false once it was deleted while expenses have it: they keep it, no new one gets it.
    """

    __tablename__ = "expense_type"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    description: str = ""
    unit: str | None = None
    unit_rate_scaled: int | None = None
    currency: str | None = None
    is_built_in: bool = False
    is_active: bool = True


class ApiTokenRow(SQLModel, table=True):
    """A bearer token. Only its argon2 hash is kept; ``prefix`` finds the row, never proves anything."""

    __tablename__ = "api_token"

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    prefix: str = Field(unique=True)
    secret_hash: str
    subject: str
    permissions: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime = instant()
    expires_at: datetime | None = instant(optional=True)
    revoked_at: datetime | None = instant(optional=True)


class TrustedIssuerRow(SQLModel, table=True):
    """An OIDC issuer whose tokens we accept, for one audience; ``jwks`` are its public keys."""

    __tablename__ = "trusted_issuer"
    __table_args__ = (UniqueConstraint("issuer", "audience"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    issuer: str
    audience: str
    jwks: dict[str, object] = document()
    permission_claim: str = "permissions"


class SecretRow(SQLModel, table=True):
    """Encrypted values of a connection, by name; only models.secrets reads them."""

    __tablename__ = "connection_secret"
    __table_args__ = (UniqueConstraint("connection_id", "name"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    connection_id: int = refers_to("connection.id")
    name: str
    ciphertext: bytes = Field(sa_type=LargeBinary)
