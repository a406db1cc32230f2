"""Change how a task costs and earns. What is planned follows at once; logged work when it is recalculated (§4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.billing import BILLING_RECORD_LIFE
from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.money import HourlyRate, Money
from hourledger.core.work import CostType, RevenueType
from hourledger.services.billing_records import emit_record_changed, lock_record, move
from hourledger.services.checks import require_amounts
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_one, select_one
from models.tables import BillingClaimRow, BillingRecordLineRow, BillingRecordRow, ProjectRow, TaskRow

_COST = ("cost_type", "cost_rate")
_REVENUE = ("revenue_type", "billing_rate", "billing_amount")


async def edit_task_types(unit: UnitOfWork, task_id: int, changes: Mapping[str, Any]) -> None:
    """``changes``: ``cost_type``, ``cost_rate``, ``revenue_type``, ``billing_rate``, ``billing_amount`` (Decimals in
    major units of the project's currency); what is absent stays.

    An amount goes with the meaning it had: a cap does not become a fixed amount. Entries keep their money until they
    are recalculated (C-02). A fixed amount on a draft billing record changes there as well (§4.5).

    Raises:
        Missing TASK_UNKNOWN; Invalid AMOUNT_NEEDED, RATE_INVALID, TOO_MANY_DIGITS.
        NotAllowed FIXED_AMOUNT_BILLED: the fixed amount is on a confirmed or posted record, so revenue type and amount
            stay (§4.4). FIXED_AMOUNT_ON_RECORD: it is on a draft and would be gone.
        Denied: EDIT_GENERAL_FINANCE, and EDIT_COST_RATES or EDIT_BILLING_RATES for the side that changes (§9.4).
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    if changes.keys() & set(_COST):
        unit.require(Permission.EDIT_COST_RATES)
    if changes.keys() & set(_REVENUE):
        unit.require(Permission.EDIT_BILLING_RATES)
    task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id, lock=True)
    if task is None:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, task.project_id)
    assert project is not None
    columns = {
        name: value for name, value in _columns(task, changes, project.currency).items() if getattr(task, name) != value
    }
    if not columns:
        return
    if columns.keys() & {"revenue_type", "billing_amount_minor"}:
        await _carry_to_billing_record(unit, task, columns)
    before = {name: getattr(task, name) for name in columns}
    for name, value in columns.items():
        setattr(task, name, value)
    unit.session.add(task)
    await unit.session.flush()
    unit.audit("edit", "task", task_id, before=before, after=columns)
    unit.emit("TASK_EDITED", project_id=project.id, entity_id=task_id, fields=sorted(columns))
    await emit_finances_changed(unit, [project.id], cause="TASK_EDITED")


def _columns(task: TaskRow, changes: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """All five columns as they will be."""
    cost_type: CostType = changes.get("cost_type", task.cost_type)
    revenue_type: RevenueType = changes.get("revenue_type", task.revenue_type)
    kept = {
        "cost_rate": task.cost_rate_scaled if cost_type is task.cost_type else None,
        "billing_rate": task.billing_rate_scaled if revenue_type is task.revenue_type else None,
        "billing_amount": task.billing_amount_minor if _means_the_same(task.revenue_type, revenue_type) else None,
    }
    for name in ("cost_rate", "billing_rate"):
        if name in changes:
            kept[name] = None if changes[name] is None else HourlyRate.of(changes[name], currency).scaled
    if "billing_amount" in changes:
        given = changes["billing_amount"]
        kept["billing_amount"] = None if given is None else Money.of(given, currency).minor
    require_amounts(cost_type, revenue_type, **kept)
    return {
        "cost_type": cost_type,
        "cost_rate_scaled": kept["cost_rate"],
        "revenue_type": revenue_type,
        "billing_rate_scaled": kept["billing_rate"],
        "billing_amount_minor": kept["billing_amount"],
    }


def _means_the_same(was: RevenueType, will_be: RevenueType) -> bool:
    return was is will_be or (was.is_capped and will_be.is_capped) or (was.has_fixed_part and will_be.has_fixed_part)


async def _carry_to_billing_record(unit: UnitOfWork, task: TaskRow, columns: Mapping[str, Any]) -> None:
    """The record that holds the fixed amount follows while it may be edited, and forbids the change afterwards."""
    claim = await find_one(unit.session, BillingClaimRow, unit.organisation_id, task_id=task.id, released_at=None)
    if claim is None:
        return
    line = await select_one(unit.session, BillingRecordLineRow, unit.organisation_id, claim.billing_record_line_id)
    assert line is not None
    record: BillingRecordRow = await lock_record(unit, line.billing_record_id)
    if not BILLING_RECORD_LIFE.allows(record.status, "edit"):
        raise NotAllowed(
            f"The fixed amount of task {task.name!r} is on billing record {record.number}, which is final: its revenue "
            "type and amount stay. Correct it with a further record.",
            code="FIXED_AMOUNT_BILLED",
            field="billingAmount",
        )
    amount = columns.get("billing_amount_minor", task.billing_amount_minor)
    if not columns.get("revenue_type", task.revenue_type).has_fixed_part or not amount:
        raise NotAllowed(
            f"The fixed amount of task {task.name!r} is on billing record {record.number}: delete the draft first.",
            code="FIXED_AMOUNT_ON_RECORD",
            field="revenueType",
        )
    line.amount_minor = amount
    move(record, "edit")
    unit.session.add_all([line, record])
    await unit.session.flush()
    await emit_record_changed(unit, record)
