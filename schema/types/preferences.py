"""Preferences of the organisation."""

from __future__ import annotations

import strawberry

from hourledger.services.preferences import HourEditing, HoursOfDeletedProject, HoursOfDeletedTask


@strawberry.type(
    description="What the organisation allows when time is logged, and what becomes of it when its place is deleted."
)
class Preferences:
    assign_roles_to_hours: bool = strawberry.field(description="Whether a role may be chosen for hours by hand.")
    log_on_future_dates: bool = strawberry.field(description="Whether time may be logged for days to come.")
    log_on_projects: bool = strawberry.field(description="Whether a project takes time on none of its tasks.")
    log_on_complete_projects: bool = strawberry.field(description="Whether complete projects take time.")
    log_on_dead_projects: bool = strawberry.field(description="Whether dead projects take time.")
    hour_editing: HourEditing = strawberry.field(description="Who may change and delete hours that are logged.")
    on_task_or_issue_delete: HoursOfDeletedTask = strawberry.field(
        description="What becomes of the hours on a task or an issue that is deleted."
    )
    on_project_delete: HoursOfDeletedProject = strawberry.field(
        description="What becomes of the hours on a project that is deleted."
    )
    allow_delete_with_logged_hours: bool = strawberry.field(
        description="Whether tasks and issues with hours can be deleted."
    )
    allow_move_with_logged_hours: bool = strawberry.field(
        description="Whether tasks and issues with hours can be moved to another project."
    )
