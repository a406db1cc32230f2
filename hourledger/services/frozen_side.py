"""An entry of which only the cost or only the revenue is frozen: one side moves, the other stays as it is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from models.queries.rating import EntryFacts
from models.queries.valuations import NewValuation


def keep_frozen_side(draft: NewValuation, facts: EntryFacts) -> NewValuation:
    """``draft`` with the stored amount and rate on the side that is frozen; its provenance names the valuation it had.

    Frozen revenue stays as the cap left it.
    """
    stays: dict[str, Any] = {"follows": facts.valuation_id}
    if facts.is_frozen_cost:
        return replace(
            draft,
            cost_minor=facts.cost_minor,
            cost_rate_line_id=facts.cost_rate_line_id,
            provenance={**draft.provenance, "cost": stays},
        )
    if facts.is_frozen_revenue:
        moved = {name: value for name, value in draft.provenance.items() if name != "markup"}
        return replace(
            draft,
            revenue_minor=facts.revenue_minor,
            uncapped_revenue_minor=facts.uncapped_revenue_minor,
            revenue_rate_line_id=facts.revenue_rate_line_id,
            provenance={**moved, "revenue": stays},
        )
    return draft
