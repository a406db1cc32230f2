"""Reading rates, rate cards and what narrows rates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry

from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from models.tables import AttributeSource
from resolvers import project_rates, rate_attributes, rate_cards, rates
from resolvers.paging import FIRST_DEFAULT, PageRequest
from schema.fields import After, First, Info, asks
from schema.inputs.rates import AttributeInput
from schema.node import Connection
from schema.references import (
    ATTRIBUTE_RELATION,
    ATTRIBUTE_VALUE,
    PERSON_ATTRIBUTE,
    RATE_ATTACHMENT,
    RATE_ATTRIBUTE,
    RATE_CARD,
    RATE_LINE,
)
from schema.types.rates import ProjectRates

Id = strawberry.ID


def argument(description: str) -> Any:
    return strawberry.argument(description=description)


@strawberry.type
class RateQueries:
    @asks(Connection[RATE_LINE], "Rates, by whose they are and from when.")
    async def rates(
        self,
        info: Info,
        kind: Annotated[RateKind | None, argument("Only rates of this kind; all you may see if null.")] = None,
        on: Annotated[date | None, argument("Only those in force on this day.")] = None,
        project_id: Annotated[Id | None, argument("Only those of this project.")] = None,
        person_id: Annotated[Id | None, argument("Only those of this person.")] = None,
        role_id: Annotated[Id | None, argument("Only those of this role.")] = None,
        company_id: Annotated[Id | None, argument("Only those of this customer.")] = None,
        task_id: Annotated[Id | None, argument("Only those of this task.")] = None,
        rate_card_id: Annotated[Id | None, argument("Only those on this rate card.")] = None,
        level: Annotated[Level | None, argument("Only those of this level.")] = None,
        attribute_value_ids: Annotated[list[Id] | None, argument("Only those that ask for all these values.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await rates.rates(
            info.context,
            PageRequest(first, after),
            kind=kind,
            on=on,
            project_id=project_id,
            person_id=person_id,
            role_id=role_id,
            company_id=company_id,
            task_id=task_id,
            rate_card_id=rate_card_id,
            level=level,
            attribute_value_ids=attribute_value_ids,
        )

    @asks(ProjectRates, "All rates that a project can use: by source, and side by side for each role.")
    async def project_rates(
        self,
        info: Info,
        project_id: Annotated[Id, argument("The project.")],
        kind: Annotated[RateKind | None, argument("Only rates of this kind; all you may see if null.")] = None,
        on: Annotated[date | None, argument("Only those in force on this day.")] = None,
    ) -> Any:
        return await project_rates.project_rates(info.context, project_id, kind=kind, on=on)

    @asks(Connection[RATE_CARD], "Rate cards that are not deleted, by name.")
    async def rate_cards(
        self,
        info: Info,
        kind: Annotated[RateKind | None, argument("Only cards of this kind; all you may see if null.")] = None,
        text: Annotated[str | None, argument("Only with this in name or description.")] = None,
        company_id: Annotated[Id | None, argument("Only those for this customer.")] = None,
        group_id: Annotated[Id | None, argument("Only those for this group.")] = None,
        for_project_id: Annotated[Id | None, argument("Only those offered to this project.")] = None,
        for_group_id: Annotated[Id | None, argument("Only those offered to this group.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await rate_cards.rate_cards(
            info.context,
            PageRequest(first, after),
            kind=kind,
            text=text,
            company_id=company_id,
            group_id=group_id,
            for_project_id=for_project_id,
            for_group_id=for_group_id,
        )

    @asks(RATE_CARD | None, "One rate card.")
    async def rate_card(self, info: Info, id: Annotated[Id, argument("Its id.")]) -> Any:
        return await rate_cards.rate_card(info.context, id)

    @asks(Connection[RATE_ATTACHMENT], "Rate cards and customers' rates on a project, oldest first.")
    async def rate_attachments(
        self,
        info: Info,
        project_id: Annotated[Id | None, argument("The project; null: what is on all projects.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await rate_cards.attachments(info.context, PageRequest(first, after), project_id=project_id)

    @asks(Connection[RATE_ATTRIBUTE], "What narrows rates, in the order in which it decides.")
    async def rate_attributes(self, info: Info, first: First = FIRST_DEFAULT, after: After = None) -> Any:
        return await rate_attributes.rate_attributes(info.context, PageRequest(first, after))

    @asks(Connection[ATTRIBUTE_VALUE], "Values that rates can ask for, by name.")
    async def attribute_values(
        self,
        info: Info,
        source: Annotated[AttributeSource | None, argument("Only these.")] = None,
        parent_id: Annotated[Id | None, argument("Only places directly within this one.")] = None,
        attribute_id: Annotated[Id | None, argument("Only those that this rate attribute can have.")] = None,
        given: Annotated[
            list[AttributeInput], argument("What else is there: only values that go with it are offered.")
        ] = [],  # noqa: B006  (never changed)
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await rate_attributes.attribute_values(
            info.context,
            PageRequest(first, after),
            source=source,
            parent_id=parent_id,
            attribute_id=attribute_id,
            given=given,
        )

    @asks(Connection[ATTRIBUTE_RELATION], "Rate attributes whose values go together in pairs.")
    async def attribute_relations(self, info: Info, first: First = FIRST_DEFAULT, after: After = None) -> Any:
        return await rate_attributes.relations(info.context, PageRequest(first, after))

    @asks(Connection[PERSON_ATTRIBUTE], "What a person has for the rate attributes, and when.")
    async def person_attributes(
        self,
        info: Info,
        person_id: Annotated[Id, argument("The person.")],
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await rate_attributes.person_attributes(info.context, PageRequest(first, after), person_id=person_id)
