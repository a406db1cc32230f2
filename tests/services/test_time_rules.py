"""What may be logged on what: issues, general time, kinds of hours, preferences (project-finances §1.9, §1.10)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_issue import create_issue
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.hour_type_selection import set_person_hour_types, set_project_hour_types
from hourledger.services.hour_types import edit_hour_type
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.preferences import HourEditing, Preferences, preferences, set_preferences
from hourledger.services.project_finances import project_finances
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_person, create_role
from hourledger.services.time_changes import TimeChanges
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_types import create_hour_type
from hourledger.transactions import Transactions
from models.tables import HourTypeScope
from tests.core.tables import table
from tests.support.world import World, create_world, log

JUNE = date(2026, 6, 15)
HOUR = 3600


@dataclass(frozen=True)
class Office:
    """``types``: the kinds of hours by name; Rework never earns, Standby is the organisation's own general one."""

    unit: UnitOfWork
    world: World
    issue: int
    types: dict[str, int]

    async def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        await self.unit.session.flush()
        return [tuple(row) for row in await self.unit.session.execute(text(query), values)]

    async def log(self, on: str, kind: str | None = None, *, day: date = JUNE, role: int | None = None) -> int:
        """An hour of Bob on task, issue, project or nothing; returns its id."""
        task = {"task": self.world.build, "issue": self.issue}.get(on)
        project = None if on == "nothing" else self.world.portal
        hour_type = None if kind is None else self.types[kind]
        draft = TimeDraft(self.world.person, project, day, HOUR, task_id=task, role_id=role, hour_type_id=hour_type)
        return (await log_time(self.unit, [draft]))[0]

    async def kind_of(self, entry: int) -> str:
        query = "SELECT h.name FROM time_entry e JOIN hour_type h ON h.id = e.hour_type_id WHERE e.id = :entry"
        [(found,)] = await self.rows(query, entry=entry)
        return str(found)


@pytest.fixture
async def office(transactions: Transactions, admin: Principal) -> AsyncIterator[Office]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        await create_hour_type(unit, "Rework", scope=HourTypeScope.PROJECT_SPECIFIC, counts_as_revenue=False)
        await create_hour_type(unit, "Standby", scope=HourTypeScope.GENERAL, counts_as_revenue=True)
        issue = await create_issue(unit, world.portal, "Login fails", person_id=world.person)
        found = await unit.session.execute(text("SELECT name, id FROM hour_type"))
        yield Office(unit, world, issue, {row.name: row.id for row in found})


async def code_of(doing: Awaitable[object]) -> str:
    try:
        await doing
    except HourledgerError as error:
        return error.code
    return "-"


async def test_1_10_hours_get_the_built_in_kind_of_what_they_are_on(office: Office) -> None:
    for on, kind, result in table("""
        on        kind given        result
        task      none              Task Time
        issue     none              Issue Time
        project   none              Project Time
        nothing   none              General Overhead
        task      Rework            Rework
        nothing   Standby           Standby
        nothing   Sick Time         Sick Time
        task      Project Time      HOUR_TYPE_SCOPE    # only for projects
        project   Issue Time        HOUR_TYPE_SCOPE
        task      Sick Time         HOUR_TYPE_SCOPE    # general
        project   General Overhead  HOUR_TYPE_SCOPE
        nothing   Rework            HOUR_TYPE_SCOPE    # for projects
        nothing   Project Time      HOUR_TYPE_SCOPE
    """):
        given = None if kind == "none" else kind
        try:
            found = await office.kind_of(await office.log(on, given))
        except HourledgerError as error:
            found = error.code
        assert found == result, (on, kind)


