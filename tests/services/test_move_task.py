"""Moving tasks: what goes along, what it is worth there, and what stays where it is (project-finances §4.1, §4.7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.rates import Level
from hourledger.core.work import ProjectStatus, RevenueType, TaskStatus
from hourledger.services.baselines import take_baseline
from hourledger.services.create_project import TaskPlan, assign, create_project, create_task
from hourledger.services.edit_project import edit_project
from hourledger.services.move_task import Move, move_task
from hourledger.services.preferences import set_preferences
from hourledger.services.preserve_rates import preserve_billing_rates
from hourledger.services.project_finances import project_finances
from hourledger.services.set_contour import set_contour
from hourledger.services.set_up import create_organisation
from hourledger.services.task_status import set_task_status
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.as_of import historic_sums
from models.queries.finances import planned_work
from models.queries.planning import contours
from tests.core.tables import table
from tests.services.structure_house import JUNE, House, house, refused
from tests.support.recalculating import recalculate_project

__all__ = ["house"]

HIERARCHY = RevenueType.USER_AND_ROLE_HOURLY

HOURS_MOVED = """
    to         cost    revenue  sale
    EUR        10000   20000    20000    # same rates
    OVERRIDE   10000   24600    24600    # the other project's override: 123 an hour
    USD        20000   40000    40000    # its currency, 2 to the euro on the day
    INTERNAL   10000   20000    -        # without a customer nothing can be billed
