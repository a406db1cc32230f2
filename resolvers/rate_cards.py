"""Rate cards: lists, lines now and then, history, and the projects they are on."""

from __future__ import annotations

from datetime import datetime

from hourledger.core.access import Permission
from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.work import RateKind
from hourledger.services import export_rate_card as exporting
from models.queries import rate_cards as history
from models.queries.listing.rate_cards import (
    ALIASES,
    ATTACHED_KINDS,
    ATTACHMENTS,
    LIVE,
    NAMED_LIKE,
    OF_COMPANY,
    OF_GROUP,
    OF_KINDS,
    OFFERED_TO_GROUP,
    OFFERED_TO_PROJECT,
    ON_ALL_PROJECTS,
    ON_PROJECT,
    RATE_CARDS,
    RATE_CARDS_EVER,
    AliasView,
    AttachmentView,
    RateCardView,
)
from models.queries.listing.rates import KNOWN_AT, OF_CARD, RATES_AT, RateView
from models.queries.rate_cards import OutdatedView, VersionView
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of
from resolvers.projects import like_pattern
from resolvers.rate_changes import ChangeView, change_view
from resolvers.rates import VIEW_RIGHT, kinds_seen

Conditions = dict[str, dict[str, object]]


async def rate_cards(
    context: RequestContext,
    page: PageRequest,
    *,
    kind: RateKind | None,
    text: str | None,
    company_id: str | None,
    group_id: str | None,
    for_project_id: str | None,
    for_group_id: str | None,
) -> Page[RateCardView]:
    """By name. ``for_project_id``: those offered to it, for its customer or for everybody; likewise for a group.

    Raises Denied PERMISSION_DENIED when the caller may see no rates.
    """
    conditions: Conditions = {OF_KINDS: {"kinds": kinds_seen(context, kind)}}
    if text:
        conditions[NAMED_LIKE] = {"text": f"%{like_pattern(text)}%"}
    for condition, name, value, type_name, field in (
        (OF_COMPANY, "company", company_id, "Company", "companyId"),
        (OF_GROUP, "group", group_id, "AttributeValue", "groupId"),
        (OFFERED_TO_PROJECT, "project", for_project_id, "Project", "forProjectId"),
        (OFFERED_TO_GROUP, "offered_group", for_group_id, "AttributeValue", "forGroupId"),
    ):
        if value is not None:
            conditions[condition] = {name: row_id(value, type_name, field)}
    return await page_of(context, RATE_CARDS, page, conditions)


async def rate_card(context: RequestContext, card_id: str) -> RateCardView | None:
    return await rate_card_by_id(context, row_id(card_id, "RateCard", "id"))


async def rate_card_by_id(context: RequestContext, card_id: int | None) -> RateCardView | None:
    """Deleted ones too. None when the caller may not see rates of its kind."""
    found = await context.loaders.row(RATE_CARDS_EVER, card_id)
    return found if found and context.principal.may(VIEW_RIGHT[found.kind]) else None


async def lines(context: RequestContext, card: RateCardView, page: PageRequest, at: datetime | None) -> Page[RateView]:
    """As they are now, or as they stood at an instant."""
    conditions: Conditions = {OF_CARD: {"card": card.id}}
    if at is None:
        conditions["l.retired_at IS NULL"] = {}
    else:
        conditions[KNOWN_AT] = {"known_at": at}
    return await page_of(context, RATES_AT, page, conditions)


async def aliases(context: RequestContext, card: RateCardView) -> list[AliasView]:
    return await context.loaders.all_of(ALIASES, "x.rate_card_id", "rate_card_id", card.id)


async def alias_by_id(context: RequestContext, alias_id: int) -> AliasView | None:
    found = await context.loaders.row(ALIASES, alias_id)
    return found if found and await rate_card_by_id(context, found.rate_card_id) else None


async def versions(context: RequestContext, card: RateCardView) -> list[VersionView]:
    async with context.reading() as unit:
        return await history.card_versions(unit.session, unit.organisation_id, card.id)


async def outdated(context: RequestContext, card: RateCardView) -> list[OutdatedView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    async with context.reading() as unit:
        return await history.outdated_attachments(unit.session, unit.organisation_id, card.id)


async def difference(
    context: RequestContext, card: RateCardView, since: datetime, until: datetime | None
) -> list[ChangeView]:
    async with context.reading() as unit:
        return [change_view(one) for one in await exporting.card_difference(unit, card.id, since, until)]


async def as_text(context: RequestContext, card: RateCardView, form: CardFormat, at: datetime | None) -> str:
    async with context.reading() as unit:
        return await exporting.export_rate_card(unit, card.id, form, at=at)


async def attachments(context: RequestContext, page: PageRequest, *, project_id: str | None) -> Page[AttachmentView]:
    """Live ones of a project, those of all projects when it is None, of the kinds the caller may see."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: Conditions = {LIVE: {}, ATTACHED_KINDS: {"kinds": kinds_seen(context, None)}}
    if project_id is None:
        conditions[ON_ALL_PROJECTS] = {}
    else:
        conditions[ON_PROJECT] = {"project": row_id(project_id, "Project", "projectId")}
    return await page_of(context, ATTACHMENTS, page, conditions)


async def attachment_by_id(context: RequestContext, attachment_id: int) -> AttachmentView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    found = await context.loaders.row(ATTACHMENTS, attachment_id)
    return found if found and context.principal.may(VIEW_RIGHT[found.kind]) else None
