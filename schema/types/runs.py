"""Recalculations: how far they are, and what they changed or would change."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.money import Money
from models.queries.listing.runs import RunChangeView, RunTotalView, RunView
from models.tables import ProjectOutcome, RunKind, RunStatus
from resolvers import projects, runs, time_entries
from resolvers.context import RequestContext
from resolvers.ids import global_id
from resolvers.paging import FIRST_DEFAULT, PageRequest
from resolvers.told_money import MoneyView, in_one_currency
from schema.fields import After, First, Info, guarded, is_value, pages, reads, resolves
from schema.node import Connection, Node
from schema.references import MONEY, PROJECT, RUN, TIME_ENTRY

COST = Permission.VIEW_COST_RATES
BILLING = Permission.VIEW_BILLING_RATES

_CHANGE = Annotated["RecalculationChange", strawberry.lazy("schema.types.runs")]


def _ids(description: str, name: str, type_name: str) -> Any:
    return reads(
        list[strawberry.ID], description, lambda scope: [global_id(type_name, one) for one in scope.get(name, ())]
    )


@strawberry.type(description="Which hours a recalculation is about; a list that is empty does not choose.")
class RecalculationScope:
    project_ids = _ids("Hours on these projects.", "project_ids", "Project")
    company_ids = _ids("Hours on projects of these customers.", "company_ids", "Company")
    person_ids = _ids("Hours of these people.", "person_ids", "Person")
    role_ids = _ids("Hours whose rate may depend on one of these roles.", "role_ids", "Role")
    rate_line_ids = _ids("Hours valued by one of these stored rates.", "rate_line_ids", "RateLine")
    time_entry_ids = _ids("These entries.", "time_entry_ids", "TimeEntry")
    first_day = reads(date | None, "From this day.", lambda it: _day(it.get("first_day")))
    last_day = reads(date | None, "Up to this day.", lambda it: _day(it.get("last_day")))
    only_new = reads(bool, "Only hours that no recalculation has valued yet.", lambda it: it.get("only_new", False))
    includes_billed_cost = reads(
        bool, "The cost of billed hours as well.", lambda it: it.get("includes_billed_cost", False)
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@strawberry.type(description="A rate as a search found it.")
class RateFound:
    level: str | None = strawberry.field(description="Where it is kept, such as PROJECT_ROLE; null: no rate was found.")
    rate: Decimal | None = strawberry.field(description="Its number; a percentage where it is on top of cost.")
    currency: str | None = strawberry.field(description="ISO 4217 code; XXX for a percentage.")
    step: int | None = strawberry.field(description="Which step of the search found it, from 1.")


def _rate(side: str, moment: str) -> Any:
    def read(change: RunChangeView) -> RateFound | None:
        provenance = change.provenance_before if moment == "before" else change.provenance_after
        if not provenance:
            return None
        found = provenance[side]
        if "follows" in found:
            return None
        number = found.get("rate")
        return RateFound(
            level=found.get("level"),
            rate=None if number is None else Decimal(number),
            currency=found.get("currency"),
            step=found.get("step"),
        )

    words = {"cost": "cost", "revenue": "billing"}[side]
    permission = COST if side == "cost" else BILLING
    return guarded(RateFound, f"The {words} rate {moment}; null: not rated, or kept as it was.", read, permission)


def _amount(side: str, moment: str) -> Any:
    permission = COST if side == "cost" else BILLING
    return guarded(
        MONEY,
        f"{side.capitalize()} {moment}.",
        lambda it: Money(getattr(it, f"{side}_{moment}_minor"), it.currency),
        permission,
    )


@strawberry.type(description="An hour that is worth something else than before.")
class RecalculationChange:
    time_entry = resolves(
        TIME_ENTRY | None,
        "The entry as it is now.",
        lambda context, it: time_entries.time_entry_by_id(context, it.time_entry_id),
    )
    work_date: date = strawberry.field(description="The day of the work.")
    cost_before = _amount("cost", "before")
    cost_after = _amount("cost", "after")
    revenue_before = _amount("revenue", "before")
    revenue_after = _amount("revenue", "after")
    cost_rate_before = _rate("cost", "before")
    cost_rate_after = _rate("cost", "after")
    billing_rate_before = _rate("revenue", "before")
    billing_rate_after = _rate("revenue", "after")
    is_cap_moved: bool = strawberry.field(
        description="Whether its rates are the same and only its share of the task's cap is another."
    )


@strawberry.type(description="What a recalculation did to one project, or would do: all of it, or nothing.")
class ProjectRecalculation:
    project = resolves(
        PROJECT | None,
        "The project; null: general time, or there is none.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
    project_id = reads(
        strawberry.ID | None,
        "The id that was asked for; null: general time.",
        lambda it: None if it.project_id is None else global_id("Project", it.project_id),
    )
    outcome: ProjectOutcome = strawberry.field(description="What came of it.")
    entries: int = strawberry.field(description="Hours in scope, as entries.")
    changed: int = strawberry.field(description="Entries that are worth something else now.")
    unchanged: int = strawberry.field(description="Entries that keep their value.")
    frozen: int = strawberry.field(
        description="Entries that keep their value because they are billed or held by work locks."
    )
    code: str = strawberry.field(description="Why nothing was done, for programs; empty otherwise.")
    message: str = strawberry.field(description="Why nothing was done; empty otherwise.")
    cost_delta = guarded(MONEY, "By how much the cost changed.", lambda it: runs.delta(it, it.cost_delta_minor), COST)
    revenue_delta = guarded(
        MONEY, "By how much the revenue changed.", lambda it: runs.delta(it, it.revenue_delta_minor), BILLING
    )
    changes = pages(
        Connection[_CHANGE],
        "Each entry that changed or, of a preview, would change. Refused when that is not what was shown any more.",
        runs.changes_of,
    )
    locked = pages(
        Connection[TIME_ENTRY],
        "Entries in scope that keep their value now, because they are billed or held by work locks.",
        runs.locked_of,
    )


def _sum(total: RunTotalView, minor: int) -> MoneyView | None:
    amount = runs.delta(total, minor)
    return None if amount is None else in_one_currency(amount)


@strawberry.type(description="All projects of a run in one currency.")
class RecalculationTotal:
    currency: str = strawberry.field(description="ISO 4217 code; XXX: projects that are not there.")
    projects: int = strawberry.field(description="How many.")
    failed: int = strawberry.field(description="Those that could not be done.")
    entries: int = strawberry.field(description="Entries that were looked at.")
    changed: int = strawberry.field(description="Entries that are worth something else now.")
    frozen: int = strawberry.field(
        description="Entries that keep their value because they are billed or held by work locks."
    )
    cost_delta = guarded(MONEY, "By how much cost changed.", lambda it: _sum(it, it.cost_delta_minor), COST)
    revenue_delta = guarded(MONEY, "By how much revenue changed.", lambda it: _sum(it, it.revenue_delta_minor), BILLING)


@strawberry.type(description="How far a run is.")
class RecalculationProgress:
    projects: int = strawberry.field(description="All of them.")
    projects_done: int = strawberry.field(description="Those that have their outcome.")
    entries: int = strawberry.field(description="Entries on all of them, as far as is known.")
    entries_done: int = strawberry.field(description="Entries of projects that have their outcome.")
    changed: int = strawberry.field(description="Entries that are worth something else now.")
    entries_per_second = reads(
        Decimal | None,
        "The speed so far; null before the first project is done.",
        lambda it: it.entries_per_second,
    )


async def _seconds_left(context: RequestContext, run: RunView) -> int | None:
    left = runs.time_left(run, await runs.progress(context, run))
    return None if left is None else round(left.total_seconds())


async def _projects(
    root: strawberry.Parent[RunView],
    info: Info,
    first: First = FIRST_DEFAULT,
    after: After = None,
    outcomes: Annotated[
        list[ProjectOutcome] | None, strawberry.argument(description="Only with one of these outcomes.")
    ] = None,
) -> Any:
    return await runs.projects_of(info.context, root, PageRequest(first, after), outcomes=outcomes)


@strawberry.type(description="A recalculation: unbilled work rated again by the rates in force on its days.")
class RecalculationRun(Node):
    is_type_of = is_value(RunView)
    kind: RunKind = strawberry.field(description="Whether it rates, only shows, or takes one back.")
    status: RunStatus = strawberry.field(description="Whether it is done.")
    requested_by: str = strawberry.field(description="Who asked for it.")
    reason: str = strawberry.field(description="Why.")
    scope = reads(RecalculationScope, "Which hours it is about.", lambda it: it.scope)
    started_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    cancel_requested_at: datetime | None = strawberry.field(description="When somebody asked it to stop.")
    of = resolves(
        RUN | None,
        "The preview that it commits, or the run that it takes back.",
        lambda context, it: runs.run_by_id(context, it.of_run_id),
    )
    progress = resolves(RecalculationProgress, "How far it is.", runs.progress)
    totals = resolves(list[RecalculationTotal], "What came of it, for each currency.", runs.totals)
    seconds_left = resolves(
        int | None,
        "Seconds until it is done, at the speed so far; null before the first project and when done.",
        _seconds_left,
    )
    projects = strawberry.field(
        resolver=_projects, graphql_type=Connection[ProjectRecalculation], description="What came of each project."
    )
