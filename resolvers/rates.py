"""Rates in force, and whose they are in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.remove_rate import gaps_of_scope
from models.queries.listing.issues import ISSUES
from models.queries.listing.people import COMPANIES, PEOPLE, ROLES
from models.queries.listing.projects import ASSIGNMENTS, PROJECTS, TASKS
from models.queries.listing.rate_cards import RATE_CARDS_EVER
from models.queries.listing.rates import (
    OF_CARD,
    OF_COMPANY,
    OF_KINDS,
    OF_LEVEL,
    OF_PERSON,
    OF_PROJECT,
    OF_ROLE,
    OF_TASK,
    ON_DAY,
    RATES,
    RATES_EVER,
    WITH_VALUES,
    RateView,
)
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of

VIEW_RIGHT = {
    RateKind.COST: Permission.VIEW_COST_RATES,
    RateKind.BILLING: Permission.VIEW_BILLING_RATES,
    RateKind.MARKUP: Permission.VIEW_BILLING_RATES,
}


@dataclass(frozen=True, slots=True)
class GapView:
    """Days between two rates on which there is none; ``line``: one of those whose gap it is."""

    line: RateView
    days: Period


def kinds_seen(context: RequestContext, kind: RateKind | None) -> list[str]:
    """The kind asked for, or all the caller may see. Raises Denied PERMISSION_DENIED when that is none."""
    if kind is not None:
        context.principal.require(VIEW_RIGHT[kind])
        return [kind.value]
    context.require_any(*VIEW_RIGHT.values())
    return [one.value for one, permission in VIEW_RIGHT.items() if context.principal.may(permission)]


async def rates(
    context: RequestContext,
    page: PageRequest,
    *,
    kind: RateKind | None,
    on: date | None,
    project_id: str | None,
    person_id: str | None,
    role_id: str | None,
    company_id: str | None,
    task_id: str | None = None,
    rate_card_id: str | None = None,
    level: Level | None = None,
    attribute_value_ids: Sequence[str] | None = None,
) -> Page[RateView]:
    """Lines that are not retired, of the kinds the caller may see; ``on``: only those in force on that day.

    Raises Denied PERMISSION_DENIED when the caller may see none of them.
    """
    conditions: dict[str, dict[str, object]] = {OF_KINDS: {"kinds": kinds_seen(context, kind)}}
    if on is not None:
        conditions[ON_DAY] = {"day": on}
    for condition, name, value, type_name in (
        (OF_PROJECT, "project", project_id, "Project"),
        (OF_PERSON, "person", person_id, "Person"),
        (OF_ROLE, "role", role_id, "Role"),
        (OF_COMPANY, "company", company_id, "Company"),
        (OF_TASK, "task", task_id, "Task"),
        (OF_CARD, "card", rate_card_id, "RateCard"),
    ):
        if value is not None:
            conditions[condition] = {name: row_id(value, type_name, f"{type_name[0].lower()}{type_name[1:]}Id")}
    if level is not None:
        conditions[OF_LEVEL] = {"level": level.value}
    if attribute_value_ids:
        values = [row_id(one, "AttributeValue", "attributeValueIds") for one in attribute_value_ids]
        conditions[WITH_VALUES] = {"values": values}
    return await page_of(context, RATES, page, conditions)


async def rate_by_id(context: RequestContext, rate_id: int) -> RateView | None:
    """Retired lines too. None when the caller may not see rates of its kind."""
    found = await context.loaders.row(RATES_EVER, rate_id)
    return found if found and context.principal.may(VIEW_RIGHT[found.kind]) else None


async def gaps_of(context: RequestContext, found: Sequence[RateView] | None) -> list[GapView] | None:
    """Of the rates that these lines are or were part of; None: there is nothing to look at."""
    if found is None:
        return None
    gaps: list[GapView] = []
    for line in {one.scope_id: one for one in found}.values():
        async with context.reading() as unit:
            gaps += [GapView(line, days) for days in await gaps_of_scope(unit, line.scope_id)]
    return gaps


async def is_current(context: RequestContext, rate: RateView) -> bool:
    """Whether it is in force today, in the organisation's time zone."""
    async with context.reading() as unit:
        return rate.retired_at is None and unit.today in Period(rate.valid_from, rate.valid_until)


async def scope_in_words(context: RequestContext, rate: RateView) -> str:
    """Whose rate it is, as a person says it: Developer on project NOVA-1."""
    loaders = context.loaders
    if rate.rate_card_id is not None:
        role, card = await loaders.row(ROLES, rate.role_id), await loaders.row(RATE_CARDS_EVER, rate.rate_card_id)
        return f"{role.name if role else '?'} on rate card {card.name if card else '?'}"
    if rate.task_id is not None:
        task, person = await loaders.row(TASKS, rate.task_id), await loaders.row(PEOPLE, rate.person_id)
        return f"{person.name if person else 'Everybody'} on task {task.name if task else '?'}"
    if rate.assignment_id is not None:
        assignment = await loaders.row(ASSIGNMENTS, rate.assignment_id)
        on = assignment.task_id if assignment else None
        task, issue = await loaders.row(TASKS, on), await loaders.row(ISSUES, on)
        person = await loaders.row(PEOPLE, assignment.person_id if assignment else None)
        where = f"issue {issue.name}" if issue else f"task {task.name if task else '?'}"
        return f"{person.name if person else 'Somebody'} on {where}"
    person, role, company, project = (
        await loaders.row(PEOPLE, rate.person_id),
        await loaders.row(ROLES, rate.role_id),
        await loaders.row(COMPANIES, rate.company_id),
        await loaders.row(PROJECTS, rate.project_id),
    )
    whose = person.name if person else role.name if role else "Everybody"
    if project is not None:
        return f"{whose} on project {project.code}"
    return f"{whose} at {company.name}" if company is not None else whose
