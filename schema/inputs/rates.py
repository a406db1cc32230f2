"""Inputs about rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from schema.inputs.base import MutationInput


@strawberry.input(description="An attribute that narrows a rate, and the value it asks for.")
class AttributeInput:
    attribute_id: strawberry.ID = strawberry.field(description="The rate attribute.")
    value_id: strawberry.ID = strawberry.field(description="One of its values.")


@strawberry.input(description="A rate to set; give exactly the ids that the level is about.")
class RateInput:
    kind: RateKind = strawberry.field(description="Cost, billing, or a markup on top of billing.")
    level: Level = strawberry.field(description="How specific the rate is.")
    rate: Decimal = strawberry.field(
        description="Per unit of time or per entry, at most four decimals in every currency; zero is a rate. Of "
        "COST_PLUS and PERCENT the percentage, -100 or more."
    )
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code; none for a percentage.")
    basis: RateBasis = strawberry.field(default=RateBasis.TIME, description="What the rate is.")
    unit_hours: Decimal = strawberry.field(
        default=Decimal(1), description="The hours that the rate is the price of, such as 10 for a day of ten hours."
    )
    is_locked: bool = strawberry.field(
        default=False, description="Goes before overrides on the project; for RATE_CARD alone."
    )
    valid_from: date | None = strawberry.field(default=None, description="First day in force; null: always was.")
    last_day: date | None = strawberry.field(default=None, description="Last day in force, inclusive; null: open end.")
    replace_overlapping: bool = strawberry.field(
        default=False, description="Cut these days out of the rates that are there, instead of refusing."
    )
    person_id: strawberry.ID | None = strawberry.field(default=None, description="For levels that end in PERSON.")
    role_id: strawberry.ID | None = strawberry.field(
        default=None, description="For levels that end in ROLE, and RATE_CARD."
    )
    company_id: strawberry.ID | None = strawberry.field(default=None, description="For levels that begin with COMPANY.")
    project_id: strawberry.ID | None = strawberry.field(default=None, description="For levels that begin with PROJECT.")
    assignment_id: strawberry.ID | None = strawberry.field(default=None, description="For ASSIGNMENT.")
    task_id: strawberry.ID | None = strawberry.field(default=None, description="For TASK_PERSON and TASK_ANYONE.")
    rate_card_id: strawberry.ID | None = strawberry.field(default=None, description="For RATE_CARD.")
    attributes: list[AttributeInput] = strawberry.field(
        default_factory=list, description="What who works must have; for rates of roles."
    )


@strawberry.input(description="The input of setRate; give exactly the ids that the level is about.")
class SetRateInput(RateInput, MutationInput):
    pass


@strawberry.input(description="The input of setRates.")
class SetRatesInput(MutationInput):
    rates: list[RateInput] = strawberry.field(
        description="1 to 500; all are set in this order, or none. Ranges that are not named stay as they are."
    )


@strawberry.input
class DaysInput(MutationInput):
    valid_from: date | None = strawberry.field(default=None, description="Only from this day on; null: from the first.")
    last_day: date | None = strawberry.field(
        default=None, description="Only up to and including this day; null: to the last."
    )


@strawberry.input(description="The input of removeRate.")
class RemoveRateInput(DaysInput):
    rate_line_id: strawberry.ID = strawberry.field(description="The rate; its other days keep it.")


@strawberry.input(description="The input of adjustRates.")
class AdjustRatesInput(DaysInput):
    rate_line_ids: list[strawberry.ID] = strawberry.field(description="1 to 1,000 rates; all are adjusted, or none.")
    percent: Decimal = strawberry.field(description="By how much: 10 is x 1.10. Rounded to four decimals.")


@strawberry.input(description="The input of lockRates.")
class LockRatesInput(MutationInput):
    rate_line_ids: list[strawberry.ID] = strawberry.field(
        description="1 to 1,000 rates of rate cards; all are changed, or none."
    )
    is_locked: bool = strawberry.field(default=True, description="False: unlock them.")
