"""One row of cells: what identifies it, and what it means."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from connectors.base import BadRow, Skipped, SourceEntry, SourceRow
from connectors.sources.csv_profiles.identity import external_id, natural_key
from connectors.sources.csv_profiles.profile import NATURAL_KEY, CsvProfile, Meaning
from connectors.sources.csv_profiles.values import parse_clock, parse_date, parse_duration
from hourledger.core.errors import Invalid

Outcome = SourceRow | BadRow | Skipped


class RowReader:
    """Understands the rows of files with one header under one profile.

    ``zone`` turns the clock times of the export into instants; without it entries have a date and no instants. The
    work date is the date as printed, whatever the zone: an entry that runs past midnight stays whole on its start date.
    """

    def __init__(self, profile: CsvProfile, header: Sequence[str], zone: ZoneInfo | None) -> None:
        self._profile = profile
        self._header = tuple(header)
        self._zone = zone
        self._places = {
            meaning: tuple(self._header.index(name) for name in names)
            for meaning, names in profile.columns.by_meaning().items()
            if all(name in self._header for name in names)
        }

    def key(self, cells: Sequence[str]) -> bytes:
        """Equal for rows that are the same entry in two exports, also for rows that cannot be understood."""
        return natural_key(self._identifying(cells))

    def understand(self, cells: Sequence[str], key: bytes, occurrence: int, where: str) -> Outcome:
        """An entry, a bad row with its reason, or a row of no time. ``occurrence`` counts rows with an equal key."""
        identity = self._text(cells, Meaning.ID) if Meaning.ID in self._places else key.hex()
        row_id = external_id(identity or f"no-id-{key.hex()}", occurrence)
        raw = dict(zip(self._header, [*cells, *[""] * (len(self._header) - len(cells))], strict=False))
        try:
            self._require_sound(cells, identity, occurrence)
            entry = self._entry(row_id, cells)
        except Invalid as error:
            return BadRow(row_id, error.code, f"{where}: {error}", raw)
        if entry.seconds == 0:
            return Skipped(row_id, f"{where}: no time")
        return SourceRow(raw, entry)

    def _identifying(self, cells: Sequence[str]) -> list[str]:
        if Meaning.ID in self._places and (identity := self._text(cells, Meaning.ID)):
            return [identity]
        # Dates and times as values where they are ones, so that 9:00:00 and 09:00:00 are the same row.
        return [self._canonical(cells, meaning) for meaning in NATURAL_KEY]

    def _canonical(self, cells: Sequence[str], meaning: Meaning) -> str:
        try:
            if meaning is Meaning.DATE:
                return self._date(cells, meaning).isoformat()
            if meaning is Meaning.START_TIME:
                clock = self._clock(cells, meaning)
                return clock.isoformat() if clock else ""
        except Invalid:  # said when the row is understood
            pass
        return self._text(cells, meaning)

    def _require_sound(self, cells: Sequence[str], identity: str, occurrence: int) -> None:
        if len(cells) > len(self._header):
            # A delimiter in a note without quotes moves all cells behind it: every value may be another's.
            raise Invalid(
                f"{len(cells)} cells under {len(self._header)} columns: a delimiter inside a text is not quoted.",
                code="ROW_TOO_LONG",
            )
        if Meaning.ID in self._places:
            if not identity:
                raise Invalid("The id column is empty, so the row cannot be recognised again.", code="ID_MISSING")
            if occurrence > 1:
                raise Invalid(f"The id {identity} is in this file already.", code="ID_REPEATED")
        if not self._text(cells, Meaning.PERSON):
            raise Invalid("Nobody is named. Fill in who did the work at the source.", code="PERSON_MISSING")

    def _entry(self, row_id: str, cells: Sequence[str]) -> SourceEntry:
        work_date = self._date(cells, Meaning.DATE)
        started = self._clock(cells, Meaning.START_TIME)
        ended = self._clock(cells, Meaning.END_TIME)
        ended_on = self._date(cells, Meaning.END_DATE) if self._text(cells, Meaning.END_DATE) else work_date
        profile = self._profile
        return SourceEntry(
            external_id=row_id,
            work_date=work_date,
            seconds=parse_duration(self._text(cells, Meaning.DURATION), profile.duration, profile.decimal),
            person=self._text(cells, Meaning.PERSON),
            project=self._text(cells, Meaning.PROJECT) or None,
            task=self._text(cells, Meaning.TASK) or None,
            activity=self._text(cells, Meaning.ACTIVITY) or None,
            note=self._text(cells, Meaning.NOTE),
            is_billable=profile.billable.get(self._text(cells, Meaning.BILLABLE)),
            started_at=self._instant(work_date, started),
            ended_at=self._instant(ended_on, ended),
        )

    def _date(self, cells: Sequence[str], meaning: Meaning) -> date:
        return parse_date(self._text(cells, meaning), self._profile.date)

    def _clock(self, cells: Sequence[str], meaning: Meaning) -> time | None:
        text = self._text(cells, meaning)
        return parse_clock(text, self._profile.time) if text else None

    def _instant(self, day: date, clock: time | None) -> datetime | None:
        if clock is None or self._zone is None:
            return None
        return datetime.combine(day, clock, tzinfo=self._zone).astimezone(UTC)

    def _text(self, cells: Sequence[str], meaning: Meaning) -> str:
        """The cells of a meaning as one text; the same characters however the export was saved."""
        parts = [cells[place].strip() for place in self._places.get(meaning, ()) if place < len(cells)]
        joined = self._profile.joins.get(meaning, " ").join(part for part in parts if part)
        return unicodedata.normalize("NFC", joined.replace("\r\n", "\n").replace("\r", "\n"))
