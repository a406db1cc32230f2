"""Risks and role budgets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hourledger.core.access import Permission
from hourledger.core.finances import displayed, full_time_persons
from hourledger.core.work import RiskStatus
from models.queries.listing.value import RiskView, RoleBudgetView
from resolvers import projects
from schema.fields import guarded_amount, hours, is_value, reads, resolves
from schema.node import Node
from schema.references import PROJECT, ROLE

GENERAL = Permission.VIEW_GENERAL_FINANCE


@strawberry.type(description="Something that may happen to a project and would cost; outside all its costs.")
class Risk(Node):
    is_type_of = is_value(RiskView)
    description: str = strawberry.field(description="What may happen.")
    kind: str = strawberry.field(description="A word of your choice, such as Legal; may be empty.")
    status: RiskStatus = strawberry.field(description="What has become of it.")
    probability_percent: Decimal = strawberry.field(description="How likely it is, 0 to 100.")
    potential_cost = guarded_amount("What it would cost.", "potential_minor", GENERAL)
    actual_cost = guarded_amount("What it has cost.", "actual_minor", GENERAL)
    mitigation_plan: str = strawberry.field(description="What is done about it; may be empty.")
    mitigation_cost = guarded_amount("What doing that costs.", "mitigation_minor", GENERAL)
    entered_at: datetime = strawberry.field(description="When it was entered.")
    entered_by: str = strawberry.field(description="Who entered it.")
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )


@strawberry.type(description="Hours budgeted for a role in a week or month.")
class RoleBudget(Node):
    is_type_of = is_value(RoleBudgetView)
    first_day: date = strawberry.field(description="The first day of the week or month; its cost rate counts.")
    hours = hours("Budgeted hours.", "seconds")
    full_time_persons = reads(
        Decimal,
        "The hours as full-time persons of a month, 160 hours each, two decimals.",
        lambda it: displayed(full_time_persons(it.seconds)),
    )
    role = resolves(ROLE | None, "The role.", lambda context, it: projects.role_by_id(context, it.role_id))
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