async def test_1_10_a_project_that_filters_takes_the_built_in_kinds_and_those_it_names(office: Office) -> None:
    unit, portal = office.unit, office.world.portal
    await create_hour_type(unit, "Travel", scope=HourTypeScope.PROJECT_SPECIFIC, counts_as_revenue=True)
    [(travel,)] = await office.rows("SELECT id FROM hour_type WHERE name = 'Travel'")
    office.types["Travel"] = travel
    await set_project_hour_types(unit, portal, [office.types["Rework"]])
    with pytest.raises(HourledgerError) as caught:
        await office.log("task", "Travel")
    assert caught.value.code == "HOUR_TYPE_NOT_AVAILABLE"
    assert "Choose one of: Task Time, Rework." in caught.value.message
    assert await office.kind_of(await office.log("task", "Rework")) == "Rework"
    assert await office.kind_of(await office.log("task")) == "Task Time"
    await set_project_hour_types(unit, portal, None)
    assert await office.kind_of(await office.log("task", "Travel")) == "Travel"
    assert await code_of(set_project_hour_types(unit, portal, [office.types["Sick Time"]])) == "HOUR_TYPE_SCOPE"
    assert await code_of(set_project_hour_types(unit, portal, [999])) == "HOUR_TYPE_UNKNOWN"


# system: in use; project and person: takes and logs it, does not, or has no selection
AVAILABLE = """
    system  project  person   outcome
    yes     -        -        ok
    yes     yes      yes      ok
    yes     -        yes      ok
    yes     yes      -        ok
    yes     no       yes      Project PORTAL does not take Travel. Choose one of: Task Time, Rework.
    yes     no       no       Project PORTAL does not take Travel. Choose one of: Task Time, Rework.
    yes     yes      no       Travel is not in the selection of Bob Best. Choose one of: Task Time, Rework.
    yes     -        no       Travel is not in the selection of Bob Best. Choose one of: Task Time, Rework.
    no      yes      yes      Travel is not in use any more. Choose one of: Task Time, Rework.
    no      -        -        Travel is not in use any more. Choose one of: Task Time, Rework.
"""


@pytest.mark.parametrize(("system", "project", "person", "outcome"), table(AVAILABLE))
@pytest.mark.parametrize("doing", ["log", "edit"])
async def test_tick_7_a_kind_is_available_where_system_project_and_person_all_have_it(
    office: Office, system: str, project: str, person: str, outcome: str, doing: str
) -> None:
    unit = office.unit
    office.types["Travel"] = await create_hour_type(
        unit, "Travel", scope=HourTypeScope.PROJECT_SPECIFIC, counts_as_revenue=True
    )
    entry = await office.log("task")
    both, rework = [office.types["Rework"], office.types["Travel"]], [office.types["Rework"]]
    kinds = {"yes": both, "no": rework, "-": None}
    await set_project_hour_types(unit, office.world.portal, kinds[project])
    await set_person_hour_types(unit, office.world.person, kinds[person])
    if system == "no":
        await edit_hour_type(unit, office.types["Travel"], is_active=False)
    try:
        if doing == "log":
            entry = await office.log("task", "Travel")
        else:
            changes = TimeChanges(hour_type_id=office.types["Travel"])
            await edit_time(unit, entry, seconds=HOUR, work_date=JUNE, note="", changes=changes)
        said = "ok"
    except HourledgerError as error:
        said = f"{error.message} {error.code} {error.field}"
    assert said == (outcome if outcome == "ok" else f"{outcome} HOUR_TYPE_NOT_AVAILABLE hourTypeId")
    assert (await office.kind_of(entry) == "Travel") is (outcome == "ok")


async def test_tick_7_a_person_has_a_selection_of_general_kinds_too_and_built_in_kinds_always(office: Office) -> None:
    unit, bob = office.unit, office.world.person
    await set_person_hour_types(unit, bob, [])
    for on, kind in (("nothing", "Sick Time"), ("task", "Task Time"), ("issue", "Issue Time")):
        assert await office.kind_of(await office.log(on, kind)) == kind
    with pytest.raises(HourledgerError) as caught:
        await office.log("nothing", "Standby")
    assert "Bob Best" in caught.value.message
    assert "Choose one of: General Overhead." in caught.value.message
    await set_person_hour_types(unit, bob, [office.types["Standby"]])
    assert await office.kind_of(await office.log("nothing", "Standby")) == "Standby"
    assert await code_of(office.log("task", "Rework")) == "HOUR_TYPE_NOT_AVAILABLE"
    ann = await create_person(unit, "Ann", "ann@brightwater.example", primary_role_id=None)  # has none: logs all
    [entry] = await log_time(
        unit, [TimeDraft(ann, office.world.portal, JUNE, HOUR, hour_type_id=office.types["Rework"])]
    )
    assert await office.kind_of(entry) == "Rework"


