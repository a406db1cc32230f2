"""The team's current month in TimeTagger: entered, then corrected, as people do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hourledger.peers.timetagger import TimeTaggerRecord, TimeTaggerServer

_ZONE = ZoneInfo("Europe/Amsterdam")
_WORK = {
    "Ann Able": (("Collection Portal", "Discovery"), ("Archive Migration", "Analysis")),
    "Bob Best": (("Fleet Dashboard", "Build"), ("Collection Portal", "Build")),
    "Carla Chen": (("Collection Portal", "Design"), ("Fleet Dashboard", "Design")),
    "Dirk de Vries": (("Collection Portal", "Project management"), ("Fleet Dashboard", "Support")),
    "Eva Ek": (("Archive Migration", "Analysis"), ("Collection Portal", "Discovery")),
    "Farid Fassi": (("Archive Migration", "Migration"), ("Fleet Dashboard", "Build")),
}


def tag_of(name: str) -> str:
    """Collection Portal as people tag it: collection-portal."""
    return name.lower().replace(" ", "-")


async def enter_month(server: TimeTaggerServer, people: Sequence[str]) -> int:
    """Two records a working day since the first of the month, and one that is still running. Returns how many ended."""
    total = 0
    for person in people:
        token = await server.api_token(_user(person))
        records = _records(person)
        running = max(record["t1"] for record in records) + 8 * 3600
        await server.put_records(
            token,
            [*records, _record(f"{_user(person)}-running", running, running, "#collection-portal just started")],
        )
        total += len(records)
    return total


async def edit_some(server: TimeTaggerServer, people: Sequence[str]) -> tuple[int, int]:
    """Everybody makes the first record a quarter of an hour longer and deletes the last one. Returns both counts."""
    edited = deleted = 0
    for person in people:
        token = await server.api_token(_user(person))
        records = _records(person)
        first, last = records[0], records[-1]
        changes = [_record(first["key"], first["t1"], first["t2"] + 900, first["ds"])]
        edited += 1
        if last is not first:
            changes.append(_record(last["key"], last["t1"], last["t2"], f"HIDDEN {last['ds']}"))
            deleted += 1
        await server.put_records(token, changes)
    return edited, deleted


def _records(person: str) -> list[TimeTaggerRecord]:
    today = datetime.now(_ZONE).date()
    days = [today.replace(day=number) for number in range(1, today.day + 1)]
    working = [day for day in days if day.weekday() < 5] or [today]
    chance = random.Random(person)  # noqa: S311  (the same month every time)
    records = []
    for day in working:
        for half, (project, task) in enumerate(_WORK[person]):
            start = _at(day, 9 + 4 * half)
            length = chance.randrange(8, 15) * 900
            text = f"#{tag_of(project)} #{tag_of(task)} {task} for {project}"
            records.append(_record(f"{_user(person)}-{day.isoformat()}-{half}", start, start + length, text))
    return records


def _record(key: str, start: int, end: int, text: str) -> TimeTaggerRecord:
    return TimeTaggerRecord(key=key, mt=int(datetime.now(_ZONE).timestamp()), t1=start, t2=end, ds=text)


def _at(day: date, hour: int) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=_ZONE) + timedelta(hours=hour)).timestamp())


def _user(person: str) -> str:
    return person.split(maxsplit=1)[0].lower()
