"""Setting up an organisation: what every later step takes for granted."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.ledger import PostingType
from hourledger.core.money import require_currency
from hourledger.core.periods import Period
from hourledger.services.checks import require_name
from hourledger.services.unit_of_work import UnitOfWork
from models.database import Session
from models.selecting import select_one
from models.tables import (
    AccountRow,
    AccountSelectionRow,
    AccountType,
    CompanyRow,
    ExpenseTypeRow,
    HourTypeRow,
    HourTypeScope,
    OrganisationRow,
    PersonRoleRow,
    PersonRow,
    RoleRow,
)

BUILT_IN_HOUR_TYPES = (
    ("Sick Time", HourTypeScope.GENERAL, False),
    ("Vacation Time", HourTypeScope.GENERAL, False),
    ("General Overhead", HourTypeScope.GENERAL, True),
    ("Project Time", HourTypeScope.PROJECT_SPECIFIC, True),
    ("Task Time", HourTypeScope.PROJECT_SPECIFIC, True),
    ("Issue Time", HourTypeScope.PROJECT_SPECIFIC, True),
)
"""Name, scope, counts as revenue (project-finances §1.10)."""

BUILT_IN_EXPENSE_TYPES = (
    "Advertising", "Consulting", "Entertainment", "General", "Materials", "Printing", "Shipping", "Travel",
)  # fmt: skip
"""Eight (C-25)."""

STARTING_ACCOUNTS = (
    ("1200", "Accounts receivable", AccountType.ASSET, PostingType.CUSTOMER_BALANCE),
    ("8000", "Invoiced revenue", AccountType.INCOME, PostingType.INVOICED_REVENUE),
    ("8010", "Invoiced revenue on account", AccountType.INCOME, PostingType.INVOICED_REVENUE_ON_ACCOUNT),
)


async def create_organisation(session: Session, name: str, *, base_currency: str, time_zone: str) -> OrganisationRow:
    """An organisation with the built-in hour and expense types and a starting chart of accounts."""
    require_currency(base_currency)
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(f"{time_zone!r} is not a time zone. Use a name such as Europe/Amsterdam.", code="ZONE") from None
    organisation = OrganisationRow(name=name, base_currency=base_currency, time_zone=time_zone)
    session.add(organisation)
    await session.flush()
    owner = organisation.id
    for type_name, scope, counts in BUILT_IN_HOUR_TYPES:
        session.add(
            HourTypeRow(organisation_id=owner, name=type_name, scope=scope, counts_as_revenue=counts, is_built_in=True)
        )
    session.add_all(ExpenseTypeRow(organisation_id=owner, name=one, is_built_in=True) for one in BUILT_IN_EXPENSE_TYPES)
    for code, account_name, account_type, posting_type in STARTING_ACCOUNTS:
        account = AccountRow(organisation_id=owner, code=code, name=account_name, account_type=account_type)
        session.add(account)
        await session.flush()
        session.add(AccountSelectionRow(organisation_id=owner, posting_type=posting_type, account_id=account.id))
    await session.flush()
    return organisation


async def create_role(unit: UnitOfWork, name: str, *, description: str = "") -> int:
    """A job role; returns its id."""
    unit.require(Permission.ADMINISTER)
    row = RoleRow(organisation_id=unit.organisation_id, name=require_name(name), description=description.strip())
    unit.session.add(row)
    await unit.session.flush()
    return row.id


async def create_person(unit: UnitOfWork, name: str, email: str, *, primary_role_id: int | None) -> int:
    """A person with a primary role from the beginning of time; returns its id. Raises Missing ROLE_UNKNOWN."""
    unit.require(Permission.ADMINISTER)
    row = PersonRow(organisation_id=unit.organisation_id, name=require_name(name), email=email.strip().lower())
    unit.session.add(row)
    await unit.session.flush()
    if primary_role_id is not None:
        await give_primary_role(unit, row.id, primary_role_id, Period())
    return row.id


async def give_primary_role(unit: UnitOfWork, person_id: int, role_id: int, period: Period) -> None:
    """The person's primary role during a period.

    Raises:
        Invalid TWO_PRIMARY_ROLES on overlap; Missing PERSON_UNKNOWN, ROLE_UNKNOWN.
    """
    unit.require(Permission.ADMINISTER)
    if await select_one(unit.session, PersonRow, unit.organisation_id, person_id) is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    if await select_one(unit.session, RoleRow, unit.organisation_id, role_id) is None:
        raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field="roleId")
    unit.session.add(
        PersonRoleRow(
            organisation_id=unit.organisation_id,
            person_id=person_id,
            role_id=role_id,
            valid_from=period.valid_from,
            valid_until=period.valid_until,
        )
    )
    await unit.session.flush()


async def create_company(unit: UnitOfWork, name: str, currency: str) -> int:
    """A customer, billed in ``currency`` by default; returns its id."""
    unit.require(Permission.EDIT_PROJECTS)
    row = CompanyRow(organisation_id=unit.organisation_id, name=require_name(name), currency=require_currency(currency))
    unit.session.add(row)
    await unit.session.flush()
    return row.id
