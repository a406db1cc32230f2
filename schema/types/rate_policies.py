"""Rate policies, and the answers to changing how rates are found."""

from __future__ import annotations

import strawberry

from schema.payloads.common import Payload, entity
from schema.references import PROJECT


@strawberry.type(description="By which order rates are looked for; a version never changes what it says.")
class RatePolicy:
    version: str = strawberry.field(description="Its name; every valuation names the one it was rated by.")
    content: str = strawberry.field(description="The policy as written, TOML.")
    is_in_use: bool = strawberry.field(description="Whether work is rated by it now.")
    is_shipped: bool = strawberry.field(description="Whether it ships with the product.")


@strawberry.type(description="The answer to addRatePolicy and useRatePolicy.")
class RatePolicyPayload(Payload):
    rate_policy = entity(RatePolicy, "The policy as it is now.")


@strawberry.type(description="The answer to preserveBillingRates.")
class PreserveBillingRatesPayload(Payload):
    project = entity(PROJECT, "The project as it is now.", lambda preserved: preserved.project)
    changed = entity(int, "How many entries got another value.", lambda preserved: preserved.changed)
