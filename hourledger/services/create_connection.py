"""Connect another system: a time source to pull from or an accounting system to push to."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr, ValidationError

from connectors.base import ConnectorMeta
from connectors.registry import source, target
from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.unit_of_work import UnitOfWork
from models.secrets import SecretBox, read_secrets, store_secret
from models.selecting import select_one
from models.tables import ConnectionDirection, ConnectionRow


async def create_connection(
    unit: UnitOfWork,
    box: SecretBox,
    *,
    direction: ConnectionDirection,
    connector: str,
    name: str,
    config: dict[str, Any],
    secrets: dict[str, str],
) -> int:
    """Store a connection; its secrets are encrypted and can never be read back through the API. Returns its id.

    Raises:
        Missing CONNECTOR_UNKNOWN: lists the known ones.
        Invalid CONFIG_INVALID: names the setting and what is wrong with it.
    """
    unit.require(Permission.MANAGE_CONNECTIONS)
    meta = connector_meta(direction, connector)
    checked_config(meta, {**config, **secrets})
    row = ConnectionRow(
        organisation_id=unit.organisation_id, direction=direction, connector=connector, name=name.strip(), config=config
    )
    unit.session.add(row)
    await unit.session.flush()
    for secret_name, value in secrets.items():
        await store_secret(
            unit.session,
            box,
            organisation_id=unit.organisation_id,
            connection_id=row.id,
            name=secret_name,
            value=SecretStr(value),
        )
    unit.audit("create", "connection", row.id, after={"name": row.name, "connector": connector})
    unit.emit("CONNECTION_CHANGED", entity_id=row.id, name=row.name)
    return row.id


def connector_meta(direction: ConnectionDirection, connector: str) -> ConnectorMeta:
    """What the connector is. Raises Missing CONNECTOR_UNKNOWN."""
    return source(connector).meta if direction is ConnectionDirection.SOURCE else target(connector).meta


def checked_config(meta: ConnectorMeta, values: dict[str, Any]) -> Any:
    """The connector's config model. Raises Invalid CONFIG_INVALID; never shows a secret."""
    try:
        return meta.config.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Invalid(f"The settings of {meta.title} are not right: {problems}.", code="CONFIG_INVALID") from None


async def load_connection(unit: UnitOfWork, connection_id: int, *, lock: bool = False) -> ConnectionRow:
    """Raises Missing CONNECTION_UNKNOWN."""
    row = await select_one(unit.session, ConnectionRow, unit.organisation_id, connection_id, lock=lock)
    if row is None:
        raise Missing(f"There is no connection {connection_id}.", code="CONNECTION_UNKNOWN")
    return row


async def open_config(unit: UnitOfWork, box: SecretBox, row: ConnectionRow) -> Any:
    """The connector's config with its secrets, ready to construct the connector."""
    secrets = await read_secrets(unit.session, box, row.id)
    return checked_config(connector_meta(row.direction, row.connector), {**row.config, **secrets})
