"""The rates that a project can use right now, by where they come from, as facts of a snapshot."""

from __future__ import annotations

from hourledger.core.periods import Period
from hourledger.core.rates import Level
from hourledger.core.snapshots import Fact, FactKind
from hourledger.core.work import RateKind
from hourledger.services.snapshot_words import SnapshotOf, days, fact
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import histories
from models.queries.listing.billing_roles import BILLING_ROLES
from models.queries.listing.rate_cards import AttachmentView
from models.queries.rate_lines import FoundRate, found_rates
from models.queries.snapshots import attachments_in_force
from models.selecting import find_all
from models.tables import AssignmentRow, CompanyRow, RateCardRow


async def rate_facts(unit: UnitOfWork, of: SnapshotOf, role_ids: set[int]) -> list[Fact]:
    """Who is billed as another role, attached cards, every rate that the search could find, and exchange rates.

    Rates of cards and of the customer are those the project has: as they stood when they were attached. Of roles that
    nobody on the project has, the system's own rates are left out (``role_ids``: the others). Exchange rates are the
    project's own; those of the organisation have a history of their own.
    """
    session, owner = unit.session, unit.organisation_id
    found = await found_rates(session, owner, person_ids=of.people, project_id=of.project.id)
    attached = await attachments_in_force(session, owner, of.project.id)
    cards = {one.rate_card_id for one in found} | {one.rate_card_id for one in attached}
    card_names = {one.id: one.name for one in await find_all(session, RateCardRow, owner, id=cards - {None})}
    companies = {one.company_id for one in attached} | {one.subjects.get("company") for one in found}
    company_names = {one.id: one.name for one in await find_all(session, CompanyRow, owner, id=companies - {None})}
    assignments = await find_all(session, AssignmentRow, owner, task_id=list(of.tasks))
    assigned = {one.id: f"{of.person(one.person_id) or of.role(one.role_id)} on {of.task(one.task_id)}"
                for one in assignments}  # fmt: skip

    def whose(one: FoundRate) -> str:
        """As a person says it: Developer, at Meridian Museum."""
        subjects = one.subjects
        named = (
            of.person(subjects.get("person")),
            of.role(subjects.get("role")),
            assigned.get(subjects.get("assignment", 0)),
            of.task(subjects.get("task")),
            company_names.get(subjects.get("company", 0)),
        )
        return ", ".join(filter(None, named)) or "everybody"

    def rate(one: FoundRate) -> Fact:
        attributes = of.names.in_words(one.attributes)
        return fact(
            FactKind.COST_RATE if one.kind is RateKind.COST else FactKind.BILLING_RATE,
            _key(one),
            f"{whose(one)} ({one.level})",
            source=one.level,
            whose=whose(one),
            rate_card=card_names.get(one.rate_card_id or 0),
            attributes=attributes,
            kind=one.kind,
            rate=one.price,
            is_locked=one.price.is_locked,
            **days(one.period),
        )

    def card(one: AttachmentView) -> Fact:
        name = card_names.get(one.rate_card_id or 0) or company_names[one.company_id or 0]
        return fact(
            FactKind.COST_CARD if one.kind is RateKind.COST else FactKind.BILLING_CARD,
            f"{'card' if one.rate_card_id else 'customer'}{one.rate_card_id or one.company_id}:{one.valid_from or ''}",
            name,
            rate_card=card_names.get(one.rate_card_id or 0),
            customer=company_names.get(one.company_id or 0),
            as_known_at=one.known_at.isoformat(),
            is_for_all_projects=one.project_id is None,
            **days(Period(one.valid_from, one.valid_until)),
        )

    kept = [one for one in found if one.level is not Level.ROLE or one.subjects["role"] in role_ids]
    facts = [*map(card, attached), *map(rate, sorted(kept, key=_place))]
    in_order = sorted(facts, key=lambda one: list(FactKind).index(one.kind))
    return [*await _billing_roles(unit, of), *in_order, *await _exchange_rates(unit, of)]


def _key(one: FoundRate) -> str:
    """The same for the same days of the same rate scope, whatever the rate: so a new price is a change."""
    subjects = "".join(f":{noun}{number}" for noun, number in one.subjects.items())
    card = f":card{one.rate_card_id}" if one.rate_card_id else ""
    narrowed = "".join(f":{name}={value}" for name, value in sorted(one.attributes.items()))
    return f"{one.level}:{one.kind}{subjects}{card}{narrowed}:{one.period.valid_from or ''}"


def _place(one: FoundRate) -> tuple[int, str]:
    return list(Level).index(one.level), _key(one)


async def _billing_roles(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    found = await BILLING_ROLES.where_in(unit.session, unit.organisation_id, "b.project_id", [of.project.id])
    return [
        fact(
            FactKind.BILLING_ROLE,
            f"{one.person_id}:{one.valid_from or ''}",
            of.people[one.person_id],
            person=of.people[one.person_id],
            role=of.role(one.role_id),
            **days(Period(one.valid_from, one.valid_until)),
        )
        for one in found
    ]


async def _exchange_rates(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    found = await histories(unit.session, unit.organisation_id, of.project.id)
    return [
        fact(
            FactKind.EXCHANGE_RATE,
            f"{one.currency}:{one.period.valid_from or ''}",
            one.currency,
            currency=one.currency,
            rate=one.rate,
            source=one.source,
            **days(one.period),
        )
        for rates in found.values()
        for one in rates
    ]
