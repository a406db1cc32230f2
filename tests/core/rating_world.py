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
    Resolution,
    Subject,
    rate_hours,
    resolve,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from tests.core.tables import table

PROJECT, COMPANY = 7, 8
PERSON, OTHER_PERSON = 1, 2
MAIN, ASSIGNED, CHOSEN, OPEN, FITTING, FIRST_ROLE, FIRST_MAIN, BILLED_HERE, BILLED_AS = range(11, 20)
"""The owner's primary role, the role of the owner's own assignment, one chosen by hand, one that only the task has, the
one of these that the owner has too; of the task's primary assignment: its role, and the primary role of its person; the
job role the owner is billed as on the assignment, and on the project."""
ASSIGNMENT, OPEN_ASSIGNMENT, FIRST_ASSIGNMENT, TASK = 21, 22, 23, 31

_IDS = {
    "owner": PERSON, "other": OTHER_PERSON,
    "main": MAIN, "assigned": ASSIGNED, "chosen": CHOSEN, "open": OPEN, "fitting": FITTING,
    "first-role": FIRST_ROLE, "first-main": FIRST_MAIN, "billed-here": BILLED_HERE, "billed-as": BILLED_AS,
    "assignment": ASSIGNMENT, "open-row": OPEN_ASSIGNMENT, "task": TASK,
}  # fmt: skip

_LEVELS = {
    "person": (Level.PERSON, None),
    "role": (Level.ROLE, None),
    "company": (Level.COMPANY_ROLE, PROJECT),
    "project": (Level.PROJECT_ROLE, PROJECT),
    "project-person": (Level.PROJECT_PERSON, PROJECT),
    "card": (Level.RATE_CARD, PROJECT),
    "locked": (Level.RATE_CARD, PROJECT),
    "frozen": (Level.PRESERVED_PERSON, TASK),
    "frozen-role": (Level.PRESERVED_ROLE, TASK),
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
    "fitting": (Subject.OWNER_ROLE_ON_TASK, FITTING),
    "open-row": (Subject.TASK_ROLE_ASSIGNMENT, OPEN_ASSIGNMENT),
    "first": (Subject.TASK_ASSIGNMENT, FIRST_ASSIGNMENT),
    "first-role": (Subject.TASK_ASSIGNMENT_ROLE, FIRST_ROLE),
    "first-main": (Subject.TASK_ASSIGNEE_PRIMARY_ROLE, FIRST_MAIN),
    "allowed": (Subject.OWNER_COST_OVERRIDE_ALLOWED, PERSON),
    "assignment": (Subject.OWNER_ASSIGNMENT, ASSIGNMENT),
    "task": (Subject.TASK, TASK),
    "other-chosen": (Subject.CHOSEN_OTHER_ROLE, CHOSEN),
    "billed-here": (Subject.OWNER_ASSIGNMENT_BILLING_ROLE, BILLED_HERE),
    "billed-as": (Subject.OWNER_PROJECT_BILLING_ROLE, BILLED_AS),
    "counts": (Subject.HOURS_COUNT_AS_REVENUE, 1),
}

PLACE = {Subject.PROJECT: PROJECT, Subject.COMPANY: COMPANY}
POLICY = shipped_policy("workfront-1")
WITHOUT_EXCHANGE = ExchangeRates("EUR", [])

# Each level has a rate of its own, so that the rate found says where it was found.
EVERY_LEVEL = """
    cost own open-row             10   ..  ..
    cost own assignment           11   ..  ..
    cost project-person owner     12   ..  ..
    cost person owner             13   ..  ..
    cost role main                14   ..  ..
    cost role assigned            15   ..  ..
    cost role open                16   ..  ..
    cost role chosen              17   ..  ..
    cost typed task               18   ..  ..
    cost role fitting             19   ..  ..
    cost role first-role          91   ..  ..
    cost role first-main          92   ..  ..
    billing own open-row          20   ..  ..
    billing own assignment        21   ..  ..
    billing project-person owner  22   ..  ..
    billing person owner          23   ..  ..
    billing project main          31   ..  ..
    billing company main          32   ..  ..
    billing role main             33   ..  ..
    billing project assigned      41   ..  ..
    billing company assigned      42   ..  ..
    billing role assigned         43   ..  ..
    billing project chosen        51   ..  ..
    billing company chosen        52   ..  ..
    billing role chosen           53   ..  ..
    billing project open          61   ..  ..
    billing company open          62   ..  ..
    billing role open             63   ..  ..
    billing typed task            71   ..  ..
    billing project fitting       81   ..  ..
    billing company fitting       82   ..  ..
    billing role fitting          83   ..  ..
"""


def search(
    kind: RateKind,
    type_name: str,
    known: str,
    found_in: RateTable,
    on: str = "2026-06-15",
    *,
    is_planned: bool = False,
) -> Resolution:
    """One search by the shipped policy."""
    steps = POLICY.steps_for(kind, type_name, is_planned=is_planned)
    return resolve(kind, steps, PLACE | facts(known), found_in, date.fromisoformat(on))


def order_of(kind: RateKind, type_name: str, known: str, rows: str = EVERY_LEVEL, *, is_planned: bool = False) -> str:
    """The rates in the order in which they are found as each one found is taken away."""
    lines = [line for line in rows.splitlines() if line.strip()]
    found: list[str] = []
    while True:
        line = search(kind, type_name, known, rates("\n".join(lines)), is_planned=is_planned).line
        if line is None:
            return " ".join(found)
        found.append(str(int(line.rate.per_unit)))
        lines = [one for one in lines if one.split()[3] != found[-1]]


def rates(text: str) -> RateTable:
    """A rate table in EUR from its rows; ``whose`` is kind, level and subject."""
    lines = []
    for number, (whose, rate, first, last) in enumerate(table("whose  rate  first day  last day\n" + text), start=1):
        kind, level_name, subject = whose.split()
        level, scope = _LEVELS[level_name]
        key = RateKey(RateKind(kind.upper()), level, scope, _IDS[subject])
        period = Period.inclusive(_bound(first), _bound(last))
        lines.append((key, RateLine(HourlyRate.of(rate, "EUR"), period, number, is_locked=level_name == "locked")))
    return RateTable(lines, POLICY.stretched)


def facts(words: str) -> dict[Subject, int]:
    """What is known about an hour: ``owner main assigned`` is a person with a primary role and an assignment role."""
    return dict(_SUBJECTS[word] for word in words.split() if word != "nobody")


def rate(
    found_in: RateTable,
    *,
    on: str = "2026-06-15",
    hours: str = "1",
    known: str = "owner main",
    cost_type: CostType | None = CostType.USER_HOURLY,
    revenue_type: RevenueType | None = RevenueType.USER_HOURLY,
    counts_as_revenue: bool = True,
) -> Rated:
    """One entry in EUR, rated by the shipped policy."""
    entry = RatingInput(
        on=date.fromisoformat(on),
        seconds=round(float(hours) * 3600),
        currency="EUR",
        cost_type=cost_type,
        revenue_type=revenue_type,
        subjects=PLACE | facts(known),
        counts_as_revenue=counts_as_revenue,
    )
    return rate_hours(entry, POLICY, found_in, WITHOUT_EXCHANGE)


def _bound(day: str) -> date | None:
    return None if day == ".." else date.fromisoformat(day)
