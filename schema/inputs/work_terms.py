"""Inputs about the terms of work: roles for billing, overtime, issues, kinds of hours, preferences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET

from hourledger.services.preferences import HourEditing, HoursOfDeletedProject, HoursOfDeletedTask
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of setProjectBillingRole.")
class SetProjectBillingRoleInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    role_id: strawberry.ID = strawberry.field(description="As which role they are billed there.")
    valid_from: date | None = strawberry.field(default=None, description="First day; null: from the beginning.")
    last_day: date | None = strawberry.field(default=None, description="Last day, inclusive; null: open end.")
    replace_overlapping: bool = strawberry.field(
        default=False, description="Cut these days out of what is there, instead of refusing."
    )


@strawberry.input(description="The input of removeProjectBillingRole.")
class RemoveProjectBillingRoleInput(MutationInput):
    project_billing_role_id: strawberry.ID = strawberry.field(description="What is to go.")


@strawberry.input(description="The input of setAssignmentBilling: what is not given stays.")
class SetAssignmentBillingInput(MutationInput):
    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")
    is_billable: bool | None = strawberry.field(default=None, description="Whether its hours may earn.")
    billing_role_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="As which role the person is billed on this task; null: as the project says."
    )


@strawberry.input(description="The input of setOvertimeRatio.")
class SetOvertimeRatioInput(MutationInput):
    task_id: strawberry.ID = strawberry.field(description="The task; its revenue type is USER_AND_ROLE_HOURLY.")
    overtime_ratio: Decimal | None = strawberry.field(
        default=None, description="Factor on planned revenue, above 0, at most four decimals; null: none."
    )


@strawberry.input(description="The input of createIssue; for a person, a role, a person in a role, or nobody yet.")
class CreateIssueInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project it is on.")
    name: str = strawberry.field(description="Unique among the tasks and issues of the project.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Who is to do it.")
    role_id: strawberry.ID | None = strawberry.field(default=None, description="In which role.")


@strawberry.input(description="The input of setProjectHourTypes.")
class SetProjectHourTypesInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    hour_type_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Of the organisation's own kinds it takes only these; null: all. Built-in kinds always remain.",
    )


@strawberry.input(description="The input of setPersonHourTypes.")
class SetPersonHourTypesInput(MutationInput):
    person_id: strawberry.ID = strawberry.field(description="The person whose hours they are.")
    hour_type_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Of the organisation's own kinds, general ones too, they log only these; null: all. Built-in kinds "
        "always remain.",
    )


@strawberry.input(description="The input of setPreferences: what is not given stays.")
class SetPreferencesInput(MutationInput):
    assign_roles_to_hours: bool | None = strawberry.field(
        default=UNSET, description="Whether a role may be chosen for hours by hand."
    )
    log_on_future_dates: bool | None = strawberry.field(
        default=UNSET, description="Whether time may be logged for days to come."
    )
    log_on_projects: bool | None = strawberry.field(
        default=UNSET, description="Whether a project takes time on none of its tasks."
    )
    log_on_complete_projects: bool | None = strawberry.field(
        default=UNSET, description="Whether complete projects take time."
    )
    log_on_dead_projects: bool | None = strawberry.field(default=UNSET, description="Whether dead projects take time.")
    hour_editing: HourEditing | None = strawberry.field(
        default=UNSET, description="Who may change and delete hours that are logged."
    )
    on_task_or_issue_delete: HoursOfDeletedTask | None = strawberry.field(
        default=UNSET, description="What becomes of the hours on a task or an issue that is deleted."
    )
    on_project_delete: HoursOfDeletedProject | None = strawberry.field(
        default=UNSET, description="What becomes of the hours on a project that is deleted."
    )
    allow_delete_with_logged_hours: bool | None = strawberry.field(
        default=UNSET, description="Whether tasks and issues with hours can be deleted."
    )
    allow_move_with_logged_hours: bool | None = strawberry.field(
        default=UNSET, description="Whether tasks and issues with hours can be moved to another project."
    )
