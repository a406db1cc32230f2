"""What every resolver is handed: who asks, the database, and the loaders of this one operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from hourledger.core.access import Permission, Principal
from hourledger.core.errors import Denied, Missing
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.secrets import SecretBox
from models.tables import OrganisationRow
from resolvers.loaders import Loaders
from resolvers.streams import EventHub

Authenticate = Callable[[], Awaitable[Principal]]


class RequestContext:
    """Lives as long as one operation; of a subscription, all that is read is forgotten after every event.

    All reading of an operation goes through one transaction that sees one state of the database, so that a total and
    its lines never disagree in one answer. Resolvers run side by side and a session serves one at a time: ``reading``
    hands it out one after the other.
    """

    def __init__(
        self,
        *,
        database: Database,
        transactions: Transactions,
        principal: Principal,
        hub: EventHub,
        box: SecretBox,
        authenticate: Authenticate,
    ) -> None:
        self.database = database
        self.transactions = transactions
        self.principal = principal
        self.hub = hub
        self.box = box
        self.hidden: set[tuple[str, Permission]] = set()
        self.unknown: set[tuple[str, str, str]] = set()
        self.loaders = Loaders(self.reading)
        self._authenticate = authenticate
        self._lock = asyncio.Lock()
        self._open = AsyncExitStack()
        self._unit: UnitOfWork | None = None

    def require_any(self, *permissions: Permission) -> None:
        """Raises Denied PERMISSION_DENIED unless the caller has one of them; naming the first."""
        if not any(self.principal.may(permission) for permission in permissions):
            self.principal.require(permissions[0])

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """The unit of work to read with, for nobody else until the block ends. Nothing written in it is kept."""
        async with self._lock:
            if self._unit is None:
                self._unit = await self._open.enter_async_context(self._snapshot())
            yield self._unit

    async def rehearse(self, command: Callable[[UnitOfWork], Awaitable[Any]], *, one_state: bool = False) -> Any:
        """Run a command for real and keep its transaction for reading until the operation ends, then roll it back.

        So the answer to a dry run, with everything under it, shows what would be.
        """
        await self.finish()
        async with self._lock:
            begun = self.transactions.begin(self.principal, dry_run=True, one_state=one_state)
            unit = await self._open.enter_async_context(begun)
            try:
                result = await command(unit)
            except BaseException:
                await unit.session.rollback()
                raise
            self._unit = unit
            return result

    async def finish(self) -> None:
        """End the reading transaction and forget what was loaded: what is read next is read anew."""
        async with self._lock:
            self._unit = None
            self.loaders = Loaders(self.reading)
            await self._open.aclose()

    async def still_allowed(self) -> None:
        """Take the caller's permissions as they are now; a long subscription must not outlive its token.

        Raises Denied TOKEN_INVALID, TOKEN_EXPIRED; PERMISSION_DENIED when the token now belongs elsewhere.
        """
        principal = await self._authenticate()
        if principal.organisation_id != self.principal.organisation_id:
            raise Denied("The token belongs to another organisation now. Connect again.", code="PERMISSION_DENIED")
        self.principal = principal

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[UnitOfWork]:
        async with self.database.session() as session:
            await session.connection(
                execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            )
            organisation = await session.get(OrganisationRow, self.principal.organisation_id)
            if organisation is None:
                raise Missing("This organisation does not exist.", code="ORGANISATION_UNKNOWN")
            yield UnitOfWork(session, self.principal, self.transactions.clock(), organisation, _enqueues_nothing)


async def _enqueues_nothing(task: str, **_: Any) -> None:
    raise AssertionError(f"{task} was enqueued while reading")
