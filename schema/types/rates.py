"""Rates in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import strawberry

from hourledger.core.money import HourlyRate
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from models.queries.listing.rates import RateView
from resolvers import projects, rates
from schema.fields import is_value, reads, resolves
from schema.node import Node
from schema.references import COMPANY, PERSON, PROJECT, RATE, ROLE


@strawberry.type(description="A rate with the days on which it is in force. Never edited: replaced by others.")
class RateLine(Node):
    is_type_of = is_value(RateView)
    kind: RateKind = strawberry.field(description="Cost or billing.")
    level: Level = strawberry.field(description="How specific it is; the most specific rate of a day applies.")
    scope = resolves(str, "Whose rate it is, in words.", rates.scope_in_words)
    rate = reads(RATE, "Price per hour.", lambda it: HourlyRate(it.rate_scaled, it.currency))
    valid_from: date | None = strawberry.field(description="First day in force; null: always was.")
    last_day = reads(
        date | None,
        "Last day in force, inclusive; null: open end.",
        lambda it: it.valid_until - timedelta(days=1) if it.valid_until else None,
    )
    recorded_at: datetime = strawberry.field(description="When it was set.")
    recorded_by: str = strawberry.field(description="Who set it.")
    person = resolves(
        PERSON | None, "The person it is for.", lambda context, it: projects.person_by_id(context, it.person_id)
    )
    role = resolves(ROLE | None, "The role it is for.", lambda context, it: projects.role_by_id(context, it.role_id))
    company = resolves(
        COMPANY | None, "The customer it is for.", lambda context, it: projects.company_by_id(context, it.company_id)
    )
    project = resolves(
        PROJECT | None,
        "The project it is for.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
