"""The business case of a project, from the figures that everybody sees (project-finances §8.10)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import Risk
from hourledger.core.finances.business_case import (
    BusinessCase,
    CaseExpense,
    CaseProject,
    CaseRisk,
    business_case,
    case_risk,
)
from hourledger.core.money import Money
from hourledger.services.measures import project_measures
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.expenses import EXPENSES
from models.queries.listing.projects import TASKS
from models.queries.listing.value import RISKS
from models.queries.snapshots import sees_one_state
from models.selecting import select_one
from models.tables import CompanyRow, ProjectRow

LINES_MAX = 2000


async def read_business_case(unit: UnitOfWork, project_id: int) -> BusinessCase:
    """As of now, whole: with planned expenses by age, and risks. ``unit`` sees one state of the database.

    Raises:
        Missing PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING; Invalid DOCUMENT_TOO_LONG.
        Denied PERMISSION_DENIED: it takes the rights to see general finance and cost rates, of which its figures are
            made; half a case would mislead.
    """
    for permission in (Permission.VIEW_PROJECTS, Permission.VIEW_GENERAL_FINANCE, Permission.VIEW_COST_RATES):
        unit.require(permission)
    assert await sees_one_state(unit.session), "begin this unit of work with one_state=True"
    session, owner = unit.session, unit.organisation_id
    row = await select_one(session, ProjectRow, owner, project_id)
    if row is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    expenses = await _expenses(unit, project_id)
    risks = await _risks(unit, project_id)
    if len(expenses) + len(risks) > LINES_MAX:
        raise Invalid(
            f"The business case has {len(expenses) + len(risks)} lines, and at most {LINES_MAX} are written. "
            "Sum up planned expenses.",
            code="DOCUMENT_TOO_LONG",
        )
    measures = (await project_measures(unit, [project_id]))[project_id]
    return business_case(await _project(unit, row), measures, unit.today, expenses, risks)


async def _project(unit: UnitOfWork, row: ProjectRow) -> CaseProject:
    company = None
    if row.company_id is not None:
        company = await select_one(unit.session, CompanyRow, unit.organisation_id, row.company_id)
    tasks = await TASKS.where_in(unit.session, unit.organisation_id, "t.project_id", [row.id])
    return CaseProject(
        code=row.code,
        name=row.name,
        customer=company.name if company else None,
        status=row.status,
        first_day=min((one.planned_start for one in tasks if one.planned_start), default=None),
        last_day=max((one.planned_completion for one in tasks if one.planned_completion), default=None),
        alignment_percent=row.alignment_percent,
    )


async def _expenses(unit: UnitOfWork, project_id: int) -> list[CaseExpense]:
    """Those that plan an amount; spending that nobody planned is in no budget."""
    found = await EXPENSES.where_in(unit.session, unit.organisation_id, "x.project_id", [project_id])
    return [
        CaseExpense(
            one.description,
            one.expense_type,
            one.planned_on,
            one.is_billable,
            Money(one.planned_minor, one.currency),
        )
        for one in reversed(found)
        if one.planned_minor
    ]


async def _risks(unit: UnitOfWork, project_id: int) -> list[CaseRisk]:
    found = await RISKS.where_in(unit.session, unit.organisation_id, "r.project_id", [project_id])
    return [
        case_risk(
            one.description,
            one.kind,
            one.status,
            Risk(
                Money(one.potential_minor, one.currency),
                one.probability_percent,
                Money(one.actual_minor, one.currency),
            ),
            one.mitigation_plan,
        )
        for one in found
    ]
