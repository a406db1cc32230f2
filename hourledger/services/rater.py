"""Everything that rating needs besides the hour itself: policy, rates, attributes and exchange rates, loaded once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hourledger.core.money import ExchangeRates, HourlyRate
from hourledger.core.periods import ONE_DAY, Period, spanned
from hourledger.core.rates import (
    GENERAL_HOURS,
    ISSUE_HOURS,
    PROJECT_HOURS,
    Attributes,
    Level,
    Policy,
    Rated,
    RateKey,
    RateLine,
    RateTable,
    RatingInput,
    Subject,
    rate_hours,
)
from hourledger.core.work import RateKind
from hourledger.services.rate_policies import policy_of, policy_of_version
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import exchange_rates
from models.queries.known_attributes import load_attributes
from models.queries.rate_lines import load_rates
from models.queries.rating import EntryFacts


@dataclass(frozen=True, slots=True)
class Rater:
    """What a set of hours is rated by."""

    policy: Policy
    rates: RateTable
    attributes: Attributes
    exchange: Mapping[int | None, ExchangeRates]
    """By project; None: for hours on no project."""

    def rate(self, facts: EntryFacts) -> Rated:
        """Cost and revenue of one entry, before any cap of its task."""
        return rate_hours(self.input_of(facts), self.policy, self.rates, self.exchange[facts.project_id])

    def input_of(self, facts: EntryFacts) -> RatingInput:
        """The facts in the terms of the rate policy."""
        return RatingInput(
            on=facts.work_date,
            seconds=facts.seconds,
            currency=facts.currency,
            cost_type=facts.cost_type,
            revenue_type=facts.revenue_type,
            subjects={subject: known for subject, known in _subjects(facts).items() if known is not None},
            attributes=self.attributes.of(facts.person_id, facts.work_date, facts.hour_type_id),
            untyped=_untyped(facts),
            counts_as_revenue=facts.counts_as_revenue,
        )


async def load_rater(
    unit: UnitOfWork,
    facts: Sequence[EntryFacts],
    *,
    known_at: datetime | None = None,
    policy_version: str | None = None,
) -> Rater:
    """What is needed to rate these entries, as known now or at an instant, by the policy of now or a named one."""
    typed = {
        one.task_id: (one.currency, one.cost_rate_scaled, one.billing_rate_scaled)
        for one in facts
        if one.task_id is not None
    }
    return await rater_for(
        unit,
        person_ids={one.person_id for one in facts},
        project_ids={one.project_id for one in facts if one.project_id is not None},
        typed=[line for task_id, amounts in typed.items() for line in task_rates(task_id, *amounts)],
        currencies={one.currency for one in facts},
        days=spanned(one.work_date for one in facts),
        known_at=known_at,
        policy_version=policy_version,
    )


async def rater_for(
    unit: UnitOfWork,
    *,
    person_ids: Iterable[int],
    project_ids: Iterable[int],
    typed: Sequence[tuple[RateKey, RateLine]] = (),
    currencies: Iterable[str] = (),
    days: Period | None = None,
    known_at: datetime | None = None,
    policy_version: str | None = None,
) -> Rater:
    """Likewise, for hours of these people on these projects; ``typed``: the rates written on tasks themselves.

    ``currencies`` of the projects and ``days`` (None: none) say which exchange rates are needed.
    """
    policy = await (policy_of_version(unit, policy_version) if policy_version else policy_of(unit))
    people, projects = sorted(person_ids), sorted(project_ids)
    attributes = await load_attributes(unit.session, unit.organisation_id, people)
    lines = await load_rates(
        unit.session,
        unit.organisation_id,
        person_ids=people,
        project_ids=projects,
        positions=attributes.positions,
        known_at=known_at,
    )
    exchange = await exchange_rates.load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        projects,
        currencies={line.rate.currency for _, line in lines} | set(currencies),
        days=days or Period(unit.today, unit.today + ONE_DAY),
        known_at=known_at,
    )
    return Rater(policy, RateTable([*lines, *typed], policy.stretched), attributes, exchange)


def task_rates(
    task_id: int, currency: str, cost_rate_scaled: int | None, billing_rate_scaled: int | None
) -> list[tuple[RateKey, RateLine]]:
    """The rates typed on a task itself (FIXED_HOURLY), as lines without bounds in the project's currency."""
    amounts = ((RateKind.COST, cost_rate_scaled), (RateKind.BILLING, billing_rate_scaled))
    return [
        (RateKey(kind, Level.TASK, None, task_id), RateLine(HourlyRate(scaled, currency), Period()))
        for kind, scaled in amounts
        if scaled is not None
    ]


def _subjects(facts: EntryFacts) -> dict[Subject, int | None]:
    return {
        Subject.OWNER: facts.person_id,
        Subject.OWNER_COST_OVERRIDE_ALLOWED: facts.person_id if facts.cost_override_allowed else None,
        Subject.OWNER_PRIMARY_ROLE: facts.primary_role_id,
        Subject.OWNER_ASSIGNMENT: facts.assignment_id,
        Subject.OWNER_ASSIGNMENT_ROLE: facts.assignment_role_id,
        Subject.OWNER_ASSIGNMENT_BILLING_ROLE: facts.assignment_billing_role_id,
        Subject.OWNER_PROJECT_BILLING_ROLE: facts.project_billing_role_id,
        Subject.OWNER_ROLE_ON_TASK: facts.role_on_task_id,
        Subject.CHOSEN_ROLE: facts.chosen_role_id,
        Subject.CHOSEN_OTHER_ROLE: facts.chosen_role_id if facts.chosen_role_id != facts.primary_role_id else None,
        Subject.TASK_ROLE: facts.task_role_id,
        Subject.TASK_ROLE_ASSIGNMENT: facts.role_assignment_id,
        Subject.TASK_ASSIGNMENT: facts.first_assignment_id,
        Subject.TASK_ASSIGNMENT_ROLE: facts.first_assignment_role_id,
        Subject.TASK_ASSIGNEE_PRIMARY_ROLE: facts.first_assignee_primary_role_id,
        Subject.TASK: facts.task_id,
        Subject.PROJECT: facts.project_id,
        Subject.COMPANY: facts.company_id,
        Subject.ORGANISATION: facts.organisation_id,
        Subject.HOURS_COUNT_AS_REVENUE: facts.hour_type_id if facts.counts_as_revenue else None,
    }


def _untyped(facts: EntryFacts) -> str:
    if facts.is_issue:
        return ISSUE_HOURS
    return GENERAL_HOURS if facts.project_id is None else PROJECT_HOURS
