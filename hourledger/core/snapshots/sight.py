"""Who may see what of a snapshot: the same as of the things it was taken of (project-finances §9.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from hourledger.core.access import Permission
from hourledger.core.finances.baseline import SEEN_WITH
from hourledger.core.snapshots.facts import Fact, FactKind, Values

COST, BILLING, GENERAL = (
    Permission.VIEW_COST_RATES,
    Permission.VIEW_BILLING_RATES,
    Permission.VIEW_GENERAL_FINANCE,
)
Rights = tuple[Permission, ...]
EVERYONE: Rights = ()
_UNNAMED: Rights = (COST, BILLING, GENERAL)


@dataclass(frozen=True, slots=True)
class Sight:
    """``thing``: what it takes to know that it is there; ``fields``: what each field takes besides.

    A field that is not listed, such as one that an older version kept, takes all three rights to finances.
    """

    thing: Rights
    fields: Mapping[str, Rights]


def _open(*names: str) -> dict[str, Rights]:
    return dict.fromkeys(names, EVERYONE)


_RATE = _open("source", "whose", "rate_card", "attributes", "kind", "rate", "first_day", "last_day", "is_locked")
_CARD = _open("rate_card", "customer", "as_known_at", "first_day", "last_day", "is_for_all_projects")
_MEASURED: dict[str, Rights] = {
    **SEEN_WITH,
    **_open("planned_hours", "actual_hours", "percent_complete"),
}

SIGHTS: Mapping[FactKind, Sight] = {
    FactKind.PROJECT: Sight(
        EVERYONE,
        {
            **_MEASURED,
            **_open("code", "name", "status", "currency", "customer", "budgeted_hours", "performance_index_method"),
            **_open("eac_method", "percent_complete_basis", "preserves_billing_rates", "overrides_company_rates"),
            **_open("exchange_rate_date"),
            **dict.fromkeys(("budget", "actual_benefit", "alignment_percent", "actual_risk_cost"), (GENERAL,)),
            **dict.fromkeys(("billed_revenue", "draft_revenue", "unbilled_revenue"), (BILLING,)),
            **dict.fromkeys(("net_value", "roi_percent"), (COST, GENERAL)),
        },
    ),
    FactKind.TASK: Sight(
        EVERYONE,
        {
            **_MEASURED,
            **_open("name", "parent", "status", "cost_type", "revenue_type", "overtime_ratio"),
            **_open("planned_start", "planned_completion", "first_day_hours"),
            "cost_rate": (COST,),
            "billing_rate": (BILLING,),
            "billing_amount": (BILLING,),
        },
    ),
    FactKind.ASSIGNMENT: Sight(
        EVERYONE,
        _open("task", "person", "role", "planned_hours", "is_planned_by_hand", "contour", "is_primary", "is_billable")
        | _open("billing_role", "attributes"),
    ),
    FactKind.BILLING_ROLE: Sight(EVERYONE, _open("person", "role", "first_day", "last_day")),
    FactKind.BILLING_CARD: Sight((BILLING,), _CARD),
    FactKind.BILLING_RATE: Sight((BILLING,), _RATE),
    FactKind.COST_CARD: Sight((COST,), _CARD),
    FactKind.COST_RATE: Sight((COST,), _RATE),
    FactKind.EXCHANGE_RATE: Sight(EVERYONE, _open("currency", "rate", "first_day", "last_day", "source")),
    FactKind.EXPENSE: Sight(
        (GENERAL,),
        _open("description", "type", "task", "planned_amount", "actual_amount", "planned_units", "actual_units")
        | _open("planned_on", "paid_on", "is_billable", "is_reimbursable", "is_reimbursed", "is_locked", "status"),
    ),
    FactKind.RISK: Sight(
        (GENERAL,),
        _open("description", "kind", "status", "probability_percent", "potential_cost", "actual_cost")
        | _open("mitigation_plan", "mitigation_cost"),
    ),
    FactKind.ROLE_BUDGET: Sight((GENERAL,), _open("role", "first_day", "hours")),
    FactKind.BILLING_RECORD: Sight(
        (GENERAL,),
        _open("number", "description", "status", "customer", "billing_date", "accounting_date", "po_number")
        | _open("invoice_reference"),
    ),
    FactKind.BILLING_LINE: Sight(
        (GENERAL,),
        _open("record", "task", "class", "billing_type", "quantity", "description", "transaction_date")
        | {"amount": (BILLING,)},
    ),
}


def visible_kinds(may: Callable[[Permission], bool]) -> list[FactKind]:
    """The kinds of which the caller may know that there are any."""
    return [kind for kind in FactKind if all(map(may, SIGHTS[kind].thing))]


def seen(facts: Iterable[Fact], may: Callable[[Permission], bool]) -> list[Fact]:
    """The facts as somebody with these rights sees them: without what they may not, which is nowhere told."""
    kinds = frozenset(visible_kinds(may))
    return [replace(fact, values=_seen_values(fact, may)) for fact in facts if fact.kind in kinds]


def _seen_values(fact: Fact, may: Callable[[Permission], bool]) -> Values:
    rights = SIGHTS[fact.kind].fields
    return {name: value for name, value in fact.values.items() if all(map(may, rights.get(name, _UNNAMED)))}
