"""What mutations about templates answer."""

from __future__ import annotations

import strawberry

from schema.payloads.common import Payload, entity
from schema.references import PROJECT


@strawberry.type(description="The answer to applyTemplate.")
class ApplyTemplatePayload(Payload):
    project = entity(PROJECT, "The project as it is now.", lambda it: it.project)
    tasks = entity(int, "How many tasks were added.", lambda it: it.counts.tasks)
    assignments = entity(int, "How many people and roles were put on them.", lambda it: it.counts.assignments)
    expenses = entity(int, "How many planned expenses were added.", lambda it: it.counts.expenses)
    rates = entity(int, "How many rates, each with its days, were added.", lambda it: it.counts.rates)
    rate_cards = entity(int, "How many rate cards were attached.", lambda it: it.counts.rate_cards)
