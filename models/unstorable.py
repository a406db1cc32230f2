"""Text that PostgreSQL cannot hold, whatever column it was meant for: anything with the zero character."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy.exc import DataError

from hourledger.core.errors import Invalid


@asynccontextmanager
async def refusing_unstorable_text() -> AsyncIterator[None]:
    """Turns what the driver refuses to send into Invalid TEXT_INVALID."""
    try:
        yield
    except DataError as error:
        # The driver itself refused: an error of the server would carry a state.
        if isinstance(error.orig, psycopg.DataError) and error.orig.sqlstate is None:
            raise Invalid(
                "A text contains the zero character, which cannot be stored. Remove it.", code="TEXT_INVALID"
            ) from None
        raise
