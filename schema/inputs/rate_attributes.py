"""Inputs about rate attributes and their values."""

from __future__ import annotations

from datetime import date

import strawberry

from models.tables import AttributeSource, RelationFilter
from schema.inputs.base import MutationInput
from schema.inputs.rates import AttributeInput


@strawberry.input(description="The input of createRateAttribute.")
class CreateRateAttributeInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    source: AttributeSource = strawberry.field(description="What its values are.")
    position: int | None = strawberry.field(
        default=None, description="1 to 5, 1 decides first; null: behind those that are there, or as it was."
    )
    is_required: bool = strawberry.field(
        default=False, description="Whether rates of roles and of rate cards must have it."
    )
    used_in_revenue: bool = strawberry.field(default=True, description="Whether billing rates can have it.")
    used_in_cost: bool = strawberry.field(default=True, description="Whether cost rates can have it.")
    is_hierarchical: bool = strawberry.field(
        default=False, description="Whether a place matches rates of the places it lies in; for LOCATION alone."
    )


@strawberry.input(description="The input of editRateAttribute: all of it, as it is to be.")
class EditRateAttributeInput(CreateRateAttributeInput):
    rate_attribute_id: strawberry.ID = strawberry.field(description="The attribute; no rate uses it yet.")


@strawberry.input(description="The input of deleteRateAttribute.")
class DeleteRateAttributeInput(MutationInput):
    rate_attribute_id: strawberry.ID = strawberry.field(description="The attribute; nothing uses it.")


@strawberry.input(description="The input of createAttributeValue.")
class CreateAttributeValueInput(MutationInput):
    source: AttributeSource = strawberry.field(description="What it is.")
    name: str | None = strawberry.field(default=None, description="Of a group, a place or another value.")
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="The place that a place lies in.")
    company_id: strawberry.ID | None = strawberry.field(default=None, description="For COMPANY: the customer.")
    hour_type_id: strawberry.ID | None = strawberry.field(default=None, description="For HOUR_TYPE: the kind of hours.")


@strawberry.input(description="The input of deleteAttributeValue.")
class AttributeValueInput(MutationInput):
    value_id: strawberry.ID = strawberry.field(description="The value.")


@strawberry.input(description="The input of renameAttributeValue.")
class RenameAttributeValueInput(AttributeValueInput):
    name: str = strawberry.field(description="Its new name; rates keep it.")


@strawberry.input(description="The input of setPersonAttribute.")
class SetPersonAttributeInput(MutationInput):
    person_id: strawberry.ID = strawberry.field(description="The person.")
    rate_attribute_id: strawberry.ID = strawberry.field(description="The attribute.")
    value_id: strawberry.ID | None = strawberry.field(description="The value; null: none on these days.")
    valid_from: date | None = strawberry.field(default=None, description="First day; null: always was.")
    last_day: date | None = strawberry.field(default=None, description="Last day, inclusive; null: open end.")


@strawberry.input(description="The input of setAssignmentAttributes.")
class SetAssignmentAttributesInput(MutationInput):
    assignment_id: strawberry.ID = strawberry.field(description="An open role on a task.")
    attributes: list[AttributeInput] = strawberry.field(description="All it is to have.")


@strawberry.input(description="The input of relateAttributes.")
class RelateAttributesInput(MutationInput):
    first_attribute_id: strawberry.ID = strawberry.field(description="A rate attribute that no rate uses yet.")
    second_attribute_id: strawberry.ID = strawberry.field(description="Another one.")
    filter: RelationFilter = strawberry.field(
        default=RelationFilter.SUGGESTION, description="What the pairs of values are for."
    )


@strawberry.input(description="The input of unrelateAttributes.")
class UnrelateAttributesInput(MutationInput):
    attribute_relation_id: strawberry.ID = strawberry.field(description="The relation; no rate uses its attributes.")


@strawberry.input(description="Two values that go together.")
class RelatedValuesInput:
    first_value_id: strawberry.ID = strawberry.field(description="A value of the first attribute.")
    second_value_id: strawberry.ID = strawberry.field(description="A value of the second attribute.")


@strawberry.input(description="The input of addRelatedValues.")
class AddRelatedValuesInput(MutationInput):
    attribute_relation_id: strawberry.ID = strawberry.field(description="The relation.")
    pairs: list[RelatedValuesInput] = strawberry.field(description="At most 1000; those that are there stay.")


@strawberry.input(description="The input of removeRelatedValues.")
class RemoveRelatedValuesInput(MutationInput):
    attribute_relation_id: strawberry.ID = strawberry.field(description="The relation; no rate uses its attributes.")
    pairs: list[RelatedValuesInput] = strawberry.field(description="Those that are not there change nothing.")
