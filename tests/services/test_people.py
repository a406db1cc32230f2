"""People, their role sets, the roles they are billed as, and taking roles out of use (project-finances §1.6, §3.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import HourledgerError
from hourledger.core.periods import Period
from hourledger.core.role_sets import RoleShare
from hourledger.core.work import CostType, RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.edit_person import edit_person
from hourledger.services.log_time import TimeDraft, log_time
from hourledger.services.roles import delete_role, edit_role
from hourledger.services.set_assignment_billing import set_assignment_billable, set_assignment_billing_role
from hourledger.services.set_billing_role import remove_billing_role, set_billing_role
from hourledger.services.set_overtime_ratio import set_overtime_ratio
from hourledger.services.set_person_roles import set_person_roles
from hourledger.services.set_up import create_role
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from tests.core.tables import table
from tests.support.world import World, create_world, log

JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Team:
    unit: UnitOfWork
    world: World
    designer: int
    senior: int

    async def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        await self.unit.session.flush()
        return [tuple(row) for row in await self.unit.session.execute(text(query), values)]

    async def code(self, doing: object) -> str:
        with pytest.raises(HourledgerError) as caught:
            await doing  # type: ignore[misc]
        return caught.value.code

    async def assignment(self) -> int:
        [(found,)] = await self.rows("SELECT id FROM assignment WHERE task_id = :task", task=self.world.build)
        return int(str(found))


@pytest.fixture
async def team(transactions: Transactions, admin: Principal) -> AsyncIterator[Team]:
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        yield Team(unit, world, await create_role(unit, "Designer"), await create_role(unit, "Senior"))


def alone(role: int) -> list[RoleShare]:
    return [RoleShare(role, WHOLE, is_primary=True)]


async def test_1_6_a_set_in_the_middle_replaces_only_its_days(team: Team) -> None:
    unit, world = team.unit, team.world
    await set_person_roles(unit, world.person, alone(team.senior), valid_from=SEPTEMBER)
    both = [
        RoleShare(team.designer, Decimal(60), is_primary=True),
        RoleShare(world.role, Decimal(40), is_primary=False),
    ]
    period = await set_person_roles(unit, world.person, both, valid_from=JULY)

    assert period == Period(JULY, SEPTEMBER)
    held = await team.rows(
        "SELECT r.name, p.share_percent, p.is_primary, p.valid_from, p.valid_until FROM person_role p "
        "JOIN role r ON r.id = p.role_id ORDER BY p.valid_from NULLS FIRST, p.is_primary DESC"
    )
    assert held == [
        ("Developer", 100, True, None, JULY),
        ("Designer", 60, True, JULY, SEPTEMBER),
        ("Developer", 40, False, JULY, SEPTEMBER),
        ("Senior", 100, True, SEPTEMBER, None),
    ]
    [(before, after)] = await team.rows(
        "SELECT before->'sets'->0->>'period', after->>'period' FROM audit "
        "WHERE action = 'set_roles' ORDER BY id DESC LIMIT 1"
    )
    assert (before, after) == ("always to 2026-08-31", "2026-07-01 to 2026-08-31")


async def test_1_6_a_set_that_cannot_be_is_refused_and_changes_nothing(team: Team) -> None:
    unit, person = team.unit, team.world.person
    await edit_role(unit, team.senior, is_active=False)
    for roles, code in (
        ([RoleShare(team.designer, Decimal(60), is_primary=True)], "SHARES_NOT_100"),
        (alone(999), "ROLE_UNKNOWN"),
        (alone(team.senior), "ROLE_INACTIVE"),
    ):
        assert await team.code(set_person_roles(unit, person, roles, valid_from=JULY)) == code
    assert await team.code(set_person_roles(unit, 999, alone(team.designer), valid_from=None)) == "PERSON_UNKNOWN"
    assert await team.rows("SELECT role_id, valid_from, valid_until FROM person_role") == [
        (team.world.role, None, None)
    ]


async def test_1_6_a_person_is_changed_and_nobody_logs_for_who_left(team: Team) -> None:
    unit, person = team.unit, team.world.person
    await edit_person(unit, person, name="Bob B.", email="B@Brightwater.example", cost_rate_override_allowed=True)
    [row] = await team.rows("SELECT name, email, cost_rate_override_allowed FROM person WHERE id = :id", id=person)
    assert row == ("Bob B.", "b@brightwater.example", True)
    assert await team.code(edit_person(unit, person, email="nobody")) == "EMAIL_INVALID"
    await edit_person(unit, person, is_active=False)
    assert await team.code(log(unit, team.world, "1", JUNE)) == "PERSON_INACTIVE"


async def test_9_4_the_flag_of_cost_overrides_needs_the_right_to_edit_cost_rates(
    team: Team, transactions: Transactions, admin: Principal
) -> None:
    keeper = Principal(admin.organisation_id, "keeper", frozenset({Permission.ADMINISTER}))
    team.unit.principal = keeper
    await edit_person(team.unit, team.world.person, name="Bob")
    doing = edit_person(team.unit, team.world.person, cost_rate_override_allowed=True)
    assert await team.code(doing) == "PERMISSION_DENIED"


async def test_1_7_a_role_that_is_used_goes_out_of_use_and_is_replaced_on_open_tasks(team: Team) -> None:
    unit, world = team.unit, team.world
    assert await delete_role(unit, team.senior) is True
    assert await team.code(delete_role(unit, world.role)) == "REPLACEMENT_NEEDED"
    assert await team.code(delete_role(unit, world.role, replacement_id=world.role)) == "REPLACEMENT_INVALID"
    done = await create_task(unit, world.portal, TaskPlan("Done"))
    await assign(unit, done, person_id=world.person, role_id=world.role)
    await unit.session.execute(text("UPDATE task SET status = 'COMPLETE' WHERE id = :id"), {"id": done})

    assert await delete_role(unit, world.role, replacement_id=team.designer) is False
    on_tasks = await team.rows("SELECT task_id, role_id FROM assignment ORDER BY task_id")
    assert on_tasks == [(world.build, team.designer), (done, world.role)]
    assert await team.rows("SELECT is_active FROM role WHERE id = :id", id=world.role) == [(False,)]
    # It still rates: Bob's role set keeps it (§3.11).
    assert await team.rows("SELECT role_id FROM person_role") == [(world.role,)]


async def test_1_7_a_replacement_that_stands_there_already_is_refused(team: Team) -> None:
    unit, world = team.unit, team.world
    await assign(unit, world.build, person_id=world.person, role_id=team.designer)
    doing = delete_role(unit, world.role, replacement_id=team.designer)
    assert await team.code(doing) == "REPLACEMENT_ASSIGNED"


async def test_ct_14_the_job_role_for_billing_has_days_that_do_not_overlap(team: Team) -> None:
    unit, world = team.unit, team.world
    ids = (world.portal, world.person, team.senior)
    august = Period(AUGUST, SEPTEMBER)
    first = await set_billing_role(unit, *ids, august)
    with pytest.raises(HourledgerError) as caught:
        await set_billing_role(unit, world.portal, world.person, team.designer, Period(JULY, None))
    assert caught.value.code == "BILLING_ROLE_OVERLAP"
    assert "2026-08-01 to 2026-08-31" in caught.value.message

    middle = Period(date(2026, 8, 10), date(2026, 8, 20))
    await set_billing_role(unit, world.portal, world.person, team.designer, middle, replace_overlapping=True)
    query = "SELECT role_id, valid_from, valid_until FROM project_billing_role ORDER BY valid_from"
    assert await team.rows(query) == [
        (team.senior, AUGUST, middle.valid_from),
        (team.designer, middle.valid_from, middle.valid_until),
        (team.senior, middle.valid_until, SEPTEMBER),
    ]
    assert await team.code(remove_billing_role(unit, first)) == "BILLING_ROLE_UNKNOWN"  # it was cut in two
    [(left,), *_] = await team.rows("SELECT id FROM project_billing_role ORDER BY valid_from")
    assert await remove_billing_role(unit, int(str(left))) == world.portal


async def test_ct_14_an_assignment_has_a_job_role_for_billing_of_its_own(team: Team) -> None:
    unit, world = team.unit, team.world
    assignment = await team.assignment()
    await set_assignment_billing_role(unit, assignment, team.senior)
    query = "SELECT role_id, billing_role_id FROM assignment WHERE id = :id"
    assert await team.rows(query, id=assignment) == [(world.role, team.senior)]
    await set_assignment_billing_role(unit, assignment, None)
    assert await team.rows(query, id=assignment) == [(world.role, None)]
    open_role = await assign(unit, world.build, person_id=None, role_id=team.designer)
    assert await team.code(set_assignment_billing_role(unit, open_role, team.senior)) == "BILLING_ROLE_NEEDS_PERSON"


async def test_3_8_what_preserves_its_rates_takes_no_job_role_for_billing(team: Team) -> None:
    unit, world = team.unit, team.world
    kept = await set_billing_role(unit, world.portal, world.person, team.senior, Period())
    await unit.session.execute(text("UPDATE project SET preserve_billing_rates = true"))
    unit.session.expire_all()
    for doing in (
        set_billing_role(unit, world.portal, world.person, team.senior, Period(), replace_overlapping=True),
        remove_billing_role(unit, kept),
        set_assignment_billing_role(unit, await team.assignment(), team.senior),
    ):
        assert await team.code(doing) == "RATES_PRESERVED"


async def test_c_18_hours_of_an_assignment_that_is_not_billable_leave_the_backlog_and_keep_their_cost(
    team: Team,
) -> None:
    unit, world = team.unit, team.world
    entry = await log(unit, world, "1", JUNE)
    query = (
        "SELECT billing_type, amount_minor FROM actual WHERE time_entry_id = :entry AND adjustment_status = 'STANDS' "
        "ORDER BY transaction_type"
    )
    await set_assignment_billable(unit, await team.assignment(), False)
    assert await team.rows(query, entry=entry) == [("NON_CHARGEABLE", 5000), ("NON_CHARGEABLE", 10_000)]
    assert await team.rows("SELECT revenue_minor FROM time_entry") == [(10_000,)]  # C-02: until it is rated again
    later = await log(unit, world, "1", JULY)
    assert await team.rows("SELECT revenue_minor FROM time_entry WHERE id = :id", id=later) == [(0,)]
    await set_assignment_billable(unit, await team.assignment(), True)
    assert (await team.rows(query, entry=entry))[1] == ("CHARGEABLE", 10_000)


async def test_3_9_an_overtime_ratio_is_for_one_revenue_type_and_has_at_most_four_decimals(team: Team) -> None:
    unit, world = team.unit, team.world
    task = await create_task(
        unit, world.portal, TaskPlan("Night", CostType.USER_HOURLY, RevenueType.USER_AND_ROLE_HOURLY)
    )
    for ratio, code in table("""
        ratio      code
        1.5        -
        0.0001     -
        999.9999   -
        1.50000    -                        # zeros at the end are no decimals
        0          OVERTIME_RATIO_INVALID
        -1         OVERTIME_RATIO_INVALID
        1.00001    OVERTIME_RATIO_INVALID
        1000       OVERTIME_RATIO_INVALID
        NaN        OVERTIME_RATIO_INVALID
    """):
        if code == "-":
            await set_overtime_ratio(unit, task, Decimal(ratio))
            stored = await team.rows("SELECT overtime_ratio FROM task WHERE id = :id", id=task)
            assert stored == [(Decimal(ratio),)]
        else:
            assert await team.code(set_overtime_ratio(unit, task, Decimal(ratio))) == code, ratio
    await set_overtime_ratio(unit, task, None)
    assert await team.rows("SELECT overtime_ratio FROM task WHERE id = :id", id=task) == [(None,)]
    doing = set_overtime_ratio(unit, world.build, Decimal(2))
    assert await team.code(doing) == "OVERTIME_NEEDS_USER_AND_ROLE"
    await set_overtime_ratio(unit, world.build, None)


async def test_3_10_a_role_of_another_is_not_chosen(team: Team) -> None:
    unit, world = team.unit, team.world
    await set_person_roles(unit, world.person, alone(team.designer), valid_from=JULY)
    for day, role, task, code in (
        (JUNE, world.role, None, None),
        (JULY, world.role, None, "ROLE_NOT_THEIRS"),
        (JULY, world.role, world.build, None),  # assigned there
        (JULY, team.designer, None, None),
        (JUNE, team.designer, None, "ROLE_NOT_THEIRS"),
        (JUNE, team.senior, world.build, "ROLE_NOT_THEIRS"),
    ):
        doing = log_time(unit, [TimeDraft(world.person, world.portal, day, 3600, task_id=task, role_id=role)])
        if code is None:
            await doing
        else:
            assert await team.code(doing) == code
