"""The journal of hours through HTTP: every change once, in order, and nothing that vanishes unseen."""

from __future__ import annotations

from datetime import date
from typing import Any

from hourledger.core.access import Permission, Principal
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.transactions import Transactions
from resolvers.ids import global_id
from tests.conftest import MovableClock
from tests.core.tables import table
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, log

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
HOUR = 3600
JOURNAL = """query($projectId: ID, $personId: ID, $first: Int! = 200, $after: String) {
    timeJournal(projectId: $projectId, personId: $personId, first: $first, after: $after) {
        nodes { change at by hoursBefore hoursAfter workDateBefore workDateAfter timeEntryId }
        pageInfo { hasNextPage endCursor } } }"""


async def journal(api: Api, **given: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await api.query(JOURNAL, **given))["timeJournal"]["nodes"]
    return nodes


def told(nodes: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(one["change"][0], one["hoursBefore"] or "-", one["hoursAfter"] or "-") for one in nodes]


async def test_ct_52_hours_added_edited_and_deleted_with_who_and_when(
    api: Api, world: World, transactions: Transactions, admin: Principal, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        entry = await log(unit, world, "1", MONDAY)
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await edit_time(unit, entry, seconds=2 * HOUR, work_date=TUESDAY, note="")
    clock.move(hours=1)
    async with transactions.begin(admin) as unit:
        await delete_time(unit, entry)
    nodes = await journal(api)
    assert told(nodes) == table("""
        change  before  after
        A       -       1.00
        E       1.00    2.00
        D       2.00    -
    """)
    days = [(one["workDateBefore"], one["workDateAfter"]) for one in nodes]
    assert days == [(None, "2026-11-02"), ("2026-11-02", "2026-11-03"), ("2026-11-03", None)]
    assert {(one["by"], one["timeEntryId"]) for one in nodes} == {(admin.subject, global_id("TimeEntry", entry))}
    assert [one["at"][11:16] for one in nodes] == ["09:00", "10:00", "11:00"]


async def test_ct_52_what_changes_no_hours_is_not_in_the_journal(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    """A note, a recalculation, and a cap that moves between entries logged together."""
    capped = await api.do(
        "createTask", "task { id }", projectId=ids.portal, name="Capped", costType="USER_HOURLY",
        revenueType="USER_HOURLY_CAP", billingAmount="150",
    )  # fmt: skip
    work = {"personId": ids.person, "projectId": ids.portal, "taskId": capped["id"], "hours": "1"}
    days = ("2026-11-03", "2026-11-02")
    logged = await api.do("logTime", "timeEntries { id }", entries=[{**work, "workDate": day} for day in days])
    # An earlier one takes the cap from both.
    await api.do("logTime", "timeEntries { id }", entries=[{**work, "workDate": "2026-11-01", "hours": "2"}])
    await api.do(
        "editTime", "timeEntry { id }", timeEntryId=logged[0]["id"], hours="1", workDate="2026-11-03", note="More"
    )
    await api.do("deleteTime", "deletedId", timeEntryId=logged[1]["id"])
    assert told(await journal(api)) == table("""
        change  before  after
        A       -       1.00
        A       -       1.00
        A       -       2.00
        D       1.00    -
    """)


async def test_ct_52_a_reader_goes_on_from_its_cursor(
    api: Api, world: World, transactions: Transactions, admin: Principal, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        entries = [await log(unit, world, "1", MONDAY) for _ in range(4)]
    seen: list[str] = []
    after = None
    for _ in range(10):
        page = (await api.query(JOURNAL, first=3, after=after))["timeJournal"]
        seen += [one["change"][0] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"] or after
        clock.move(minutes=1)
        async with transactions.begin(admin) as unit:
            if entries:
                gone = entries.pop(0)
                await edit_time(unit, gone, seconds=HOUR * 3, work_date=MONDAY, note="")
                await delete_time(unit, gone)
    assert "".join(seen) == "AAAA" + "ED" * 4


async def test_p25_a_reader_misses_nothing_of_those_who_write_at_the_same_time(
    api: Api, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as slow:
        await log(slow, world, "1", MONDAY)
        await slow.session.flush()
        draft = TimeDraft(world.person, world.dashboard, MONDAY, 2 * HOUR, task_id=world.dashboard_build)
        async with transactions.begin(admin) as fast:
            await log_time(fast, [draft])
        early = (await api.query(JOURNAL))["timeJournal"]
    late = await journal(api, after=early["pageInfo"]["endCursor"])
    assert early["nodes"] == []
    assert told(late) == [("A", "-", "1.00"), ("A", "-", "2.00")]


async def test_ct_52_the_journal_of_a_project_or_person_and_general_time(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal, token_with: IssueToken
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", MONDAY)
        await log(unit, world, "2", MONDAY, project="dashboard")
        [general] = await log_time(unit, [TimeDraft(world.person, None, MONDAY, 3 * HOUR)])
    async with transactions.begin(admin) as unit:
        await delete_time(unit, general)
    for given, hours in (
        ({}, "1.00 2.00 3.00 -"),
        ({"projectId": ids.portal}, "1.00"),
        ({"projectId": ids.dashboard, "personId": ids.person}, "2.00"),
        ({"personId": ids.person}, "1.00 2.00 3.00 -"),
        ({"personId": global_id("Person", 0)}, ""),
    ):
        assert " ".join(one["hoursAfter"] or "-" for one in await journal(api, **given)) == hours, given
    assert await api.code(JOURNAL, projectId=ids.person) == "ID_OF_OTHER_TYPE"
    assert await api.code(JOURNAL, after="x") == "CURSOR_INVALID"
    assert await api.code(JOURNAL, first=0) == "PAGE_SIZE"
    caller = api.as_caller(await token_with(Permission.LOG_TIME))
    assert await caller.code(JOURNAL) == "PERMISSION_DENIED"