async def test_tick_7_what_is_logged_keeps_its_kind_and_can_be_edited(office: Office) -> None:
    unit, rework = office.unit, office.types["Rework"]
    entry = await office.log("task", "Rework")
    await set_person_hour_types(unit, office.world.person, [])
    for changes in (TimeChanges(), TimeChanges(hour_type_id=rework)):  # said again it is no change
        await edit_time(unit, entry, seconds=2 * HOUR, work_date=JUNE, note="more", changes=changes)
        assert await office.kind_of(entry) == "Rework"
    await edit_time(unit, entry, seconds=HOUR, work_date=JUNE, note="", changes=TimeChanges(hour_type_id=None))
    assert await office.kind_of(entry) == "Task Time"
    back = TimeChanges(hour_type_id=rework)
    assert await code_of(edit_time(unit, entry, seconds=HOUR, work_date=JUNE, note="", changes=back)) == (
        "HOUR_TYPE_NOT_AVAILABLE"
    )


async def test_tick_7_a_selection_names_kinds_in_use_and_is_audited_once(office: Office) -> None:
    unit, bob, rework = office.unit, office.world.person, office.types["Rework"]
    await edit_hour_type(unit, office.types["Standby"], is_active=False)
    for wanted, code in (
        ([999], "HOUR_TYPE_UNKNOWN"),
        ([office.types["Standby"]], "HOUR_TYPE_SCOPE"),
        ([rework, rework], "-"),
        ([rework], "-"),  # as it is
    ):
        assert await code_of(set_person_hour_types(unit, bob, wanted)) == code, wanted
    assert await code_of(set_person_hour_types(unit, 999, [rework])) == "PERSON_UNKNOWN"
    audited = await office.rows("SELECT before, after FROM audit WHERE action = 'set_hour_types'")
    assert audited == [({"filters": False, "hour_types": []}, {"filters": True, "hour_types": [rework]})]


async def test_1_10_built_in_kinds_stay_as_they_are(office: Office) -> None:
    for name in ("Sick Time", "Vacation Time", "General Overhead", "Project Time", "Task Time", "Issue Time"):
        doing = edit_hour_type(office.unit, office.types[name], counts_as_revenue=True)
        assert await code_of(doing) == "BUILT_IN", name


@pytest.mark.parametrize("change", [{"is_active": False}, {"scope": HourTypeScope.GENERAL}], ids=str)
async def test_1_10_hours_of_a_kind_that_projects_lose_get_the_built_in_one_of_what_they_are_on(
    office: Office, change: dict[str, Any]
) -> None:
    entries = {on: await office.log(on, "Rework") for on in ("task", "issue", "project")}
    billed = await office.log("task", "Rework")
    await create_billing_record(office.unit, BillingRequest([office.world.portal]))
    [(claimed,)] = await office.rows("SELECT count(*) FROM billing_claim")
    free = await office.log("task", "Rework")
    general = await office.log("nothing", "Standby")
    await edit_hour_type(office.unit, office.types["Rework"], **change)

    assert claimed == 4
    assert await office.kind_of(free) == "Task Time"
    [standing] = await office.rows(
        "SELECT billing_type, amount_minor FROM actual WHERE time_entry_id = :entry AND adjustment_status = 'STANDS' "
        "AND transaction_type = 'UNBILLED_SALES'",
        entry=free,
    )
    assert standing == ("CHARGEABLE", 0)  # it may be billed now; what it earns comes with recalculation (C-02)
    # What is on a billing record stays as it is.
    assert [await office.kind_of(one) for one in (*entries.values(), billed)] == ["Rework"] * 4
    assert await office.kind_of(general) == "Standby"


async def test_1_10_hours_that_are_on_nothing_yet_move_by_what_they_are_on_and_general_ones_keep_their_kind(
    office: Office,
) -> None:
    entries = [await office.log(on, "Rework") for on in ("task", "issue", "project")]
    general = await office.log("nothing", "Standby")
    await edit_hour_type(office.unit, office.types["Rework"], is_active=False)
    await edit_hour_type(office.unit, office.types["Standby"], is_active=False)
    assert [await office.kind_of(one) for one in entries] == ["Task Time", "Issue Time", "Project Time"]
    assert await office.kind_of(general) == "Standby"
    assert await code_of(office.log("task", "Rework")) == "HOUR_TYPE_NOT_AVAILABLE"
    await edit_hour_type(office.unit, office.types["Rework"], is_active=True)
    assert await office.kind_of(await office.log("task", "Rework")) == "Rework"


