"""What was on a deleted project or task goes with it: nothing of it is listed, found or changed by its id (§4.7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.adjust_rates import adjust_rates
from hourledger.services.baselines import choose_default_baseline, delete_baseline, take_baseline
from hourledger.services.compare_baselines import compare_baselines
from hourledger.services.create_project import assign
from hourledger.services.delete_project import delete_project, restore_project
from hourledger.services.delete_task import delete_task
from hourledger.services.edit_assignment import edit_assignment
from hourledger.services.remove_rate import remove_rate
from hourledger.services.risks import RiskDraft, add_risk, delete_risk, edit_risk
from hourledger.services.set_assignment_billing import set_assignment_billable, set_assignment_billing_role
from hourledger.services.set_attributes import set_assignment_attributes
from hourledger.services.set_contour import set_contour
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.unassign import unassign
from models.queries.listing.exchange import EXCHANGE_RATES
from models.queries.listing.keyset import Cut
from models.queries.listing.rates import RATES
from tests.services.structure_house import House, house, rolled_back

__all__ = ["house"]

JUNE = date(2026, 6, 15)


@dataclass
class Gone:
    """On the portal: a task with Bob and an open role on it, rates of both, a risk, two baselines."""

    house: House
    task: int
    bob: int
    open_role: int
    rate: int
    project_rate: int
    risk: int
    baselines: list[int]

    @staticmethod
    async def build(house: House) -> Gone:
        unit, portal = house.unit, house.world.portal
        task = await house.task("Work", planned_seconds=8 * 3600, planned_start=JUNE, planned_completion=JUNE)
        bob = await assign(unit, task, person_id=house.world.person, role_id=house.world.role)
        open_role = await assign(unit, task, person_id=None, role_id=house.world.role)
        of_bob = RateScope(RateKind.BILLING, Level.ASSIGNMENT, assignment_id=bob)
        of_project = RateScope(RateKind.BILLING, Level.PROJECT_ROLE, project_id=portal, role_id=house.world.role)
        rate, project_rate = [
            await set_rate(unit, one, HourlyRate.of(90, "EUR"), Period()) for one in (of_bob, of_project)
        ]
        await set_exchange_rate(unit, "USD", Decimal(3), project_id=portal)
        risk = await add_risk(unit, portal, RiskDraft("Fire", probability_percent=Decimal(10)))
        baselines = [await take_baseline(unit, portal, name) for name in ("Start", "Later")]
        return Gone(house, task, bob, open_role, rate, project_rate, risk, baselines)

    def again(self, **whose: int) -> Awaitable[Any]:
        level = Level.ASSIGNMENT if "assignment_id" in whose else Level.PROJECT_ROLE
        scope = RateScope(RateKind.BILLING, level, **whose)
        return set_rate(self.house.unit, scope, HourlyRate.of(1, "EUR"), Period(), replace_overlapping=True)


Attempt = Callable[[Gone], Awaitable[Any]]
ON_ASSIGNMENTS: dict[str, tuple[Attempt, str]] = {
    "planned hours": (lambda it: edit_assignment(it.house.unit, it.bob, 3600), "ASSIGNMENT_UNKNOWN"),
    "unassign": (lambda it: unassign(it.house.unit, it.bob), "ASSIGNMENT_UNKNOWN"),
    "a contour": (lambda it: set_contour(it.house.unit, it.bob, {JUNE: 3600}), "ASSIGNMENT_UNKNOWN"),
    "billable": (
        lambda it: set_assignment_billable(it.house.unit, it.bob, is_billable=False),
        "ASSIGNMENT_UNKNOWN",
    ),
    "job role": (
        lambda it: set_assignment_billing_role(it.house.unit, it.bob, it.house.world.role),
        "ASSIGNMENT_UNKNOWN",
    ),
    "attributes": (lambda it: set_assignment_attributes(it.house.unit, it.open_role, {}), "ASSIGNMENT_UNKNOWN"),
    "its rate": (lambda it: it.again(assignment_id=it.bob), "ASSIGNMENT_UNKNOWN"),
    "take its rate away": (lambda it: remove_rate(it.house.unit, it.rate), "ASSIGNMENT_UNKNOWN"),
    "raise its rate": (lambda it: adjust_rates(it.house.unit, [it.rate], Decimal(10)), "ASSIGNMENT_UNKNOWN"),
}
ON_PROJECTS: dict[str, tuple[Attempt, str]] = {
    "a risk": (lambda it: edit_risk(it.house.unit, it.risk, {"description": "x"}), "RISK_UNKNOWN"),
    "delete a risk": (lambda it: delete_risk(it.house.unit, it.risk), "RISK_UNKNOWN"),
    "another default": (lambda it: choose_default_baseline(it.house.unit, it.baselines[1]), "BASELINE_UNKNOWN"),
    "delete a baseline": (lambda it: delete_baseline(it.house.unit, it.baselines[1]), "BASELINE_UNKNOWN"),
    "compare": (lambda it: compare_baselines(it.house.unit, *it.baselines), "BASELINE_UNKNOWN"),
    "compare with now": (lambda it: compare_baselines(it.house.unit, it.baselines[0], None), "BASELINE_UNKNOWN"),
    "its rates": (
        lambda it: it.again(project_id=it.house.world.portal, role_id=it.house.world.role),
        "PROJECT_UNKNOWN",
    ),
    "take its rates away": (lambda it: remove_rate(it.house.unit, it.project_rate), "PROJECT_UNKNOWN"),
}


@pytest.mark.parametrize("name", ON_ASSIGNMENTS)
@pytest.mark.parametrize("how", ["task", "project"])
async def test_4_7_nothing_of_who_was_assigned_to_a_deleted_task_is_changed(
    house: House,
    name: str,
    how: str,
) -> None:
    gone = await Gone.build(house)
    await (delete_task(house.unit, gone.task) if how == "task" else delete_project(house.unit, house.world.portal))
    await require_refusal(gone, *ON_ASSIGNMENTS[name])


@pytest.mark.parametrize("name", ON_PROJECTS)
async def test_4_7_nothing_of_a_deleted_project_is_changed_until_it_is_restored(
    house: House,
    name: str,
) -> None:
    gone = await Gone.build(house)
    await delete_project(house.unit, house.world.portal)
    attempt, code = ON_PROJECTS[name]
    await require_refusal(gone, attempt, code)
    await restore_project(house.unit, house.world.portal)
    await attempt(gone)


async def require_refusal(gone: Gone, attempt: Attempt, code: str) -> None:
    before = await gone.house.everything()
    with pytest.raises(HourledgerError) as caught:
        await rolled_back(gone.house.unit, attempt(gone))
    assert caught.value.code == code
    assert await gone.house.everything() == before


async def test_4_7_rates_of_what_is_deleted_are_not_listed_and_come_back_with_their_project(
    house: House,
) -> None:
    gone, unit = await Gone.build(house), house.unit

    async def listed() -> tuple[set[int], set[int]]:
        rates = await RATES.page(unit.session, unit.organisation_id, Cut(100))
        exchange = await EXCHANGE_RATES.page(unit.session, unit.organisation_id, Cut(100), ["x.project_id IS NOT NULL"])
        return {one.id for one in rates.rows} & {gone.rate, gone.project_rate}, {one.id for one in exchange.rows}

    everything = await listed()
    assert everything[0] == {gone.rate, gone.project_rate}
    assert everything[1]
    await delete_project(unit, house.world.portal)
    assert await listed() == (set(), set())
    await restore_project(unit, house.world.portal)
    assert await listed() == everything
    await delete_task(unit, gone.task)
    assert await listed() == ({gone.project_rate}, everything[1])
