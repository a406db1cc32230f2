"""Choose another currency for the books, while they are still empty."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import NotAllowed
from hourledger.core.money import rebase, require_currency
from hourledger.services.exchange_histories import write_history
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import has_financial_data, histories, lock_books, projects_with_own_rates


async def set_base_currency(unit: UnitOfWork, currency: str) -> None:
    """The organisation's books are in ``currency`` from now on; its exchange rates are told in units per the new base.

    They are converted exactly and rounded to ten digits, half away from zero; the old base becomes one of the
    currencies. Days on which the new base had no rate have none then. Projects and rates keep their currencies.

    Raises:
        NotAllowed BASE_CURRENCY_FIXED: work, expenses, billing records or journal entries exist (REC §7.3).
        NotAllowed OWN_EXCHANGE_RATES: projects have rates against the old base; remove them first.
        Missing EXCHANGE_RATE_MISSING: there are exchange rates, but none of the new base.
        Invalid UNKNOWN_CURRENCY; Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    require_currency(currency)
    base = await lock_books(unit.session, unit.organisation_id)
    if currency == base:
        return
    if await has_financial_data(unit.session, unit.organisation_id):
        raise NotAllowed(
            f"The books are in {base} and hold figures already, which would mean something else in {currency}. "
            "Set up another organisation for books in another currency.",
            code="BASE_CURRENCY_FIXED",
            field="currency",
        )
    if own := await projects_with_own_rates(unit.session, unit.organisation_id):
        raise NotAllowed(
            f"Exchange rates to {base} were agreed for {', '.join(own)}. Remove them, then change the base currency.",
            code="OWN_EXCHANGE_RATES",
            field="currency",
            projects=own,
        )
    before = await histories(unit.session, unit.organisation_id, None)
    after = rebase(before, base, currency) if before else {}
    for one in sorted(before.keys() | after.keys()):
        await write_history(unit, None, before.get(one, []), after.get(one, []), action="rebase")
    unit.organisation.base_currency = currency
    unit.session.add(unit.organisation)
    unit.audit(
        "set_base_currency",
        "organisation",
        unit.organisation_id,
        before={"currency": base},
        after={"currency": currency},
    )
    unit.emit("BASE_CURRENCY_CHANGED", entity_id=unit.organisation_id, currency=currency)
