"""Inputs about templates."""

from __future__ import annotations

from datetime import date

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="The input of applyTemplate.")
class ApplyTemplateInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project that gets what the template has.")
    template_id: strawberry.ID = strawberry.field(description="A project that was created as a template.")
    start_date: date | None = strawberry.field(
        default=None,
        description="The day on which the template's earliest planned day falls; all other dates keep their distance "
        "to it in calendar days. Null: dates as they are in the template.",
    )
    with_finances: bool = strawberry.field(
        default=True, description="Whether tasks keep their types and amounts; else they are NO_COST and NOT_BILLABLE."
    )
    with_expenses: bool = strawberry.field(default=True, description="Whether its expenses are planned there, too.")
    with_rates: bool = strawberry.field(
        default=True,
        description="Whether its own rates and rate cards come along; where the project has some already, those stay.",
    )
