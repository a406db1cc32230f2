"""Checks of input that several services make."""

from __future__ import annotations

from hourledger.core.errors import Invalid, NotAllowed
from hourledger.core.work import CostType, ProjectStatus, RevenueType
from models.tables import ProjectRow

_NAME_LENGTH_MAX = 255
_REASON_LENGTH_MAX = 1000


def require_name(value: str, field: str = "name") -> str:
    """``value`` without spaces around it. Raises Invalid NAME_INVALID: empty, or more than 255 characters."""
    cleaned = value.strip()
    if not cleaned or len(cleaned) > _NAME_LENGTH_MAX:
        raise Invalid(f"A {field} has 1 to {_NAME_LENGTH_MAX} characters.", code="NAME_INVALID", field=field)
    return cleaned


def require_reason(value: str) -> str:
    """``value`` without spaces around it. Raises Invalid REASON_INVALID: empty, or more than 1000 characters."""
    cleaned = value.strip()
    if not cleaned or len(cleaned) > _REASON_LENGTH_MAX:
        raise Invalid(
            f"Say why, in 1 to {_REASON_LENGTH_MAX} characters: whoever is held up by it will read it.",
            code="REASON_INVALID",
            field="reason",
        )
    return cleaned


def require_no_template(project: ProjectRow, field: str) -> None:
    """Raises NotAllowed TEMPLATE_HAS_NO_WORK: hours, money spent and billing are for projects (§4.7)."""
    if project.is_template:
        raise NotAllowed(
            f"{project.code} is a template, which has plans and no work: apply it to a project and work on that.",
            code="TEMPLATE_HAS_NO_WORK",
            field=field,
        )


def require_not_complete(project: ProjectRow) -> None:
    """Raises NotAllowed PROJECT_COMPLETE: a complete project has complete tasks and issues only (§4.6)."""
    if project.status is ProjectStatus.COMPLETE:
        raise NotAllowed(
            f"Project {project.code} is complete, and so are all its tasks: reopen it to add work.",
            code="PROJECT_COMPLETE",
            field="projectId",
        )


def require_amounts(
    cost_type: CostType, revenue_type: RevenueType, *, cost_rate: object, billing_rate: object, billing_amount: object
) -> None:
    """Raises Invalid AMOUNT_NEEDED: a type needs a rate, cap or fixed amount that is None (§2.1, §2.3)."""
    if cost_type is CostType.FIXED_HOURLY and cost_rate is None:
        raise Invalid("Cost type FIXED_HOURLY needs a cost rate.", code="AMOUNT_NEEDED", field="costRate")
    if revenue_type is RevenueType.FIXED_HOURLY and billing_rate is None:
        raise Invalid("Revenue type FIXED_HOURLY needs a billing rate.", code="AMOUNT_NEEDED", field="billingRate")
    if (revenue_type.is_capped or revenue_type.has_fixed_part) and billing_amount is None:
        raise Invalid(
            f"Revenue type {revenue_type.value} needs an amount.", code="AMOUNT_NEEDED", field="billingAmount"
        )
