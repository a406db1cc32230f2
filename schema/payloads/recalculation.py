"""What mutations about recalculation answer."""

from __future__ import annotations

import strawberry

from schema.payloads.common import Payload, entity
from schema.references import RUN
from schema.types.runs import ProjectRecalculation


@strawberry.type(description="The answer to recalculate.")
class RecalculatePayload(Payload):
    run = entity(RUN, "The run that was queued; null in a dry run.", lambda asked: asked.run)
    projects = entity(
        list[ProjectRecalculation], "What a dry run found, per project; empty otherwise.", lambda asked: asked.projects
    )


@strawberry.type(description="The answer to mutations of a recalculation run.")
class RecalculationRunPayload(Payload):
    run = entity(RUN, "The run.")