async def test_1_10_counting_as_revenue_decides_what_may_be_billed(office: Office) -> None:
    entry = await office.log("task", "Rework")
    query = (
        "SELECT billing_type FROM actual WHERE time_entry_id = :entry AND adjustment_status = 'STANDS' "
        "AND transaction_type = 'UNBILLED_SALES'"
    )
    assert await office.rows(query, entry=entry) == [("NON_CHARGEABLE",)]
    await edit_hour_type(office.unit, office.types["Rework"], counts_as_revenue=True)
    assert await office.rows(query, entry=entry) == [("CHARGEABLE",)]


async def test_2_10_general_time_is_no_actual_and_in_no_figures(office: Office) -> None:
    before = (await project_finances(office.unit, [office.world.portal]))[office.world.portal]
    entry = await office.log("nothing")
    # Its value comes from rate_entries, as that of all hours.
    assert await office.rows("SELECT project_id, task_id, status FROM time_entry") == [(None, None, "APPROVED")]
    await edit_time(office.unit, entry, seconds=2 * HOUR, work_date=JUNE, note="more")
    assert await office.rows("SELECT seconds FROM time_entry") == [(2 * HOUR,)]
    assert await office.rows("SELECT count(*) FROM actual") == [(0,)]
    assert (await project_finances(office.unit, [office.world.portal]))[office.world.portal] == before
    doing = edit_time(
        office.unit, entry, seconds=HOUR, work_date=JUNE, note="", changes=TimeChanges(task_id=office.world.build)
    )
    assert await code_of(doing) == "TASK_OF_OTHER_PROJECT"
    await delete_time(office.unit, entry)
    assert await office.rows("SELECT count(*) FROM time_entry WHERE deleted_at IS NULL") == [(0,)]
    told = await office.rows("SELECT payload->>'cause' FROM event WHERE topic = 'GENERAL_TIME_CHANGED' ORDER BY id")
    assert told == [("TIME_LOGGED",), ("TIME_EDITED",), ("TIME_DELETED",)]


async def test_2_10_general_time_costs_by_the_profile_when_its_kind_counts_as_revenue(office: Office) -> None:
    for kind, cost in table("""
        kind              cost
        Standby           5000    # counts as revenue: the cost rate of the profile
        General Overhead  5000    # built in as one that counts (§1.10)
        Sick Time         0
    """):
        entry = await office.log("nothing", kind)
        value = "SELECT cost_minor, revenue_minor FROM time_entry WHERE id = :id"
        assert await office.rows(value, id=entry) == [(int(cost), 0)], kind
        rated = "SELECT cost_minor, revenue_minor, currency FROM valuation WHERE time_entry_id = :id"
        assert await office.rows(rated, id=entry) == [(int(cost), 0, "EUR")], kind
    assert await office.rows("SELECT count(*) FROM actual") == [(0,)]
    assert await office.rows("SELECT count(*) FROM roll_up_delta WHERE seconds <> 0") == [(0,)]
    assert await office.rows("SELECT count(*) FROM roll_up WHERE seconds <> 0") == [(0,)]


async def test_2_8_issue_hours_cost_by_the_logger_else_by_the_assignees_primary_role(office: Office) -> None:
    unit, world = office.unit, office.world
    support = await create_role(unit, "Support")
    tester = await create_role(unit, "Tester")
    for role, rate in ((world.role, "40"), (support, "30")):
        scope = RateScope(RateKind.COST, Level.ROLE, role_id=role)
        await set_rate(unit, scope, HourlyRate.of(rate, "EUR"), Period())
    people: dict[str, int] = {"rated": world.person}
    for name, primary in (("by role", support), ("neither", tester)):
        people[name] = await create_person(unit, name, f"{name[:2]}@brightwater.example", primary_role_id=primary)
    issues = {
        "Bob": office.issue,
        "a role": await create_issue(unit, world.portal, "Of a role", role_id=world.role),
        "nobody": await create_issue(unit, world.portal, "Of nobody"),
    }
    for logger, assignee, cost in table("""
        logger    assignee  cost
        rated     Bob       5000
        by role   Bob       3000    # the primary role of who logged
        neither   Bob       4000    # else that of the assignee; not the assignee's own rate of 50
        neither   a role    0
        neither   nobody    0
    """):
        draft = TimeDraft(people[logger], world.portal, JUNE, HOUR, task_id=issues[assignee])
        [entry] = await log_time(unit, [draft])
        found = await office.rows("SELECT cost_minor FROM time_entry WHERE id = :id", id=entry)
        assert found == [(int(cost),)], (logger, assignee)


