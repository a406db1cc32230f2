"""Previews: nothing is written, and what is shown is what committing does, or it is not done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.errors import Conflict
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.core.work_locks import FrozenSide
from hourledger.services.company_rates import set_company_rates_override
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.lock_work import freeze_rates
from hourledger.services.log_time import TimeDraft, edit_time, log_time
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_rate import RateScope, set_rate
from models.tables import ProjectOutcome, RunStatus
from tests.services.run_house import JULY, JUNE, Hours, RunHouse, hours, house
from tests.support.runs import set_rates_of
from tests.support.world import log

__all__ = ["hours", "house"]

DONE, FAILED, MISSING, CHANGED = (
    ProjectOutcome.DONE,
    ProjectOutcome.FAILED,
    ProjectOutcome.MISSING,
    ProjectOutcome.CHANGED,
)


async def everything_stored(house: RunHouse) -> dict[str, list[str]]:
    """All rows of all tables, but for what a run leaves behind by being asked for."""
    own = {"recalculation_run", "recalculation_project", "event", "audit"}
    tables = await house.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return {
        table: [one for (one,) in await house.rows(f'SELECT t::text FROM "{table}" t ORDER BY 1')]
        for (table,) in tables
        if table not in own
    }


async def test_a_preview_writes_nothing(house: RunHouse, hours: Hours) -> None:
    await house.logs_under_caps_locks_and_bills()
    await hours.cost_more()
    before = await everything_stored(house)
    assert before["time_entry"]
    preview = await house.runs.preview()
    assert sum(one.changed for one in (await house.runs.outcomes(preview)).values()) > 3
    for project in await house.runs.outcomes(preview):
        await house.runs.shown_changes(preview, project)
    assert await everything_stored(house) == before
    topics = {one for (one,) in await house.rows(f"SELECT topic FROM event WHERE entity_id = {preview}")}
    assert {"RECALCULATION_PROGRESS", "RECALCULATION_FINISHED"} <= topics
    assert await house.rows("SELECT count(*) FROM event WHERE payload ->> 'cause' = 'RECALCULATED'") == [(0,)]


@pytest.mark.parametrize("until", [None, date(2026, 4, 30)])
async def test_what_a_preview_shows_is_what_committing_it_does_hour_by_hour(
    house: RunHouse, hours: Hours, until: date | None
) -> None:
    """All hours; or those up to a day, when later ones only get another share of their cap."""
    await house.logs_under_caps_locks_and_bills()
    await hours.cost_more()
    preview = await house.runs.preview(RecalculationScope(days=Period.inclusive(None, until)))
    shown = await house.runs.outcomes(preview)
    pages = {project: await house.runs.shown_changes(preview, project) for project in shown}
    commit = await house.runs.commit(preview)
    done = await house.runs.outcomes(commit)
    assert await house.runs.status(commit) is RunStatus.DONE
    assert {one: told(done[one]) for one in done} == {one: told(shown[one]) for one in shown}
    for project, page in pages.items():
        assert await house.runs.changes(commit, project) == page
        assert shown[project].changed == len(page)
        assert shown[project].cost_delta_minor == sum(one.cost_after_minor - one.cost_before_minor for one in page)
        assert shown[project].revenue_delta_minor == sum(
            one.revenue_after_minor - one.revenue_before_minor for one in page
        )
    assert any(one.is_cap_moved for page in pages.values() for one in page) == (until is not None)
    stored = await house.worth()
    for page in pages.values():
        for one in page:
            assert stored[one.time_entry_id] == (one.cost_after_minor, one.revenue_after_minor)


def told(one: Any) -> tuple[Any, ...]:
    return (one.outcome, one.currency, one.entries, one.changed, one.unchanged, one.frozen, one.cost_delta_minor,
            one.revenue_delta_minor, one.digest)  # fmt: skip


async def test_a_preview_of_a_scope_is_committed_with_that_scope(house: RunHouse, hours: Hours) -> None:
    await hours.cost_more()
    preview = await house.runs.preview(RecalculationScope(person_ids=(hours.eve,)))
    assert await house.valued_by(await house.runs.commit(preview)) == {hours.of_eve}


async def test_a_preview_is_committed_although_it_takes_the_customers_rates_anew(house: RunHouse, hours: Hours) -> None:
    async with house.begin() as unit:
        await set_company_rates_override(unit, house.world.portal, is_on=True)
    house.clock.move(days=1)
    async with house.begin() as unit:
        scope = RateScope(RateKind.BILLING, Level.COMPANY_ROLE, company_id=house.world.museum, role_id=house.world.role)
        await set_rate(unit, scope, HourlyRate.of("90", "EUR"), Period())
        task = await create_task(
            unit, house.world.portal, TaskPlan("By role", CostType.USER_HOURLY, RevenueType.ROLE_HOURLY)
        )
        draft = TimeDraft(house.world.person, house.world.portal, JUNE, 3600, task_id=task, role_id=house.world.role)
        (entry,) = await log_time(unit, [draft])
    house.clock.move(days=1)
    preview = await house.runs.preview([house.world.portal])
    assert (await house.runs.outcomes(preview))[house.world.portal].changed == 1
    house.clock.move(days=1)
    commit = await house.runs.commit(preview)
    assert (await house.runs.outcomes(commit))[house.world.portal].outcome is DONE
    assert await house.valued_by(commit) == {entry}


Happening = Callable[[Any, Hours], Any]


async def _a_rate(unit: Any, hours: Hours) -> None:
    await set_rates_of(unit, hours.eve, cost="60", billing="150")


async def _a_bill(unit: Any, hours: Hours) -> None:
    await confirm_billing_record(
        unit, await create_billing_record(unit, BillingRequest([hours.house.world.portal], until=JUNE))
    )


async def _an_edit(unit: Any, hours: Hours) -> None:
    await edit_time(unit, hours.june, seconds=60, work_date=JUNE, note="")


async def _a_freeze(unit: Any, hours: Hours) -> None:
    await freeze_rates(unit, hours.house.world.portal, Period.inclusive(JUNE, JUNE), FrozenSide.BOTH, reason="reported")


async def _an_hour_on_its_cap(unit: Any, hours: Hours) -> None:
    await log_time(
        unit,
        [
            TimeDraft(
                hours.house.world.person, hours.house.world.portal, date(2026, 6, 1), 3600, task_id=await _capped(unit)
            )
        ],
    )


async def _capped(unit: Any) -> int:
    return int((await unit.session.execute(text("SELECT id FROM task WHERE name = 'Capped'"))).scalar_one())


HAPPENS: list[tuple[str, Happening, str]] = [
    # meanwhile                          what                   what the outcome says
    ("a rate changed",                   _a_rate,               "to other amounts"),
    ("hours were billed",                _a_bill,               "are billed or locked, not"),
    ("an hour was edited",               _an_edit,              "would change, not"),
    ("rates were frozen",                _a_freeze,             "are billed or locked, not"),
    ("an hour was logged under the cap", _an_hour_on_its_cap,   "are in scope, not"),
]  # fmt: skip


@pytest.mark.parametrize(("happens", "says"), [one[1:] for one in HAPPENS], ids=[one[0] for one in HAPPENS])
async def test_committing_leaves_alone_exactly_the_projects_that_are_not_as_shown_and_says_what(
    house: RunHouse, hours: Hours, happens: Happening, says: str
) -> None:
    task = await house.capped_task("150")
    await house.on_task(task, (JUNE, 1), (JULY, 1))
    await hours.cost_more()
    preview = await house.runs.preview()
    async with house.begin() as unit:
        await happens(unit, hours)
    before = await house.worth()
    commit = await house.runs.commit(preview)
    found = await house.runs.outcomes(commit)
    assert {one: found[one].outcome for one in found} == {
        house.world.portal: CHANGED,
        house.world.dashboard: DONE,
        None: DONE,
    }
    assert found[house.world.portal].code == "CHANGED_SINCE_PREVIEW"
    assert says in found[house.world.portal].message
    assert await house.valued_by(commit) == {hours.in_dollars, hours.general}
    after = await house.worth()
    assert {one for one in after if after[one] != before[one]} == {hours.in_dollars, hours.general}
    assert await house.runs.status(commit) is RunStatus.FAILED


async def test_an_hour_that_was_logged_since_at_the_new_rates_is_no_reason_not_to_do_what_was_shown(
    house: RunHouse, hours: Hours
) -> None:
    await hours.cost_more()
    preview = await house.runs.preview()
    pages = {one: await house.runs.shown_changes(preview, one) for one in await house.runs.outcomes(preview)}
    async with house.begin() as unit:
        await log(unit, house.world, "8", JULY)
    commit = await house.runs.commit(preview)
    found = await house.runs.outcomes(commit)
    assert {one.outcome for one in found.values()} == {DONE}
    assert {one: await house.runs.changes(commit, one) for one in found} == pages


async def test_looking_at_a_preview_that_does_not_hold_any_more_is_refused(house: RunHouse, hours: Hours) -> None:
    await hours.cost_more()
    preview = await house.runs.preview()
    await hours.cost_more(by=30)
    with pytest.raises(Conflict) as caught:
        await house.runs.shown_changes(preview, house.world.portal)
    assert caught.value.code == "CHANGED_SINCE_PREVIEW"


async def test_projects_that_a_preview_could_not_rate_or_find_have_the_outcome_they_deserve_when_it_is_committed(
    house: RunHouse, hours: Hours
) -> None:
    await hours.cost_more()
    await house.lose_exchange_rates()
    preview = await house.runs.preview([house.world.portal, house.world.dashboard, 999_999])
    still = await house.runs.commit(preview)
    found = await house.runs.outcomes(still)
    assert [found[one].outcome for one in (house.world.portal, house.world.dashboard, 999_999)] == [
        DONE,
        FAILED,
        MISSING,
    ]
    preview = await house.runs.preview([house.world.dashboard])
    async with house.begin() as unit:
        await set_exchange_rates(unit, "USD", [(date(2025, 1, 1), Decimal(2))], source="test")
    mended = (await house.runs.outcomes(await house.runs.commit(preview)))[house.world.dashboard]
    assert (mended.outcome, "could not be rated then" in mended.message) == (CHANGED, True)


async def test_a_preview_is_committed_once_and_a_run_undone_once(house: RunHouse, hours: Hours) -> None:
    await hours.cost_more()
    preview = await house.runs.preview()
    commit = await house.runs.commit(preview)
    await house.runs.undo(commit)
    for again in (house.runs.commit(preview), house.runs.undo(commit)):
        with pytest.raises(Conflict) as caught:
            await again
        assert caught.value.code == "RUN_TAKEN"
