"""The organisation's choices about finances."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.finances import FinancePreferences
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import lock_organisation

_KEY = "finance"


def finance_preferences(unit: UnitOfWork) -> FinancePreferences:
    """What the organisation chose, or the defaults."""
    stored = unit.organisation.settings.get(_KEY)
    return FinancePreferences.from_settings(stored if isinstance(stored, dict) else {})


async def set_finance_preferences(unit: UnitOfWork, preferences: FinancePreferences) -> None:
    """Projects that chose methods of their own keep them. Source: project-finances §1.1, §8.1."""
    unit.require(Permission.ADMINISTER)
    organisation = await lock_organisation(unit.session, unit.organisation_id)
    before = finance_preferences(unit).as_settings()
    organisation.settings = {**organisation.settings, _KEY: preferences.as_settings()}
    unit.session.add(organisation)
    await unit.session.flush()
    unit.audit("edit", "organisation", organisation.id, before=before, after=preferences.as_settings())
