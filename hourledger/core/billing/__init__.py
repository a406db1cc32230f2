"""Billing records: their life, and the totals that always equal their lines."""

from hourledger.core.billing.record import (
    BILLING_RECORD_LIFE,
    BillingRecordStatus,
    RecordTotals,
    billing_entry,
    billing_status,
    record_totals,
)

__all__ = [
    "BILLING_RECORD_LIFE",
    "BillingRecordStatus",
    "RecordTotals",
    "billing_entry",
    "billing_status",
    "record_totals",
]
