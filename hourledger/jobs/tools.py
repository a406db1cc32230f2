"""What tasks work with."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.access import EVERYTHING, Principal
from hourledger.transactions import Transactions
from models.secrets import SecretBox


@dataclass(frozen=True)
class Tools:
    """Units of work and the key to the connections' secrets."""

    transactions: Transactions
    box: SecretBox

    def principal(self, organisation_id: int) -> Principal:
        """Jobs act for the organisation; who asked for them is in the audit log and was checked then."""
        return Principal(organisation_id, "worker", EVERYTHING)
