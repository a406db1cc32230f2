"""Connecting other systems, pulling, linking names, mapping accounts and customers, sending again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hourledger.core.errors import Invalid
from hourledger.services import map_target
from hourledger.services.create_connection import create_connection as connect
from hourledger.services.deliver import retry_delivery as retry
from hourledger.services.link_external_name import link_external_name as link
from hourledger.services.pull_runs import request_pull
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.connections import EXTERNAL_SYSTEMS, ExternalSystemView
from models.queries.listing.ledger import DELIVERIES
from models.tables import ConnectionDirection, LinkKind
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, Mutation, Outcome, mutation, run_mutation

_TARGET_TYPE = {LinkKind.PERSON: "Person", LinkKind.PROJECT: "Project", LinkKind.TASK: "Task"}


class Secret(Protocol):
    """The name of a setting and its secret value."""

    name: str
    value: str


async def create_connection(
    context: RequestContext,
    *,
    idempotency_key: str,
    dry_run: bool,
    direction: ConnectionDirection,
    connector: str,
    name: str,
    config: Any,
    secrets: Sequence[Secret],
) -> Outcome[ExternalSystemView]:
    """The digest that guards the key names the secrets but leaves their values out: it is stored, they must not be."""

    settings = {} if config is None else config

    async def command(unit: UnitOfWork) -> Answer:
        if not isinstance(settings, dict):
            raise Invalid("The settings are an object.", code="CONFIG_INVALID", field="config")
        values = {one.name: one.value for one in secrets}
        made = await connect(
            unit, context.box, direction=direction, connector=connector, name=name, config=settings, secrets=values
        )
        return {"id": made}

    async def show(answer: Answer) -> ExternalSystemView | None:
        return await context.loaders.row(EXTERNAL_SYSTEMS, answer["id"])

    names = sorted(one.name for one in secrets)
    body = {"direction": direction, "connector": connector, "name": name, "config": settings, "secrets": names}
    return await run_mutation(context, "createConnection", body, command, show, key=idempotency_key, dry_run=dry_run)


@mutation("pullConnection", EXTERNAL_SYSTEMS)
async def pull_connection(_context: RequestContext, unit: UnitOfWork, *, connection_id: str) -> Answer:
    number = _connection(connection_id)
    await request_pull(unit, number)
    return {"id": number}


async def _link(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    connection_id: str,
    kind: LinkKind,
    external_name: str,
    parent_name: str | None,
    target_id: str,
) -> Answer:
    number = _connection(connection_id)
    target = row_id(target_id, _TARGET_TYPE[kind], "targetId")
    posted = await link(unit, number, kind, external_name, parent_name=parent_name, target_id=target)
    return {"id": number, "posted": posted}


@dataclass(frozen=True, slots=True)
class Linked:
    """``posted``: how many waiting rows became time entries."""

    posted: int
    connection: ExternalSystemView | None


async def _linked(context: RequestContext, answer: Answer) -> Linked:
    connection = await context.loaders.row(EXTERNAL_SYSTEMS, answer["id"])
    return Linked(answer["posted"], connection)


link_external_name: Mutation[Linked] = Mutation("linkExternalName", _link, _linked)


@mutation("mapAccount", EXTERNAL_SYSTEMS)
async def map_account(
    _context: RequestContext, unit: UnitOfWork, *, connection_id: str, account_id: str, external_code: str
) -> Answer:
    number = _connection(connection_id)
    await map_target.map_account(unit, number, row_id(account_id, "Account", "accountId"), external_code)
    return {"id": number}


@mutation("mapParty", EXTERNAL_SYSTEMS)
async def map_party(
    _context: RequestContext, unit: UnitOfWork, *, connection_id: str, company_id: str, external_name: str
) -> Answer:
    number = _connection(connection_id)
    await map_target.map_party(unit, number, row_id(company_id, "Company", "companyId"), external_name)
    return {"id": number}


@mutation("retryDelivery", DELIVERIES)
async def retry_delivery(_context: RequestContext, unit: UnitOfWork, *, delivery_id: str) -> Answer:
    number = row_id(delivery_id, "Delivery", "deliveryId")
    await retry(unit, number)
    return {"id": number}


def _connection(connection_id: str) -> int:
    return row_id(connection_id, "ExternalSystem", "connectionId")
