"""Events as subscribers see them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus
from hourledger.core.errors import Invalid
from hourledger.core.ledger import DeliveryState
from hourledger.core.money import Money
from hourledger.services.recalculation_runs import run_of
from models.events import is_told_behind, last_seq
from models.tables import RunStatus
from resolvers import billing, ledger
from resolvers.context import RequestContext
from resolvers.ids import row_id

V = TypeVar("V", bound="EventView")

_PROJECTS = (Permission.VIEW_PROJECTS,)
_PROJECTS_MAX = 200


@dataclass(frozen=True, slots=True)
class EventView:
    """``seq`` is where to continue: all events up to it have been seen."""

    seq: int
    recorded_at: datetime
    project_id: int | None
    entity_id: int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FinancesChangedView(EventView):
    @property
    def cause(self) -> str:
        return str(self.payload["cause"])

    @property
    def actual_seconds(self) -> int:
        return int(self.payload["actual_seconds"])

    def amount(self, name: str) -> Money:
        return Money(int(self.payload[f"{name}_minor"]), str(self.payload["currency"]))


@dataclass(frozen=True, slots=True)
class RecordChangedView(EventView):
    @property
    def number(self) -> str:
        return str(self.payload["number"])

    @property
    def status(self) -> BillingRecordStatus:
        return BillingRecordStatus(self.payload["status"])

    @property
    def total(self) -> Money:
        return Money(int(self.payload["total_minor"]), str(self.payload["currency"]))


@dataclass(frozen=True, slots=True)
class DeliveryChangedView(EventView):
    @property
    def reference(self) -> str:
        return str(self.payload["reference"])

    @property
    def state(self) -> DeliveryState:
        return DeliveryState(self.payload["state"])


@dataclass(frozen=True, slots=True)
class RecalculationFinishedView(EventView):
    @property
    def status(self) -> RunStatus:
        return RunStatus(self.payload["status"])


@dataclass(frozen=True, slots=True)
class RecalculationProgressView(EventView):
    """How far a run is; ``is_finished`` with the last one, which says nothing else."""

    @property
    def is_finished(self) -> bool:
        return "status" in self.payload

    def number(self, name: str) -> int | None:
        return self.payload.get(name)


def finances_changed(
    context: RequestContext, *, project_ids: Sequence[str] | None, after: int | None
) -> AsyncGenerator[FinancesChangedView, None]:
    """Of these projects, or of all; raises Invalid TOO_MANY_PROJECTS."""
    wanted = None if project_ids is None else {row_id(one, "Project", "projectIds") for one in project_ids}
    if wanted is not None and len(wanted) > _PROJECTS_MAX:
        raise Invalid(
            f"Name at most {_PROJECTS_MAX} projects, or none for all.", code="TOO_MANY_PROJECTS", field="projectIds"
        )
    return _follow(context, ("PROJECT_FINANCES_CHANGED",), FinancesChangedView, _PROJECTS, after, wanted)


def record_changed(context: RequestContext, *, after: int | None) -> AsyncGenerator[RecordChangedView, None]:
    """Once per change and project on the record."""
    return _follow(context, ("BILLING_RECORD_CHANGED",), RecordChangedView, billing.SEEN_BY, after)


def delivery_changed(context: RequestContext, *, after: int | None) -> AsyncGenerator[DeliveryChangedView, None]:
    return _follow(context, ("DELIVERY_CHANGED",), DeliveryChangedView, ledger.DELIVERIES_SEEN_BY, after)


def recalculation_finished(
    context: RequestContext, *, after: int | None
) -> AsyncGenerator[RecalculationFinishedView, None]:
    return _follow(context, ("RECALCULATION_FINISHED",), RecalculationFinishedView, _PROJECTS, after)


async def recalculation_progress(
    context: RequestContext, *, run_id: str, after: int | None
) -> AsyncGenerator[RecalculationProgressView, None]:
    """Of one run, until it has ended; of one that is over what is told of it behind ``after``, and then nothing more.

    Raises:
        Missing RUN_UNKNOWN; Denied; Invalid SEQ_INVALID.
    """
    number = row_id(run_id, "RecalculationRun", "runId")
    context.require_any(*_PROJECTS)
    async with context.reading() as unit:
        # At one instant: an end that is not there yet is going to have a higher number than the last one there is.
        begin = await last_seq(unit.session) if after is None else after
        run = await run_of(unit, number)
        is_told = run.finished_at is None or await is_told_behind(
            unit.session, unit.organisation_id, begin, topic="RECALCULATION_FINISHED", entity_id=number
        )
    await context.finish()
    if not is_told:
        return
    topics = ("RECALCULATION_PROGRESS", "RECALCULATION_FINISHED")
    async with aclosing(_follow(context, topics, RecalculationProgressView, _PROJECTS, begin)) as events:
        async for event in events:
            if event.entity_id == number:
                yield event
                if event.is_finished:
                    return


async def _follow(
    context: RequestContext,
    topics: tuple[str, ...],
    view: type[V],
    seen_by: tuple[Permission, ...],
    after: int | None,
    project_ids: set[int] | None = None,
) -> AsyncGenerator[V, None]:
    """Events of some topics; before each the caller's rights are looked at anew."""
    context.require_any(*seen_by)
    if after is not None and after < 0:
        raise Invalid("Events are numbered from 1; 0 means from the start.", code="SEQ_INVALID", field="after")
    organisation_id = context.principal.organisation_id
    async with aclosing(
        context.hub.events(organisation_id, set(topics), project_ids=project_ids, after=after)
    ) as events:
        async for event in events:
            await context.still_allowed()
            context.require_any(*seen_by)
            assert event.seq is not None
            yield view(event.seq, event.recorded_at, event.project_id, event.entity_id or 0, dict(event.payload))
