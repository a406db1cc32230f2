"""Dated rates and exchange rates. Nothing is edited: a row is retired and others take its place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from models.tables.columns import choice, instant, key, one_of, refers_to


class RateScopeRow(SQLModel, table=True):
    """Whose rates a set of rate lines are: kind, level and the ids that level needs, each combination once.

    ``assignment_id`` is no foreign key: past valuations name the lines of an assignment that is gone.
    """

    __tablename__ = "rate_scope"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id",
            "kind",
            "level",
            "person_id",
            "role_id",
            "company_id",
            "project_id",
            "assignment_id",
            postgresql_nulls_not_distinct=True,
            name="uq_rate_scope_whose",
        ),
        one_of("kind", RateKind),
        one_of("level", Level),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    kind: RateKind = choice(RateKind)
    level: Level = choice(Level)
    person_id: int | None = refers_to("person.id", optional=True, index=True)
    role_id: int | None = refers_to("role.id", optional=True, index=True)
    company_id: int | None = refers_to("company.id", optional=True)
    project_id: int | None = refers_to("project.id", optional=True, index=True)
    assignment_id: int | None = Field(default=None, sa_type=BigInteger)


class RateLineRow(SQLModel, table=True):
    """A rate from ``valid_from`` up to, not including, ``valid_until``. Lines in force never overlap (exclusion).

    ``rate_scaled`` is in 1/10,000 of the currency per hour. ``retired_at`` is set when the line was replaced: what was
    known at an instant is the lines recorded before it and not retired by then.
    """

    __tablename__ = "rate_line"
    __table_args__ = (
        CheckConstraint("rate_scaled >= 0", name="rate_scaled"),
        CheckConstraint("valid_from < valid_until", name="period"),
        Index(None, "scope_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    scope_id: int = refers_to("rate_scope.id")
    rate_scaled: int = Field(sa_type=BigInteger)
    currency: str
    valid_from: date | None = None
    valid_until: date | None = None
    recorded_at: datetime = instant()
    recorded_by: str
    retired_at: datetime | None = instant(optional=True)


class ExchangeRateRow(SQLModel, table=True):
    """Units of ``currency`` per unit of the organisation's base currency; ``project_id`` set for a project's own."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate"),
        CheckConstraint("valid_from < valid_until", name="period"),
        Index(None, "organisation_id", "currency"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int | None = refers_to("project.id", optional=True)
    currency: str
    rate: Decimal = Field(sa_type=Numeric(20, 10))
    valid_from: date | None = None
    valid_until: date | None = None
    source: str
    recorded_at: datetime = instant()
    retired_at: datetime | None = instant(optional=True)
