"""Templates: what comes along to a project, what stays, and that no work is on them (project-finances §4.7, CT-44)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.apply_template import TemplateApplied, apply_template
from hourledger.services.attach_rate_card import attach_rate_card
from hourledger.services.copy_task_tree import unused_name
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.create_issue import create_issue
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.edit_expense import ExpenseChanges, edit_expense
from hourledger.services.edit_project import edit_project
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.project_finances import project_finances
from hourledger.services.set_assignment_billing import set_assignment_billable, set_assignment_billing_role
from hourledger.services.set_contour import set_contour
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.set_exchange_rate_date import set_exchange_rate_date
from hourledger.services.set_exchange_rates import set_exchange_rates
from hourledger.services.set_overtime_ratio import set_overtime_ratio
from hourledger.services.set_rate import RateScope, set_rate
from hourledger.transactions import Transactions
from models.queries import planning
from models.queries.portfolio import project_ids_where
from models.selecting import find_all, select_one
from models.tables import (
    AssignmentRow,
    AuditRow,
    EventRow,
    ExpenseRow,
    ProjectRow,
    RateAttachmentRow,
    RateScopeRow,
    TaskRow,
)
from tests.core.tables import table
from tests.services.rate_world import Rates, price, span, without
from tests.support.world import create_world

HOUR = 3600


@dataclass
class Templates:
    """A template with two phases, the second in two parts; a project of a customer to apply it to."""

    rates: Rates
    template: int
    project: int
    parts: dict[str, int]
    analyst: int

    @property
    def unit(self) -> Any:
        return self.rates.unit

    async def apply(self, **more: Any) -> TemplateApplied:
        return await apply_template(self.unit, self.project, self.template, **more)

    async def row(self, project: int | None = None) -> ProjectRow:
        found = await select_one(self.unit.session, ProjectRow, self.unit.organisation_id, project or self.project)
        assert found is not None
        return found

    async def tasks(self) -> dict[str, TaskRow]:
        rows = await find_all(self.unit.session, TaskRow, self.unit.organisation_id, project_id=self.project)
        return {row.name: row for row in rows}

    async def expenses(self, project: int | None = None) -> list[ExpenseRow]:
        return await find_all(
            self.unit.session, ExpenseRow, self.unit.organisation_id, project_id=project or self.project
        )

    async def assigned(self, task: str) -> list[AssignmentRow]:
        number = (await self.tasks())[task].id
        return await find_all(self.unit.session, AssignmentRow, self.unit.organisation_id, task_id=number)

    async def refusal(self, attempt: Awaitable[Any]) -> str:
        """The code; nothing is changed."""
        with pytest.raises(HourledgerError) as caught:
            async with self.unit.session.begin_nested():
                await attempt
        return caught.value.code

    async def rate(self, project: int, role: int, amount: str, days: str = "..", kind: str = "BILLING") -> None:
        scope = RateScope(RateKind(kind), Level.PROJECT_ROLE, project_id=project, role_id=role)
        await set_rate(self.unit, scope, price(amount), span(days))

    async def rates_of(self, project: int) -> list[str]:
        found = []
        for scope in await find_all(
            self.unit.session, RateScopeRow, self.unit.organisation_id, project_id=project, level=Level.PROJECT_ROLE
        ):
            found += [f"{scope.kind.value} {scope.role_id} {one}" for one in await self.rates.in_force(scope.id)]
        return sorted(found)


@pytest.fixture
async def templates(transactions: Transactions, admin: Principal) -> AsyncIterator[Templates]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        rates = Rates(unit, world, {"Developer": world.role})
        analyst = await rates.role("Analyst")
        template = await create_project(
            unit, code="T", name="Template", company_id=None, currency="EUR", is_template=True
        )
        project = await create_project(unit, code="NEW", name="New", company_id=world.museum)
        parts: dict[str, int] = {}

        async def task(name: str, **more: Any) -> None:
            parts[name] = await create_task(unit, template, TaskPlan(name, **more))

        await task("Study", planned_seconds=10 * HOUR, planned_start=date(2026, 6, 15),
                   planned_completion=date(2026, 6, 19), revenue_type=RevenueType.USER_AND_ROLE_HOURLY)  # fmt: skip
        await task("Make", cost_type=CostType.FIXED_HOURLY, cost_rate=Decimal("12.5"))
        await task("Part", parent_id=parts["Make"], planned_seconds=8 * HOUR, planned_start=date(2026, 6, 22),
                   planned_completion=date(2026, 6, 24), revenue_type=RevenueType.FIXED_REVENUE,
                   billing_amount=Decimal(300))  # fmt: skip
        await set_overtime_ratio(unit, parts["Study"], Decimal("1.5"))
        await create_issue(unit, template, "Nobody's")
        by_hand = await assign(unit, parts["Study"], person_id=world.person, role_id=world.role)
        await assign(unit, parts["Study"], person_id=None, role_id=analyst)
        await set_assignment_billing_role(unit, by_hand, analyst)
        await set_contour(unit, by_hand, {date(2026, 6, 16): 5 * HOUR})
        on_part = await assign(unit, parts["Part"], person_id=None, role_id=analyst, planned_seconds=8 * HOUR)
        await set_assignment_billable(unit, on_part, is_billable=False)
        for where, amount in ((None, 10_000), (parts["Part"], 5_000)):
            await add_expense(unit, ExpenseDraft(template, "Travel", "Train", task_id=where, planned_minor=amount,
                                                 planned_on=date(2026, 6, 20), is_billable=True))  # fmt: skip
        yield Templates(rates, template, project, parts, analyst)


# --- amounts -----------------------------------------------------------------------------------------------------


async def test_ct_44_fixed_amounts_are_those_of_the_project_and_of_the_template(templates: Templates) -> None:
    for fixed, old, template, new in table("""
        fixed          old     template  new
        fixed_cost     0       200       200
        fixed_cost     100.50  200       300.50
        fixed_cost     100     0         100
        fixed_revenue  0       80        80
        fixed_revenue  40      80.05     120.05
        fixed_revenue  40      -10       30
    """):
        for project, amount in ((templates.project, old), (templates.template, template)):
            await edit_project(templates.unit, project, {"fixed_cost": None, "fixed_revenue": None})
            await edit_project(templates.unit, project, {fixed: Decimal(amount)})
        await templates.apply()
        assert getattr(await templates.row(), f"{fixed}_minor") == Decimal(new) * 100, (fixed, old, template)


async def test_4_7_budget_benefits_and_the_rest_of_the_project_stay(templates: Templates) -> None:
    own = {"budget": Decimal(1000), "planned_benefit": Decimal(7)}
    await edit_project(templates.unit, templates.project, own)
    await edit_project(templates.unit, templates.template, {name: value * 2 for name, value in own.items()})
    before = (await templates.row()).model_dump()
    await templates.apply()
    assert (await templates.row()).model_dump() == before


async def test_7_4_fixed_amounts_of_a_template_become_the_projects_currency_on_the_day_it_says_or_its_first_planned_one(
    templates: Templates,
) -> None:
    """USD per EUR: 2 until 2025, 1.5 in 2026, 4 from 2027 on."""
    unit = templates.unit
    await set_exchange_rates(
        unit,
        "USD",
        [(date(2025, 1, 1), Decimal(2)), (date(2026, 1, 1), Decimal("1.5")), (date(2027, 1, 1), Decimal(4))],
        source="test",
    )
    await edit_project(unit, templates.template, {"fixed_cost": Decimal("33.33"), "fixed_revenue": Decimal(-10)})
    for number, (says, own_plan, start, cost, revenue, part, rate) in enumerate(
        table("""
        says        own_plan    start       cost    revenue  part  rate
        2025-03-01  2027-02-01  -           66.66   -20      600   25
        -           -           -           50.00   -15      450   18.75   # the template's own plan: June 2026
        -           -           2027-01-04  133.32  -40      1200  50
        -           2025-12-31  2027-01-04  66.66   -20      600   25      # the project began before
        -           2027-02-01  -           50.00   -15      450   18.75
    """)
    ):
        project = await create_project(unit, code=f"USD{number}", name="Dollars", company_id=None, currency="USD")
        if says != "-":
            await set_exchange_rate_date(unit, project, date.fromisoformat(says))
        if own_plan != "-":
            await create_task(unit, project, TaskPlan("Own", planned_start=date.fromisoformat(own_plan)))
        first = None if start == "-" else date.fromisoformat(start)
        await apply_template(unit, project, templates.template, start_date=first)
        row = await templates.row(project)
        amounts = (row.fixed_cost_minor, row.fixed_revenue_minor)
        assert amounts == (int(Decimal(cost) * 100), int(Decimal(revenue) * 100)), number
        rows = await find_all(unit.session, TaskRow, unit.organisation_id, project_id=project)
        tasks = {task.name: task for task in rows}
        assert tasks["Part"].billing_amount_minor == int(part) * 100, number
        assert tasks["Make"].cost_rate_scaled == Decimal(rate) * 10_000, number


async def test_7_4_a_project_without_any_plan_has_fixed_amounts_of_the_day_it_was_made(templates: Templates) -> None:
    unit = templates.unit  # it is 2 November 2026
    rates = [(date(2025, 1, 1), Decimal(2)), (date(2026, 11, 2), Decimal(3)), (date(2026, 11, 3), Decimal(4))]
    await set_exchange_rates(unit, "USD", rates, source="test")
    template = await create_project(unit, code="T2", name="No plan", company_id=None, is_template=True)
    await edit_project(unit, template, {"fixed_cost": Decimal(10)})
    await create_issue(unit, templates.rates.world.dashboard, "Not planned either")
    await apply_template(unit, templates.rates.world.dashboard, template)
    assert (await templates.row(templates.rates.world.dashboard)).fixed_cost_minor == 3000


async def test_7_4_expenses_of_a_template_are_converted_on_their_planned_day_by_the_projects_own_rates(
    templates: Templates,
) -> None:
    """Both are planned on 20 June; one that says no day counts on that of its entry, 2 November."""
    unit, dollars = templates.unit, templates.rates.world.dashboard
    await add_expense(unit, ExpenseDraft(templates.template, "Travel", "Some day", planned_minor=101))
    for first, rate in ((date(2026, 1, 1), "1.25"), (date(2026, 6, 20), "1.1"), (date(2026, 6, 21), "1.5")):
        await set_exchange_rate(unit, "USD", Decimal(rate), valid_from=first, project_id=dollars)
    await apply_template(unit, dollars, templates.template)
    amounts = [one.planned_minor for one in await templates.expenses(dollars)]
    assert sorted(amounts) == [152, 5_500, 11_000]  # 1.01 x 1.5 is 1.515


async def test_7_4_a_template_in_another_currency_needs_the_rates_of_its_days_and_else_changes_nothing(
    templates: Templates,
) -> None:
    unit = templates.unit
    project = await create_project(unit, code="USDX", name="Dollars", company_id=None, currency="USD")
    await set_exchange_rate_date(unit, project, date(2020, 1, 1))
    assert await templates.refusal(apply_template(unit, project, templates.template)) == "EXCHANGE_RATE_MISSING"
    assert await find_all(unit.session, TaskRow, unit.organisation_id, project_id=project) == []
    bare = await create_project(unit, code="T2", name="No amounts", company_id=None, is_template=True)
    await create_task(unit, bare, TaskPlan("Only hours", planned_seconds=HOUR))
    await apply_template(unit, project, bare)  # nothing to convert
    await unit.session.flush()
    (audit,) = await find_all(unit.session, AuditRow, unit.organisation_id, action="apply_template")
    assert audit.after is not None
    assert (audit.after["converted_from"], audit.after["fixed_amounts_on"]) == ("EUR", "2020-01-01")


# --- tasks -------------------------------------------------------------------------------------------------------


async def test_4_7_tasks_come_with_types_people_and_plans_from_the_start_that_is_given(templates: Templates) -> None:
    applied = await templates.apply(start_date=date(2027, 1, 4))
    assert applied == TemplateApplied(templates.project, tasks=3, assignments=3, expenses=2)
    tasks = await templates.tasks()
    shown = {
        name: (task.cost_type.value, task.revenue_type.value, task.planned_start, task.planned_completion)
        for name, task in tasks.items()
    }
    assert shown == {  # Monday 15 June is Monday 4 January now
        "Study": ("USER_HOURLY", "USER_AND_ROLE_HOURLY", date(2027, 1, 4), date(2027, 1, 8)),
        "Make": ("FIXED_HOURLY", "USER_HOURLY", None, None),
        "Part": ("USER_HOURLY", "FIXED_REVENUE", date(2027, 1, 11), date(2027, 1, 13)),
    }
    assert tasks["Part"].parent_id == tasks["Make"].id
    assert (tasks["Make"].cost_rate_scaled, tasks["Part"].billing_amount_minor) == (125_000, 30_000)
    assert tasks["Study"].overtime_ratio == Decimal("1.5")
    assert [tasks[name].planned_seconds // HOUR for name in ("Study", "Part")] == [10, 8]
    bob, open_role = await templates.assigned("Study")
    assert (bob.person_id, bob.is_primary, bob.billing_role_id) == (
        templates.rates.world.person,
        True,
        templates.analyst,
    )
    assert (open_role.person_id, open_role.role_id, open_role.planned_seconds) == (None, templates.analyst, None)
    (on_part,) = await templates.assigned("Part")
    assert (on_part.planned_seconds, on_part.is_billable) == (8 * HOUR, False)
    days = await planning.contours(
        templates.unit.session, templates.unit.organisation_id, project_ids=[templates.project]
    )
    assert days == {bob.id: {date(2027, 1, 5): 5 * HOUR}}
    assert [one.planned_on for one in await templates.expenses()] == [date(2027, 1, 9)] * 2


async def test_hours_by_hand_beside_a_share_stay_as_they_are(templates: Templates) -> None:
    unit, world = templates.unit, templates.rates.world
    task = await create_task(unit, templates.template, TaskPlan("Mixed", planned_seconds=10 * HOUR))
    await assign(unit, task, person_id=None, role_id=templates.analyst)
    await assign(unit, task, person_id=world.person, role_id=world.role, planned_seconds=4 * HOUR)
    await create_task(unit, templates.template, TaskPlan("Below", parent_id=task))  # which freezes those hours
    await templates.apply()
    assert [one.planned_seconds for one in await templates.assigned("Mixed")] == [None, 4 * HOUR]
    assert (await templates.tasks())["Mixed"].planned_seconds == 10 * HOUR


async def test_4_7_the_plan_costs_and_earns_what_the_templates_does(templates: Templates) -> None:
    await templates.apply()
    found = await project_finances(templates.unit, [templates.project, templates.template])
    there, here = found[templates.template], found[templates.project]
    assert (here.planned_cost, here.planned_revenue) == (there.planned_cost, there.planned_revenue)
    assert here.planned_cost
    assert here.planned_revenue


async def test_4_7_each_of_finances_and_expenses_can_be_left_out(templates: Templates) -> None:
    await edit_project(templates.unit, templates.template, {"fixed_cost": Decimal(20)})
    applied = await templates.apply(with_finances=False, with_expenses=False)
    assert (applied.tasks, applied.expenses) == (3, 0)
    for task in (await templates.tasks()).values():
        assert (task.cost_type, task.revenue_type) == (CostType.NO_COST, RevenueType.NOT_BILLABLE)
        assert (task.cost_rate_scaled, task.billing_amount_minor, task.overtime_ratio) == (None, None, None)
    assert await templates.expenses() == []
    assert (await templates.row()).fixed_cost_minor == 2_000  # CT-44 holds either way


async def test_4_7_expenses_come_as_planned_ones_on_the_copied_task(templates: Templates) -> None:
    await templates.apply()
    tasks = await templates.tasks()
    shown = [(one.task_id, one.planned_minor, one.actual_minor, one.is_billable) for one in await templates.expenses()]
    assert shown == [(None, 10_000, 0, True), (tasks["Part"].id, 5_000, 0, True)]


async def test_4_7_applied_twice_all_of_it_is_there_twice(templates: Templates) -> None:
    await edit_project(templates.unit, templates.template, {"fixed_revenue": Decimal(80)})
    await templates.rate(templates.template, templates.analyst, "90")
    assert (await templates.apply()).rates == 1
    assert (await templates.apply()).rates == 0
    assert (await templates.row()).fixed_revenue_minor == 16_000
    tasks = await templates.tasks()
    assert sorted(tasks) == ["Make", "Make (2)", "Part", "Part (2)", "Study", "Study (2)"]
    assert tasks["Part (2)"].parent_id == tasks["Make (2)"].id
    assert len(await templates.expenses()) == 4


def test_a_name_that_is_taken_gets_the_first_free_number() -> None:
    assert unused_name("Build", set()) == "Build"
    assert unused_name("Build", {"Build", "Build (2)"}) == "Build (3)"
    assert unused_name("x" * 255, {"x" * 255}) == "x" * 251 + " (2)"


# --- rates -------------------------------------------------------------------------------------------------------


async def test_4_7_rates_are_added_and_one_that_the_project_has_wins(templates: Templates) -> None:
    developer, analyst = templates.rates.world.role, templates.analyst
    await templates.rate(templates.template, developer, "100", "..2026-06-30")
    await templates.rate(templates.template, developer, "110", "2026-07-01..")
    await templates.rate(templates.template, analyst, "80")
    await templates.rate(templates.template, analyst, "40", kind="COST")
    await templates.rate(templates.project, analyst, "95", "2026-01-01..2026-12-31")
    assert (await templates.apply(with_rates=False)).rates == 0
    assert (await templates.apply()).rates == 3
    assert await templates.rates_of(templates.project) == sorted(
        [
            f"BILLING {developer} 100 {span('..2026-06-30')}",
            f"BILLING {developer} 110 {span('2026-07-01..')}",
            f"BILLING {analyst} 95 {span('2026-01-01..2026-12-31')}",
            f"COST {analyst} 40 {span('..')}",
        ]
    )


async def test_4_7_rates_of_tasks_and_assignments_come_with_them(templates: Templates) -> None:
    scope = RateScope(RateKind.BILLING, Level.TASK_ANYONE, task_id=templates.parts["Study"])
    await set_rate(templates.unit, scope, price("77"), span(".."))
    assert (await templates.apply()).rates == 1
    there = (await templates.tasks())["Study"].id
    (copy,) = await find_all(templates.unit.session, RateScopeRow, templates.unit.organisation_id, task_id=there)
    assert await templates.rates.in_force(copy.id) == [f"77 {span('..')}"]


async def test_4_7_a_rate_card_is_attached_where_the_project_has_none_of_its_kind(templates: Templates) -> None:
    async def cards() -> list[int | None]:
        rows = await find_all(templates.unit.session, RateAttachmentRow, templates.unit.organisation_id,
                              project_id=templates.project, company_id=None, retired_at=None)  # fmt: skip
        return [row.rate_card_id for row in rows]

    soda, own = await templates.rates.card("Soda"), await templates.rates.card("Own")
    costs = await templates.rates.card("Costs", kind=RateKind.COST)
    await attach_rate_card(templates.unit, soda, templates.template)
    await attach_rate_card(templates.unit, costs, templates.template)
    await attach_rate_card(templates.unit, own, templates.project)
    assert (await templates.apply(with_rates=False)).rate_cards == 0
    assert (await templates.apply()).rate_cards == 1
    assert await cards() == [own, costs]


# --- rules -------------------------------------------------------------------------------------------------------


async def test_4_7_a_template_takes_no_work(templates: Templates) -> None:
    unit, world = templates.unit, templates.rates.world
    sold = await create_project(unit, code="S", name="Sold", company_id=world.museum, is_template=True)
    hours = TimeDraft(world.person, sold, date(2026, 6, 15), HOUR)
    spent = ExpenseDraft(sold, "Travel", "Train", actual_minor=100)
    planned = (await templates.expenses(templates.template))[0].id
    for attempt in (
        log_time(unit, [hours]),
        log_time(unit, [replace(hours, project_id=templates.template, task_id=templates.parts["Study"])]),
        create_billing_record(unit, BillingRequest([sold], additional_minor=100)),
        add_expense(unit, spent),
        edit_expense(unit, planned, ExpenseChanges(actual_minor=100)),
    ):
        assert await templates.refusal(attempt) == "TEMPLATE_HAS_NO_WORK"


async def test_what_cannot_be_applied_is_refused(templates: Templates) -> None:
    unit, portal = templates.unit, templates.rates.world.portal
    last = date.max
    for attempt, code in (
        (apply_template(unit, templates.project, portal), "NOT_A_TEMPLATE"),
        (apply_template(unit, templates.template, templates.template), "TEMPLATE_OF_ITSELF"),
        (apply_template(unit, templates.project, 10**9), "PROJECT_UNKNOWN"),
        (apply_template(unit, 10**9, templates.template), "PROJECT_UNKNOWN"),
        (templates.apply(start_date=last), "START_DATE_INVALID"),
    ):
        assert await templates.refusal(attempt) == code
    assert await templates.tasks() == {}


async def test_9_2_each_right_that_is_needed_is_asked_for(templates: Templates) -> None:
    unit = templates.unit
    await templates.rate(templates.template, templates.analyst, "80")
    await templates.rate(templates.template, templates.analyst, "40", kind="COST")
    everything = unit.principal
    for right, with_rates, code in table("""
        without               with_rates  code
        EDIT_PROJECTS         no          PERMISSION_DENIED
        EDIT_GENERAL_FINANCE  no          PERMISSION_DENIED
        EDIT_BILLING_RATES    yes         PERMISSION_DENIED
        EDIT_COST_RATES       yes         PERMISSION_DENIED
    """):
        unit.principal = without(everything, Permission(right))
        assert await templates.refusal(templates.apply(with_rates=with_rates == "yes")) == code, right
    unit.principal = without(everything, Permission.EDIT_COST_RATES)
    assert (await templates.apply(with_rates=False)).rates == 0


async def test_applying_is_audited_and_told(templates: Templates) -> None:
    unit = templates.unit
    await templates.apply()
    (audit,) = await find_all(unit.session, AuditRow, unit.organisation_id, action="apply_template")
    assert audit.after is not None
    assert (audit.entity_id, audit.after["template"], audit.after["tasks"]) == (
        templates.project,
        templates.template,
        3,
    )
    (told,) = await find_all(unit.session, EventRow, unit.organisation_id, topic="TEMPLATE_APPLIED")
    assert (told.project_id, told.payload["template"]) == (templates.project, "T")


async def test_a_portfolio_is_without_templates(templates: Templates) -> None:
    unit = templates.unit
    found = await project_ids_where(
        unit.session, unit.organisation_id, like=None, company_id=None, statuses=None, limit=100
    )
    assert templates.project in found
    assert templates.template not in found
