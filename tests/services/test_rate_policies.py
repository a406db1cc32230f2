"""An organisation's own rate policy: kept for good, used when told, named by what it rated."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from hourledger.core.access import Principal
from hourledger.core.errors import Denied, Invalid, Missing
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import SHIPPED, Level
from hourledger.core.work import RateKind
from hourledger.services.explain_valuation import explain_entry, explain_rate
from hourledger.services.rate_policies import add_rate_policy, policy_text, policy_versions, use_rate_policy
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from tests.conftest import MovableClock
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)
ROLE_FIRST = """
version = "role-first"
[cost]
EVERY_TYPE = [{ level = "PERSON", subject = "owner" }]
[billing]
EVERY_TYPE = [
    { level = "ROLE", subject = "owner.primary_role" },
    { level = "PERSON", subject = "owner" },
]
"""


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    made = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        await set_rate(
            unit, RateScope(RateKind.BILLING, Level.ROLE, role_id=made.role), HourlyRate.of("75", "EUR"), Period()
        )
    return made


async def test_an_own_policy_rates_from_when_it_is_used_and_explains_what_it_rated(
    transactions: Transactions, admin: Principal, world: World, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        before = await log(unit, world, "1", JUNE)
        assert await add_rate_policy(unit, ROLE_FIRST) == "role-first"
        assert await policy_versions(unit) == [*SHIPPED, "role-first"]
        await use_rate_policy(unit, "role-first", reason="our contracts")
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        after = await log(unit, world, "1", JUNE)
        for entry, amount, version in ((before, "100.00 EUR", "workfront-1"), (after, "75.00 EUR", "role-first")):
            why = await explain_entry(unit, entry)
            assert (str(why.revenue.amount), why.policy_version, why.replays) == (amount, version, True)
        await recalculate_project(unit, world.portal)
        why = await explain_entry(unit, before)
        assert (str(why.revenue.amount), why.policy_version) == ("75.00 EUR", "role-first")


async def test_a_version_never_changes_what_it_says(transactions: Transactions, admin: Principal, world: World) -> None:
    async with transactions.begin(admin) as unit:
        await add_rate_policy(unit, ROLE_FIRST)
        assert await add_rate_policy(unit, ROLE_FIRST) == "role-first"  # the same again changes nothing
        assert (await policy_versions(unit)).count("role-first") == 1
    for content, code in (
        (ROLE_FIRST + "\n# other", "POLICY_VERSION_TAKEN"),
        (ROLE_FIRST.replace("role-first", "workfront-1"), "POLICY_VERSION_TAKEN"),
        (ROLE_FIRST.replace("owner.primary_role", "owner"), "POLICY_INVALID"),
        ("x" * 100_001, "POLICY_INVALID"),
    ):
        with pytest.raises(Invalid) as caught:
            async with transactions.begin(admin) as unit:
                await add_rate_policy(unit, content)
        assert caught.value.code == code


async def test_a_broken_policy_says_its_line(transactions: Transactions, admin: Principal, world: World) -> None:
    with pytest.raises(Invalid, match=r"line 7: billing\.EVERY_TYPE, step 1: 'PLANET' is not a level"):
        async with transactions.begin(admin) as unit:
            await add_rate_policy(unit, ROLE_FIRST.replace('"ROLE"', '"PLANET"'))


async def test_only_a_policy_that_exists_can_be_used_and_only_by_administrators(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    with pytest.raises(Invalid, match="workfront-1") as caught:
        async with transactions.begin(admin) as unit:
            await use_rate_policy(unit, "mine")
    assert caught.value.code == "POLICY_UNKNOWN"
    clerk = Principal(admin.organisation_id, "clerk")
    for attempt in (lambda unit: use_rate_policy(unit, "workfront-1"), lambda unit: add_rate_policy(unit, ROLE_FIRST)):
        with pytest.raises(Denied):
            async with transactions.begin(clerk) as unit:
                await attempt(unit)
    async with transactions.begin(admin) as unit:
        assert (await policy_text(unit, "fall-through-1")).startswith("# Four levels")


async def test_the_rate_of_an_hour_that_nobody_has_logged(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        on_task = await explain_rate(unit, person_id=world.person, project_id=None, task_id=world.build, on=JUNE)
        assert (str(on_task.cost.rate), str(on_task.revenue.rate)) == ("50.00 EUR/h", "100.00 EUR/h")
        assert on_task.revenue.steps[-1].outcome == "found 100.00 EUR/h"
        chosen = await explain_rate(
            unit, person_id=world.person, project_id=world.portal, task_id=None, role_id=world.role, on=JUNE
        )
        assert str(chosen.revenue.rate) == "75.00 EUR/h"
        abroad = await explain_rate(unit, person_id=world.person, project_id=world.dashboard, task_id=None, on=JUNE)
        assert (str(abroad.revenue.amount), abroad.revenue.conversion) == ("200.00 USD", Fraction(2))
    for unknown, code in (
        ({"person_id": 999_999}, "PERSON_UNKNOWN"),
        ({"project_id": 999_999}, "PROJECT_UNKNOWN"),
        ({"task_id": 999_999}, "TASK_UNKNOWN"),
        ({"task_id": world.dashboard_build}, "TASK_UNKNOWN"),  # a task of another project
        ({"role_id": 999_999}, "ROLE_UNKNOWN"),
        ({"hour_type_id": 999_999}, "HOUR_TYPE_UNKNOWN"),
    ):
        asked = {"person_id": world.person, "project_id": world.portal, "task_id": None} | unknown
        with pytest.raises(Missing) as caught:
            async with transactions.begin(admin) as unit:
                await explain_rate(unit, on=JUNE, **asked)  # type: ignore[arg-type]
        assert caught.value.code == code
