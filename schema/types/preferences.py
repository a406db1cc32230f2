"""Preferences of the organisation."""

from __future__ import annotations

import strawberry

from hourledger.services.preferences import HourEditing


@strawberry.type(description="What the organisation allows when time is logged.")
class Preferences:
    assign_roles_to_hours: bool = strawberry.field(description="Whether a role may be chosen for hours by hand.")
    log_on_future_dates: bool = strawberry.field(description="Whether time may be logged for days to come.")
    log_on_projects: bool = strawberry.field(description="Whether a project takes time on none of its tasks.")
    log_on_complete_projects: bool = strawberry.field(description="Whether complete projects take time.")
    log_on_dead_projects: bool = strawberry.field(description="Whether dead projects take time.")
    hour_editing: HourEditing = strawberry.field(description="Who may change and delete hours that are logged.")
