"""What the organisation chose about finances: methods of earned value, where a project has none, and new tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hourledger.core.finances.earned_value import EacMethod
from hourledger.core.finances.work_node import IndexMethod, PercentBasis
from hourledger.core.work import CostType, RevenueType


@dataclass(frozen=True, slots=True)
class Methods:
    """What CPI and EAC are made of, where an EAC comes from, what weighs a percent complete (§8.1, §8.5, §8.8)."""

    index: IndexMethod = IndexMethod.HOUR_BASED
    eac: EacMethod = EacMethod.CALCULATE_AT_PROJECT
    basis: PercentBasis = PercentBasis.PLANNED_HOURS

    def overridden(self, index: IndexMethod | None, eac: EacMethod | None, basis: PercentBasis | None) -> Methods:
        """With a project's own choices; None keeps the organisation's."""
        return Methods(index or self.index, eac or self.eac, basis or self.basis)


@dataclass(frozen=True, slots=True)
class FinancePreferences:
    """The organisation's defaults (§1.1). ``auto_baseline``: take one whenever a project becomes Current (§8.12).

    ``task_cost_type``, ``task_revenue_type``: how a new task costs and earns where nothing is said.
    """

    methods: Methods = Methods()
    auto_baseline: bool = False
    task_cost_type: CostType = CostType.USER_HOURLY
    task_revenue_type: RevenueType = RevenueType.USER_HOURLY

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> FinancePreferences:
        """As ``as_settings`` wrote them; what is absent has its default."""
        methods = Methods().overridden(
            IndexMethod(str(settings["index"])) if "index" in settings else None,
            EacMethod(str(settings["eac"])) if "eac" in settings else None,
            PercentBasis(str(settings["basis"])) if "basis" in settings else None,
        )
        return cls(
            methods,
            bool(settings.get("auto_baseline", False)),
            CostType(str(settings.get("task_cost_type", CostType.USER_HOURLY))),
            RevenueType(str(settings.get("task_revenue_type", RevenueType.USER_HOURLY))),
        )

    def as_settings(self) -> dict[str, object]:
        return {
            **asdict(self.methods),
            "auto_baseline": self.auto_baseline,
            "task_cost_type": self.task_cost_type.value,
            "task_revenue_type": self.task_revenue_type.value,
        }
