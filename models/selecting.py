"""Fetching rows of an organisation: never another one's, whatever id was guessed, and no deleted project or task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from models.database import Session
from models.tables import OrganisationRow, ProjectRow, TaskRow

R = TypeVar("R", bound=SQLModel)

_GONE_WHEN_DELETED = (ProjectRow, TaskRow)
"""Found only by those who ask for ``deleted_at`` themselves."""


async def select_one(
    session: Session, table: type[R], organisation_id: int, row_id: int, *, lock: bool = False
) -> R | None:
    """The row with this id if it belongs to the organisation, locked for change on request; else None."""
    return await find_one(session, table, organisation_id, lock=lock, id=row_id)


async def select_kept(session: Session, table: type[R], organisation_id: int, row_id: int) -> R | None:
    """Likewise, and nobody locks the row for change until the transaction ends; others may keep it as well.

    For what is worked out from a row and stored elsewhere, such as an amount in a project's currency.
    """
    query = _query(table, organisation_id, {"id": row_id}).with_for_update(read=True, key_share=True)
    found: R | None = (await session.exec(query.execution_options(populate_existing=True))).one_or_none()
    return found


async def hold_all(session: Session, table: type[R], organisation_id: int, row_ids: Iterable[int]) -> list[R]:
    """The rows with these ids, by id, locked for change in all but their ids: others may still refer to them.

    So whoever writes hours does not wait for one who arranges the tasks of their project.
    """
    query = _query(table, organisation_id, {"id": list(row_ids)}).order_by(col(getattr(table, "id")))  # noqa: B009
    return list((await session.exec(_locked(query, key_share=True))).all())


async def find_one(
    session: Session, table: type[R], organisation_id: int, *, lock: bool = False, **where: Any
) -> R | None:
    """The one row of the organisation that fits, or None; several are an error of the caller."""
    query = _query(table, organisation_id, where)
    found: R | None = (await session.exec(_locked(query) if lock else query)).one_or_none()
    return found


async def find_all(
    session: Session,
    table: type[R],
    organisation_id: int,
    *,
    lock: bool = False,
    order_by: str = "id",
    **where: Any,
) -> list[R]:
    """All rows of the organisation that fit, in order.

    ``where``: column = value; None means IS NULL, a list or set any of them, a mapping a JSON document.
    """
    columns: Any = table
    query = _query(table, organisation_id, where).order_by(getattr(columns, order_by))
    return list((await session.exec(_locked(query) if lock else query)).all())


async def lock_organisation(session: Session, organisation_id: int) -> OrganisationRow:
    """The organisation's own row, read anew and locked for change: its settings are one document."""
    query = _locked(select(OrganisationRow).where(OrganisationRow.id == organisation_id))
    found: OrganisationRow = (await session.exec(query)).one()
    return found


def _query(table: type[R], organisation_id: int, where: dict[str, Any]) -> Any:
    columns: Any = table
    query = select(table).where(columns.organisation_id == organisation_id)
    for name, value in where.items():
        column = col(getattr(columns, name))
        if value is None:
            query = query.where(column.is_(None))
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
            query = query.where(column.in_(list(value)))
        else:
            query = query.where(column == value)
    if table in _GONE_WHEN_DELETED and "deleted_at" not in where:
        query = query.where(columns.deleted_at.is_(None))
    return query


def _locked(query: Any, *, key_share: bool = False) -> Any:
    """Locked, and read anew: what the session loaded before it waited for the lock may be old."""
    return query.with_for_update(key_share=key_share).execution_options(populate_existing=True)
