"""Any entity by its global id, with the rights that its own queries ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from hourledger.core.access import Permission
from resolvers import (
    billing,
    connections,
    exchange,
    expenses,
    issues,
    ledger,
    people,
    planning,
    projects,
    rate_attributes,
    rate_cards,
    rates,
    runs,
    snapshots,
    time_entries,
    value,
    work_locks,
    work_types,
)
from resolvers.context import RequestContext
from resolvers.ids import parse_global_id

_PEOPLE = (Permission.VIEW_PROJECTS,)

# Where the resolver behind a type is also reached from things that may be seen without it, its rights stand here.
_BY_TYPE: dict[str, tuple[tuple[Permission, ...], Callable[[RequestContext, int], Awaitable[Any]]]] = {
    "Project": ((), projects.project_by_id),
    "Task": ((), projects.task_by_id),
    "Assignment": ((), projects.assignment_by_id),
    "Expense": ((), expenses.expense_by_id),
    "Issue": ((), issues.issue_by_id),
    "ProjectBillingRole": ((), people.billing_role_by_id),
    "Person": (_PEOPLE, projects.person_by_id),
    "Role": (_PEOPLE, projects.role_by_id),
    "HourType": (_PEOPLE, work_types.hour_type_by_id),
    "ExpenseType": (_PEOPLE, work_types.expense_type_by_id),
    "Company": (_PEOPLE, projects.company_by_id),
    "TimeEntry": ((), time_entries.time_entry_by_id),
    "RateLine": ((), rates.rate_by_id),
    "BillingRecord": ((), billing.billing_record_by_id),
    "BillingRecordLine": ((), billing.line_by_id),
    "JournalEntry": ((), ledger.journal_entry_by_id),
    "Account": (ledger.DELIVERIES_SEEN_BY, ledger.account_by_id),
    "Delivery": ((), ledger.delivery_by_id),
    "ExternalSystem": ((), connections.connection_by_id),
    "SourceRecord": ((), connections.source_record_by_id),
    "RecalculationRun": ((), runs.run_by_id),
    "Risk": ((), value.risk_by_id),
    "RoleBudget": ((), value.role_budget_by_id),
    "Baseline": ((), value.baseline_by_id),
    "Snapshot": ((), snapshots.snapshot_by_id),
    "ExchangeRate": (_PEOPLE, exchange.exchange_rate_by_id),
    "WorkSchedule": (_PEOPLE, planning.work_schedule_by_id),
    "RateCard": ((), rate_cards.rate_card_by_id),
    "RateCardAlias": ((), rate_cards.alias_by_id),
    "RateAttachment": ((), rate_cards.attachment_by_id),
    "RateAttribute": (_PEOPLE, rate_attributes.rate_attribute_by_id),
    "AttributeRelation": (_PEOPLE, rate_attributes.relation_by_id),
    "AttributeValue": (_PEOPLE, rate_attributes.attribute_value_by_id),
    "WorkLock": ((), work_locks.work_lock_by_id),
    "PersonAttribute": (_PEOPLE, rate_attributes.person_attribute_by_id),
}


async def node(context: RequestContext, node_id: str) -> Any | None:
    """None when there is nothing behind the id. Raises Invalid ID_INVALID, Denied PERMISSION_DENIED."""
    type_name, number = parse_global_id(node_id)
    if type_name not in _BY_TYPE:
        return None
    seen_by, find = _BY_TYPE[type_name]
    if seen_by:
        context.require_any(*seen_by)
    return await find(context, number)
