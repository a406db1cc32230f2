"""Dated rates, whose they are, and exchange rates. Nothing is edited: a row is retired and others take its place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from models.tables.columns import choice, document, instant, key, one_of, refers_to


class RateScopeRow(SQLModel, table=True):
    """Whose rates a set of rate lines are: kind, level and the ids that level needs, each combination once.

    ``attributes``: {rate attribute id: attribute value id} that the subject must have; empty for everybody (§3.5).
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
            "task_id",
            "rate_card_id",
            "attributes",
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
    company_id: int | None = refers_to("company.id", optional=True, index=True)
    project_id: int | None = refers_to("project.id", optional=True, index=True)
    assignment_id: int | None = Field(default=None, sa_type=BigInteger)
    task_id: int | None = refers_to("task.id", optional=True, index=True)
    rate_card_id: int | None = refers_to("rate_card.id", optional=True, index=True)
    attributes: dict[str, int] = document()


class RateLineRow(SQLModel, table=True):
    """A rate from ``valid_from`` up to, not including, ``valid_until``. Lines in force never overlap (exclusion).

    ``rate_scaled`` is in 1/10,000 of the currency per ``unit_seconds`` (3600: an hour), or what ``basis`` says;
    percents have the currency XXX. ``is_locked``: goes before overrides on the project (cards). ``retired_at``: when
    others took its place; what was known at an instant is the lines recorded before it and not retired by then.
    """

    __tablename__ = "rate_line"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN basis IN ('COST_PLUS', 'PERCENT') THEN rate_scaled >= -1000000 ELSE rate_scaled >= 0 END",
            name="rate_scaled",
        ),
        CheckConstraint("unit_seconds > 0", name="unit_seconds"),
        CheckConstraint("valid_from < valid_until", name="period"),
        one_of("basis", RateBasis),
        Index(None, "scope_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    scope_id: int = refers_to("rate_scope.id")
    rate_scaled: int = Field(sa_type=BigInteger)
    currency: str
    unit_seconds: int = 3600
    basis: RateBasis = choice(RateBasis, default=RateBasis.TIME)
    is_locked: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    recorded_at: datetime = instant()
    recorded_by: str
    retired_at: datetime | None = instant(optional=True)


class ExchangeRateRow(SQLModel, table=True):
    """Units of ``currency`` per unit of the organisation's base currency; ``project_id`` set for a project's own.

    A currency in which a project has rates of its own has only those there, whatever day they cover (§7.2).
    """

    __tablename__ = "exchange_rate"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate"),
        CheckConstraint("valid_from < valid_until", name="period"),
        Index(None, "organisation_id", "currency"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int | None = refers_to("project.id", optional=True, index=True)
    currency: str
    rate: Decimal = Field(sa_type=Numeric(20, 10))
    valid_from: date | None = None
    valid_until: date | None = None
    source: str
    recorded_at: datetime = instant()
    retired_at: datetime | None = instant(optional=True)
