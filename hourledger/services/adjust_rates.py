"""Change several rates at once: by a percentage, or from unlocked to locked and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.periods import Period
from hourledger.core.pricing import PricedDays, adjust, lock
from hourledger.core.rates import Level
from hourledger.services.rate_lines import lines_in_force, priced, write_lines
from hourledger.services.rate_overridden import Overridden, overridden, rate_overridden
from hourledger.services.rate_scopes import project_of_scope
from hourledger.services.remove_rate import open_line
from hourledger.services.unit_of_work import UnitOfWork

_AT_ONCE_MAX = 1000
_PERCENT_MAX = Decimal(1_000_000)


async def adjust_rates(
    unit: UnitOfWork, rate_line_ids: Sequence[int], percent: Decimal, *, period: Period | None = None
) -> list[int]:
    """Each of these rates x (1 + percent/100), on its own days or on those of them in ``period``; all or none (CT-42).

    To four decimals, half away from zero. A range that is only partly in ``period`` is split there. Returns the ids of
    the lines that say the new rates. Unbilled hours follow a project's billing rates of roles at once (§4.1 row 11).

    Raises:
        Invalid RATE_INVALID: a result below zero. PERCENT_INVALID, RATE_COUNT; RATE_NOT_IN_DAYS: no day of a line is
            in ``period``. Errors say in their field which line it is.
        Missing RATE_LINE_UNKNOWN, NotAllowed RATES_PRESERVED, RATE_LOCKED, Denied PERMISSION_DENIED.
    """
    if not percent.is_finite() or abs(percent) > _PERCENT_MAX:
        raise Invalid(f"{percent} is not a percentage to adjust by.", code="PERCENT_INVALID", field="percent")

    def adjusted(one: PricedDays) -> list[PricedDays]:
        if period is not None and not period.overlaps(one.period):
            raise Invalid(
                f"{one.price} is in force {one.period}, on no day of {period}.", code="RATE_NOT_IN_DAYS", field="days"
            )
        return adjust([one], period or one.period, percent)

    return await _change(unit, rate_line_ids, adjusted, action="adjust_rate", says={"percent": str(percent)})


async def lock_rates(unit: UnitOfWork, rate_line_ids: Sequence[int], *, is_locked: bool) -> list[int]:
    """Lock lines of rate cards, so that they go before overrides on projects (§3.4), or unlock them; all or none.

    Returns the ids of the lines as they are now; a line that was so already keeps its id.

    Raises Invalid LOCK_NOT_HERE, RATE_COUNT; Missing RATE_LINE_UNKNOWN; Denied PERMISSION_DENIED.
    """
    return await _change(
        unit,
        rate_line_ids,
        lambda one: lock([one], one.period, is_locked=is_locked),
        action="lock_rate",
        says={"is_locked": is_locked},
        only=Level.RATE_CARD,
    )


async def _change(
    unit: UnitOfWork,
    rate_line_ids: Sequence[int],
    change: Callable[[PricedDays], list[PricedDays]],
    *,
    action: str,
    says: dict[str, object],
    only: Level | None = None,
) -> list[int]:
    wanted = list(dict.fromkeys(rate_line_ids))
    if not 1 <= len(wanted) <= _AT_ONCE_MAX:
        raise Invalid(f"Name 1 to {_AT_ONCE_MAX} rates.", code="RATE_COUNT", field="rateLineIds")
    found: list[int] = []
    overrides: list[Overridden | None] = []
    for number, rate_line_id in enumerate(wanted):
        try:
            line, scope = await open_line(unit, rate_line_id)
            if only is not None and scope.level is not only:
                raise Invalid("Only rates of a rate card are locked.", code="LOCK_NOT_HERE", field="isLocked")
            was = priced(line)
            changed = change(was)
        except HourledgerError as error:
            error.field = f"rateLineIds.{number}"
            raise
        lines = await lines_in_force(unit, line.scope_id)
        others = [priced(one) for one in lines if one.id != line.id]
        written = await write_lines(unit, line.scope_id, lines, [*others, *changed])
        overrides.append(await overridden(unit, scope, line.scope_id, [*others, was], [*others, *changed]))
        new = [written[one].id for one in changed if one.price != was.price]
        found += new or [line.id]
        if not new:
            continue
        before = {"rate": str(was.price), "period": str(was.period), "scope": line.scope_id}
        unit.audit(action, "rate_line", line.id, before=before, after={**says, "lines": new})
        project_id = await project_of_scope(unit, scope)
        for one in changed:
            if one.price != was.price:
                entity_id = written[one].id
                told = {"rate": str(one.price), "period": str(one.period)}
                unit.emit("RATE_CHANGED", project_id=project_id, entity_id=entity_id, **told)
    await rate_overridden(unit, overrides)
    return found
