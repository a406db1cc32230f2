"""Rows as columns: what goes in by COPY comes out packed as it was, with nothing parsed in between."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from sqlalchemy import text

from models.database import Database
from models.queries.packed import copy_in, read_packed

COLUMNS = {
    "number": ("number", "int8"),
    "day": ("day", "date"),
    "flag": ("flag", "bool"),
}


@pytest.mark.parametrize("rows", [0, 1, 1000])
async def test_what_goes_in_comes_out(database: Database, rows: int) -> None:
    numbers = np.array([(-1) ** n * (2**63 - 1 - n) for n in range(rows)], dtype=np.int64)
    days = np.array([date(1900, 1, 1).toordinal() + 40 * n for n in range(rows)], dtype=np.int64)
    flags = np.array([n % 3 == 0 for n in range(rows)], dtype=bool)
    currency = np.array(["EUR" if n % 2 else "JPY" for n in range(rows)], dtype="S3")
    async with database.session() as session:
        await session.execute(
            text("CREATE TEMPORARY TABLE kept (number bigint, day date, flag boolean, currency text)")
        )
        columns = [("number", "int8", numbers), ("day", "date", days), ("flag", "bool", flags)]
        await copy_in(session, "kept", [*columns, ("currency", "text", currency)])
        found = await read_packed(session, COLUMNS, "kept WHERE currency = ANY(:some)", {"some": ["EUR", "JPY"]})
        told = (await session.execute(text("SELECT number, day, flag, currency FROM kept"))).all()
    assert sorted(found["number"].tolist()) == sorted(numbers.tolist())
    order, wanted = np.argsort(found["number"]), np.argsort(numbers)
    assert found["day"][order].tolist() == days[wanted].tolist()
    assert found["flag"][order].tolist() == flags[wanted].tolist()
    assert sorted(tuple(row) for row in told) == sorted(
        zip(
            numbers.tolist(),
            map(date.fromordinal, days.tolist()),
            flags.tolist(),
            currency.astype(str).tolist(),
            strict=True,
        )
    )
