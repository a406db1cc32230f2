"""Rate cards and the rates of customers: what is on them, and on which projects they are."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.spreadsheets import read_sheets
from hourledger.core.errors import Invalid
from hourledger.core.periods import Period
from hourledger.core.pricing.card_book import CardBook, read_book
from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.work import RateKind
from hourledger.services import attach_rate_card as attaching
from hourledger.services import company_rates
from hourledger.services import rate_cards as cards
from hourledger.services.card_books import import_card_book
from hourledger.services.import_rate_card import import_rate_card as import_card
from hourledger.services.rate_card_aliases import set_alias
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.projects import PROJECTS, ProjectView
from models.queries.listing.rate_cards import ATTACHMENTS, RATE_CARDS_EVER, RateCardView
from resolvers.changes.rates import AttributeGiven, attribute_ids
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation
from resolvers.rate_changes import ChangeView, change_as_json, change_from_json, change_view


@mutation("createRateCard", RATE_CARDS_EVER)
async def create_rate_card(_context: RequestContext, unit: UnitOfWork, *, kind: RateKind, **said: Any) -> Answer:
    return {"id": await cards.create_rate_card(unit, _draft(**said), kind)}


@mutation("editRateCard", RATE_CARDS_EVER)
async def edit_rate_card(_context: RequestContext, unit: UnitOfWork, *, rate_card_id: str, **said: Any) -> Answer:
    number = _card(rate_card_id)
    await cards.edit_rate_card(unit, number, _draft(**said))
    return {"id": number}


@mutation("copyRateCard", RATE_CARDS_EVER)
async def copy_rate_card(_context: RequestContext, unit: UnitOfWork, *, rate_card_id: str, name: str) -> Answer:
    return {"id": await cards.copy_rate_card(unit, _card(rate_card_id), name)}


@mutation("deleteRateCard", RATE_CARDS_EVER)
async def delete_rate_card(_context: RequestContext, unit: UnitOfWork, *, rate_card_id: str) -> Answer:
    number = _card(rate_card_id)
    await cards.delete_rate_card(unit, number)
    return {"id": number}


@mutation("setRateCardAlias", RATE_CARDS_EVER)
async def set_rate_card_alias(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    rate_card_id: str,
    role_id: str,
    attributes: Sequence[AttributeGiven],
    alias: str | None,
) -> Answer:
    number = _card(rate_card_id)
    role = row_id(role_id, "Role", "roleId")
    await set_alias(unit, number, role, alias, attributes=attribute_ids(attributes))
    return {"id": number}


@mutation("attachRateCard", ATTACHMENTS)
async def attach_rate_card(
    _context: RequestContext, unit: UnitOfWork, *, rate_card_id: str, project_id: str | None
) -> Answer:
    project = optional_row_id(project_id, "Project", "projectId")
    return {"id": await attaching.attach_rate_card(unit, _card(rate_card_id), project)}


@mutation("detachRateCard", RATE_CARDS_EVER)
async def detach_rate_card(
    _context: RequestContext, unit: UnitOfWork, *, rate_card_id: str, project_id: str | None
) -> Answer:
    number = _card(rate_card_id)
    await attaching.detach_rate_card(unit, number, optional_row_id(project_id, "Project", "projectId"))
    return {"id": number}


@dataclass(frozen=True, slots=True)
class PushedView:
    """One project and what came of it."""

    project: ProjectView | None
    outcome: str
    message: str


async def _push(
    _context: RequestContext, unit: UnitOfWork, *, rate_card_id: str, project_ids: Sequence[str] | None
) -> Answer:
    numbers = None if project_ids is None else [row_id(one, "Project", "projectIds") for one in project_ids]
    pushed = await attaching.push_rate_card(unit, _card(rate_card_id), numbers)
    return {"results": [[one.project_id, one.outcome, one.message] for one in pushed]}


async def _pushed(context: RequestContext, answer: Answer) -> list[PushedView]:
    found = []
    for project_id, outcome, message in answer["results"]:
        project = await context.loaders.row(PROJECTS, project_id)
        found.append(PushedView(project, outcome, message))
    return found


push_rate_card: Mutation[list[PushedView]] = Mutation("pushRateCard", _push, _pushed)


@dataclass(frozen=True, slots=True)
class ImportedView:
    """The card as it is now, and what the import changed."""

    card: RateCardView | None
    changes: list[ChangeView]
    aliases: int


async def _import(
    _context: RequestContext, unit: UnitOfWork, *, rate_card_id: str, text: str, form: CardFormat, replace: bool
) -> Answer:
    number = _card(rate_card_id)
    imported = await import_card(unit, number, text, form, replace=replace)
    changes = [change_as_json(change_view(one)) for one in imported.changes]
    return {"id": number, "changes": changes, "aliases": imported.aliases}


async def _imported(context: RequestContext, answer: Answer) -> ImportedView:
    card = await context.loaders.row(RATE_CARDS_EVER, answer["id"])
    return ImportedView(card, [change_from_json(one) for one in answer["changes"]], answer["aliases"])


import_rate_card: Mutation[ImportedView] = Mutation("importRateCard", _import, _imported)


@dataclass(frozen=True, slots=True)
class BookImportedView(ImportedView):
    """``is_new``: the import made it. ``is_described_anew``: what it says about itself changed."""

    is_new: bool
    is_described_anew: bool


async def _import_book(_context: RequestContext, unit: UnitOfWork, *, content: str, replace: bool) -> Answer:
    done = await import_card_book(unit, await asyncio.to_thread(_book, content), replace=replace)
    return {
        "cards": [
            {
                "id": one.card_id,
                "changes": [change_as_json(change_view(change)) for change in one.imported.changes],
                "aliases": one.imported.aliases,
                "is_new": one.is_new,
                "is_described_anew": one.is_described_anew,
            }
            for one in done
        ]
    }


def _book(content: str) -> CardBook:
    """Raises Invalid CONTENT_NOT_BASE64, SPREADSHEET_UNREADABLE, SPREADSHEET_TOO_LARGE, CARD_UNREADABLE."""
    try:
        decoded = b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("The file is given in base64.", code="CONTENT_NOT_BASE64", field="content") from None
    return read_book(read_sheets(decoded))


async def _book_imported(context: RequestContext, answer: Answer) -> list[BookImportedView]:
    found = []
    for one in answer["cards"]:
        card = await context.loaders.row(RATE_CARDS_EVER, one["id"])
        changes = [change_from_json(change) for change in one["changes"]]
        found.append(BookImportedView(card, changes, one["aliases"], one["is_new"], one["is_described_anew"]))
    return found


import_rate_card_workbook: Mutation[list[BookImportedView]] = Mutation(
    "importRateCardWorkbook", _import_book, _book_imported
)


@mutation("setCompanyRatesOverride", PROJECTS)
async def set_company_rates_override(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, is_on: bool
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await company_rates.set_company_rates_override(unit, number, is_on=is_on)
    return {"id": number}


@mutation("refreshCompanyRates", PROJECTS)
async def refresh_company_rates(_context: RequestContext, unit: UnitOfWork, *, project_id: str) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await company_rates.refresh_company_rates(unit, number)
    return {"id": number}


def _draft(
    *,
    name: str,
    description: str,
    company_id: str | None,
    group_id: str | None,
    valid_from: date | None,
    last_day: date | None,
) -> cards.CardDraft:
    return cards.CardDraft(
        name,
        description,
        optional_row_id(company_id, "Company", "companyId"),
        optional_row_id(group_id, "AttributeValue", "groupId"),
        Period.inclusive(valid_from, last_day),
    )


def _card(rate_card_id: str) -> int:
    return row_id(rate_card_id, "RateCard", "rateCardId")
