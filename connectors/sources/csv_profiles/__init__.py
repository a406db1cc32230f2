"""How the CSV exports of known products are laid out (one TOML file each), and how a row of them is understood.

    file ── tables: encoding, delimiter, header ── rows: cells to an entry, a bad row or a skipped one
                                                     └─ values: date, clock time, duration · identity: external id

A new layout is a new TOML file in this folder; nothing has to be registered.
"""

from connectors.sources.csv_profiles.files import content_hash, examine
from connectors.sources.csv_profiles.profile import ColumnNames, CsvProfile, Meaning, known_profiles, load_profile
from connectors.sources.csv_profiles.tables import open_table
from connectors.sources.csv_profiles.values import DateFormat, DecimalSign

__all__ = [
    "ColumnNames",
    "CsvProfile",
    "DateFormat",
    "DecimalSign",
    "Meaning",
    "content_hash",
    "examine",
    "known_profiles",
    "load_profile",
    "open_table",
]
