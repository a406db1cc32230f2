"""Why an hour costs and earns what it does: the steps of the search, replayed as they were known then."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.core.money import HourlyRate, Money
from hourledger.core.rates import RateBasis, Rated, StepTaken, Valued
from hourledger.services.rater import load_rater
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.projects import company_at
from models.queries.rating import EntryFacts, SupposedHour, facts_of_entry, facts_of_supposed_hours
from models.queries.valuations import provenances_of
from models.selecting import select_one
from models.tables import HourTypeRow, PersonRow, ProjectRow, RoleRow, TaskRow, ValuationCause, ValuationRow


@dataclass(frozen=True, slots=True)
class Why:
    """One side of a valuation: the amount, the rate behind it (None: none found), and every step tried.

    ``basis``: what the rate's number is. ``conversion``: units of the project's currency per unit of the rate's, exact.
    ``markup_percent``: what was put on top, None without. ``project_id`` None: general time.
    """

    project_id: int | None
    amount: Money
    rate: HourlyRate | None
    steps: tuple[StepTaken, ...]
    basis: RateBasis | None = None
    conversion: Fraction = Fraction(1)
    markup_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RateExplanation:
    """Both sides of an hour that nobody has logged, and the policy they were searched by."""

    cost: Why
    revenue: Why
    policy_version: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both sides, and whether replaying them gives the stored amounts (a cap may lower revenue: ``is_capped``).

    Where a rate freeze kept one side, that side is explained by the valuation it had then; ``policy_version`` is that
    of the side that was looked up last.
    """

    cost: Why
    revenue: Why
    policy_version: str
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
    cost_by, revenue_by = await _rated_by(unit, stored, "cost"), await _rated_by(unit, stored, "revenue")
    rated = await _replayed(unit, facts, cost_by)
    cost, revenue = rated.cost, rated.revenue
    if revenue_by.id != cost_by.id:
        revenue = (await _replayed(unit, facts, revenue_by)).revenue
    return Explanation(
        cost=_why(cost, facts.project_id),
        revenue=_why(revenue, facts.project_id),
        policy_version=max(cost_by, revenue_by, key=lambda one: one.id).policy_version,
        cause=stored.cause,
        recorded_at=stored.recorded_at,
        is_capped=stored.revenue_minor != stored.uncapped_revenue_minor,
        replays=cost.amount.minor == stored.cost_minor and revenue.amount.minor == stored.uncapped_revenue_minor,
    )


@dataclass(frozen=True, slots=True)
class _RatedBy:
    """The valuation for which the rate of a side was looked up, when, and by which policy."""

    id: int
    rated_at: datetime
    policy_version: str


async def _replayed(unit: UnitOfWork, facts: EntryFacts, rated_by: _RatedBy) -> Rated:
    """By the rates, and for the customer, of then."""
    if facts.project_id is not None:
        whose = await company_at(
            unit.session, unit.organisation_id, facts.project_id, facts.company_id, rated_by.rated_at
        )
        facts = replace(facts, company_id=whose)
    rater = await load_rater(unit, [facts], known_at=rated_by.rated_at, policy_version=rated_by.policy_version)
    return rater.rate(facts)


async def _rated_by(unit: UnitOfWork, stored: ValuationRow, side: str) -> _RatedBy:
    """A side that is frozen keeps the rate of the valuation that it names."""
    while True:
        provenance: Any = (await provenances_of(unit.session, [stored.reason_id]))[stored.reason_id]
        followed = provenance[side].get("follows")
        if followed is None:
            return _RatedBy(stored.id, stored.rated_at, str(provenance["policy"]))
        before = await select_one(unit.session, ValuationRow, unit.organisation_id, followed)
        assert before is not None
        stored = before


async def explain_rate(
    unit: UnitOfWork,
    *,
    person_id: int,
    project_id: int | None,
    task_id: int | None,
    on: date,
    role_id: int | None = None,
    hour_type_id: int | None = None,
) -> RateExplanation:
    """What an hour of this person would cost and earn there on that day, and why; nothing is logged.

    ``role_id``: chosen by hand. ``hour_type_id``: None for a kind of hours that may earn. Before any cap of the task.

    Raises:
        Missing PERSON_UNKNOWN, PROJECT_UNKNOWN, TASK_UNKNOWN, ROLE_UNKNOWN, HOUR_TYPE_UNKNOWN; EXCHANGE_RATE_MISSING.
        Denied without both rate permissions.
    """
    unit.require(Permission.VIEW_COST_RATES)
    unit.require(Permission.VIEW_BILLING_RATES)
    asked: tuple[tuple[Any, int | None], ...] = (
        (PersonRow, person_id),
        (ProjectRow, project_id),
        (RoleRow, role_id),
        (HourTypeRow, hour_type_id),
    )
    for table, row_id in asked:
        if row_id is not None and await select_one(unit.session, table, unit.organisation_id, row_id) is None:
            raise _unknown(table, row_id)
    if task_id is not None:
        task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id)
        if task is None or project_id not in (None, task.project_id):
            raise _unknown(TaskRow, task_id)
        project_id = task.project_id
    hour = SupposedHour(person_id, project_id, task_id, on, role_id)
    facts = await facts_of_supposed_hours(unit.session, unit.organisation_id, [hour], hour_type_id=hour_type_id)
    rater = await load_rater(unit, facts)
    rated = rater.rate(facts[0])
    return RateExplanation(_why(rated.cost, project_id), _why(rated.revenue, project_id), rated.policy_version)


def _unknown(table: type[object], row_id: int) -> Missing:
    noun = table.__name__.removesuffix("Row")
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", noun).lower()
    code = words.upper().replace(" ", "_") + "_UNKNOWN"
    return Missing(f"There is no {words} {row_id}.", code=code, field=f"{noun[0].lower()}{noun[1:]}Id")


def _why(valued: Valued, project_id: int | None) -> Why:
    line = valued.resolution.line
    markup = valued.markup.line if valued.markup else None
    return Why(
        project_id,
        valued.amount,
        line.rate if line else None,
        valued.resolution.steps,
        line.basis if line else None,
        valued.conversion,
        markup.percent if markup else None,
    )
