"""Connections to other systems, and source rows that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.core.access import Permission
from models.queries.listing.connections import (
    EXTERNAL_SYSTEMS,
    OF_CONNECTION,
    OF_STATUSES,
    SOURCE_RECORDS,
    ExternalSystemView,
    SourceRecordView,
)
from models.tables import SourceRecordStatus
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, chosen, page_of

_SEEN_BY = (Permission.MANAGE_CONNECTIONS, Permission.VIEW_LEDGER, Permission.VIEW_GENERAL_FINANCE)


async def connections(context: RequestContext, page: PageRequest) -> Page[ExternalSystemView]:
    context.require_any(*_SEEN_BY)
    return await page_of(context, EXTERNAL_SYSTEMS, page)


async def connection_by_id(context: RequestContext, connection_id: int | None) -> ExternalSystemView | None:
    context.require_any(*_SEEN_BY)
    return await context.loaders.row(EXTERNAL_SYSTEMS, connection_id)


async def source_records(
    context: RequestContext, page: PageRequest, *, connection_id: str, statuses: Sequence[SourceRecordStatus] | None
) -> Page[SourceRecordView]:
    """Rows as the source gave them; what is in them is for those who manage the connection."""
    context.principal.require(Permission.MANAGE_CONNECTIONS)
    conditions: dict[str, dict[str, object]] = {
        OF_CONNECTION: {"connection": row_id(connection_id, "ExternalSystem", "connectionId")}
    }
    if wanted := chosen(statuses):
        conditions[OF_STATUSES] = {"statuses": wanted}
    return await page_of(context, SOURCE_RECORDS, page, conditions)


async def source_record_by_id(context: RequestContext, record_id: int) -> SourceRecordView | None:
    context.principal.require(Permission.MANAGE_CONNECTIONS)
    return await context.loaders.row(SOURCE_RECORDS, record_id)
