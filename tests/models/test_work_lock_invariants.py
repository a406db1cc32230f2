"""What the database itself refuses about work locks and locked periods: each trigger of migration 0016 bites."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from psycopg import AsyncConnection

from hourledger.core.access import Principal
from hourledger.core.periods import Period
from hourledger.core.work_locks import FrozenSide
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.lock_work import freeze_rates, lock_period, release_work_lock
from hourledger.transactions import Transactions
from tests.models.test_invariants import check
from tests.support.world import create_world, log

JULY, AUGUST = date(2026, 7, 15), date(2026, 8, 15)
IN_JULY, IN_AUGUST = Period(date(2026, 7, 1), date(2026, 8, 1)), Period(date(2026, 8, 1), date(2026, 9, 1))
IN_FORCE = "FROM work_lock WHERE kind = 'PERIOD_LOCK' AND released_at IS NULL"


@pytest.fixture
async def books(transactions: Transactions, admin: Principal, database_url: str) -> AsyncIterator[AsyncConnection]:
    """An hour, a train and a planned train in July and August each; August is locked, July was, and its rates are."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        for day in (JULY, AUGUST):
            await log(unit, world, "1", day)
            for draft in (
                ExpenseDraft(world.portal, "Travel", "Train", actual_minor=5000, paid_on=day),
                ExpenseDraft(world.portal, "Travel", "Plan", planned_minor=5000, paid_on=day),
            ):
                await add_expense(unit, draft)
        await lock_period(unit, world.portal, IN_AUGUST, reason="August is reported")
        await freeze_rates(unit, None, IN_JULY, FrozenSide.COST, reason="July is told")
        lifted = await lock_period(unit, None, IN_JULY, reason="too early")
        await release_work_lock(unit, lifted, reason="too early")
        await create_billing_record(unit, BillingRequest([world.portal]))
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        yield connection


_HOUR = """
    INSERT INTO time_entry (organisation_id, person_id, project_id, hour_type_id, work_date, seconds, note, status,
                            row_version, is_locked, logged_by, cost_minor, revenue_minor)
    SELECT organisation_id, person_id, {project}, hour_type_id, date '2026-07-31' + days, 60, '', 'APPROVED', 1, false,
           'psql', 0, 0
    FROM time_entry, generate_series(0, {days}) days WHERE work_date = '2026-07-15'
"""
_EXPENSE = """
    INSERT INTO expense (organisation_id, project_id, expense_type_id, description, planned_minor, actual_minor,
                         paid_on, is_billable, is_reimbursable, is_reimbursed, status, is_locked, entered_by)
    SELECT organisation_id, project_id, expense_type_id, '', 0, {minor}, {paid_on}, false, false, false, 'APPROVED',
           false, 'psql'
    FROM expense LIMIT 1
"""


async def test_p4_hours_of_a_locked_period_stay(books: AsyncConnection) -> None:
    of = "UPDATE time_entry SET {} WHERE work_date = '2026-{}-15'"
    await check(
        books,
        {
            "logged": (_HOUR.format(project="project_id", days=1), "HL005"),
            "logged the day before": (_HOUR.format(project="project_id", days=0), "accepted"),
            "general time": (_HOUR.format(project="NULL", days=1), "accepted"),
            "of another project": (_HOUR.format(project="(SELECT max(id) FROM project)", days=1), "accepted"),
            "hours": (of.format("seconds = 1", "08"), "HL005"),
            "note": (of.format("note = 'x'", "08"), "HL005"),
            "approval": (of.format("status = 'DRAFT'", "08"), "HL005"),
            "whose": (of.format("person_id = person_id", "08"), "HL005"),
            "moved out": (of.format("work_date = '2026-09-01'", "08"), "HL005"),
            "moved in": (of.format("work_date = '2026-08-01'", "07"), "HL005"),
            "to another project": (of.format("project_id = NULL, task_id = NULL", "08"), "HL005"),
            "deleted": (of.format("deleted_at = now()", "08"), "HL005"),
            "deleted for good": ("DELETE FROM time_entry WHERE work_date = '2026-08-15'", "HL005"),
            "billed": (of.format("is_locked = true", "08"), "accepted"),
            "hours of July": (of.format("seconds = 1", "07"), "accepted"),
            "in one statement with others": ("UPDATE time_entry SET note = 'x'", "HL005"),
        },
    )


