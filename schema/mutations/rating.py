"""How rates are found, and rating again."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    rating,
    recalculation,
)
from schema.inputs import rating as rating_inputs
from schema.inputs import recalculation as recalculation_inputs
from schema.mutates import mutates
from schema.payloads import recalculation as recalculation_payloads
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
    recalculate = mutates(
        recalculation.recalculate_scope,
        recalculation_inputs.RecalculateInput,
        recalculation_payloads.RecalculatePayload,
        "Rate unbilled work again by the rates in force on its days. Runs in the background; a dry run answers now.",
    )
    preview_recalculation = mutates(
        recalculation.preview_scope,
        recalculation_inputs.PreviewRecalculationInput,
        recalculation_payloads.RecalculationRunPayload,
        "Find out in the background what recalculate would change, entry by entry. Nothing is changed.",
    )
    commit_recalculation = mutates(
        recalculation.commit_shown,
        recalculation_inputs.CommitRecalculationInput,
        recalculation_payloads.RecalculationRunPayload,
        "Do what a preview has shown, exactly; a project that would become something else by now is left alone.",
    )
    cancel_recalculation = mutates(
        recalculation.cancel_run,
        recalculation_inputs.CancelRecalculationInput,
        recalculation_payloads.RecalculationRunPayload,
        "Begin no further project of a run. What is done stays done; undoRecalculation takes it back.",
    )
    undo_recalculation = mutates(
        recalculation.undo_run,
        recalculation_inputs.UndoRecalculationInput,
        recalculation_payloads.RecalculationRunPayload,
        "Give hours back what they were worth before a run, unless they were billed, edited, frozen or rated again "
        "since.",
    )
