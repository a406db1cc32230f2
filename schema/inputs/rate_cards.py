"""Inputs about rate cards and the rates of customers."""

from __future__ import annotations

from datetime import date

import strawberry

from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.work import RateKind
from schema.inputs.base import MutationInput
from schema.inputs.rates import AttributeInput


@strawberry.input
class CardInput(MutationInput):
    name: str = strawberry.field(description="Unique among the cards that are not deleted.")
    description: str = strawberry.field(default="", description="What it is for.")
    company_id: strawberry.ID | None = strawberry.field(
        default=None, description="It is offered to this customer's projects; null: to all."
    )
    group_id: strawberry.ID | None = strawberry.field(
        default=None, description="It is offered to this group, a value of source GROUP; null: to all."
    )
    valid_from: date | None = strawberry.field(default=None, description="First day on which it counts; null: any.")
    last_day: date | None = strawberry.field(default=None, description="Last day on which it counts; null: any.")


@strawberry.input(description="The input of createRateCard.")
class CreateRateCardInput(CardInput):
    kind: RateKind = strawberry.field(
        default=RateKind.BILLING, description="BILLING holds billing rates and markups, COST cost rates."
    )


@strawberry.input(description="The input of editRateCard: everything the card says about itself, as it is to be.")
class EditRateCardInput(CardInput):
    rate_card_id: strawberry.ID = strawberry.field(description="The card.")


@strawberry.input(description="The input of deleteRateCard.")
class RateCardInput(MutationInput):
    rate_card_id: strawberry.ID = strawberry.field(description="The card.")


@strawberry.input(description="The input of copyRateCard.")
class CopyRateCardInput(RateCardInput):
    name: str = strawberry.field(description="The name of the copy.")


@strawberry.input(description="The input of setRateCardAlias.")
class SetRateCardAliasInput(RateCardInput):
    role_id: strawberry.ID = strawberry.field(description="The role.")
    attributes: list[AttributeInput] = strawberry.field(default_factory=list, description="Those of its rates.")
    alias: str | None = strawberry.field(description="What it is called on projects with the card; null: as it is.")


@strawberry.input(description="The input of importRateCard.")
class ImportRateCardInput(RateCardInput):
    text: str = strawberry.field(description="Lines of rates, as RateCard.text writes them.")
    form: CardFormat = strawberry.field(description="How the text is written.")
    replace: bool = strawberry.field(
        default=False, description="Take away what the text does not name, instead of keeping it."
    )


@strawberry.input(description="The input of importRateCardWorkbook.")
class ImportRateCardWorkbookInput(MutationInput):
    content: str = strawberry.field(description="An .xlsx file with the sheets Cards, Rates and Aliases, in base64.")
    replace: bool = strawberry.field(
        default=False, description="Take away what the file does not name on its cards, instead of keeping it."
    )


@strawberry.input(description="The input of attachRateCard and detachRateCard.")
class AttachRateCardInput(RateCardInput):
    project_id: strawberry.ID | None = strawberry.field(default=None, description="The project; null: all projects.")


@strawberry.input(description="The input of pushRateCard.")
class PushRateCardInput(RateCardInput):
    project_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="1 to 500 projects that have the card; null: all that are out of date."
    )


@strawberry.input(description="The input of refreshCompanyRates.")
class RefreshCompanyRatesInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")


@strawberry.input(description="The input of setCompanyRatesOverride.")
class SetCompanyRatesOverrideInput(RefreshCompanyRatesInput):
    is_on: bool = strawberry.field(description="Whether recalculating takes the customer's rates of that day.")
