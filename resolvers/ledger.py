"""The books, and what is on its way from them to other systems."""

from __future__ import annotations

from collections.abc import Sequence

from hourledger.core.access import Permission
from hourledger.core.ledger import DeliveryState
from models.queries.listing.ledger import (
    ACCOUNTS,
    DELIVERIES,
    IN_STATES,
    JOURNAL_ENTRIES,
    POSTINGS,
    TO_CONNECTION,
    AccountView,
    DeliveryView,
    JournalEntryView,
    PostingView,
)
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, chosen, page_of, page_under

DELIVERIES_SEEN_BY = (Permission.VIEW_LEDGER, Permission.MANAGE_CONNECTIONS)


async def accounts(context: RequestContext, page: PageRequest) -> Page[AccountView]:
    context.require_any(*DELIVERIES_SEEN_BY)
    return await page_of(context, ACCOUNTS, page)


async def account_by_id(context: RequestContext, account_id: int) -> AccountView | None:
    return await context.loaders.row(ACCOUNTS, account_id)


async def journal_entries(context: RequestContext, page: PageRequest) -> Page[JournalEntryView]:
    """Last posted first."""
    context.principal.require(Permission.VIEW_LEDGER)
    return await page_of(context, JOURNAL_ENTRIES, page)


async def journal_entry_by_id(context: RequestContext, entry_id: int | None) -> JournalEntryView | None:
    context.principal.require(Permission.VIEW_LEDGER)
    return await context.loaders.row(JOURNAL_ENTRIES, entry_id)


async def postings(context: RequestContext, entry_id: int) -> list[PostingView]:
    """All legs in order: two and a few, never many."""
    return await context.loaders.all_of(POSTINGS, "p.journal_entry_id", "journal_entry_id", entry_id)


async def deliveries(
    context: RequestContext, page: PageRequest, *, states: Sequence[DeliveryState] | None, connection_id: str | None
) -> Page[DeliveryView]:
    """Newest first."""
    context.require_any(*DELIVERIES_SEEN_BY)
    conditions: dict[str, dict[str, object]] = {}
    if wanted := chosen(states):
        conditions[IN_STATES] = {"states": wanted}
    if connection_id is not None:
        conditions[TO_CONNECTION] = {"connection": row_id(connection_id, "ExternalSystem", "connectionId")}
    return await page_of(context, DELIVERIES, page, conditions)


async def deliveries_of_entry(context: RequestContext, entry_id: int, page: PageRequest) -> Page[DeliveryView]:
    context.require_any(*DELIVERIES_SEEN_BY)
    return await page_under(context, DELIVERIES, "d.journal_entry_id", entry_id, page)


async def delivery_by_id(context: RequestContext, delivery_id: int | None) -> DeliveryView | None:
    context.require_any(*DELIVERIES_SEEN_BY)
    return await context.loaders.row(DELIVERIES, delivery_id)
