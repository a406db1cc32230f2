"""A world's rates, attributes and exchange rates in the engine's terms: numbered, half-open, scaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from hourledger.core.money import ExchangeRate, ExchangeRates, HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Attributes, Level, RateAttribute, RateKey, RateLine, RateTable
from hourledger.core.rates.policy import Policy
from hourledger.core.work import RateKind
from tests.oracle import world as oracle
from tests.oracle.world import Rate, RatesBy, World

PROJECT, COMPANY, ORGANISATION = 7, 8, 9
GROUP, PLACE = 51, 52
"""Ids of the two rate attributes, which stand at positions 1 and 2."""


class Numbers:
    """The engine's ids of what a world names; no number is used for two things, whatever they are."""

    def __init__(self, world: World) -> None:
        fresh = count(101)
        self.persons = {one.id: next(fresh) for one in world.persons}
        self.roles = {one.id: next(fresh) for one in world.roles}
        self.tasks = {one.id: next(fresh) for one in world.tasks}
        self.tasks |= {one.id: next(fresh) for one in world.issues}
        self.assignments = {one.id: next(fresh) for task in world.tasks for one in task.assignments}
        self.assignments |= {issue.id: next(fresh) for issue in world.issues}  # an issue has one assignment at most
        self.groups = {one: next(fresh) for one in sorted({one.group for one in _attributes(world) if one.group})}
        places = {one.location[:depth] for one in _attributes(world) for depth in range(1, len(one.location) + 1)}
        self.places = {path: next(fresh) for path in sorted(places)}

    def wanted(self, attributes: oracle.Attributes) -> tuple[tuple[int, int], ...]:
        """What a rate asks for: (position, value)."""
        return tuple((1 if attribute == GROUP else 2, value) for attribute, value in self.owned(attributes).items())

    def owned(self, attributes: oracle.Attributes) -> dict[int, int]:
        """Values by attribute id."""
        values = {}
        if attributes.group:
            values[GROUP] = self.groups[attributes.group]
        if attributes.location:
            values[PLACE] = self.places[attributes.location]
        return values


def rate_table(world: World, numbers: Numbers, policy: Policy) -> RateTable:
    """Every rate of the world where the engine looks for it; rows are numbered as they come."""
    row_ids = count(1)
    return RateTable(
        [(key, _line(rate, numbers, next(row_ids))) for key, rate in _keyed(world, numbers)], policy.stretched
    )


def attributes_of(world: World, numbers: Numbers) -> Attributes:
    """The two attributes, and who has which value when."""
    of_person: dict[tuple[int, int], tuple[tuple[Period, int], ...]] = {}
    for person in world.persons:
        for one in person.attribute_sets:
            for attribute, value in numbers.owned(one.attributes).items():
                key = (numbers.persons[person.id], attribute)
                of_person[key] = (*of_person.get(key, ()), (Period.inclusive(one.first_day, one.last_day), value))
    return Attributes(
        (RateAttribute(GROUP, 1), RateAttribute(PLACE, 2, is_hierarchical=True)),
        parents={id: numbers.places[path[:-1]] for path, id in numbers.places.items() if len(path) > 1},
        of_person=of_person,
    )


def exchange_of(world: World) -> ExchangeRates:
    """The system's exchange rates and the project's own."""
    system, own = (
        [_exchange(one) for one in world.exchange_rates if one.of_project is of_project] for of_project in (False, True)
    )
    return ExchangeRates(world.base_currency, system, own)


def _keyed(world: World, numbers: Numbers) -> Iterator[tuple[RateKey, Rate]]:
    project, cost, billing = world.project, RateKind.COST, RateKind.BILLING
    for role in world.roles:
        yield from _at(cost, Level.ROLE, None, numbers.roles[role.id], role.cost_rates)
        yield from _at(billing, Level.ROLE, None, numbers.roles[role.id], role.billing_rates)
    for person in world.persons:
        yield from _at(cost, Level.PERSON, None, numbers.persons[person.id], person.cost_rates)
        yield from _at(billing, Level.PERSON, None, numbers.persons[person.id], person.billing_rates)
    by_role: list[tuple[Level, RatesBy | None]] = [
        (Level.COMPANY_ROLE, project.company_rates),
        (Level.RATE_CARD, project.card_rates),
        (Level.PROJECT_ROLE, project.role_billing),
    ]
    for level, held in by_role:
        for role_id, rates in (held or {}).items():
            yield from _at(billing, level, PROJECT, numbers.roles[role_id], rates)
    for level, held in ((Level.RATE_CARD, project.card_costs), (Level.PROJECT_ROLE, project.role_cost)):
        for role_id, rates in held.items():
            yield from _at(cost, level, PROJECT, numbers.roles[role_id], rates)
    for kind, by_person in ((billing, project.user_billing), (cost, project.user_cost)):
        for person_id, rates in by_person.items():
            yield from _at(kind, Level.PROJECT_PERSON, PROJECT, numbers.persons[person_id], rates)
    for task in world.tasks:
        id = numbers.tasks[task.id]
        for kind, amount in ((cost, task.cost_amount), (billing, task.billing_amount)):
            is_typed = (task.cost_type if kind is cost else task.revenue_type) == "FIXED_HOURLY"
            if amount is not None and is_typed:
                yield from _at(kind, Level.TASK, None, id, (Rate(amount, project.currency),))
        for one in task.assignments:
            yield from _at(billing, Level.ASSIGNMENT, None, numbers.assignments[one.id], one.billing_overrides)
            yield from _at(cost, Level.ASSIGNMENT, None, numbers.assignments[one.id], one.cost_overrides)
    for kept in world.preserved_rates:
        if kept.person is not None:
            level, whose = Level.PRESERVED_PERSON, numbers.persons[kept.person]
        else:
            assert kept.role is not None
            level, whose = Level.PRESERVED_ROLE, numbers.roles[kept.role]
        yield from _at(billing, level, numbers.tasks[kept.task], whose, (kept.rate,))


def _at(
    kind: RateKind, level: Level, scope: int | None, whose: int, rates: Iterable[Rate]
) -> Iterator[tuple[RateKey, Rate]]:
    key = RateKey(kind, level, scope, whose)
    return ((key, rate) for rate in rates)


def _line(rate: Rate, numbers: Numbers, row_id: int) -> RateLine:
    return RateLine(
        HourlyRate.of(rate.per_hour, rate.currency),
        Period.inclusive(rate.first_day, rate.last_day),
        row_id,
        attributes=numbers.wanted(rate.attributes),
        is_locked=rate.locked,
    )


def _exchange(one: oracle.ExchangeRate) -> ExchangeRate:
    return ExchangeRate(one.currency, one.per_base, Period.inclusive(one.first_day, one.last_day))


def _attributes(world: World) -> list[oracle.Attributes]:
    """All that anybody or any rate has."""
    project = world.project
    held = [role.cost_rates + role.billing_rates for role in world.roles]
    for by in (project.company_rates, project.card_rates, project.role_billing, project.role_cost, project.card_costs):
        held += (by or {}).values()
    found = [rate.attributes for rates in held for rate in rates]
    found += [one.attributes for person in world.persons for one in person.attribute_sets]
    return found + [one.attributes for task in world.tasks for one in task.assignments]
