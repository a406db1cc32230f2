"""Project finances: what was planned, what it cost, what it earned, what may be billed."""

from hourledger.core.finances.planned import planned_days
from hourledger.core.finances.project import ProjectFigures, ProjectFinances, roll_up

__all__ = ["ProjectFigures", "ProjectFinances", "planned_days", "roll_up"]
