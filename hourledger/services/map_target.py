"""What our accounts and customers are called in an accounting system."""

from __future__ import annotations

from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.services.create_connection import load_connection
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_one, select_one
from models.tables import AccountMappingRow, AccountRow, CompanyRow, PartyMappingRow


async def map_account(unit: UnitOfWork, connection_id: int, account_id: int, external_code: str) -> int:
    """Our account is ``external_code`` there; an earlier name is replaced. Returns the mapping's id."""
    await _check(unit, connection_id, AccountRow, account_id, "ACCOUNT_UNKNOWN")
    row = await find_one(
        unit.session, AccountMappingRow, unit.organisation_id, connection_id=connection_id, account_id=account_id
    ) or AccountMappingRow(
        organisation_id=unit.organisation_id,
        connection_id=connection_id,
        account_id=account_id,
        external_code=external_code,
    )
    row.external_code = external_code
    unit.session.add(row)
    await unit.session.flush()
    return row.id


async def map_party(unit: UnitOfWork, connection_id: int, company_id: int, external_name: str) -> int:
    """Our customer is ``external_name`` there; an earlier name is replaced. Returns the mapping's id."""
    await _check(unit, connection_id, CompanyRow, company_id, "COMPANY_UNKNOWN")
    row = await find_one(
        unit.session, PartyMappingRow, unit.organisation_id, connection_id=connection_id, company_id=company_id
    ) or PartyMappingRow(
        organisation_id=unit.organisation_id,
        connection_id=connection_id,
        company_id=company_id,
        external_name=external_name,
    )
    row.external_name = external_name
    unit.session.add(row)
    await unit.session.flush()
    return row.id


async def _check(unit: UnitOfWork, connection_id: int, table: Any, row_id: int, code: str) -> None:
    unit.require(Permission.MANAGE_CONNECTIONS)
    await load_connection(unit, connection_id)
    if await select_one(unit.session, table, unit.organisation_id, row_id) is None:
        raise Missing(f"There is no {table.__tablename__} {row_id}.", code=code)
