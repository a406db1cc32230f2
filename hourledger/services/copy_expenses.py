"""Expenses once more, on another project or the same, as something that is planned there."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.copy_task_tree import Copied, Shift
from hourledger.services.template_currency import TemplateCurrency
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import ExpenseRow, ExpenseTypeRow, ProjectRow


async def copy_expenses(
    unit: UnitOfWork,
    project: ProjectRow,
    expenses: Sequence[ExpenseRow],
    copied: Copied,
    shift: Shift,
    money: TemplateCurrency,
) -> None:
    """As planned ones, whatever became of them: nothing is paid, and the amount is that of the original even where the
    price of a unit has changed since."""
    kinds = await find_all(
        unit.session, ExpenseTypeRow, unit.organisation_id, id={one.expense_type_id for one in expenses}
    )
    names = {kind.id: kind.name for kind in kinds}
    for one in expenses:
        planned_on = shift.day(one.planned_on)
        draft = ExpenseDraft(
            project.id,
            names[one.expense_type_id],
            one.description,
            task_id=None if one.task_id is None else copied.tasks[one.task_id],
            planned_minor=money.amount(one.planned_minor, planned_on or unit.today).minor,
            planned_on=planned_on,
            is_billable=one.is_billable,
            is_reimbursable=one.is_reimbursable,
        )
        made = await select_one(unit.session, ExpenseRow, unit.organisation_id, await add_expense(unit, draft))
        assert made is not None
        made.planned_units = one.planned_units
        unit.session.add(made)
    await unit.session.flush()
