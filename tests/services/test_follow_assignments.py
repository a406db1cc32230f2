"""Who is assigned decides whether logged hours are billed: their actuals follow at once (§3.4, §3.11; C-18)."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.log_time import TimeDraft, edit_time, log_time
from hourledger.services.project_finances import project_finances
from hourledger.services.roles import delete_role
from hourledger.services.set_assignment_billing import set_assignment_billable
from hourledger.services.set_up import create_person, create_role
from hourledger.services.unassign import unassign
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.selecting import find_all
from models.tables import AssignmentRow
from tests.core.tables import table
from tests.support.world import World, create_world

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
_STANDING = """
    SELECT transaction_type, billing_type, amount_minor FROM actual
    WHERE time_entry_id = :entry AND adjustment_status = 'STANDS' ORDER BY transaction_type
"""


@pytest.fixture
async def world(transactions: Transactions, admin: Principal) -> World:
    return await create_world(transactions, admin)


async def standing(unit: UnitOfWork, entry: int) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in await unit.session.execute(text(_STANDING), {"entry": entry})]


async def rows_ever(unit: UnitOfWork) -> int:
    found = await unit.session.execute(text("SELECT count(*), coalesce(sum(quantity), 0) FROM actual"))
    count, _ = found.one()
    return int(count)


# before: who is on the task when Bob, a developer, logs; (x): that row is not billable
FOLLOWING = """
    before                    then                     was             is
    Developer(x)              +Bob                     NON_CHARGEABLE  CHARGEABLE      # his own row speaks now
    Developer                 +Bob(x)                  CHARGEABLE      NON_CHARGEABLE
    Developer(x)              +Cleo                    NON_CHARGEABLE  CHARGEABLE      # an outsider now: nobody speaks
    Developer(x)              -Developer               NON_CHARGEABLE  CHARGEABLE      # nobody is left
    Designer(x)               +Developer               NON_CHARGEABLE  CHARGEABLE      # the one that fits
    Designer(x),Developer     -Developer               CHARGEABLE      NON_CHARGEABLE  # the primary row is left
    Developer(x),Bob          -Bob                     CHARGEABLE      NON_CHARGEABLE  # the role is open again
    Bob(x)                    -Bob                     NON_CHARGEABLE  CHARGEABLE
    Bob                       +Cleo                    CHARGEABLE      CHARGEABLE
    Bob(x)                    +Developer               NON_CHARGEABLE  NON_CHARGEABLE
