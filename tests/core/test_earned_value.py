"""Earned value of tasks, parents and projects (project-finances §2.6, §8.1 to §8.8), by the published examples."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.finances import (
    EacMethod,
    ExpenseAmounts,
    ExpenseClasses,
    IndexMethod,
    PercentBasis,
    WorkNode,
    bcwp,
    bcws,
    cpi,
    csi,
    displayed,
    eac,
    eac_including_fixed_cost,
    expense_classes,
    percent_complete,
    planned_percent,
    rolled,
    spi,
)
from tests.core.tables import table

HOUR, COST = IndexMethod.HOUR_BASED, IndexMethod.COST_BASED
AT_PROJECT, FROM_TASKS = EacMethod.CALCULATE_AT_PROJECT, EacMethod.ROLL_UP_FROM_TASKS
RATE_MINOR = 100_00  # both sets cost 100 an hour
DURATION, PLANNED_HOURS = PercentBasis.DURATION, PercentBasis.PLANNED_HOURS


def spent(text: str) -> tuple[ExpenseAmounts, ...]:
    pairs = re.findall(r"\((-?\d+)/(-?\d+)\)", text)
    return tuple(ExpenseAmounts(int(planned) * 100, int(actual) * 100) for planned, actual in pairs)


def work(
    planned: int = 0, actual: int = 0, percent: int = 0, expenses: str = "", *, below: tuple[WorkNode, ...] = ()
) -> WorkNode:
    return WorkNode(
        planned_seconds=planned * 3600,
        actual_seconds=actual * 3600,
        planned_labor_minor=planned * RATE_MINOR,
        actual_labor_minor=actual * RATE_MINOR,
        percent_complete=percent,
        expenses=spent(expenses),
        children=below,
    )


def project(*tasks: WorkNode, actual: int = 0, expenses: str = "") -> WorkNode:
    return replace(work(actual=actual, expenses=expenses, below=tasks), is_project=True)


def set_a() -> dict[str, WorkNode]:
    tasks = {
        "T1": work(5, 25, 20, "(300/400),(500/0)"),
        "T2": work(10, 25, 30, "(200/100)"),
        "T3": work(15, 25, 40, "(800/700)"),
    }
    return tasks | {"project": project(*tasks.values(), expenses="(1000/1500),(2500/0)")}


def set_b() -> dict[str, WorkNode]:
    t2 = work(5, 10, 20, "(500/700),(-400/0),(-200/600),(700/-200)")
    t4 = work(10, 10, 40, "(800/0),(-100/300),(-200/0)")
    t5 = work(15, 10, 50, "(700/800),(-100/300),(-400/-200)")
    t6 = work(20, 10, 60, "(600/700),(500/-300)")
    t3 = work(actual=10, expenses="(0/1000)", below=(t4, t5))
    t1 = work(actual=10, expenses="(300/-400),(-500/800),(400/0)", below=(t2, t3))
    whole = project(t1, t6, actual=50, expenses="(1000/1500),(2500/0)")
    return {"T1": t1, "T2": t2, "T3": t3, "T4": t4, "T5": t5, "T6": t6, "project": whole}


SET_A, SET_B = set_a(), set_b()


def classes(text: str) -> ExpenseClasses:
    """From incPlan/incAct/notInc in major units."""
    planned, actual, not_incurred = (int(one) * 100 for one in text.split("/"))
    return ExpenseClasses(planned, actual, not_incurred)


def hours(value: Fraction) -> str:
    return str(displayed(value, 3600))


def major(value: Fraction) -> str:
    return str(displayed(value, 100))


# --- earned value basics -------------------------------------------------------------------------------------------


def test_ct_16_a_quarter_of_ten_thousand_is_performed() -> None:
    task = WorkNode(planned_labor_minor=9_000_00, expenses=spent("(1000/0)"), percent_complete=25)
    assert major(bcwp(task, COST)) == "2500.00"


def test_ct_17_scheduled_is_the_elapsed_share_of_the_calendar() -> None:
    for on, percent, scheduled in table("""
        on           percent  scheduled
        2026-02-09   0.00     0.00        # before
        2026-02-10   0.00     0.00
        2026-02-12   20.00    2000.00     # as printed
        2026-02-20   100.00   10000.00
        2026-03-20   100.00   10000.00    # after
    """):
        plan, day = (date(2026, 2, 10), date(2026, 2, 20)), date.fromisoformat(on)
        task = WorkNode(planned_labor_minor=10_000_00, planned_start=plan[0], planned_completion=plan[1])
        assert str(displayed(planned_percent(*plan, day))) == percent
        assert major(bcws(task, COST, day)) == scheduled


def test_a_plan_of_one_day_is_due_on_that_day() -> None:
    day = date(2026, 2, 10)
    shares = [planned_percent(day, day, day + timedelta(days=offset)) for offset in (-1, 0, 1)]
    assert shares == [0, 100, 100]


def test_ct_18_half_of_the_work_after_half_of_the_time_is_on_schedule() -> None:
    start = date(2026, 2, 1)
    task = replace(work(10, percent=50), planned_start=start, planned_completion=start + timedelta(days=10))
    on = start + timedelta(days=5)
    assert hours(bcws(task, HOUR, on)) == "5.00"
    assert spi(task, on) == 1
    assert spi(project(task), on) == 1


def test_spi_is_one_while_nothing_is_scheduled() -> None:
    on = date(2026, 2, 1)
    later = replace(work(10, percent=50), planned_start=on, planned_completion=date(2026, 2, 5))
    assert spi(later, on) == 1
    assert spi(work(10, percent=50), on) == 1  # a task without dates


def test_ct_24_expenses_are_incurred_or_not() -> None:
    assert expense_classes(spent("(500/600),(300/0)")) == classes("500/600/300")


def test_ct_25_a_negative_actual_takes_the_expense_out() -> None:
    assert expense_classes(spent("(200/-300)")) == classes("0/0/0")


def test_ct_27_the_percent_of_a_project_is_weighted_by_duration() -> None:
    monday = date(2026, 2, 2)
    week = WorkNode(percent_complete=20, planned_start=monday, planned_completion=date(2026, 2, 6))
    two_days = WorkNode(percent_complete=25, planned_start=monday, planned_completion=date(2026, 2, 3))
    rolled_up = percent_complete(project(week, two_days), DURATION)
    assert rolled_up is not None
    assert str(displayed(rolled_up)) == "21.43"


def test_ct_30_durations_are_summed_even_in_parallel() -> None:
    monday, tuesday = date(2026, 2, 2), date(2026, 2, 3)
    one_day = WorkNode(percent_complete=100, planned_start=monday, planned_completion=monday)
    two_days = WorkNode(planned_start=monday, planned_completion=tuesday)
    parent = WorkNode(children=(one_day, two_days))
    three_days = WorkNode(planned_start=monday, planned_completion=date(2026, 2, 4))
    assert percent_complete(parent, DURATION) == Fraction(100, 3)
    assert percent_complete(project(parent, three_days), DURATION) == Fraction(100, 6)  # 3 days against 3


def test_percent_complete_by_planned_hours() -> None:
    assert percent_complete(SET_A["project"], PLANNED_HOURS) == Fraction(100, 3)  # 10 of 30 hours
    assert percent_complete(SET_B["project"], PLANNED_HOURS) == 49  # 24.5 of 50 hours, through two parents
    assert percent_complete(work(10, percent=30), PLANNED_HOURS) == 30
    assert percent_complete(project(work(percent=50)), PLANNED_HOURS) is None  # nothing to weigh
    assert percent_complete(project(), DURATION) is None


def test_ct_46_expenses_are_reported_as_they_are() -> None:
    task = rolled(work(expenses="(600/600)"))
    assert (task.planned_expense_minor, task.actual_expense_minor) == (600_00, 600_00)


# --- EAC set A: three tasks ----------------------------------------------------------------------------------------


def test_ct_19_hour_based_cpi_and_eac_of_set_a() -> None:
    for name, index, at_project, from_tasks in table("""
        node     cpi   at project  roll up
        T1       0.04  125.00      125.00
        T2       0.12  83.33       83.33
        T3       0.24  62.50       62.50
        project  0.13  225.00      270.83     # 10 / 75
    """):
        node = SET_A[name]
        assert str(displayed(cpi(node, HOUR))) == index, name
        assert hours(eac(node, HOUR, AT_PROJECT)) == at_project, name
        assert hours(eac(node, HOUR, FROM_TASKS)) == from_tasks, name


def test_ct_21_cost_based_cpi_and_eac_of_set_a() -> None:
    for name, expected, index, labor, expense, at_project, from_tasks in table("""
        node     incPlan/incAct/notInc  cpi   labor     expense  at project  roll up
        T1       300/400/500            0.14  12500.00  900.00   13400.00    13400.00    # 400 / 2900
        T2       200/100/0              0.19  8333.33   100.00   8433.33     8433.33
        T3       800/700/0              0.44  6250.00   700.00   6950.00     6950.00
        project  2300/2700/3000         0.32  22500.00  5700.00  28200.00    28783.33    # 3300 / 10200
    """):
        node = SET_A[name]
        sums = rolled(node)
        assert sums.classes == classes(expected), name
        assert str(displayed(cpi(node, COST))) == index, name
        assert (major(sums.labor_eac), major(Fraction(sums.expense_eac))) == (labor, expense), name
        assert major(eac(node, COST, AT_PROJECT)) == at_project, name
        assert major(eac(node, COST, FROM_TASKS)) == from_tasks, name


# --- EAC set B: parents in parents ---------------------------------------------------------------------------------


def test_ct_20_hour_based_cpi_and_eac_of_set_b() -> None:
    for name, index, at_project, from_tasks in table("""
        node     cpi   at project  roll up
        T2       0.10  50.00       50.00
        T4       0.40  25.00       25.00
        T5       0.75  20.00       20.00
        T6       1.20  16.67       16.67
        T3       0.38  65.22       45.00      # 11.5 / 30
        T1       0.25  120.00      95.00      # 12.5 / 50
        project  0.22  224.49      111.67     # 24.5 / 110
    """):
        node = SET_B[name]
        assert str(displayed(cpi(node, HOUR))) == index, name
        assert hours(eac(node, HOUR, AT_PROJECT)) == at_project, name
        assert hours(eac(node, HOUR, FROM_TASKS)) == from_tasks, name


def test_ct_22_expense_classes_of_set_b() -> None:
    for name, own, all_below in table("""
        node     own incPlan/incAct/notInc  rolled
        T2       300/1300/-400              300/1300/-400
        T4       -100/300/600               -100/300/600
        T5       600/1100/0                 600/1100/0
        T6       600/700/0                  600/700/0
        T3       0/1000/0                   500/2400/600
        T1       -500/800/400               300/4500/600
        project  1000/1500/2500             1900/6700/3100
    """):
        assert expense_classes(SET_B[name].expenses) == classes(own), name
        assert rolled(SET_B[name]).classes == classes(all_below), name


def test_ct_22_cost_based_cpi_and_eac_of_set_b() -> None:
    for name, index, at_project, from_tasks in table("""
        node     cpi   at project  roll up
        T2       0.17  5900.00     5900.00
        T4       0.23  3400.00     3400.00
        T5       0.64  3100.00     3100.00
        T6       1.06  2366.67     2366.67
        T3       0.31  9521.74     6500.00     # 1650 / 5400
        T1       0.16  17100.00    12400.00    # 1550 / 9500
        project  0.25  32248.98    14766.67    # 4350 / 17700
    """):
        node = SET_B[name]
        assert str(displayed(cpi(node, COST))) == index, name
        assert major(eac(node, COST, AT_PROJECT)) == at_project, name
        assert major(eac(node, COST, FROM_TASKS)) == from_tasks, name


def test_c_07_fixed_cost_is_in_a_figure_of_its_own() -> None:
    assert major(eac_including_fixed_cost(SET_A["project"], AT_PROJECT, 200_00)) == "28400.00"
    assert major(eac_including_fixed_cost(SET_A["project"], FROM_TASKS, 200_00)) == "28983.33"


def test_ct_54_work_that_earned_nothing_comes_on_top() -> None:
    for planned, actual, percent, index, at_completion in table("""
        planned  actual  percent  cpi   eac
        10       4       0        0.00  14.00     # planned + actual
        10       0       0        1.00  10.00     # nothing logged: as planned
        10       0       50       1.00  10.00
    """):
        task = work(int(planned), int(actual), int(percent))
        for method, shown in ((HOUR, at_completion), (COST, f"{Decimal(at_completion) * 100:.2f}")):
            value = eac(task, method, AT_PROJECT)
            assert str(displayed(cpi(task, method))) == index
            assert (hours(value) if method is HOUR else major(value)) == shown


def test_a_project_without_tasks_is_not_a_task() -> None:
    direct = project(actual=4, expenses="(100/50)")
    assert hours(eac(direct, HOUR, AT_PROJECT)) == "4.00"
    assert eac(direct, HOUR, FROM_TASKS) == eac(direct, COST, FROM_TASKS) == 0
    assert bcwp(direct, COST) == 0


def test_c_06_performed_cost_counts_the_expenses_of_leaves_and_labour_alone_enters_cpi() -> None:
    assert major(bcwp(SET_A["project"], COST)) == "1540.00"  # 20 % of 1300, 30 % of 1200, 40 % of 2300
    assert major(rolled(SET_A["project"]).earned_labor_minor) == "1000.00"


# --- what cannot be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [-1, 101, Decimal("100.01"), Decimal("NaN")])
def test_a_percent_is_from_0_to_100(percent: Decimal | int) -> None:
    with pytest.raises(Invalid) as caught:
        WorkNode(percent_complete=percent)
    assert caught.value.code == "PERCENT_INVALID"


def test_a_percent_is_never_a_float() -> None:
    with pytest.raises(TypeError):
        WorkNode(percent_complete=0.5)  # type: ignore[arg-type]  # that it is refused is the point


def test_planned_dates_are_not_reversed() -> None:
    with pytest.raises(Invalid) as caught:
        WorkNode(planned_start=date(2026, 2, 20), planned_completion=date(2026, 2, 10))
    assert caught.value.code == "PLAN_REVERSED"


def test_a_plan_is_not_negative_and_belongs_to_a_leaf() -> None:
    with pytest.raises(Invalid) as negative:
        work(-1)
    with pytest.raises(Invalid) as on_parent:
        work(5, below=(work(1),))
    assert (negative.value.code, on_parent.value.code) == ("PLAN_NEGATIVE", "PLAN_ON_PARENT")


# --- properties ----------------------------------------------------------------------------------------------------

Plan = tuple[date | None, date | None]
COUNTS = st.integers(0, 10**6)
DAYS = st.integers(0, 40).map(lambda offset: date(2026, 1, 1) + timedelta(days=offset))
PLANS = st.one_of(st.just((None, None)), st.tuples(DAYS, DAYS).map(sorted).map(tuple))
EXPENSES = st.lists(st.builds(ExpenseAmounts, COUNTS, COUNTS), max_size=3).map(tuple)


def leaf(
    seconds: int, worked: int, cost: int, percent: int, bought: tuple[ExpenseAmounts, ...], plan: Plan
) -> WorkNode:
    return WorkNode(
        planned_seconds=seconds, actual_seconds=worked, planned_labor_minor=cost, actual_labor_minor=2 * worked,
        percent_complete=percent, expenses=bought, planned_start=plan[0], planned_completion=plan[1],
    )  # fmt: skip


def parent(children: list[WorkNode], worked: int, bought: tuple[ExpenseAmounts, ...]) -> WorkNode:
    return WorkNode(actual_seconds=worked, actual_labor_minor=worked, expenses=bought, children=tuple(children))


LEAVES = st.builds(leaf, COUNTS, COUNTS, COUNTS, st.integers(0, 100), EXPENSES, PLANS)
TREES = st.recursive(
    LEAVES,
    lambda below: st.builds(parent, st.lists(below, min_size=1, max_size=4), COUNTS, EXPENSES),
    max_leaves=8,
)


def mirrored(node: WorkNode) -> WorkNode:
    return replace(node, children=tuple(mirrored(child) for child in reversed(node.children)))


@given(TREES, DAYS)
def test_the_order_of_children_changes_nothing(tree: WorkNode, on: date) -> None:
    other = mirrored(tree)
    assert rolled(tree) == rolled(other)
    assert spi(tree, on) == spi(other, on)
    for basis in PercentBasis:
        assert percent_complete(tree, basis) == percent_complete(other, basis)
    for method in IndexMethod:
        assert bcws(tree, method, on) == bcws(other, method, on)
        for eac_method in EacMethod:
            assert eac(tree, method, eac_method) == eac(other, method, eac_method)


@given(TREES)
def test_eac_is_never_negative_when_its_input_is_not(tree: WorkNode) -> None:
    assert all(eac(tree, method, eac_method) >= 0 for method in IndexMethod for eac_method in EacMethod)


@given(TREES, DAYS)
def test_csi_is_cpi_times_spi(tree: WorkNode, on: date) -> None:
    for method in IndexMethod:
        assert csi(tree, method, on) == cpi(tree, method) * spi(tree, on)


@given(st.integers(0, 100), PLANS)
def test_cpi_is_one_when_nothing_is_planned_and_nothing_spent(percent: int, plan: Plan) -> None:
    idle = leaf(0, 0, 0, percent, (), plan)
    for node in (idle, project(idle), project()):
        assert all(cpi(node, method) == 1 for method in IndexMethod)
        assert all(eac(node, method, eac_method) == 0 for method in IndexMethod for eac_method in EacMethod)


@given(TREES)
def test_percent_complete_stays_a_percent_and_by_hours_is_earned_of_planned(tree: WorkNode) -> None:
    sums = rolled(tree)
    by_hours = percent_complete(tree, PLANNED_HOURS)
    if sums.planned_seconds:
        assert by_hours == 100 * sums.earned_seconds / sums.planned_seconds
    by_duration = percent_complete(tree, DURATION)
    assert by_duration is None or 0 <= by_duration <= 100
