"""Alembic's entry: runs on the connection that models.database opened, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import models.tables  # noqa: F401  (fills the metadata)
from models.tables.columns import EnumText


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The job queue's tables belong to Procrastinate, not to our metadata."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain SQL types, so that they stay true when our classes change."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.Text()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=include_name,
    compare_type=True,
    render_item=render_item,
)
context.run_migrations()
