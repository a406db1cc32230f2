"""Column types and helpers that all tables share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKeyConstraint, Identity, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum stored as its text; the column also gets a check constraint from ``one_of``."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:  # noqa: ARG002  (SQLAlchemy's signature)
        return None if value is None else self.members(value).value

    def process_result_value(self, value: Any, dialect: Any) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else self.members(value)


def one_of(column: str, members: type[StrEnum]) -> CheckConstraint:
    """The column holds one of the members (or NULL where the column allows it)."""
    listed = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def key() -> Any:
    """The identity primary key."""
    return Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=False),))


def refers_to(target: str, *, optional: bool = False, index: bool = False, unique: bool = False) -> Any:
    """A foreign key by id; an index only where a query needs it."""
    extra: dict[str, Any] = {"default": None} if optional else {}
    return Field(sa_type=BigInteger, foreign_key=target, nullable=optional, index=index, unique=unique, **extra)


def of_its_project() -> ForeignKeyConstraint:
    """``task_id`` is a task of ``project_id``; when the task moves to another project, the row goes along."""
    return ForeignKeyConstraint(["task_id", "project_id"], ["task.id", "task.project_id"], onupdate="CASCADE")


def minor(*, optional: bool = False) -> Any:
    """An amount in the currency's minor unit."""
    return Field(default=None if optional else 0, sa_type=BigInteger, nullable=optional)


def choice(members: type[StrEnum], **options: Any) -> Any:
    """An enumeration as text; pair it with ``one_of`` in __table_args__."""
    return Field(sa_type=EnumText(members), **options)


def instant(*, optional: bool = False) -> Any:
    """A UTC instant; without a value the database's now()."""
    if optional:
        return Field(default=None, sa_type=DateTime(timezone=True), nullable=True)

    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": text("now()")},
    )


def document(*, optional: bool = False) -> Any:
    """A JSON document."""
    if optional:
        return Field(default=None, sa_type=JSONB, nullable=True)
    return Field(default_factory=dict, sa_type=JSONB, nullable=False)
