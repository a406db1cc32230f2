"""When work is to be done: work schedules, and daily splits made by hand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.tables.columns import key, refers_to


class WorkScheduleRow(SQLModel, table=True):
    """Working seconds per weekday, Monday first. At most one per organisation is the default."""

    __tablename__ = "work_schedule"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("array_length(weekday_seconds, 1) = 7", name="seven_weekdays"),
        CheckConstraint("0 <= ALL (weekday_seconds) AND 86400 >= ALL (weekday_seconds)", name="weekday_seconds"),
        Index("uq_work_schedule_default", "organisation_id", unique=True, postgresql_where=text("is_default")),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    weekday_seconds: list[int] = Field(sa_type=ARRAY(Integer), nullable=False)
    is_default: bool = False


class WorkScheduleDayRow(SQLModel, table=True):
    """A date on which a schedule works otherwise: a holiday (0) or a shorter or longer day."""

    __tablename__ = "work_schedule_day"
    __table_args__ = (
        UniqueConstraint("schedule_id", "day"),
        CheckConstraint("seconds BETWEEN 0 AND 86400", name="seconds"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    schedule_id: int = refers_to("work_schedule.id")
    day: date
    seconds: int
    name: str = ""


class AssignmentDayRow(SQLModel, table=True):
    """One day of an assignment's contour: a split made by hand, which sums to the assignment's planned hours."""

    __tablename__ = "assignment_day"
    __table_args__ = (UniqueConstraint("assignment_id", "day"), CheckConstraint("seconds >= 0", name="seconds"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    assignment_id: int = refers_to("assignment.id")
    day: date
    seconds: int = Field(sa_type=BigInteger)
