"""Projects, tasks and assignments. A project of a customer gets its implicit contract here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import require_plan, require_seconds
from hourledger.core.money import HourlyRate, Money, require_currency
from hourledger.core.work import CostType, RevenueType
from hourledger.services.checks import require_amounts, require_name, require_not_complete
from hourledger.services.company_rates import attach_company_rates
from hourledger.services.finance_preferences import finance_preferences
from hourledger.services.freeze_rates import freeze_on_preserved
from hourledger.services.implicit_contract import give_customer
from hourledger.services.task_hours import lock_task_hours, settle_assignees
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.assignments import AssignedTo
from models.selecting import select_kept, select_one
from models.tables import (
    AssignmentRow,
    CompanyRow,
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
    is_template: bool = False,
) -> int:
    """A project in ``currency`` (its customer's, else the organisation's, when None). Returns its id.

    With a customer it gets an implicit contract: one time-and-material line for all classes of work (design §3), and
    the customer's rates as they are now (project-finances §3.6). A template takes no work, for good (§4.7).
    """
    unit.require(Permission.EDIT_PROJECTS)
    company = None
    if company_id is not None:
        company = await select_one(unit.session, CompanyRow, unit.organisation_id, company_id, lock=True)
        if company is None:
            raise Missing(f"There is no company {company_id}.", code="COMPANY_UNKNOWN", field="companyId")
    project = ProjectRow(
        organisation_id=unit.organisation_id,
        company_id=company_id,
        code=require_name(code, "code"),
        name=require_name(name, "name"),
        currency=require_currency(currency or (company.currency if company else unit.base_currency)),
        require_time_approval=require_time_approval,
        is_template=is_template,
        created_at=unit.now,
    )
    unit.session.add(project)
    await unit.session.flush()
    if company is not None:
        await give_customer(unit, project, company.id)
        await attach_company_rates(unit, project.id, company.id)
    unit.audit("create", "project", project.id, after={"code": project.code, "is_template": is_template})
    unit.emit("PROJECT_CREATED", project_id=project.id, entity_id=project.id, code=project.code)
    return project.id


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A task: how it costs and earns (None: as the organisation has it), and when.

    ``billing_amount`` is the cap or fixed amount of its revenue type.
    """

    name: str
    cost_type: CostType | None = None
    revenue_type: RevenueType | None = None
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
        NotAllowed PROJECT_COMPLETE (§4.6).
    """
    unit.require(Permission.EDIT_PROJECTS)
    project = await select_kept(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    require_not_complete(project)
    if plan.parent_id is not None:
        parent = await select_kept(unit.session, TaskRow, unit.organisation_id, plan.parent_id)
        if parent is None or parent.project_id != project_id or parent.is_issue:
            raise Missing(
                f"Project {project.code} has no task {plan.parent_id}.", code="TASK_UNKNOWN", field="parentId"
            )
    usual = finance_preferences(unit)
    cost_type, revenue_type = plan.cost_type or usual.task_cost_type, plan.revenue_type or usual.task_revenue_type
    _check(plan, cost_type, revenue_type)
    task = TaskRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        parent_id=plan.parent_id,
        name=require_name(plan.name, "name"),
        cost_type=cost_type,
        cost_rate_scaled=_scaled(plan.cost_rate, project.currency),
        revenue_type=revenue_type,
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


ASSIGNEES_MAX = 200
"""How many people and roles one task may have (§1.4)."""


async def assign(
    unit: UnitOfWork, task_id: int, *, person_id: int | None, role_id: int | None, planned_seconds: int | None = None
) -> int:
    """A person (with the role it fills here) or only a role on a task; the first one is primary. Returns its id.

    ``planned_seconds``: hours by hand; None: an equal share of what the others leave of the task's (§2.2). Logged hours
    that are on no billing record are booked at once as the row says that speaks for them now; they keep their value.

    Raises:
        Missing TASK_UNKNOWN, PERSON_UNKNOWN, ROLE_UNKNOWN; NotAllowed PLAN_ON_PARENT (hours); Conflict EXISTS.
        Invalid ASSIGNEE_MISSING, TOO_MANY_ASSIGNEES, HOURS_INVALID.
    """
    unit.require(Permission.EDIT_PROJECTS)
    for table, row_id, code in ((PersonRow, person_id, "PERSON"), (RoleRow, role_id, "ROLE")):
        if row_id is not None and await select_one(unit.session, table, unit.organisation_id, row_id) is None:
            raise Missing(f"There is no {code.lower()} {row_id}.", code=f"{code}_UNKNOWN")
    if person_id is None and role_id is None:
        raise Invalid("Assign a person or a role.", code="ASSIGNEE_MISSING", field="personId")
    hours = await lock_task_hours(unit, task_id, with_logged=True)
    if len(hours.assignments) >= ASSIGNEES_MAX:
        raise Invalid(f"A task has at most {ASSIGNEES_MAX} assignees.", code="TOO_MANY_ASSIGNEES", field="taskId")
    if planned_seconds is not None:
        require_seconds(planned_seconds)
        hours.require_leaf("plannedHours")
    row = AssignmentRow(
        organisation_id=unit.organisation_id,
        task_id=task_id,
        person_id=person_id,
        role_id=role_id,
        is_primary=not hours.assignments,
        planned_seconds=planned_seconds,
    )
    unit.session.add(row)
    await unit.session.flush()
    hours.assignments.append(row)
    await settle_assignees(unit, hours)
    await freeze_on_preserved(
        unit, AssignedTo(hours.task.project_id, task_id, person_id, None if person_id else role_id)
    )
    unit.audit("create", "assignment", row.id, after={"task_id": task_id, "planned_seconds": planned_seconds})
    return row.id


def _check(plan: TaskPlan, cost_type: CostType, revenue_type: RevenueType) -> None:
    require_plan(plan.planned_seconds, plan.planned_start, plan.planned_completion)
    require_amounts(
        cost_type,
        revenue_type,
        cost_rate=plan.cost_rate,
        billing_rate=plan.billing_rate,
        billing_amount=plan.billing_amount,
    )


def _scaled(rate: Decimal | None, currency: str) -> int | None:
    return None if rate is None else HourlyRate.of(rate, currency).scaled
