"""Give a project another currency, as long as it has no financial information (§7.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.money import require_currency
from hourledger.services.exchange_histories import lock_project
from hourledger.services.plan_figures import plan_figures
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.set_exchange_rate import set_exchange_rate
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import (
    configured_currencies,
    follow_currency,
    histories,
    lock_exchange_rates,
    stored_money_of_project,
)
from models.tables import ProjectRow


async def set_project_currency(
    unit: UnitOfWork, project_id: int, currency: str | None, *, exchange_rate: Decimal | None = None
) -> None:
    """The project's figures are in ``currency`` from now on; None is that of the books (CT-48).

    ``exchange_rate`` is the project's own, for all days (§7.2). Its implicit contract follows. Rates that were set on
    the project stay: they have a currency of their own and are converted when they are applied.

    Raises:
        NotAllowed PROJECT_CURRENCY_FIXED: it has financial information, and what that is (§7.1).
        Missing EXCHANGE_RATE_MISSING: the currency is none of the configured ones, and no rate is stated.
        Invalid UNKNOWN_CURRENCY, EXCHANGE_RATE_INVALID, BASE_CURRENCY (a rate for the base itself).
        Missing PROJECT_UNKNOWN; Denied PERMISSION_DENIED (stating a rate needs ADMINISTER, §7.8).
        NotAllowed SYSTEM_RATES_ONLY: a rate is stated and the project has an exchange rate date.
    """
    unit.require(Permission.EDIT_PROJECTS)
    base = await lock_exchange_rates(unit.session, unit.organisation_id)
    project = await lock_project(unit, project_id)
    wanted = require_currency(currency or base)
    before = project.currency
    if wanted != before:
        if has := await _financial_information(unit, project):
            raise NotAllowed(
                f"Project {project.code} has {', '.join(has)} in {before}, so its currency stays. "
                "Make another project for work in another currency.",
                code="PROJECT_CURRENCY_FIXED",
                field="currency",
                has=has,
            )
        project.currency = wanted
        unit.session.add(project)
        await follow_currency(unit.session, unit.organisation_id, project.id, wanted)
        unit.audit("set_currency", "project", project.id, before={"currency": before}, after={"currency": wanted})
    if exchange_rate is not None:
        await unit.session.flush()
        await set_exchange_rate(
            unit, wanted, exchange_rate, last_day=date.max, project_id=project.id, replace_overlapping=True
        )
    elif wanted not in {base, before}:
        await _require_configured(unit, project.id, wanted, base)
    if wanted != before:
        unit.emit("PROJECT_CURRENCY_CHANGED", project_id=project.id, entity_id=project.id, currency=wanted)
        await emit_finances_changed(unit, [project.id], cause="CURRENCY_CHANGED")


async def _financial_information(unit: UnitOfWork, project: ProjectRow) -> list[str]:
    """What the project has that is money, in words (§7.1); planned hours count when they cost or earn something."""
    found = await stored_money_of_project(unit.session, unit.organisation_id, project.id)
    try:
        plan = (await plan_figures(unit, [project.id]))[project.id].total
        has_planned_money = bool(plan.cost_minor or plan.revenue_minor)
    except Missing:  # there is a rate, and only its conversion is missing
        has_planned_money = True
    return [*found, "planned cost or revenue"] if has_planned_money else found


async def _require_configured(unit: UnitOfWork, project_id: int, currency: str, base: str) -> None:
    """Raises Missing EXCHANGE_RATE_MISSING, with the day and the ways out (§7.1, §7.2)."""
    if currency in await configured_currencies(unit.session, unit.organisation_id):
        return
    if currency in await histories(unit.session, unit.organisation_id, project_id):
        return
    raise Missing(
        f"There is no exchange rate of {currency} to {base} on {unit.today} or any other day. "
        "Set or import one for the organisation, or state one for this project.",
        code="EXCHANGE_RATE_MISSING",
        field="currency",
        currency=currency,
        on=unit.today.isoformat(),
    )
