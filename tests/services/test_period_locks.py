"""Period locks: nothing in a closed month is added, changed or deleted; it may still be billed (§10 P4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from connectors.base import Batch
from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.periods import Period
from hourledger.core.work_locks import FrozenSide
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.edit_expense import ExpenseChanges, delete_expense, edit_expense
from hourledger.services.hour_types import edit_hour_type
from hourledger.services.lock_work import freeze_rates, lock_period, release_work_lock
from hourledger.services.log_time import TimeDraft, delete_time, edit_time, log_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.pull_entries import store_batch
from hourledger.services.set_assignment_billing import set_assignment_billable
from hourledger.services.time_changes import TimeChanges
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_types import create_hour_type
from hourledger.transactions import Transactions
from models.database import Database
from models.errors import translated
from models.queries.roll_ups import roll_up_differences
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, HourTypeScope, TimeEntryRow, WorkLockRow
from tests.services.test_pulled_changes import connection, link, receive, row, rows  # noqa: F401  (a fixture)
from tests.services.test_rate_freezes import raise_rates
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world, log

JULY, AUGUST, SEPTEMBER = date(2026, 7, 15), date(2026, 8, 15), date(2026, 9, 15)
IN_AUGUST = Period(date(2026, 8, 1), date(2026, 9, 1))
HOUR = 3600
STATE = """
    SELECT (SELECT string_agg(concat_ws(':', id, work_date, seconds, note, task_id, deleted_at), ' ' ORDER BY id)
            FROM time_entry) AS hours,
           (SELECT string_agg(concat_ws(':', id, paid_on, actual_minor, planned_minor, deleted_at), ' ' ORDER BY id)
            FROM expense) AS expenses,
           (SELECT count(*) FROM actual) AS actuals
