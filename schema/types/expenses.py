"""Expenses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hourledger.core.access import Permission
from hourledger.core.work import EntryStatus
from models.queries.listing.expenses import ExpenseView
from resolvers import projects, work_types
from schema.fields import guarded_amount, is_value, resolves
from schema.node import Node
from schema.references import EXPENSE_TYPE, PROJECT, TASK


@strawberry.type(description="A cost that is not labour.")
class Expense(Node):
    is_type_of = is_value(ExpenseView)
    expense_type: str = strawberry.field(description="The kind of expense, such as Travel.")
    description: str = strawberry.field(description="What it was for.")
    planned_on: date | None = strawberry.field(description="When it is planned; null: nothing is planned.")
    paid_on: date | None = strawberry.field(description="When it was paid; null: nothing was spent.")
    is_billable: bool = strawberry.field(description="Whether the customer pays for it.")
    is_reimbursable: bool = strawberry.field(description="Whether somebody gets it back.")
    is_reimbursed: bool = strawberry.field(description="Whether they got it back.")
    is_locked: bool = strawberry.field(description="Whether billing has made it final.")
    planned_units: Decimal | None = strawberry.field(description="Planned units; null: the amount was typed.")
    actual_units: Decimal | None = strawberry.field(description="Units; null: the amount was typed.")
    status: EntryStatus = strawberry.field(description="Whether it counts yet.")
    entered_at: datetime = strawberry.field(description="When it was entered.")
    entered_by: str = strawberry.field(description="Who entered it.")
    planned_amount = guarded_amount("Planned.", "planned_minor", Permission.VIEW_GENERAL_FINANCE)
    actual_amount = guarded_amount("Spent.", "actual_minor", Permission.VIEW_GENERAL_FINANCE)
    project = resolves(
        PROJECT | None, "The project it is for.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    type = resolves(
        EXPENSE_TYPE | None,
        "The kind of expense.",
        lambda context, it: work_types.expense_type_by_id(context, it.expense_type_id),
    )
    task = resolves(TASK | None, "The task it is for.", lambda context, it: projects.task_by_id(context, it.task_id))
