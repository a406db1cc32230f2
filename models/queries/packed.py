"""Rows out of and into the database as columns: one value per answer, one buffer per write, nothing parsed in between.

Reading packs the rows of a query on the server into one value of the binary protocol, writing makes the same layout
for COPY. Both are what the server's own functions give, big end first, so that NumPy reads and writes them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from models.database import Session

Record = npt.NDArray[np.void]

_SENT = {"int8": ("int8send", ">i8"), "date": ("date_send", ">i4"), "bool": ("boolsend", "?")}
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_EPOCH_ORDINAL = 730120  # 2000-01-01, from which PostgreSQL counts days
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy types its dialects only in part


async def read_packed(
    session: Session, columns: Mapping[str, tuple[str, str]], source: str, values: Mapping[str, Any]
) -> Record:
    """The rows of ``source`` (FROM and what follows) as a structured array, in no order.

    ``columns``: by name the SQL expression, never NULL, and its type: int8, date (as an ordinal) or bool.
    """
    packed = " || ".join(f"{_SENT[kind][0]}({expression})" for expression, kind in columns.values())
    query = str(text(f"SELECT string_agg({packed}, ''::bytea) FROM {source}").compile(dialect=_DIALECT))
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    with _as_sqlalchemy():
        row = await (await driver.execute(query, values, binary=True)).fetchone()
    wire = np.dtype([(name, _SENT[kind][1]) for name, (_, kind) in columns.items()])
    native = np.dtype([(name, "?" if kind == "bool" else "<i8") for name, (_, kind) in columns.items()])
    found = np.frombuffer(row[0] or b"", dtype=wire).astype(native)
    for name, (_, kind) in columns.items():
        if kind == "date":
            found[name] += _EPOCH_ORDINAL
    return found


async def copy_in(session: Session, table: str, columns: Sequence[tuple[str, str, npt.NDArray[Any]]]) -> None:
    """Append rows to a table by COPY.

    ``columns``: name, type (int8, date as an ordinal, bool, or text of one length) and values.
    """
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind, values in columns:
        layout += [(f"length_{name}", ">i4"), (name, f"S{values.dtype.itemsize}" if kind == "text" else _SENT[kind][1])]
    rows = np.empty(len(columns[0][2]), dtype=np.dtype(layout))
    rows["fields"] = len(columns)
    for name, kind, values in columns:
        rows[name] = values - _EPOCH_ORDINAL if kind == "date" else values
        rows[f"length_{name}"] = rows.dtype[name].itemsize
    names = ", ".join(name for name, _, _ in columns)
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT binary)"
    with _as_sqlalchemy():
        async with driver.cursor() as cursor, cursor.copy(statement) as copy:
            await copy.write(_COPY_HEADER)
            await copy.write(rows.tobytes())
            await copy.write(_COPY_END)


@contextmanager
def _as_sqlalchemy() -> Iterator[None]:
    """What the driver raises past SQLAlchemy, as SQLAlchemy raises it: then a lost connection is known as one."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(None, None, error, psycopg.Error) from error
