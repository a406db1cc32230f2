"""A journal entry's way to another system: the states of a delivery."""

from __future__ import annotations

from enum import StrEnum

from hourledger.core.states import StateTable


class DeliveryState(StrEnum):
    """PENDING: to be sent. SENDING: written before the call, so after a crash it means UNCERTAIN. UNCERTAIN: may be
    there; looked for before it is sent again. VERIFIED: read back and equal. REJECTED: refused, a person must look.
    CONFLICT: there, but not as we sent it. PARKED: cannot be sent yet, such as without a mapping."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    UNCERTAIN = "UNCERTAIN"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"
    CONFLICT = "CONFLICT"
    PARKED = "PARKED"


DELIVERY_LIFE = StateTable(
    DeliveryState,
    "delivery",
    """
               send     verify    differ    doubt      refuse    postpone  retry
    pending    sending  -         -         -          -         -         -
    sending    sending  verified  conflict  uncertain  rejected  pending   -
    uncertain  sending  verified  conflict  uncertain  rejected  -         -
    verified   -        -         -         -          -         -         -
    rejected   -        -         -         -          -         -         pending
    conflict   -        -         -         -          -         -         uncertain
    parked     -        -         -         -          -         -         pending
    """,
)
"""Source: accounting-targets §C. Retrying a conflict looks again before anything is sent."""
