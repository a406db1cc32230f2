"""The actuals the database writes for logged hours follow the contract rule in ``core.contracts``."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.contracts import ContractLine, billing_type_of, is_billed_as_worked
from hourledger.core.work import BillingMethod, CostType, RevenueType, TransactionClass
from hourledger.services.create_project import TaskPlan, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.transactions import Transactions
from models.database import Database
from tests.support.world import create_world

TIME = TransactionClass.TIME
INCLUDED = (frozenset({TIME}), frozenset[TransactionClass]())
LINES = [None, *(ContractLine(method, includes) for method, includes in product(BillingMethod, INCLUDED))]


@pytest.mark.parametrize("revenue_type", [RevenueType.USER_HOURLY, RevenueType.NOT_BILLABLE])
@pytest.mark.parametrize("line", LINES, ids=str)
async def test_pi_2_3_the_actuals_written_are_those_the_contract_rule_names(
    transactions: Transactions,
    admin: Principal,
    database: Database,
    line: ContractLine | None,
    revenue_type: RevenueType,
) -> None:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        if line is None:
            await unit.session.execute(text("UPDATE contract SET status = 'DRAFT'"))
        else:
            await unit.session.execute(
                text("UPDATE contract_line SET billing_method = :method, includes_time = :time"),
                {"method": line.billing_method.value, "time": TIME in line.includes},
            )
        plan = TaskPlan("Work", CostType.USER_HOURLY, revenue_type)
        task = await create_task(unit, world.portal, plan)
        await log_time(unit, [TimeDraft(world.person, world.portal, date(2026, 6, 1), 3600, task_id=task)])
    async with database.session() as session:
        query = "SELECT transaction_type, billing_type FROM actual ORDER BY transaction_type"
        written = [tuple(row) for row in await session.execute(text(query))]
    billing_type = billing_type_of(line, TIME, is_chargeable=revenue_type is not RevenueType.NOT_BILLABLE)
    kinds = ["COST", "UNBILLED_SALES"] if is_billed_as_worked(line, TIME) else ["COST"]
    assert written == [(kind, billing_type.value) for kind in kinds]
