"""Rates in force."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hourledger.core.money import HourlyRate
from hourledger.core.pricing import PERCENT_CURRENCY
from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from models.queries.listing.rates import RateView
from resolvers import projects, rate_attributes, rate_cards, rates
from schema.fields import is_value, reads, resolves
from schema.node import Node
from schema.references import ASSIGNMENT, COMPANY, PERSON, PROJECT, RATE, RATE_CARD, RATE_LINE, ROLE, TASK
from schema.types.days import Days, last_day
from schema.types.rate_attributes import RateNarrowing


def _rate(line: RateView) -> HourlyRate:
    return HourlyRate(line.rate_scaled, line.currency, line.unit_seconds)


@strawberry.type(description="A rate with the days on which it is in force. Never edited: replaced by others.")
class RateLine(Node):
    is_type_of = is_value(RateView)
    kind: RateKind = strawberry.field(description="Cost, billing, or a markup on top of billing.")
    level: Level = strawberry.field(description="How specific it is; the most specific rate of a day applies.")
    scope = resolves(str, "Whose rate it is, in words.", rates.scope_in_words)
    basis: RateBasis = strawberry.field(description="What the rate is.")
    rate = reads(RATE, "Price per unit of time or per entry; of a percentage in the currency XXX.", _rate)
    percent = reads(
        Decimal | None,
        "The percentage of COST_PLUS and PERCENT; null: it is a price.",
        lambda it: _rate(it).per_unit if it.currency == PERCENT_CURRENCY else None,
    )
    is_locked: bool = strawberry.field(description="Goes before overrides on the project.")
    valid_from: date | None = strawberry.field(description="First day in force; null: always was.")
    last_day = last_day("Last day in force, inclusive; null: open end.")
    recorded_at: datetime = strawberry.field(description="When it was set.")
    recorded_by: str = strawberry.field(description="Who set it.")
    retired_at: datetime | None = strawberry.field(description="When others took its place; null: it stands.")
    is_current = resolves(bool, "Whether it is in force today.", rates.is_current)
    attributes = resolves(
        list[RateNarrowing],
        "What who works must have; empty: it is for everybody.",
        lambda context, it: rate_attributes.narrowed(context, it.attributes),
    )
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
    task = resolves(TASK | None, "The task it is for.", lambda context, it: projects.task_by_id(context, it.task_id))
    assignment = resolves(
        ASSIGNMENT | None,
        "The assignment it is for.",
        lambda context, it: projects.assignment_by_id(context, it.assignment_id),
    )
    rate_card = resolves(
        RATE_CARD | None,
        "The rate card it is on.",
        lambda context, it: rate_cards.rate_card_by_id(context, it.rate_card_id),
    )


@strawberry.type(description="Days between two rates on which there is none: the search goes on with the next level.")
class RateGap:
    line = reads(RATE_LINE, "One of the rates around it.", lambda it: it.line)
    days = reads(Days, "The days.", lambda it: it.days)


@strawberry.type(description="The rates of one source that a project can use.")
class RateGroup:
    level: Level = strawberry.field(description="Where they come from.")
    lines = reads(list[RATE_LINE], "The rates.", lambda it: it.lines)


@strawberry.type(description="The rates of one role, side by side.")
class RoleRates:
    role = resolves(ROLE | None, "The role.", lambda context, it: projects.role_by_id(context, it.role_id))
    project = reads(list[RATE_LINE], "The project's own.", lambda it: it.project)
    card = reads(list[RATE_LINE], "Those of its rate cards.", lambda it: it.card)
    company = reads(list[RATE_LINE], "Those of its customer.", lambda it: it.company)
    system = reads(list[RATE_LINE], "The role's own.", lambda it: it.system)


@strawberry.type(description="All rates that a project can use, as it has them.")
class ProjectRates:
    groups = reads(list[RateGroup], "By where they come from, most specific first.", lambda it: it.groups)
    roles = reads(list[RoleRates], "Of each role that works on it, side by side.", lambda it: it.roles)
