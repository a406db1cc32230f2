"""Rate cards on projects: attached, taken off, brought up to date. Nothing is copied; a project sees a card as it stood
at its attachment's ``known_at``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.errors import HourledgerError, Invalid, Missing
from hourledger.core.periods import Period
from hourledger.core.work import RateKind
from hourledger.services.rate_cards import lock_card
from hourledger.services.rate_scopes import require_right
from hourledger.services.unit_of_work import UnitOfWork
from models.errors import translated
from models.queries.rate_cards import outdated_attachments
from models.selecting import find_all, select_one
from models.tables import ProjectRow, RateAttachmentRow, RateCardRow

_AT_ONCE_MAX = 500


async def attach_rate_card(unit: UnitOfWork, card_id: int, project_id: int | None) -> int:
    """The project takes the card's rates as they stand now, on the card's days; overrides stay. Returns the attachment.

    Cards of the same kind that count on some of these days are taken off; others stand beside it. ``project_id`` None:
    on every project, after the project's own card. Attaching a card again brings it up to date.

    Raises:
        Missing PROJECT_UNKNOWN, RATE_CARD_UNKNOWN. Denied PERMISSION_DENIED (§9.4; for all projects: ADMINISTER).
    """
    unit.require(Permission.EDIT_PROJECTS if project_id is not None else Permission.ADMINISTER)
    await _lock_project(unit, project_id)
    card = await lock_card(unit, card_id)
    days = Period(card.valid_from, card.valid_until)
    replaced = [
        row
        for row in await _live(unit, project_id, card.kind)
        if Period(row.valid_from, row.valid_until).overlaps(days) or row.rate_card_id == card_id
    ]
    for row in replaced:
        row.retired_at = unit.now
        unit.session.add(row)
    await unit.session.flush()
    added = _attachment(unit, card, project_id)
    unit.session.add(added)
    await unit.session.flush()
    before = {"rate_cards": [row.rate_card_id for row in replaced]}
    after = {"rate_card": card_id, "project": project_id, "days": str(days)}
    unit.audit("attach", "rate_attachment", added.id, before=before, after=after)
    unit.emit("RATE_CARD_ATTACHED", project_id=project_id, entity_id=card_id, name=card.name)
    return added.id


async def detach_rate_card(unit: UnitOfWork, card_id: int, project_id: int | None) -> None:
    """The card and its rates are off the project; its own overrides stay.

    Raises Missing PROJECT_UNKNOWN, NOT_ATTACHED; Denied PERMISSION_DENIED.
    """
    unit.require(Permission.EDIT_PROJECTS if project_id is not None else Permission.ADMINISTER)
    await _lock_project(unit, project_id)
    rows = await find_all(
        unit.session,
        RateAttachmentRow,
        unit.organisation_id,
        lock=True,
        project_id=project_id,
        rate_card_id=card_id,
        retired_at=None,
    )
    if not rows:
        raise Missing("This rate card is not attached here.", code="NOT_ATTACHED", field="rateCardId")
    for row in rows:
        require_right(unit, row.kind)
        row.retired_at = unit.now
        unit.session.add(row)
    await unit.session.flush()
    before = {"rate_card": card_id, "project": project_id}
    unit.audit("detach", "rate_attachment", rows[0].id, before=before)
    unit.emit("RATE_CARD_DETACHED", project_id=project_id, entity_id=card_id)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of one project: DONE, SKIPPED (it was up to date), MISSING or FAILED with the reason."""

    project_id: int
    outcome: str
    message: str = ""


async def push_rate_card(unit: UnitOfWork, card_id: int, project_ids: Sequence[int] | None) -> list[Pushed]:
    """Projects that have the card take its lines and days as they are now; one that fails leaves the others alone.

    ``project_ids`` None: all that are out of date. The organisation's default list goes with every push.

    Raises Invalid PROJECT_COUNT; Missing RATE_CARD_UNKNOWN; Denied PERMISSION_DENIED.
    """
    unit.require(Permission.EDIT_PROJECTS)
    card = await lock_card(unit, card_id)
    if project_ids is not None and not 1 <= len(project_ids) <= _AT_ONCE_MAX:
        raise Invalid(f"Name 1 to {_AT_ONCE_MAX} projects.", code="PROJECT_COUNT", field="projectIds")
    outdated = {
        row.project_id: row.id for row in await outdated_attachments(unit.session, unit.organisation_id, card_id)
    }
    for_all = outdated.pop(None, None)
    if for_all is not None and unit.principal.may(Permission.ADMINISTER):
        await _renew(unit, card, for_all)
    wanted = outdated if project_ids is None else dict.fromkeys(project_ids)
    return [await _push_to(unit, card, one, outdated) for one in wanted if one is not None]


async def _push_to(unit: UnitOfWork, card: RateCardRow, project_id: int, outdated: dict[int | None, int]) -> Pushed:
    if project_id not in outdated:
        attached = await find_all(
            unit.session,
            RateAttachmentRow,
            unit.organisation_id,
            project_id=project_id,
            rate_card_id=card.id,
            retired_at=None,
        )
        if attached:
            return Pushed(project_id, "SKIPPED", "It is up to date.")
        return Pushed(project_id, "MISSING", "This rate card is not attached to it.")
    try:
        async with translated(), unit.session.begin_nested():
            await _renew(unit, card, outdated[project_id])
    except HourledgerError as error:
        return Pushed(project_id, "FAILED", error.message)
    unit.emit("RATE_CARD_ATTACHED", project_id=project_id, entity_id=card.id, name=card.name)
    return Pushed(project_id, "DONE")


async def _renew(unit: UnitOfWork, card: RateCardRow, attachment_id: int) -> None:
    """The same card with a later ``known_at``. Fails where its days would now run into another card's."""
    old = await select_one(unit.session, RateAttachmentRow, unit.organisation_id, attachment_id, lock=True)
    assert old is not None
    old.retired_at = unit.now
    unit.session.add(old)
    await unit.session.flush()
    new = _attachment(unit, card, old.project_id)
    unit.session.add(new)
    await unit.session.flush()
    before, after = {"known_at": old.known_at.isoformat()}, {"known_at": new.known_at.isoformat(), "rate_card": card.id}
    unit.audit("push", "rate_attachment", new.id, before=before, after=after)


def _attachment(unit: UnitOfWork, card: RateCardRow, project_id: int | None) -> RateAttachmentRow:
    return RateAttachmentRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        rate_card_id=card.id,
        kind=card.kind,
        valid_from=card.valid_from,
        valid_until=card.valid_until,
        known_at=unit.now,
        recorded_at=unit.now,
        recorded_by=unit.principal.subject,
    )


async def _live(unit: UnitOfWork, project_id: int | None, kind: RateKind) -> list[RateAttachmentRow]:
    rows = await find_all(
        unit.session,
        RateAttachmentRow,
        unit.organisation_id,
        lock=True,
        project_id=project_id,
        kind=kind,
        company_id=None,
        retired_at=None,
    )
    return list(rows)


async def _lock_project(unit: UnitOfWork, project_id: int | None) -> None:
    """One change of a project's cards at a time. Raises Missing PROJECT_UNKNOWN."""
    if project_id is None:
        return
    if await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True) is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
