"""The edge of every unit of work: begins it, commits it, and tidies up behind it. Nobody else commits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from hourledger.core.access import Principal
from hourledger.core.errors import Missing
from hourledger.queue import enqueue
from hourledger.services.unit_of_work import Clock, UnitOfWork
from models.database import Database
from models.events import publish_events
from models.queries.roll_ups import DELTAS_BEFORE_FOLDING, fold_roll_ups
from models.tables import OrganisationRow


def utc_now() -> datetime:
    return datetime.now(UTC)


class Transactions:
    """Units of work on one database. ``clock`` is the only clock there is; tests hand in their own."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self.database = database
        self.clock = clock

    @asynccontextmanager
    async def begin(
        self, principal: Principal, *, dry_run: bool = False, one_state: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        """A unit of work that is committed when the block ends well, and rolled back when it raises or ``dry_run``.

        ``one_state``: all its statements see the database as it was at the first one (REPEATABLE READ), for what is
        read in many of them and must agree. Nothing that others change meanwhile may be changed in it.

        Constraint violations come out as core errors with the code of the rule that was broken.
        """
        async with self.database.session() as session:
            if one_state:
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            organisation = await session.get(OrganisationRow, principal.organisation_id)
            if organisation is None:
                raise Missing("This organisation does not exist.", code="ORGANISATION_UNKNOWN")

            async def enqueue_here(
                task: str,
                *,
                lock: str | None = None,
                once: str | None = None,
                at: datetime | None = None,
                **args: Any,
            ) -> None:
                raw = await (await session.connection()).get_raw_connection()
                await enqueue(raw.driver_connection, task, lock=lock, once=once, at=at, **args)

            unit = UnitOfWork(session, principal, self.clock(), organisation, enqueue_here)
            yield unit
            await session.flush()
            if dry_run:
                await session.rollback()
                return
            await session.commit()
            if unit.emitted:
                await publish_events(session)
                await session.commit()
                # Here as well as in the worker: without one the roll-ups would still be short to read.
                await fold_roll_ups(session, at_least=DELTAS_BEFORE_FOLDING)
                await session.commit()
