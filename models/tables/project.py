"""Projects, their tasks and people, and the contract by which they are billed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hourledger.core.finances import EacMethod, IndexMethod, PercentBasis
from hourledger.core.work import BillingMethod, CostType, ProjectStatus, RevenueType, TaskStatus
from models.tables.columns import choice, document, instant, key, minor, one_of, refers_to


class ProjectRow(SQLModel, table=True):
    """``currency`` is that of all its figures. Without a company the project is internal and never billed.

    ``company_rates_override``: recalculating takes the customer's rates of that day instead of the project's own
    (§3.6). ``preserve_billing_rates``: what has a billing rate keeps it for good (§3.8). ``filters_hour_types``: of the
    organisation's own kinds of hours only those in project_hour_type may be logged here (§1.10).
    ``alignment_percent``: how well it fits what the firm is after, as somebody scored it; None: nobody did (§8.10).
    Methods of earned value: None is the organisation's.
    ``exchange_rate_date``: set, only the organisation's exchange rates hold for it, and amounts without a day of their
    own are converted on that one (§7.2, §7.4).
    ``is_template``: it is there to be applied to others, and takes neither hours nor billing records (§4.7).
    ``deleted_at``: it is gone for everybody and may be restored; its code is free meanwhile.
    """

    __tablename__ = "project"
    __table_args__ = (
        Index(
            "uq_project_live_code",
            "organisation_id",
            "code",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        one_of("status", ProjectStatus),
        one_of("index_method", IndexMethod),
        one_of("eac_method", EacMethod),
        one_of("percent_basis", PercentBasis),
        CheckConstraint("planned_benefit_minor >= 0", name="planned_benefit"),
        CheckConstraint("alignment_percent BETWEEN 0 AND 100", name="alignment_percent"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    company_id: int | None = refers_to("company.id", optional=True, index=True)
    code: str
    name: str
    currency: str
    status: ProjectStatus = choice(ProjectStatus, default=ProjectStatus.CURRENT)
    fixed_cost_minor: int = minor()
    fixed_revenue_minor: int = minor()
    budget_minor: int | None = minor(optional=True)
    planned_benefit_minor: int = minor()
    actual_benefit_minor: int = minor()
    alignment_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    index_method: IndexMethod | None = choice(IndexMethod, default=None, nullable=True)
    eac_method: EacMethod | None = choice(EacMethod, default=None, nullable=True)
    percent_basis: PercentBasis | None = choice(PercentBasis, default=None, nullable=True)
    require_time_approval: bool = False
    company_rates_override: bool = False
    preserve_billing_rates: bool = False
    exchange_rate_date: date | None = None
    schedule_id: int | None = refers_to("work_schedule.id", optional=True)
    filters_hour_types: bool = False
    is_template: bool = False
    created_at: datetime = instant()
    deleted_at: datetime | None = instant(optional=True)


class ProjectHourTypeRow(SQLModel, table=True):
    """A kind of hours that may be logged on a project that filters them."""

    __tablename__ = "project_hour_type"
    __table_args__ = (UniqueConstraint("project_id", "hour_type_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    hour_type_id: int = refers_to("hour_type.id")


class TaskRow(SQLModel, table=True):
    """``cost_rate_scaled`` is for FIXED_HOURLY cost; ``billing_amount_minor`` is the cap or the fixed amount of the
    revenue type, ``billing_rate_scaled`` the rate of FIXED_HOURLY revenue. ``overtime_ratio`` multiplies the planned
    revenue of USER_AND_ROLE_HOURLY (§3.9). ``first_day_seconds``: what is left of the first planned day when work
    starts during it; None: all of it. An issue has neither type nor plan; its hours are searched by themselves.

    Hours and expenses refer to it together with its project, so that whatever moves it takes them along (§4.7).
    ``deleted_at``: it is gone for everybody; its row stays, because actuals name it."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("id", "project_id"),
        Index("uq_task_live_name", "project_id", "name", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index(None, "parent_id"),
        one_of("cost_type", CostType),
        one_of("revenue_type", RevenueType),
        one_of("status", TaskStatus),
        CheckConstraint("planned_completion >= planned_start", name="plan"),
        CheckConstraint("planned_seconds >= 0", name="planned_seconds"),
        CheckConstraint("percent_complete BETWEEN 0 AND 100", name="percent_complete"),
        CheckConstraint("overtime_ratio > 0", name="overtime_ratio"),
        CheckConstraint("first_day_seconds BETWEEN 0 AND 86400", name="first_day_seconds"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    parent_id: int | None = refers_to("task.id", optional=True)
    name: str
    is_issue: bool = False
    status: TaskStatus = choice(TaskStatus, default=TaskStatus.NEW)
    cost_type: CostType = choice(CostType, default=CostType.USER_HOURLY)
    cost_rate_scaled: int | None = Field(default=None, sa_type=BigInteger)
    revenue_type: RevenueType = choice(RevenueType, default=RevenueType.USER_HOURLY)
    billing_rate_scaled: int | None = Field(default=None, sa_type=BigInteger)
    billing_amount_minor: int | None = minor(optional=True)
    overtime_ratio: Decimal | None = Field(default=None, sa_type=Numeric(7, 4))
    planned_seconds: int = Field(default=0, sa_type=BigInteger)
    planned_start: date | None = None
    planned_completion: date | None = None
    first_day_seconds: int | None = None
    percent_complete: Decimal = Field(default=Decimal(0), sa_type=Numeric(5, 2))
    deleted_at: datetime | None = instant(optional=True)


class AssignmentRow(SQLModel, table=True):
    """A person or a role on a task. ``planned_seconds`` None: an equal share of what the others leave (§2.2).

    ``billing_role_id``: the job role the person is billed as here; ``attributes``: those of an open role, as in a rate
    scope. A rate of its own is a rate line of level ASSIGNMENT.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR role_id IS NOT NULL", name="somebody"),
        CheckConstraint("planned_seconds >= 0", name="planned_seconds"),
        Index(None, "task_id"),
        Index("uq_assignment_primary", "task_id", unique=True, postgresql_where=text("is_primary")),
        UniqueConstraint("task_id", "person_id", "role_id", postgresql_nulls_not_distinct=True),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    task_id: int = refers_to("task.id")
    person_id: int | None = refers_to("person.id", optional=True, index=True)
    role_id: int | None = refers_to("role.id", optional=True)
    is_primary: bool = False
    planned_seconds: int | None = Field(default=None, sa_type=BigInteger)
    is_billable: bool = True
    billing_role_id: int | None = refers_to("role.id", optional=True)
    attributes: dict[str, int] = document()


class ContractStatus(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class ContractRow(SQLModel, table=True):
    """An agreement with customers in one currency. ``is_implicit``: made by us for a project that came without one."""

    __tablename__ = "contract"
    __table_args__ = (one_of("status", ContractStatus),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    currency: str
    status: ContractStatus = choice(ContractStatus, default=ContractStatus.DRAFT)
    is_implicit: bool = False
    created_at: datetime = instant()


class ContractLineRow(SQLModel, table=True):
    """How the included classes of one project's work are billed."""

    __tablename__ = "contract_line"
    __table_args__ = (one_of("billing_method", BillingMethod), Index(None, "project_id"), Index(None, "contract_id"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    contract_id: int = refers_to("contract.id")
    project_id: int = refers_to("project.id")
    name: str
    billing_method: BillingMethod = choice(BillingMethod, default=BillingMethod.TIME_AND_MATERIAL)
    includes_time: bool = True
    includes_expense: bool = True
    includes_material: bool = True
    includes_fee: bool = True
    contracted_minor: int | None = minor(optional=True)


class ContractCustomerRow(SQLModel, table=True):
    """A customer's share of a contract line; the shares of one line sum to 100."""

    __tablename__ = "contract_customer"
    __table_args__ = (
        UniqueConstraint("contract_line_id", "company_id"),
        CheckConstraint("split_percent BETWEEN 0 AND 100", name="split_percent"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    contract_line_id: int = refers_to("contract_line.id")
    company_id: int = refers_to("company.id")
    split_percent: Decimal = Field(default=Decimal(100), sa_type=Numeric(9, 6))
    is_primary: bool = True
    is_rounding: bool = True
