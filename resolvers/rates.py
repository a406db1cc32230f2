"""Rates in force, and whose they are in words."""

from __future__ import annotations

from datetime import date

from hourledger.core.access import Permission
from hourledger.core.work import RateKind
from models.queries.listing.issues import ISSUES
from models.queries.listing.people import COMPANIES, PEOPLE, ROLES
from models.queries.listing.projects import ASSIGNMENTS, PROJECTS, TASKS
from models.queries.listing.rates import (
    OF_COMPANY,
    OF_KINDS,
    OF_PERSON,
    OF_PROJECT,
    OF_ROLE,
    ON_DAY,
    RATES,
    RATES_EVER,
    RateView,
)
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of

_PERMISSION = {
    RateKind.COST: Permission.VIEW_COST_RATES,
    RateKind.BILLING: Permission.VIEW_BILLING_RATES,
}


async def rates(
    context: RequestContext,
    page: PageRequest,
    *,
    kind: RateKind | None,
    on: date | None,
    project_id: str | None,
    person_id: str | None,
    role_id: str | None,
    company_id: str | None,
) -> Page[RateView]:
    """Lines that are not retired, of the kinds the caller may see; ``on``: only those in force on that day.

    Raises Denied PERMISSION_DENIED when the caller may see none of them.
    """
    if kind is not None:
        context.principal.require(_PERMISSION[kind])
    context.require_any(*_PERMISSION.values())
    seen = [kind] if kind else [one for one, permission in _PERMISSION.items() if context.principal.may(permission)]
    conditions: dict[str, dict[str, object]] = {OF_KINDS: {"kinds": [one.value for one in seen]}}
    if on is not None:
        conditions[ON_DAY] = {"day": on}
    for condition, name, value, type_name in (
        (OF_PROJECT, "project", project_id, "Project"),
        (OF_PERSON, "person", person_id, "Person"),
        (OF_ROLE, "role", role_id, "Role"),
        (OF_COMPANY, "company", company_id, "Company"),
    ):
        if value is not None:
            conditions[condition] = {name: row_id(value, type_name, f"{name}Id")}
    return await page_of(context, RATES, page, conditions)


async def rate_by_id(context: RequestContext, rate_id: int) -> RateView | None:
    """Retired lines too. None when the caller may not see rates of its kind."""
    found = await context.loaders.row(RATES_EVER, rate_id)
    return found if found and context.principal.may(_PERMISSION[found.kind]) else None


async def scope_in_words(context: RequestContext, rate: RateView) -> str:
    """Whose rate it is, as a person says it: Developer on project NOVA-1."""
    loaders = context.loaders
    if rate.assignment_id is not None:
        assignment = await loaders.row(ASSIGNMENTS, rate.assignment_id)
        on = assignment.task_id if assignment else None
        task, issue = await loaders.row(TASKS, on), await loaders.row(ISSUES, on)
        person = await loaders.row(PEOPLE, assignment.person_id if assignment else None)
        where = f"issue {issue.name}" if issue else f"task {task.name if task else '?'}"
        return f"{person.name if person else 'Somebody'} on {where}"
    person, role, company, project = (
        await loaders.row(PEOPLE, rate.person_id),
        await loaders.row(ROLES, rate.role_id),
        await loaders.row(COMPANIES, rate.company_id),
        await loaders.row(PROJECTS, rate.project_id),
    )
    whose = person.name if person else role.name if role else "Everybody"
    if project is not None:
        return f"{whose} on project {project.code}"
    return f"{whose} at {company.name}" if company is not None else whose
