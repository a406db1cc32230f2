"""Recalculating over the API: shown, done, followed, taken back; page by page; and hidden from who may not see it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.periods import Period
from hourledger.runtime import Runtime
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.lock_work import lock_period
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.transactions import Transactions
from resolvers.ids import global_id, row_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.schema.test_subscriptions import listened
from tests.support.runs import Runs, set_rates_of
from tests.support.world import World, log

DAYS = [date(2026, 6, day) for day in range(1, 8)]

CHANGE = """timeEntry { id } workDate isCapMoved costBefore { amount } costAfter { amount } revenueBefore { amount }
    revenueAfter { amount } costRateBefore { level rate currency } costRateAfter { level rate currency }
    billingRateBefore { rate } billingRateAfter { rate }"""
PROJECT = """projectId project { code } outcome entries changed unchanged frozen code message
    costDelta { amount currency } revenueDelta { amount }"""
RUN = f"""id kind status reason requestedBy scope {{ projectIds personIds firstDay onlyNew }} of {{ id }}
    progress {{ projects projectsDone entries entriesDone changed }}
    totals {{ currency projects failed entries changed frozen costDelta {{ amount }} revenueDelta {{ amount }} }}
    projects {{ nodes {{ {PROJECT} }} }}"""
RUNS = """query($first: Int!, $after: String, $kinds: [RecalculationKind!], $statuses: [RunStatus!]) {
    recalculationRuns(first: $first, after: $after, kinds: $kinds, statuses: $statuses) {
        nodes { id kind status } pageInfo { hasNextPage endCursor } } }"""
PROGRESS = """subscription($run: ID!, $after: Seq) { recalculationProgress(runId: $run, after: $after) {
    seq isFinished projects projectsDone entries entriesDone changed run { status } } }"""


@pytest.fixture
def runs(transactions: Transactions, admin: Principal, runtime: Runtime) -> Runs:
    return Runs(transactions, admin, runtime)


@pytest.fixture
async def hours(transactions: Transactions, admin: Principal, world: World) -> list[int]:
    """An hour on each of seven days, the first one billed and the second in a locked period; then a raise by 10."""
    async with transactions.begin(admin) as unit:
        found = [await log(unit, world, "1", day) for day in DAYS]
        await log(unit, world, "2", DAYS[0], project="dashboard")
        await log_time(unit, [TimeDraft(world.person, None, DAYS[0], 3600)])
        record = await create_billing_record(unit, BillingRequest([world.portal], until=DAYS[0]))
        await confirm_billing_record(unit, record)
        await lock_period(unit, world.portal, Period.inclusive(None, DAYS[1]), reason="told")
    async with transactions.begin(admin) as unit:
        await set_rates_of(unit, world.person, cost="60", billing="110")
    return found


async def worked(api: Api, runs: Runs, mutation: str, **given: Any) -> dict[str, Any]:
    """The run that a mutation asked for, once a worker has been at it."""
    run = await api.do(mutation, "run { id status }", **given)
    assert run["status"] == "QUEUED"
    await runs.work(row_id(run["id"], "RecalculationRun", "id"))
    return await shown(api, run["id"])


async def shown(api: Api, run_id: str) -> dict[str, Any]:
    found = await api.query(f"query($id: ID!) {{ recalculationRun(id: $id) {{ {RUN} }} }}", id=run_id)
    run: dict[str, Any] = found["recalculationRun"]
    return run


async def pages(api: Api, run_id: str, what: str, selection: str, *, first: int, project: int = 0) -> list[Any]:
    """All that is listed under one project of a run, so many at a time."""
    query = f"""query($id: ID!, $after: String) {{ recalculationRun(id: $id) {{ projects {{ nodes {{
        {what}(first: {first}, after: $after) {{ nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }}
    }} }} }} }}"""
    found: list[Any] = []
    after = None
    while True:
        answer = await api.query(query, id=run_id, after=after)
        page = answer["recalculationRun"]["projects"]["nodes"][project][what]
        assert len(page["nodes"]) <= first
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def test_a_preview_is_shown_committed_and_undone(api: Api, ids: Ids, hours: list[int], runs: Runs) -> None:
    scope = {"projectIds": [ids.portal]}
    preview = await worked(api, runs, "previewRecalculation", scope=scope, reason="the raise of July")
    assert (preview["kind"], preview["status"], preview["reason"]) == ("PREVIEW", "DONE", "the raise of July")
    assert preview["scope"] == {"projectIds": [ids.portal], "personIds": [], "firstDay": None, "onlyNew": False}
    portal = {
        "projectId": ids.portal,
        "project": {"code": "PORTAL"},
        "outcome": "DONE",
        "entries": 7,
        "changed": 5,
        "unchanged": 0,
        "frozen": 2,
        "code": "",
        "message": "",
        "costDelta": {"amount": "50.00", "currency": "EUR"},
        "revenueDelta": {"amount": "50.00"},
    }
    assert preview["projects"]["nodes"] == [portal]
    assert preview["totals"] == [
        {"currency": "EUR", "projects": 1, "failed": 0, "entries": 7, "changed": 5, "frozen": 2,
         "costDelta": {"amount": "50.00"}, "revenueDelta": {"amount": "50.00"}}
    ]  # fmt: skip
    assert preview["progress"] == {"projects": 1, "projectsDone": 1, "entries": 7, "entriesDone": 7, "changed": 5}
    would = await pages(api, preview["id"], "changes", CHANGE, first=2)
    assert would[0] == {
        "timeEntry": {"id": global_id("TimeEntry", hours[2])},
        "workDate": "2026-06-03",
        "isCapMoved": False,
        "costBefore": {"amount": "50.00"},
        "costAfter": {"amount": "60.00"},
        "revenueBefore": {"amount": "100.00"},
        "revenueAfter": {"amount": "110.00"},
        "costRateBefore": {"level": "PERSON", "rate": "50.00", "currency": "EUR"},
        "costRateAfter": {"level": "PERSON", "rate": "60.00", "currency": "EUR"},
        "billingRateBefore": {"rate": "100.00"},
        "billingRateAfter": {"rate": "110.00"},
    }
    assert [one["workDate"] for one in would] == [day.isoformat() for day in DAYS[2:]]

    commit = await worked(api, runs, "commitRecalculation", previewId=preview["id"], reason="as agreed")
    assert (commit["of"], commit["status"], commit["projects"]["nodes"]) == ({"id": preview["id"]}, "DONE", [portal])
    assert await pages(api, commit["id"], "changes", CHANGE, first=2) == would
    assert await api.user_error("commitRecalculation", previewId=preview["id"], reason="") == "RUN_TAKEN"

    undo = await worked(api, runs, "undoRecalculation", runId=commit["id"], reason="sorry")
    assert (undo["kind"], undo["of"]) == ("UNDO", {"id": commit["id"]})
    assert undo["projects"]["nodes"][0]["revenueDelta"] == {"amount": "-50.00"}
    back = await pages(api, undo["id"], "changes", CHANGE, first=2)
    assert [one["revenueAfter"] for one in back] == [one["revenueBefore"] for one in would]
    assert await api.user_error("undoRecalculation", runId=commit["id"], reason="") == "RUN_TAKEN"
    for run in (preview, undo):
        assert await api.user_error("undoRecalculation", runId=run["id"], reason="") == "NOT_UNDOABLE"


async def test_what_keeps_its_value_is_listed_page_by_page_billed_and_locked_alike(
    api: Api, ids: Ids, hours: list[int], runs: Runs
) -> None:
    run = await worked(api, runs, "recalculate", scope={"projectIds": [ids.portal]}, reason="")
    kept = await pages(api, run["id"], "locked", "id", first=1)
    assert [one["id"] for one in kept] == [global_id("TimeEntry", one) for one in reversed(hours[:2])]
    assert run["projects"]["nodes"][0]["frozen"] == len(kept)
    late = await worked(api, runs, "recalculate", scope={"firstDay": "2026-06-02", "lastDay": "2026-06-03"}, reason="")
    assert late["projects"]["nodes"][0]["frozen"] == 1
    assert await pages(api, late["id"], "locked", "id", first=5) == [{"id": global_id("TimeEntry", hours[1])}]


async def test_each_change_of_a_run_over_everything_is_told_once_by_its_project(
    api: Api, ids: Ids, hours: list[int], runs: Runs
) -> None:
    run = await worked(api, runs, "recalculate", scope={}, reason="")
    found = [(one["projectId"], one["changed"]) for one in run["projects"]["nodes"]]
    assert found == [(ids.portal, 5), (ids.dashboard, 1), (None, 1)]
    for place, (_, changed) in enumerate(found):
        assert len(await pages(api, run["id"], "changes", "timeEntry { id }", first=3, project=place)) == changed
    assert [(one["currency"], one["projects"], one["changed"]) for one in run["totals"]] == [
        ("EUR", 2, 6),
        ("USD", 1, 1),
    ]


async def test_a_dry_run_answers_at_once_and_shows_the_changes_of_its_own_scope(
    api: Api, ids: Ids, hours: list[int], world: World
) -> None:
    given = {"scope": {"firstDay": "2026-06-02", "lastDay": "2026-06-04"}, "reason": "", "dryRun": True}
    lists = "changes(first: 9) { nodes { workDate } } locked { nodes { id } }"
    answer = await api.mutate("recalculate", f"run {{ id }} projects {{ {PROJECT} {lists} }}", **given)
    assert (answer["run"], answer["dryRun"], answer["userErrors"]) == (None, True, [])
    (portal,) = answer["projects"]
    assert (portal["entries"], portal["changed"], portal["frozen"]) == (3, 2, 1)
    assert [one["workDate"] for one in portal["changes"]["nodes"]] == ["2026-06-03", "2026-06-04"]
    assert [one["id"] for one in portal["locked"]["nodes"]] == [global_id("TimeEntry", hours[1])]
    assert (await api.query("{ recalculationRuns { nodes { id } } }"))["recalculationRuns"]["nodes"] == []


async def test_the_changes_of_a_preview_that_does_not_hold_any_more_are_refused(
    api: Api, ids: Ids, hours: list[int], runs: Runs, transactions: Transactions, admin: Principal, world: World
) -> None:
    preview = await worked(api, runs, "previewRecalculation", scope={"projectIds": [ids.portal]}, reason="")
    async with transactions.begin(admin) as unit:
        await set_rates_of(unit, world.person, cost="70", billing="120")
    query = "query($id: ID!) { recalculationRun(id: $id) { projects { nodes { changes { nodes { workDate } } } } } }"
    assert await api.code(query, id=preview["id"]) == "CHANGED_SINCE_PREVIEW"
    commit = await worked(api, runs, "commitRecalculation", previewId=preview["id"], reason="")
    assert [(one["outcome"], one["code"]) for one in commit["projects"]["nodes"]] == [
        ("CHANGED", "CHANGED_SINCE_PREVIEW")
    ]


async def test_the_history_of_runs_is_paged_the_latest_first_and_can_be_chosen_from(
    api: Api, ids: Ids, hours: list[int], runs: Runs
) -> None:
    asked = [await worked(api, runs, "recalculate", scope={"projectIds": [ids.portal]}, reason="") for _ in range(3)]
    asked.append(await worked(api, runs, "previewRecalculation", scope={}, reason=""))
    waiting = await api.do("recalculate", "run { id }", scope={}, reason="")
    latest_first = [waiting["id"], *(one["id"] for one in reversed(asked))]

    async def listed(**chosen: Any) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = (await api.query(RUNS, first=2, after=after, **chosen))["recalculationRuns"]
            found += [one["id"] for one in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    assert await listed() == latest_first
    assert await listed(kinds=["PREVIEW"]) == [asked[3]["id"]]
    assert await listed(statuses=["QUEUED"]) == [waiting["id"]]
    assert await listed(kinds=["RECALCULATION"], statuses=["DONE"]) == [one["id"] for one in reversed(asked[:3])]


async def test_a_run_that_waits_is_cancelled(api: Api, ids: Ids, hours: list[int], runs: Runs) -> None:
    run = await api.do("recalculate", "run { id }", scope={}, reason="")
    assert await api.user_error("undoRecalculation", runId=run["id"], reason="") == "RUN_NOT_OVER"
    for _ in range(2):
        key = "cancel-once"
        cancelled = await api.do("cancelRecalculation", f"run {{ {RUN} }}", runId=run["id"], idempotencyKey=key)
        assert cancelled["status"] == "CANCELLED"
        assert {one["outcome"] for one in cancelled["projects"]["nodes"]} == {"CANCELLED"}
    assert await api.user_error("cancelRecalculation", runId=run["id"]) == "RUN_OVER"


async def test_the_same_key_asks_for_one_run(api: Api, ids: Ids, hours: list[int]) -> None:
    given = {"scope": {"projectIds": [ids.portal]}, "reason": "", "idempotencyKey": "raise-2026-07"}
    first, second = (
        await api.do("recalculate", "run { id }", **given),
        await api.do("recalculate", "run { id }", **given),
    )
    assert first == second
    other = given | {"reason": "another"}
    assert await api.user_error("recalculate", **other) == "IDEMPOTENCY_KEY_REUSED"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    # mutation                given                                                     code
    ("recalculate",           {"scope": {"projectIds": ["nonsense"]}, "reason": ""},    "ID_INVALID"),
    ("recalculate",           {"scope": {"firstDay": "2026-07-02", "lastDay": "2026-07-01"}}, "PERIOD_REVERSED"),
    ("commitRecalculation",   {"previewId": global_id("RecalculationRun", 999)},        "RUN_UNKNOWN"),
    ("cancelRecalculation",   {"runId": global_id("RecalculationRun", 999)},            "RUN_UNKNOWN"),
    ("undoRecalculation",     {"runId": global_id("Project", 1)},                       "ID_OF_OTHER_TYPE"),
]  # fmt: skip


@pytest.mark.parametrize(("mutation", "given", "code"), REFUSED)
async def test_what_cannot_be_asked_for_is_a_user_error_and_nothing_is_kept(
    api: Api, hours: list[int], mutation: str, given: dict[str, Any], code: str
) -> None:
    assert await api.user_error(mutation, **given) == code
    assert (await api.query("{ recalculationRuns { nodes { id } } }"))["recalculationRuns"]["nodes"] == []


# --- who may see and do what


async def test_9_4_without_one_of_the_three_rights_nothing_is_done_and_a_previews_hours_are_not_shown(
    api: Api, ids: Ids, hours: list[int], runs: Runs, token_with: IssueToken
) -> None:
    preview = await worked(api, runs, "previewRecalculation", scope={"projectIds": [ids.portal]}, reason="")
    run = await worked(api, runs, "recalculate", scope={"projectIds": [ids.dashboard]}, reason="")
    caller = api.as_caller(await token_with(*(EVERYTHING - {Permission.EDIT_BILLING_RATES})))
    for mutation, given in (
        ("recalculate", {"scope": {}}),
        ("recalculate", {"scope": {}, "dryRun": True}),
        ("previewRecalculation", {"scope": {}}),
        ("commitRecalculation", {"previewId": preview["id"]}),
        ("cancelRecalculation", {"runId": preview["id"]}),
        ("undoRecalculation", {"runId": run["id"]}),
    ):
        assert await caller.user_error(mutation, **given) == "PERMISSION_DENIED", mutation
    query = "query($id: ID!) { recalculationRun(id: $id) { projects { nodes { changes { nodes { workDate } } } } } }"
    assert await caller.code(query, id=preview["id"]) == "PERMISSION_DENIED"
    assert (await caller.answer(query, id=run["id"]))["data"]["recalculationRun"]["projects"]["nodes"][0]["changes"]


async def test_9_2_amounts_and_rates_are_hidden_from_who_may_not_see_them_everywhere_in_a_run(
    api: Api, ids: Ids, hours: list[int], runs: Runs, token_with: IssueToken
) -> None:
    run = await worked(api, runs, "recalculate", scope={"projectIds": [ids.portal]}, reason="")
    caller = api.as_caller(await token_with(Permission.VIEW_PROJECTS, Permission.VIEW_BILLING_RATES))
    selection = f"{RUN} shown: projects {{ nodes {{ changes(first: 1) {{ nodes {{ {CHANGE} }} }} }} }}"
    answer = await caller.answer(f"query($id: ID!) {{ recalculationRun(id: $id) {{ {selection} }} }}", id=run["id"])
    found = answer["data"]["recalculationRun"]
    (change,) = found["shown"]["nodes"][0]["changes"]["nodes"]
    assert (change["costBefore"], change["costAfter"], change["costRateBefore"], change["costRateAfter"]) == (None,) * 4
    assert (change["revenueAfter"], change["billingRateAfter"]) == ({"amount": "110.00"}, {"rate": "110.00"})
    assert (found["totals"][0]["costDelta"], found["totals"][0]["revenueDelta"]) == (None, {"amount": "50.00"})
    assert found["projects"]["nodes"][0]["costDelta"] is None
    assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"VIEW_COST_RATES"}


async def test_runs_are_seen_by_who_may_see_projects(
    api: Api, hours: list[int], runs: Runs, token_with: IssueToken
) -> None:
    run = await worked(api, runs, "recalculate", scope={}, reason="")
    caller = api.as_caller(await token_with(Permission.LOG_TIME))
    assert await caller.code("{ recalculationRuns { nodes { id } } }") == "PERMISSION_DENIED"
    assert await caller.code(f'{{ recalculationRun(id: "{run["id"]}") {{ id }} }}') == "PERMISSION_DENIED"
    async with caller.subscribed(PROGRESS, run=run["id"]) as events:
        assert await events.error_code() == "PERMISSION_DENIED"


# --- following


async def test_a_run_is_followed_to_its_end_and_from_where_one_left_off(
    api: Api, app: Starlette, hours: list[int], runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hourledger.services.recalculation_runs.BATCH_PROJECTS", 1)
    other = await runs.ask()
    run = await runs.ask()
    run_id = global_id("RecalculationRun", run)
    async with api.subscribed(PROGRESS, run=run_id) as events:
        await listened(app)
        await runs.work(other)  # is not told
        await runs.work(run)
        told = [await events.next() for _ in range(4)]
        assert (await events.message())["type"] == "complete"
    assert [(one["isFinished"], one["projectsDone"]) for one in told] == [
        (False, 1),
        (False, 2),
        (False, 3),
        (True, None),
    ]
    assert [one["projects"] for one in told[:3]] == [3, 3, 3]
    assert told[2]["entries"] == told[2]["entriesDone"] == 9
    assert told[3]["run"] == {"status": "DONE"}
    # Whoever comes back gets what is missing, and no more once it was all told.
    async with api.subscribed(PROGRESS, run=run_id, after=told[1]["seq"]) as events:
        assert seqs([await events.next() for _ in range(2)]) == seqs(told[2:])
        assert (await events.message())["type"] == "complete"
    for after in (None, told[3]["seq"]):
        async with api.subscribed(PROGRESS, run=run_id, after=after) as events:
            assert (await events.message())["type"] == "complete"
    async with api.subscribed(PROGRESS, run=run_id, after=0) as events:
        assert seqs([await events.next() for _ in range(4)]) == seqs(told)


def seqs(told: list[dict[str, Any]]) -> list[int]:
    return [one["seq"] for one in told]


async def test_a_run_that_ends_while_somebody_begins_to_follow_it_ends_for_them_too(
    api: Api, hours: list[int], runs: Runs
) -> None:
    for _ in range(3):
        run = await runs.ask()
        async with api.subscribed(PROGRESS, run=global_id("RecalculationRun", run)) as events:
            working = asyncio.create_task(runs.work(run))
            while (message := await events.message())["type"] == "next":
                pass
            assert message["type"] == "complete"
            await working


async def test_a_run_that_is_not_there_cannot_be_followed(api: Api) -> None:
    async with api.subscribed(PROGRESS, run=global_id("RecalculationRun", 999)) as events:
        assert await events.error_code() == "RUN_UNKNOWN"
