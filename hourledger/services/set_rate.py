"""Set dated rates, one or several, without touching the other days of the same person, role, card or project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.pricing import Price, PricedDays, put, says_already
from hourledger.core.rates import Level, RateBasis
from hourledger.core.work import RateKind
from hourledger.services.rate_lines import lines_in_force, priced, write_lines
from hourledger.services.rate_overridden import Overridden, overridden, rate_overridden
from hourledger.services.rate_scopes import RateScope, open_scope, project_of_scope, require_right
from hourledger.services.unit_of_work import UnitOfWork
from models.tables import RateLineRow

__all__ = ["RateChange", "RateScope", "RateWritten", "set_rate", "set_rates", "write_rate"]


@dataclass(frozen=True, slots=True)
class RateWritten:
    """The line that says a rate, and what it changed of a project's billing rates of a role."""

    line_id: int
    overridden: Overridden | None = None


@dataclass(frozen=True, slots=True)
class RateChange:
    """One rate to set: whose, what, when, and whether it may take the place of others."""

    scope: RateScope
    price: Price
    period: Period
    replace_overlapping: bool = False


async def set_rate(
    unit: UnitOfWork,
    scope: RateScope,
    rate: HourlyRate | Price,
    period: Period,
    *,
    replace_overlapping: bool = False,
) -> int:
    """The rate is in force during ``period``; returns the id of its line. Existing work keeps its value (§4.1 row 4).

    A project's billing rate of a role is the exception: unbilled hours that it is about earn by it at once (row 11).

    When an open-ended rate is in force already and the new one starts later, the old one ends the day before (CT-37).
    Any other overlap is refused, unless ``replace_overlapping``: then the days of the new period are cut out of what
    was there. Lines are never edited: a line that shrinks is retired and its remaining pieces are recorded anew. To
    say what is said already changes nothing, and gives the line that says it.

    Raises:
        Invalid RATE_OVERLAP: names the line that is in the way. SCOPE_INCOMPLETE: the level needs other ids.
            BASIS_NOT_HERE, LOCK_NOT_HERE: the kind or level has no such rates. ATTRIBUTE_... (see rate_scopes).
        Missing PERSON_UNKNOWN, ROLE_UNKNOWN, COMPANY_UNKNOWN, PROJECT_UNKNOWN, ASSIGNMENT_UNKNOWN, TASK_UNKNOWN,
            RATE_CARD_UNKNOWN.
        NotAllowed RATES_PRESERVED: the project keeps its billing rates for good. RATE_LOCKED: unlock it first.
            EXCHANGE_RATE_MISSING: hours that it is about cannot be converted.
        Denied PERMISSION_DENIED.
    """
    written = await write_rate(unit, scope, rate, period, replace_overlapping=replace_overlapping)
    await rate_overridden(unit, [written.overridden])
    return written.line_id


async def write_rate(
    unit: UnitOfWork,
    scope: RateScope,
    rate: HourlyRate | Price,
    period: Period,
    *,
    replace_overlapping: bool = False,
) -> RateWritten:
    """Likewise, and no hour is rated by it yet: that is up to the caller."""
    price = rate if isinstance(rate, Price) else Price(rate)
    require_right(unit, scope.kind)
    check_price(scope, price)
    row = await open_scope(unit, scope)
    lines = await lines_in_force(unit, row.id)
    ranges = [priced(line) for line in lines]
    if says_already(ranges, period, price):
        return RateWritten(next(line.id for line in lines if priced(line).period.overlaps(period)))
    if not replace_overlapping:
        _refuse_overlap(lines, period)
    after_all = put(ranges, period, price)
    written = await write_lines(unit, row.id, lines, after_all)
    added = written[PricedDays(period, price)]
    project_id = await project_of_scope(unit, scope)
    before = [f"{one.price} {one.period}" for one in ranges if one.period.overlaps(period)]
    after = {"rate": str(price), "period": str(period), "scope": row.id}
    unit.audit("set_rate", "rate_line", added.id, before={"replaced": before} if before else None, after=after)
    unit.emit("RATE_CHANGED", project_id=project_id, entity_id=added.id, rate=str(price), period=str(period))
    return RateWritten(added.id, await overridden(unit, scope, row.id, ranges, after_all))


async def set_rates(unit: UnitOfWork, changes: Sequence[RateChange]) -> list[int]:
    """All of them, in the order given, or none: ranges that are typed together are meant together (CT-38).

    Returns the line of each. The ranges that are not named stay (§10 P12). An error says in its field which it is.
    """
    written = []
    for number, one in enumerate(changes):
        replaces = one.replace_overlapping
        try:
            written.append(await write_rate(unit, one.scope, one.price, one.period, replace_overlapping=replaces))
        except HourledgerError as error:
            error.field = f"rates.{number}.{error.field}" if error.field else f"rates.{number}"
            raise
    await rate_overridden(unit, [one.overridden for one in written])
    return [one.line_id for one in written]


def check_price(scope: RateScope, price: Price) -> None:
    """Whether rates of this kind and level can say this. Raises Invalid BASIS_NOT_HERE, LOCK_NOT_HERE."""
    if (scope.kind is RateKind.MARKUP) != (price.basis is RateBasis.PERCENT):
        raise Invalid(
            "A markup is a percentage on top (PERCENT), and only a markup is.", code="BASIS_NOT_HERE", field="basis"
        )
    if scope.kind is RateKind.COST and price.basis is RateBasis.COST_PLUS:
        raise Invalid("A cost rate cannot be on top of the cost rate.", code="BASIS_NOT_HERE", field="basis")
    if price.is_locked and scope.level is not Level.RATE_CARD:
        raise Invalid("Only rates of a rate card are locked.", code="LOCK_NOT_HERE", field="isLocked")


def _refuse_overlap(lines: Sequence[RateLineRow], period: Period) -> None:
    for line in lines:
        was = priced(line)
        if was.period.overlaps(period) and not _ends_open_rate(was.period, period):
            raise Invalid(
                f"{was.price} is in force {was.period}, which overlaps {period}. "
                "Choose days outside it, or say that it is to be replaced.",
                code="RATE_OVERLAP",
                field="validFrom",
                rate_line_id=line.id,
            )


def _ends_open_rate(was: Period, new: Period) -> bool:
    starts_later = new.valid_from is not None and (was.valid_from is None or was.valid_from < new.valid_from)
    return was.valid_until is None and starts_later
