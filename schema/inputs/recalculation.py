"""Inputs about recalculation."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from schema.inputs.base import MutationInput


def _ids(description: str) -> Any:
    return strawberry.field(default_factory=list, description=f"{description} None: this does not choose.")


@strawberry.input(description="Which hours; all parts must fit, a part that is left out does not choose.")
class RecalculationScopeInput:
    project_ids: list[strawberry.ID] = _ids("Hours on these projects.")
    company_ids: list[strawberry.ID] = _ids("Hours on projects of these customers.")
    person_ids: list[strawberry.ID] = _ids("Hours of these people.")
    role_ids: list[strawberry.ID] = _ids("Hours whose rate may depend on one of these roles.")
    rate_line_ids: list[strawberry.ID] = _ids("Hours valued by one of these stored rates.")
    time_entry_ids: list[strawberry.ID] = _ids("These entries.")
    first_day: date | None = strawberry.field(default=None, description="From this day of work.")
    last_day: date | None = strawberry.field(default=None, description="Up to this day of work.")
    only_new: bool = strawberry.field(
        default=False, description="Only hours that no recalculation has valued since they were logged or edited."
    )
    includes_billed_cost: bool = strawberry.field(
        default=False,
        description="Rate the cost, never the revenue, of billed hours as well; each change is in the audit log.",
    )


@strawberry.input(description="The input of recalculate.")
class RecalculateInput(MutationInput):
    scope: RecalculationScopeInput = strawberry.field(description="Which hours; an empty one means all.")
    reason: str = strawberry.field(default="", description="Why, for the history of runs and the audit log.")


@strawberry.input(description="The input of previewRecalculation; it changes nothing.")
class PreviewRecalculationInput(MutationInput):
    scope: RecalculationScopeInput = strawberry.field(description="Which hours; an empty one means all.")
    reason: str = strawberry.field(default="", description="Why, for the history of runs.")


@strawberry.input(description="The input of commitRecalculation.")
class CommitRecalculationInput(MutationInput):
    preview_id: strawberry.ID = strawberry.field(description="The preview, once it is done.")
    reason: str = strawberry.field(default="", description="Why, for the history of runs and the audit log.")


@strawberry.input(description="The input of cancelRecalculation.")
class CancelRecalculationInput(MutationInput):
    run_id: strawberry.ID = strawberry.field(description="The run.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")


@strawberry.input(description="The input of undoRecalculation.")
class UndoRecalculationInput(MutationInput):
    run_id: strawberry.ID = strawberry.field(description="The run to take back, once it has ended.")
    reason: str = strawberry.field(default="", description="Why, for the history of runs and the audit log.")
