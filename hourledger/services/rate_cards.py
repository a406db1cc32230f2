"""Rate cards: named price lists. Made, described, copied, deleted; their lines are set like every other rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hourledger.core.errors import Invalid, Missing
from hourledger.core.periods import Period
from hourledger.core.work import RateKind
from hourledger.services.checks import require_name
from hourledger.services.rate_lines import lines_in_force, priced, write_lines
from hourledger.services.rate_scopes import require_right
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import (
    AttributeSource,
    AttributeValueRow,
    CompanyRow,
    RateAttachmentRow,
    RateCardAliasRow,
    RateCardRow,
    RateScopeRow,
)


@dataclass(frozen=True, slots=True)
class CardDraft:
    """What a card says about itself. ``company_id`` and ``group_value_id`` only say for whom it is offered."""

    name: str
    description: str = ""
    company_id: int | None = None
    group_value_id: int | None = None
    days: Period = Period()  # noqa: RUF009  (a frozen value)


async def create_rate_card(unit: UnitOfWork, draft: CardDraft, kind: RateKind = RateKind.BILLING) -> int:
    """A card without lines. Cards of kind BILLING hold billing rates and markups, those of kind COST cost rates.

    Raises:
        Invalid NAME_INVALID, KIND_OF_CARD, GROUP_INVALID; Missing COMPANY_UNKNOWN, GROUP_UNKNOWN.
        Conflict NAME_TAKEN. Denied PERMISSION_DENIED.
    """
    require_right(unit, kind)
    if kind is RateKind.MARKUP:
        raise Invalid(
            "Markups are lines of a card of billing rates: make it with kind BILLING.",
            code="KIND_OF_CARD",
            field="kind",
        )
    row = RateCardRow(
        organisation_id=unit.organisation_id,
        kind=kind,
        created_at=unit.now,
        created_by=unit.principal.subject,
        **await _columns(unit, draft),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "rate_card", row.id, after=_said(row))
    unit.emit("RATE_CARD_CHANGED", entity_id=row.id, name=row.name)
    return row.id


async def edit_rate_card(unit: UnitOfWork, card_id: int, draft: CardDraft) -> None:
    """Name, description, for whom and when it counts. Projects keep the days they have until it is pushed (§3.7).

    Raises as ``create_rate_card``; Missing RATE_CARD_UNKNOWN.
    """
    row = await lock_card(unit, card_id)
    before = _said(row)
    for name, value in (await _columns(unit, draft)).items():
        setattr(row, name, value)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("edit", "rate_card", row.id, before=before, after=_said(row))
    unit.emit("RATE_CARD_CHANGED", entity_id=row.id, name=row.name)


async def copy_rate_card(unit: UnitOfWork, card_id: int, name: str) -> int:
    """A new card with the same lines, locks, attributes, aliases and days; attached nowhere. Returns its id.

    Raises Missing RATE_CARD_UNKNOWN; Invalid NAME_INVALID; Conflict NAME_TAKEN.
    """
    card = await lock_card(unit, card_id)
    days = Period(card.valid_from, card.valid_until)
    draft = CardDraft(name, card.description, card.company_id, card.group_value_id, days)
    copy_id = await create_rate_card(unit, draft, card.kind)
    scopes = await find_all(unit.session, RateScopeRow, unit.organisation_id, rate_card_id=card_id)
    lines = await lines_in_force(unit, [scope.id for scope in scopes])
    for scope in scopes:
        ranges = [priced(line) for line in lines if line.scope_id == scope.id]
        if not ranges:
            continue
        copied = RateScopeRow(
            organisation_id=unit.organisation_id,
            kind=scope.kind,
            level=scope.level,
            role_id=scope.role_id,
            rate_card_id=copy_id,
            attributes=scope.attributes,
        )
        unit.session.add(copied)
        await unit.session.flush()
        await write_lines(unit, copied.id, [], ranges)
    for alias in await find_all(unit.session, RateCardAliasRow, unit.organisation_id, rate_card_id=card_id):
        unit.session.add(
            RateCardAliasRow(
                organisation_id=unit.organisation_id,
                rate_card_id=copy_id,
                role_id=alias.role_id,
                attributes=alias.attributes,
                alias=alias.alias,
            )
        )
    unit.audit("copy", "rate_card", copy_id, after={"copy_of": card_id, "lines": len(lines)})
    return copy_id


async def delete_rate_card(unit: UnitOfWork, card_id: int) -> list[int]:
    """The card is gone, from projects too; its lines stay for what was rated by them. Returns those projects.

    Raises Missing RATE_CARD_UNKNOWN, Denied PERMISSION_DENIED.
    """
    card = await lock_card(unit, card_id)
    card.deleted_at = unit.now
    unit.session.add(card)
    attachments = await find_all(
        unit.session, RateAttachmentRow, unit.organisation_id, lock=True, rate_card_id=card_id, retired_at=None
    )
    projects = sorted({one.project_id for one in attachments if one.project_id is not None})
    for attachment in attachments:
        attachment.retired_at = unit.now
        unit.session.add(attachment)
        unit.emit("RATE_CARD_DETACHED", project_id=attachment.project_id, entity_id=card_id, name=card.name)
    await unit.session.flush()
    unit.audit("delete", "rate_card", card_id, before=_said(card), after={"projects": projects})
    unit.emit("RATE_CARD_DELETED", entity_id=card_id, name=card.name)
    return projects


async def lock_card(unit: UnitOfWork, card_id: int) -> RateCardRow:
    """The card, locked for change, after asking for the right to it. Raises Missing RATE_CARD_UNKNOWN, Denied."""
    card = await select_one(unit.session, RateCardRow, unit.organisation_id, card_id, lock=True)
    if card is None or card.deleted_at is not None:
        raise Missing(f"There is no rate card {card_id}.", code="RATE_CARD_UNKNOWN", field="rateCardId")
    require_right(unit, card.kind)
    return card


async def _columns(unit: UnitOfWork, draft: CardDraft) -> dict[str, Any]:
    company_id, group_id = draft.company_id, draft.group_value_id
    if company_id is not None and await select_one(unit.session, CompanyRow, unit.organisation_id, company_id) is None:
        raise Missing(f"There is no company {company_id}.", code="COMPANY_UNKNOWN", field="companyId")
    if group_id is not None:
        group = await select_one(unit.session, AttributeValueRow, unit.organisation_id, group_id)
        if group is None:
            raise Missing(f"There is no group {group_id}.", code="GROUP_UNKNOWN", field="groupId")
        if group.source is not AttributeSource.GROUP:
            raise Invalid(f"{group.name} is not a group.", code="GROUP_INVALID", field="groupId")
    return {
        "name": require_name(draft.name),
        "description": draft.description,
        "company_id": company_id,
        "group_value_id": group_id,
        "valid_from": draft.days.valid_from,
        "valid_until": draft.days.valid_until,
    }


def _said(card: RateCardRow) -> dict[str, object]:
    days = Period(card.valid_from, card.valid_until)
    named = {name: getattr(card, name) for name in ("name", "description", "company_id", "group_value_id")}
    return {**named, "kind": card.kind.value, "days": str(days)}
