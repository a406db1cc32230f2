"""Small CSV files for the tests, and what a source makes of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.base import BadRow, Cursor, Skipped, SourceEntry
from connectors.sources.csv import CsvConfig, CsvSource
from hourledger.demo.generate_exports import HARVEST_HEADER, TOGGL_HEADER


def toggl_row(**cells: str) -> list[str]:
    """A row that is in order, but for the cells named: duration="..." and so on."""
    usual = {
        "user": "Ann Able",
        "email": "ann@brightwater.example",
        "client": "Meridian Museum",
        "project": "Collection Portal",
        "task": "Build",
        "description": "Search",
        "billable": "Yes",
        "start_date": "2026-05-04",
        "start_time": "09:00:00",
        "end_date": "2026-05-04",
        "end_time": "10:30:00",
        "duration": "01:30:00",
        "tags": "",
        "amount": "",
    }
    return list((usual | cells).values())


def harvest_row(**cells: str) -> list[str]:
    usual = dict.fromkeys(HARVEST_HEADER.split(","), "") | {
        "Date": "2026-05-04",
        "Project": "Archive Migration",
        "Task": "Analysis",
        "Hours": "1.5",
        "First Name": "Eva",
        "Last Name": "Ek",
    }
    return list((usual | cells).values())


def csv_text(header: str, rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def write_toggl(path: Path, *rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.write_bytes(csv_text(TOGGL_HEADER, rows, delimiter).encode(encoding))
    return path


@dataclass
class Pulled:
    """Everything a pull brought; ``stored`` is what a table keyed by external id would hold after it."""

    entries: list[SourceEntry] = field(default_factory=list)
    raws: list[dict[str, Any]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    batch_sizes: list[int] = field(default_factory=list)
    cursors: list[Cursor | None] = field(default_factory=list)

    @property
    def stored(self) -> dict[str, int]:
        return {entry.external_id: entry.seconds for entry in self.entries}


async def pull(path: Path, cursor: Cursor | None = None, profile: str = "toggl-detailed", **config: Any) -> Pulled:
    pulled = Pulled()
    source = CsvSource(CsvConfig(path=path, profile=profile, **config))
    async for batch in source.read(cursor):
        pulled.entries += [row.entry for row in batch.rows]
        pulled.raws += [dict(row.raw) for row in batch.rows]
        pulled.bad += batch.bad_rows
        pulled.skipped += batch.skipped
        pulled.batch_sizes.append(len(batch.rows) + len(batch.bad_rows) + len(batch.skipped))
        pulled.cursors.append(batch.cursor)
    return pulled
