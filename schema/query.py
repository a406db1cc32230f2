"""Where reading starts."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus
from hourledger.core.ledger import DeliveryState
from models.tables import RunKind, RunStatus, SourceRecordStatus
from resolvers import (
    billing,
    connections,
    exchange,
    expenses,
    ledger,
    nodes,
    planning,
    preferences,
    projects,
    rate_policies,
    runs,
    time_entries,
    viewer,
    work_types,
)
from resolvers.paging import FIRST_DEFAULT, PageRequest
from schema.fields import After, First, Info, asks, reads
from schema.node import Connection, Node
from schema.queries.finances import FinanceQueries
from schema.queries.rates import RateQueries
from schema.queries.time import TimeQueries
from schema.references import (
    ACCOUNT,
    BILLING_RECORD,
    COMPANY,
    CURRENCY,
    DELIVERY,
    EXCHANGE_RATE,
    EXPENSE,
    EXPENSE_TYPE,
    EXTERNAL_SYSTEM,
    HOUR_TYPE,
    JOURNAL_ENTRY,
    PERSON,
    PREFERENCES,
    PROJECT,
    ROLE,
    RUN,
    SOURCE_RECORD,
    TIME_ENTRY,
    WORK_SCHEDULE,
)
from schema.types.explanations import RateExplanation, TimeEntryExplanation
from schema.types.rate_policies import RatePolicy

Id = strawberry.ID


def argument(description: str) -> Any:
    return strawberry.argument(description=description)


def listed(graphql_type: Any, description: str, call: Any) -> Any:
    """A whole list, read page by page: ``call(context, page)``."""

    async def resolve(info: Info, first: First = FIRST_DEFAULT, after: After = None) -> Any:
        found: Awaitable[Any] = call(info.context, PageRequest(first, after))
        return await found

    return strawberry.field(resolver=resolve, graphql_type=Connection[graphql_type], description=description)


@strawberry.type(description="The organisation whose data a token reaches.")
class Organisation:
    name: str = strawberry.field(description="Its name.")
    base_currency: str = strawberry.field(description="The currency of its books.")
    time_zone: str = strawberry.field(description="The zone of its calendar dates.")
    rate_policy: str = strawberry.field(description="By which order rates are looked for.")


@strawberry.type(description="Who is asking.")
class Viewer:
    subject: str = strawberry.field(description="The name in the audit log.")
    permissions = reads(list[Permission], "What the token allows.", lambda it: it.permissions)
    organisation: Organisation = strawberry.field(description="Whose data it is.")


@strawberry.type(description="Reading. Everything needs a token; what it does not allow is refused or null.")
class Query(FinanceQueries, RateQueries, TimeQueries):
    people = listed(PERSON, "People, by name.", projects.people)
    roles = listed(ROLE, "Job roles, by name.", projects.roles)
    hour_types = listed(HOUR_TYPE, "Kinds of hours, by name.", work_types.hour_types)
    expense_types = listed(EXPENSE_TYPE, "Kinds of expenses, by name.", work_types.expense_types)
    companies = listed(COMPANY, "Customers, by name.", projects.companies)
    accounts = listed(ACCOUNT, "Accounts of our books, by code.", ledger.accounts)
    journal_entries = listed(JOURNAL_ENTRY, "What was posted, newest first.", ledger.journal_entries)
    connections = listed(EXTERNAL_SYSTEM, "Connections to other systems, by name.", connections.connections)

    @asks(Viewer, "Who is asking, and what they may do.")
    async def viewer(self, info: Info) -> Any:
        return await viewer.viewer(info.context)

    @asks(Node | None, "Any entity by its id; null when there is none.")
    async def node(self, info: Info, id: Annotated[Id, argument("The id that the API gave.")]) -> Any:
        return await nodes.node(info.context, id)

    @asks(Connection[PROJECT], "Projects, by code.")
    async def projects(
        self,
        info: Info,
        text: Annotated[str | None, argument("Only with this in code or name.")] = None,
        company_id: Annotated[Id | None, argument("Only of this customer.")] = None,
        templates: Annotated[bool, argument("The templates, which are left out otherwise.")] = False,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await projects.projects(info.context, page, text=text, company_id=company_id, templates=templates)

    @asks(PROJECT | None, "One project, by id or by code.")
    async def project(
        self,
        info: Info,
        id: Annotated[Id | None, argument("Its id; give this or the code.")] = None,
        code: Annotated[str | None, argument("Its code; give this or the id.")] = None,
    ) -> Any:
        return await projects.project(info.context, code=code, project_id=id)

    @asks(TimeEntryExplanation | None, "Why an entry is worth what it is worth.")
    async def explain_time_entry(self, info: Info, id: Annotated[Id, argument("The entry.")]) -> Any:
        return await time_entries.explain_time_entry(info.context, id)

    @asks(RateExplanation, "What an hour of a person would cost and earn on a day, and why; nothing is logged.")
    async def explain_rate(
        self,
        info: Info,
        person_id: Annotated[Id, argument("Who would work.")],
        on: Annotated[date, argument("On which day.")],
        project_id: Annotated[Id | None, argument("On which project; null: the task's, or on none.")] = None,
        task_id: Annotated[Id | None, argument("On which task or issue; null: on the project itself.")] = None,
        role_id: Annotated[Id | None, argument("The role chosen by hand; null: none.")] = None,
        hour_type_id: Annotated[Id | None, argument("The kind of hours; null: one that may earn.")] = None,
    ) -> Any:
        return await time_entries.explain_supposed_hour(
            info.context,
            person_id=person_id,
            project_id=project_id,
            task_id=task_id,
            role_id=role_id,
            hour_type_id=hour_type_id,
            on=on,
        )

    @asks(list[RatePolicy], "The rate policies there are: those that ship, then your own.")
    async def rate_policies(self, info: Info) -> Any:
        return await rate_policies.rate_policies(info.context)

    @asks(Connection[BILLING_RECORD], "Billing records, newest first.")
    async def billing_records(
        self,
        info: Info,
        statuses: Annotated[list[BillingRecordStatus] | None, argument("Only these; all but deleted if null.")] = None,
        company_id: Annotated[Id | None, argument("Only of this customer.")] = None,
        project_id: Annotated[Id | None, argument("Only those that bill this project.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await billing.billing_records(
            info.context, page, statuses=statuses, company_id=company_id, project_id=project_id
        )

    @asks(BILLING_RECORD | None, "One billing record.")
    async def billing_record(self, info: Info, id: Annotated[Id, argument("Its id.")]) -> Any:
        return await billing.billing_record(info.context, id)

    @asks(Connection[DELIVERY], "Journal entries on their way, newest first.")
    async def deliveries(
        self,
        info: Info,
        states: Annotated[list[DeliveryState] | None, argument("Only in these states.")] = None,
        connection_id: Annotated[Id | None, argument("Only over this connection.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await ledger.deliveries(info.context, page, states=states, connection_id=connection_id)

    @asks(Connection[SOURCE_RECORD], "Rows of a time source, oldest first.")
    async def source_records(
        self,
        info: Info,
        connection_id: Annotated[Id, argument("The connection they came over.")],
        statuses: Annotated[list[SourceRecordStatus] | None, argument("Only with these statuses.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await connections.source_records(info.context, page, connection_id=connection_id, statuses=statuses)

    @asks(RUN | None, "One recalculation.")
    async def recalculation_run(self, info: Info, id: Annotated[Id, argument("Its id.")]) -> Any:
        return await runs.recalculation_run(info.context, id)

    @asks(
        Connection[RUN], "Recalculations, previews and undoings: who, why, what for and what came of it. Latest first."
    )
    async def recalculation_runs(
        self,
        info: Info,
        kinds: Annotated[list[RunKind] | None, argument("Only of these kinds.")] = None,
        statuses: Annotated[list[RunStatus] | None, argument("Only with these statuses.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await runs.recalculation_runs(info.context, PageRequest(first, after), kinds=kinds, statuses=statuses)

    @asks(list[CURRENCY], "The currencies that may be chosen: that of the books, and those with an exchange rate.")
    async def currencies(self, info: Info) -> Any:
        return await exchange.currencies(info.context)

    @asks(Connection[EXCHANGE_RATE], "Exchange rates in force, by currency and from when.")
    async def exchange_rates(
        self,
        info: Info,
        currency: Annotated[str | None, argument("Only of this currency.")] = None,
        on: Annotated[date | None, argument("Only those in force on this day.")] = None,
        project_id: Annotated[Id | None, argument("Those of this project; null: those of the organisation.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await exchange.exchange_rates(info.context, page, currency=currency, on=on, project_id=project_id)

    work_schedules = listed(WORK_SCHEDULE, "Work schedules, by name.", planning.work_schedules)

    @asks(Connection[TIME_ENTRY], "Work, newest first.")
    async def time_entries(
        self,
        info: Info,
        project_id: Annotated[Id | None, argument("Only on this project.")] = None,
        person_id: Annotated[Id | None, argument("Only of this person.")] = None,
        first_day: Annotated[date | None, argument("Only from this day on.")] = None,
        last_day: Annotated[date | None, argument("Only up to and including this day.")] = None,
        is_general: Annotated[bool | None, argument("Only time on no project, or only time on one.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await time_entries.time_entries(
            info.context,
            PageRequest(first, after),
            project_id=project_id,
            person_id=person_id,
            first_day=first_day,
            last_day=last_day,
            is_general=is_general,
        )

    @asks(PREFERENCES, "What the organisation allows when time is logged.")
    async def preferences(self, info: Info) -> Any:
        return await preferences.preferences(info.context)

    @asks(Connection[EXPENSE], "Expenses, newest first.")
    async def expenses(
        self,
        info: Info,
        project_id: Annotated[Id | None, argument("Only of this project and its tasks.")] = None,
        task_id: Annotated[Id | None, argument("Only of this task.")] = None,
        expense_type_id: Annotated[Id | None, argument("Only of this kind.")] = None,
        is_billable: Annotated[bool | None, argument("Only those the customer pays for, or only the others.")] = None,
        first_day: Annotated[date | None, argument("Only paid, or else planned or entered, from this day on.")] = None,
        last_day: Annotated[date | None, argument("Likewise, up to and including this day.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        return await expenses.expenses(
            info.context,
            PageRequest(first, after),
            project_id=project_id,
            task_id=task_id,
            expense_type_id=expense_type_id,
            is_billable=is_billable,
            first_day=first_day,
            last_day=last_day,
        )
