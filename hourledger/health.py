"""Whether this process can do its work: the database answers, and has the schema that this code expects."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hourledger.core.errors import HourledgerError
from models.database import Database, pending_migrations
from models.events import last_seq


class Readiness:
    """Once the migrations are there they stay, so only the database is asked again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_migrated = False

    async def answer(self, _request: Request) -> Response:
        """200, or 503 with a code: DATABASE_UNREACHABLE, MIGRATIONS_PENDING."""
        try:
            if not self._is_migrated:
                pending = await asyncio.to_thread(pending_migrations, self._database.url)
                if pending:
                    return _not_ready("MIGRATIONS_PENDING", f"The database lacks {len(pending)} migrations.")
                self._is_migrated = True
            async with self._database.session() as session:
                await last_seq(session)
        except HourledgerError as error:
            return _not_ready(error.code, error.message)
        return JSONResponse({"status": "ready"})


def _not_ready(code: str, message: str) -> Response:
    return JSONResponse({"status": "unavailable", "code": code, "message": message}, status_code=503)
