"""The lines of one scope: read as priced ranges, written as the difference to how they are to be.

Lines are never edited. A range that changes is retired and what is left of it is recorded anew; a range that stays as
it is keeps its row, so that writing what is there already writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.core.errors import NotAllowed
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.pricing import Price, PricedDays, broken_lock
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import RateLineRow


def priced(line: RateLineRow) -> PricedDays:
    """What a line says, and when."""
    rate = HourlyRate(line.rate_scaled, line.currency, line.unit_seconds)
    return PricedDays(Period(line.valid_from, line.valid_until), Price(rate, line.basis, line.is_locked))


async def lines_in_force(unit: UnitOfWork, scope_ids: int | Sequence[int]) -> list[RateLineRow]:
    """Of one scope or several, none of them retired."""
    return await find_all(unit.session, RateLineRow, unit.organisation_id, scope_id=scope_ids, retired_at=None)


async def write_lines(
    unit: UnitOfWork, scope_id: int, lines: Sequence[RateLineRow], wanted: Sequence[PricedDays]
) -> dict[PricedDays, RateLineRow]:
    """Make ``lines``, all that are in force in the scope, into ``wanted``; returns the row of each wanted range.

    Raises Invalid RATE_OVERLAP when wanted ranges overlap; NotAllowed RATE_LOCKED: a locked one would change.
    """
    locked = broken_lock([priced(line) for line in lines], wanted)
    if locked is not None:
        raise NotAllowed(
            f"{locked.price} is locked {locked.period}: nobody changes it meanwhile. Unlock it first, or choose other "
            "days.",
            code="RATE_LOCKED",
        )
    kept: dict[PricedDays, RateLineRow] = {}
    for line in lines:
        says = priced(line)
        if says in wanted:
            kept[says] = line
        else:
            line.retired_at = unit.now
            unit.session.add(line)
    await unit.session.flush()
    new = {one: _line(unit, scope_id, one) for one in wanted if one not in kept}
    unit.session.add_all(new.values())
    await unit.session.flush()
    return kept | new


def _line(unit: UnitOfWork, scope_id: int, one: PricedDays) -> RateLineRow:
    rate = one.price.rate
    return RateLineRow(
        organisation_id=unit.organisation_id,
        scope_id=scope_id,
        rate_scaled=rate.scaled,
        currency=rate.currency,
        unit_seconds=rate.unit_seconds,
        basis=one.price.basis,
        is_locked=one.price.is_locked,
        valid_from=one.period.valid_from,
        valid_until=one.period.valid_until,
        recorded_at=unit.now,
        recorded_by=unit.principal.subject,
    )
