"""The actuals the database writes for logged hours follow the contract rule in ``core.contracts``."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.contracts import ContractLine, billing_type_of, is_billed_as_worked
from hourledger.core.work import BillingMethod, CostType, RevenueType, TransactionClass
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.set_assignment_billing import set_assignment_billable
from hourledger.services.set_up import create_role
from hourledger.transactions import Transactions
from models.database import Database
from tests.core.tables import table
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


OPEN_ROLES = """
    billable   not_billable  becomes    written
    none       Developer     none       NON_CHARGEABLE
    none       Designer      none       NON_CHARGEABLE  # nobody's role fits: the primary row speaks
    Developer  Designer      none       CHARGEABLE
    Designer   Developer     none       NON_CHARGEABLE
    none       Developer     billable   CHARGEABLE      # rebooked
    Designer   Developer     billable   CHARGEABLE
    Developer  none          not        NON_CHARGEABLE
"""


@pytest.mark.parametrize(("billable", "not_billable", "becomes", "written"), table(OPEN_ROLES))
async def test_c_18_hours_on_an_open_role_are_chargeable_when_the_row_that_speaks_for_them_is(
    transactions: Transactions, admin: Principal, billable: str, not_billable: str, becomes: str, written: str
) -> None:
    """Bob, a developer, logs on a task that only roles are assigned to; the same row decides what he earns (§3.4)."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        roles = {"Developer": world.role, "Designer": await create_role(unit, "Designer")}
        task = await create_task(unit, world.portal, TaskPlan("Work"))
        for role, is_billable in ((billable, True), (not_billable, False)):
            if role in roles:
                row = await assign(unit, task, person_id=None, role_id=roles[role])
                await set_assignment_billable(unit, row, is_billable)
        [entry] = await log_time(unit, [TimeDraft(world.person, world.portal, date(2026, 6, 1), 3600, task_id=task)])
        if becomes != "none":
            await set_assignment_billable(unit, row, becomes == "billable")
        query = (
            "SELECT DISTINCT billing_type, (SELECT revenue_minor FROM time_entry WHERE id = :entry) FROM actual "
            "WHERE time_entry_id = :entry AND adjustment_status = 'STANDS'"
        )
        [(standing, revenue)] = await unit.session.execute(text(query), {"entry": entry})
    assert standing == written
    if becomes == "none":
        assert bool(revenue) is (written == "CHARGEABLE")
