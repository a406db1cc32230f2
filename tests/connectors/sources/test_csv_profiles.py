"""Profiles are data: which files they accept, how their values are read, how a wrong profile is refused."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.csv_profiles import known_profiles, load_profile
from connectors.sources.csv_profiles.values import parse_clock, parse_date, parse_duration
from hourledger.core.errors import Invalid, Missing
from hourledger.demo.generate_exports import HARVEST_HEADER, TOGGL_HEADER
from tests.connectors.sources.csv_files import csv_text, harvest_row, pull, toggl_row, write_toggl

GOOD = """
title = "Plain"
delimiters = [","]
decimal = "."
date = "YYYY-MM-DD"
duration = "decimal hours"
[columns.required]
id = ["Id"]
person = ["Who"]
date = ["Day"]
duration = ["Hours"]
[columns.optional]
note = ["Note"]
"""


@pytest.mark.parametrize("name", known_profiles())
def test_every_shipped_profile_is_valid(name: str) -> None:
    assert load_profile(name).title


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(Missing, match="harvest-detailed, toggl-detailed") as caught:
        load_profile("toggl")

    assert caught.value.code == "PROFILE_UNKNOWN"
    assert "toggl-detailed" in caught.value.facts["known"]


@pytest.mark.parametrize(
    ("replaced", "by", "said"),
    [
        ('decimal = "."', 'decimal = "x"', "decimal"),
        ('date = "YYYY-MM-DD"', 'date = "auto"', "date"),
        ('delimiters = [","]', "delimiters = []", "delimiters"),
        ('title = "Plain"', "", "title"),
        ('title = "Plain"', 'title = "Plain"\ncolour = "red"', "colour"),
        ('person = ["Who"]', "", "lacks person"),
        ('person = ["Who"]', "person = []", "columns.required.person"),
        ('id = ["Id"]', "", "note identify a row and must be required"),
        ('note = ["Note"]', 'remark = ["Note"]', "remark"),
        ('title = "Plain"', "title = ", "line 2"),
    ],
)
def test_a_wrong_profile_is_refused_and_says_where(tmp_path: Path, replaced: str, by: str, said: str) -> None:
    (tmp_path / "plain.toml").write_text(GOOD)
    assert load_profile("plain", tmp_path).title == "Plain"
    (tmp_path / "plain.toml").write_text(GOOD.replace(replaced, by, 1))

    with pytest.raises(Invalid, match=said) as caught:
        load_profile("plain", tmp_path)

    assert caught.value.code == "PROFILE_INVALID"
    assert "plain.toml" in caught.value.message


@pytest.mark.parametrize("name", ["User", "Start date", "Start time", "Project", "Task", "Description", "Duration"])
async def test_a_missing_column_is_named_together_with_those_present(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text(TOGGL_HEADER.replace(name, f"{name} of old"), [toggl_row()]))

    with pytest.raises(Invalid) as caught:
        await pull(path)

    assert caught.value.code == "COLUMN_MISSING"
    assert caught.value.facts["missing"] == [name]
    assert f"{name} of old" in caught.value.message


@pytest.mark.parametrize(
    ("header", "code", "said"),
    [
        ("", "COLUMN_MISSING", "the file is empty"),
        (TOGGL_HEADER.replace(",Tags", ",Duration"), "COLUMN_REPEATED", "'Duration'"),
        (HARVEST_HEADER, "COLUMN_MISSING", "Hours Rounded"),
        ("x" * 100_000, "COLUMN_MISSING", r"present: x{60}\."),
    ],
)
async def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, header: str, code: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n" if header else "")

    with pytest.raises(Invalid, match=said) as caught:
        await pull(path)

    assert caught.value.code == code


async def test_optional_columns_and_their_order_do_not_matter(tmp_path: Path) -> None:
    names = ["Duration", "Task", "Project", "Description", "Start time", "Start date", "User"]
    cells = dict(zip(TOGGL_HEADER.split(","), toggl_row(), strict=True))
    (tmp_path / "few.csv").write_text(csv_text(",".join(names), [[cells[name] for name in names]]))
    write_toggl(tmp_path / "all.csv", toggl_row())

    few, everything = await pull(tmp_path / "few.csv"), await pull(tmp_path / "all.csv")

    assert few.stored == everything.stored
    assert few.entries[0].is_billable is None


async def test_a_connection_may_say_otherwise_than_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = harvest_row(Date="04/05/2026", Hours="1,25", Client="Meridian Museum")
    path.write_text(csv_text(HARVEST_HEADER, [row], ";"))

    said: dict[str, Any] = {"decimal": ",", "date": "DD/MM/YYYY", "columns": {"project": ["Client", "Project"]}}
    (entry,) = (await pull(path, profile="harvest-detailed", **said)).entries
    (wrong_sign,) = (await pull(path, profile="harvest-detailed", date="DD/MM/YYYY")).bad
    (wrong_date,) = (await pull(path, profile="harvest-detailed", decimal=",")).bad

    assert (entry.work_date, entry.seconds) == (date(2026, 5, 4), 4500)
    assert entry.project == "Meridian Museum / Archive Migration"
    assert (wrong_sign.code, wrong_date.code) == ("DURATION_INVALID", "DATE_INVALID")


async def test_an_id_column_identifies_rows_and_must_be_filled_and_unique(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain.toml").write_text(GOOD)
    monkeypatch.setattr("connectors.sources.csv.load_profile", lambda name: load_profile(name, tmp_path))
    path = tmp_path / "a.csv"
    rows = [("7", "1"), ("8", "2"), ("7", "3"), ("", "4")]
    path.write_text(csv_text("Id,Who,Day,Hours", [[number, "Ann", "2026-05-04", hours] for number, hours in rows]))

    pulled = await pull(path, profile="plain")

    assert pulled.stored == {"7": 3600, "8": 7200}
    assert [
        (bad.code, bad.external_id.startswith(start)) for bad, start in zip(pulled.bad, ("7-2", "no-id-"), strict=True)
    ] == [
        ("ID_REPEATED", True),
        ("ID_MISSING", True),
    ]


@pytest.mark.parametrize(
    ("text", "style", "decimal", "seconds"),
    [
        ("1:30:00", "H:MM:SS", ".", 5400),
        ("37:30:01", "H:MM:SS", ".", 135001),
        ("0:00:00", "H:MM:SS", ".", 0),
        ("1:30", "H:MM", ".", 5400),
        ("1.5", "decimal hours", ".", 5400),
        ("1,5", "decimal hours", ",", 5400),
        ("0.33", "decimal hours", ".", 1188),
        ("0.333333", "decimal hours", ".", 1200),
        ("8", "decimal hours", ",", 28800),
        ("1:30", "H:MM:SS", ".", "DURATION_INVALID"),
        ("1:30:00", "H:MM", ".", "DURATION_INVALID"),
        ("1:60:00", "H:MM:SS", ".", "DURATION_INVALID"),
        ("1,5", "decimal hours", ".", "DURATION_INVALID"),
        ("1.5", "decimal hours", ",", "DURATION_INVALID"),
        ("1.500,25", "decimal hours", ",", "DURATION_INVALID"),  # nobody works that long
        ("1e3", "decimal hours", ".", "DURATION_INVALID"),
        ("NaN", "decimal hours", ".", "DURATION_INVALID"),
        ("999999999", "decimal hours", ".", "DURATION_INVALID"),
        ("١", "decimal hours", ".", "DURATION_INVALID"),
        ("", "decimal hours", ".", "DURATION_INVALID"),
        ("-0.5", "decimal hours", ".", "DURATION_NEGATIVE"),
        ("-0:30:00", "H:MM:SS", ".", "DURATION_NEGATIVE"),
    ],
)
def test_durations(text: str, style: str, decimal: str, seconds: int | str) -> None:
    if isinstance(seconds, int):
        assert parse_duration(text, style, decimal) == seconds  # type: ignore[arg-type]  # a table is made of strings
    else:
        with pytest.raises(Invalid) as caught:
            parse_duration(text, style, decimal)  # type: ignore[arg-type]  # same
        assert caught.value.code == seconds


@pytest.mark.parametrize(
    ("text", "style", "day"),
    [
        ("2026-05-04", "YYYY-MM-DD", date(2026, 5, 4)),
        ("03/04/2026", "DD/MM/YYYY", date(2026, 4, 3)),
        ("03/04/2026", "MM/DD/YYYY", date(2026, 3, 4)),
        ("3.4.2026", "DD.MM.YYYY", date(2026, 4, 3)),
        ("2024-02-29", "YYYY-MM-DD", date(2024, 2, 29)),
        ("2026-02-29", "YYYY-MM-DD", None),
        ("13/13/2026", "DD/MM/YYYY", None),
        ("2026-05-04T00:00", "YYYY-MM-DD", None),
        ("04-05-26", "DD-MM-YYYY", None),
    ],
)
def test_dates(text: str, style: str, day: date | None) -> None:
    if day:
        assert parse_date(text, style) == day  # type: ignore[arg-type]  # a table is made of strings
    else:
        with pytest.raises(Invalid, match=style):
            parse_date(text, style)  # type: ignore[arg-type]  # same


def test_clock_times() -> None:
    assert parse_clock("9:05:00", "HH:MM:SS") == time(9, 5)
    assert parse_clock("09:05 PM", "hh:mm AM") == time(21, 5)
    with pytest.raises(Invalid):
        parse_clock("9:05", "HH:MM:SS")
