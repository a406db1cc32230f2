"""The business case of a project: its figures for the API, and whole for a document."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.finances import ProjectMeasures
from models.queries.listing.expenses import ExpenseView
from models.queries.listing.projects import ProjectView
from models.queries.listing.value import RiskView
from resolvers import expenses, measures, value
from resolvers.context import RequestContext
from resolvers.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class BusinessCaseView:
    """The project and its measures; the case is read from both."""

    project: ProjectView
    measures: ProjectMeasures

    @property
    def project_id(self) -> int:
        return self.project.id


async def of_project(context: RequestContext, project: ProjectView) -> BusinessCaseView | None:
    found = await measures.of_project(context, project.id, None)
    return None if found is None else BusinessCaseView(project, found)


async def case_expenses(context: RequestContext, case: BusinessCaseView, page: PageRequest) -> Page[ExpenseView]:
    return await expenses.of_project(context, case.project.id, page)


async def case_risks(context: RequestContext, case: BusinessCaseView, page: PageRequest) -> Page[RiskView]:
    return await value.risks(context, case.project.id, page)
