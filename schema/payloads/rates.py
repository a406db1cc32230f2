"""What mutations of rates, rate cards and rate attributes answer."""

from __future__ import annotations

import strawberry

from resolvers import rates
from resolvers.ids import global_id
from schema.fields import reads, resolves
from schema.payloads.common import Payload, entity
from schema.references import (
    ASSIGNMENT,
    ATTRIBUTE_RELATION,
    ATTRIBUTE_VALUE,
    PERSON,
    PROJECT,
    RATE_ATTACHMENT,
    RATE_ATTRIBUTE,
    RATE_CARD,
    RATE_LINE,
)
from schema.types.rate_cards import RateCardChange
from schema.types.rates import RateGap

_GAPS = "Days between rates on which there is none; legal, but worth a look. Null when nothing was done."


@strawberry.type(description="The answer to setRate.")
class SetRatePayload(Payload):
    rate_line = entity(RATE_LINE, "The rate that is in force now.")
    gaps = resolves(
        list[RateGap] | None, _GAPS, lambda context, it: rates.gaps_of(context, [it.entity] if it.entity else None)
    )


@strawberry.type(description="The answer to removeRate.")
class RemoveRatePayload(Payload):
    rate_line = entity(RATE_LINE, "The rate that is gone, or whose other days are left.")
    gaps = resolves(
        list[RateGap] | None, _GAPS, lambda context, it: rates.gaps_of(context, [it.entity] if it.entity else None)
    )


@strawberry.type(description="The answer to setRates, adjustRates and lockRates.")
class RateLinesPayload(Payload):
    rate_lines = entity(list[RATE_LINE], "The rates as they are now, in the order given.")
    gaps = resolves(list[RateGap] | None, _GAPS, lambda context, it: rates.gaps_of(context, it.entity))


@strawberry.type(description="The answer to mutations of a rate card.")
class RateCardPayload(Payload):
    rate_card = entity(RATE_CARD, "The rate card as it is now.")


@strawberry.type(description="The answer to importRateCard.")
class ImportRateCardPayload(Payload):
    rate_card = entity(RATE_CARD, "The rate card as it is now.", lambda it: it.card)
    changes = entity(
        list[RateCardChange],
        "Ranges that are new, gone or different; empty when the same request is answered again.",
        lambda it: it.changes,
    )
    aliases_changed = entity(int, "How many roles are called otherwise now.", lambda it: it.aliases)


@strawberry.type(description="What a spreadsheet did to one card.")
class ImportedRateCard:
    rate_card = reads(RATE_CARD | None, "The rate card as it is now.", lambda it: it.card)
    is_new: bool = strawberry.field(description="Whether the import made it.")
    is_described_anew: bool = strawberry.field(description="Whether description, customer, group or days changed.")
    changes = reads(list[RateCardChange], "Ranges that are new, gone or different.", lambda it: it.changes)
    aliases_changed = reads(int, "How many roles are called otherwise now.", lambda it: it.aliases)


@strawberry.type(description="The answer to importRateCardWorkbook.")
class ImportRateCardWorkbookPayload(Payload):
    rate_cards = entity(list[ImportedRateCard], "The cards that the file names, in its order.")


@strawberry.type(description="The answer to attachRateCard.")
class RateAttachmentPayload(Payload):
    attachment = entity(RATE_ATTACHMENT, "The card on the project.")


@strawberry.type(description="What came of pushing a rate card to one project.")
class RateCardPush:
    project = reads(PROJECT | None, "The project; null: there is none.", lambda it: it.project)
    outcome: str = strawberry.field(description="DONE, SKIPPED (up to date), MISSING (not attached) or FAILED.")
    message: str = strawberry.field(description="Why; empty when it was done.")


@strawberry.type(description="The answer to pushRateCard.")
class PushRateCardPayload(Payload):
    results = entity(list[RateCardPush], "One per project.")


@strawberry.type(description="The answer to setCompanyRatesOverride and refreshCompanyRates.")
class CompanyRatesPayload(Payload):
    project = entity(PROJECT, "The project.")


@strawberry.type(description="The answer to createRateAttribute and editRateAttribute.")
class RateAttributePayload(Payload):
    rate_attribute = entity(RATE_ATTRIBUTE, "The rate attribute as it is now.")


@strawberry.type(description="The answer to deleteRateAttribute.")
class DeleteRateAttributePayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("RateAttribute", number))


@strawberry.type(description="The answer to createAttributeValue and renameAttributeValue.")
class AttributeValuePayload(Payload):
    value = entity(ATTRIBUTE_VALUE, "The value as it is now.")


@strawberry.type(description="The answer to deleteAttributeValue.")
class DeleteAttributeValuePayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("AttributeValue", number))


@strawberry.type(description="The answer to relateAttributes, addRelatedValues and removeRelatedValues.")
class AttributeRelationPayload(Payload):
    attribute_relation = entity(ATTRIBUTE_RELATION, "The relation as it is now.")


@strawberry.type(description="The answer to unrelateAttributes.")
class UnrelateAttributesPayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("AttributeRelation", number))


@strawberry.type(description="The answer to setPersonAttribute.")
class PersonAttributesPayload(Payload):
    person = entity(PERSON, "The person.")


@strawberry.type(description="The answer to setAssignmentAttributes.")
class AssignmentAttributesPayload(Payload):
    assignment = entity(ASSIGNMENT, "The assignment.")