"""


@pytest.mark.parametrize("keeps_expenses", [True, False])
async def test_4_1_row_9_hours_are_rated_by_the_project_they_come_to_and_actuals_are_written_there(
    house: House, keeps_expenses: bool
) -> None:
    for name, cost, revenue, sale in table(HOURS_MOVED):
        task = await house.task(f"Wander {name}", HIERARCHY)
        entry = await house.log(task, 2)
        target = house.projects[name]
        before = await house.figures(target)
        await move_task(house.unit, task, Move(target, keeps_expenses=keeps_expenses))
        assert await house.worth(entry) == (int(cost), int(revenue))
        standing = await house.rows(
            "SELECT transaction_type, project_id, amount_minor FROM actual WHERE time_entry_id = :entry "
            "AND adjustment_status = 'STANDS' ORDER BY 1",
            entry=entry,
        )
        sales = [] if sale == "-" else [("UNBILLED_SALES", target, int(sale))]
        assert standing == [("COST", target, int(cost)), *sales]
        # Of those on the project it has left, each is followed by its opposite (I1).
        assert await house.rows(
            "SELECT transaction_type, sum(amount_minor), sum(quantity) FROM actual WHERE time_entry_id = :entry "
            "AND project_id = :source GROUP BY 1 ORDER BY 1",
            entry=entry,
            source=house.world.portal,
        ) == [("COST", 0, 0), ("UNBILLED_SALES", 0, 0)]
        after = await house.figures(target)
        assert after["actual_seconds"] - before["actual_seconds"] == 7200
        assert after["labor_cost"] - before["labor_cost"] == int(cost)
        assert after["unbilled"] - before["unbilled"] == (0 if sale == "-" else int(sale))
        await house.require_sound()
    assert set((await house.figures(house.world.portal)).values()) == {0}


async def test_4_7_everything_below_goes_along_and_issues_do_too(house: House) -> None:
    unit, target = house.unit, house.projects["EUR"]
    top = await house.task("Phase")
    below = await house.task("Part", parent_id=top)
    deep = await house.task("Detail", parent_id=below)
    entries = [await house.log(task, 1) for task in (top, below, deep)]
    taken = await house.task("Part", project="EUR")  # there is one of this name there
    await move_task(unit, top, Move(target))
    issue = await house.issue("Login fails")
    on_issue = await house.log(issue, 1)
    await move_task(unit, issue, Move(target))
    assert await house.rows("SELECT id, parent_id, name FROM task WHERE project_id = :to ORDER BY id", to=target) == [
        (top, None, "Phase"),
        (below, top, "Part (2)"),
        (deep, below, "Detail"),
        (taken, None, "Part"),
        (issue, None, "Login fails"),
    ]
    for entry in (*entries, on_issue):
        assert await house.rows("SELECT project_id FROM time_entry WHERE id = :entry", entry=entry) == [(target,)]
    await house.require_sound()


async def test_c_02_within_a_project_nothing_is_rated_anew(house: House) -> None:
    """Not even what a recalculation would rate otherwise by now; roll-ups of the parents follow (§2.6)."""
    unit = house.unit
    parent, task = await house.task("Parent"), await house.task("Child")
    entry = await house.log(task, 1)
    valuations = await house.rows("SELECT count(*) FROM valuation")
    actuals = await house.rows("SELECT count(*) FROM actual")
    await house.bill_bob_at("150")
    await move_task(unit, task, Move(under_task_id=parent))
    assert await house.rows("SELECT parent_id FROM task WHERE id = :task", task=task) == [(parent,)]
    assert await house.worth(entry) == (5000, 10000)
    assert (await house.rows("SELECT count(*) FROM valuation"), await house.rows("SELECT count(*) FROM actual")) == (
        valuations,
        actuals,
    )
    assert (await house.measures(parent)).actual_seconds == 3600
    await move_task(unit, task, Move())
    assert await house.rows("SELECT parent_id FROM task WHERE id = :task", task=task) == [(None,)]
    assert (await house.measures(parent)).actual_seconds == 0


async def test_4_7_without_financial_information_a_task_costs_and_earns_nothing(house: House) -> None:
    unit = house.unit
    there, here = await house.task("There"), await house.task("Here", RevenueType.USER_HOURLY_CAP, "900")
    entries = [await house.log(task, 1) for task in (there, here)]
    await move_task(unit, there, Move(house.projects["EUR"], keeps_finances=False))
    await move_task(unit, here, Move(keeps_finances=False))
    query = "SELECT cost_type, revenue_type, billing_amount_minor FROM task WHERE id = ANY(:ids)"
    assert set(await house.rows(query, ids=[there, here])) == {("NO_COST", "NOT_BILLABLE", None)}
    # Within the project types have changed, and logged work follows when it is recalculated (§4.1 row 2, C-02).
    assert [await house.worth(one) for one in entries] == [(0, 0), (5000, 10000)]
    [(kind,)] = await house.rows(
        "SELECT billing_type FROM actual WHERE time_entry_id = :entry AND adjustment_status = 'STANDS' "
        "AND transaction_type = 'UNBILLED_SALES'",
        entry=entries[0],
    )
    assert kind == "NON_CHARGEABLE"
    await recalculate_project(unit, house.world.portal)
    assert await house.worth(entries[1]) == (0, 0)
    await house.require_sound()


@pytest.mark.parametrize("to", ["EUR", None])
@pytest.mark.parametrize("keeps_expenses", [True, False])
async def test_4_7_expenses_come_along_or_stay_on_the_project_itself(
    house: House, to: str | None, keeps_expenses: bool
) -> None:
    """The reference product loses them when they are not ticked; here nothing is lost."""
    task = await house.task("Trip")
    expense = await house.expense(task, 5000)
    target = house.world.portal if to is None else house.projects[to]
    await move_task(house.unit, task, Move(target, keeps_expenses=keeps_expenses))
    place = (target, task) if keeps_expenses else (house.world.portal, None)
    assert await house.rows("SELECT project_id, task_id FROM expense WHERE id = :id", id=expense) == [place]
    standing = await house.rows(
        "SELECT DISTINCT project_id, task_id, amount_minor FROM actual WHERE expense_id = :id "
        "AND adjustment_status = 'STANDS'",
        id=expense,
    )
    assert standing == [(*place, 5000)]
    for project_id in {house.world.portal, target}:
        spent = 5000 if project_id == place[0] else 0
        figures = await house.figures(project_id)
        assert (figures["actual_expense"], figures["unbilled"]) == (spent, spent)
    await house.require_sound()


# --- refusals ----------------------------------------------------------------------------------------------------

ON_RECORDS = """
    on_record   status     move      code
    hours       DRAFT      away      ON_BILLING_RECORD
    hours       CONFIRMED  away      BILLED
    hours       POSTED     away      BILLED
    expense     DRAFT      away      ON_BILLING_RECORD
    expense     POSTED     away      BILLED
    fixed       DRAFT      away      FIXED_AMOUNT_ON_RECORD
    fixed       CONFIRMED  away      FIXED_AMOUNT_BILLED
    fixed       DRAFT      stripped  FIXED_AMOUNT_ON_RECORD
    fixed       POSTED     stripped  FIXED_AMOUNT_BILLED
    expense     DRAFT      left      ON_BILLING_RECORD
    expense     POSTED     left      BILLED
    hours       POSTED     under     -                         # within the project, as it was billed
    hours       DRAFT      stripped  -                         # the draft follows when it is recalculated
    expense     POSTED     under     -
    fixed       POSTED     under     -
