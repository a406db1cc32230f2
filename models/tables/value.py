"""What a project may be worth besides its work: risks, and hours budgeted by role."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from hourledger.core.work import RiskStatus
from models.tables.columns import choice, instant, key, minor, one_of, refers_to


class RiskRow(SQLModel, table=True):
    """What may happen to a project; amounts in the project's currency, and in none of its costs."""

    __tablename__ = "risk"
    __table_args__ = (
        one_of("status", RiskStatus),
        CheckConstraint("probability_percent BETWEEN 0 AND 100", name="probability_percent"),
        CheckConstraint("least(potential_minor, actual_minor, mitigation_minor) >= 0", name="amounts"),
        Index(None, "project_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    description: str
    kind: str = ""
    status: RiskStatus = choice(RiskStatus, default=RiskStatus.IDENTIFIED)
    probability_percent: Decimal = Field(default=Decimal(0), sa_type=Numeric(5, 2))
    potential_minor: int = minor()
    actual_minor: int = minor()
    mitigation_plan: str = ""
    mitigation_minor: int = minor()
    entered_at: datetime = instant()
    entered_by: str


class RoleBudgetRow(SQLModel, table=True):
    """Hours budgeted for a role in the week or month that begins on ``first_day``; no row: none."""

    __tablename__ = "role_budget"
    __table_args__ = (
        UniqueConstraint("project_id", "role_id", "first_day"),
        CheckConstraint("seconds > 0", name="seconds"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    role_id: int = refers_to("role.id")
    first_day: date
    seconds: int = Field(sa_type=BigInteger)
