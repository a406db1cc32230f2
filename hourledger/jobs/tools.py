"""What tasks work with."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.exchange_rates.ecb import ECB_URL
from hourledger.core.access import EVERYTHING, Principal
from hourledger.transactions import Transactions
from models.secrets import SecretBox


@dataclass(frozen=True)
class Tools:
    """Units of work, the key to the connections' secrets, and where exchange rates are downloaded."""

    transactions: Transactions
    box: SecretBox
    exchange_rates_url: str = ECB_URL

    def principal(self, organisation_id: int) -> Principal:
        """Jobs act for the organisation; who asked for them is in the audit log and was checked then."""
        return Principal(organisation_id, "worker", EVERYTHING)
