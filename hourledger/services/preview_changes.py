"""The hours that a preview would change, one project at a time: rated again, shown, and nothing kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from hourledger.core.errors import Conflict
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.rate_columns import RatedSlice
from hourledger.services.recalculate_projects import recalculate, require_rights
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.runs import RunChangeView
from models.queries.valuations import provenances_of


@dataclass(frozen=True, slots=True)
class _Seen:
    """An hour that would change; its present reason by id, its coming one as a document, None: it keeps it."""

    entry_id: int
    on: date
    currency: str
    cost: tuple[int, int]
    revenue: tuple[int, int]
    reason_before: int | None
    provenance_after: dict[str, object] | None


async def preview_changes(
    unit: UnitOfWork,
    project_id: int | None,
    scope: RecalculationScope,
    *,
    digest: str,
    after_entry: int = 0,
    limit: int,
) -> tuple[list[RunChangeView], bool]:
    """So many hours above an id, in the order of ids, and whether more follow. Roll the transaction back.

    Raises:
        Conflict CHANGED_SINCE_PREVIEW: the project would not become what ``digest`` names any more.
    """
    require_rights(unit)
    found: list[_Seen] = []

    def look(rated: RatedSlice) -> None:
        found.extend(_first(rated, after_entry, limit + 1))

    (done,) = await recalculate(unit, [project_id], scope, look=look)
    if done.digest != digest:
        raise Conflict(
            "Hours, rates or bills have changed since the preview. Preview it again.", code="CHANGED_SINCE_PREVIEW"
        )
    found.sort(key=lambda one: one.entry_id)
    shown = found[:limit]
    before = await provenances_of(unit.session, [one.reason_before for one in shown if one.reason_before is not None])
    return [_view(one, project_id, before) for one in shown], len(found) > limit


def _first(rated: RatedSlice, after_entry: int, count: int) -> list[_Seen]:
    stored = rated.stored
    at = np.flatnonzero(rated.changes & (stored.id > after_entry))
    at = at[np.argsort(stored.id[at])][:count]
    return [
        _Seen(
            entry_id=int(stored.id[one]),
            on=date.fromordinal(int(stored.hours.day[one])),
            currency=str(rated.currency[one]),
            cost=(int(stored.cost[one]), int(rated.cost[one])),
            revenue=(int(stored.revenue[one]), int(rated.revenue[one])),
            reason_before=int(stored.reason[one]) if stored.reason[one] > 0 else None,
            provenance_after=None if rated.moved[one] else rated.reasons[int(rated.reason[one])].provenance,
        )
        for one in at.tolist()
    ]


def _view(one: _Seen, project_id: int | None, before: dict[int, dict[str, object]]) -> RunChangeView:
    provenance = before[one.reason_before] if one.reason_before is not None else None
    return RunChangeView(
        time_entry_id=one.entry_id,
        project_id=project_id,
        work_date=one.on,
        currency=one.currency,
        cost_before_minor=one.cost[0],
        cost_after_minor=one.cost[1],
        revenue_before_minor=one.revenue[0],
        revenue_after_minor=one.revenue[1],
        provenance_before=provenance,
        provenance_after=one.provenance_after if one.provenance_after is not None else provenance or {},
        is_cap_moved=one.provenance_after is None,
    )
