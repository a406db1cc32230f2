"""Rate cards, and where they are attached."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.work import RateKind
from models.queries.listing.rate_cards import AliasView, AttachmentView, RateCardView
from resolvers import projects, rate_attributes, rate_cards
from resolvers.paging import FIRST_DEFAULT, PageRequest
from schema.fields import After, First, Info, is_value, resolves
from schema.node import Connection, Node
from schema.references import ATTRIBUTE_VALUE, COMPANY, PROJECT, RATE_CARD, RATE_CARD_ALIAS, RATE_LINE, ROLE
from schema.types.days import last_day
from schema.types.rate_attributes import RateNarrowing

At = Annotated[datetime | None, strawberry.argument(description="As it stood at this instant; null: as it is now.")]


async def _lines(
    root: strawberry.Parent[Any], info: Info, at: At = None, first: First = FIRST_DEFAULT, after: After = None
) -> Any:
    return await rate_cards.lines(info.context, root, PageRequest(first, after), at)


async def _difference(
    root: strawberry.Parent[Any],
    info: Info,
    since: Annotated[datetime, strawberry.argument(description="The earlier instant.")],
    until: Annotated[datetime | None, strawberry.argument(description="The later instant; null: now.")] = None,
) -> Any:
    return await rate_cards.difference(info.context, root, since, until)


async def _text(
    root: strawberry.Parent[Any],
    info: Info,
    form: Annotated[CardFormat, strawberry.argument(description="How it is written.")],
    at: At = None,
) -> Any:
    return await rate_cards.as_text(info.context, root, form, at)


@strawberry.type(description="A range of rates in words, as it was or is.")
class RateInWords:
    price: str = strawberry.field(description="What it says.")
    is_locked: bool = strawberry.field(description="Whether it goes before overrides on the project.")
    first_day: date | None = strawberry.field(description="First day in force; null: always was.")
    last_day: date | None = strawberry.field(description="Last day in force; null: open end.")


@strawberry.type(description="A range that is new (nothing before), gone (nothing after), or different.")
class RateCardChange:
    kind: RateKind = strawberry.field(description="Billing, cost or markup.")
    role = resolves(ROLE | None, "The role.", lambda context, it: projects.role_by_id(context, it.role_id))
    attributes = resolves(
        list[RateNarrowing], "What narrows it.", lambda context, it: rate_attributes.narrowed(context, it.attributes)
    )
    before: RateInWords | None = strawberry.field(description="As it was.")
    after: RateInWords | None = strawberry.field(description="As it is.")


@strawberry.type(description="An instant at which rates of a card changed.")
class RateCardVersion:
    at: datetime = strawberry.field(description="When; ask for the lines at this instant.")
    changed_by: str | None = strawberry.field(description="Who changed it.")
    added: int = strawberry.field(description="How many ranges were recorded.")
    retired: int = strawberry.field(description="How many ranges others took the place of, or nothing.")


@strawberry.type(description="A project that has a card as it was before its last change.")
class OutdatedProject:
    project = resolves(
        PROJECT | None,
        "The project; null: the card is on all projects.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
    known_at: datetime = strawberry.field(description="As it stood when.")
    changed_at: datetime | None = strawberry.field(description="When its rates changed last.")


@strawberry.type(description="A named list of rates of roles. Projects have it as it stood when it was attached.")
class RateCard(Node):
    is_type_of = is_value(RateCardView)
    name: str = strawberry.field(description="Unique among the cards that are not deleted.")
    description: str = strawberry.field(description="What it is for.")
    kind: RateKind = strawberry.field(description="BILLING holds billing rates and markups, COST cost rates.")
    valid_from: date | None = strawberry.field(description="First day on which it counts; null: any.")
    last_day = last_day("Last day on which it counts; null: any.")
    created_at: datetime = strawberry.field(description="When it was made.")
    created_by: str = strawberry.field(description="Who made it.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null: it was not.")
    company = resolves(
        COMPANY | None,
        "It is offered to this customer's projects; null: to all.",
        lambda context, it: projects.company_by_id(context, it.company_id),
    )
    group = resolves(
        ATTRIBUTE_VALUE | None,
        "It is offered to this group; null: to all.",
        lambda context, it: rate_attributes.attribute_value_by_id(context, it.group_value_id),
    )
    lines = strawberry.field(
        resolver=_lines, graphql_type=Connection[RATE_LINE], description="Its rates, now or at an instant."
    )
    aliases = resolves(list[RATE_CARD_ALIAS], "What roles are called on projects with it.", rate_cards.aliases)
    versions = resolves(list[RateCardVersion], "When its rates changed, newest first.", rate_cards.versions)
    outdated = resolves(
        list[OutdatedProject], "Projects that have it as it was; push it to bring them up to date.", rate_cards.outdated
    )
    difference = strawberry.field(
        resolver=_difference, graphql_type=list[RateCardChange], description="What changed between two instants."
    )
    text = strawberry.field(
        resolver=_text,
        graphql_type=str,
        description="All of it as text; to import it again changes nothing. As a spreadsheet at "
        "/documents/rate-card/ID.xlsx, with the same token.",
    )


@strawberry.type(description="What a role is called on projects with a card.")
class RateCardAlias(Node):
    is_type_of = is_value(AliasView)
    alias: str = strawberry.field(description="The name.")
    role = resolves(ROLE | None, "The role.", lambda context, it: projects.role_by_id(context, it.role_id))
    attributes = resolves(
        list[RateNarrowing],
        "Of which of its rates.",
        lambda context, it: rate_attributes.narrowed(context, it.attributes),
    )


@strawberry.type(description="A rate card, or the customer's rates, on a project as they stood at an instant.")
class RateAttachment(Node):
    is_type_of = is_value(AttachmentView)
    kind: RateKind = strawberry.field(description="Billing or cost.")
    known_at: datetime = strawberry.field(description="As they stood when.")
    valid_from: date | None = strawberry.field(description="First day on which they count; null: any.")
    last_day = last_day("Last day on which they count; null: any.")
    recorded_at: datetime = strawberry.field(description="When it was attached or brought up to date.")
    recorded_by: str = strawberry.field(description="Who did it.")
    retired_at: datetime | None = strawberry.field(description="When it was taken off or replaced; null: it is there.")
    project = resolves(
        PROJECT | None,
        "The project; null: all projects.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
    rate_card = resolves(
        RATE_CARD | None,
        "The card; null: the customer's rates.",
        lambda context, it: rate_cards.rate_card_by_id(context, it.rate_card_id),
    )
    company = resolves(
        COMPANY | None,
        "The customer whose rates they are; null: a card's.",
        lambda context, it: projects.company_by_id(context, it.company_id),
    )
