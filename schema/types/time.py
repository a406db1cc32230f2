"""Worked time, and the explanation of its value."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from hourledger.core.access import Permission
from hourledger.core.work import EntryStatus
from models.queries.listing.time_entries import TimeBillingState, TimeEntryView
from resolvers import billing, issues, projects, time_entries, work_locks, work_types
from schema.fields import guarded_amount, hours, is_value, reads, resolves
from schema.node import Node
from schema.references import BILLING_RECORD, HOUR_TYPE, ISSUE, PERSON, PROJECT, ROLE, TASK, TIME_ENTRY_HOLD
from schema.types.explanations import TimeEntryExplanation


@strawberry.type(description="Work that somebody did on a day.")
class TimeEntry(Node):
    is_type_of = is_value(TimeEntryView)
    work_date: date = strawberry.field(description="The calendar day of the work.")
    hours = hours("Decimal hours; negative: a correction of earlier work.", "seconds")
    note: str = strawberry.field(description="What was done.")
    hour_type: str = strawberry.field(description="The kind of hours, such as Project Time.")
    status: EntryStatus = strawberry.field(description="Whether it counts yet.")
    is_locked: bool = strawberry.field(description="Whether billing has made it final.")
    billing_state: TimeBillingState = strawberry.field(description="How far billing has got with it.")
    logged_at: datetime = strawberry.field(description="When it was logged.")
    logged_by: str = strawberry.field(description="Who logged it: a person, or the connection it was pulled by.")
    cost = guarded_amount("What it costs, by the rate of its day.", "cost_minor", Permission.VIEW_COST_RATES)
    revenue = guarded_amount("What it earns, by the rate of its day.", "revenue_minor", Permission.VIEW_BILLING_RATES)
    person = resolves(PERSON | None, "Who worked.", lambda context, it: projects.person_by_id(context, it.person_id))
    role = resolves(
        ROLE | None, "The role chosen for it; null: none.", lambda context, it: projects.role_by_id(context, it.role_id)
    )
    valuation = reads(
        Annotated["Valuation", strawberry.lazy("schema.types.time")], "What it is worth, and why.", lambda it: it
    )
    billing_record = resolves(
        BILLING_RECORD | None,
        "The billing record it is on. Refused without a billing permission.",
        lambda context, it: billing.billing_record_by_id(context, it.billing_record_id),
    )
    held_by = resolves(
        list[TIME_ENTRY_HOLD],
        "What keeps it as it is: a billing record, rate freezes, period locks; empty: nothing.",
        lambda context, it: work_locks.holds(context, it.id),
    )
    project = resolves(
        PROJECT | None,
        "On which project; null: general time, on none.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
    task = resolves(
        TASK | None,
        "On which task; null: on an issue, on the project, or general time.",
        lambda context, it: projects.task_by_id(context, it.task_id),
    )
    issue = resolves(
        ISSUE | None,
        "On which issue; null: on none.",
        lambda context, it: issues.issue_by_id(context, it.task_id),
    )
    type = resolves(
        HOUR_TYPE | None, "The kind of hours.", lambda context, it: work_types.hour_type_by_id(context, it.hour_type_id)
    )


@strawberry.type(description="What an entry is worth now, by its latest rating.")
class Valuation:
    cost = guarded_amount("What it costs.", "cost_minor", Permission.VIEW_COST_RATES)
    revenue = guarded_amount(
        "What it earns, after any cap of its task.", "revenue_minor", Permission.VIEW_BILLING_RATES
    )
    why = resolves(
        TimeEntryExplanation | None,
        "How it came about: every step of both searches. Refused without both rate permissions.",
        lambda context, it: time_entries.explanation_of(context, it.id),
    )
