"""Inputs about connections to other systems."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from models.tables import ConnectionDirection, LinkKind
from schema.inputs.base import MutationInput


@strawberry.input(description="A secret of a connection: it can be set, never read.")
class SecretInput:
    name: str = strawberry.field(description="The setting, such as api_key.")
    value: str = strawberry.field(description="Its value; stored encrypted.")


@strawberry.input(description="The input of createConnection.")
class CreateConnectionInput(MutationInput):
    direction: ConnectionDirection = strawberry.field(description="Pull from it or push to it.")
    connector: str = strawberry.field(description="Which connector speaks to it, such as csv.")
    name: str = strawberry.field(description="Unique in the organisation.")
    config: JSON | None = strawberry.field(
        default=None, description="The connector's settings by name, without secrets."
    )
    secrets: list[SecretInput] = strawberry.field(default_factory=list, description="The connector's secrets.")


@strawberry.input(description="The input of pullConnection.")
class PullConnectionInput(MutationInput):
    connection_id: strawberry.ID = strawberry.field(description="The connection.")


@strawberry.input(description="The input of linkExternalName.")
class LinkExternalNameInput(MutationInput):
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    kind: LinkKind = strawberry.field(description="What the name stands for.")
    external_name: str = strawberry.field(description="The name in the source.")
    target_id: strawberry.ID = strawberry.field(description="The person, project or task it is here.")
    parent_name: str | None = strawberry.field(default=None, description="For a task: the source's project it is in.")


@strawberry.input(description="The input of mapAccount.")
class MapAccountInput(MutationInput):
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    account_id: strawberry.ID = strawberry.field(description="The account of our books.")
    external_code: str = strawberry.field(description="The other system's code of it.")


@strawberry.input(description="The input of mapParty.")
class MapPartyInput(MutationInput):
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    company_id: strawberry.ID = strawberry.field(description="The customer.")
    external_name: str = strawberry.field(description="The other system's name of it.")


@strawberry.input(description="The input of retryDelivery.")
class RetryDeliveryInput(MutationInput):
    delivery_id: strawberry.ID = strawberry.field(description="The delivery.")
