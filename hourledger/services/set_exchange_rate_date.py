"""Say that only the organisation's dated exchange rates hold for a project, and on which day fixed amounts count."""

from __future__ import annotations

from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import NotAllowed
from hourledger.services.exchange_histories import lock_project
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import histories, lock_exchange_rates


async def set_exchange_rate_date(unit: UnitOfWork, project_id: int, on: date | None) -> None:
    """From now on only the organisation's dated rates hold for the project, and fixed amounts are converted on ``on``.

    None: it may have rates of its own again, and its fixed amounts have the first planned day. No stored figure moves.

    Raises:
        NotAllowed OWN_EXCHANGE_RATES: it has rates of its own; remove them first, so that none is ignored unseen.
        Missing PROJECT_UNKNOWN; Denied PERMISSION_DENIED.
    Source: project-finances §1.2, §7.2, §7.4.
    """
    unit.require(Permission.EDIT_PROJECTS)
    await lock_exchange_rates(unit.session, unit.organisation_id)
    project = await lock_project(unit, project_id)
    own = await histories(unit.session, unit.organisation_id, project_id)
    if on is not None and own:
        raise NotAllowed(
            f"Project {project.code} has exchange rates of its own for {', '.join(sorted(own))}. Remove them first.",
            code="OWN_EXCHANGE_RATES",
            field="exchangeRateDate",
            currencies=sorted(own),
        )
    before, project.exchange_rate_date = project.exchange_rate_date, on
    if before == on:
        return
    unit.session.add(project)
    unit.audit(
        "set_exchange_rate_date",
        "project",
        project.id,
        before={"exchange_rate_date": str(before) if before else None},
        after={"exchange_rate_date": str(on) if on else None},
    )
    await emit_finances_changed(unit, [project.id], cause="EXCHANGE_RATE_DATE_CHANGED")
