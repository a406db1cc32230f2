"""Why an hour costs and earns what it does: the steps of the search, replayed as they were known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.core.money import HourlyRate, Money
from hourledger.core.rates import StepTaken, Valued, rate_hours
from hourledger.services.rate_entries import load_rater, rating_input
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rating import facts_of_entry
from models.selecting import select_one
from models.tables import ValuationCause, ValuationRow


@dataclass(frozen=True, slots=True)
class Why:
    """One side of a valuation: the amount, the rate behind it (None: none found), and every step tried."""

    amount: Money
    rate: HourlyRate | None
    steps: tuple[StepTaken, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both sides, and whether replaying them gives the stored amounts (a cap may lower revenue: ``is_capped``)."""

    cost: Why
    revenue: Why
    cause: ValuationCause
    recorded_at: datetime
    is_capped: bool
    replays: bool


async def explain_entry(unit: UnitOfWork, entry_id: int) -> Explanation:
    """The explanation of an entry's present valuation, from the rates known when it was rated.

    Raises:
        Missing TIME_ENTRY_UNKNOWN, NOT_RATED; Denied without both rate permissions.
    """
    unit.require(Permission.VIEW_COST_RATES)
    unit.require(Permission.VIEW_BILLING_RATES)
    facts = await facts_of_entry(unit.session, unit.organisation_id, entry_id)
    if facts is None:
        raise Missing(f"There is no time entry {entry_id}.", code="TIME_ENTRY_UNKNOWN")
    if facts.valuation_id is None:
        raise Missing(f"Time entry {entry_id} has not been rated yet.", code="NOT_RATED")
    stored = await select_one(unit.session, ValuationRow, unit.organisation_id, facts.valuation_id)
    assert stored is not None
    rater = await load_rater(unit, [facts], known_at=await _rated_at(unit, stored))
    rated = rate_hours(rating_input(facts), rater.policy, rater.rates, rater.exchange[facts.project_id])
    return Explanation(
        cost=_why(rated.cost),
        revenue=_why(rated.revenue),
        cause=stored.cause,
        recorded_at=stored.recorded_at,
        is_capped=stored.revenue_minor != stored.uncapped_revenue_minor,
        replays=rated.cost.amount.minor == stored.cost_minor
        and rated.revenue.amount.minor == stored.uncapped_revenue_minor,
    )


async def _rated_at(unit: UnitOfWork, stored: ValuationRow) -> datetime:
    """When the rates behind a valuation were looked up: a cap that moves keeps those of the valuation it follows."""
    while stored.cause is ValuationCause.CAP_MOVED:
        before = await select_one(
            unit.session, ValuationRow, unit.organisation_id, int(str(stored.provenance["follows"]))
        )
        assert before is not None
        stored = before
    return stored.recorded_at


def _why(valued: Valued) -> Why:
    line = valued.resolution.line
    return Why(valued.amount, line.rate if line else None, valued.resolution.steps)