async def test_2_10_a_task_needs_its_project(office: Office) -> None:
    draft = TimeDraft(office.world.person, None, JUNE, HOUR, task_id=office.world.build)
    assert await code_of(log_time(office.unit, [draft])) == "TASK_OF_OTHER_PROJECT"


async def test_2_8_hours_on_an_issue_count_on_the_project(office: Office) -> None:
    await office.log("issue")
    finances = (await project_finances(office.unit, [office.world.portal]))[office.world.portal]
    assert (finances.actual_seconds, finances.actual_labor_cost.minor) == (HOUR, 5000)
    assert finances.actual_revenue.minor == 10_000
    assert finances.planned_cost is not None
    assert finances.planned_cost.minor == 0


async def test_1_5_an_issue_has_no_tasks_below_it(office: Office) -> None:
    doing = create_task(office.unit, office.world.portal, TaskPlan("Below", parent_id=office.issue))
    assert await code_of(doing) == "TASK_UNKNOWN"


async def test_1_9_task_kind_and_role_of_an_entry_change_and_its_owner_stays(office: Office) -> None:
    unit, world = office.unit, office.world
    entry = await office.log("task")
    change: dict[str, Any] = {"seconds": HOUR, "work_date": JUNE, "note": ""}
    await edit_time(unit, entry, **change, changes=TimeChanges(task_id=office.issue))
    assert await office.kind_of(entry) == "Issue Time"  # the built-in kind follows
    await edit_time(unit, entry, **change, changes=TimeChanges(task_id=None, hour_type_id=office.types["Rework"]))
    assert await office.kind_of(entry) == "Rework"
    await edit_time(unit, entry, **change, changes=TimeChanges(task_id=world.build, role_id=world.role))
    [row] = await office.rows("SELECT person_id, task_id, role_id FROM time_entry WHERE id = :id", id=entry)
    assert row == (world.person, world.build, world.role)
    assert await office.kind_of(entry) == "Rework"  # one that was chosen stays
    standing = await office.rows(
        "SELECT DISTINCT task_id, role_id FROM actual WHERE time_entry_id = :id AND adjustment_status = 'STANDS'",
        id=entry,
    )
    assert standing == [(world.build, world.role)]
    other = TimeChanges(task_id=world.dashboard_build)
    assert await code_of(edit_time(unit, entry, **change, changes=other)) == "TASK_OF_OTHER_PROJECT"
    await edit_time(unit, entry, **change)
    [row] = await office.rows("SELECT task_id, role_id FROM time_entry WHERE id = :id", id=entry)
    assert row == (world.build, world.role)  # what is not named stays


async def test_c_05_an_entry_that_moves_takes_its_part_of_the_cap_along(office: Office) -> None:
    unit, world = office.unit, office.world
    plan = TaskPlan("Capped", CostType.USER_HOURLY, RevenueType.USER_HOURLY_CAP, billing_amount=150)  # type: ignore[arg-type]
    capped = await create_task(unit, world.portal, plan)
    first, second = [
        (await log_time(unit, [TimeDraft(world.person, world.portal, date(2026, 6, day), HOUR, task_id=capped)]))[0]
        for day in (1, 2)
    ]
    query = "SELECT revenue_minor FROM time_entry WHERE id = ANY(:ids) ORDER BY id"
    assert await office.rows(query, ids=[first, second]) == [(10_000,), (5_000,)]
    changes = TimeChanges(task_id=world.build)
    await edit_time(unit, first, seconds=HOUR, work_date=date(2026, 6, 1), note="", changes=changes)
    assert await office.rows(query, ids=[first, second]) == [(10_000,), (10_000,)]


