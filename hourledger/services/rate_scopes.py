"""Whose rates: the levels, which ids and attributes each one needs, and who may change them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hourledger.core.access import Permission
from hourledger.core.errors import Conflict, Invalid, Missing, NotAllowed
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from hourledger.services.scope_attributes import check_attributes, stored_attributes
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rate_cards import is_attached_after
from models.selecting import find_one, select_one
from models.tables import (
    AssignmentRow,
    CompanyRow,
    PersonRow,
    ProjectRow,
    RateCardRow,
    RateScopeRow,
    RoleRow,
    TaskRow,
)

_TABLE_OF_ID: dict[str, Any] = {
    "person_id": PersonRow,
    "role_id": RoleRow,
    "company_id": CompanyRow,
    "project_id": ProjectRow,
    "assignment_id": AssignmentRow,
    "task_id": TaskRow,
    "rate_card_id": RateCardRow,
}

_IDS_OF_LEVEL: dict[Level, set[str]] = {
    Level.ASSIGNMENT: {"assignment_id"},
    Level.TASK_PERSON: {"task_id", "person_id"},
    Level.TASK_ANYONE: {"task_id"},
    Level.PROJECT_PERSON: {"project_id", "person_id"},
    Level.PROJECT_ROLE: {"project_id", "role_id"},
    Level.PROJECT_ANYONE: {"project_id"},
    Level.RATE_CARD: {"rate_card_id", "role_id"},
    Level.COMPANY_PERSON: {"company_id", "person_id"},
    Level.COMPANY_ROLE: {"company_id", "role_id"},
    Level.COMPANY_ANYONE: {"company_id"},
    Level.PERSON: {"person_id"},
    Level.ROLE: {"role_id"},
    Level.ANYONE: set(),
}
"""Rates on every level, for cost and billing alike (§10 P13)."""

_NOT_SET_HERE = {
    Level.TASK: "The rate of a task is set on the task itself.",
    Level.PRESERVED_PERSON: "Preserved rates are written when a project starts to preserve its rates, by nobody else.",
    Level.PRESERVED_ROLE: "Preserved rates are written when a project starts to preserve its rates, by nobody else.",
}

_WITH_ATTRIBUTES = frozenset({Level.ROLE, Level.COMPANY_ROLE, Level.PROJECT_ROLE, Level.RATE_CARD, Level.ANYONE})
"""Rates of roles; and those for anyone, which is where percentages for a place or a kind of hours are kept (§4.4)."""


AttributeIds: TypeAlias = Any
"""Mapping[int, int]; Any, so that callers may spread their ids: ``RateScope(kind, level, **ids)``."""


@dataclass(frozen=True, slots=True)
class RateScope:
    """Whose rate: the level and exactly the ids that level is about.

    ``attributes``: rate attribute id -> attribute value id that the subject must have; for rates of roles (§3.5).
    """

    kind: RateKind
    level: Level
    person_id: int | None = None
    role_id: int | None = None
    company_id: int | None = None
    project_id: int | None = None
    assignment_id: int | None = None
    task_id: int | None = None
    rate_card_id: int | None = None
    attributes: AttributeIds = field(default_factory=dict)


def scope_of(row: RateScopeRow) -> RateScope:
    """The stored scope as services pass it around."""
    ids = {name: getattr(row, name) for name in _TABLE_OF_ID}
    return RateScope(row.kind, row.level, attributes={int(key): one for key, one in row.attributes.items()}, **ids)


def require_right(unit: UnitOfWork, kind: RateKind) -> None:
    """Cost rates are changed with EDIT_COST_RATES, all others with EDIT_BILLING_RATES (§9.2)."""
    unit.require(Permission.EDIT_COST_RATES if kind is RateKind.COST else Permission.EDIT_BILLING_RATES)


async def open_scope(unit: UnitOfWork, scope: RateScope) -> RateScopeRow:
    """The scope's row, made when it is new, locked, so that two changes of the same rates come one after the other.

    What a scope needs is checked when it is made; a required attribute that was added later asks nothing of those
    that exist, because their attributes can never be changed.

    Raises:
        Invalid SCOPE_INCOMPLETE: the level needs other ids. ATTRIBUTES_NOT_HERE, ATTRIBUTE_UNKNOWN and so on.
        Missing PERSON_UNKNOWN, ROLE_UNKNOWN and so on; RATE_CARD_UNKNOWN for a deleted card as well.
        NotAllowed RATES_PRESERVED: the project keeps its billing rates for good (§3.8).
    """
    _check_ids_given(scope)
    columns = {name: getattr(scope, name) for name in scope.__slots__} | {
        "attributes": stored_attributes(scope.attributes)
    }
    await check_open(unit, scope)
    found = await find_one(unit.session, RateScopeRow, unit.organisation_id, lock=True, **columns)
    if found is None:
        await _check_ids(unit, scope, _IDS_OF_LEVEL[scope.level])
        if scope.attributes and scope.level not in _WITH_ATTRIBUTES:
            raise Invalid(
                f"A {scope.level.value} rate has no attributes: they narrow the rates of roles and those for anyone.",
                code="ATTRIBUTES_NOT_HERE",
                field="attributes",
            )
        if scope.level in _WITH_ATTRIBUTES:
            is_complete = scope.level in (Level.ROLE, Level.RATE_CARD)
            await check_attributes(unit, scope.kind, scope.attributes, needs_required=is_complete)
        found = RateScopeRow(organisation_id=unit.organisation_id, **columns)
        unit.session.add(found)
        await unit.session.flush()
    return found


async def check_open(unit: UnitOfWork, scope: RateScope) -> None:
    """Whether rates of this scope may change: its card is there and fits (and stays as it is), its project is open.

    Raises NotAllowed RATES_PRESERVED; Missing RATE_CARD_UNKNOWN, and PROJECT_UNKNOWN and so on when it is deleted or
    nobody is assigned any more; Invalid KIND_OF_CARD; Conflict CONFLICT.
    """
    await _check_card(unit, scope)
    await _check_still_there(unit, scope)
    if scope.company_id is not None:
        await select_one(unit.session, CompanyRow, unit.organisation_id, scope.company_id, lock=True)
    if await is_attached_after(
        unit.session, unit.organisation_id, unit.now, card_id=scope.rate_card_id, company_id=scope.company_id
    ):
        # Recorded at our instant, the lines would be part of what that project has seen without them.
        raise Conflict("A project took these rates at the same moment. Try again.", code="CONFLICT")
    if scope.kind is not RateKind.COST:
        project = await _project_of(unit, scope)
        if project is not None and project.preserve_billing_rates:
            raise NotAllowed(
                f"Project {project.code} preserves its billing rates: nobody overrides them any more.",
                code="RATES_PRESERVED",
                field="projectId",
            )


async def _check_card(unit: UnitOfWork, scope: RateScope) -> None:
    """Locked: attaching and pushing wait until these lines are recorded, and see them whole."""
    if scope.rate_card_id is None:
        return
    card = await select_one(unit.session, RateCardRow, unit.organisation_id, scope.rate_card_id, lock=True)
    if card is None or card.deleted_at is not None:
        raise Missing(f"There is no rate card {scope.rate_card_id}.", code="RATE_CARD_UNKNOWN", field="rateCardId")
    if (card.kind is RateKind.COST) != (scope.kind is RateKind.COST):
        raise Invalid(f"{card.name} is a card of {card.kind.value} rates.", code="KIND_OF_CARD", field="kind")


async def _check_still_there(unit: UnitOfWork, scope: RateScope) -> None:
    """A deleted project or task has no rates any more, nor has who was assigned; their old ones stay as history.

    Raises Missing PROJECT_UNKNOWN, TASK_UNKNOWN, ASSIGNMENT_UNKNOWN.
    """
    on_project = {name for name in ("project_id", "task_id", "assignment_id") if getattr(scope, name) is not None}
    await _check_ids(unit, scope, on_project)
    if scope.assignment_id is not None and await _project_of(unit, scope) is None:
        raise _missing("assignment_id", scope.assignment_id)


async def project_of_scope(unit: UnitOfWork, scope: RateScope) -> int | None:
    """The project whose own rates these are; None for rates that many projects share."""
    project = await _project_of(unit, scope)
    return project.id if project else None


async def _project_of(unit: UnitOfWork, scope: RateScope) -> ProjectRow | None:
    project_id, task_id = scope.project_id, scope.task_id
    if scope.assignment_id is not None:
        assignment = await select_one(unit.session, AssignmentRow, unit.organisation_id, scope.assignment_id)
        task_id = assignment.task_id if assignment else None
    if task_id is not None:
        task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id)
        project_id = task.project_id if task else None
    return None if project_id is None else await select_one(unit.session, ProjectRow, unit.organisation_id, project_id)


def _check_ids_given(scope: RateScope) -> None:
    if scope.level in _NOT_SET_HERE:
        raise Invalid(_NOT_SET_HERE[scope.level], code="SCOPE_INCOMPLETE", field="level")
    given = {name for name in _TABLE_OF_ID if getattr(scope, name) is not None}
    needed = _IDS_OF_LEVEL[scope.level]
    if given != needed:
        about = f"exactly {' and '.join(sorted(needed))}" if needed else "nobody in particular: give no id"
        raise Invalid(f"A {scope.level.value} rate is about {about}.", code="SCOPE_INCOMPLETE", field="level")


async def _check_ids(unit: UnitOfWork, scope: RateScope, names: AbstractSet[str]) -> None:
    for name in sorted(names):
        row_id = getattr(scope, name)
        if await select_one(unit.session, _TABLE_OF_ID[name], unit.organisation_id, row_id) is None:
            raise _missing(name, row_id)


def _missing(name: str, row_id: int) -> Missing:
    noun = name.removesuffix("_id")
    return Missing(f"There is no {noun.replace('_', ' ')} {row_id}.", code=f"{noun.upper()}_UNKNOWN", field=name)