"""


@dataclass(frozen=True)
class Closed:
    """August is locked on the portal. On it: an hour and an expense each in July, in August; one expense is planned."""

    world: World
    lock: int
    july_hour: int
    hour: int
    other_hour: int
    july_expense: int
    expense: int
    planned: int


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


@pytest.fixture
async def closed(transactions: Transactions, admin: Principal, world: World) -> Closed:
    async with transactions.begin(admin) as unit:
        hours = [await log(unit, world, "1", day) for day in (JULY, AUGUST)]
        other = await log(unit, world, "1", AUGUST, project="dashboard")
        expenses = [await spend(unit, world, 5000, day) for day in (JULY, AUGUST)]
        planned = await add_expense(
            unit, ExpenseDraft(world.portal, "Travel", "Train", planned_minor=5000, planned_on=AUGUST)
        )
        lock = await lock_period(unit, world.portal, IN_AUGUST, reason="August is reported")
    return Closed(world, lock, hours[0], hours[1], other, expenses[0], expenses[1], planned)


async def spend(unit: UnitOfWork, world: World, minor: int, on: date) -> int:
    return await add_expense(
        unit, ExpenseDraft(world.portal, "Travel", "Train", actual_minor=minor, paid_on=on, is_billable=True)
    )


async def general_time(unit: UnitOfWork, it: Closed) -> None:
    await log_time(unit, [TimeDraft(it.world.person, None, AUGUST, HOUR)])


def editing(which: str, **given: Any) -> Callable[[UnitOfWork, Closed], Awaitable[None]]:
    async def edit(unit: UnitOfWork, it: Closed) -> None:
        entry = getattr(it, which)
        there = await select_one(unit.session, TimeEntryRow, unit.organisation_id, entry)
        assert there is not None
        await edit_time(unit, entry, **{"seconds": HOUR, "work_date": there.work_date, "note": "", **given})

    return edit


def paying(which: str, **given: Any) -> Callable[[UnitOfWork, Closed], Awaitable[None]]:
    return lambda unit, it: edit_expense(unit, getattr(it, which), ExpenseChanges(**given))


def spending(**given: Any) -> Callable[[UnitOfWork, Closed], Awaitable[int]]:
    return lambda unit, it: add_expense(unit, ExpenseDraft(it.world.portal, "Travel", "Train", **given))


LOCKED, OPEN = "PERIOD_LOCKED", None
# fmt: off
ATTEMPTS: dict[str, tuple[Callable[[UnitOfWork, Closed], Awaitable[Any]], str | None]] = {
    "log":                      (lambda unit, it: log(unit, it.world, "1", AUGUST),                       LOCKED),
    "log a correction":         (lambda unit, it: log(unit, it.world, "-1", AUGUST),                      LOCKED),
    "log on the first day":     (lambda unit, it: log(unit, it.world, "1", date(2026, 8, 1)),             LOCKED),
    "log on the last day":      (lambda unit, it: log(unit, it.world, "1", date(2026, 8, 31)),            LOCKED),
    "log the day before":       (lambda unit, it: log(unit, it.world, "1", date(2026, 7, 31)),            OPEN),
    "log the day after":        (lambda unit, it: log(unit, it.world, "1", date(2026, 9, 1)),             OPEN),
    "log on another project":   (lambda unit, it: log(unit, it.world, "1", AUGUST, project="dashboard"),  OPEN),
    "log general time":         (general_time,                                                            OPEN),
    "more hours":               (editing("hour", seconds=2 * HOUR),                                       LOCKED),
    "another note":             (editing("hour", note="Mended"),                                          LOCKED),
    "another task":             (editing("hour", changes=TimeChanges(None)),                              LOCKED),
    "moved out":                (editing("hour", work_date=SEPTEMBER),                                    LOCKED),
    "moved in":                 (editing("july_hour", work_date=AUGUST),                                  LOCKED),
    "moved elsewhere":          (editing("july_hour", work_date=SEPTEMBER),                               OPEN),
    "deleted":                  (lambda unit, it: delete_time(unit, it.hour),                             LOCKED),
    "deleted in July":          (lambda unit, it: delete_time(unit, it.july_hour),                        OPEN),
    "spend":                    (spending(actual_minor=100, paid_on=AUGUST),                              LOCKED),
    "spend in July":            (spending(actual_minor=100, paid_on=JULY),                                OPEN),
    "spend today":              (spending(actual_minor=100),                                              OPEN),
    "plan to spend":            (spending(planned_minor=100, planned_on=AUGUST),                          OPEN),
    "an expense costs more":    (paying("expense", actual_minor=6000),                                    LOCKED),
    "an expense costs nothing": (paying("expense", actual_minor=0),                                       LOCKED),
    "an expense is paid back":  (paying("expense", is_reimbursable=True, is_reimbursed=True),             LOCKED),
    "an expense moves out":     (paying("expense", paid_on=SEPTEMBER),                                    LOCKED),
    "an expense moves in":      (paying("july_expense", paid_on=AUGUST),                                  LOCKED),
    "an expense moves":         (paying("july_expense", paid_on=SEPTEMBER),                               OPEN),
    "a plan becomes spending":  (paying("planned", actual_minor=100, paid_on=AUGUST),                     LOCKED),
    "a plan is changed":        (paying("planned", planned_minor=100),                                    OPEN),
    "an expense is deleted":    (lambda unit, it: delete_expense(unit, it.expense),                       LOCKED),
    "a plan is deleted":        (lambda unit, it: delete_expense(unit, it.planned),                       OPEN),
}
# fmt: on


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_p4_in_a_locked_period_nothing_is_added_changed_moved_or_deleted(
    transactions: Transactions, admin: Principal, closed: Closed, database: Database, name: str
) -> None:
    attempt, code = ATTEMPTS[name]
    before = await rows(database, STATE)
    raised: tuple[str | None, bool] = (None, False)
    try:
        async with transactions.begin(admin) as unit:
            await attempt(unit, closed)
    except HourledgerError as error:
        raised = (error.code, "August is reported" in error.message)
    assert raised == (code, code is LOCKED)
    assert (await rows(database, STATE) == before) == (code is LOCKED)
    async with transactions.begin(admin) as unit:
        assert await roll_up_differences(unit.session) == []


async def test_p4_a_lock_of_all_projects_holds_general_time_too(
    transactions: Transactions, admin: Principal, closed: Closed
) -> None:
    async with transactions.begin(admin) as unit:
        await lock_period(unit, None, IN_AUGUST, reason="the whole firm")
    for attempt in (general_time, lambda unit, it: delete_time(unit, it.other_hour)):
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(admin) as unit:
                await attempt(unit, closed)
        assert caught.value.code == LOCKED


async def test_p4_locked_work_keeps_what_it_is_worth_and_is_billed_as_ever(
    transactions: Transactions, admin: Principal, closed: Closed
) -> None:
    portal = closed.world.portal
    async with transactions.begin(admin) as unit:
        await raise_rates(unit, closed.world)
        done = await recalculate_project(unit, portal)
        assert (done.changed, done.frozen) == (1, 1)  # July moves, August does not
        record = await create_billing_record(unit, BillingRequest([portal], until=date(2026, 8, 31)))
        await confirm_billing_record(unit, record)
        await post_billing_record(unit, record)
    async with transactions.begin(admin) as unit:
        unit.session.expire_all()
        hour = await select_one(unit.session, TimeEntryRow, unit.organisation_id, closed.hour)
        assert hour is not None
        assert (hour.is_locked, hour.cost_minor, hour.revenue_minor) == (True, 5000, 10000)


async def test_p4_what_an_hour_may_be_billed_as_stays_in_a_locked_period(
    transactions: Transactions, admin: Principal, closed: Closed, database: Database
) -> None:
    """As it does for hours on a billing record: the kind of hours goes, the assignment is not billable any more."""
    async with transactions.begin(admin) as unit:
        kind = await create_hour_type(
            unit, "Travelling", scope=HourTypeScope.PROJECT_SPECIFIC, counts_as_revenue=True, description=""
        )
        for day in (JULY, SEPTEMBER):
            draft = TimeDraft(
                closed.world.person, closed.world.portal, day, HOUR, closed.world.build, hour_type_id=kind
            )
            await log_time(unit, [draft])
        await lock_period(unit, None, Period(None, date(2026, 8, 1)), reason="all up to July")
    async with transactions.begin(admin) as unit:
        (assignment,) = await find_all(unit.session, AssignmentRow, unit.organisation_id, task_id=closed.world.build)
        await set_assignment_billable(unit, assignment.id, is_billable=False)
        await edit_hour_type(unit, kind, is_active=False)
    kinds = """
        SELECT e.work_date, h.name, a.billing_type FROM time_entry e JOIN hour_type h ON h.id = e.hour_type_id
        JOIN actual a ON a.time_entry_id = e.id
        WHERE a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
          AND e.project_id = (SELECT id FROM project WHERE code = 'PORTAL') ORDER BY 1, 2
    """
    assert await rows(database, kinds) == [
        (JULY, "Task Time", "CHARGEABLE"),
        (JULY, "Travelling", "CHARGEABLE"),
        (AUGUST, "Task Time", "CHARGEABLE"),
        (SEPTEMBER, "Task Time", "NON_CHARGEABLE"),
    ]


async def test_p4_a_period_is_open_again_when_no_lock_is_left(
    transactions: Transactions, admin: Principal, closed: Closed
) -> None:
    async with transactions.begin(admin) as unit:
        second = await lock_period(unit, None, Period(None, date(2026, 8, 20)), reason="half of it")
        await release_work_lock(unit, closed.lock, reason="a note is missing")
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit:
            await delete_time(unit, closed.hour)
    assert caught.value.code == LOCKED
    async with transactions.begin(admin) as unit:
        await release_work_lock(unit, second, reason="a note is missing")
        await delete_time(unit, closed.hour)


async def test_p4_what_is_wrong_with_a_period_lock_is_said_and_changes_nothing(
    transactions: Transactions, admin: Principal, closed: Closed
) -> None:
    portal, today = closed.world.portal, date(2026, 11, 2)

    def locking(project: int | None, period: Period, reason: str = "x") -> Callable[[UnitOfWork], Awaitable[int]]:
        return lambda unit: lock_period(unit, project, period, reason=reason)

    attempts = {
        "the same again": (locking(portal, IN_AUGUST), "ALREADY_LOCKED"),
        "of all": (locking(None, IN_AUGUST), None),
        "up to today": (locking(portal, Period.inclusive(None, today)), None),
        "up to tomorrow": (locking(portal, Period(None, date(2026, 11, 4))), "PERIOD_NOT_OVER"),
        "for good": (locking(portal, Period()), "PERIOD_NOT_OVER"),
        "unknown project": (locking(999, IN_AUGUST), "PROJECT_UNKNOWN"),
        "no reason": (locking(None, IN_AUGUST, ""), "REASON_INVALID"),
        "a freeze of the same days": (
            lambda unit: freeze_rates(unit, portal, IN_AUGUST, FrozenSide.BOTH, reason="x"),
            None,
        ),
    }
    for name, (attempt, code) in attempts.items():
        raised = None
        try:
            async with transactions.begin(admin, dry_run=True) as unit:
                await attempt(unit)
        except HourledgerError as error:
            raised = error.code
        assert raised == code, name
    async with transactions.begin(admin) as unit:
        assert len(await find_all(unit.session, WorkLockRow, unit.organisation_id)) == 1


async def test_p4_closing_and_opening_a_period_need_their_own_permission(
    transactions: Transactions, admin: Principal, closed: Closed
) -> None:
    everybody = Principal(admin.organisation_id, "x@brightwater.example", EVERYTHING - {Permission.CLOSE_PERIODS})
    closer = Principal(admin.organisation_id, "y@brightwater.example", frozenset({Permission.CLOSE_PERIODS}))
    for attempt in (
        lambda unit: lock_period(unit, None, IN_AUGUST, reason="x"),
        lambda unit: release_work_lock(unit, closed.lock, reason="x"),
    ):
        with pytest.raises(HourledgerError) as caught:
            async with transactions.begin(everybody) as unit:
                await attempt(unit)
        assert caught.value.facts["permission"] == "CLOSE_PERIODS"
        async with transactions.begin(closer) as unit:
            await attempt(unit)


async def test_p4_of_what_is_pulled_only_what_lies_in_the_locked_period_is_held_back(
    transactions: Transactions,
    admin: Principal,
    world: World,
    connection: int,  # noqa: F811  (the fixture)
    database: Database,
) -> None:
    await link(transactions, admin, world, connection)
    first = [row("1", HOUR, AUGUST), row("2", HOUR, AUGUST), row("3", HOUR, JULY), row("4", HOUR, AUGUST)]
    assert await receive(transactions, admin, connection, *first) == {"new": 4}
    async with transactions.begin(admin) as unit:
        lock = await lock_period(unit, world.dashboard, IN_AUGUST, reason="August is reported")
    changed = Batch(
        rows=(
            row("1", 2 * HOUR, AUGUST),  # changed there
            row("2", HOUR, SEPTEMBER),  # moved out of it
            row("3", HOUR, AUGUST),  # moved into it
            row("5", HOUR, AUGUST),  # new there
            row("6", HOUR, SEPTEMBER),
        ),
        deleted_ids=("4",),
    )
    told = """
        SELECT external_id, status, reason_code, reason LIKE '%August is reported%', time_entry_id IS NOT NULL
        FROM source_record ORDER BY external_id
    """
    hours = "SELECT external_id, work_date, seconds FROM time_entry WHERE deleted_at IS NULL ORDER BY external_id"
    for _ in range(2):  # seen again it is held back again
        async with transactions.begin(admin) as unit:
            counts = await store_batch(unit, connection, changed, cursor_before=None)
        assert (counts["needs_reversal"], counts["quarantined"]) == (4, 1)
        assert await rows(database, told) == [
            *((id, "NEEDS_REVERSAL", "PERIOD_LOCKED", True, True) for id in "1234"),
            ("5", "QUARANTINED", "PERIOD_LOCKED", True, False),
            ("6", "POSTED", None, None, True),
        ]
        assert await rows(database, hours) == [
            ("1", AUGUST, HOUR),
            ("2", AUGUST, HOUR),
            ("3", JULY, HOUR),
            ("4", AUGUST, HOUR),
            ("6", SEPTEMBER, HOUR),
        ]
    async with transactions.begin(admin) as unit:
        await release_work_lock(unit, lock, reason="the source was late")
    async with transactions.begin(admin) as unit:
        counts = await store_batch(unit, connection, changed, cursor_before=None)
        assert {name: count for name, count in counts.items() if count} == {
            "changed": 3,
            "new": 1,
            "deleted": 1,
            "same": 1,
        }
    assert await rows(database, hours) == [
        ("1", AUGUST, 2 * HOUR),
        ("2", SEPTEMBER, HOUR),
        ("3", AUGUST, HOUR),
        ("5", AUGUST, HOUR),
        ("6", SEPTEMBER, HOUR),
    ]
    async with transactions.begin(admin) as unit:
        counts = await store_batch(unit, connection, changed, cursor_before=None)
        assert {name: count for name, count in counts.items() if count} == {"same": 5}
    assert [(status, code) for _, status, code, *_ in await rows(database, told)] == [
        ("POSTED", None),
        ("POSTED", None),
        ("POSTED", None),
        ("GONE", None),
        ("POSTED", None),
        ("POSTED", None),
    ]


async def test_p4_the_trigger_says_in_the_same_words_what_a_service_forgot(
    transactions: Transactions, admin: Principal, closed: Closed
) -> None:
    with pytest.raises(HourledgerError) as caught:
        async with transactions.begin(admin) as unit, translated():
            await unit.session.execute(text("UPDATE time_entry SET note = 'x' WHERE id = :id"), {"id": closed.hour})
    assert caught.value.code == LOCKED
