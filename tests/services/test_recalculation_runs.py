"""Runs of recalculation: what came of each project, what is refused, cancelling, and never forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Permission
from hourledger.core.errors import Denied, HourledgerError, Invalid, Missing
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import RateKind
from hourledger.services.company_rates import set_company_rates_override
from hourledger.services.create_project import create_project
from hourledger.services.delete_project import delete_project
from hourledger.services.preview_changes import preview_changes
from hourledger.services.recalculation_runs import (
    cancel_recalculation,
    commit_preview,
    request_recalculation,
    run_of,
    take_up_forgotten_runs,
)
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company, create_organisation
from hourledger.services.undo_recalculation import undo_recalculation
from models.tables import ProjectOutcome, RunKind, RunStatus
from tests.services.run_house import JULY, Hours, RunHouse, hours, house
from tests.support.runs import EVERYTHING_THERE_IS
from tests.support.world import log

__all__ = ["hours", "house"]

DONE, SKIPPED, FAILED, MISSING, CANCELLED = (
    ProjectOutcome.DONE,
    ProjectOutcome.SKIPPED,
    ProjectOutcome.FAILED,
    ProjectOutcome.MISSING,
    ProjectOutcome.CANCELLED,
)


async def test_ct_r8_of_many_projects_each_has_its_own_outcome_and_those_that_fit_are_done(
    house: RunHouse, hours: Hours
) -> None:
    """[ok, one without an exchange rate, one that is not there, one without hours]."""
    await hours.cost_more()
    async with house.begin() as unit:
        empty = await create_project(unit, code="EMPTY", name="Empty", company_id=house.world.museum)
    await house.lose_exchange_rates()
    run = await house.runs.recalculate([house.world.portal, house.world.dashboard, 999_999, empty])
    assert await house.runs.status(run) is RunStatus.FAILED
    found = await house.runs.outcomes(run)
    assert {one.project_id: (one.outcome, one.code, one.changed) for one in found.values()} == {
        house.world.portal: (DONE, "", 3),
        house.world.dashboard: (FAILED, "EXCHANGE_RATE_MISSING", 0),
        999_999: (MISSING, "PROJECT_UNKNOWN", 0),
        empty: (SKIPPED, "", 0),
    }
    # 6 hours at 10 more each; and nothing of the others.
    assert (found[house.world.portal].cost_delta_minor, found[house.world.portal].revenue_delta_minor) == (6000, 6000)
    assert "USD" in found[house.world.dashboard].message
    assert await house.valued_by(run) == hours.on_portal


async def test_ct_r8_projects_of_others_are_missing_and_nothing_of_them_is_told(house: RunHouse, hours: Hours) -> None:
    async with house.database.session() as session:
        other = await create_organisation(session, "Others", base_currency="USD", time_zone="UTC")
        await session.commit()
    stranger = replace(house.admin, organisation_id=other.id)
    async with house.transactions.begin(stranger) as unit:
        company = await create_company(unit, "Secret customer", "USD")
        theirs = await create_project(unit, code="SECRET", name="Secret", company_id=company)
    run = await house.runs.recalculate([theirs])
    found = (await house.runs.outcomes(run))[theirs]
    assert (found.outcome, found.currency, found.entries) == (MISSING, None, 0)
    async with house.transactions.begin(stranger) as unit:
        for what in (run_of(unit, run), commit_preview(unit, run, reason=""), undo_recalculation(unit, run, reason="")):
            with pytest.raises(Missing, match="no recalculation"):
                await what


@pytest.mark.parametrize("together", [True, False])
async def test_a_project_that_cannot_be_rated_keeps_all_it_had_its_customers_rates_too(
    house: RunHouse, hours: Hours, together: bool
) -> None:
    async with house.begin() as unit:
        await set_company_rates_override(unit, house.world.dashboard, is_on=True)
    house.clock.move(days=1)
    async with house.begin() as unit:
        scope = RateScope(
            RateKind.BILLING, Level.COMPANY_ROLE, company_id=house.world.robotics, role_id=house.world.role
        )
        await set_rate(unit, scope, HourlyRate.of("99", "USD"), Period())
    await hours.cost_more()
    await house.lose_exchange_rates()
    house.clock.move(days=1)
    kept = "SELECT * FROM rate_attachment ORDER BY id"
    before = await house.rows(kept)
    run = await house.runs.recalculate(
        [house.world.portal, house.world.dashboard] if together else [house.world.dashboard]
    )
    assert (await house.runs.outcomes(run))[house.world.dashboard].outcome is FAILED
    assert await house.rows(kept) == before


async def test_a_large_project_of_which_one_hour_cannot_be_rated_keeps_all_of_its_slices(
    house: RunHouse, hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hourledger.services.rate_columns.PART_ENTRIES", 1)
    async with house.begin() as unit:
        await log(unit, house.world, "1", JULY, project="dashboard")
    await hours.cost_more()
    await house.lose_exchange_rates(from_day="2026-07-01")  # June can be rated, July cannot
    before = await house.worth()
    run = await house.runs.recalculate([house.world.portal, house.world.dashboard])
    found = await house.runs.outcomes(run)
    assert [found[one].outcome for one in (house.world.portal, house.world.dashboard)] == [DONE, FAILED]
    assert await house.valued_by(run) == hours.on_portal
    after = await house.worth()
    assert after[hours.in_dollars] == before[hours.in_dollars]


async def test_what_nobody_foresaw_fails_one_project_and_the_run_goes_on(house: RunHouse, hours: Hours) -> None:
    """A trigger of the operator's own that refuses hours of one project, in words that we do not know."""
    await hours.cost_more()
    await house.sql(
        "CREATE FUNCTION not_today() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$",
        "CREATE TRIGGER a_rule_of_the_house BEFORE UPDATE ON time_entry FOR EACH ROW "
        f"WHEN (OLD.project_id = {house.world.portal}) EXECUTE FUNCTION not_today()",
    )
    run = await house.runs.recalculate()
    found = await house.runs.outcomes(run)
    assert [found[one].outcome for one in (house.world.portal, house.world.dashboard, None)] == [FAILED, DONE, DONE]
    assert (found[house.world.portal].code, "not today" in found[house.world.portal].message) == ("UNEXPECTED", False)
    assert await house.valued_by(run) == {hours.in_dollars, hours.general}


