"""Another customer for a project: its rates, its contract, and whom unbilled work is billed to (§3.6)."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied, HourledgerError, NotAllowed
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind, RevenueType
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_project import TaskPlan, create_project, create_task
from hourledger.services.delete_billing_record import delete_billing_record
from hourledger.services.explain_valuation import explain_entry
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.post_billing_record import post_billing_record
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.project_finances import project_finances
from hourledger.services.set_project_company import set_project_company
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.services.set_up import create_company
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.queries.roll_ups import roll_up_differences
from models.selecting import find_all, select_one
from models.tables import BillingRecordRow, ContractRow, RateAttachmentRow, TimeEntryRow
from tests.conftest import MovableClock
from tests.core.tables import table
from tests.services.rate_world import without
from tests.support.recalculating import recalculate_project
from tests.support.world import World, create_world

JUNE = date(2026, 6, 15)


class Desk:
    """A task on the portal that bills by role; the museum pays 80 for developers, the archive 120, others 60."""

    def __init__(self, transactions: Transactions, admin: Principal, clock: MovableClock, world: World) -> None:
        self.transactions, self.admin, self.clock, self.world = transactions, admin, clock, world
        self.archive = self.task = 0

    async def open(self) -> Desk:
        async with self.transactions.begin(self.admin) as unit:
            self.archive = await create_company(unit, "City Archive", "EUR")
            role = RateScope(RateKind.BILLING, Level.ROLE, role_id=self.world.role)
            await set_rate(unit, role, HourlyRate.of("60", "EUR"), Period())
            await self.rate(unit, self.world.museum, "80")
            await self.rate(unit, self.archive, "120")
            await set_project_company(unit, self.world.portal, None)
            await set_project_company(unit, self.world.portal, self.world.museum)
            self.task = await create_task(
                unit, self.world.portal, TaskPlan("By role", revenue_type=RevenueType.ROLE_HOURLY)
            )
        self.clock.move(hours=1)
        return self

    async def rate(self, unit: UnitOfWork, company: int, amount: str) -> None:
        scope = RateScope(RateKind.BILLING, Level.COMPANY_ROLE, company_id=company, role_id=self.world.role)
        await set_rate(unit, scope, HourlyRate.of(amount, "EUR"), Period(), replace_overlapping=True)

    async def change(self, company: int | None) -> None:
        async with self.transactions.begin(self.admin) as unit:
            await set_project_company(unit, self.world.portal, company)
        self.clock.move(hours=1)

    async def log(self, on: date = JUNE) -> int:
        async with self.transactions.begin(self.admin) as unit:
            draft = TimeDraft(self.world.person, self.world.portal, on, 3600, task_id=self.task)
            [entry] = await log_time(unit, [draft])
        self.clock.move(minutes=1)
        return entry

    async def worth(self, *entries: int) -> list[int]:
        """Revenue in whole euros."""
        async with self.transactions.begin(self.admin) as unit:
            rows = [await select_one(unit.session, TimeEntryRow, unit.organisation_id, one) for one in entries]
        return [row.revenue_minor // 100 for row in rows if row is not None]

    async def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        async with self.transactions.begin(self.admin) as unit:
            return [tuple(row) for row in await unit.session.execute(text(query), values)]

    async def booked(self) -> list[tuple[Any, ...]]:
        """Class, type, billing type and customer of all standing actuals."""
        return await self.rows("""
            SELECT transaction_class, transaction_type, billing_type, c.name FROM actual a
            LEFT JOIN company c ON c.id = a.company_id WHERE adjustment_status = 'STANDS' ORDER BY 1, 2, 3, 4
        """)


@pytest.fixture
async def desk(transactions: Transactions, admin: Principal, clock: MovableClock) -> Desk:
    return await Desk(transactions, admin, clock, await create_world(transactions, admin)).open()


async def test_3_6_new_work_earns_the_new_customers_rates_and_the_old_when_it_is_recalculated(desk: Desk) -> None:
    at_museum = await desk.log()
    await desk.change(desk.archive)
    at_archive = await desk.log()
    assert await desk.worth(at_museum, at_archive) == [80, 120]
    await desk.change(None)
    internal = await desk.log()
    assert await desk.worth(at_museum, at_archive, internal) == [80, 120, 60]
    async with desk.transactions.begin(desk.admin) as unit:
        for entry in (at_museum, at_archive, internal):
            assert (await explain_entry(unit, entry)).replays  # by the rates of the customer of then
        await set_project_company(unit, desk.world.portal, desk.archive)
        await recalculate_project(unit, desk.world.portal)
    assert await desk.worth(at_museum, at_archive, internal) == [120, 120, 120]


async def test_3_6_detach_edit_attach_again_takes_the_customers_rates_anew(desk: Desk) -> None:
    first = await desk.log()
    async with desk.transactions.begin(desk.admin) as unit:
        await desk.rate(unit, desk.world.museum, "95")
    desk.clock.move(hours=1)
    unaware = await desk.log()
    await desk.change(None)
    await desk.change(desk.world.museum)
    aware = await desk.log()
    assert await desk.worth(first, unaware, aware) == [80, 80, 95]
    async with desk.transactions.begin(desk.admin) as unit:
        attached = await find_all(
            unit.session, RateAttachmentRow, unit.organisation_id, project_id=desk.world.portal, rate_card_id=None
        )
        assert [one.retired_at is None for one in attached] == [False, False, True]
        await recalculate_project(unit, desk.world.portal)
    assert await desk.worth(first, unaware, aware) == [95, 95, 95]


async def test_3_6_the_same_in_one_transaction(desk: Desk) -> None:
    async with desk.transactions.begin(desk.admin) as unit:
        await set_project_company(unit, desk.world.portal, None)
        await desk.rate(unit, desk.world.museum, "95")
        await set_project_company(unit, desk.world.portal, desk.world.museum)
    assert await desk.worth(await desk.log()) == [95]


async def test_3_6_unbilled_work_is_billed_to_the_new_customer_by_the_same_contract(desk: Desk) -> None:
    await desk.log()
    async with desk.transactions.begin(desk.admin) as unit:
        draft = ExpenseDraft(desk.world.portal, "Travel", "Train", actual_minor=5000, paid_on=JUNE, is_billable=True)
        await add_expense(unit, draft)
    unbilled = [
        ("EXPENSE", "COST", "CHARGEABLE", None),
        ("EXPENSE", "UNBILLED_SALES", "CHARGEABLE", "Meridian Museum"),
        ("TIME", "COST", "CHARGEABLE", None),
        ("TIME", "UNBILLED_SALES", "CHARGEABLE", "Meridian Museum"),
    ]
    assert await desk.booked() == unbilled
    await desk.change(desk.archive)
    assert await desk.booked() == [(*one[:3], "City Archive" if one[3] else None) for one in unbilled]
    await desk.change(None)
    assert await desk.booked() == [(kind, "COST", "NOT_AVAILABLE", None) for kind in ("EXPENSE", "TIME")]
    async with desk.transactions.begin(desk.admin) as unit:
        finances = (await project_finances(unit, [desk.world.portal]))[desk.world.portal]
        assert str(finances.unbilled_revenue) == "0.00 EUR"
        with pytest.raises(HourledgerError) as caught:
            await create_billing_record(unit, BillingRequest([desk.world.portal]))
        assert caught.value.code == "NOT_BILLABLE_PROJECT"
    await desk.change(desk.archive)
    assert await desk.booked() == [(*one[:3], "City Archive" if one[3] else None) for one in unbilled]
    async with desk.transactions.begin(desk.admin) as unit:
        record = await create_billing_record(unit, BillingRequest([desk.world.portal]))
        row = await select_one(unit.session, BillingRecordRow, unit.organisation_id, record)
        assert row is not None
        assert row.company_id == desk.archive
        assert await roll_up_differences(unit.session) == []
    assert await desk.rows("SELECT count(*) FROM contract WHERE name = 'Collection Portal'") == [(1,)]


# what the museum's billing record of the portal is when its customer changes
RECORDS = """
    record      to        code                 way out
    none        archive   -                    -
    draft       archive   CUSTOMER_ON_RECORD   Delete them first.
    draft       nobody    CUSTOMER_ON_RECORD   Delete them first.
    draft       museum    -                    -                     # as it is
    deleted     archive   -                    -
    confirmed   archive   CUSTOMER_BILLED      Make another project
    confirmed   nobody    CUSTOMER_BILLED      refresh them
    posted      archive   CUSTOMER_BILLED      Make another project
    fixed       archive   CUSTOMER_ON_RECORD   Delete them first.    # without any hours
