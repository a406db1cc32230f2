"""Projects, their tasks, people on them, expenses and finances."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from models.queries.listing.people import COMPANIES, PEOPLE, ROLES, CompanyView, PersonView, RoleView
from models.queries.listing.projects import (
    ASSIGNMENTS,
    NAMED_LIKE,
    OF_COMPANY,
    PROJECTS,
    TASKS,
    TEMPLATES,
    AssignmentView,
    ProjectView,
    TaskView,
)
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.paging import Page, PageRequest, page_of, page_under

_TEXT_LENGTH_MAX = 200


async def projects(
    context: RequestContext, page: PageRequest, *, text: str | None, company_id: str | None, templates: bool
) -> Page[ProjectView]:
    """Projects by code, or the templates instead; ``text`` is looked for in code and name."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {TEMPLATES: {"templates": templates}}
    if text:
        conditions[NAMED_LIKE] = {"text": f"%{like_pattern(text)}%"}
    if company_id is not None:
        conditions[OF_COMPANY] = {"company": row_id(company_id, "Company", "companyId")}
    return await page_of(context, PROJECTS, page, conditions)


async def project(context: RequestContext, *, code: str | None, project_id: str | None) -> ProjectView | None:
    """By code or by id; None when there is none. Raises Invalid ONE_OF_TWO unless exactly one is given."""
    context.principal.require(Permission.VIEW_PROJECTS)
    wanted = optional_row_id(project_id, "Project", "id")
    if (code is None) == (wanted is None):
        raise Invalid("Name the project by code or by id, one of the two.", code="ONE_OF_TWO", field="code")
    if code is None:
        return await context.loaders.row(PROJECTS, wanted)
    async with context.reading() as unit:
        found = await PROJECTS.where_in(unit.session, unit.organisation_id, "p.code", [storable(code, "code")])
    return found[0] if found else None


async def project_by_id(context: RequestContext, project_id: int | None) -> ProjectView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(PROJECTS, project_id)


async def tasks(context: RequestContext, project_id: int, page: PageRequest) -> Page[TaskView]:
    return await page_under(context, TASKS, "t.project_id", project_id, page)


async def task_by_id(context: RequestContext, task_id: int | None) -> TaskView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(TASKS, task_id)


async def assignments(context: RequestContext, task_id: int) -> list[AssignmentView]:
    return await context.loaders.all_of(ASSIGNMENTS, "a.task_id", "task_id", task_id)


async def assignment_by_id(context: RequestContext, assignment_id: int) -> AssignmentView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(ASSIGNMENTS, assignment_id)


async def people(context: RequestContext, page: PageRequest) -> Page[PersonView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, PEOPLE, page)


async def roles(context: RequestContext, page: PageRequest) -> Page[RoleView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, ROLES, page)


async def companies(context: RequestContext, page: PageRequest) -> Page[CompanyView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, COMPANIES, page)


async def person_by_id(context: RequestContext, person_id: int | None) -> PersonView | None:
    return await context.loaders.row(PEOPLE, person_id)


async def role_by_id(context: RequestContext, role_id: int | None) -> RoleView | None:
    return await context.loaders.row(ROLES, role_id)


async def company_by_id(context: RequestContext, company_id: int | None) -> CompanyView | None:
    return await context.loaders.row(COMPANIES, company_id)


async def primary_role(context: RequestContext, person_id: int) -> RoleView | None:
    """The person's primary role today."""
    return await role_by_id(context, await context.loaders.primary_role_id(person_id))


def like_pattern(text: str) -> str:
    """``text`` to be found as it is, with no wildcards of its own."""
    return storable(text, "text").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def storable(text: str, field: str) -> str:
    """``text`` if the database could hold it. Raises Invalid TEXT_INVALID."""
    if len(text) > _TEXT_LENGTH_MAX or not text.isprintable():
        raise Invalid(f"Give at most {_TEXT_LENGTH_MAX} printable characters.", code="TEXT_INVALID", field=field)
    return text
