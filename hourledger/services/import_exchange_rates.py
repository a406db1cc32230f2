"""Import what a bank publishes as the organisation's exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import ExchangeRate, ReferenceRates, rebase, splice_rates
from hourledger.services.exchange_histories import open_histories, require_foreign, write_history
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import configured_currencies, histories, users_of_currencies


@dataclass(frozen=True, slots=True)
class CurrencyImported:
    """Rows of one currency that came, went and stayed. ``is_published``: false when the file has no rate of it."""

    currency: str
    is_published: bool
    added: int = 0
    retired: int = 0
    kept: int = 0
    last_day: date | None = None
    """Set when the currency has ended."""


async def import_exchange_rates(
    unit: UnitOfWork,
    published: ReferenceRates,
    *,
    currencies: Sequence[str] = (),
    since: date | None = None,
    source: str,
) -> list[CurrencyImported]:
    """The published rates are in force from ``since`` (or their first day) on; one result per currency, in order.

    ``currencies``: None named means those that the organisation uses or has rates of. When its base is not that of the
    publication, rates are crossed: x / base on each day, exact, rounded once to ten digits, half away from zero. The
    last rate holds until it is replaced; rates for days behind the publication stay. Importing the same again changes
    nothing, and of what it does change only rows that differ are retired.

    Raises:
        Invalid CURRENCIES_NEEDED: none is named and none is in use. UNKNOWN_CURRENCY, BASE_CURRENCY.
        Missing CURRENCY_NOT_PUBLISHED: one that is named, or the base currency, is not in the publication.
        Denied PERMISSION_DENIED.
    """
    base = await open_histories(unit, None)
    wanted = await _wanted(unit, currencies, base)
    known = {*published.quotes, published.base}
    if missing := [one for one in (base, *currencies) if one not in known]:
        raise Missing(
            f"No rate of {', '.join(missing)} is published there. Known are {', '.join(sorted(known))}. "
            "Set the others one by one.",
            code="CURRENCY_NOT_PUBLISHED",
            field="currencies",
            currencies=missing,
        )
    told = _in_base(published, {*wanted, base} & known, base, since, source)
    before = await histories(unit.session, unit.organisation_id, None, wanted)
    results = []
    for currency in wanted:
        rates = told.get(currency, [])
        was = before.get(currency, [])
        after = splice_rates(was, rates, published.last_day)
        change = await write_history(unit, None, was, after, action="import")
        results.append(
            CurrencyImported(
                currency,
                bool(rates),
                change.added,
                change.retired,
                change.kept,
                after[-1].period.last_day if after else None,
            )
        )
    if any(one.added or one.retired for one in results):
        unit.emit("EXCHANGE_RATES_IMPORTED", source=source, currencies=[one.currency for one in results])
    return results


async def request_exchange_rate_import(
    unit: UnitOfWork, *, currencies: Sequence[str], since: date | None, feed: str
) -> list[str]:
    """Queue an import, which the worker downloads and does; gives the currencies it will be about.

    How it went is told by the event EXCHANGE_RATES_IMPORTED or EXCHANGE_RATE_IMPORT_FAILED.

    Raises as ``import_exchange_rates`` does, for what can be known without the publication.
    """
    wanted = await _wanted(unit, currencies, await open_histories(unit, None))
    await unit.enqueue(
        "import_exchange_rates",
        lock="import_exchange_rates",
        organisation_id=unit.organisation_id,
        currencies=list(currencies),
        since=None if since is None else since.isoformat(),
        feed=feed,
    )
    unit.audit("request_import", "exchange_rate", None, after={"currencies": wanted, "since": str(since), "feed": feed})
    return wanted


def note_failed_import(unit: UnitOfWork, *, code: str, message: str) -> None:
    """Tell those who wait for an import that it brought nothing, and why."""
    unit.require(Permission.ADMINISTER)
    unit.emit("EXCHANGE_RATE_IMPORT_FAILED", code=code, message=message)


async def _wanted(unit: UnitOfWork, named: Sequence[str], base: str) -> list[str]:
    if named:
        return sorted({require_foreign(one, base) for one in named})
    in_use = await users_of_currencies(unit.session, unit.organisation_id)
    configured = await configured_currencies(unit.session, unit.organisation_id)
    if wanted := sorted({*in_use, *configured} - {base}):
        return wanted
    raise Invalid(
        f"Nothing here is in another currency than {base} yet. Name the currencies whose rates are to be imported.",
        code="CURRENCIES_NEEDED",
        field="currencies",
    )


def _in_base(
    published: ReferenceRates, wanted: set[str], base: str, since: date | None, source: str
) -> dict[str, list[ExchangeRate]]:
    """The published rates of these currencies as units per the organisation's base."""
    foreign = wanted - {published.base}
    rates = {one: published.in_force(one, since=since, source=source) for one in sorted(foreign)}
    return rebase(rates, published.base, base)
