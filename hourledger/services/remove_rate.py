"""Take a rate away, for good or for some of its days; and tell of days that have none."""

from __future__ import annotations

from hourledger.core.errors import Missing
from hourledger.core.periods import Period
from hourledger.core.pricing import gaps, remove
from hourledger.services.rate_lines import lines_in_force, priced, write_lines
from hourledger.services.rate_overridden import overridden, rate_overridden
from hourledger.services.rate_scopes import RateScope, check_open, project_of_scope, require_right, scope_of
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_one
from models.tables import RateLineRow, RateScopeRow


async def remove_rate(unit: UnitOfWork, rate_line_id: int, *, period: Period | None = None) -> int:
    """No rate on the line's days any more, or on those of them that are in ``period``. Returns the line's id.

    The line is retired and stays readable: what was rated by it keeps its value and its reason. Where it was a
    project's billing rate of a role, its unbilled hours earn by the next rate of the search at once (§4.1 row 11).

    Raises:
        Missing RATE_LINE_UNKNOWN: there is none, or it is not in force any more. EXCHANGE_RATE_MISSING: for that next
            rate.
        NotAllowed RATES_PRESERVED, RATE_LOCKED. Denied PERMISSION_DENIED.
    """
    line, scope = await open_line(unit, rate_line_id)
    lines = await lines_in_force(unit, line.scope_id)
    was = priced(line)
    left = remove([was], period or was.period)
    others = [priced(one) for one in lines if one.id != line.id]
    await write_lines(unit, line.scope_id, lines, [*others, *left])
    changed = await overridden(unit, scope, line.scope_id, [*others, was], [*others, *left])
    after = {"left": [str(one.period) for one in left]}
    before = {"rate": str(was.price), "period": str(was.period), "scope": line.scope_id}
    unit.audit("remove_rate", "rate_line", line.id, before=before, after=after)
    project_id = await project_of_scope(unit, scope)
    unit.emit("RATE_CHANGED", project_id=project_id, entity_id=line.id, rate=None, period=str(period or was.period))
    await rate_overridden(unit, [changed])
    return line.id


async def open_line(unit: UnitOfWork, rate_line_id: int) -> tuple[RateLineRow, RateScope]:
    """A line in force and whose it is, locked for change, after asking for the right to it.

    Raises Missing RATE_LINE_UNKNOWN, NotAllowed RATES_PRESERVED, Denied PERMISSION_DENIED.
    """
    line = await select_one(unit.session, RateLineRow, unit.organisation_id, rate_line_id)
    if line is None or line.retired_at is not None:
        raise _unknown(rate_line_id)
    row = await select_one(unit.session, RateScopeRow, unit.organisation_id, line.scope_id)
    assert row is not None
    scope = scope_of(row)
    require_right(unit, scope.kind)
    await check_open(unit, scope)
    await select_one(unit.session, RateScopeRow, unit.organisation_id, row.id, lock=True)
    await unit.session.refresh(line)
    if line.retired_at is not None:  # by somebody who was quicker
        raise _unknown(rate_line_id)
    return line, scope


async def gaps_of_scope(unit: UnitOfWork, scope_id: int) -> list[Period]:
    """Days between two rates of a scope on which it has none; the search goes on with the next level there (§3.1)."""
    return gaps(priced(line).period for line in await lines_in_force(unit, scope_id))


def _unknown(rate_line_id: int) -> Missing:
    return Missing(
        f"There is no rate {rate_line_id} in force. Read the rates again.", code="RATE_LINE_UNKNOWN", field="rateLineId"
    )
