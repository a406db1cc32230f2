"""Who works on what at Brightwater Consulting, and when: the material of the sample exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

FIRST_DAY = date(2026, 5, 1)
LAST_DAY = date(2026, 10, 31)
HOLIDAYS = frozenset({date(2026, 5, 5), date(2026, 5, 14), date(2026, 5, 25)})
"""Liberation Day, Ascension Day and Whit Monday in the Netherlands."""

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    client: str
    code: str
    currency: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A task somebody works on from one month to another (both included), and how often compared with the others."""

    project: Project
    task: str
    months: tuple[int, int]
    weight: int


@dataclass(frozen=True, slots=True)
class Person:
    """``weekdays`` are the days worked; ``away`` the days off, first and last."""

    name: str
    role: str
    weekdays: tuple[int, ...]
    away: tuple[tuple[date, date], ...]
    duties: tuple[Duty, ...]

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@brightwater.example"

    def is_at_work(self, day: date) -> bool:
        is_away = any(first <= day <= last for first, last in self.away)
        return day.weekday() in self.weekdays and day not in HOLIDAYS and not is_away


@dataclass(frozen=True, slots=True)
class Work:
    """One entry; ``start`` is a clock time in Amsterdam. ``printed_date`` is what a file says that has it wrong."""

    person: Person
    start: datetime
    seconds: int
    project: Project
    task: str
    note: str
    printed_date: str | None = None

    @property
    def is_countable(self) -> bool:
        return self.seconds > 0 and self.printed_date is None


PORTAL = Project("Collection Portal", "Meridian Museum", "CP", "Euro - EUR")
ARCHIVE = Project("Archive Migration", "Meridian Museum", "AM", "Euro - EUR")
FLEET = Project("Fleet Dashboard", "Northwind Robotics", "FD", "United States Dollar - USD")

_ALL_WEEK = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)

TOGGL_PEOPLE = (
    Person(
        "Ann Able",
        "Senior Consultant",
        _ALL_WEEK,
        ((date(2026, 7, 13), date(2026, 7, 31)),),
        (
            Duty(PORTAL, "Discovery", (5, 7), 6),
            Duty(ARCHIVE, "Analysis", (6, 10), 4),
            Duty(ARCHIVE, "Training", (9, 10), 4),
            Duty(FLEET, "Travel time", (5, 10), 1),
        ),
    ),
    Person(
        "Bob Best",
        "Developer",
        _ALL_WEEK,
        ((date(2026, 8, 3), date(2026, 8, 21)), (date(2026, 5, 15), date(2026, 5, 15))),
        (Duty(PORTAL, "Build", (5, 10), 6), Duty(FLEET, "Build", (6, 10), 4), Duty(FLEET, "Support", (8, 10), 2)),
    ),
    Person(
        "Carla Chen",
        "Designer",
        (MONDAY, TUESDAY, THURSDAY, FRIDAY),
        ((date(2026, 7, 20), date(2026, 8, 7)),),
        (Duty(PORTAL, "Design", (5, 10), 5), Duty(FLEET, "Design", (5, 10), 4)),
    ),
    Person(
        "Dirk de Vries",
        "Project Manager",
        _ALL_WEEK,
        ((date(2026, 8, 10), date(2026, 8, 28)),),
        (
            Duty(PORTAL, "Project management", (5, 10), 7),
            Duty(ARCHIVE, "Training", (8, 10), 2),
            Duty(FLEET, "Travel time", (5, 10), 2),
        ),
    ),
)

HARVEST_PEOPLE = (
    Person(
        "Eva Ek",
        "Analyst",
        (MONDAY, TUESDAY, WEDNESDAY, THURSDAY),
        ((date(2026, 6, 29), date(2026, 7, 16)),),
        (Duty(ARCHIVE, "Analysis", (5, 10), 6), Duty(PORTAL, "Discovery", (5, 8), 3)),
    ),
    Person(
        "Farid Fassi",
        "Developer",
        _ALL_WEEK,
        ((date(2026, 9, 7), date(2026, 9, 18)),),
        (
            Duty(ARCHIVE, "Migration", (5, 10), 5),
            Duty(FLEET, "Build", (5, 10), 4),
            Duty(FLEET, "Support", (7, 10), 2),
        ),
    ),
)
