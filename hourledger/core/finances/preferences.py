"""By which methods earned value is measured: the organisation's choice, and a project's own where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hourledger.core.finances.earned_value import EacMethod
from hourledger.core.finances.work_node import IndexMethod, PercentBasis


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
    """The organisation's defaults. ``auto_baseline``: take one whenever a project becomes Current (§1.1, §8.12)."""

    methods: Methods = Methods()
    auto_baseline: bool = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> FinancePreferences:
        """As ``as_settings`` wrote them; what is absent has its default."""
        methods = Methods().overridden(
            IndexMethod(str(settings["index"])) if "index" in settings else None,
            EacMethod(str(settings["eac"])) if "eac" in settings else None,
            PercentBasis(str(settings["basis"])) if "basis" in settings else None,
        )
        return cls(methods, bool(settings.get("auto_baseline", False)))

    def as_settings(self) -> dict[str, object]:
        return {**asdict(self.methods), "auto_baseline": self.auto_baseline}