async def test_a_project_is_missing_when_it_was_deleted_after_it_was_asked_for(house: RunHouse, hours: Hours) -> None:
    run = await house.runs.ask([house.world.portal, house.world.dashboard])
    async with house.begin() as unit:
        await delete_project(unit, house.world.dashboard, reason="gone")
    await house.runs.work(run)
    found = await house.runs.outcomes(run)
    assert [found[one].outcome for one in (house.world.portal, house.world.dashboard)] == [DONE, MISSING]


async def test_everything_is_what_is_there_and_not_what_was_deleted(house: RunHouse, hours: Hours) -> None:
    async with house.begin() as unit:
        await delete_project(unit, house.world.dashboard, reason="gone")
    assert await house.runs.status(await house.runs.recalculate()) is RunStatus.DONE


async def refusals(house: RunHouse) -> dict[str, list[Callable[[], Any]]]:
    """By code what is refused with it."""
    portal, dashboard = [house.world.portal], [house.world.dashboard]
    preview, run = await house.runs.preview(portal), await house.runs.recalculate(portal)
    undo_of, nothing = await house.runs.recalculate(dashboard), await house.runs.recalculate(portal)
    waiting, open_preview = await house.runs.ask(portal), await house.runs.ask(portal, RunKind.PREVIEW)

    async def cancel(run_id: int) -> None:
        async with house.begin() as unit:
            await cancel_recalculation(unit, run_id, reason="test")

    return {
        "RUN_UNKNOWN": [lambda: house.runs.commit(999), lambda: house.runs.undo(999), lambda: cancel(999)],
        "NOT_A_PREVIEW": [lambda: house.runs.commit(run)],
        "RUN_NOT_OVER": [lambda: house.runs.commit(open_preview), lambda: house.runs.undo(waiting)],
        "NOT_UNDOABLE": [
            lambda: house.runs.undo(preview),
            lambda: house.runs.undo(nothing),
            lambda: undo_the_undo(house, undo_of),
        ],
        "RUN_OVER": [lambda: cancel(run), lambda: cancel(preview)],
    }


async def undo_the_undo(house: RunHouse, run_id: int) -> int:
    return await house.runs.undo(await house.runs.undo(run_id))


@pytest.mark.parametrize("code", ["RUN_UNKNOWN", "NOT_A_PREVIEW", "RUN_NOT_OVER", "NOT_UNDOABLE", "RUN_OVER"])
async def test_what_cannot_be_is_refused_with_its_reason(house: RunHouse, hours: Hours, code: str) -> None:
    await hours.cost_more()
    for attempt in (await refusals(house))[code]:
        with pytest.raises(HourledgerError) as caught:
            await attempt()
        assert caught.value.code == code


@pytest.mark.parametrize(
    "missing", [Permission.EDIT_COST_RATES, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE]
)
async def test_who_lacks_one_of_the_three_rights_can_ask_for_nothing(
    house: RunHouse, hours: Hours, missing: Permission
) -> None:
    await hours.cost_more()
    preview, run, waiting = (
        await house.runs.preview(),
        await house.runs.recalculate([house.world.portal]),
        await house.runs.ask(),
    )
    caller = replace(house.admin, permissions=house.admin.permissions - {missing})
    shown = (await house.runs.outcomes(preview))[house.world.portal]
    attempts: list[Callable[[Any], Any]] = [
        lambda unit: request_recalculation(unit, EVERYTHING_THERE_IS, reason=""),
        lambda unit: request_recalculation(unit, EVERYTHING_THERE_IS, reason="", kind=RunKind.PREVIEW),
        lambda unit: commit_preview(unit, preview, reason=""),
        lambda unit: undo_recalculation(unit, run, reason=""),
        lambda unit: cancel_recalculation(unit, waiting, reason=""),
        lambda unit: preview_changes(unit, house.world.portal, EVERYTHING_THERE_IS, digest=shown.digest, limit=1),
    ]
    for attempt in attempts:
        with pytest.raises(Denied) as caught:
            async with house.transactions.begin(caller) as unit:
                await attempt(unit)
        assert caught.value.code == "PERMISSION_DENIED"
    assert await house.runs.status(waiting) is RunStatus.QUEUED


