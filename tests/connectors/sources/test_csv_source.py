"""Files, folders, encodings, cursors and identity of the CSV source."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.base import DeleteEvidence
from connectors.sources.csv import CsvConfig, CsvSource
from connectors.sources.csv_profiles import identity
from connectors.sources.csv_profiles.tables import Table
from hourledger.core.errors import Invalid, Missing
from hourledger.demo.generate_exports import HARVEST_HEADER
from tests.connectors.sources.csv_files import csv_text, harvest_row, pull, toggl_row, write_toggl


async def test_a_row_becomes_an_entry_with_the_names_of_the_source(tmp_path: Path) -> None:
    path = write_toggl(tmp_path / "a.csv", toggl_row(description='Maps, "zoom"\r\nand pan'))

    (entry,) = (pulled := await pull(path, time_zone="Europe/Amsterdam")).entries

    assert (entry.person, entry.project, entry.task) == ("Ann Able", "Collection Portal", "Build")
    assert (entry.work_date, entry.seconds, entry.is_billable) == (date(2026, 5, 4), 5400, True)
    assert entry.note == 'Maps, "zoom"\nand pan'
    assert entry.started_at == datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
    assert entry.ended_at == datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
    assert pulled.raws[0]["Email"] == "ann@brightwater.example"
    assert CsvSource.deletes is DeleteEvidence.NONE


async def test_an_entry_past_midnight_stays_whole_on_its_start_date(tmp_path: Path) -> None:
    row = toggl_row(start_time="23:00:00", end_date="2026-05-05", end_time="01:30:00", duration="02:30:00")

    (entry,) = (await pull(write_toggl(tmp_path / "a.csv", row), time_zone="Europe/Amsterdam")).entries

    assert (entry.work_date, entry.seconds) == (date(2026, 5, 4), 9000)
    assert entry.ended_at == datetime(2026, 5, 4, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("encoding", "configured"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),  # with a mark
        ("utf-8-sig", "cp1252"),  # the mark decides
        ("cp1252", "cp1252"),
        ("utf-16-le", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
async def test_encodings_and_delimiters_that_are_read(
    tmp_path: Path, encoding: str, configured: str | None, delimiter: str
) -> None:
    row = toggl_row(user="Jürgen Groß", description="één, twee; drie")
    path = write_toggl(tmp_path / "a.csv", row, encoding=encoding, delimiter=delimiter)

    (entry,) = (await pull(path, encoding=configured)).entries

    assert (entry.person, entry.note) == ("Jürgen Groß", "één, twee; drie")


@pytest.mark.parametrize(
    ("content", "position"),
    [
        ("Jürgen".encode("cp1252"), 1),
        (b"x" * 70_000 + b"\xff", 70_000),  # behind the first chunk
        (b"x" * 65_535 + b"\xc3(", 65_535),  # across two chunks
        (b"x\xc3", 1),  # the file ends within a character
        (b"x\x00", 1),
    ],
)
async def test_a_file_that_cannot_be_decoded_is_refused_with_the_place(
    tmp_path: Path, content: bytes, position: int
) -> None:
    header = csv_text("User,Email", []).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(header + content)

    with pytest.raises(Invalid) as caught:
        lines_of(path)

    assert caught.value.code == "FILE_UNDECODABLE"
    assert caught.value.facts["position"] == len(header) + position
    assert "cp1252" in caught.value.message


def lines_of(path: Path) -> Sequence[tuple[int, list[str]]]:
    return list(Table(path, "utf-8", ",", ("User", "Email")).lines())


async def test_a_file_that_is_broken_at_its_end_hands_out_nothing(tmp_path: Path) -> None:
    path = write_toggl(tmp_path / "a.csv", *[toggl_row(description=str(number)) for number in range(600)])
    with path.open("ab") as file:
        file.write(b'Ann,"a quote that is never closed')

    with pytest.raises(Invalid) as caught:
        await pull(path)

    assert caught.value.code == "FILE_MALFORMED"
    assert caught.value.facts["line"] == 602


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"duration": "-00:12:00"}, "DURATION_NEGATIVE"),
        ({"duration": "abc"}, "DURATION_INVALID"),
        ({"duration": ""}, "DURATION_INVALID"),
        ({"duration": "1.5"}, "DURATION_INVALID"),
        ({"duration": "00:99:00"}, "DURATION_INVALID"),
        ({"start_date": "2026-02-30"}, "DATE_INVALID"),
        ({"start_date": "04-05-2026"}, "DATE_INVALID"),
        ({"start_date": ""}, "DATE_INVALID"),
        ({"end_date": "tomorrow"}, "DATE_INVALID"),
        ({"start_time": "25:00:00"}, "TIME_INVALID"),
        ({"user": "  "}, "PERSON_MISSING"),
        ({"amount": '12,50","EUR'}, None),  # quoted as it should be
    ],
)
async def test_a_bad_row_is_kept_with_its_reason_and_the_others_go_on(
    tmp_path: Path, cells: dict[str, str], code: str | None
) -> None:
    path = write_toggl(tmp_path / "a.csv", toggl_row(**cells), toggl_row(start_time="11:00:00"))

    pulled = await pull(path)

    assert [bad.code for bad in pulled.bad] == ([code] if code else [])
    assert len(pulled.entries) == (1 if code else 2)
    for bad in pulled.bad:
        assert bad.reason.startswith("a.csv, line 2: ")
        assert list(bad.raw.values()) == toggl_row(**cells)
        assert bad.external_id not in pulled.stored


async def test_a_row_with_more_cells_than_columns_is_bad_and_one_with_fewer_is_filled(tmp_path: Path) -> None:
    path = write_toggl(tmp_path / "a.csv", [*toggl_row(), "shifted"], toggl_row(start_time="11:00:00")[:12], [])

    pulled = await pull(path)

    assert [bad.code for bad in pulled.bad] == ["ROW_TOO_LONG"]
    assert [raw["Tags"] for raw in pulled.raws] == [""]


async def test_no_time_is_skipped(tmp_path: Path) -> None:
    pulled = await pull(write_toggl(tmp_path / "a.csv", toggl_row(duration="00:00:00")))

    assert (pulled.entries, pulled.bad) == ([], [])
    assert [skipped.reason for skipped in pulled.skipped] == ["a.csv, line 2: no time"]


async def test_a_folder_is_read_by_name_in_batches_and_not_again_until_a_file_changes(tmp_path: Path) -> None:
    rows = [toggl_row(description=str(number)) for number in range(1001)]
    write_toggl(tmp_path / "b.csv", *rows)
    write_toggl(tmp_path / "a.CSV", toggl_row(description="0", duration="00:10:00"))
    (tmp_path / "notes.txt").write_text("not an export")

    first = await pull(tmp_path)
    assert first.batch_sizes == [1, 0, 500, 500, 1, 0]  # each file ends with the cursor that has it
    assert [sorted(cursor["files"]) for cursor in first.cursors if cursor] == [
        *([], ["a.CSV"]),
        *(["a.CSV"], ["a.CSV"], ["a.CSV"], ["a.CSV", "b.csv"]),
    ]
    assert first.stored[first.entries[0].external_id] == 5400, "the file read last holds"

    second = await pull(tmp_path, first.cursors[-1])
    assert second.batch_sizes == []

    write_toggl(tmp_path / "b.csv", *rows, toggl_row(description="new"))
    write_toggl(tmp_path / "c.csv", rows[0])
    third = await pull(tmp_path, first.cursors[-1])
    assert set(third.stored) > set(first.stored)
    assert len(third.stored) == 1002


async def test_a_pull_that_ends_within_a_file_reads_that_file_again(tmp_path: Path) -> None:
    path = write_toggl(tmp_path / "a.csv", *[toggl_row(description=str(number)) for number in range(700)])
    whole = await pull(path)

    again = await pull(path, whole.cursors[0])

    assert again.stored == whole.stored


async def test_ids_do_not_depend_on_name_place_spelling_or_duration(tmp_path: Path) -> None:
    row = toggl_row(user="Zoë", description="line one\nline two")
    same = toggl_row(
        user="Zoe\u0308 ", description="line one\r\nline two", start_time="9:00:00", start_date="2026-5-4",
        duration="02:00:00", billable="No", tags="x", end_time="11:00:00",
    )  # fmt: skip

    first = await pull(write_toggl(tmp_path / "a.csv", row))
    second = await pull(write_toggl(tmp_path / "other.csv", toggl_row(description="before"), same, delimiter=";"))

    assert first.entries[0].external_id == second.entries[1].external_id
    assert second.entries[1].seconds == 7200


def test_the_hash_of_a_row_is_for_ever() -> None:
    parts = ["Ann Able", "2026-05-04", "Collection Portal", "Build", "Zoeken", "09:00:00"]

    assert identity.natural_key(parts).hex() == "df1b9f9a44aa4507bedbe484ca677e6e"


async def test_rows_alike_are_numbered_and_a_bad_one_keeps_its_number(tmp_path: Path) -> None:
    twin, bad = toggl_row(), toggl_row(duration="x")
    with_bad = await pull(write_toggl(tmp_path / "a.csv", twin, bad, twin))
    mended = await pull(write_toggl(tmp_path / "a.csv", twin, twin, twin))

    base = with_bad.entries[0].external_id
    assert [entry.external_id for entry in with_bad.entries] == [base, f"{base}-3"]
    assert [row.external_id for row in with_bad.bad] == [f"{base}-2"]
    assert list(mended.stored) == [base, f"{base}-2", f"{base}-3"]


async def test_rows_of_an_export_without_start_times_are_told_apart_by_order(tmp_path: Path) -> None:
    path = tmp_path / "harvest.csv"
    path.write_text(
        csv_text(HARVEST_HEADER, [harvest_row(Hours="1.5"), harvest_row(Hours="0.33"), harvest_row(Notes="x")])
    )

    pulled = await pull(path, profile="harvest-detailed")

    assert [entry.seconds for entry in pulled.entries] == [5400, 1188, 5400]
    assert len(pulled.stored) == 3
    assert {entry.person for entry in pulled.entries} == {"Eva Ek"}
    assert pulled.entries[0].started_at is None


ROWS = st.lists(
    st.builds(
        toggl_row,
        user=st.sampled_from(["Ann Able", "Bob Best"]),
        start_date=st.sampled_from(["2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07"]),
        start_time=st.sampled_from(["09:00:00", "13:00:00"]),
        description=st.sampled_from(["", "Search", "Maps, zoom"]),
        duration=st.sampled_from(["00:15:00", "01:00:00", "01:30:00"]),
    ),
    max_size=25,
)
DAYS = ("2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07")


@given(rows=ROWS, cuts=st.lists(st.sets(st.sampled_from(DAYS)), max_size=4), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_any_split_into_overlapping_files_of_whole_days_gives_the_same_rows(
    rows: list[list[str]], cuts: list[set[str]], seed: int
) -> None:
    """Whole days, because that is what products export: of two rows alike, no export has only one.

    Files hold rows in any order, but rows alike in the order they always have.
    """
    covered: set[str] = set().union(*cuts)
    files = [*cuts, set(DAYS) - covered]
    dice = random.Random(seed)

    with tempfile.TemporaryDirectory() as folder:
        whole = asyncio.run(pull(write_toggl(Path(folder) / "whole.csv", *rows)))
        (Path(folder) / "whole.csv").unlink()
        for days in files:
            mine = [row for row in rows if row[7] in days]
            order = {alike: dice.random() for alike in {identifying(row) for row in mine}}
            mine.sort(key=lambda row: order[identifying(row)])
            write_toggl(Path(folder) / f"{dice.random()}.csv", *mine)
        parts = asyncio.run(pull(Path(folder)))

    assert parts.stored == whole.stored
    assert len(whole.stored) == len(rows)


def identifying(row: Sequence[str]) -> tuple[str, ...]:
    return (row[0], row[3], row[4], row[5], row[7], row[8])


@given(keys=st.lists(st.binary(min_size=16, max_size=16) | st.sampled_from([bytes(16), bytes([1] * 16)]), max_size=300))
def test_rows_alike_are_counted_exactly_however_full_the_bitmap_is(keys: list[bytes]) -> None:
    repeated = identity.RepeatedKeys(file_bytes=0)
    for key in keys:
        repeated.add(key)
    occurrences = repeated.counter()

    numbers = [occurrences.number(key) for key in keys]

    assert numbers == [keys[: place + 1].count(key) for place, key in enumerate(keys)]


async def test_check_says_what_is_there(tmp_path: Path) -> None:
    empty = await CsvSource(CsvConfig(path=tmp_path, profile="harvest-detailed")).check()
    write_toggl(tmp_path / "a.csv", toggl_row())
    toggl = await CsvSource(CsvConfig(path=tmp_path, profile="toggl-detailed")).check()

    assert empty.identity == "0 CSV file(s), Harvest, detailed time report"
    assert "holds no *.csv yet" in empty.warnings[0]
    assert toggl.identity == "1 CSV file(s), Toggl Track, detailed report"
    assert "No time zone" in toggl.warnings[0]
    with pytest.raises(Invalid, match="'Date'"):
        await CsvSource(CsvConfig(path=tmp_path, profile="harvest-detailed")).check()
    with pytest.raises(Missing) as caught:
        await CsvSource(CsvConfig(path=tmp_path / "nowhere", profile="toggl-detailed")).check()
    assert caught.value.code == "FILE_MISSING"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("encoding", "utf-99"),
        ("encoding", "rot13"),
        ("decimal", ";"),
        ("date", "YY-MM-DD"),
        ("time_zone", "Amsterdam"),
        ("time_zone", "../etc/passwd"),
        ("columns", {"colour": ["Red"]}),
        ("columns", {"person": []}),
        ("deimal", ","),
    ],
)
def test_a_wrong_setting_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        CsvConfig.model_validate({"path": "x.csv", "profile": "toggl-detailed", field: value})
