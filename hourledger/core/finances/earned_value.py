"""Earned value of a task, a parent task or a project: what the done part was planned to cost, against what it did cost.

Hours are in seconds, money in minor units of one currency, percents 0 to 100. Sums and quotients are exact; only
``value.displayed`` rounds. Which method and which percent basis a project uses is the caller's to know.
Source: project-finances §2.6, §8.1 to §8.8; decisions C-06 (labour in CPI and EAC, planned cost in BCWP and BCWS),
C-07 (fixed cost is not in EAC), C-09 (negative actual expenses).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

from hourledger.core.finances.work_node import IndexMethod, WorkNode, all_nodes, planned_percent, rolled, share, total


class EacMethod(StrEnum):
    """Where the EAC of a parent or project comes from (eacMethod)."""

    CALCULATE_AT_PROJECT = "CALCULATE_AT_PROJECT"
    ROLL_UP_FROM_TASKS = "ROLL_UP_FROM_TASKS"


def cpi(node: WorkNode, method: IndexMethod) -> Fraction:
    """What was earned per unit spent: above 1 is under budget; 1 while nothing is spent. Of the rolled-up sums (§8.4).

    Hours on balance below zero count as nothing spent; a negative labour cost does not. So the source prints it.
    """
    return rolled(node).cpi(method)


def eac(node: WorkNode, method: IndexMethod, eac_method: EacMethod) -> Fraction:
    """Estimate at completion: seconds when hour based, minor units when cost based. Without fixed cost (C-07).

    ROLL_UP_FROM_TASKS sums the leaves: own hours and expenses of parents and project are left out (§8.5).
    """
    if eac_method is EacMethod.ROLL_UP_FROM_TASKS and not node.is_leaf:
        return total(eac(child, method, eac_method) for child in node.children)
    return rolled(node).eac(method)


def eac_including_fixed_cost(node: WorkNode, eac_method: EacMethod, fixed_cost_minor: int) -> Fraction:
    """The cost-based EAC of a project plus its fixed cost, minor units, under either method. Source: §8.5, C-07."""
    return eac(node, IndexMethod.COST_BASED, eac_method) + fixed_cost_minor


def bcwp(node: WorkNode, method: IndexMethod) -> Fraction:
    """Budgeted work performed: percent complete x budget of the leaves; seconds or minor units.

    The cost budget is planned cost, labour and all expenses of the leaf; CPI takes labour only (C-06). Expenses of
    parents and project are in nobody's budget: a parent is the sum of its children. Source: project-finances §8.6.
    """
    return total(share(_budget(leaf, method), leaf.percent_complete) for leaf in all_nodes(node) if leaf.is_leaf)


def bcws(node: WorkNode, method: IndexMethod, on: date) -> Fraction:
    """Budgeted work scheduled until ``on``: ``planned_percent`` x budget of the leaves, as ``bcwp``. Source: §8.6."""
    return total(
        share(_budget(leaf, method), planned_percent(leaf.planned_start, leaf.planned_completion, on))
        for leaf in all_nodes(node)
        if leaf.is_leaf and leaf.planned_start and leaf.planned_completion
    )


def spi(node: WorkNode, on: date) -> Fraction:
    """Earned hours / hours scheduled until ``on``, whatever the index method; 1 while none are scheduled (§8.7).

    The source multiplies total planned hours by the percent complete. Here it is the sum over the leaves: the same
    where percents are weighted by hours, and not bent by durations where they are not.
    """
    scheduled = bcws(node, IndexMethod.HOUR_BASED, on)
    return bcwp(node, IndexMethod.HOUR_BASED) / scheduled if scheduled else Fraction(1)


def csi(node: WorkNode, method: IndexMethod, on: date) -> Fraction:
    """CPI x SPI. Source: project-finances §8.7."""
    return cpi(node, method) * spi(node, on)


def _budget(leaf: WorkNode, method: IndexMethod) -> int:
    if method is IndexMethod.HOUR_BASED:
        return leaf.planned_seconds
    return leaf.planned_labor_minor + sum(expense.planned_minor for expense in leaf.expenses)
