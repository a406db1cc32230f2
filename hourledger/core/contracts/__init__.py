"""Contracts decide how work is billed. A project made without one has an implicit one and never meets it."""

from hourledger.core.contracts.line import (
    ContractLine,
    billing_type_of,
    is_billed_as_worked,
)

__all__ = ["ContractLine", "billing_type_of", "is_billed_as_worked"]