"""


@pytest.mark.parametrize(("before", "then", "was", "now"), table(FOLLOWING))
async def test_c_18_actuals_follow_when_another_row_speaks_for_the_hours(
    transactions: Transactions, admin: Principal, world: World, before: str, then: str, was: str, now: str
) -> None:
    async with transactions.begin(admin) as unit:
        roles = {"Developer": world.role, "Designer": await create_role(unit, "Designer")}
        people = {
            "Bob": world.person,
            "Cleo": await create_person(unit, "Cleo", "cleo@brightwater.example", primary_role_id=None),
        }
        task = await create_task(unit, world.portal, TaskPlan("Work"))
        made: dict[str, int] = {}

        async def put_on(who: str) -> None:
            name = who.removesuffix("(x)")
            made[name] = await assign(unit, task, person_id=people.get(name), role_id=roles.get(name))
            if name != who:
                await set_assignment_billable(unit, made[name], is_billable=False)

        for who in before.split(","):
            await put_on(who)
        [entry] = await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])
        logged = await standing(unit, entry)
        assert {billing_type for _, billing_type, _ in logged} == {was}
        value = {kind: amount for kind, _, amount in logged}
        if then.startswith("+"):
            await put_on(then[1:])
        else:
            await unassign(unit, made[then[1:]])
        follows = await standing(unit, entry)
        assert {billing_type for _, billing_type, _ in follows} == {now}
        assert {kind: amount for kind, _, amount in follows} == value  # what it is worth stays (C-02)


async def test_c_18_nothing_is_written_where_nothing_changes_for_the_hours(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        cleo = await create_person(unit, "Cleo", "cleo@brightwater.example", primary_role_id=None)
        await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=world.build)])
        before = await rows_ever(unit)
        row = await assign(unit, world.build, person_id=cleo, role_id=None)
        await unassign(unit, row)
        assert await rows_ever(unit) == before


async def test_c_18_what_is_on_a_billing_record_stays_as_it_is_billed(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Work"))
        await assign(unit, task, person_id=None, role_id=world.role)
        draft = TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)
        [billed] = await log_time(unit, [draft])
        await create_billing_record(unit, BillingRequest([world.portal]))
        [free] = await log_time(unit, [draft])
        bob = await assign(unit, task, person_id=world.person, role_id=None)
        await set_assignment_billable(unit, bob, is_billable=False)
        assert {one for _, one, _ in await standing(unit, billed)} == {"CHARGEABLE"}
        assert {one for _, one, _ in await standing(unit, free)} == {"NON_CHARGEABLE"}


async def test_c_18_the_backlog_tells_at_once(transactions: Transactions, admin: Principal, world: World) -> None:
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Work"))
        await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])

        async def unbilled() -> str:
            return str((await project_finances(unit, [world.portal]))[world.portal].unbilled_revenue)

        assert await unbilled() == "100.00 EUR"
        row = await assign(unit, task, person_id=None, role_id=world.role)
        await set_assignment_billable(unit, row, is_billable=False)
        assert await unbilled() == "0.00 EUR"
        await assign(unit, task, person_id=world.person, role_id=None)
        assert await unbilled() == "100.00 EUR"


async def test_c_18_a_role_that_takes_the_place_of_another_speaks_too(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    """Open for testers, not billable, and for designers; the designers' place is taken by developers: Bob is one."""
    async with transactions.begin(admin) as unit:
        tester, designer = await create_role(unit, "Tester"), await create_role(unit, "Designer")
        task = await create_task(unit, world.portal, TaskPlan("Work"))
        first = await assign(unit, task, person_id=None, role_id=tester)
        await set_assignment_billable(unit, first, is_billable=False)
        await assign(unit, task, person_id=None, role_id=designer)
        [entry] = await log_time(unit, [TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)])
        assert {one for _, one, _ in await standing(unit, entry)} == {"NON_CHARGEABLE"}
        assert not await delete_role(unit, designer, replacement_id=world.role)
        assert {one for _, one, _ in await standing(unit, entry)} == {"CHARGEABLE"}


async def test_c_18_assigning_while_others_log_edit_and_bill_ends_as_the_assignments_say(
    transactions: Transactions, admin: Principal, world: World
) -> None:
    """Whoever logs while somebody is assigned comes before or after; no hour stays booked by the old assignments."""
    async with transactions.begin(admin) as unit:
        task = await create_task(unit, world.portal, TaskPlan("Work"))
        row = await assign(unit, task, person_id=None, role_id=world.role)
        await set_assignment_billable(unit, row, is_billable=False)
        draft = TimeDraft(world.person, world.portal, JUNE, 3600, task_id=task)
        in_may = TimeDraft(world.person, world.portal, MAY, 3600, task_id=task)
        on_build = TimeDraft(world.person, world.portal, MAY, 3600, task_id=world.build)
        await log_time(unit, [in_may, on_build])
        entries = await log_time(unit, [draft] * 6)

    async def log_one() -> None:
        async with transactions.begin(admin) as unit:
            await log_time(unit, [draft])

    async def edit(entry: int) -> None:
        async with transactions.begin(admin) as unit:
            await edit_time(unit, entry, seconds=7200, work_date=JUNE, note="longer")

    async def bill_may() -> None:
        async with transactions.begin(admin) as unit:
            record = await create_billing_record(unit, BillingRequest([world.portal], until=MAY))
            await confirm_billing_record(unit, record)

    async def put_bob_on() -> None:
        async with transactions.begin(admin) as unit:
            await assign(unit, task, person_id=world.person, role_id=None)

    await asyncio.gather(
        *(log_one() for _ in range(4)), put_bob_on(), *(edit(entry) for entry in entries[:3]), bill_may()
    )
    async with transactions.begin(admin) as unit:
        assert len(await find_all(unit.session, AssignmentRow, unit.organisation_id, task_id=task)) == 2
        booked = await unit.session.execute(
            text("""
                SELECT DISTINCT a.billing_type FROM actual a
                WHERE a.task_id = :task AND a.adjustment_status = 'STANDS' AND a.transaction_type = 'UNBILLED_SALES'
                  AND a.transaction_date = :june
            """),
            {"task": task, "june": JUNE},
        )
        assert [one for (one,) in booked] == ["CHARGEABLE"]
