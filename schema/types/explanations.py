"""Why an hour costs and earns what it does."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import strawberry

from hourledger.core.rates import Level, RateBasis, Subject
from models.tables import ValuationCause
from schema.fields import reads
from schema.references import MONEY, RATE


def decimal_of(exact: Fraction) -> Decimal:
    """For showing: ten digits after the point at most."""
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("1.0000000000")).normalize()


@strawberry.type(description="A step of the search for a rate, and what came of it.")
class RateSearchStep:
    level: Level | None = strawberry.field(description="Where it looked; null: it ended the search.")
    subject: Subject | None = strawberry.field(description="Whose rate it looked for.")
    outcome: str = strawberry.field(description="Found, or why not.")


@strawberry.type(description="How one side of an entry's value came about.")
class ValueExplanation:
    amount = reads(MONEY, "The amount the rate gives.", lambda it: it.amount)
    rate = reads(RATE | None, "The rate found; null: no level has one on that day.", lambda it: it.rate)
    basis: RateBasis | None = strawberry.field(description="What the rate's number is; null: there is no rate.")
    conversion = reads(
        Decimal,
        "Units of the project's currency per unit of the rate's on that day, ten digits; 1 within one currency.",
        lambda it: decimal_of(it.conversion),
    )
    markup_percent: Decimal | None = strawberry.field(description="The percentage put on top; null: none.")
    steps: list[RateSearchStep] = strawberry.field(description="Every step tried, in order, the finding one last.")


@strawberry.type(description="Why an entry costs and earns what it does, replayed from the rates known then.")
class TimeEntryExplanation:
    cost: ValueExplanation = strawberry.field(description="The cost side.")
    revenue: ValueExplanation = strawberry.field(description="The revenue side, before any cap of the task.")
    policy_version: str = strawberry.field(description="The rate policy it was searched by.")
    cause: ValuationCause = strawberry.field(description="Why it was rated.")
    recorded_at: datetime = strawberry.field(description="When it was rated.")
    is_capped: bool = strawberry.field(description="Whether the task's cap made the revenue smaller.")
    replays: bool = strawberry.field(description="Whether the replay gives the stored amounts, as it must.")


@strawberry.type(description="What an hour would cost and earn, by the rates of now; nothing is logged.")
class RateExplanation:
    cost: ValueExplanation = strawberry.field(description="The cost side.")
    revenue: ValueExplanation = strawberry.field(description="The revenue side, before any cap of the task.")
    policy_version: str = strawberry.field(description="The rate policy it was searched by.")
