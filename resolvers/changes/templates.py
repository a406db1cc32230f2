"""Applying templates to projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hourledger.services import apply_template as service
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.projects import PROJECTS, ProjectView
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, Mutation


@dataclass(frozen=True, slots=True)
class AppliedView:
    """The project as it is now, and how much of the template came to it."""

    project: ProjectView | None
    counts: service.TemplateApplied


async def _apply_template(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    template_id: str,
    start_date: date | None,
    with_finances: bool,
    with_expenses: bool,
    with_rates: bool,
) -> Answer:
    applied = await service.apply_template(
        unit,
        row_id(project_id, "Project", "projectId"),
        row_id(template_id, "Project", "templateId"),
        start_date=start_date,
        with_finances=with_finances,
        with_expenses=with_expenses,
        with_rates=with_rates,
    )
    return applied.as_json()


async def _applied(context: RequestContext, answer: Answer) -> AppliedView:
    counts = service.TemplateApplied(**answer)
    project = await context.loaders.row(PROJECTS, counts.project_id)
    return AppliedView(project, counts)


apply_template: Mutation[AppliedView] = Mutation("applyTemplate", _apply_template, _applied)
