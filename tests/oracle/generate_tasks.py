"""Random tasks with their assignments: every pair of types, persons, roles alone, both, or nobody."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hourledger.core.work import CostType, RevenueType
from tests.oracle.generate_rates import DAYS, amount, owned, price, rates, some
from tests.oracle.world import GENERIC, Assignment, Currency, Task

HIERARCHY = RevenueType.USER_AND_ROLE_HOURLY
WITHOUT_AMOUNT = (RevenueType.NOT_BILLABLE, RevenueType.USER_HOURLY, RevenueType.ROLE_HOURLY, HIERARCHY)


def random_task(
    rng: Random, id: str, parent: str | None, person_ids: list[str], role_ids: list[str], currency: Currency
) -> Task:
    """Any pair of types; one to ten days, starting on any weekday."""
    start = rng.choice(DAYS)
    completion = start + timedelta(days=rng.choice((0, 0, 0, 1, 2, 9)))
    cost_type = rng.choice(list(CostType))
    revenue_type = rng.choice([*RevenueType, HIERARCHY, HIERARCHY])
    billing_amount = None
    if revenue_type is RevenueType.FIXED_HOURLY:
        billing_amount = price(rng, currency)
    elif revenue_type not in WITHOUT_AMOUNT:
        billing_amount = amount(rng, currency)
    ratio = rng.choice((None, Decimal("1.5"), Decimal("1.25"), Decimal(2)))
    assignments = _assignments(rng, id, person_ids, role_ids, start, completion)
    planned = sum(one.planned_seconds for one in assignments) if assignments else rng.choice((0, 3601, 36000))
    return Task(
        id=id,
        cost_type=cost_type,
        revenue_type=revenue_type,
        start=start,
        completion=completion,
        parent=parent,
        cost_amount=price(rng, currency) if cost_type is CostType.FIXED_HOURLY else None,
        billing_amount=billing_amount,
        overtime_ratio=ratio,  # read for one type alone (§3.9)
        planned_seconds=planned,
        is_complete=rng.random() < 0.5,
        assignments=assignments,
    )


def _assignments(
    rng: Random, task: str, person_ids: list[str], role_ids: list[str], start: date, completion: date
) -> tuple[Assignment, ...]:
    """Up to three, each person and each role alone at most once; exactly one is primary, not always the first."""
    how = rng.choice(("nobody", "persons", "persons", "roles", "roles", "mixed"))
    persons: list[str | None] = list(rng.sample(person_ids, min(len(person_ids), rng.randint(1, 3))))
    roles: list[str | None] = list(rng.sample(role_ids, min(len(role_ids), rng.choice((1, 2, 3, 3)))))
    rows: list[tuple[str | None, str | None]] = []
    if how in ("persons", "mixed"):
        rows += [(one, rng.choice((None, *role_ids))) for one in persons]
    if how in ("roles", "mixed"):
        rows += [(None, one) for one in roles]
    rng.shuffle(rows)
    rows = rows[:3]
    primary = rng.randrange(3) % len(rows) if rows else 0
    return tuple(
        _assignment(rng, f"{task}-{number}", *row, number == primary, role_ids, start, completion)
        for number, row in enumerate(rows)
    )


def _assignment(
    rng: Random,
    id: str,
    person: str | None,
    role: str | None,
    is_primary: bool,
    role_ids: list[str],
    start: date,
    completion: date,
) -> Assignment:
    seconds = rng.choice((0, 7, 3601, 28800, 100001))
    contour = None
    if rng.random() < 0.2:
        days = [start + timedelta(days=after) for after in range((completion - start).days + 1)]
        first = rng.randint(0, seconds)
        contour = {rng.choice(days): seconds}
        contour = contour if len(days) == 1 else {days[0]: first, days[-1]: seconds - first}
    return Assignment(
        id=id,
        person=person,
        role=role,
        is_primary=is_primary,
        planned_seconds=seconds,
        is_billable=rng.random() < 0.85,
        billing_overrides=some(rng, rates(rng, 3), 0.3),
        cost_overrides=some(rng, rates(rng, 3), 0.3),
        job_role_for_billing=rng.choice(role_ids) if person is not None and rng.random() < 0.3 else None,
        attributes=owned(rng) if person is None else GENERIC,
        contour=contour,
    )
