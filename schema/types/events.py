"""What subscribers receive."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus
from hourledger.core.ledger import DeliveryState
from models.tables import RunStatus
from resolvers import billing, ledger, projects, runs
from schema.fields import guarded, hours, reads, resolves
from schema.references import BILLING_RECORD, DELIVERY, MONEY, PROJECT, RUN
from schema.scalars import Seq

COST = Permission.VIEW_COST_RATES
BILLING = Permission.VIEW_BILLING_RATES


@strawberry.type(description="The figures of a project are not what they were.")
class ProjectFinancesChanged:
    seq: Seq = strawberry.field(description="Pass it as `after` to continue from here: nothing is missed or repeated.")
    recorded_at: datetime = strawberry.field(description="When it happened.")
    cause: str = strawberry.field(description="Why, such as TIME_LOGGED, RECALCULATED or RATE_OVERRIDDEN.")
    actual_hours = hours("Hours logged.", "actual_seconds")
    actual_labor_cost = guarded(MONEY, "Cost of labour.", lambda it: it.amount("labor_cost"), COST)
    actual_revenue = guarded(MONEY, "Revenue.", lambda it: it.amount("revenue"), BILLING)
    billed_revenue = guarded(MONEY, "On posted billing records.", lambda it: it.amount("billed"), BILLING)
    draft_revenue = guarded(MONEY, "On billing records not posted yet.", lambda it: it.amount("on_draft"), BILLING)
    unbilled_revenue = guarded(MONEY, "On no billing record.", lambda it: it.amount("unbilled"), BILLING)
    project = resolves(
        PROJECT | None, "The project as it is now.", lambda context, it: projects.project_by_id(context, it.project_id)
    )


@strawberry.type(description="A billing record is not what it was; told once per project on it.")
class BillingRecordChanged:
    seq: Seq = strawberry.field(description="Pass it as `after` to continue from here: nothing is missed or repeated.")
    recorded_at: datetime = strawberry.field(description="When it happened.")
    number: str = strawberry.field(description="The record's number.")
    status: BillingRecordStatus = strawberry.field(description="Its status since then.")
    total = guarded(MONEY, "Its total since then.", lambda it: it.total, BILLING)
    project = resolves(
        PROJECT | None,
        "The project it is told for.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
    billing_record = resolves(
        BILLING_RECORD | None,
        "The record as it is now.",
        lambda context, it: billing.billing_record_by_id(context, it.entity_id),
    )


@strawberry.type(description="A delivery has moved.")
class DeliveryChanged:
    seq: Seq = strawberry.field(description="Pass it as `after` to continue from here: nothing is missed or repeated.")
    recorded_at: datetime = strawberry.field(description="When it happened.")
    reference: str = strawberry.field(description="The reference of what is delivered.")
    state: DeliveryState = strawberry.field(description="The state since then.")
    delivery = resolves(
        DELIVERY | None,
        "The delivery as it is now.",
        lambda context, it: ledger.delivery_by_id(context, it.entity_id),
    )


@strawberry.type(description="A recalculation has ended.")
class RecalculationFinished:
    seq: Seq = strawberry.field(description="Pass it as `after` to continue from here: nothing is missed or repeated.")
    recorded_at: datetime = strawberry.field(description="When it happened.")
    status: RunStatus = strawberry.field(description="DONE, or FAILED when a project could not be done.")
    run = resolves(RUN | None, "The run.", lambda context, it: runs.run_by_id(context, it.entity_id))


@strawberry.type(description="A recalculation has got further, or has ended.")
class RecalculationProgressed:
    seq: Seq = strawberry.field(description="Pass it as `after` to continue from here: nothing is missed or repeated.")
    recorded_at: datetime = strawberry.field(description="When it happened.")
    is_finished: bool = strawberry.field(description="Whether the run has ended; nothing comes after that.")
    projects = reads(int | None, "All projects of the run; null at its end.", lambda it: it.number("projects"))
    projects_done = reads(int | None, "Those that have their outcome.", lambda it: it.number("projects_done"))
    entries = reads(int | None, "Entries on all of them, as far as is known.", lambda it: it.number("entries"))
    entries_done = reads(int | None, "Entries of projects that are done.", lambda it: it.number("entries_done"))
    changed = reads(int | None, "Entries that are worth something else now.", lambda it: it.number("changed"))
    run = resolves(RUN | None, "The run as it is now.", lambda context, it: runs.run_by_id(context, it.entity_id))
