"""Expenses: added, edited, deleted, by the unit, locked once they are billed (project-finances §6, §1.11, §1.12)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hourledger.core.errors import HourledgerError
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_issue import create_issue
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.edit_expense import ExpenseChanges, delete_expense, edit_expense
from hourledger.services.expense_types import delete_expense_type, edit_expense_type
from hourledger.services.project_finances import project_finances
from hourledger.services.set_up import BUILT_IN_EXPENSE_TYPES
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_types import create_expense_type
from hourledger.transactions import Transactions
from tests.support.world import World, create_world

JUNE, JULY = date(2026, 6, 15), date(2026, 7, 1)
TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Desk:
    unit: UnitOfWork
    world: World
    mileage: int

    async def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        await self.unit.session.flush()
        return [tuple(row) for row in await self.unit.session.execute(text(query), values)]

    async def add(self, kind: str = "Travel", **values: Any) -> int:
        return await add_expense(self.unit, ExpenseDraft(self.world.portal, kind, "Train", **values))

    async def standing(self, expense: int) -> list[tuple[Any, ...]]:
        """Transaction type, amount, day and billing type of its standing actuals."""
        return await self.rows(
            "SELECT transaction_type, amount_minor, transaction_date, billing_type FROM actual "
            "WHERE expense_id = :expense AND adjustment_status = 'STANDS' ORDER BY transaction_type",
            expense=expense,
        )

    async def figures(self) -> tuple[int, int]:
        """Planned and actual expense cost of the portal."""
        found = (await project_finances(self.unit, [self.world.portal]))[self.world.portal]
        return found.planned_expense_cost.minor, found.actual_expense_cost.minor


@pytest.fixture
async def desk(transactions: Transactions, admin: Any) -> AsyncIterator[Desk]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        mileage = await create_expense_type(
            unit, "Mileage", unit_name="KILOMETER", unit_rate=Decimal("1.0375"), currency="EUR"
        )
        yield Desk(unit, world, mileage)


async def code_of(doing: Awaitable[object]) -> str:
    try:
        await doing
    except HourledgerError as error:
        return error.code
    return "-"


async def test_ct_46_planned_and_actual_amounts_are_the_planned_and_actual_expense_cost(desk: Desk) -> None:
    await desk.add(task_id=desk.world.build, actual_minor=60_000)
    assert await desk.figures() == (0, 60_000)
    await desk.add(task_id=desk.world.build, planned_minor=60_000)
    assert await desk.figures() == (60_000, 60_000)
    of_task = "SELECT sum(actual_minor), sum(planned_minor) FROM expense WHERE task_id = :task"
    assert await desk.rows(of_task, task=desk.world.build) == [(60_000, 60_000)]


async def test_6_an_edited_expense_is_reversed_and_booked_anew(desk: Desk) -> None:
    expense = await desk.add(actual_minor=5_000, paid_on=JUNE)
    await edit_expense(
        desk.unit,
        expense,
        ExpenseChanges(actual_minor=7_000, paid_on=JULY, is_billable=True, task_id=desk.world.build),
    )
    assert await desk.standing(expense) == [
        ("COST", 7_000, JULY, "CHARGEABLE"),
        ("UNBILLED_SALES", 7_000, JULY, "CHARGEABLE"),
    ]
    totals = "SELECT transaction_type, sum(amount_minor)::int, count(*) FROM actual GROUP BY 1 ORDER BY 1"
    assert await desk.rows(totals) == [("COST", 7_000, 3), ("UNBILLED_SALES", 7_000, 3)]
    assert await desk.figures() == (0, 7_000)
    [(before, after)] = await desk.rows(
        "SELECT before->>'actual_minor', after->>'actual_minor' FROM audit WHERE entity = 'expense' AND action = 'edit'"
    )
    assert (before, after) == ("5000", "7000")


async def test_6_what_no_actual_says_changes_without_booking(desk: Desk) -> None:
    expense = await desk.add(actual_minor=5_000, paid_on=JUNE, is_reimbursable=True)
    await edit_expense(desk.unit, expense, ExpenseChanges(is_reimbursed=True, planned_minor=4_000))
    await edit_expense(desk.unit, expense, ExpenseChanges())
    assert await desk.rows("SELECT count(*) FROM actual WHERE expense_id = :id", id=expense) == [(2,)]
    assert await desk.figures() == (4_000, 5_000)


async def test_6_a_deleted_expense_is_in_no_figures_and_cannot_be_found(desk: Desk) -> None:
    expense = await desk.add(actual_minor=5_000, planned_minor=1_000, is_billable=True)
    await delete_expense(desk.unit, expense, reason="entered twice")
    assert await desk.figures() == (0, 0)
    assert await desk.standing(expense) == []
    assert await desk.rows("SELECT sum(amount_minor)::int FROM actual WHERE expense_id = :id", id=expense) == [(0,)]
    assert await code_of(delete_expense(desk.unit, expense)) == "EXPENSE_UNKNOWN"
    assert await code_of(edit_expense(desk.unit, expense, ExpenseChanges(actual_minor=1))) == "EXPENSE_UNKNOWN"
    assert await desk.rows("SELECT reason FROM audit WHERE action = 'delete'") == [("entered twice",)]


async def test_4_4_an_expense_on_a_billing_record_stays_as_it_is(desk: Desk) -> None:
    expense = await desk.add(actual_minor=5_000, is_billable=True)
    record = await create_billing_record(desk.unit, BillingRequest([desk.world.portal]))
    change = ExpenseChanges(actual_minor=6_000)
    assert await code_of(edit_expense(desk.unit, expense, change)) == "ON_BILLING_RECORD"
    assert await code_of(delete_expense(desk.unit, expense)) == "ON_BILLING_RECORD"
    await delete_billing_record(desk.unit, record)
    await edit_expense(desk.unit, expense, change)
    record = await create_billing_record(desk.unit, BillingRequest([desk.world.portal]))
    await confirm_billing_record(desk.unit, record)
    desk.unit.session.expire_all()
    await desk.unit.session.refresh(desk.unit.organisation)
    assert await code_of(edit_expense(desk.unit, expense, ExpenseChanges(actual_minor=7_000))) == "BILLED"
    assert await code_of(delete_expense(desk.unit, expense)) == "BILLED"
    assert await desk.figures() == (0, 6_000)


async def test_6_units_take_the_price_of_when_they_were_given(desk: Desk) -> None:
    expense = await desk.add("Mileage", actual_units=Decimal("123.5"), paid_on=JUNE)
    amount = "SELECT actual_minor, actual_units FROM expense WHERE id = :id"
    assert await desk.rows(amount, id=expense) == [(12_813, Decimal("123.5"))]  # 128.13125
    await edit_expense_type(
        desk.unit, desk.mileage, name="Mileage", description="", unit_name="KM", unit_rate=Decimal(2), currency="EUR"
    )
    await edit_expense(desk.unit, expense, ExpenseChanges(description="To the museum", paid_on=JULY))
    assert await desk.rows(amount, id=expense) == [(12_813, Decimal("123.5"))]
    await edit_expense(desk.unit, expense, ExpenseChanges(actual_units=Decimal(100)))
    assert await desk.rows(amount, id=expense) == [(20_000, Decimal(100))]
    await edit_expense(desk.unit, expense, ExpenseChanges(actual_minor=15_000))
    assert await desk.rows(amount, id=expense) == [(15_000, None)]
    both = ExpenseChanges(actual_minor=15_000, actual_units=Decimal(1))
    assert await code_of(edit_expense(desk.unit, expense, both)) == "AMOUNT_AND_UNITS"
    await edit_expense(desk.unit, expense, ExpenseChanges(actual_units=Decimal(3)))
    assert (
        await code_of(edit_expense(desk.unit, expense, ExpenseChanges(expense_type="Travel"))) == "UNIT_PRICE_MISSING"
    )


UNITS = st.decimals(-10_000, 10_000, places=4)
PRICES = st.decimals(0, 1_000, places=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=UNITS, price=PRICES)
async def test_6_an_amount_by_the_unit_is_units_times_price_rounded_once(
    desk: Desk, units: Decimal, price: Decimal
) -> None:
    await edit_expense_type(
        desk.unit, desk.mileage, name="Mileage", description="", unit_name="KM", unit_rate=price, currency="EUR"
    )
    expense = await desk.add("Mileage", actual_units=units)
    [(minor,)] = await desk.rows("SELECT actual_minor FROM expense WHERE id = :id", id=expense)
    exact = units * price * 100
    assert abs(exact - minor) <= Decimal("0.5")
    assert (minor >= 0) == (exact >= 0) or minor == 0


async def test_c_09_credits_are_negative_and_summed_as_they_are(desk: Desk) -> None:
    await desk.add(actual_minor=60_000, planned_minor=30_000)
    credit = await desk.add(actual_minor=-40_000, planned_minor=-10_000, is_billable=True)
    assert await desk.figures() == (20_000, 20_000)
    assert [one[:2] for one in await desk.standing(credit)] == [("COST", -40_000), ("UNBILLED_SALES", -40_000)]


async def test_6_an_undated_amount_counts_on_the_day_it_was_entered(desk: Desk) -> None:
    dates = "SELECT planned_on, paid_on FROM expense WHERE id = :id"
    for values, expected in (
        ({"actual_minor": 1}, (None, TODAY)),
        ({"planned_minor": 1}, (TODAY, None)),
        ({"planned_minor": 1, "actual_minor": 1, "paid_on": JUNE}, (JUNE, JUNE)),
        ({"planned_minor": 1, "planned_on": JULY, "actual_minor": 1}, (JULY, TODAY)),
        ({"planned_on": JULY}, (JULY, None)),
    ):
        expense = await desk.add(**values)
        assert await desk.rows(dates, id=expense) == [expected], values
    dated = await desk.add(actual_minor=1, paid_on=JUNE)
    await edit_expense(desk.unit, dated, ExpenseChanges(paid_on=None))
    assert await desk.rows(dates, id=dated) == [(None, TODAY)]


async def test_6_only_what_is_reimbursable_is_reimbursed(desk: Desk) -> None:
    assert await code_of(desk.add(actual_minor=1, is_reimbursed=True)) == "NOT_REIMBURSABLE"
    expense = await desk.add(actual_minor=1)
    assert await code_of(edit_expense(desk.unit, expense, ExpenseChanges(is_reimbursed=True))) == "NOT_REIMBURSABLE"
    await edit_expense(desk.unit, expense, ExpenseChanges(is_reimbursed=True, is_reimbursable=True))
    assert await code_of(edit_expense(desk.unit, expense, ExpenseChanges(is_reimbursable=False))) == "NOT_REIMBURSABLE"


async def test_6_an_expense_is_on_a_task_of_its_project_and_never_on_an_issue(desk: Desk) -> None:
    issue = await create_issue(desk.unit, desk.world.portal, "Login fails")
    expense = await desk.add(actual_minor=1)
    for task, code in (
        (desk.world.dashboard_build, "TASK_UNKNOWN"),
        (issue, "EXPENSE_ON_ISSUE"),
        (999, "TASK_UNKNOWN"),
    ):
        assert await code_of(desk.add(actual_minor=1, task_id=task)) == code
        assert await code_of(edit_expense(desk.unit, expense, ExpenseChanges(task_id=task))) == code
    assert len(await desk.standing(expense)) == 2  # a refusal leaves its actuals


async def test_c_25_the_eight_built_in_kinds_stay_as_they_are(desk: Desk) -> None:
    built_in = await desk.rows("SELECT name, id FROM expense_type WHERE is_built_in ORDER BY name")
    assert [name for name, _ in built_in] == list(BUILT_IN_EXPENSE_TYPES)
    assert len(built_in) == 8
    for name, number in built_in:
        change = edit_expense_type(
            desk.unit, number, name="X", description="", unit_name=None, unit_rate=None, currency=None
        )
        assert await code_of(change) == "BUILT_IN", name
        assert await code_of(delete_expense_type(desk.unit, number)) == "BUILT_IN", name


async def test_1_11_a_kind_that_expenses_have_goes_out_of_use_and_another_is_deleted(desk: Desk) -> None:
    unused = await create_expense_type(desk.unit, "Fuel", unit_name=None, unit_rate=None, currency=None)
    expense = await desk.add("Mileage", actual_units=Decimal(1))
    assert await delete_expense_type(desk.unit, unused) is True
    assert await delete_expense_type(desk.unit, desk.mileage) is False
    assert await desk.rows("SELECT is_active FROM expense_type WHERE id = :id", id=desk.mileage) == [(False,)]
    assert await code_of(desk.add("Mileage", actual_units=Decimal(1))) == "EXPENSE_TYPE_UNKNOWN"
    await edit_expense(desk.unit, expense, ExpenseChanges(description="still there"))
