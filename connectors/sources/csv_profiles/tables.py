"""A CSV file as text cells: its encoding, its delimiter, its header. What cannot be read for certain is refused."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.sources.csv_profiles.profile import CsvProfile
from hourledger.core.errors import Invalid

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHUNK_BYTES = 1 << 16
_NAMES_MAX = 50
_NAME_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Table:
    """How to read one file."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Every row below the header with the number of its last line. Empty lines are left out.

        Raises:
            Invalid FILE_UNDECODABLE, FILE_MALFORMED
        """
        rows = _cells(self.path, self.encoding, self.delimiter)
        next(rows, None)
        return ((number, cells) for number, cells in rows if any(cells))


def open_table(path: Path, profile: CsvProfile, encoding: str | None) -> Table:
    """The file's encoding, delimiter and header, without reading further.

    A byte order mark decides the encoding, because it cannot be there by accident; without one it is ``encoding``,
    or UTF-8. The delimiter is the one of the profile's under which the required columns are there.

    Raises:
        Invalid COLUMN_MISSING, COLUMN_REPEATED, FILE_UNDECODABLE, FILE_MALFORMED
    """
    actual = _marked_encoding(path) or encoding or "utf-8"
    headers = {delimiter: _header(path, actual, delimiter) for delimiter in profile.delimiters}
    # With the wrong delimiter the header is one long name, so the right one is the one that finds the most columns.
    delimiter = max(headers, key=lambda one: sum(name in headers[one] for name in _names(profile, everything=True)))
    header = headers[delimiter]
    _require_columns(path, header, profile)
    return Table(path, actual, delimiter, header)


def _names(profile: CsvProfile, *, everything: bool) -> Iterable[str]:
    columns = profile.columns.by_meaning() if everything else profile.columns.required
    return dict.fromkeys(name for names in columns.values() for name in names)


def _header(path: Path, encoding: str, delimiter: str) -> tuple[str, ...]:
    _, cells = next(_cells(path, encoding, delimiter), (0, []))
    return tuple(cell.strip() for cell in cells)


def _require_columns(path: Path, header: tuple[str, ...], profile: CsvProfile) -> None:
    missing = [name for name in _names(profile, everything=False) if name not in header]
    if missing:
        # Shortened, because the "header" of a file that is no CSV at all can be anything of any length.
        known = [name[:_NAME_CHARACTERS_MAX] for name in header if name][:_NAMES_MAX]
        present = ", ".join(known) or "none, the file is empty"
        raise Invalid(
            f"{path.name} has no column {', '.join(repr(name) for name in missing)}. Columns present: {present}. "
            f"Export it again with all columns, or choose the profile that fits (this one is: {profile.title}).",
            code="COLUMN_MISSING",
            field="path",
            missing=missing,
            present=known,
        )
    repeated = [name for name in _names(profile, everything=True) if header.count(name) > 1]
    if repeated:
        raise Invalid(
            f"{path.name} has the column {', '.join(repr(name) for name in repeated)} more than once, so it is unclear "
            "which one counts. Remove all but one.",
            code="COLUMN_REPEATED",
            field="path",
            repeated=repeated,
        )


def _cells(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as text:
        # Strict: a lenient reader takes a quote that is never closed for a note as long as the rest of the file.
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if any("\0" in cell for cell in cells):
                    raise _undecodable(path, encoding)
                yield reader.line_num, cells
        except UnicodeDecodeError:
            raise _undecodable(path, encoding) from None
        except csv.Error as error:
            raise Invalid(
                f"{path.name} is not well-formed CSV at line {reader.line_num}: {error}. A quote is probably "
                "not closed or the export broke off; export it again.",
                code="FILE_MALFORMED",
                field="path",
                line=reader.line_num,
            ) from None


def _marked_encoding(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(4)
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)


def _undecodable(path: Path, encoding: str) -> Invalid:
    position, byte = _first_undecodable(path, encoding)
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    return Invalid(
        f"{path.name} is not {name} text: byte 0x{byte:02X} at position {position} has no meaning there. Export it as "
        "UTF-8, or set the connection's encoding to the one it was written in (Windows, Western Europe: cp1252; "
        "a zero byte: utf-16-le).",
        code="FILE_UNDECODABLE",
        field="encoding",
        position=position,
        encoding=name,
    )


def _first_undecodable(path: Path, encoding: str) -> tuple[int, int]:
    """Offset and value of the first byte that cannot be decoded, or that completes a zero character."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK_BYTES)
            before = decoder.getstate()
            try:
                has_zero = "\0" in decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - len(before[0]) + error.start, error.object[error.start]
            if has_zero:
                decoder.setstate(before)
                return offset + next(at for at, byte in enumerate(chunk) if "\0" in decoder.decode(bytes([byte]))), 0
            if not chunk:
                raise AssertionError(f"{path} can be read after all: it was changed meanwhile")
            offset += len(chunk)