async def test_1_1_preferences_decide_what_is_logged(office: Office) -> None:
    unit, world = office.unit, office.world
    entry = await office.log("task", role=world.role)
    future = date(2026, 11, 3)
    assert preferences(unit) == Preferences()
    assert await code_of(office.log("task", day=future)) == "-"
    await set_preferences(
        unit, {"log_on_future_dates": False, "log_on_projects": False, "assign_roles_to_hours": False}
    )
    for on, day, role, code in (
        ("task", future, None, "FUTURE_DATE"),
        ("task", date(2026, 11, 2), None, "-"),
        ("project", JUNE, None, "TIME_ON_PROJECT_OFF"),
        ("nothing", JUNE, None, "-"),
        ("task", JUNE, world.role, "ROLE_CHOICE_OFF"),
    ):
        assert await code_of(office.log(on, day=day, role=role)) == code
    # A role that was chosen before stays with its entry (§3.10).
    await edit_time(unit, entry, seconds=HOUR, work_date=date(2026, 6, 16), note="")
    assert await office.rows("SELECT role_id FROM time_entry WHERE id = :id", id=entry) == [(world.role,)]
    for status, allowed in (("COMPLETE", "log_on_complete_projects"), ("DEAD", "log_on_dead_projects")):
        await unit.session.execute(text("UPDATE project SET status = :status"), {"status": status})
        unit.session.expire_all()
        await unit.session.refresh(unit.organisation)
        assert await code_of(office.log("task")) == "PROJECT_CLOSED"
        await set_preferences(unit, {allowed: True})
        assert await code_of(office.log("task")) == "-"


async def test_1_1_a_preference_that_cannot_be_is_named(office: Office) -> None:
    for changes, code in (
        ({"log_on_projects": None}, "PREFERENCE_INVALID"),
        ({"log_on_projects": "yes"}, "PREFERENCE_INVALID"),
        ({"hour_editing": "NOBODY"}, "PREFERENCE_INVALID"),
        ({"log_on_mondays": True}, "PREFERENCE_UNKNOWN"),
    ):
        with pytest.raises(HourledgerError) as caught:
            await set_preferences(office.unit, changes)
        assert (caught.value.code, caught.value.field) == (code, next(iter(changes)))
    assert preferences(office.unit) == Preferences()


async def test_1_1_only_who_logged_hours_and_administrators_change_them_where_it_is_so(
    office: Office, admin: Principal
) -> None:
    unit = office.unit
    entry = await office.log("task")
    ann, bob = (Principal(admin.organisation_id, one, frozenset({Permission.LOG_TIME})) for one in ("ann", "bob"))
    change: dict[str, Any] = {"seconds": 60, "work_date": JUNE, "note": ""}
    unit.principal = ann
    own = await office.log("task")
    assert await code_of(edit_time(unit, entry, **change)) == "-"
    unit.principal = admin
    await set_preferences(unit, {"hour_editing": HourEditing.ENTERER})
    unit.principal = ann
    assert await code_of(edit_time(unit, entry, **change)) == "HOUR_EDITING_RESTRICTED"
    assert await code_of(delete_time(unit, entry)) == "HOUR_EDITING_RESTRICTED"
    assert await code_of(edit_time(unit, own, **change)) == "-"
    unit.principal = bob
    assert await code_of(edit_time(unit, own, **change)) == "HOUR_EDITING_RESTRICTED"
    unit.principal = admin
    assert await code_of(edit_time(unit, own, **change)) == "-"


async def test_c_27_no_entry_is_of_zero_hours(office: Office) -> None:
    for seconds, code in ((0, "HOURS_ZERO"), (-HOUR, "-"), (24 * HOUR + 1, "HOURS_TOO_MANY")):
        draft = TimeDraft(office.world.person, None, JUNE, seconds)
        assert await code_of(log_time(office.unit, [draft])) == code
    entry = await log(office.unit, office.world, "1", JUNE)
    assert await code_of(edit_time(office.unit, entry, seconds=0, work_date=JUNE, note="")) == "HOURS_ZERO"
