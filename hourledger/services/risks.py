"""Risks of a project: what may happen, what it may cost, and what it did cost (project-finances §1.16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances.value import require_percent
from hourledger.core.money import Money
from hourledger.core.work import RiskStatus
from hourledger.services.checks import require_name
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_one
from models.tables import ProjectRow, RiskRow

_PERCENT_DIGITS = 2
_AMOUNTS = {
    "potential_cost": "potential_minor",
    "actual_cost": "actual_minor",
    "mitigation_cost": "mitigation_minor",
}


@dataclass(frozen=True, slots=True)
class RiskDraft:
    """Amounts in major units of the project's currency, zero or more; ``kind`` is a word of your choice."""

    description: str
    kind: str = ""
    status: RiskStatus = RiskStatus.IDENTIFIED
    probability_percent: Decimal = Decimal(0)
    potential_cost: Decimal = Decimal(0)
    actual_cost: Decimal = Decimal(0)
    mitigation_plan: str = ""
    mitigation_cost: Decimal = Decimal(0)


async def add_risk(unit: UnitOfWork, project_id: int, draft: RiskDraft) -> int:
    """Returns its id.

    Raises:
        Missing PROJECT_UNKNOWN.
        Invalid NAME_INVALID, PERCENT_INVALID, AMOUNT_NEGATIVE, TOO_MANY_DIGITS.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    given = {name: getattr(draft, name) for name in draft.__slots__}
    row = RiskRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        entered_at=unit.now,
        entered_by=unit.principal.subject,
        **_stored(given, project.currency),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "risk", row.id, after=_figures(row))
    await emit_finances_changed(unit, [project_id], cause="RISK_ADDED")
    return row.id


async def edit_risk(unit: UnitOfWork, risk_id: int, changes: Mapping[str, Any]) -> None:
    """``changes``: new values by the names of ``RiskDraft``; the others stay.

    Raises:
        Missing RISK_UNKNOWN; Invalid as ``add_risk``.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    row, project = await _locked(unit, risk_id)
    before = _figures(row)
    for name, value in _stored(changes, project.currency).items():
        setattr(row, name, value)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("edit", "risk", risk_id, before=before, after=_figures(row))
    await emit_finances_changed(unit, [project.id], cause="RISK_EDITED")


async def delete_risk(unit: UnitOfWork, risk_id: int, *, reason: str = "") -> None:
    """Raises Missing RISK_UNKNOWN."""
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    row, project = await _locked(unit, risk_id)
    await unit.session.delete(row)
    await unit.session.flush()
    unit.audit("delete", "risk", risk_id, reason=reason, before=_figures(row))
    await emit_finances_changed(unit, [project.id], cause="RISK_DELETED")


async def _locked(unit: UnitOfWork, risk_id: int) -> tuple[RiskRow, ProjectRow]:
    row = await select_one(unit.session, RiskRow, unit.organisation_id, risk_id, lock=True)
    project = None if row is None else await select_one(unit.session, ProjectRow, unit.organisation_id, row.project_id)
    if row is None or project is None:  # risks go with their project
        raise Missing(f"There is no risk {risk_id}.", code="RISK_UNKNOWN", field="riskId")
    return row, project


def _stored(given: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The columns of what was given, checked."""
    columns: dict[str, Any] = {}
    for name, value in given.items():
        if name in _AMOUNTS:
            columns[_AMOUNTS[name]] = _amount(value, currency, name)
        elif name == "probability_percent":
            columns[name] = _percent(value)
        else:
            columns[name] = require_name(value, name) if name == "description" else value
    return columns


def _percent(value: Decimal) -> Decimal:
    require_percent(value, "probability_percent")
    if value != round(value, _PERCENT_DIGITS):
        raise Invalid(
            f"A probability has at most {_PERCENT_DIGITS} digits after the point.",
            code="PERCENT_INVALID",
            field="probability_percent",
        )
    return value


def _amount(value: Decimal, currency: str, field: str) -> int:
    minor = Money.of(value, currency).minor
    if minor < 0:
        raise Invalid("What a risk costs is zero or more.", code="AMOUNT_NEGATIVE", field=field)
    return minor


def _figures(row: RiskRow) -> dict[str, Any]:
    amounts = {name: getattr(row, name) for name in _AMOUNTS.values()}
    return {
        "description": row.description,
        "status": row.status.value,
        "probability_percent": str(row.probability_percent),
        **amounts,
    }
