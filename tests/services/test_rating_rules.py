"""Which facts about an hour decide its rate: from the rows in the database to the amount (project-finances §2, §3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_person, create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from tests.core.tables import table
from tests.support.world import World, create_world

JUNE = date(2026, 6, 15)
HOUR = 3600
PEOPLE = ("Bob", "Ann", "Tom")
NUMBERS = count(1)
"""Tasks of one project have different names."""


@dataclass(frozen=True)
class House:
    """One unit of work in the world, with a second and a third person and two more roles.

    Bob, developer, costs 50 and bills 100. Ann, designer, costs 40 and bills 80; she is a tester too. Tom has neither a
    role nor rates. System rates of roles, cost and billing: developer 30 and 90, designer 20 and 70, tester 10 and 60.
    """

    unit: UnitOfWork
    world: World
    ids: dict[str, int]

    async def task(self, cost: str, revenue: str, *assigned: str, planned_hours: int = 0) -> int:
        """A task on the portal; each of ``assigned`` is ``person``, ``person as role`` or ``role``, the first primary.

        Planned hours are for every assignment.
        """
        plan = TaskPlan(
            f"Work {next(NUMBERS)}", CostType(cost), RevenueType(revenue), planned_seconds=planned_hours * HOUR
        )
        task = await create_task(self.unit, self.world.portal, plan)
        for one in assigned:
            who, _, role = one.partition(" as ")
            person_id = self.ids[who] if who in PEOPLE else None
            role_id = self.ids[role or who] if role or who not in PEOPLE else None
            await assign(self.unit, task, person_id=person_id, role_id=role_id, planned_seconds=planned_hours * HOUR)
        return task

    async def log(self, who: str, task: int | None, *, chosen: str = "none") -> str:
        """Cost and revenue of one hour, after asking that the explanation agrees."""
        role = None if chosen == "none" else self.ids[chosen]
        if role is not None:
            await self.give_role(self.ids[who], role)  # only a role of one's own can be chosen (§3.10)
        draft = TimeDraft(self.ids[who], self.world.portal, JUNE, HOUR, task_id=task, role_id=role)
        (entry,) = await log_time(self.unit, [draft])
        why = await explain_entry(self.unit, entry)
        assert why.replays
        return f"{why.cost.amount.minor / 100:g} {why.revenue.amount.minor / 100:g}"

    async def give_role(self, person: int, role: int) -> None:
        """One more role, not a primary one, unless the person has it."""
        await self.unit.session.execute(
            text("""
                INSERT INTO person_role (organisation_id, person_id, role_id, is_primary, share_percent)
                SELECT :organisation, :person, :role, false, 0
                WHERE NOT EXISTS (SELECT FROM person_role WHERE person_id = :person AND role_id = :role)
            """),
            {"organisation": self.unit.organisation_id, "person": person, "role": role},
        )

    async def rate(self, kind: RateKind, level: Level, amount: str, **ids: int) -> None:
        await set_rate(self.unit, RateScope(kind, level, **ids), HourlyRate.of(amount, "EUR"), Period())

    async def planned(self) -> str:
        """Planned cost and revenue of the portal."""
        found = (await project_finances(self.unit, [self.world.portal]))[self.world.portal]
        assert found.planned_labor_cost is not None
        assert found.planned_revenue is not None
        return f"{found.planned_labor_cost.minor / 100:g} {found.planned_revenue.minor / 100:g}"


@pytest.fixture
async def house(transactions: Transactions, admin: Principal) -> AsyncIterator[House]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        ids = {"Bob": world.person, "developer": world.role}
        for role in ("designer", "tester"):
            ids[role] = await create_role(unit, role)
        ids["Ann"] = await create_person(unit, "Ann", "ann@brightwater.example", primary_role_id=ids["designer"])
        ids["Tom"] = await create_person(unit, "Tom", "tom@brightwater.example", primary_role_id=None)
        await unit.session.execute(
            text("""
                INSERT INTO person_role (organisation_id, person_id, role_id, is_primary, share_percent)
                VALUES (:organisation, :person, :role, false, 0)
            """),
            {"organisation": unit.organisation_id, "person": ids["Ann"], "role": ids["tester"]},
        )
        house = House(unit, world, ids)
        for role, cost, billing in (("developer", "30", "90"), ("designer", "20", "70"), ("tester", "10", "60")):
            await house.rate(RateKind.COST, Level.ROLE, cost, role_id=ids[role])
            await house.rate(RateKind.BILLING, Level.ROLE, billing, role_id=ids[role])
        await house.rate(RateKind.COST, Level.PERSON, "40", person_id=ids["Ann"])
        await house.rate(RateKind.BILLING, Level.PERSON, "80", person_id=ids["Ann"])
        yield house


def people(assigned: str) -> list[str]:
    return [] if assigned == "nobody" else assigned.split(", ")


async def test_c_13_a_role_chosen_by_hand_replaces_a_role_and_never_a_persons_own_rate(house: House) -> None:
    for type_name, assigned, who, chosen, cost_and_revenue in table("""
        type                  assigned           who  chosen     cost and revenue
        USER_HOURLY           nobody             Bob  tester     50 100
        USER_HOURLY           nobody             Tom  tester     0 60     # only revenue has a fallback to it
        USER_HOURLY           developer          Tom  none       0 90
        USER_HOURLY           developer          Tom  tester     0 60
        ROLE_HOURLY           Bob as developer   Bob  none       30 90
        ROLE_HOURLY           Bob as developer   Bob  tester     10 60
        ROLE_HOURLY           developer          Ann  tester     10 60
        USER_AND_ROLE_HOURLY  Bob as developer   Bob  tester     50 100   # ignores it
        USER_AND_ROLE_HOURLY  nobody             Tom  tester     0 0
    """):
        task = await house.task(type_name, type_name, *people(assigned))
        assert await house.log(who, task, chosen=chosen) == cost_and_revenue, (type_name, assigned, who, chosen)


async def test_3_3_revenue_follows_who_logs_and_cost_the_assignment(house: House) -> None:
    for assigned, who, cost_and_revenue in table("""
        assigned                          who  cost and revenue
        nobody                            Bob  30 90    # C-14: logger's primary role
        nobody                            Tom  0 0
        Bob as developer                  Bob  30 90
        Bob as designer                   Bob  20 70    # the role he fills here
        Bob as designer                   Ann  20 70
        Bob as tester                     Ann  10 70    # cost: the assignment's role; revenue: her primary role
        Bob                               Bob  30 90    # no role on the assignment: primary role
        Bob                               Ann  30 70    # cost: the assignee's primary role
        Bob                               Tom  30 0
        Tom                               Bob  0 90     # the assignee has no role: cost ends there
        Bob as developer, Ann as tester   Ann  10 60    # her own assignment, not the primary one
        Bob as tester, Ann as designer    Tom  10 0     # the primary one
        tester                            Ann  10 60    # one of her roles, though not the primary one
        developer, tester                 Ann  30 60    # likewise; cost: the primary assignment
        tester, designer                  Ann  10 70    # both are hers: the primary role first
        tester                            Bob  10 90    # not one of his: his primary role
        tester                            Tom  10 60    # no role at all: the assigned role's
        tester, Bob as developer          Ann  10 70    # a person is assigned: the open role is no fallback
    """):
        task = await house.task("ROLE_HOURLY", "ROLE_HOURLY", *people(assigned))
        assert await house.log(who, task) == cost_and_revenue, (assigned, who)


async def test_3_3_a_primary_assignment_is_the_one_that_says_so(house: House) -> None:
    task = await house.task("ROLE_HOURLY", "ROLE_HOURLY", "tester", "designer")
    for statement in (
        "UPDATE assignment SET is_primary = false WHERE task_id = :task",  # the first one was, by being first
        "UPDATE assignment SET is_primary = true WHERE task_id = :task AND role_id = :role",
    ):
        await house.unit.session.execute(text(statement), {"task": task, "role": house.ids["designer"]})
    assert await house.log("Tom", task) == "20 70"


async def test_3_3_a_role_counts_only_on_the_days_on_which_it_is_held(house: House) -> None:
    task = await house.task("ROLE_HOURLY", "ROLE_HOURLY", "tester")
    assert await house.log("Ann", task) == "10 60"
    await house.unit.session.execute(
        text("UPDATE person_role SET valid_until = :day WHERE role_id = :role"),
        {"day": JUNE, "role": house.ids["tester"]},
    )
    assert await house.log("Ann", task) == "10 70"


async def test_3_4_an_override_of_cost_counts_only_for_people_who_are_allowed_one(house: House) -> None:
    task = await house.task("USER_AND_ROLE_HOURLY", "USER_AND_ROLE_HOURLY", "Bob as developer", planned_hours=1)
    on_portal = {"project_id": house.world.portal, "person_id": house.ids["Bob"]}
    await house.rate(RateKind.COST, Level.PROJECT_PERSON, "55", **on_portal)
    await house.rate(RateKind.BILLING, Level.PROJECT_PERSON, "110", **on_portal)
    assert (await house.log("Bob", task), await house.planned()) == ("50 110", "50 110")
    await house.unit.session.execute(
        text("UPDATE person SET cost_rate_override_allowed = true WHERE id = :id"), {"id": house.ids["Bob"]}
    )
    assert (await house.log("Bob", task), await house.planned()) == ("55 110", "55 110")


async def test_3_4_where_only_a_role_is_assigned_its_own_rates_earn(house: House) -> None:
    for assigned, who, cost_and_revenue in table("""
        assigned           who  cost and revenue
        tester             Bob  50 60
        developer, tester  Ann  40 60     # one of her roles
        Bob                Ann  40 80     # a person is assigned: the assignee's rates are ignored, hers count
        nobody             Ann  40 80
    """):
        task = await house.task("USER_AND_ROLE_HOURLY", "USER_AND_ROLE_HOURLY", *people(assigned))
        assert await house.log(who, task) == cost_and_revenue, (assigned, who)
    query = text("SELECT max(id) FROM assignment WHERE role_id = :role")
    task = await house.task("USER_AND_ROLE_HOURLY", "USER_AND_ROLE_HOURLY", "developer", "tester")
    last = (await house.unit.session.execute(query, {"role": house.ids["tester"]})).scalar_one()
    await house.rate(RateKind.BILLING, Level.ASSIGNMENT, "65", assignment_id=last)
    assert await house.log("Ann", task) == "40 65"  # the override of the assignment that fits her
    assert await house.log("Bob", task) == "50 90"  # which is not the one that fits him


async def test_c_12_direct_hours_take_the_chosen_role_then_the_person_then_the_primary_role(house: House) -> None:
    designer = house.ids["designer"]
    cleo = await create_person(house.unit, "Cleo", "cleo@brightwater.example", primary_role_id=designer)
    house.ids["Cleo"] = cleo
    prices: list[tuple[str, Level, dict[str, int]]] = [
        ("70", Level.ROLE, {}),
        ("72", Level.COMPANY_ROLE, {"company_id": house.world.museum}),
        ("75", Level.PROJECT_ROLE, {"project_id": house.world.portal}),
    ]
    for price, level, ids in prices:
        if level is not Level.ROLE:  # the system's is there already
            await house.rate(RateKind.BILLING, level, price, role_id=designer, **ids)
        for who, chosen, cost_and_revenue in table(f"""
            who   chosen     cost and revenue
            Bob   none       50 100
            Bob   tester     10 60
            Bob   designer   20 {price}
            Cleo  none       20 {price}
            Tom   none       0 0
        """):
            assert await house.log(who, None, chosen=chosen) == cost_and_revenue, (level, who, chosen)


async def test_plans_3_2_to_3_4_follow_who_is_assigned(house: House) -> None:
    total = [Decimal(0), Decimal(0)]
    for type_name, assigned, cost_and_revenue in table("""
        type                  assigned                          planned cost and revenue
        USER_HOURLY           nobody                            0 0
        USER_HOURLY           Bob as tester                     50 100
        USER_HOURLY           tester                            10 60
        USER_HOURLY           Tom as tester                     0 0      # neither rate nor primary role
        USER_HOURLY           Bob, tester                       60 160   # each by its own
        ROLE_HOURLY           nobody                            0 0
        ROLE_HOURLY           Bob as tester                     10 60    # the role on this task
        ROLE_HOURLY           Bob                               0 0      # no role on the assignment
        ROLE_HOURLY           tester                            10 60
        USER_AND_ROLE_HOURLY  nobody                            0 0
        USER_AND_ROLE_HOURLY  Bob as tester                     50 100
        USER_AND_ROLE_HOURLY  tester                            10 60
    """):
        await house.task(type_name, type_name, *people(assigned), planned_hours=1)
        total = [before + Decimal(more) for before, more in zip(total, cost_and_revenue.split(), strict=True)]
        assert await house.planned() == f"{total[0]} {total[1]}", (type_name, assigned)


async def test_3_2_without_a_rate_of_ones_own_the_plan_takes_the_primary_role(house: House) -> None:
    eve = await create_person(house.unit, "Eve", "eve@brightwater.example", primary_role_id=house.ids["designer"])
    task = await house.task("USER_HOURLY", "USER_HOURLY")
    await assign(house.unit, task, person_id=eve, role_id=house.ids["tester"], planned_seconds=HOUR)
    assert await house.planned() == "20 70"  # though assigned as a tester


async def test_3_11_fixed_hourly_types_need_nobody(house: House) -> None:
    plan = TaskPlan(
        "Fixed",
        CostType.FIXED_HOURLY,
        RevenueType.FIXED_HOURLY,
        cost_rate=Decimal(15),
        billing_rate=Decimal(25),
        planned_seconds=2 * HOUR,
    )
    task = await create_task(house.unit, house.world.portal, plan)
    assert await house.planned() == "30 50"
    assert await house.log("Tom", task) == "15 25"
