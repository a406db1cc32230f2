"""Writes the sample exports in hourledger/demo/data: six people, six months, and everything exports do to people.

    python -m hourledger.demo.generate_exports

The same every time: the only randomness is seeded. What the files must add up to is written beside them, in
totals.json, from the values the files are made of and not by reading the files.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from hourledger.demo.export_notes import INTERNAL_NOTES, NOTES
from hourledger.demo.export_oddities import (
    CORRECTED_LATER,
    CORRECTED_SECONDS,
    ENTERED_LATE,
    HARVEST_ODDITIES,
    TOGGL_ODDITIES,
)
from hourledger.demo.export_world import FIRST_DAY, HARVEST_PEOPLE, LAST_DAY, TOGGL_PEOPLE, Person, Project, Work

DATA = Path(__file__).parent / "data"
SEED = 20260501
FIRST_EXPORT_UNTIL = date(2026, 8, 31)
SECOND_EXPORT_FROM = date(2026, 8, 1)

TOGGL_HEADER = (
    "User,Email,Client,Project,Task,Description,Billable,"
    "Start date,Start time,End date,End time,Duration,Tags,Amount ()"
)
HARVEST_HEADER = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,Approved?,"
    "First Name,Last Name,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,"
    "External Reference URL"
)


def write_exports(folder: Path = DATA) -> None:
    """Write the three files and totals.json below ``folder``."""
    toggl_regular = list(_regular_work(TOGGL_PEOPLE, random.Random(SEED), step_seconds=1))  # noqa: S311 - sample texts
    harvest_regular = list(_regular_work(HARVEST_PEOPLE, random.Random(SEED + 1), step_seconds=360))  # noqa: S311 - same
    toggl = sorted([*toggl_regular, *TOGGL_ODDITIES, *ENTERED_LATE, CORRECTED_LATER], key=_order)
    harvest = sorted([*harvest_regular, *HARVEST_ODDITIES], key=_order)

    first = [work for work in toggl if work.start.date() <= FIRST_EXPORT_UNTIL and work not in ENTERED_LATE]
    second = [_corrected(work) for work in toggl if work.start.date() >= SECOND_EXPORT_FROM]
    _write(folder / "toggl" / "2026-h2-a.csv", _toggl_text(first), encoding="utf-8-sig")
    _write(folder / "toggl" / "2026-h2-b.csv", _toggl_text(second), encoding="utf-8")
    _write(folder / "harvest" / "team-detailed.csv", _harvest_text(harvest), encoding="utf-8-sig")
    totals = {"toggl": _totals([_corrected(work) for work in toggl]), "harvest": _totals(harvest)}
    _write(folder / "totals.json", json.dumps(totals, indent=2) + "\n", encoding="utf-8")


def _regular_work(people: Sequence[Person], dice: random.Random, *, step_seconds: int) -> Iterator[Work]:
    """Weekdays in two to four blocks of at least half an hour, with gaps and now and then a short day."""
    days = [FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
    for day in days:
        for person in (one for one in people if one.is_at_work(day)):
            at = datetime.combine(day, time(8, 30)) + timedelta(minutes=5 * dice.randrange(13))
            blocks = dice.choice((2, 3, 3, 3, 4, 4))
            hours = dice.choice((4, 5, 6, 7, 7.5, 7.5, 8, 8, 8, 8.5))
            texts: set[tuple[str, str]] = set()
            for _ in range(blocks):
                project, task, note = _subject(person, day, dice, texts)
                seconds = max(1800, round(hours * 3600 / blocks) + dice.randrange(-900, 901))
                seconds -= seconds % dice.choice((step_seconds, 900))
                yield Work(person, at, seconds, project, task, note)
                at += timedelta(seconds=seconds + 60 * dice.randrange(31))


def _subject(person: Person, day: date, dice: random.Random, texts: set[tuple[str, str]]) -> tuple[Project, str, str]:
    """What to work on; never the same note twice a day, so that rows alike are only there on purpose."""
    duties = [duty for duty in person.duties if duty.months[0] <= day.month <= duty.months[1]]
    while True:
        (duty,) = dice.choices(duties, [duty.weight for duty in duties])
        note = dice.choice(NOTES[duty.task])
        if (duty.task, note) not in texts:
            texts.add((duty.task, note))
            return duty.project, duty.task, note


def _order(work: Work) -> tuple[datetime, str]:
    return work.start, work.person.name


def _corrected(work: Work) -> Work:
    """As the second export has it."""
    return replace(work, seconds=CORRECTED_SECONDS) if work == CORRECTED_LATER else work


def _toggl_text(works: Sequence[Work]) -> str:
    def cells(work: Work) -> list[str]:
        end = work.start + timedelta(seconds=work.seconds)
        return [
            *(
                work.person.name,
                work.person.email,
                work.project.client,
                work.project.name,
                work.task,
                work.note,
                _billable(work),
            ),
            *(f"{work.start:%Y-%m-%d}", f"{work.start:%H:%M:%S}", f"{end:%Y-%m-%d}", f"{end:%H:%M:%S}"),
            *(_clock_duration(work.seconds), "", ""),
        ]

    return _csv_text(TOGGL_HEADER, [cells(work) for work in works], delimiter=",", line_end="\n")


def _harvest_text(works: Sequence[Work]) -> str:
    """As saved again by a spreadsheet in Dutch: semicolons, decimal commas, Windows line ends."""

    def cells(work: Work) -> list[str]:
        first_name, last_name = work.person.name.split(" ", 1)
        rounded_seconds = -(-work.seconds // 900) * 900
        return [
            *(work.printed_date or f"{work.start:%Y-%m-%d}", work.project.client, work.project.name),
            *(work.project.code, work.task, work.note, _comma_hours(work.seconds), _comma_hours(rounded_seconds)),
            *(_billable(work), "No", "Yes", first_name, last_name, work.person.role, "Yes"),
            *("", "", "", "", work.project.currency, ""),
        ]

    return _csv_text(HARVEST_HEADER, [cells(work) for work in works], delimiter=";", line_end="\r\n")


def _csv_text(header: str, rows: Sequence[Sequence[str]], *, delimiter: str, line_end: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def _billable(work: Work) -> str:
    return "No" if work.note in INTERNAL_NOTES else "Yes"


def _clock_duration(seconds: int) -> str:
    minutes, left = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02}:{minutes % 60:02}:{left:02}"


def _comma_hours(seconds: int) -> str:
    # Every duration in this file is a multiple of 36 seconds, so two digits are exact.
    return f"{Decimal(seconds) / 3600:.2f}".replace(".", ",")


def _totals(works: Sequence[Work]) -> dict[str, dict[str, int]]:
    seconds: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for work in works:
        if work.is_countable:
            seconds[work.person.name] += work.seconds
            rows[work.person.name] += 1
    return {name: {"rows": rows[name], "seconds": seconds[name]} for name in sorted(rows)}


def _write(path: Path, text: str, *, encoding: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


if __name__ == "__main__":
    write_exports()
    print(f"Sample exports written to {DATA}")
