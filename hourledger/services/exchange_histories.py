"""Reading and rewriting the exchange rates of an organisation or a project: only rows that differ are touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.money import ExchangeRate, require_currency
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import exchange
from models.selecting import select_one
from models.tables import ProjectRow


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """Rows that came, went and stayed."""

    added: int = 0
    retired: int = 0
    kept: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.retired)


async def open_histories(unit: UnitOfWork, project_id: int | None) -> str:
    """Whoever changes the exchange rates of an organisation, or of a project, begins here. Gives the base currency.

    Locks, so that two changes come one after the other, the second upon what the first has made.

    Raises:
        Denied PERMISSION_DENIED; Missing PROJECT_UNKNOWN.
        NotAllowed SYSTEM_RATES_ONLY: the project has an exchange rate date (§7.2).
    Source: project-finances §7.8.
    """
    unit.require(Permission.ADMINISTER)
    base_currency = await exchange.lock_exchange_rates(unit.session, unit.organisation_id)
    if project_id is not None:
        project = await lock_project(unit, project_id)
        if project.exchange_rate_date is not None:
            raise NotAllowed(
                f"Project {project.code} uses the organisation's dated exchange rates (its exchange rate date is "
                f"{project.exchange_rate_date}). Take that date away to give it rates of its own.",
                code="SYSTEM_RATES_ONLY",
                field="projectId",
            )
    return base_currency


async def lock_project(unit: UnitOfWork, project_id: int) -> ProjectRow:
    """Nobody logs time or spends on it until the transaction ends. Raises Missing PROJECT_UNKNOWN."""
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    return project


def require_foreign(currency: str, base_currency: str) -> str:
    """``currency`` if it can have an exchange rate. Raises Invalid UNKNOWN_CURRENCY, BASE_CURRENCY."""
    require_currency(currency)
    if currency == base_currency:
        raise Invalid(f"{currency} is the base currency: it is always 1.", code="BASE_CURRENCY", field="currency")
    return currency


async def write_history(
    unit: UnitOfWork,
    project_id: int | None,
    before: Sequence[ExchangeRate],
    after: Sequence[ExchangeRate],
    *,
    action: str = "set",
) -> HistoryChange:
    """Make ``after`` of ``before``, both of one currency, in force. Rows that are the same in both stay.

    Rows are never edited: one that differs is retired, and others are recorded. Existing work keeps its value, as with
    any rate (§4.1 row 4); planned figures follow at once.
    """
    known = {(one.rate, one.period): one for one in before}
    wanted = {(one.rate, one.period): one for one in after}
    gone = [one for at, one in known.items() if at not in wanted]
    new = [one for at, one in wanted.items() if at not in known]
    change = HistoryChange(len(new), len(gone), len(known) - len(gone))
    if not change:
        return change
    await exchange.retire(
        unit.session, unit.organisation_id, [one.row_id for one in gone if one.row_id is not None], at=unit.now
    )
    await exchange.record(unit.session, unit.organisation_id, project_id, new, at=unit.now)
    currency = [*gone, *new][0].currency
    unit.audit(
        action,
        "exchange_rate",
        None,
        before={"currency": currency, "project_id": project_id, "rows": _told(gone)},
        after={"currency": currency, "project_id": project_id, "rows": _told(new)},
    )
    unit.emit("EXCHANGE_RATE_CHANGED", project_id=project_id, currency=currency)
    if project_id is not None:
        await emit_finances_changed(unit, [project_id], cause="EXCHANGE_RATE_CHANGED")
    return change


_TOLD_MAX = 20


def _told(rates: Sequence[ExchangeRate]) -> list[str]:
    """For the audit log; of a long history its ends, since every row is still there to be looked at."""
    told = [f"{one.rate} {one.period} ({one.source})" for one in rates]
    if len(told) <= _TOLD_MAX:
        return told
    return [*told[: _TOLD_MAX // 2], f"and {len(told) - _TOLD_MAX} more", *told[-_TOLD_MAX // 2 :]]
