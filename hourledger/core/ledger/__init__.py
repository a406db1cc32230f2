"""Double entry: postings that sum to zero per currency, or no journal entry at all."""

from hourledger.core.ledger.delivery import DELIVERY_LIFE, DeliveryState
from hourledger.core.ledger.entry import JournalEntry, Posting, PostingType
from hourledger.core.ledger.outgoing import (
    Difference,
    OutgoingEntry,
    OutgoingLine,
    RemoteEntry,
    RemoteLine,
    RemoteState,
    compare,
)

__all__ = [
    "DELIVERY_LIFE",
    "DeliveryState",
    "Difference",
    "JournalEntry",
    "OutgoingEntry",
    "OutgoingLine",
    "Posting",
    "PostingType",
    "RemoteEntry",
    "RemoteLine",
    "RemoteState",
    "compare",
]
