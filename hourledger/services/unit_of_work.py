"""What a service is handed: one transaction, who asks, when, and where to note what must follow the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from hourledger.core.access import Permission, Principal
from models.database import Session
from models.tables import AuditRow, EventRow, OrganisationRow


class Enqueue(Protocol):
    """Enqueues a job inside the transaction."""

    def __call__(
        self,
        task: str,
        *,
        lock: str | None = None,
        once: str | None = None,
        at: datetime | None = None,
        **args: Any,
    ) -> Awaitable[None]: ...


@dataclass
class UnitOfWork:
    """One transaction. Services read and write through ``session`` and never commit: the edge does, or rolls back."""

    session: Session
    principal: Principal
    now: datetime
    organisation: OrganisationRow
    enqueue: Enqueue
    emitted: int = field(default=0)

    @property
    def organisation_id(self) -> int:
        return self.principal.organisation_id

    @property
    def base_currency(self) -> str:
        return self.organisation.base_currency

    @property
    def today(self) -> date:
        """The calendar date in the organisation's time zone."""
        return self.now.astimezone(ZoneInfo(self.organisation.time_zone)).date()

    def require(self, permission: Permission) -> None:
        """Raises Denied PERMISSION_DENIED."""
        self.principal.require(permission)

    def emit(self, topic: str, *, project_id: int | None = None, entity_id: int | None = None, **payload: Any) -> None:
        """An event, stored with this transaction and told to subscribers after it."""
        self.session.add(
            EventRow(
                organisation_id=self.organisation_id,
                topic=topic,
                project_id=project_id,
                entity_id=entity_id,
                payload=payload,
                recorded_at=self.now,
            )
        )
        self.emitted += 1

    def audit(
        self,
        action: str,
        entity: str,
        entity_id: int | None,
        *,
        reason: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Who did what to which thing, with the values before and after."""
        self.session.add(
            AuditRow(
                organisation_id=self.organisation_id,
                actor=self.principal.subject,
                action=action,
                entity=entity,
                entity_id=entity_id,
                reason=reason,
                before=before,
                after=after,
                recorded_at=self.now,
            )
        )


Clock = Callable[[], datetime]
