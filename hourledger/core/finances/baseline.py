"""The numbers of one moment, kept to be compared with later ones (project-finances §8.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from hourledger.core.finances.measures import WorkMeasures
from hourledger.core.finances.project_measures import ProjectMeasures
from hourledger.core.finances.work_node import IndexMethod
from hourledger.core.money import Money, round_half_up

_DIGITS = 6

_COST, _BILLING, _GENERAL = (
    (Permission.VIEW_COST_RATES,),
    (Permission.VIEW_BILLING_RATES,),
    (Permission.VIEW_GENERAL_FINANCE,),
)

SEEN_WITH: Mapping[str, tuple[Permission, ...]] = {
    "planned_labor": _COST,
    "planned_expense": _GENERAL,
    "planned_billable_expense": _GENERAL,
    "planned_non_billable_expense": _GENERAL,
    "planned_cost": _COST + _GENERAL,
    "actual_labor": _COST,
    "actual_expense": _GENERAL,
    "actual_billable_expense": _GENERAL,
    "actual_non_billable_expense": _GENERAL,
    "actual_cost": _COST + _GENERAL,
    "planned_revenue": _BILLING,
    "actual_revenue": _BILLING,
    "planned_risk": _GENERAL,
    "budgeted": _COST + _GENERAL,
    "budgeted_labor": _COST,
    "fixed_cost": _GENERAL,
    "fixed_revenue": _GENERAL,
    "planned_benefit": _GENERAL,
    "eac": _COST + _GENERAL,
    "eac_hours": _GENERAL,
    "cpi": _COST + _GENERAL,
    "spi": _GENERAL,
    "csi": _COST + _GENERAL,
}
"""What it takes to see each figure that is kept (project-finances §9.2), amounts without their ``_minor``.

By which method CPI and CSI were measured is not kept per figure: they always need cost rates.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineFigures:
    """Minor units of ``currency``; ratios with six decimals. Of a task, those of projects alone are None.

    Of the EAC one is there: seconds when it was hour based, minor units when it was cost based.
    """

    currency: str
    planned_labor_minor: int
    planned_expense_minor: int
    planned_billable_expense_minor: int
    planned_non_billable_expense_minor: int
    planned_cost_minor: int
    actual_labor_minor: int
    actual_expense_minor: int
    actual_billable_expense_minor: int
    actual_non_billable_expense_minor: int
    actual_cost_minor: int
    planned_revenue_minor: int
    actual_revenue_minor: int
    cpi: Decimal
    spi: Decimal
    csi: Decimal
    eac_seconds: int | None = None
    eac_minor: int | None = None
    planned_risk_minor: int | None = None
    budgeted_minor: int | None = None
    budgeted_labor_minor: int | None = None
    fixed_cost_minor: int | None = None
    fixed_revenue_minor: int | None = None
    planned_benefit_minor: int | None = None

    @classmethod
    def kept_in(cls, row: object, currency: str) -> BaselineFigures:
        """What a row keeps, by the names of its columns; those that it does not have are None."""
        kept: dict[str, Any] = {one.name: getattr(row, one.name, None) for one in fields(cls)}
        return cls(**{**kept, "currency": currency})

    def __sub__(self, other: BaselineFigures) -> BaselineFigures:
        """By how much each is more than it was in ``other``; None where one of the two has no such figure.

        Raises:
            Invalid CURRENCY_MISMATCH: the project changed its currency in between.
        """
        if other.currency != self.currency:
            raise Invalid(
                f"Figures in {self.currency} and in {other.currency} have no difference: compare later baselines.",
                code="CURRENCY_MISMATCH",
            )
        differences: dict[str, Any] = {
            one.name: _difference(getattr(self, one.name), getattr(other, one.name))
            for one in fields(BaselineFigures)
            if one.name != "currency"
        }
        return BaselineFigures(currency=self.currency, **differences)

    def amount(self, name: str) -> Money | None:
        """The figure ``name`` without its ``_minor``."""
        minor = getattr(self, f"{name}_minor")
        return None if minor is None else Money(minor, self.currency)


def baseline_figures(measures: WorkMeasures) -> BaselineFigures:
    """What a baseline keeps of a task or project: totals as reported, EAC and CPI by the project's methods."""
    figures, eac = measures.figures, measures.eac()
    own: dict[str, int] = {}
    if isinstance(measures, ProjectMeasures):
        own = {
            "planned_risk_minor": measures.risk_cost.minor,
            "budgeted_minor": measures.budgeted_cost.minor,
            "budgeted_labor_minor": measures.budgeted_labor_cost.minor,
            "fixed_cost_minor": measures.fixed_cost.minor,
            "fixed_revenue_minor": measures.facts.fixed_revenue.minor,
            "planned_benefit_minor": measures.facts.planned_benefit.minor,
        }
    return BaselineFigures(
        currency=measures.currency,
        planned_labor_minor=measures.planned_labor_cost.minor,
        planned_expense_minor=measures.planned_expense_cost.minor,
        planned_billable_expense_minor=figures.planned_billable_expense_minor,
        planned_non_billable_expense_minor=figures.planned_non_billable_expense_minor,
        planned_cost_minor=measures.planned_cost.minor,
        actual_labor_minor=measures.actual_labor_cost.minor,
        actual_expense_minor=measures.actual_expense_cost.minor,
        actual_billable_expense_minor=figures.actual_billable_expense_minor,
        actual_non_billable_expense_minor=figures.actual_non_billable_expense_minor,
        actual_cost_minor=measures.actual_cost.minor,
        planned_revenue_minor=measures.planned_revenue.minor,
        actual_revenue_minor=measures.actual_revenue.minor,
        cpi=_six_digits(measures.cpi()),
        spi=_six_digits(measures.spi),
        csi=_six_digits(measures.csi()),
        eac_seconds=round_half_up(eac.exact) if eac.method is IndexMethod.HOUR_BASED else None,
        eac_minor=round_half_up(eac.exact) if eac.method is IndexMethod.COST_BASED else None,
        **own,
    )


def _six_digits(ratio: Fraction) -> Decimal:
    return Decimal(round_half_up(ratio * 10**_DIGITS)).scaleb(-_DIGITS)


def _difference(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | int | None:
    return None if now is None or before is None else now - before
