"""Changing rates: on every level, on rate cards, and what narrows them."""

from __future__ import annotations

import strawberry

from resolvers.changes import rate_attributes, rate_cards, rates
from schema.inputs import rate_attributes as attribute_inputs
from schema.inputs import rate_cards as card_inputs
from schema.inputs import rates as inputs
from schema.mutates import mutates
from schema.payloads import rates as payloads


@strawberry.type
class RateMutations:
    set_rate = mutates(
        rates.set_rate,
        inputs.SetRateInput,
        payloads.SetRatePayload,
        "Set a dated rate. Work that is logged already keeps its value until it is recalculated; only a project's "
        "billing rate of a role moves the revenue of its unbilled hours at once.",
    )
    set_rates = mutates(
        rates.set_rates,
        inputs.SetRatesInput,
        payloads.RateLinesPayload,
        "Set several dated rates, all or none; ranges that are not named stay. Work follows as with setRate.",
    )
    remove_rate = mutates(
        rates.remove_rate,
        inputs.RemoveRateInput,
        payloads.RemoveRatePayload,
        "Take a rate away, or some of its days. Work follows as with setRate.",
    )
    adjust_rates = mutates(
        rates.adjust_rates,
        inputs.AdjustRatesInput,
        payloads.RateLinesPayload,
        "Raise or lower rates by a percentage, on their own days or on some of them. Work follows as with setRate.",
    )
    lock_rates = mutates(
        rates.lock_rates,
        inputs.LockRatesInput,
        payloads.RateLinesPayload,
        "Lock or unlock rates of rate cards.",
    )
    create_rate_card = mutates(
        rate_cards.create_rate_card, card_inputs.CreateRateCardInput, payloads.RateCardPayload, "Make a rate card."
    )
    edit_rate_card = mutates(
        rate_cards.edit_rate_card,
        card_inputs.EditRateCardInput,
        payloads.RateCardPayload,
        "Change what a rate card says about itself; its rates are set with setRate.",
    )
    copy_rate_card = mutates(
        rate_cards.copy_rate_card,
        card_inputs.CopyRateCardInput,
        payloads.RateCardPayload,
        "Make a rate card with the rates and aliases of another one.",
    )
    delete_rate_card = mutates(
        rate_cards.delete_rate_card,
        card_inputs.RateCardInput,
        payloads.RateCardPayload,
        "Delete a rate card, and take it off all projects.",
    )
    set_rate_card_alias = mutates(
        rate_cards.set_rate_card_alias,
        card_inputs.SetRateCardAliasInput,
        payloads.RateCardPayload,
        "Say what a role is called on projects with the card.",
    )
    import_rate_card = mutates(
        rate_cards.import_rate_card,
        card_inputs.ImportRateCardInput,
        payloads.ImportRateCardPayload,
        "Bring a rate card to what a text says. A dry run shows the difference; userErrors name every wrong line.",
    )
    import_rate_card_workbook = mutates(
        rate_cards.import_rate_card_workbook,
        card_inputs.ImportRateCardWorkbookInput,
        payloads.ImportRateCardWorkbookPayload,
        "Make and update rate cards by a spreadsheet, all or nothing. A dry run shows the difference; userErrors name "
        "sheet, row and column of all that is wrong.",
    )
    attach_rate_card = mutates(
        rate_cards.attach_rate_card,
        card_inputs.AttachRateCardInput,
        payloads.RateAttachmentPayload,
        "Give a project the rates of a card as they are now, in place of an earlier card's.",
    )
    detach_rate_card = mutates(
        rate_cards.detach_rate_card,
        card_inputs.AttachRateCardInput,
        payloads.RateCardPayload,
        "Take a rate card and its rates off a project.",
    )
    push_rate_card = mutates(
        rate_cards.push_rate_card,
        card_inputs.PushRateCardInput,
        payloads.PushRateCardPayload,
        "Bring projects that have a rate card up to date with it.",
    )
    set_company_rates_override = mutates(
        rate_cards.set_company_rates_override,
        card_inputs.SetCompanyRatesOverrideInput,
        payloads.CompanyRatesPayload,
        "Say whether recalculating a project takes its customer's rates in place of its own.",
    )
    refresh_company_rates = mutates(
        rate_cards.refresh_company_rates,
        card_inputs.RefreshCompanyRatesInput,
        payloads.CompanyRatesPayload,
        "Give a project its customer's rates as they are now.",
    )
    create_rate_attribute = mutates(
        rate_attributes.create_rate_attribute,
        attribute_inputs.CreateRateAttributeInput,
        payloads.RateAttributePayload,
        "Make something that narrows rates, such as a place.",
    )
    edit_rate_attribute = mutates(
        rate_attributes.edit_rate_attribute,
        attribute_inputs.EditRateAttributeInput,
        payloads.RateAttributePayload,
        "Change a rate attribute that no rate uses yet.",
    )
    delete_rate_attribute = mutates(
        rate_attributes.delete_rate_attribute,
        attribute_inputs.DeleteRateAttributeInput,
        payloads.DeleteRateAttributePayload,
        "Delete a rate attribute that nothing uses.",
    )
    create_attribute_value = mutates(
        rate_attributes.create_attribute_value,
        attribute_inputs.CreateAttributeValueInput,
        payloads.AttributeValuePayload,
        "Make a group, a place, or a customer or kind of hours into something that rates can ask for.",
    )
    rename_attribute_value = mutates(
        rate_attributes.rename_attribute_value,
        attribute_inputs.RenameAttributeValueInput,
        payloads.AttributeValuePayload,
        "Rename a value; rates keep it.",
    )
    delete_attribute_value = mutates(
        rate_attributes.delete_attribute_value,
        attribute_inputs.AttributeValueInput,
        payloads.DeleteAttributeValuePayload,
        "Delete a value that nothing uses.",
    )
    relate_attributes = mutates(
        rate_attributes.relate_attributes,
        attribute_inputs.RelateAttributesInput,
        payloads.AttributeRelationPayload,
        "Say that values of two rate attributes go together in pairs, which are added then.",
    )
    unrelate_attributes = mutates(
        rate_attributes.unrelate_attributes,
        attribute_inputs.UnrelateAttributesInput,
        payloads.UnrelateAttributesPayload,
        "Delete a relation and its pairs, while no rate uses its attributes.",
    )
    add_related_values = mutates(
        rate_attributes.add_related_values,
        attribute_inputs.AddRelatedValuesInput,
        payloads.AttributeRelationPayload,
        "Say which values go together, at any time.",
    )
    remove_related_values = mutates(
        rate_attributes.remove_related_values,
        attribute_inputs.RemoveRelatedValuesInput,
        payloads.AttributeRelationPayload,
        "Say which values do not go together any more, while no rate uses their attributes.",
    )
    set_person_attribute = mutates(
        rate_attributes.set_person_attribute,
        attribute_inputs.SetPersonAttributeInput,
        payloads.PersonAttributesPayload,
        "Say what a person has for a rate attribute, and when.",
    )
    set_assignment_attributes = mutates(
        rate_attributes.set_assignment_attributes,
        attribute_inputs.SetAssignmentAttributesInput,
        payloads.AssignmentAttributesPayload,
        "Say what an open role on a task has for the rate attributes.",
    )
