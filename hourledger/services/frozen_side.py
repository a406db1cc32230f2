"""An entry of which only the cost or only the revenue is frozen: one side moves, the other stays as it is stored."""

from __future__ import annotations

from dataclasses import replace

from hourledger.core.rates import Kept, Reason
from models.queries.rating import EntryFacts
from models.queries.valuations import NewValuation


def keep_frozen_side(draft: NewValuation, facts: EntryFacts) -> NewValuation:
    """``draft`` with the stored amount and rate on the side that is frozen; its reason names the valuation it had.

    Frozen revenue stays as the cap left it.
    """
    if facts.valuation_id is None or not isinstance(draft.reason, Reason):
        return draft
    if facts.is_frozen_cost:
        kept = Kept(facts.valuation_id, facts.cost_rate_line_id)
        return replace(draft, cost_minor=facts.cost_minor, reason=replace(draft.reason, cost=kept))
    if facts.is_frozen_revenue:
        kept = Kept(facts.valuation_id, facts.revenue_rate_line_id)
        return replace(
            draft,
            revenue_minor=facts.revenue_minor,
            uncapped_revenue_minor=facts.uncapped_revenue_minor,
            reason=replace(draft.reason, revenue=kept, markup=None),
        )
    return draft
