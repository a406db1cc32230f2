"""Other systems."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    connections,
)
from schema.inputs import connections as connection_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads


@strawberry.type
class ConnectionsMutations:
    create_connection = mutates(
        connections.create_connection,
        connection_inputs.CreateConnectionInput,
        payloads.ConnectionPayload,
        "Connect another system.",
    )
    pull_connection = mutates(
        connections.pull_connection,
        connection_inputs.PullConnectionInput,
        payloads.ConnectionPayload,
        "Pull from a time source now, in the background.",
    )
    link_external_name = mutates(
        connections.link_external_name,
        connection_inputs.LinkExternalNameInput,
        payloads.LinkExternalNamePayload,
        "Say what a name of a source is here; rows that waited for it become time entries.",
    )
    map_account = mutates(
        connections.map_account,
        connection_inputs.MapAccountInput,
        payloads.ConnectionPayload,
        "Say which code an account has in the other system.",
    )
    map_party = mutates(
        connections.map_party,
        connection_inputs.MapPartyInput,
        payloads.ConnectionPayload,
        "Say which name a customer has in the other system.",
    )
    retry_delivery = mutates(
        connections.retry_delivery,
        connection_inputs.RetryDeliveryInput,
        payloads.RetryDeliveryPayload,
        "Send a delivery again that was rejected, parked or in conflict.",
    )
