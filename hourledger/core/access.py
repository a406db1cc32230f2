"""Who is asking, and what they may do. Deepened later; every resolver already asks here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hourledger.core.errors import Denied


class Permission(StrEnum):
    """The six finance permissions (project-finances §9.2) and the rights around them."""

    VIEW_PROJECTS = "VIEW_PROJECTS"
    EDIT_PROJECTS = "EDIT_PROJECTS"
    LOG_TIME = "LOG_TIME"
    VIEW_COST_RATES = "VIEW_COST_RATES"
    EDIT_COST_RATES = "EDIT_COST_RATES"
    VIEW_BILLING_RATES = "VIEW_BILLING_RATES"
    EDIT_BILLING_RATES = "EDIT_BILLING_RATES"
    VIEW_GENERAL_FINANCE = "VIEW_GENERAL_FINANCE"
    EDIT_GENERAL_FINANCE = "EDIT_GENERAL_FINANCE"
    MANAGE_BILLING_RECORDS = "MANAGE_BILLING_RECORDS"
    POST_BILLING_RECORDS = "POST_BILLING_RECORDS"
    CLOSE_PERIODS = "CLOSE_PERIODS"
    VIEW_LEDGER = "VIEW_LEDGER"
    MANAGE_CONNECTIONS = "MANAGE_CONNECTIONS"
    ADMINISTER = "ADMINISTER"


EVERYTHING = frozenset(Permission)
READ_ONLY = frozenset(permission for permission in Permission if permission.startswith("VIEW_"))


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: ``subject`` names a person or program for the audit log; permissions are those of its token."""

    organisation_id: int
    subject: str
    permissions: frozenset[Permission] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises Denied PERMISSION_DENIED, naming the permission and who can give it."""
        if permission not in self.permissions:
            raise Denied(
                f"{self.subject} lacks the permission {permission.value}. "
                "Ask an administrator for a token that has it.",
                code="PERMISSION_DENIED",
                permission=permission.value,
            )
