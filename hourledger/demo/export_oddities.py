"""The rows of the sample exports that are there on purpose: what every importer meets sooner or later."""

from __future__ import annotations

from datetime import datetime

from hourledger.demo.export_world import (
    ARCHIVE,
    FLEET,
    HARVEST_PEOPLE,
    PORTAL,
    TOGGL_PEOPLE,
    Person,
    Project,
    Work,
)

ANN, BOB, CARLA, DIRK = TOGGL_PEOPLE
EVA, FARID = HARVEST_PEOPLE
GUEST = Person("Gast Freelancer", "Freelancer", (), (), ())
REFRESH = Project("Website Refresh", "Meridian Museum", "WR", "Euro - EUR")

_at = datetime.fromisoformat

# fmt: off
TOGGL_ODDITIES = (
    # Past midnight: whole on the day they start.
    Work(BOB, _at("2026-06-18T22:30"), 9900, PORTAL, "Build", "Release of version 1.0, after hours"),
    Work(BOB, _at("2026-09-24T23:15"), 5400, FLEET, "Support", "Nachteinsatz: Datenbank wiederhergestellt"),
    # Alike in everything and both real; they lie in the overlap of the two exports.
    Work(ANN, _at("2026-08-20T17:00"), 900, ARCHIVE, "Analysis", "Call with the archive"),
    Work(ANN, _at("2026-08-20T17:00"), 900, ARCHIVE, "Analysis", "Call with the archive"),
    Work(CARLA, _at("2026-06-09T17:30"), -720, PORTAL, "Design", "Timer was running during the export"),
    Work(DIRK, _at("2026-06-10T08:00"), 0, PORTAL, "Project management", "Started by mistake"),
    Work(DIRK, _at("2026-07-06T16:00"), 5400, REFRESH, "Discovery", "First ideas for the website"),
    Work(GUEST, _at("2026-09-02T10:00"), 14400, PORTAL, "Build", "Hulp bij de zoekfunctie"),
)
ENTERED_LATE = (
    Work(DIRK, _at("2026-08-31T19:00"), 2700, PORTAL, "Project management", "Vergeten: telefoon met de klant"),
    Work(CARLA, _at("2026-08-28T19:00"), 3600, FLEET, "Design", "Forgotten: review of icons, with comments"),
)
"""On days of the first export, but entered after it was made: only the second has them."""

CORRECTED_LATER = Work(BOB, _at("2026-08-27T18:00"), 7200, PORTAL, "Build", "Hotfix, time to be corrected")
CORRECTED_SECONDS = 4500
"""In both exports: 2:00:00 in the first, 1:15:00 in the second."""

HARVEST_ODDITIES = (
    Work(EVA, _at("2026-06-11T17:00"), 3600, ARCHIVE, "Analysis", "Telefonische Rückfrage"),
    Work(EVA, _at("2026-06-11T17:00"), 3600, ARCHIVE, "Analysis", "Telefonische Rückfrage"),
    Work(FARID, _at("2026-06-30T17:00"), 5400, ARCHIVE, "Migration", "Date mistyped", printed_date="2026-06-31"),
)
# fmt: on
