"""Documents to download: what the caller may see, as a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.spreadsheets import write_workbook
from hourledger.core.errors import Missing
from hourledger.core.pricing.card_book import write_book
from hourledger.core.snapshots import Fact, as_json
from hourledger.documents import render
from hourledger.services.business_case import read_business_case
from hourledger.services.card_books import export_card_book
from hourledger.services.snapshots import read_snapshot
from models.tables import SnapshotRow
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.projects import project

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Document:
    """``name``: of the file."""

    name: str
    media_type: str
    content: bytes


async def business_case_document(context: RequestContext, code: str, language: str) -> Document:
    """The business case of the project with this code.

    Raises:
        Missing PROJECT_UNKNOWN; Invalid LANGUAGE_UNKNOWN, DOCUMENT_TOO_LONG; Denied PERMISSION_DENIED.
    """
    found = await project(context, code=code, project_id=None)
    if found is None:
        raise Missing(f"There is no project {code!r}.", code="PROJECT_UNKNOWN", field="code")
    async with context.reading() as unit:
        case = await read_business_case(unit, found.id)
        firm = unit.organisation.name
    await context.finish()  # its connection must not wait for the typesetter
    content = await asyncio.to_thread(render, "business_case", {"case": case, "firm": firm}, language)
    return Document(f"business-case-{found.code}.pdf", "application/pdf", content)


async def rate_card_document(context: RequestContext, card_id: str) -> Document:
    """A rate card as a spreadsheet. Raises Missing RATE_CARD_UNKNOWN; Invalid TEXT_INVALID; Denied."""
    async with context.reading() as unit:
        [card] = await export_card_book(unit, [row_id(card_id, "RateCard", "id")])
    await context.finish()
    content = await asyncio.to_thread(write_workbook, write_book([card]))
    return Document(f"rate-card-{card.name}.xlsx", SPREADSHEET, content)


async def snapshot_document(context: RequestContext, snapshot_id: str) -> Document:
    """A snapshot as JSON lines: first what it is, then each fact. Raises Missing SNAPSHOT_UNKNOWN, Denied."""
    async with context.reading() as unit:
        row, facts = await read_snapshot(unit, row_id(snapshot_id, "Snapshot", "id"))
    await context.finish()
    content = "".join(f"{line}\n" for line in _lines(row, facts)).encode()
    return Document(f"snapshot-{row.project_code}-{row.taken_on}-{row.name}.jsonl", "application/jsonl", content)


def _lines(row: SnapshotRow, facts: list[Fact]) -> Iterator[str]:
    head = {
        "snapshot": row.name,
        "project": row.project_code,
        "currency": row.currency,
        "taken_at": row.taken_at.isoformat(),
        "taken_by": row.taken_by,
    }
    yield json.dumps(head, ensure_ascii=False)
    for fact in facts:
        line = {"kind": fact.kind.value, "key": fact.key, "label": fact.label, "facts": as_json(fact.values)}
        yield json.dumps(line, ensure_ascii=False)
