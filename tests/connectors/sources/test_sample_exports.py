"""The shipped sample exports: made by the generator, read through the profiles, equal in the end."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from hourledger.demo.generate_exports import DATA, write_exports
from tests.connectors.sources.csv_files import Pulled, pull

NAMES = ("toggl/2026-h2-a.csv", "toggl/2026-h2-b.csv", "harvest/team-detailed.csv", "totals.json")


async def pull_toggl(part: str = "") -> Pulled:
    return await pull(DATA / "toggl" / part, profile="toggl-detailed", time_zone="Europe/Amsterdam")


async def pull_harvest() -> Pulled:
    return await pull(DATA / "harvest", profile="harvest-detailed", decimal=",")


def totals_of(pulled: Pulled) -> dict[str, dict[str, int]]:
    """Rows and seconds per person after everything was stored by external id."""
    latest = {entry.external_id: entry for entry in pulled.entries}
    totals: dict[str, dict[str, int]] = defaultdict(lambda: {"rows": 0, "seconds": 0})
    for entry in latest.values():
        totals[entry.person]["rows"] += 1
        totals[entry.person]["seconds"] += entry.seconds
    return dict(totals)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_files_are_what_the_generator_writes(tmp_path: Path, name: str) -> None:
    write_exports(tmp_path)

    assert (DATA / name).read_bytes() == (tmp_path / name).read_bytes()


async def test_what_is_read_adds_up_to_what_was_written() -> None:
    expected = json.loads((DATA / "totals.json").read_text())

    assert totals_of(await pull_toggl()) == expected["toggl"]
    assert totals_of(await pull_harvest()) == expected["harvest"]


async def test_there_are_about_two_thousand_rows_of_the_six_people_and_their_guest() -> None:
    toggl, harvest = totals_of(await pull_toggl()), totals_of(await pull_harvest())

    assert set(toggl) == {"Ann Able", "Bob Best", "Carla Chen", "Dirk de Vries", "Gast Freelancer"}
    assert set(harvest) == {"Eva Ek", "Farid Fassi"}
    assert 1900 <= sum(person["rows"] for person in (toggl | harvest).values()) <= 2200


async def test_the_oddities_come_out_as_the_readme_says() -> None:
    toggl, harvest = await pull_toggl(), await pull_harvest()

    assert [bad.code for bad in toggl.bad] == ["DURATION_NEGATIVE"]
    assert [bad.code for bad in harvest.bad] == ["DATE_INVALID"]
    assert len(toggl.skipped) == 1
    assert {entry.project for entry in toggl.entries} == {
        *("Collection Portal", "Archive Migration", "Fleet Dashboard", "Website Refresh")
    }
    past_midnight = [one for one in toggl.entries if one.note.startswith("Release of version 1.0")]
    assert [str(one.work_date) for one in past_midnight] == ["2026-06-18"]
    assert any("\n" in one.note for one in toggl.entries)
    assert any(one.is_billable is False for one in toggl.entries)


async def test_the_second_export_repeats_adds_and_corrects() -> None:
    first, second = await pull_toggl("2026-h2-a.csv"), await pull_toggl("2026-h2-b.csv")
    common = first.stored.keys() & second.stored.keys()
    changed = [one for one in common if first.stored[one] != second.stored[one]]
    in_august = {one.external_id: one.note for one in second.entries if one.work_date.month == 8}

    assert len(common) > 100
    assert [(first.stored[one], second.stored[one]) for one in changed] == [(7200, 4500)]
    assert sorted(note for one, note in in_august.items() if one not in common) == [
        "Forgotten: review of icons, with comments",
        "Vergeten: telefoon met de klant",
    ]
    twins = [one for one in common if in_august[one] == "Call with the archive"]
    assert len(twins) == 2