@pytest.mark.parametrize(
    ("scope", "error", "code"),
    [
        (RecalculationScope(time_entry_ids=tuple(range(100_001))), Invalid, "SCOPE_TOO_LARGE"),
    ],
)
async def test_a_scope_that_cannot_be_kept_to_is_refused(
    house: RunHouse, scope: RecalculationScope, error: type[HourledgerError], code: str
) -> None:
    with pytest.raises(error) as caught:
        await house.runs.ask(scope)
    assert caught.value.code == code
    assert await house.rows("SELECT count(*) FROM recalculation_run") == [(0,)]


@pytest.mark.parametrize("kind", [RunKind.RECALCULATION, RunKind.PREVIEW])
async def test_a_run_that_is_cancelled_before_it_begins_does_nothing(
    house: RunHouse, hours: Hours, kind: RunKind
) -> None:
    await hours.cost_more()
    run = await house.runs.ask(kind=kind)
    before = await house.worth()
    async with house.begin() as unit:
        await cancel_recalculation(unit, run, reason="not yet")
    assert await house.runs.status(run) is RunStatus.CANCELLED
    await house.runs.work(run)  # its job is still in the queue
    assert {one.outcome for one in (await house.runs.outcomes(run)).values()} == {CANCELLED}
    assert await house.worth() == before
    ends = f"SELECT payload ->> 'status' FROM event WHERE topic = 'RECALCULATION_FINISHED' AND entity_id = {run}"
    assert await house.rows(ends) == [("CANCELLED",)]


@pytest.mark.parametrize("kind", [RunKind.RECALCULATION, RunKind.PREVIEW])
async def test_a_run_that_is_cancelled_under_way_keeps_what_is_done_and_begins_no_more(
    house: RunHouse, hours: Hours, kind: RunKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hourledger.services.recalculation_runs.BATCH_PROJECTS", 1)
    await hours.cost_more()
    run = await house.runs.ask(kind=kind)

    async def cancel() -> None:
        async with house.begin() as unit:
            await cancel_recalculation(unit, run, reason="enough")

    await house.runs.work(run, after_batch=cancel)
    found = await house.runs.outcomes(run)
    assert {one: found[one].outcome for one in found} == {
        house.world.portal: DONE,
        house.world.dashboard: CANCELLED,
        None: CANCELLED,
    }
    assert await house.runs.status(run) is RunStatus.CANCELLED
    done = hours.on_portal if kind is RunKind.RECALCULATION else set()
    assert await house.valued_by(run) == done
    # What it did can be taken back, and what a cancelled commit has not done can be asked for again.
    if kind is RunKind.RECALCULATION:
        assert (await house.runs.outcomes(await house.runs.undo(run)))[house.world.portal].changed == 3


async def test_a_batch_that_came_to_nothing_after_its_run_was_cancelled_is_not_begun_again(
    house: RunHouse, hours: Hours
) -> None:
    """As when a worker dies after somebody has cancelled what it was at."""
    await hours.cost_more()
    run = await house.runs.ask()
    async with house.database.session() as worker:
        await worker.execute(text(f"SELECT id FROM recalculation_project WHERE run_id = {run} FOR UPDATE"))
        async with house.begin() as unit:
            await cancel_recalculation(unit, run, reason="enough")
        assert await house.runs.status(run) is RunStatus.QUEUED  # somebody is at all of it
    await house.runs.work(run)
    assert await house.runs.status(run) is RunStatus.CANCELLED
    assert await house.valued_by(run) == set()


async def test_a_cancelled_commit_and_a_cancelled_undo_can_be_asked_for_again(house: RunHouse, hours: Hours) -> None:
    await hours.cost_more()
    preview = await house.runs.preview()
    for ask, of in (
        (commit_preview, preview),
        (undo_recalculation, await house.runs.recalculate([house.world.portal])),
    ):
        async with house.begin() as unit:
            await cancel_recalculation(unit, await ask(unit, of, reason="hasty"), reason="slow")
    assert (await house.runs.outcomes(await house.runs.commit(preview)))[house.world.dashboard].outcome is DONE


async def test_a_run_whose_job_was_lost_gets_another_and_one_that_has_one_does_not(house: RunHouse) -> None:
    lost, waiting, over = await house.runs.ask(), await house.runs.ask(), await house.runs.recalculate()
    jobs = "SELECT (args ->> 'run_id')::bigint FROM procrastinate_jobs WHERE task_name = 'recalculate' ORDER BY 1"
    await house.sql(f"DELETE FROM procrastinate_jobs WHERE (args ->> 'run_id')::bigint IN ({lost}, {over})")
    assert await house.rows(jobs) == [(waiting,)]
    for taken_up in ([lost], []):
        async with house.begin() as unit:
            assert await take_up_forgotten_runs(unit) == taken_up
    assert await house.rows(jobs) == [(lost,), (waiting,)]
