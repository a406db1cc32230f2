"""Projects, tasks and assignments. A project of a customer gets its implicit contract here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import HourlyRate, Money, require_currency
from hourledger.core.work import BillingMethod, CostType, RevenueType
from hourledger.services.checks import require_name
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_one
from models.tables import (
    AssignmentRow,
    CompanyRow,
    ContractCustomerRow,
    ContractLineRow,
    ContractRow,
    ContractStatus,
    PersonRow,
    ProjectRow,
    RoleRow,
    TaskRow,
)


async def create_project(
    unit: UnitOfWork,
    *,
    code: str,
    name: str,
    company_id: int | None,
    currency: str | None = None,
    require_time_approval: bool = False,
) -> int:
    """A project in ``currency`` (its customer's, else the organisation's, when None). Returns its id.

    With a customer it gets an implicit contract: one time-and-material line for all classes of work (design §3).
    """
    unit.require(Permission.EDIT_PROJECTS)
    company = None
    if company_id is not None:
        company = await select_one(unit.session, CompanyRow, unit.organisation_id, company_id)
        if company is None:
            raise Missing(f"There is no company {company_id}.", code="COMPANY_UNKNOWN", field="companyId")
    project = ProjectRow(
        organisation_id=unit.organisation_id,
        company_id=company_id,
        code=require_name(code, "code"),
        name=require_name(name, "name"),
        currency=require_currency(currency or (company.currency if company else unit.base_currency)),
        require_time_approval=require_time_approval,
        created_at=unit.now,
    )
    unit.session.add(project)
    await unit.session.flush()
    if company is not None:
        await _add_implicit_contract(unit, project, company)
    unit.audit("create", "project", project.id, after={"code": project.code})
    unit.emit("PROJECT_CREATED", project_id=project.id, entity_id=project.id, code=project.code)
    return project.id


async def _add_implicit_contract(unit: UnitOfWork, project: ProjectRow, company: CompanyRow) -> None:
    contract = ContractRow(
        organisation_id=unit.organisation_id,
        name=project.name,
        currency=project.currency,
        status=ContractStatus.ACTIVE,
        is_implicit=True,
        created_at=unit.now,
    )
    unit.session.add(contract)
    await unit.session.flush()
    line = ContractLineRow(
        organisation_id=unit.organisation_id,
        contract_id=contract.id,
        project_id=project.id,
        name=project.name,
        billing_method=BillingMethod.TIME_AND_MATERIAL,
    )
    unit.session.add(line)
    await unit.session.flush()
    unit.session.add(
        ContractCustomerRow(organisation_id=unit.organisation_id, contract_line_id=line.id, company_id=company.id)
    )
    await unit.session.flush()


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A task: how it costs and earns, and when. ``billing_amount`` is the cap or fixed amount of its revenue type."""

    name: str
    cost_type: CostType = CostType.USER_HOURLY
    revenue_type: RevenueType = RevenueType.USER_HOURLY
    parent_id: int | None = None
    cost_rate: Decimal | None = None
    billing_rate: Decimal | None = None
    billing_amount: Decimal | None = None
    planned_seconds: int = 0
    planned_start: date | None = None
    planned_completion: date | None = None


async def create_task(unit: UnitOfWork, project_id: int, plan: TaskPlan) -> int:
    """Returns the new task's id.

    Raises:
        Missing PROJECT_UNKNOWN, TASK_UNKNOWN (parent).
        Invalid AMOUNT_NEEDED: the type needs a rate, cap or fixed amount that is not given; PLAN_REVERSED.
    """
    unit.require(Permission.EDIT_PROJECTS)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    if plan.parent_id is not None:
        parent = await select_one(unit.session, TaskRow, unit.organisation_id, plan.parent_id)
        if parent is None or parent.project_id != project_id or parent.is_issue:
            raise Missing(
                f"Project {project.code} has no task {plan.parent_id}.", code="TASK_UNKNOWN", field="parentId"
            )
    _check(plan)
    task = TaskRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        parent_id=plan.parent_id,
        name=require_name(plan.name, "name"),
        cost_type=plan.cost_type,
        cost_rate_scaled=_scaled(plan.cost_rate, project.currency),
        revenue_type=plan.revenue_type,
        billing_rate_scaled=_scaled(plan.billing_rate, project.currency),
        billing_amount_minor=(
            None if plan.billing_amount is None else Money.of(plan.billing_amount, project.currency).minor
        ),
        planned_seconds=plan.planned_seconds,
        planned_start=plan.planned_start,
        planned_completion=plan.planned_completion,
    )
    unit.session.add(task)
    await unit.session.flush()
    unit.emit("TASK_CREATED", project_id=project_id, entity_id=task.id, name=task.name)
    return task.id


async def assign(
    unit: UnitOfWork, task_id: int, *, person_id: int | None, role_id: int | None, planned_seconds: int = 0
) -> int:
    """A person (with the role it fills here) or only a role on a task; the first one is primary. Returns its id."""
    unit.require(Permission.EDIT_PROJECTS)
    for table, row_id, code in (
        (TaskRow, task_id, "TASK"),
        (PersonRow, person_id, "PERSON"),
        (RoleRow, role_id, "ROLE"),
    ):
        if row_id is not None and await select_one(unit.session, table, unit.organisation_id, row_id) is None:
            raise Missing(f"There is no {code.lower()} {row_id}.", code=f"{code}_UNKNOWN")
    if person_id is None and role_id is None:
        raise Invalid("Assign a person or a role.", code="ASSIGNEE_MISSING", field="personId")
    row = AssignmentRow(
        organisation_id=unit.organisation_id,
        task_id=task_id,
        person_id=person_id,
        role_id=role_id,
        planned_seconds=planned_seconds,
    )
    unit.session.add(row)
    await unit.session.flush()
    return row.id


def _check(plan: TaskPlan) -> None:
    if plan.planned_start and plan.planned_completion and plan.planned_completion < plan.planned_start:
        raise Invalid("Planned completion is before planned start.", code="PLAN_REVERSED", field="plannedCompletion")
    if plan.cost_type is CostType.FIXED_HOURLY and plan.cost_rate is None:
        raise Invalid("Cost type FIXED_HOURLY needs a cost rate.", code="AMOUNT_NEEDED", field="costRate")
    if plan.revenue_type is RevenueType.FIXED_HOURLY and plan.billing_rate is None:
        raise Invalid("Revenue type FIXED_HOURLY needs a billing rate.", code="AMOUNT_NEEDED", field="billingRate")
    if (plan.revenue_type.is_capped or plan.revenue_type.has_fixed_part) and plan.billing_amount is None:
        raise Invalid(
            f"Revenue type {plan.revenue_type.value} needs an amount.", code="AMOUNT_NEEDED", field="billingAmount"
        )
    if plan.planned_seconds < 0:
        raise Invalid("Planned hours are zero or more.", code="HOURS_INVALID", field="plannedHours")


def _scaled(rate: Decimal | None, currency: str) -> int | None:
    return None if rate is None else HourlyRate.of(rate, currency).scaled