async def test_p4_expenses_of_a_locked_period_stay(books: AsyncConnection) -> None:
    of = "UPDATE expense SET {} WHERE paid_on = '2026-{}-15' AND description = 'Train'"
    plan = "UPDATE expense SET {} WHERE paid_on = '2026-08-15' AND description = 'Plan'"
    await check(
        books,
        {
            "entered": (_EXPENSE.format(minor=1, paid_on="'2026-08-31'"), "HL005"),
            "a credit": (_EXPENSE.format(minor=-1, paid_on="'2026-08-31'"), "HL005"),
            "entered the day after": (_EXPENSE.format(minor=1, paid_on="'2026-09-01'"), "accepted"),
            "only planned": (_EXPENSE.format(minor=0, paid_on="'2026-08-31'"), "accepted"),
            "without a day": (_EXPENSE.format(minor=1, paid_on="NULL"), "accepted"),
            "amount": (of.format("actual_minor = 1", "08"), "HL005"),
            "paid back": (of.format("is_reimbursed = true", "08"), "HL005"),
            "moved out": (of.format("paid_on = '2026-09-01'", "08"), "HL005"),
            "moved in": (of.format("paid_on = '2026-08-01'", "07"), "HL005"),
            "deleted": (of.format("deleted_at = now()", "08"), "HL005"),
            "billed": (of.format("is_locked = true", "08"), "accepted"),
            "a plan": (plan.format("planned_minor = 1"), "accepted"),
            "a plan that was carried out": (plan.format("actual_minor = 1"), "HL005"),
        },
    )


async def test_p4_a_work_lock_is_lifted_once_and_nothing_else_of_it_changes(books: AsyncConnection) -> None:
    lifted = "released_at = now(), released_by = 'x', release_reason = 'x'"
    again = """
        INSERT INTO work_lock (organisation_id, project_id, kind, side, valid_from, valid_until, reason, locked_by)
        SELECT organisation_id, {project}, {kind}, {side}, {days}, 'again', 'psql' {of}
    """
    same = {"project": "project_id", "kind": "kind", "side": "side", "days": "valid_from, valid_until", "of": IN_FORCE}
    which = f"WHERE id = (SELECT id {IN_FORCE})"
    await check(
        books,
        {
            "other days": (f"UPDATE work_lock SET valid_until = valid_until + 1 {which}", "HL001"),
            "another reason": (f"UPDATE work_lock SET reason = 'x' {which}", "HL001"),
            "deleted": (f"DELETE FROM work_lock {which}", "HL001"),
            "lifted": (f"UPDATE work_lock SET {lifted} {which}", "accepted"),
            "lifted by nobody": (
                f"UPDATE work_lock SET released_at = now() {which}",
                "ck_work_lock_released_with_name_and_reason",
            ),
            "lifted and changed": (f"UPDATE work_lock SET {lifted}, reason = 'x' {which}", "HL001"),
            "set again": ("UPDATE work_lock SET released_at = NULL WHERE released_at IS NOT NULL", "HL001"),
            "lifted again": (f"UPDATE work_lock SET {lifted} WHERE released_at IS NOT NULL", "HL001"),
            "twice the same": (again.format(**same), "uq_work_lock_in_force"),
            "the same of all projects": (again.format(**same | {"project": "NULL"}), "accepted"),
            "one that was lifted": (
                again.format(**same | {"of": "FROM work_lock WHERE released_at IS NOT NULL"}),
                "accepted",
            ),
            "reversed": (again.format(**same | {"days": "valid_until, valid_from"}), "ck_work_lock_period"),
            "a period without an end": (
                again.format(**same | {"days": "valid_from, NULL"}),
                "ck_work_lock_period_lock_ends",
            ),
            "a period of one side": (again.format(**same | {"side": "'COST'"}), "ck_work_lock_period_lock_keeps_both"),
            "a side there is not": (
                again.format(**same | {"side": "'X'", "kind": "'RATE_FREEZE'"}),
                "ck_work_lock_side",
            ),
        },
    )
