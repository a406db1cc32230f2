"""The contract of a project that came without one: its customer, one time-and-material line for all classes of work."""

from __future__ import annotations

from hourledger.core.work import BillingMethod
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import ContractCustomerRow, ContractLineRow, ContractRow, ContractStatus, ProjectRow


async def give_customer(unit: UnitOfWork, project: ProjectRow, company_id: int | None) -> bool:
    """The implicit contract is with this customer from now on, made when there is none (design §3).

    None: with nobody, and not in force. A contract that somebody agreed stays as it is. Returns whether work of the
    project may be billed otherwise now; the caller books it anew, and has made sure that nothing has been billed.
    """
    lines = await find_all(unit.session, ContractLineRow, unit.organisation_id, project_id=project.id)
    contracts = await find_all(unit.session, ContractRow, unit.organisation_id, id={one.contract_id for one in lines})
    if any(not one.is_implicit for one in contracts) or (not contracts and company_id is None):
        return False
    if not contracts:
        contract, line = await _make(unit, project)
    else:
        [contract], [line] = contracts, lines
    contract.status = ContractStatus.DRAFT if company_id is None else ContractStatus.ACTIVE
    unit.session.add(contract)
    for before in await find_all(unit.session, ContractCustomerRow, unit.organisation_id, contract_line_id=line.id):
        await unit.session.delete(before)
    await unit.session.flush()
    if company_id is not None:
        unit.session.add(
            ContractCustomerRow(organisation_id=unit.organisation_id, contract_line_id=line.id, company_id=company_id)
        )
        await unit.session.flush()
    return True


async def _make(unit: UnitOfWork, project: ProjectRow) -> tuple[ContractRow, ContractLineRow]:
    contract = ContractRow(
        organisation_id=unit.organisation_id,
        name=project.name,
        currency=project.currency,
        is_implicit=True,
        created_at=unit.now,
    )
    unit.session.add(contract)
    await unit.session.flush()
    line = ContractLineRow(
        organisation_id=unit.organisation_id,
        contract_id=contract.id,
        project_id=project.id,
        name=project.name,
        billing_method=BillingMethod.TIME_AND_MATERIAL,
    )
    unit.session.add(line)
    await unit.session.flush()
    return contract, line