"""


@pytest.mark.parametrize(("record", "to", "code", "way_out"), table(RECORDS))
async def test_3_6_whoever_has_been_billed_stays_the_customer(
    desk: Desk, record: str, to: str, code: str, way_out: str
) -> None:
    entry = await desk.log()
    async with desk.transactions.begin(desk.admin) as unit:
        if record == "fixed":
            await create_billing_record(unit, BillingRequest([desk.world.portal], until=date(2020, 1, 1),
                                                             additional_minor=100))  # fmt: skip
        elif record != "none":
            made = await create_billing_record(unit, BillingRequest([desk.world.portal]))
            if record == "deleted":
                await delete_billing_record(unit, made)
            if record in ("confirmed", "posted"):
                await confirm_billing_record(unit, made)
            if record == "posted":
                await post_billing_record(unit, made)
    company = {"archive": desk.archive, "museum": desk.world.museum, "nobody": None}[to]
    before = (await desk.booked(), await desk.rows("SELECT company_id FROM project ORDER BY id"))
    try:
        await desk.change(company)
        said, message = "-", "-"
    except NotAllowed as error:
        said, message = error.code, error.message
        after = (await desk.booked(), await desk.rows("SELECT company_id FROM project ORDER BY id"))
        assert after == before
    assert said == code
    assert way_out in message
    if code != "-":
        assert "BR-00001" in message
    assert await desk.worth(entry) == [80]


async def test_3_6_other_projects_of_the_customer_may_have_been_billed(desk: Desk) -> None:
    async with desk.transactions.begin(desk.admin) as unit:
        other = await create_project(unit, code="OTHER", name="Other", company_id=desk.world.museum)
        await log_time(unit, [TimeDraft(desk.world.person, other, JUNE, 3600)])
        await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([other])))
    await desk.change(desk.archive)
    assert (await desk.rows("SELECT company_id FROM project WHERE code = 'PORTAL'")) == [(desk.archive,)]


async def test_design_3_an_internal_project_gets_its_implicit_contract_with_its_first_customer(desk: Desk) -> None:
    async with desk.transactions.begin(desk.admin) as unit:
        own = await create_project(unit, code="OWN", name="Own", company_id=None)
        await log_time(unit, [TimeDraft(desk.world.person, own, JUNE, 3600)])
        assert not await set_project_company(unit, own, None)
        assert await set_project_company(unit, own, desk.archive)
        record = await create_billing_record(unit, BillingRequest([own]))
        row = await select_one(unit.session, BillingRecordRow, unit.organisation_id, record)
        assert row is not None
        assert row.company_id == desk.archive
        [contract] = await find_all(unit.session, ContractRow, unit.organisation_id, name="Own")
        assert (contract.is_implicit, contract.status.value) == (True, "ACTIVE")


async def test_3_6_a_contract_that_was_agreed_stays(desk: Desk) -> None:
    await desk.log()
    await desk.rows("UPDATE contract SET is_implicit = false RETURNING id")
    before = await desk.booked()
    await desk.change(desk.archive)
    assert await desk.booked() == before
    assert await desk.worth(await desk.log()) == [120]


async def test_3_8_preserved_rates_do_not_follow_the_customer(desk: Desk) -> None:
    async with desk.transactions.begin(desk.admin) as unit:
        await preserve_billing_rates(unit, desk.world.portal, is_on=True)
    first = await desk.log()
    await desk.change(desk.archive)
    assert await desk.worth(first, await desk.log()) == [80, 80]


@pytest.mark.parametrize(
    ("project", "company", "code"), [(None, 9999, "COMPANY_UNKNOWN"), (9999, None, "PROJECT_UNKNOWN")]
)
async def test_what_is_unknown_is_named(desk: Desk, project: int | None, company: int | None, code: str) -> None:
    async with desk.transactions.begin(desk.admin) as unit:
        with pytest.raises(HourledgerError) as caught:
            await set_project_company(unit, project or desk.world.portal, company)
    assert caught.value.code == code


async def test_9_4_it_needs_the_rights_for_projects_billing_rates_and_finance(desk: Desk) -> None:
    for missing in (Permission.EDIT_PROJECTS, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE):
        async with desk.transactions.begin(without(desk.admin, missing)) as unit:
            with pytest.raises(Denied):
                await set_project_company(unit, desk.world.portal, desk.archive)


async def test_it_is_audited_and_told_once(desk: Desk) -> None:
    await desk.change(desk.archive)
    await desk.change(desk.archive)
    audited = await desk.rows("SELECT before, after FROM audit WHERE action = 'set_company' ORDER BY id DESC LIMIT 1")
    assert audited == [({"company": desk.world.museum}, {"company": desk.archive})]
    told = "SELECT count(*) FROM event WHERE topic = 'PROJECT_FINANCES_CHANGED' AND payload ->> 'cause' = :cause"
    before_desk_opened = 2
    assert await desk.rows(told, cause="CUSTOMER_CHANGED") == [(before_desk_opened + 1,)]


async def test_3_6_whoever_logs_or_drafts_while_the_customer_changes_comes_before_or_after(desk: Desk) -> None:
    """Whatever the order: one customer for all unbilled work, and no record for another than the project's."""
    await desk.log()

    async def draft() -> None:
        async with desk.transactions.begin(desk.admin) as unit:
            await create_billing_record(unit, BillingRequest([desk.world.portal], additional_minor=100))

    done = await asyncio.gather(
        *(desk.log() for _ in range(3)), desk.change(desk.archive), draft(), desk.log(), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, NotAllowed) and one.code == "CUSTOMER_ON_RECORD" for one in refused), refused
    customers = await desk.rows("""
        SELECT company_id FROM project WHERE code = 'PORTAL'
        UNION SELECT company_id FROM billing_record
        UNION SELECT company_id FROM actual WHERE adjustment_status = 'STANDS' AND company_id IS NOT NULL
    """)
    assert len(customers) == 1
