"""The finances of projects as of a day and as they were known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from hourledger.core.errors import Invalid
from hourledger.core.finances.as_of import HistoricFigures, HistoricFinances, historic_finances
from hourledger.core.money import Money
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.as_of import historic_sums


async def finances_as_of(
    unit: UnitOfWork, project_ids: Sequence[int], *, as_of: date | None = None, known_at: datetime | None = None
) -> dict[int, HistoricFinances]:
    """By project id: only what is dated up to and including ``as_of``, as it was known at ``known_at`` (None: now).

    Hours count at their latest valuation by then, billed, draft and unbilled amounts by the actuals and claims there
    were. Nothing that happens later changes an answer for an earlier instant. Absent: projects that are, or were,
    unknown.

    Raises:
        Invalid KNOWN_AT_WITHOUT_ZONE: the instant needs an offset from UTC.
    """
    if known_at is not None and known_at.tzinfo is None:
        raise Invalid(
            "Say which instant: give the time with an offset, such as 2026-06-30T18:00:00Z.",
            code="KNOWN_AT_WITHOUT_ZONE",
            field="knownAt",
        )
    if known_at is not None and known_at >= unit.now:
        known_at = None
    sums = await historic_sums(unit.session, unit.organisation_id, project_ids, as_of=as_of, known_at=known_at)
    found = {}
    for project_id, one in sums.items():

        def money(minor: int, currency: str = one.currency) -> Money:
            return Money(minor, currency)

        figures = HistoricFigures(
            actual_seconds=one.actual_seconds,
            actual_labor_cost=money(one.labor_cost),
            actual_hourly_revenue=money(one.hourly_revenue),
            actual_expense_cost=money(one.actual_expense),
            fixed_cost=money(one.fixed_cost),
            realised_fixed_revenue=money(one.realised_fixed_revenue),
            fixed_has_changed=one.fixed_has_changed,
            billed=money(one.billed),
            on_draft=money(one.on_draft),
            unbilled=money(one.unbilled),
        )
        found[project_id] = historic_finances(figures, is_dated=as_of is not None)
    return found
