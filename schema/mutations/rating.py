"""How rates are found, and rating again."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    rating,
    work,
)
from schema.inputs import rating as rating_inputs
from schema.inputs import work as work_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads
from schema.types import rate_policies as rate_policy_types


@strawberry.type
class RatingMutations:
    add_rate_policy = mutates(
        rating.add_rate_policy,
        rating_inputs.AddRatePolicyInput,
        rate_policy_types.RatePolicyPayload,
        "Keep a rate policy of your own. It is not used before useRatePolicy.",
    )
    use_rate_policy = mutates(
        rating.use_rate_policy,
        rating_inputs.UseRatePolicyInput,
        rate_policy_types.RatePolicyPayload,
        "Rate by this policy from now on. Work that is logged already keeps its value until it is recalculated.",
    )
    preserve_billing_rates = mutates(
        rating.preserve_billing_rates,
        rating_inputs.PreserveBillingRatesInput,
        rate_policy_types.PreserveBillingRatesPayload,
        "Keep what a project bills: later changes of roles, rates and cards do not reach it. For good.",
    )
    recalculate_projects = mutates(
        work.recalculate_projects,
        work_inputs.RecalculateProjectsInput,
        payloads.RecalculateProjectsPayload,
        "Rate unbilled work again by the rates in force on its days. Runs in the background; a dry run answers now.",
    )
