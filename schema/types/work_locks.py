"""Rate freezes and period locks, and what holds a time entry."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from hourledger.core.work_locks import FrozenSide, WorkLockKind
from models.queries.listing.work_locks import WorkLockView
from models.queries.work_locks import HoldKind
from resolvers import billing, projects, work_locks
from schema.fields import is_value, resolves
from schema.node import Node
from schema.payloads.common import Payload, entity
from schema.references import BILLING_RECORD, PROJECT, WORK_LOCK


@strawberry.type(description="Days on which work, or what it is worth, stays as it is although it is not billed.")
class WorkLock(Node):
    is_type_of = is_value(WorkLockView)
    kind: WorkLockKind = strawberry.field(description="What stays.")
    side: FrozenSide = strawberry.field(description="Which amounts stay.")
    first_day: date | None = strawberry.field(description="From this day on; null: since ever.")
    last_day: date | None = strawberry.field(description="Up to and including this day; null: on all later days too.")
    is_in_force: bool = strawberry.field(description="Whether it has not been lifted.")
    reason: str = strawberry.field(description="Why.")
    locked_at: datetime = strawberry.field(description="When it was set.")
    locked_by: str = strawberry.field(description="Who set it.")
    released_at: datetime | None = strawberry.field(description="When it was lifted; null: it is in force.")
    released_by: str | None = strawberry.field(description="Who lifted it.")
    release_reason: str | None = strawberry.field(description="Why it was lifted.")
    project = resolves(
        PROJECT | None,
        "Whose work; null: of all projects, and general time.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )


@strawberry.type(description="Something that holds a time entry, and what about the entry stays because of it.")
class TimeEntryHold:
    kind: HoldKind = strawberry.field(description="What it is.")
    keeps_cost: bool = strawberry.field(description="Whether the cost stays.")
    keeps_revenue: bool = strawberry.field(description="Whether the revenue stays.")
    keeps_work: bool = strawberry.field(description="Whether the entry can be neither changed nor deleted.")
    billing_record_number: str | None = strawberry.field(
        description="The number of the billing record; null: it is none."
    )
    billing_record = resolves(
        BILLING_RECORD | None,
        "The billing record; null: it is none. Refused without a billing permission.",
        lambda context, it: billing.billing_record_by_id(context, it.billing_record_id),
    )
    work_lock = resolves(
        WORK_LOCK | None,
        "The rate freeze or period lock; null: it is none.",
        lambda context, it: work_locks.work_lock_by_id(context, it.work_lock_id),
    )


@strawberry.type(description="The answer to mutations of a rate freeze or period lock.")
class WorkLockPayload(Payload):
    work_lock = entity(WORK_LOCK, "The rate freeze or period lock as it is now.")
