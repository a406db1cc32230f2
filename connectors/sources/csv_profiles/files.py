"""One export, in memory that does not grow with its size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.base import BadRow, Batch, Skipped, SourceRow
from connectors.sources.csv_profiles.identity import RepeatedKeys
from connectors.sources.csv_profiles.profile import CsvProfile
from connectors.sources.csv_profiles.rows import Outcome, RowReader
from connectors.sources.csv_profiles.tables import Table, open_table

BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Export:
    """A file that can be read to its end, and the keys of the rows in it that are alike."""

    table: Table
    reader: RowReader
    repeated: RepeatedKeys

    def batches(self) -> Iterator[Batch]:
        """All rows in the order of the file, 500 a batch, without a cursor."""
        outcomes = self._outcomes()
        while chunk := list(islice(outcomes, BATCH_ROWS)):
            yield Batch(
                rows=tuple(one for one in chunk if isinstance(one, SourceRow)),
                bad_rows=tuple(one for one in chunk if isinstance(one, BadRow)),
                skipped=tuple(one for one in chunk if isinstance(one, Skipped)),
            )

    def _outcomes(self) -> Iterator[Outcome]:
        occurrences = self.repeated.counter()
        for line, cells in self.table.lines():
            key = self.reader.key(cells)
            yield self.reader.understand(cells, key, occurrences.number(key), f"{self.table.path.name}, line {line}")


def examine(path: Path, profile: CsvProfile, encoding: str | None, zone: ZoneInfo | None) -> Export:
    """Read a file once to its end, so that one that is broken in the middle hands out nothing.

    Raises:
        Invalid COLUMN_MISSING, COLUMN_REPEATED, FILE_UNDECODABLE, FILE_MALFORMED
    """
    table = open_table(path, profile, encoding)
    reader = RowReader(profile, table.header, zone)
    repeated = RepeatedKeys(path.stat().st_size)
    for _, cells in table.lines():
        repeated.add(reader.key(cells))
    return Export(table, reader, repeated)


def content_hash(path: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
