"""The finances of a project as of a day and as known at an instant: what history tells, and why it tells no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hourledger.core.errors import Missing
from hourledger.core.money import Money

PLAN_HAS_NO_HISTORY = "The plan is kept as it is now: ask without asOf and knownAt."
FIXED_HAS_NO_DATE = "It contains fixed amounts, which belong to no day: ask without asOf."
FIXED_HAS_CHANGED = (
    "It contains fixed amounts, which are kept as they are now, and the project or a task was changed after knownAt."
)
NOT_KEPT = "Its history is not kept: ask without asOf and knownAt."


class NotKnown(Missing):
    """A figure that history does not tell, and why, for the one who asked."""

    default_code = "HISTORY_NOT_KEPT"


@dataclass(frozen=True)
class HistoricFigures:
    """The sums a project's history tells; seconds, and amounts in its currency.

    ``fixed_cost`` and ``realised_fixed_revenue`` are of now. ``fixed_has_changed``: perhaps they were others then.
    """

    actual_seconds: int
    actual_labor_cost: Money
    actual_hourly_revenue: Money
    actual_expense_cost: Money
    fixed_cost: Money
    realised_fixed_revenue: Money
    fixed_has_changed: bool
    billed: Money
    on_draft: Money
    unbilled: Money


@dataclass(frozen=True)
class HistoricFinances:
    """The known ones of the figures of ProjectFinances, by the same names. Reading another raises NotKnown."""

    known: Mapping[str, int | Money]
    unknown: Mapping[str, str]
    plan_problem: ClassVar[None] = None
    """Of a plan of now; this has none."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in {"known", "unknown"}:
            raise AttributeError(name)
        if name in self.known:
            return self.known[name]
        raise NotKnown(self.unknown.get(name, PLAN_HAS_NO_HISTORY if name.startswith("planned_") else NOT_KEPT))


def historic_finances(figures: HistoricFigures, *, is_dated: bool) -> HistoricFinances:
    """The roll-up of project-finances §2.7, as far as history tells; ``is_dated``: only up to a day.

    Fixed amounts have neither a day nor a history. Where they could matter, what contains them is unknown.
    """
    expense = figures.actual_expense_cost + figures.fixed_cost
    cost = figures.actual_labor_cost + expense
    revenue = figures.actual_hourly_revenue + figures.realised_fixed_revenue
    known: dict[str, int | Money] = {
        "actual_seconds": figures.actual_seconds,
        "actual_labor_cost": figures.actual_labor_cost,
        "billed_revenue": figures.billed,
        "draft_revenue": figures.on_draft,
        "unbilled_revenue": figures.unbilled,
    }
    with_fixed = {
        "actual_expense_cost": (expense, [figures.fixed_cost]),
        "actual_cost": (cost, [figures.fixed_cost]),
        "actual_revenue": (revenue, [figures.realised_fixed_revenue]),
        "margin": (revenue - cost, [figures.fixed_cost, figures.realised_fixed_revenue]),
    }
    unknown = {}
    for name, (amount, fixed) in with_fixed.items():
        if figures.fixed_has_changed:
            unknown[name] = FIXED_HAS_CHANGED
        elif is_dated and any(one.minor for one in fixed):
            unknown[name] = FIXED_HAS_NO_DATE
        else:
            known[name] = amount
    return HistoricFinances(known, unknown)
