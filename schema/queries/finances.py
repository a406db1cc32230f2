"""Where reading about finances of several projects starts; part of Query."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry

from hourledger.core.snapshots import FactKind
from hourledger.core.work import ProjectStatus
from resolvers import grouped_finances, measures, snapshots, value
from resolvers.paging import FIRST_DEFAULT, PageRequest
from schema.fields import After, First, Info, asks
from schema.node import Connection
from schema.types.baselines import BaselineComparison
from schema.types.grouped_finances import GroupBy, GroupedFinances, SomeFirstDay, SomeLastDay
from schema.types.portfolio import FinancePreferences, PortfolioFinances
from schema.types.snapshots import SnapshotChange

Id = strawberry.ID


def argument(description: str) -> Any:
    return strawberry.argument(description=description)


@strawberry.type
class FinanceQueries:
    @asks(PortfolioFinances, "At most 500 projects in one currency: those named, or all that fit.")
    async def portfolio_finances(
        self,
        info: Info,
        project_ids: Annotated[list[Id] | None, argument("These projects; give this or what they share.")] = None,
        text: Annotated[str | None, argument("Only with this in code or name.")] = None,
        company_id: Annotated[Id | None, argument("Only of this customer.")] = None,
        statuses: Annotated[list[ProjectStatus] | None, argument("Only with one of these statuses.")] = None,
        currency: Annotated[str | None, argument("ISO 4217 code; that of the books if null.")] = None,
        on: Annotated[date | None, argument("The day whose exchange rates are used; today if null.")] = None,
    ) -> Any:
        return await measures.portfolio(
            info.context,
            project_ids=project_ids,
            text=text,
            company_id=company_id,
            statuses=statuses,
            currency=currency,
            on=on,
        )

    @asks(
        GroupedFinances,
        "At most 500 projects in one currency, those named or all that fit, by what you like: planned and actual cost "
        "by month, labour and expense by project, billed revenue by customer, hours by person and kind.",
    )
    async def grouped_finances(
        self,
        info: Info,
        by: GroupBy,
        project_ids: Annotated[list[Id] | None, argument("These projects; give this or what they share.")] = None,
        text: Annotated[str | None, argument("Only with this in code or name.")] = None,
        company_id: Annotated[Id | None, argument("Only of this customer.")] = None,
        statuses: Annotated[list[ProjectStatus] | None, argument("Only with one of these statuses.")] = None,
        first_day: SomeFirstDay = None,
        last_day: SomeLastDay = None,
        currency: Annotated[str | None, argument("ISO 4217 code; that of the books if null.")] = None,
        on: Annotated[date | None, argument("The day whose exchange rates are used; today if null.")] = None,
    ) -> Any:
        return await grouped_finances.grouped_finances(
            info.context,
            by=by,
            project_ids=project_ids,
            text=text,
            company_id=company_id,
            statuses=statuses,
            first_day=first_day,
            last_day=last_day,
            currency=currency,
            on=on,
        )

    @asks(BaselineComparison, "Two baselines of a project side by side, or one and now.")
    async def compare_baselines(
        self,
        info: Info,
        a: Annotated[Id, argument("The first baseline.")],
        b: Annotated[Id | None, argument("The second; now if null.")] = None,
    ) -> Any:
        return await value.comparison(info.context, a, b)

    @asks(
        Connection[SnapshotChange],
        "What was added, removed and changed from one snapshot of a project to another, or to now; only what you may "
        "see of it.",
    )
    async def compare_snapshots(
        self,
        info: Info,
        since: Annotated[Id, strawberry.argument(name="from", description="The snapshot to start from.")],
        to: Annotated[Id | None, argument("The one to arrive at; now if null.")] = None,
        kinds: Annotated[list[FactKind] | None, argument("Only things of these kinds.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await snapshots.comparison(info.context, since, to, PageRequest(first, after), kinds=kinds)

    @asks(FinancePreferences, "How projects are measured that do not say otherwise.")
    async def finance_preferences(self, info: Info) -> Any:
        return await measures.preferences(info.context)
