"""Issues."""

from __future__ import annotations

import strawberry

from hourledger.core.access import Permission
from hourledger.core.work import TaskStatus
from models.queries.listing.issues import IssueView
from resolvers import projects, time_entries
from schema.fields import guarded_amount, hours, is_value, pages, resolves
from schema.node import Connection, Node
from schema.references import ASSIGNMENT, PROJECT, TIME_ENTRY


@strawberry.type(
    description="Work that turned up on a project: no plan, no types, no expenses. What it earns shows on the project."
)
class Issue(Node):
    is_type_of = is_value(IssueView)
    name: str = strawberry.field(description="Unique among the tasks and issues of the project.")
    status: TaskStatus = strawberry.field(description="Where it is in its life.")
    actual_hours = hours("Hours logged on it.", "actual_seconds")
    actual_cost = guarded_amount("What these hours cost.", "cost_minor", Permission.VIEW_COST_RATES)
    project = resolves(
        PROJECT | None, "The project it is on.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    assignments = resolves(
        list[ASSIGNMENT], "Who is to do it.", lambda context, it: projects.assignments(context, it.id)
    )
    time_entries = pages(
        Connection[TIME_ENTRY],
        "Work logged on it, newest first.",
        lambda context, it, page: time_entries.of_task(context, it.id, page),
    )
