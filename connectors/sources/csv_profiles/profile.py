"""A CSV layout as data: which columns mean what, and how dates, times, durations and decimals are written in it."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from connectors.sources.csv_profiles.values import ClockFormat, DateFormat, DecimalSign, DurationFormat
from hourledger.core.errors import Invalid, Missing

PROFILES = Path(__file__).parent


class Meaning(StrEnum):
    """What a column is to us."""

    ID = "id"
    PERSON = "person"
    DATE = "date"
    START_TIME = "start_time"
    END_DATE = "end_date"
    END_TIME = "end_time"
    PROJECT = "project"
    TASK = "task"
    ACTIVITY = "activity"
    NOTE = "note"
    DURATION = "duration"
    BILLABLE = "billable"


NEEDED = (Meaning.PERSON, Meaning.DATE, Meaning.DURATION)
NATURAL_KEY = (Meaning.PERSON, Meaning.DATE, Meaning.PROJECT, Meaning.TASK, Meaning.NOTE, Meaning.START_TIME)
"""What a row without an id is recognised by. The duration is not among them: a corrected duration is the same row."""

ColumnNames = Annotated[tuple[str, ...], Field(min_length=1)]


class Columns(BaseModel):
    """Header names by meaning; several names are joined into one text. An optional column may be absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    required: dict[Meaning, ColumnNames]
    optional: dict[Meaning, ColumnNames] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_identify_a_row(self) -> Self:
        absent = [meaning.value for meaning in NEEDED if meaning not in self.required]
        if absent:
            raise ValueError(f"[columns.required] lacks {', '.join(absent)}")
        if Meaning.ID not in self.required:
            # An export without such a column would give every row another id: all hours would come a second time.
            loose = [meaning.value for meaning in NATURAL_KEY if meaning in self.optional]
            if loose:
                raise ValueError(f"without an id column, {', '.join(loose)} identify a row and must be required")
        return self

    def by_meaning(self) -> dict[Meaning, ColumnNames]:
        return {**self.optional, **self.required}


class CsvProfile(BaseModel):
    """One layout. ``billable`` translates the texts of the billable column; a text it does not list means unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    delimiters: tuple[Literal[",", ";", "\t", "|"], ...] = Field(min_length=1)
    decimal: DecimalSign
    date: DateFormat
    time: ClockFormat = "HH:MM:SS"
    duration: DurationFormat
    billable: dict[str, bool] = Field(default_factory=dict)
    columns: Columns
    joins: dict[Meaning, str] = Field(default_factory=dict)

    def adapted(
        self,
        *,
        decimal: DecimalSign | None = None,
        date: DateFormat | None = None,
        columns: dict[Meaning, ColumnNames] | None = None,
    ) -> CsvProfile:
        """This layout with what a connection says otherwise; columns it names become required."""
        changes = columns or {}
        optional = {meaning: names for meaning, names in self.columns.optional.items() if meaning not in changes}
        return self.model_copy(
            update={
                "decimal": decimal or self.decimal,
                "date": date or self.date,
                "columns": Columns(required={**self.columns.required, **changes}, optional=optional),
            }
        )


def known_profiles(folder: Path = PROFILES) -> list[str]:
    """The names a connection may use: the TOML files of the folder."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_profile(name: str, folder: Path = PROFILES) -> CsvProfile:
    """The layout of that name.

    Raises:
        Missing PROFILE_UNKNOWN: there is no such file; the message lists those there are.
        Invalid PROFILE_INVALID: the file is not TOML or does not describe a layout; the message says where.
    """
    known = known_profiles(folder)
    if name not in known:
        raise Missing(
            f"There is no CSV profile {name!r}. Choose one of: {', '.join(known)}.",
            code="PROFILE_UNKNOWN",
            field="profile",
            known=known,
        )
    try:
        return CsvProfile.model_validate(tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise _invalid(name, str(error)) from None
    except ValidationError as error:
        wrong = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise _invalid(name, "; ".join(wrong)) from None


def _invalid(name: str, why: str) -> Invalid:
    return Invalid(f"CSV profile {name}.toml cannot be used. {why}", code="PROFILE_INVALID", field="profile")
