"""Rates written as tables, for the tests of rate search and rating.

whose                     rate   first day    last day
billing person owner      50     ..           2026-03-31
billing project main      60     ..           ..
"""

from __future__ import annotations

from datetime import date

from hourledger.core.money import ExchangeRates, HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    Level,
    Rated,
    RateKey,
    RateLine,
    RateTable,
    RatingInput,
    Subject,
    rate_hours,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from tests.core.tables import table

PROJECT, COMPANY = 7, 8
PERSON, OTHER_PERSON = 1, 2
MAIN, ASSIGNED, CHOSEN, OPEN = 11, 12, 13, 14
"""The owner's primary role, the role of the owner's own assignment, one chosen by hand, one that only the task has."""
ASSIGNMENT, TASK = 21, 31

_IDS = {
    "owner": PERSON, "other": OTHER_PERSON,
    "main": MAIN, "assigned": ASSIGNED, "chosen": CHOSEN, "open": OPEN,
    "assignment": ASSIGNMENT, "task": TASK,
}  # fmt: skip

_LEVELS = {
    "person": (Level.PERSON, None),
    "role": (Level.ROLE, None),
    "company": (Level.COMPANY_ROLE, COMPANY),
    "project": (Level.PROJECT_ROLE, PROJECT),
    "project-person": (Level.PROJECT_PERSON, PROJECT),
    "own": (Level.ASSIGNMENT, None),
    "typed": (Level.TASK, None),
}

_SUBJECTS = {
    "owner": (Subject.OWNER, PERSON),
    "other": (Subject.OWNER, OTHER_PERSON),
    "main": (Subject.OWNER_PRIMARY_ROLE, MAIN),
    "assigned": (Subject.OWNER_ASSIGNMENT_ROLE, ASSIGNED),
    "chosen": (Subject.CHOSEN_ROLE, CHOSEN),
    "open": (Subject.TASK_ROLE, OPEN),
    "assignment": (Subject.OWNER_ASSIGNMENT, ASSIGNMENT),
    "task": (Subject.TASK, TASK),
}

SCOPES = {Level.PROJECT_PERSON: PROJECT, Level.PROJECT_ROLE: PROJECT, Level.COMPANY_ROLE: COMPANY}
POLICY = shipped_policy("workfront-1")
WITHOUT_EXCHANGE = ExchangeRates("EUR", [])


def rates(text: str) -> RateTable:
    """A rate table in EUR from its rows; ``whose`` is kind, level and subject."""
    lines = []
    for number, (whose, rate, first, last) in enumerate(table("whose  rate  first day  last day\n" + text), start=1):
        kind, level_name, subject = whose.split()
        level, scope = _LEVELS[level_name]
        key = RateKey(RateKind(kind.upper()), level, scope, _IDS[subject])
        period = Period.inclusive(_bound(first), _bound(last))
        lines.append((key, RateLine(HourlyRate.of(rate, "EUR"), period, number)))
    return RateTable(lines)


def facts(words: str) -> dict[Subject, int]:
    """What is known about an hour: ``owner main assigned`` is a person with a primary role and an assignment role."""
    return dict(_SUBJECTS[word] for word in words.split())


def rate(
    found_in: RateTable,
    *,
    on: str = "2026-06-15",
    hours: str = "1",
    known: str = "owner main",
    cost_type: CostType = CostType.USER_HOURLY,
    revenue_type: RevenueType = RevenueType.USER_HOURLY,
    counts_as_revenue: bool = True,
) -> Rated:
    """One entry in EUR, rated by the shipped policy."""
    entry = RatingInput(
        on=date.fromisoformat(on),
        seconds=round(float(hours) * 3600),
        currency="EUR",
        cost_type=cost_type,
        revenue_type=revenue_type,
        subjects=facts(known),
        scopes=SCOPES,
        counts_as_revenue=counts_as_revenue,
    )
    return rate_hours(entry, POLICY, found_in, WITHOUT_EXCHANGE)


def _bound(day: str) -> date | None:
    return None if day == ".." else date.fromisoformat(day)