"""


@pytest.mark.parametrize(("on_record", "status", "move", "code"), [*table(ON_RECORDS)])
async def test_c_26_ct_r6_what_is_on_a_billing_record_stays(
    house: House, on_record: str, status: str, move: str, code: str
) -> None:
    """§4.4, §4.5: also when it is on a task below the one that moves."""
    unit = house.unit
    other, root = await house.task("Other"), await house.task("Root")
    task = await house.task("Part", RevenueType.USER_HOURLY_PLUS_FIXED, "70", parent_id=root)
    if on_record == "hours":
        await house.log(task, 1)
    if on_record == "expense":
        await house.expense(task, 5000)
    await house.bill(status, fixed=[task] if on_record == "fixed" else [])
    before = await house.everything()
    moving = move_task(
        unit,
        root,
        {
            "away": Move(house.projects["EUR"]),
            "under": Move(under_task_id=other),
            "stripped": Move(keeps_finances=False),
            "left": Move(keeps_expenses=False),
        }[move],
    )
    if code == "-":
        await moving
    else:
        assert await refused(moving) == code
        assert await house.everything() == before
    await house.require_sound()


async def test_what_makes_no_sense_is_refused_and_changes_nothing(house: House) -> None:
    unit, world = house.unit, house.world
    top = await house.task("Top")
    below = await house.task("Below", parent_id=top)
    await house.log(below, 1)
    issue = await house.issue("Bug")
    elsewhere = await house.task("Elsewhere", project="EUR")
    priced = await house.task("Priced", RevenueType.FIXED_HOURLY)
    trip = await house.task("Trip")
    await house.expense(trip, 100)
    template = await create_project(unit, code="T", name="T", company_id=None, is_template=True)
    planned = await create_task(unit, template, TaskPlan("Planned"))
    for name, status in (("DONE", ProjectStatus.COMPLETE), ("DEAD", ProjectStatus.DEAD)):
        house.projects[name] = await create_project(unit, code=name, name=name, company_id=world.museum)
        await edit_project(unit, house.projects[name], {"status": status})
    before = await house.everything()
    for task, move, code in (
        (10**9, Move(), "TASK_UNKNOWN"),
        (top, Move(10**9), "PROJECT_UNKNOWN"),
        (top, Move(under_task_id=10**9), "TASK_UNKNOWN"),
        (top, Move(under_task_id=top), "TASK_CYCLE"),
        (top, Move(under_task_id=below), "TASK_CYCLE"),
        (top, Move(under_task_id=issue), "TASK_UNKNOWN"),  # an issue has nothing below it
        (top, Move(world.portal, under_task_id=elsewhere), "TASK_UNKNOWN"),  # not on that project
        (issue, Move(under_task_id=top), "ISSUE_UNDER_TASK"),
        (top, Move(template), "MOVE_WITH_TEMPLATE"),
        (planned, Move(world.portal), "MOVE_WITH_TEMPLATE"),
        (top, Move(house.projects["DONE"]), "PROJECT_CLOSED"),
        (top, Move(house.projects["DEAD"]), "PROJECT_CLOSED"),
        (priced, Move(house.projects["USD"]), "MOVE_CURRENCY"),
        (trip, Move(house.projects["USD"]), "MOVE_CURRENCY"),
    ):
        assert await refused(move_task(unit, task, move)) == code, (task, move)
    assert await house.everything() == before
    # The ways out that the messages name.
    await move_task(unit, priced, Move(house.projects["USD"], keeps_finances=False))
    await move_task(unit, trip, Move(house.projects["USD"], keeps_expenses=False))
    await move_task(unit, top, Move(under_task_id=elsewhere))  # the project is that of the task above
    assert await house.rows("SELECT project_id, parent_id FROM task WHERE id = :id", id=top) == [
        (house.projects["EUR"], elsewhere)
    ]
    await house.require_sound()


async def test_1_1_preferences_decide_whether_hours_move_and_closed_projects_take_tasks(house: House) -> None:
    unit = house.unit
    task, issue, empty = await house.task("Task"), await house.issue("Bug"), await house.task("Empty")
    for one in (task, issue):
        await house.log(one, 1)
    await set_preferences(unit, {"allow_move_with_logged_hours": False})
    for one in (task, issue):
        assert await refused(move_task(unit, one, Move(house.projects["EUR"]))) == "HAS_LOGGED_HOURS"
    await move_task(unit, empty, Move(house.projects["EUR"]))
    await move_task(unit, task, Move(under_task_id=await house.task("Above")))  # always, within the project
    await set_preferences(unit, {"allow_move_with_logged_hours": True, "log_on_complete_projects": True})
    done = house.projects["OVERRIDE"]
    await edit_project(unit, done, {"status": ProjectStatus.COMPLETE})
    assert await refused(move_task(unit, task, Move(done))) == "TASKS_OPEN"
    await set_task_status(unit, task, TaskStatus.COMPLETE)
    await move_task(unit, task, Move(done))
    await edit_project(unit, house.projects["EUR"], {"status": ProjectStatus.DEAD})
    assert await refused(move_task(unit, empty, Move(house.world.portal))) == "PROJECT_CLOSED"  # not away, either
    await house.require_sound()


async def test_9_4_moving_needs_its_permissions(transactions: Transactions, admin: Principal, house: House) -> None:
    task = await house.task("Task")
    await house.unit.session.commit()
    for move, needed in (
        (Move(), {Permission.EDIT_PROJECTS}),
        (Move(keeps_expenses=False), {Permission.EDIT_GENERAL_FINANCE}),
        (Move(keeps_finances=False), {Permission.EDIT_COST_RATES, Permission.EDIT_BILLING_RATES}),
    ):
        for permission in needed:
            caller = Principal(admin.organisation_id, "somebody", EVERYTHING - {permission})
            async with transactions.begin(caller, dry_run=True) as unit:
                assert await refused(move_task(unit, task, move)) == "PERMISSION_DENIED"


async def test_another_organisations_tasks_and_projects_are_unknown(
    transactions: Transactions, database: Database, house: House
) -> None:
    task = await house.task("Task")
    await house.unit.session.commit()
    async with database.session() as session:
        other = await create_organisation(session, "Other", base_currency="EUR", time_zone="UTC")
        await session.commit()
    async with transactions.begin(Principal(other.id, "them", EVERYTHING)) as unit:
        theirs = await create_project(unit, code="X", name="X", company_id=None)
        own = await create_task(unit, theirs, TaskPlan("Own"))
        assert await refused(move_task(unit, task, Move(theirs))) == "TASK_UNKNOWN"
        assert await refused(move_task(unit, own, Move(house.world.portal))) == "PROJECT_UNKNOWN"
        assert await refused(move_task(unit, own, Move(under_task_id=task))) == "TASK_UNKNOWN"


# --- what comes along --------------------------------------------------------------------------------------------


async def test_2_3_a_cap_goes_along_and_still_holds_for_all_its_hours(house: House) -> None:
    task = await house.task("Capped", RevenueType.USER_AND_ROLE_HOURLY_CAP, "250")
    entries = [await house.log(task, 1, on=date(2026, 6, day)) for day in (1, 2, 3)]
    assert [(await house.worth(one))[1] for one in entries] == [10000, 10000, 5000]
    await move_task(house.unit, task, Move(house.projects["OVERRIDE"]))
    assert [(await house.worth(one))[1] for one in entries] == [12300, 12300, 400]
    await house.log(task, 1, project="OVERRIDE")
    assert (await house.figures(house.projects["OVERRIDE"]))["hourly_revenue"] == 25000
    await house.require_sound()


async def test_1_4_assignments_rates_and_contours_go_along_and_the_old_parent_plans_by_itself_again(
    house: House,
) -> None:
    unit, world = house.unit, house.world
    parent = await house.task("Parent", planned_seconds=7200)
    task = await house.task(
        "Child", parent_id=parent, planned_seconds=7200, planned_start=JUNE, planned_completion=JUNE
    )
    assignment = await assign(unit, task, person_id=world.person, role_id=None, planned_seconds=7200)
    await set_contour(unit, assignment, {JUNE: 7200})
    await house.rate(Level.ASSIGNMENT, "111", assignment_id=assignment)
    entry = await house.log(task, 1)
    assert await house.worth(entry) == (5000, 10000)  # USER_HOURLY asks for no assignment's rate
    target = house.projects["EUR"]
    await move_task(unit, task, Move(target))
    assert (await contours(unit.session, unit.organisation_id, project_ids=[target])) == {assignment: {JUNE: 7200}}
    rows = await planned_work(unit.session, unit.organisation_id, [world.portal, target])
    plans = {row.task_id: (row.project_id, row.task_seconds) for row in rows}
    assert plans[task] == (target, 7200)
    assert plans[parent] == (world.portal, 7200)
    finances = await project_finances(unit, [world.portal, target])
    assert {one: finances[one].planned_seconds for one in (world.portal, target)} == {world.portal: 7200, target: 7200}


async def test_3_8_preserved_rates_are_those_of_the_project_a_task_is_on(house: House) -> None:
    """On the project that preserves it is frozen; where it goes others count; where it comes back it finds its own."""
    unit, portal, eur = house.unit, house.world.portal, house.projects["EUR"]
    await preserve_billing_rates(unit, portal, is_on=True)
    task = await house.task("Frozen", HIERARCHY)
    entry = await house.log(task, 1)
    await house.bill_bob_at("150")
    await recalculate_project(unit, portal)
    assert await house.worth(entry) == (5000, 10000)
    await move_task(unit, task, Move(eur))
    assert await house.worth(entry) == (5000, 15000)
    await preserve_billing_rates(unit, house.projects["OVERRIDE"], is_on=True)
    await move_task(unit, task, Move(house.projects["OVERRIDE"]))
    await house.bill_bob_at("170", level=Level.PROJECT_PERSON, project=eur)
    assert await house.worth(entry) == (5000, 12300)
    assert await house.rows(
        "SELECT project_id FROM rate_scope WHERE level = 'PRESERVED_PERSON' AND task_id = :task ORDER BY 1", task=task
    ) == sorted([(portal,), (house.projects["OVERRIDE"],)])
    await move_task(unit, task, Move(portal))
    assert await house.worth(entry) == (5000, 10000)
    await move_task(unit, task, Move(eur))
    assert await house.worth(entry) == (5000, 17000)
    await house.require_sound()


async def test_unapproved_hours_move_without_actuals(house: House) -> None:
    unit = house.unit
    approval = await create_project(
        unit, code="APP", name="App", company_id=house.world.museum, require_time_approval=True
    )
    house.projects["APP"] = approval
    task = await house.task("Waiting", project="APP")
    entry = await house.log(task, 1, project="APP")
    await move_task(unit, task, Move(house.projects["USD"]))
    assert await house.worth(entry) == (10000, 20000)
    assert await house.rows("SELECT status, count(a.id) FROM time_entry e LEFT JOIN actual a ON a.time_entry_id = e.id "
                            "WHERE e.id = :entry GROUP BY 1", entry=entry) == [("DRAFT", 0)]  # fmt: skip
    await house.require_sound()


async def test_8_12_baselines_stay_as_they_were_taken(house: House) -> None:
    unit = house.unit
    task = await house.task("Task")
    await house.log(task, 1)
    await take_baseline(unit, house.world.portal, "Before")
    before = await house.rows(
        "SELECT to_jsonb(b)::text FROM baseline_task b UNION SELECT to_jsonb(b)::text FROM baseline b"
    )
    await move_task(unit, task, Move(house.projects["USD"]))
    assert before == await house.rows(
        "SELECT to_jsonb(b)::text FROM baseline_task b UNION SELECT to_jsonb(b)::text FROM baseline b"
    )


async def test_a_missing_exchange_rate_moves_nothing(house: House) -> None:
    task = await house.task("Task")
    await house.log(task, 1, on=date(2024, 6, 3))  # before there were any rates of the dollar
    await house.unit.session.commit()
    before = await house.everything()
    assert await refused(move_task(house.unit, task, Move(house.projects["USD"]))) == "EXCHANGE_RATE_MISSING"
    await house.unit.session.rollback()
    assert await house.everything() == before


async def test_a_move_is_audited_on_the_task_and_with_fixed_amounts_on_both_projects_and_told(house: House) -> None:
    task = await house.task("Task", RevenueType.FIXED_REVENUE, "70")
    await move_task(house.unit, task, Move(house.projects["EUR"]))
    portal, eur = house.world.portal, house.projects["EUR"]
    await house.unit.session.flush()
    assert await house.rows(
        "SELECT action, entity, entity_id FROM audit WHERE action LIKE 'move%' ORDER BY entity, entity_id"
    ) == [("move_task", "project", portal), ("move_task", "project", eur), ("move", "task", task)]
    told = await house.rows("SELECT project_id FROM event WHERE topic = 'TASK_MOVED' ORDER BY 1")
    assert told == [(portal,), (eur,)]
    await move_task(house.unit, task, Move(eur))  # it is there already
    assert await house.rows("SELECT count(*) FROM event WHERE topic = 'TASK_MOVED'") == [(2,)]
    instant, unit = house.unit.now, house.unit
    unit.now += timedelta(hours=1)
    await move_task(unit, task, Move(portal))
    await house.unit.session.flush()
    found = await historic_sums(unit.session, unit.organisation_id, [portal, eur], as_of=None, known_at=instant)
    assert [found[one].fixed_has_changed for one in (portal, eur)] == [True, True]


async def test_history_counts_work_on_the_project_it_was_on(house: House) -> None:
    """As known at an instant before a move, between two and after; in the currency of each (design: as-of queries)."""
    unit, portal, usd, eur = house.unit, house.world.portal, house.projects["USD"], house.projects["EUR"]
    task, trip = await house.task("Task"), await house.task("Trip")
    await house.log(task, 2)
    await house.expense(trip, 700)
    instants = [unit.now]
    for target in (usd, eur):
        unit.now += timedelta(hours=1)
        await move_task(unit, task, Move(target))
        if target == eur:
            await move_task(unit, trip, Move(target))
        instants.append(unit.now)
    await unit.session.flush()
    names = ("labor_cost", "hourly_revenue", "actual_expense", "unbilled")
    nothing = (0, 0, 0, 0)
    expected = [
        {portal: (10000, 20000, 700, 20700), usd: nothing, eur: nothing},
        {portal: (0, 0, 700, 700), usd: (20000, 40000, 0, 40000), eur: nothing},
        {portal: nothing, usd: nothing, eur: (10000, 20000, 700, 20700)},
    ]
    for instant, by_project in zip(instants, expected, strict=True):
        for together in ([portal, usd, eur], [portal], [usd], [eur]):
            found = await historic_sums(unit.session, unit.organisation_id, together, as_of=None, known_at=instant)
            assert {one: tuple(getattr(sums, name) for name in names) for one, sums in found.items()} == {
                one: by_project[one] for one in together
            }
