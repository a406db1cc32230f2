"""CSV exports in a file or a folder: every time tracker with a download button is a source from day one.

Rows are recognised again without the file's name (csv_profiles.identity), so exports may overlap, be renamed or be
uploaded twice. Where two files differ about a row, the one read last holds: a folder is read in the order of names,
and later only files whose content is new. Nothing is ever deleted on the word of an export: a row that is absent from
it may as well lie outside its filter.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.base import Batch, CheckResult, ConnectorMeta, Cursor, DeleteEvidence
from connectors.local_files import LocalPath
from connectors.sources.csv_profiles import (
    ColumnNames,
    CsvProfile,
    DateFormat,
    DecimalSign,
    Meaning,
    content_hash,
    examine,
    load_profile,
    open_table,
)
from connectors.time_zones import TimeZone
from hourledger.core.errors import Missing


class CsvConfig(BaseModel):
    """Where the exports are and how they are written; what is left empty is as the profile says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: LocalPath = Field(
        description="A CSV file, or a folder of which all *.csv are read in the order of their names."
    )
    profile: str = Field(description="The layout of the export, such as toggl-detailed or harvest-detailed.")
    encoding: str | None = Field(default=None, description="Of files without a byte order mark; UTF-8 if empty.")
    decimal: DecimalSign | None = Field(default=None, description="The decimal sign, if not the profile's.")
    date: DateFormat | None = Field(default=None, description="How dates are written, if not as in the profile.")
    time_zone: TimeZone | None = Field(
        default=None, description="IANA zone of the clock times; without it only dates count."
    )
    columns: dict[Meaning, ColumnNames] = Field(
        default_factory=dict,
        description="Columns to use for a meaning instead of the profile's, such as person: [Email]. Rows get other "
        "ids by it, so decide before the first pull.",
    )

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, encoding: str | None) -> str | None:
        if encoding is not None:
            try:
                "".encode(encoding)
            except LookupError:
                raise ValueError(f"{encoding!r} is not a text encoding; use a name such as utf-8 or cp1252") from None
        return codecs.lookup(encoding).name if encoding else None


class CsvSource:
    """Time entries from CSV exports.

    The cursor remembers the SHA-256 of every file read to its end, by name: an unchanged file is not read again, a
    changed one is read anew. It moves past a file only when the file is finished.
    """

    meta: ClassVar[ConnectorMeta] = ConnectorMeta(
        key="csv",
        title="CSV exports (Toggl Track, Harvest, and others by profile)",
        config=CsvConfig,
        verified_against="our own sample exports; never compared with a fresh download from the vendors",
    )
    deletes: ClassVar[DeleteEvidence] = DeleteEvidence.NONE

    def __init__(self, config: CsvConfig) -> None:
        self._config = config

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Nothing stays open between batches."""

    async def check(self) -> CheckResult:
        """The files there are, and that the header of each fits the profile.

        Raises Missing FILE_MISSING or PROFILE_UNKNOWN, Invalid as csv_profiles.tables does.
        """
        return await asyncio.to_thread(self._check)

    async def read(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """The rows of every file that is new or has other content than before, 500 a batch."""
        profile = self._profile()
        zone = ZoneInfo(self._config.time_zone) if self._config.time_zone else None
        known: dict[str, str] = dict((cursor or {}).get("files", {}))
        for path in await asyncio.to_thread(self._paths):
            # Before the rows: a file that changes while it is read has another hash next time, and is read anew.
            content = await asyncio.to_thread(content_hash, path)
            if known.get(path.name) == content:
                continue
            export = await asyncio.to_thread(examine, path, profile, self._config.encoding, zone)
            for batch in export.batches():
                yield replace(batch, cursor={"files": dict(known)})
            known[path.name] = content
            yield Batch(cursor={"files": dict(known)})

    def _profile(self) -> CsvProfile:
        config = self._config
        return load_profile(config.profile).adapted(decimal=config.decimal, date=config.date, columns=config.columns)

    def _paths(self) -> list[Path]:
        path = self._config.path
        if path.is_dir():
            files = (file for file in path.iterdir() if file.is_file() and file.suffix.lower() == ".csv")
            return sorted(files, key=lambda file: file.name)
        if not path.is_file():
            raise Missing(
                f"There is no file or folder {path}. Put the export there, or change the connection's path.",
                code="FILE_MISSING",
                field="path",
            )
        return [path]

    def _check(self) -> CheckResult:
        profile = self._profile()
        paths = self._paths()
        for path in paths:
            open_table(path, profile, self._config.encoding)
        warnings = [] if paths else [f"{self._config.path} holds no *.csv yet."]
        if self._config.time_zone is None and Meaning.START_TIME in profile.columns.by_meaning():
            warnings.append("No time zone is set: entries get their date and duration, but no start and end.")
        return CheckResult(f"{len(paths)} CSV file(s), {profile.title}", tuple(warnings))
