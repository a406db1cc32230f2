"""Baselines: the numbers of one moment. Nothing but which one is the default ever changes (trigger)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hourledger.core.finances import EacMethod, IndexMethod
from hourledger.core.work import CostType, RevenueType
from models.tables.columns import choice, instant, key, minor, one_of, refers_to


class BaselineFiguresColumns(SQLModel):
    """What both keep: minor units of the project's currency, ratios with six decimals (``core.finances.baseline``)."""

    planned_labor_minor: int = minor()
    planned_expense_minor: int = minor()
    planned_billable_expense_minor: int = minor()
    planned_non_billable_expense_minor: int = minor()
    planned_cost_minor: int = minor()
    actual_labor_minor: int = minor()
    actual_expense_minor: int = minor()
    actual_billable_expense_minor: int = minor()
    actual_non_billable_expense_minor: int = minor()
    actual_cost_minor: int = minor()
    planned_revenue_minor: int = minor()
    actual_revenue_minor: int = minor()
    cpi: Decimal = Field(sa_type=Numeric)
    spi: Decimal = Field(sa_type=Numeric)
    csi: Decimal = Field(sa_type=Numeric)
    eac_seconds: int | None = Field(default=None, sa_type=BigInteger)
    eac_minor: int | None = minor(optional=True)


class BaselineRow(BaselineFiguresColumns, table=True):
    """Of a project, with the methods its CPI and EAC were measured by."""

    __tablename__ = "baseline"
    __table_args__ = (
        one_of("index_method", IndexMethod),
        one_of("eac_method", EacMethod),
        UniqueConstraint("project_id", "name"),
        Index("uq_baseline_default", "project_id", unique=True, postgresql_where=text("is_default")),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    name: str
    is_default: bool
    taken_on: date
    taken_at: datetime = instant()
    taken_by: str
    currency: str
    index_method: IndexMethod = choice(IndexMethod)
    eac_method: EacMethod = choice(EacMethod)
    planned_risk_minor: int = minor()
    budgeted_minor: int = minor()
    budgeted_labor_minor: int = minor()
    fixed_cost_minor: int = minor()
    fixed_revenue_minor: int = minor()
    planned_benefit_minor: int = minor()


class BaselineTaskRow(BaselineFiguresColumns, table=True):
    """Of a task as it was then; ``task_id`` and ``parent_id`` are no references: the task may be gone by now."""

    __tablename__ = "baseline_task"
    __table_args__ = (
        one_of("cost_type", CostType),
        one_of("revenue_type", RevenueType),
        UniqueConstraint("baseline_id", "task_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    baseline_id: int = refers_to("baseline.id")
    task_id: int = Field(sa_type=BigInteger)
    parent_id: int | None = Field(default=None, sa_type=BigInteger)
    name: str
    cost_type: CostType = choice(CostType)
    revenue_type: RevenueType = choice(RevenueType)
